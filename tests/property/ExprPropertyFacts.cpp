//===- ExprPropertyFacts.cpp - Decisions under assumptions ----------------===//
// What must be decided, as a table; and random facts, under which no decision
// may be wrong at any point that satisfies them.
//===----------------------------------------------------------------------===//
#include "ExprTrees.h"
#include "compiler/expr/Facts.h"
#include <gtest/gtest.h>

namespace mdl::expr {
namespace {

class FactsTest : public testing::Test {
protected:
  FactsTest() {
    for (const char *name : {"D", "h", "k", "W"}) pool.addSymbol({.name = name, .lo = pool.constant(1)});
    pool.addSymbol({.name = "z"});
  }
  ExprId id(std::string_view text) {
    std::string error;
    std::optional<ExprId> result = parse(pool, text, &error);
    EXPECT_TRUE(result) << text << ": " << error;
    return result.value_or(pool.overflow());
  }
  ExprId divides(std::string_view n, std::string_view e) { return pool.equal(pool.mod(id(e), id(n)), {}); }
  Truth nonNeg(std::string_view text) { return facts.nonNeg(id(text)); }
  Truth equal(std::string_view a, std::string_view b) { return facts.equal(id(a), id(b)); }

  ExprPool pool;
  Facts facts{pool};
};

TEST_F(FactsTest, NothingAssumed) {
  EXPECT_EQ(nonNeg("D - 1"), Truth::True);
  EXPECT_EQ(nonNeg("-D"), Truth::False);
  EXPECT_EQ(nonNeg("D - h"), Truth::Open);
  EXPECT_EQ(equal("D*h", "h*D"), Truth::True);
  EXPECT_EQ(equal("D + h", "0"), Truth::False);
  EXPECT_EQ(equal("D", "h"), Truth::Open);
  EXPECT_EQ(equal("2*z", "3"), Truth::False);
  EXPECT_FALSE(facts.isInteger(id("D/h")));
}

TEST_F(FactsTest, Divisibility) {
  facts.assume(divides("h", "D"));
  EXPECT_TRUE(facts.isInteger(id("D/h")));
  EXPECT_TRUE(facts.isInteger(id("3*k*D/h + z")));
  EXPECT_TRUE(facts.isInteger(id("D^2/h^2")));
  EXPECT_FALSE(facts.isInteger(id("D/h/2")));
  EXPECT_FALSE(facts.isInteger(id("k/h")));
  EXPECT_EQ(facts.normal(pool.floorDiv(id("D"), id("h"))), id("D/h"));
  EXPECT_EQ(facts.equal(pool.mul(id("h"), pool.floorDiv(id("D"), id("h"))), id("D")), Truth::True);
  EXPECT_EQ(facts.equal(pool.ceilDiv(id("D"), id("h")), id("D/h")), Truth::True);
  EXPECT_EQ(facts.decide(divides("h", "D")), Truth::True);
  EXPECT_EQ(facts.decide(divides("h", "D*k")), Truth::True);
  EXPECT_EQ(facts.decide(divides("k", "D")), Truth::Open);
}

TEST_F(FactsTest, DivisibilityByAConstant) {
  facts.assume(divides("8", "z"));
  EXPECT_TRUE(facts.isInteger(id("z/8")));
  EXPECT_TRUE(facts.isInteger(id("z/4")));
  EXPECT_TRUE(facts.isInteger(id("z^2/64 + z/2")));
  EXPECT_FALSE(facts.isInteger(id("z/16")));
  EXPECT_EQ(facts.equal(id("8*floor((z + 7)/8)"), id("z")), Truth::True);
  EXPECT_EQ(facts.decide(divides("2", "z")), Truth::True);
}

TEST_F(FactsTest, DivisibilityOfASum) {
  facts.assume(divides("4", "z + k + 1"));
  EXPECT_TRUE(facts.isInteger(id("(z + k + 1)/4")));
  EXPECT_TRUE(facts.isInteger(id("(3*z + 3*k + 7)/4")));
  EXPECT_FALSE(facts.isInteger(id("(z + k)/4")));
}

// A bound of a floor looks like a divisibility, but is none.
TEST_F(FactsTest, BoundsOfFloorsAreNoDivisibility) {
  facts.assume(id("[2*floor(z/3) - W >= 0]"));
  facts.assume(id("[3*floor(z/3) - W - 1 >= 0]"));
  EXPECT_FALSE(facts.isInteger(id("W/2")));
  EXPECT_FALSE(facts.isInteger(id("(W + 1)/3")));
  EXPECT_FALSE(facts.isInteger(id("z/3")));
  EXPECT_EQ(nonNeg("2*floor(z/3) - W"), Truth::True);
}

TEST_F(FactsTest, Equalities) {
  facts.assume(pool.equal(id("D"), id("h*k")));
  EXPECT_EQ(equal("D*W", "h*k*W"), Truth::True);
  EXPECT_EQ(equal("D/h", "k"), Truth::True);
  EXPECT_EQ(equal("D", "h*k + 1"), Truth::False);
  EXPECT_TRUE(facts.isInteger(id("D/h")));
  EXPECT_EQ(nonNeg("D - h"), Truth::True);
  facts.assume(pool.equal(id("W"), id("2*D")));
  EXPECT_EQ(equal("W", "2*h*k"), Truth::True);
  EXPECT_EQ(facts.decide(pool.equal(id("W"), id("2*h*k"))), Truth::True);
  EXPECT_EQ(facts.decide(pool.logicalNot(pool.equal(id("W"), id("2*h*k")))), Truth::False);
}

TEST_F(FactsTest, Inequalities) {
  facts.assume(pool.nonNeg(id("D - h")));
  EXPECT_EQ(nonNeg("D - h"), Truth::True);
  EXPECT_EQ(nonNeg("2*D - 2*h + 1"), Truth::True);
  EXPECT_EQ(nonNeg("W*D - W*h"), Truth::True);
  EXPECT_EQ(nonNeg("h - D - 1"), Truth::False);
  EXPECT_EQ(nonNeg("h - D"), Truth::Open);
  facts.assume(pool.nonNeg(id("h - k - 1")));
  EXPECT_EQ(nonNeg("D - k - 1"), Truth::True);
  EXPECT_EQ(equal("D", "k"), Truth::False);
  facts.assume(pool.nonNeg(id("h - D")));
  EXPECT_EQ(equal("D", "h"), Truth::True);
}

TEST_F(FactsTest, Conditions) {
  ExprId either = pool.logicalOr(id("[z - 3 >= 0]"), id("[W - 4 >= 0]"));
  EXPECT_EQ(facts.decide(either), Truth::Open);
  facts.assume(either);
  EXPECT_EQ(facts.decide(either), Truth::True);
  EXPECT_EQ(facts.decide(pool.logicalNot(either)), Truth::False);
  facts.assume(pool.logicalNot(id("[W - 4 >= 0]")));
  EXPECT_EQ(nonNeg("3 - W"), Truth::True);
  facts.assume(pool.mul(id("[z - 9 >= 0]"), id("[h - 2 >= 0]")));
  EXPECT_EQ(nonNeg("z + h - 11"), Truth::True);
  facts.assume(pool.overflow());
  EXPECT_EQ(facts.decide(pool.overflow()), Truth::Open);
}

/// Facts from random trees; they count at the points where the reference finds them true.
struct RandomFacts {
  ExprPool pool;
  Facts facts{pool};
  TreeMaker maker;
  std::vector<Tree> assumed;

