//===- ExprPropertyRandom.cpp - Laws on large random trees ----------------===//
// Each test prints its seed; MDL_SEED repeats a run.
//===----------------------------------------------------------------------===//
#include "ExprTrees.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

namespace mdl::expr {
namespace {

class RandomTrees : public testing::Test {
protected:
  RandomTrees() : maker(testSeed(), {0, 1, 2, 3}) { declare(pool); }

  /// a >= 0, b >= 1, c of any sign, d in 0..b.
  static void declare(ExprPool &p) {
    p.addSymbol({.name = "a", .lo = p.constant(0)});
    ExprId b = p.symbol(p.addSymbol({.name = "b", .lo = p.constant(1)}));
    p.addSymbol({.name = "c"});
    p.addSymbol({.name = "d", .lo = p.constant(0), .hi = b});
  }
  std::vector<Rational> point() {
    int b = 1 + maker.below(9);
    return {maker.below(9), b, maker.below(17) - 8, maker.below(b + 1)};
  }

  /// The same expression from its own terms, each from its own factors, each from its own operands.
  ExprId rebuilt(ExprId id) {
    llvm::SmallVector<ExprId, 8> sum;
    for (const Term &term : pool.terms(id)) {
      llvm::SmallVector<ExprId, 8> product{pool.constant(term.coefficient)};
      for (Factor f : term.factors) product.push_back(pool.pow(rebuilt(f.atom), pool.constant(f.power)));
      std::shuffle(product.begin(), product.end(), maker.random());
      sum.push_back(pool.mul(product));
    }
    std::shuffle(sum.begin(), sum.end(), maker.random());
    return pool.add(sum);
  }

  ExprId rebuilt(AtomId id) {
    const Atom &atom = pool.atom(id);
    llvm::SmallVector<ExprId, 4> args;
    for (ExprId arg : atom.args) args.push_back(rebuilt(arg));
    switch (atom.kind) {
    case AtomKind::Symbol: return pool.symbol(atom.symbol);
    case AtomKind::Floor: return pool.floor(args[0]);
    case AtomKind::NonNeg: return pool.nonNeg(args[0]);
    case AtomKind::Max: std::shuffle(args.begin(), args.end(), maker.random()); return pool.max(args);
    case AtomKind::Power: return pool.pow(args[0], args[1]);
    case AtomKind::Inverse: return pool.div(pool.constant(1), args[0]);
    case AtomKind::Sum: return pool.sum(atom.symbol, args[0], args[1], args[2]);
    case AtomKind::ArgMin: return pool.argMin(args, atom.symbol.index);
    }
    return pool.overflow();
  }

