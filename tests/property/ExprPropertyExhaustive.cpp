//===- ExprPropertyExhaustive.cpp - All small trees -----------------------===//
// Every tree of up to five nodes over two symbols, the constants -1..3 and all
// operators is built in the pool, and compared with the reference for 64 values
// of the symbols. What the pool claims of it (an integer, not negative) and its
// printed form are checked for the same trees.
//===----------------------------------------------------------------------===//
#include "ExprTrees.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

namespace mdl::expr {
namespace {

constexpr int kMaxNodes = 5;
constexpr int kSide = 8;
constexpr size_t kPoints = kSide * kSide;
constexpr Op kUnary[] = {Op::Floor, Op::Ceil, Op::Not};
constexpr Op kBinary[] = {Op::Add, Op::Sub,    Op::Mul,  Op::Div,   Op::FloorDiv, Op::CeilDiv, Op::Mod, Op::Min,
                          Op::Max, Op::LessEq, Op::Less, Op::Equal, Op::NotEqual, Op::And,     Op::Or,  Op::Pow};
constexpr Op kTernary[] = {Op::Choose, Op::ArgMin};

using Values = std::vector<std::optional<Rational>>;

/// A tree: where it came from (for the message), what the pool made of it, its values by the reference.
struct Built {
  std::string text;
  ExprId id;
  bool truth = false;
  Values values;
};

class Exhaustive : public testing::Test {
protected:
  Exhaustive() {
    pool.addSymbol({.name = "a", .lo = pool.constant(0)});
    pool.addSymbol({.name = "b", .lo = pool.constant(1)});
    for (int a = 0; a < kSide; ++a)
      for (int b = 1; b <= kSide; ++b) points.push_back({Rational(a), Rational(b)});
  }

  void addLeaves() {
    for (unsigned s = 0; s < 2; ++s) addLeaf(symbolTree(s));
    for (int c = -1; c <= 3; ++c) addLeaf(constantTree(c));
  }

  void addLeaf(const Tree &tree) {
    bool truth = tree.op == Op::Const && (tree.value.isZero() || tree.value.isOne());
    Built leaf{describe(tree), build(pool, tree), truth, {}};
    for (std::vector<Rational> &point : points) leaf.values.push_back(reference::evaluate(tree, point));
    add(1, std::move(leaf));
  }

  void apply(int nodes, Op op, llvm::ArrayRef<const Built *> args) {
    Built tree{op == Op::Floor ? "floor" : "op" + std::to_string(static_cast<int>(op)), {}, givesTruth(op), {}};
    llvm::SmallVector<ExprId, 3> ids;
    for (const Built *arg : args) {
      if (wantsTruth(op) && !arg->truth) return;
      ids.push_back(arg->id);
      tree.text += (arg == args[0] ? "(" : ", ") + arg->text;
    }
    if (op == Op::Choose && !args[0]->truth) return;
    tree.text += ")";
    tree.id = buildOp(pool, op, ids);
    for (size_t p = 0; p < kPoints; ++p) tree.values.push_back(valueAt(op, args, p));
    add(nodes, std::move(tree));
  }

  static std::optional<Rational> valueAt(Op op, llvm::ArrayRef<const Built *> args, size_t point) {
    llvm::SmallVector<Rational, 3> values;
    for (const Built *arg : args) {
      if (!arg->values[point]) return {};
      values.push_back(*arg->values[point]);
    }
    return reference::apply(op, {values.data(), values.size()});
  }

  const std::vector<EvalResult> &poolValues(ExprId id) {
    std::vector<EvalResult> &values = evaluated[id];
    if (values.empty()) {
      for (std::vector<Rational> &point : points) values.push_back(evaluate(pool, id, point));
      checkText(id);
    }
    return values;
  }

  void checkText(ExprId id) {
    std::string error, text = print(pool, id);
    std::optional<ExprId> back = parse(pool, text, &error);
    ASSERT_TRUE(back == id) << text << " is read back as " << (back ? print(pool, *back) : error);
  }

  void add(int nodes, Built tree) {
    ++trees;
    if (pool.isOverflow(tree.id)) {
      ++overflows;
      lost += llvm::any_of(tree.values, [](const std::optional<Rational> &v) { return v.has_value(); });
    } else {
      compare(tree);
    }
    if (nodes < kMaxNodes && !pool.isOverflow(tree.id)) bySize[nodes].push_back(std::move(tree));
  }

  void compare(const Built &tree) {
    const std::vector<EvalResult> &values = poolValues(tree.id);
    bool integral = pool.isIntegral(tree.id), nonNeg = pool.provesNonNeg(tree.id);
    for (size_t p = 0; p < kPoints; ++p) {
      if (!tree.values[p]) continue;
      ++cases;
      Rational expected = *tree.values[p];
      ASSERT_TRUE(values[p].ok() && values[p].value == expected)
          << tree.text << " is " << print(pool, tree.id) << " at a=" << toString(points[p][0])
          << ", b=" << toString(points[p][1]) << ": " << toString(values[p].value) << ", not " << toString(expected);
      ASSERT_TRUE(!integral || expected.isInteger()) << print(pool, tree.id) << " is no integer";
      ASSERT_TRUE(!nonNeg || expected.sign() >= 0) << print(pool, tree.id) << " is negative";
    }
  }

  ExprPool pool;
  std::vector<std::vector<Rational>> points;
  std::vector<Built> bySize[kMaxNodes + 1];
  llvm::DenseMap<ExprId, std::vector<EvalResult>> evaluated;
  size_t trees = 0, cases = 0, overflows = 0, lost = 0;
};

TEST_F(Exhaustive, PoolAgreesWithReference) {
  addLeaves();
  for (int nodes = 2; nodes <= kMaxNodes && !HasFatalFailure(); ++nodes) {
    for (const Built &x : bySize[nodes - 1])
      for (Op op : kUnary) apply(nodes, op, {&x});
    for (int left = 1; left < nodes - 1; ++left)
      for (const Built &x : bySize[left])
        for (const Built &y : bySize[nodes - 1 - left])
          for (Op op : kBinary) apply(nodes, op, {&x, &y});
    for (int first = 1; first < nodes - 2; ++first)
      for (int second = 1; first + second < nodes - 1; ++second)
        for (const Built &x : bySize[first])
          for (const Built &y : bySize[second])
            for (const Built &z : bySize[nodes - 1 - first - second])
              for (Op op : kTernary) apply(nodes, op, {&x, &y, &z});
  }
  printf("%zu trees, %zu values, %zu different expressions, %zu overflows\n", trees, cases, size_t{evaluated.size()},
         overflows);
  EXPECT_GT(trees, 100'000u);
  EXPECT_GT(cases, 5'000'000u);
  EXPECT_EQ(lost, 0u) << "an overflow where the reference has a value";
}

} // namespace
} // namespace mdl::expr