  explicit RandomFacts(uint32_t seed) : maker(seed, {0, 1, 2, 3}) {
    pool.addSymbol({.name = "a", .lo = pool.constant(0)});
    pool.addSymbol({.name = "b", .lo = pool.constant(1)});
    pool.addSymbol({.name = "c"});
    pool.addSymbol({.name = "d", .lo = pool.constant(1)});
    for (int i = 1 + maker.below(3); i > 0; --i) assume(fact());
  }
  Tree linear() {
    Tree sum = symbolTree(static_cast<unsigned>(maker.below(4)));
    for (int i = maker.below(3); i > 0; --i)
      sum = {.op = maker.below(2) ? Op::Add : maker.below(3) ? Op::Sub : Op::Mul, .args = {sum, maker.number(1)}};
    return sum;
  }
  Tree fact() {
    int kind = maker.below(8);
    if (kind == 0) return maker.condition(4);
    Tree divisor = maker.below(2) ? symbolTree(maker.below(2) ? 1 : 3) : constantTree(1 + maker.below(6));
    if (kind < 4) return {.op = Op::Equal, .args = {{.op = Op::Mod, .args = {linear(), divisor}}, constantTree(0)}};
    return {.op = kind < 6 ? Op::Equal : kind < 7 ? Op::LessEq : Op::Less, .args = {linear(), linear()}};
  }
  void assume(const Tree &tree) {
    assumed.push_back(tree);
    facts.assume(build(pool, tree));
  }
  bool hold(std::vector<Rational> &at) const {
    for (const Tree &fact : assumed)
      if (reference::evaluate(fact, at) != Rational(1)) return false;
    return true;
  }
  std::vector<std::vector<Rational>> points() const {
    std::vector<std::vector<Rational>> all;
    for (int a = 0; a < 5; ++a)
      for (int b = 1; b < 6; ++b)
        for (int c = -3; c < 4; ++c)
          for (int d = 1; d < 5; ++d)
            if (std::vector<Rational> at{a, b, c, d}; hold(at)) all.push_back(at);
    return all;
  }
};

TEST(FactsProperty, NoDecisionIsWrong) {
  size_t worlds = 0, decided = 0, values = 0, integers = 0;
  uint32_t first = testSeed();
  for (uint32_t seed = first; seed != first + 2'500; ++seed) {
    RandomFacts world(seed);
    std::vector<std::vector<Rational>> points = world.points();
    if (points.empty()) continue;
    ++worlds;
    for (int i = 0; i < 10; ++i) {
      Tree tree = world.maker.below(3) ? world.maker.condition(4) : world.fact();
      Tree ratio = {.op = Op::Div, .args = {world.linear(), world.linear()}};
      Truth truth = world.facts.decide(build(world.pool, tree));
      ExprId quotient = build(world.pool, ratio), normal = world.facts.normal(quotient);
      bool integer = world.facts.isInteger(quotient);
      decided += truth != Truth::Open, integers += integer;
      for (std::vector<Rational> &at : points) {
        std::optional<Rational> value = reference::evaluate(tree, at), q = reference::evaluate(ratio, at);
        ASSERT_TRUE(!value || truth == Truth::Open || *value == Rational(truth == Truth::True ? 1 : 0))
            << describe(tree) << ", given " << describe(world.assumed[0]) << ", seed " << seed;
        ASSERT_TRUE(!q || !integer || q->isInteger()) << describe(ratio) << ", given " << describe(world.assumed[0]);
        EvalResult same = evaluate(world.pool, normal, at);
        ASSERT_TRUE(!q || (same.ok() && same.value == *q)) << describe(ratio) << " is " << print(world.pool, normal);
        ++values;
      }
    }
  }
  printf("%zu sets of facts, %zu decisions and %zu integers at %zu points\n", worlds, decided, integers, values);
  EXPECT_GT(worlds, 1'500u);
  EXPECT_GT(decided, 5'000u);
  EXPECT_GT(integers, 1'500u);
  EXPECT_GT(values, 500'000u);
}

} // namespace
} // namespace mdl::expr
