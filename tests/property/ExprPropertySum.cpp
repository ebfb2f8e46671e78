//===- ExprPropertySum.cpp - Closed sums are loops ------------------------===//
// A sum over an index, in a pool, against the loop of the reference: all small
// bodies, empty ranges, ranges with negative ends, then random bodies.
//===----------------------------------------------------------------------===//
#include "ExprTrees.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

namespace mdl::expr {
namespace {

constexpr unsigned kA = 0, kN = 1, kI = 2, kJ = 3;

class Sums : public testing::Test {
protected:
  Sums() {
    pool.addSymbol({.name = "a"});
    pool.addSymbol({.name = "n", .lo = pool.constant(0)});
    pool.addSymbol({.name = "i"});
    pool.addSymbol({.name = "j"});
  }

  bool isClosed(ExprId id) const {
    return llvm::all_of(pool.terms(id), [&](const Term &term) {
      return llvm::none_of(term.factors, [&](Factor f) { return pool.atom(f.atom).kind == AtomKind::Sum; });
    });
  }

  void check(const Tree &sum) {
    ExprId id = build(pool, sum);
    if (pool.isOverflow(id)) {
      ++overflows;
      return;
    }
    ++(isClosed(id) ? closed : open);
    ASSERT_TRUE(parse(pool, print(pool, id), nullptr) == id) << describe(sum) << " is " << print(pool, id);
    bool divides = dividesBySymbol(sum);
    for (int a = -3; a <= 4; ++a)
      for (int n = 0; n <= 7; ++n)
        if (!divides || (a != 0 && n != 0)) checkAt(sum, id, a, n);
  }

  /// Then a loop without turns may hide a divisor that is 0, which the pool may assume not to be.
  static bool dividesBySymbol(const Tree &tree) {
    bool division = tree.op == Op::Div || tree.op == Op::FloorDiv || tree.op == Op::CeilDiv || tree.op == Op::Mod;
    return (division && tree.args[1].op != Op::Const) || llvm::any_of(tree.args, dividesBySymbol);
  }

  void checkAt(const Tree &sum, ExprId id, int a, int n) {
    std::vector<Rational> at{a, n, 0, 0};
    std::optional<Rational> expected = reference::evaluate(sum, at);
    if (!expected) return;
    EvalResult got = evaluate(pool, id, at);
    if (got.status == EvalStatus::DivisionByZero) return; // by the index, in a loop without turns
    ASSERT_TRUE(got.ok() && got.value == *expected)
        << describe(sum) << "\n is " << print(pool, id) << "\n = " << toString(got.value) << ", not "
        << toString(*expected) << " at a=" << a << ", n=" << n;
    ++values;
  }

  void report() const {
    printf("%zu sums closed, %zu left open, %zu overflows, %zu values\n", closed, open, overflows, values);
  }

  ExprPool pool;
  size_t closed = 0, open = 0, overflows = 0, values = 0;
};

Tree i() { return symbolTree(kI); }
Tree op(Op o, Tree x, Tree y) { return {.op = o, .args = {std::move(x), std::move(y)}}; }

TEST_F(Sums, EverySmallBodyAndRange) {
  std::vector<Tree> leaves{symbolTree(kA), i()}, bodies;
  for (int c : {-1, 0, 2, 3}) leaves.push_back(constantTree(c));
  constexpr Op kOps[] = {Op::Add, Op::Sub, Op::Mul, Op::FloorDiv, Op::Mod, Op::Max, Op::Min, Op::LessEq, Op::Equal};
  std::vector<Tree> pairs;
  for (Op o : kOps)
    for (const Tree &x : leaves)
      for (const Tree &y : leaves) pairs.push_back(op(o, x, y));
  bodies = pairs;
  for (Op o : kOps)
    for (const Tree &x : pairs)
      for (const Tree &y : leaves) bodies.push_back(op(o, x, y));
  const Tree ranges[][2] = {{constantTree(0), symbolTree(kN)}, {symbolTree(kA), symbolTree(kN)}};
  for (const auto &range : ranges)
    for (const Tree &body : bodies) ASSERT_NO_FATAL_FAILURE(check(sumTree(kI, range[0], range[1], body)));
  report();
  EXPECT_GT(closed, 4'000u);
  EXPECT_GT(values, 250'000u);
}

TEST_F(Sums, RandomBodies) {
  TreeMaker maker(testSeed(), {kA, kI, kI, kN});
  for (int k = 0; k < 1'500; ++k) {
    Tree lo = maker.below(2) ? constantTree(maker.below(5) - 2) : symbolTree(kA);
    Tree hi = maker.below(4) ? op(Op::Add, symbolTree(kN), constantTree(maker.below(5) - 2)) : symbolTree(kA);
    ASSERT_NO_FATAL_FAILURE(check(sumTree(kI, lo, hi, maker.number(2 + maker.below(5)))));
  }
  report();
  EXPECT_GT(closed, 500u);
  EXPECT_GT(values, 50'000u);
}

TEST_F(Sums, Nested) {
  TreeMaker maker(testSeed() + 1, {kA, kI, kJ, kN});
  for (int k = 0; k < 600; ++k) {
    Tree lo = constantTree(maker.below(3)), hi = maker.below(2) ? i() : symbolTree(kN);
    Tree inner = sumTree(kJ, lo, hi, maker.number(2 + maker.below(4)));
    ASSERT_NO_FATAL_FAILURE(check(sumTree(kI, constantTree(maker.below(3)), symbolTree(kN), inner)));
  }
  report();
  EXPECT_GT(closed, 150u);
  EXPECT_GT(values, 20'000u);
}

TEST_F(Sums, HighPowers) {
  for (int power = 0; power <= 18; ++power)
    check(sumTree(kI, constantTree(-2), symbolTree(kN), op(Op::Pow, i(), constantTree(power))));
  EXPECT_EQ(closed, 17u); // Bernoulli's numbers up to 16
  EXPECT_EQ(open, 2u);
  EXPECT_EQ(values, 19u * 64);
}

// A declared range of the index is used in the body: a causal mask with a window, and a cache that saturates.
TEST_F(Sums, IndexWithBounds) {
  ExprId n = pool.symbol({kN});
  SymbolId t = pool.addSymbol({.name = "t", .lo = ExprId{}, .hi = pool.sub(n, pool.constant(1))});
  ExprId mask = pool.nonNeg(pool.sub(pool.sub(n, pool.constant(1)), pool.symbol(t)));
  EXPECT_EQ(print(pool, pool.sum(t, {}, n, mask)), "n");
  ExprId seen = pool.min({pool.add(pool.symbol(t), pool.symbol({kA})), pool.constant(4)});
  ExprId total = pool.sum(t, {}, n, seen);
  EXPECT_TRUE(isClosed(total));
  for (int a = -9; a < 9; ++a)
    for (int count = 0; count < 12; ++count) {
      int64_t expected = 0;
      for (int k = 0; k < count; ++k) expected += std::min(k + a, 4);
      std::vector<Rational> at{a, count, 0, 0, 0};
      EXPECT_EQ(evaluate(pool, total, at).value, Rational(expected)) << print(pool, total);
    }
}

} // namespace
} // namespace mdl::expr