  ExprPool pool;
  TreeMaker maker;
};

TEST_F(RandomTrees, AgreeWithReference) {
  size_t values = 0, proved = 0;
  for (int i = 0; i < 20'000; ++i) {
    Tree tree = maker.number(2 + maker.below(14));
    ExprId id = build(pool, tree);
    bool nonNeg = pool.provesNonNeg(id), integral = pool.isIntegral(id);
    for (int k = 0; k < 12; ++k) {
      std::vector<Rational> at = point();
      std::optional<Rational> expected = reference::evaluate(tree, at);
      if (!expected || pool.isOverflow(id)) continue;
      EvalResult got = evaluate(pool, id, at);
      if (got.status == EvalStatus::Overflow) continue; // an expanded power, with larger terms than its value
      ASSERT_TRUE(got.ok() && got.value == *expected)
          << describe(tree) << "\n is " << print(pool, id) << "\n = " << toString(got.value) << ", not "
          << toString(*expected) << " at " << toString(at[0]) << " " << toString(at[1]) << " " << toString(at[2]) << " "
          << toString(at[3]);
      ASSERT_TRUE(!nonNeg || expected->sign() >= 0) << print(pool, id);
      ASSERT_TRUE(!integral || expected->isInteger()) << print(pool, id);
      ++values, proved += nonNeg;
    }
  }
  printf("%zu values, %zu of them of expressions proved >= 0\n", values, proved);
  EXPECT_GT(values, 150'000u);
  EXPECT_GT(proved, 15'000u);
}

TEST_F(RandomTrees, TextAndTermsGiveTheSameId) {
  size_t same = 0;
  for (int i = 0; i < 20'000; ++i) {
    Tree tree = maker.number(2 + maker.below(14));
    ExprId id = build(pool, tree);
    std::string text = print(pool, id), error;
    std::optional<ExprId> back = parse(pool, text, &error);
    ASSERT_TRUE(back == id) << text << " is read back as " << (back ? print(pool, *back) : error);
    if (pool.isOverflow(id)) continue;
    ExprId again = rebuilt(id);
    ASSERT_TRUE(again == id || pool.isOverflow(again)) << text << " is rebuilt as " << print(pool, again);
    ++same;
  }
  EXPECT_GT(same, 18'000u);
}

TEST_F(RandomTrees, OrderOfConstructionDoesNotMatter) {
  size_t checked = 0;
  for (int i = 0; i < 10'000; ++i) {
    llvm::SmallVector<Tree, 4> trees;
    for (int k = 0; k < 4; ++k) trees.push_back(maker.number(1 + maker.below(4)));
    ExprPool forward, backward;
    declare(forward), declare(backward);
    llvm::SmallVector<ExprId, 4> one, other;
    for (const Tree &t : trees) one.push_back(build(forward, t));
    for (const Tree &t : llvm::reverse(trees)) other.push_back(build(backward, t));
    for (auto op : {Op::Add, Op::Mul, Op::Max}) {
      ExprId x = op == Op::Add ? forward.add(one) : op == Op::Mul ? forward.mul(one) : forward.max(one);
      ExprId y = op == Op::Add ? backward.add(other) : op == Op::Mul ? backward.mul(other) : backward.max(other);
      if (forward.isOverflow(x) || backward.isOverflow(y)) continue;
      ASSERT_EQ(print(forward, x), print(backward, y));
      ++checked;
    }
  }
  EXPECT_GT(checked, 25'000u);
}

TEST_F(RandomTrees, OrderIsTotal) {
  std::vector<ExprId> ids;
  for (int i = 0; i < 150; ++i) ids.push_back(build(pool, maker.number(1 + maker.below(6))));
  size_t checked = 0;
  for (ExprId x : ids)
    for (ExprId y : ids) {
      ASSERT_EQ(pool.compare(x, y) == 0, x == y);
      ASSERT_EQ(pool.compare(x, y) < 0, pool.compare(y, x) > 0);
      for (ExprId z : ids) {
        ASSERT_FALSE(pool.compare(x, y) < 0 && pool.compare(y, z) < 0 && pool.compare(x, z) >= 0);
        ++checked;
      }
    }
  EXPECT_GT(checked, 3'000'000u);
}

TEST_F(RandomTrees, SubstitutionCommutesWithValues) {
  size_t values = 0;
  for (int i = 0; i < 10'000; ++i) {
    Tree tree = maker.number(2 + maker.below(8));
    ExprId id = build(pool, tree);
    // Within the bounds of `a` and `c`, and of no symbol whose bounds others mention.
    expr::Replacements by;
    by[0] = pool.add(pool.symbol({3}), pool.constant(maker.below(4)));
    by[2] = pool.mul(pool.symbol({0}), pool.sub(pool.symbol({2}), pool.symbol({1})));
    ExprId replaced = pool.substitute(id, by);
    for (int k = 0; k < 6; ++k) {
      std::vector<Rational> at = point(), inner = at;
      inner[0] = evaluate(pool, by[0], at).value, inner[2] = evaluate(pool, by[2], at).value;
      std::optional<Rational> expected = reference::evaluate(tree, inner);
      if (!expected || pool.isOverflow(replaced)) continue;
      EvalResult got = evaluate(pool, replaced, at);
      if (got.status == EvalStatus::Overflow) continue;
      ASSERT_TRUE(got.ok() && got.value == *expected) << print(pool, id) << "\nbecomes " << print(pool, replaced);
      ++values;
    }
  }
  EXPECT_GT(values, 40'000u);
}

// Any text at all: an id or a message, never a crash.
TEST_F(RandomTrees, ParserTakesAnything) {
  constexpr std::string_view kPieces[] = {
      "a",         "b",  "(", ")", "[",        "]", " >= 0]", "+",  "-", "*",  "/", "^", "^(",         "max(", "floor(",
      "sum(c in ", "..", ":", ",", "argmin([", "0", "3",      "99", "#", "\"", "'", "%", "overflow()", "zz",   "."};
  size_t read = 0, refused = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text, error;
    for (int k = maker.below(14); k >= 0; --k) text += kPieces[static_cast<size_t>(maker.below(std::size(kPieces)))];
    std::optional<ExprId> id = parse(pool, text, &error);
    ASSERT_EQ(id.has_value(), error.empty()) << text;
    ++(id ? read : refused);
    ASSERT_TRUE(!id || parse(pool, print(pool, *id), nullptr) == id) << text;
  }
  printf("%zu read, %zu refused\n", read, refused);
  EXPECT_GT(read, 1'000u);
  EXPECT_GT(refused, 50'000u);
  for (std::string_view deep : {"(", "floor(", "[", "a^(", "max(", "sum(a in ", "-(", "argmin(["}) {
    std::string text, error;
    for (int k = 0; k < 100'000; ++k) text += deep;
    EXPECT_FALSE(parse(pool, text, &error));
    EXPECT_NE(error.find("nested too deep"), std::string::npos) << error;
  }
}

} // namespace
} // namespace mdl::expr
