//===- RuntimeEvaluateTest.cpp - The tape and its evaluator ---------------===//
#include "RuntimeProgram.h"
#include "runtime/Evaluate.h"
#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace mdl::runtime {
namespace {

const Int kLarge = power(2, 126);

/// The value of one instruction with these operands: constants first, then the operation.
Number apply(OpCode op, Int a, Int b) {
  ProgramBuilder p;
  Slot x = p.constant(a), y = p.constant(b), out = p.emit(op, x, y);
  Evaluator evaluator(p.program);
  evaluator.run({});
  return evaluator.value(out);
}

TEST(EvaluateTest, IntegerInstructions) {
  struct {
    OpCode op;
    Int a, b, out;
  } cases[] = {
      {OpCode::Add, 3, 4, 7},
      {OpCode::Add, kLarge, kLarge, Int::overflow()},
      {OpCode::Mul, -3, 4, -12},
      {OpCode::Mul, kLarge, 2, Int::overflow()},
      {OpCode::DivExact, 12, 4, 3},
      {OpCode::DivExact, -12, 4, -3},
      {OpCode::DivExact, 13, 4, Int::overflow()},
      {OpCode::DivExact, 13, 0, Int::overflow()},
      {OpCode::FloorDiv, 13, 4, 3},
      {OpCode::FloorDiv, -13, 4, -4},
      {OpCode::FloorDiv, 1, 0, Int::overflow()},
      {OpCode::NonNeg, 0, 0, 1},
      {OpCode::NonNeg, -1, 0, 0},
      {OpCode::NonNeg, Int::overflow(), 0, Int::overflow()},
      {OpCode::Max, 3, 4, 4},
      {OpCode::Max, -3, -4, -3},
      {OpCode::Max, Int::overflow(), 4, Int::overflow()},
      {OpCode::Max, 4, Int::overflow(), Int::overflow()},
      {OpCode::Pow, 3, 4, 81},
      {OpCode::Pow, 7, 0, 1},
      {OpCode::Pow, 2, 127, Int::overflow()},
      {OpCode::Pow, 2, -1, Int::overflow()},
      {OpCode::Pow, -1, kLarge, 1},
      {OpCode::Pow, -1, kLarge + 1, -1},
      {OpCode::Pow, 0, kLarge, 0},
      {OpCode::Pow, 2, kLarge, Int::overflow()},
  };
  for (auto [op, a, b, out] : cases)
    EXPECT_EQ(apply(op, a, b), Number::of(out)) << name(op) << " " << toString(a) << " " << toString(b);
}

TEST(EvaluateTest, RealInstructions) {
  ProgramBuilder p;
  Slot a = p.real(7.5), b = p.real(-2), n = p.constant(-3), big = p.real(1e200), zero = p.real(0);
  struct {
    Slot slot;
    Number out;
  } cases[] = {
      {p.emit(OpCode::RAdd, a, b), Number::ofReal(5.5)},
      {p.emit(OpCode::RMul, a, b), Number::ofReal(-15)},
      {p.emit(OpCode::RDiv, a, b), Number::ofReal(-3.75)},
      {p.emit(OpCode::RMax, a, b), Number::ofReal(7.5)},
      {p.emit(OpCode::RMax, b, a), Number::ofReal(7.5)},
      {p.emit(OpCode::RPow, b, n), Number::ofReal(-0.125)},
      {p.emit(OpCode::RFloor, p.emit(OpCode::RDiv, a, b)), Number::of(-4)},
      {p.emit(OpCode::RNonNeg, b), Number::of(0)},
      {p.emit(OpCode::RNonNeg, zero), Number::of(1)},
      {p.emit(OpCode::ToReal, n), Number::ofReal(-3)},
  };
  Slot infinite = p.emit(OpCode::RMul, big, big), hidden = p.emit(OpCode::RDiv, a, infinite);
  Slot maximum = p.emit(OpCode::RMax, infinite, a), floor = p.emit(OpCode::RFloor, hidden);
  Slot sign = p.emit(OpCode::RNonNeg, infinite), divided = p.emit(OpCode::RDiv, a, zero);
  Slot power0 = p.emit(OpCode::RPow, infinite, p.constant(0)), wide = p.emit(OpCode::RFloor, big);
  Slot converted = p.emit(OpCode::ToReal, p.constant(Int::overflow()));
  Evaluator evaluator(p.program);
  evaluator.run({});
  for (auto [slot, out] : cases) EXPECT_EQ(evaluator.value(slot), out) << name(p.program.code[slot].op);
  for (Slot slot : {infinite, hidden, maximum, floor, sign, divided, power0, wide, converted})
    EXPECT_TRUE(evaluator.value(slot).isOverflow()) << slot;
}

TEST(EvaluateTest, RealPowerSquaresFromTheLowestBit) {
  ProgramBuilder p;
  Slot x = p.real(1.1), out = p.emit(OpCode::RPow, x, p.constant(13));
  Evaluator evaluator(p.program);
  evaluator.run({});
  double x1 = 1.1, x2 = x1 * x1, x4 = x2 * x2, x8 = x4 * x4;
  EXPECT_EQ(evaluator.value(out).real, x1 * x4 * x8);
}

/// sum over i in 0..n of sum over j in 0..i of (i + 2j + n), with a sum of reals beside it.
TEST(EvaluateTest, SumsNestAndAreSkippedInOrder) {
  ProgramBuilder p;
  Slot n = p.input("n", 6, 0), zero = p.constant(0), two = p.constant(2);
  Slot outer =
      p.sum(zero, n, [&](Slot i) { return p.sum(zero, i, [&](Slot j) { return p.add(n, p.add(i, p.mul(two, j))); }); });
  Slot half = p.real(0.5);
  Slot reals =
      p.sum(two, n, [&](Slot i) { return p.emit(OpCode::RMul, half, p.emit(OpCode::ToReal, i)); }, OpCode::RSum);
  Slot after = p.add(outer, n);
  ASSERT_EQ(verify(p.program), "");
  Evaluator evaluator(p.program);
  for (int value : {0, 1, 2, 6, 20}) {
    std::vector<Int> inputs = {value};
    evaluator.run(inputs);
    int expected = 0;
    double expectedReal = 0;
    for (int i = 0; i < value; ++i)
      for (int j = 0; j < i; ++j) expected += value + i + 2 * j;
    for (int i = 2; i < value; ++i) expectedReal += 0.5 * i;
    EXPECT_EQ(evaluator.value(outer), Number::of(expected)) << value;
    EXPECT_EQ(evaluator.value(after), Number::of(expected + value));
    EXPECT_EQ(evaluator.value(reals), Number::ofReal(expectedReal));
    EXPECT_FALSE(evaluator.tooManyTurns());
  }
}

TEST(EvaluateTest, ASumOfNothingIsZeroAndAConstantBodyIsFine) {
  ProgramBuilder p;
  Slot five = p.constant(5), two = p.constant(2);
  Slot backwards = p.sum(five, two, [&](Slot i) { return i; });
  Slot constant = p.sum(two, five, [&](Slot) { return two; });
  Evaluator evaluator(p.program);
  evaluator.run({});
  EXPECT_EQ(evaluator.value(backwards), Number::of(0));
  EXPECT_EQ(evaluator.value(constant), Number::of(6));
}

TEST(EvaluateTest, WorkIsBounded) {
  ProgramBuilder p;
  Slot n = p.input("n", 10, 0), zero = p.constant(0), huge = p.constant(kLarge);
  Slot square = p.sum(zero, n, [&](Slot) { return p.sum(zero, n, [&](Slot j) { return j; }); });
  Slot beside = p.add(n, n);
  Slot endless = p.sum(zero, p.mul(huge, n), [&](Slot i) { return i; });
  Evaluator evaluator(p.program);
  std::vector<Int> small = {3000}, large = {3200}, none = {0};
  evaluator.run(small); // 3000 + 3000^2 turns
  EXPECT_EQ(evaluator.value(square), Number::of(Int(3000) * 4498500));
  EXPECT_TRUE(evaluator.value(endless).isOverflow());
  evaluator.run(large); // more than 10^7
  EXPECT_TRUE(evaluator.value(square).isOverflow());
  EXPECT_TRUE(evaluator.tooManyTurns());
  EXPECT_EQ(evaluator.value(beside), Number::of(6400));
  evaluator.run(none);
  EXPECT_FALSE(evaluator.tooManyTurns());
  EXPECT_EQ(evaluator.value(endless), Number::of(0));
}

TEST(EvaluateTest, ArgMinTakesTheFirstOfTheSmallestRows) {
  ProgramBuilder p;
  Slot n = p.input("n", 0, -10), one = p.constant(1), two = p.constant(2), three = p.constant(3);
  p.program.argmins.push_back({2, {two, one, n, three, n, two, n, two}});
  Slot best = p.emit(OpCode::ArgMin, 0);
  ASSERT_EQ(verify(p.program), "");
  Evaluator evaluator(p.program);
  struct {
    int n, best;
  } cases[] = {{3, 0}, {2, 0}, {1, 2}, {-5, 2}};
  for (auto [value, expected] : cases) {
    std::vector<Int> inputs = {value};
    evaluator.run(inputs);
    EXPECT_EQ(evaluator.value(best), Number::of(expected)) << value;
  }
  std::vector<Int> inputs = {Int::overflow()};
  evaluator.run(inputs);
  EXPECT_TRUE(evaluator.value(best).isOverflow());
}

/// A sum inside may use the index of a group; the sum's own index is its own.
TEST(EvaluateTest, SetIndexEvaluatesWhatDependsOnIt) {
  ProgramBuilder p;
  Slot n = p.input("n", 4), zero = p.constant(0);
  uint32_t outer = p.newIndex(), inner = p.newIndex();
  Slot i = p.index(outer), j = p.index(inner);
  Slot scaled = p.mul(i, n), both = p.add(scaled, j);
  Slot sum = p.sum(zero, n, [&](Slot k) { return p.add(k, both); });
  ASSERT_EQ(verify(p.program), "");
  Evaluator evaluator(p.program);
  evaluator.run(defaults(p.program));
  int count = 0;
  for (int x = 0; x < 3; ++x) {
    evaluator.setIndex(outer, x);
    for (int y = 0; y < 3; ++y, ++count) {
      evaluator.setIndex(inner, y);
      EXPECT_EQ(evaluator.value(scaled), Number::of(4 * x));
      EXPECT_EQ(evaluator.value(sum), Number::of(6 + 4 * (4 * x + y)));
    }
  }
  EXPECT_EQ(count, 9);
  EXPECT_EQ(evaluator.indicesOf(scaled), (IndexSet{outer}));
  EXPECT_EQ(evaluator.indicesOf(sum), (IndexSet{outer, inner}));
  EXPECT_EQ(evaluator.indicesOf(n), IndexSet{});
}

/// A sum may walk the very index that a group binds; the group's value is there again afterwards.
TEST(EvaluateTest, ASumGivesItsIndexBack) {
  for (OpCode op : {OpCode::Sum, OpCode::RSum}) {
    ProgramBuilder p;
    Slot zero = p.constant(0), four = p.constant(4);
    auto body = [&](Slot i) { return op == OpCode::Sum ? i : p.emit(OpCode::ToReal, i); };
    uint32_t index = p.newIndex();
    Slot before = p.index(index), sum = p.sum(before, four, body, op);
    p.program.loops[0].index = index;
    p.program.code[p.program.loops[0].bodyBegin].a = index;
    Slot after = p.add(p.index(index), zero);
    ASSERT_EQ(verify(p.program), "");
    Evaluator evaluator(p.program);
    evaluator.run({});
    evaluator.setIndex(index, 1);
    EXPECT_EQ(evaluator.value(sum).toDouble(), 1 + 2 + 3);
    EXPECT_EQ(evaluator.value(after), Number::of(1));
  }
}

/// Random tapes against a recursive evaluation of each slot.
TEST(EvaluateTest, AgreesWithTheObviousEvaluator) {
  std::mt19937 random(7);
  int count = 0;
  for (int round = 0; round < 300; ++round) {
    ProgramBuilder p;
    for (const char *name : {"a", "b", "c"}) p.input(name, 1, -100);
    p.constant(2), p.constant(3);
    constexpr OpCode ops[] = {OpCode::Add, OpCode::Mul, OpCode::FloorDiv, OpCode::NonNeg, OpCode::Max};
    for (int k = 0; k < 40; ++k) {
      auto size = static_cast<uint32_t>(p.program.code.size());
      auto pick = [&] { return static_cast<Slot>(random() % size); };
      p.emit(ops[random() % std::size(ops)], pick(), pick());
    }
    std::vector<Int> inputs;
    for (int k = 0; k < 3; ++k) inputs.push_back(static_cast<int>(random() % 41) - 20);
    Evaluator evaluator(p.program);
    evaluator.run(inputs);
    std::vector<Int> obvious;
    for (const Instr &instr : p.program.code) {
      auto value = [&](Slot slot) { return obvious[slot]; };
      switch (instr.op) {
      case OpCode::Input: obvious.push_back(inputs[instr.a]); break;
      case OpCode::Const: obvious.push_back(p.program.constants[instr.a]); break;
      case OpCode::Add: obvious.push_back(value(instr.a) + value(instr.b)); break;
      case OpCode::Mul: obvious.push_back(value(instr.a) * value(instr.b)); break;
      case OpCode::FloorDiv: obvious.push_back(floorDiv(value(instr.a), value(instr.b))); break;
      case OpCode::Max:
        obvious.push_back(value(instr.a).isOverflow() || value(instr.b).isOverflow()
                              ? Int::overflow()
                              : std::max(value(instr.a), value(instr.b)));
        break;
      default: obvious.push_back(value(instr.a).isOverflow() ? Int::overflow() : Int(value(instr.a) >= 0)); break;
      }
    }
    for (Slot slot = 0; slot < obvious.size(); ++slot, ++count)
      ASSERT_EQ(evaluator.value(slot), Number::of(obvious[slot])) << print(p.program) << slot;
  }
  EXPECT_EQ(count, 300 * 45);
}

TEST(ProgramTest, PrintsEachPart) {
  ProgramBuilder p;
  Slot n = p.input("n", 4), zero = p.constant(0);
  p.program.inputs[0].unit = "token";
  uint32_t index = p.newIndex();
  Slot i = p.index(index);
  Slot sum = p.sum(zero, n, [&](Slot k) { return p.add(k, n); });
  p.program.argmins.push_back({1, {n, zero}});
  p.emit(OpCode::ArgMin, 0);
  p.metric("flops", "FLOPs", "FLOP", Fold::Sum);
  p.program.totals = {sum};
  p.program.guards.push_back({GuardKind::Warn, n, "a \"text\"", "f.mdl:1:2"});
  uint32_t stage = p.node(~0u, {{"stage"}}, "Net", {sum}, n);
  uint32_t group = p.group(stage, index, zero, n);
  p.node(group, {{"layer"}, {"", i}}, "linear", {sum});
  p.at(2).category = "linear";
  p.program.notModelled = {"rest"};
  EXPECT_EQ(print(p.program), R"(program "demo" convention full traffic flash
title "A model made by hand"
input 0 n integer = 4 from 1 to 1048576 unit token
warn %0 "a \"text\"" at f.mdl:1:2
%0 = input n
%1 = const 0
%2 = index i0
  %3 = index i1
  %4 = add %3 %0
%5 = sum %4 for i1 in %1..%0
%6 = argmin | %0 | %1
metric flops sum unit FLOP total %5
stage: Net calls=%0 flops=%5
  for i0 in %1..%0
    layer{%2}: linear [linear] flops=%5
not_modelled "rest"
)");
  EXPECT_EQ(verify(p.program), "");
}

TEST(ProgramTest, VerifyFindsEachFault) {
  struct Case {
    const char *message;
    std::function<void(Program &)> damage;
  };
  const Case cases[] = {
      {"2 totals for 3 metrics", [](Program &p) { p.totals.pop_back(); }},
      {"metric `params` is there twice", [](Program &p) { p.metrics[0].name = "params"; }},
      {"const 99 does not exist", [](Program &p) { p.code[3] = {OpCode::Const, 99}; }},
      {"reads %20, which is not before it", [](Program &p) { p.code[2].a = 20; }},
      {"reads %2 as a real", [](Program &p) { p.code[3] = {OpCode::RFloor, 2}; }},
      {"a total reads %999, which does not exist", [](Program &p) { p.totals[0] = 999; }},
      {"names another parent", [](Program &p) { p.nodes[1].parent = ~0u; }},
      {"is in 0 lists of children", [](Program &p) { p.nodes[0].children.pop_back(); }},
      {"is in 2 lists of children", [](Program &p) { p.nodes[0].children.push_back(1); }},
      {"has 1 metrics of 3", [](Program &p) { p.nodes[1].metrics.resize(1); }},
      {"is a group without a range", [](Program &p) { p.nodes[2].hi = kNoSlot; }},
      {"is a group with a label", [](Program &p) { p.nodes[2].label = {{"x"}}; }},
      {"has no label", [](Program &p) { p.nodes[1].label.clear(); }},
      {"index i9 does not exist", [](Program &p) { p.nodes[2].index = 9; }},
      {"only a choice has names", [](Program &p) { p.inputs[0].choices = {"x"}; }},
      {"a guard has no condition", [](Program &p) { p.guards.push_back({GuardKind::Warn, kNoSlot, "", ""}); }},
  };
  EXPECT_EQ(verify(DemoModel().b.program), "");
  for (const Case &test : cases) {
    Program program = DemoModel().b.program;
    test.damage(program);
    EXPECT_NE(verify(program).find(test.message), std::string::npos) << test.message << " / " << verify(program);
  }
}

TEST(ProgramTest, VerifyKeepsBodiesApart) {
  auto make = [] {
    ProgramBuilder p;
    Slot n = p.input("n", 4), zero = p.constant(0);
    p.sum(zero, n, [&](Slot i) { return p.add(i, n); }); // body %2, %3; sum %4
    p.sum(zero, n, [&](Slot i) { return p.add(i, n); }); // body %5, %6; sum %7
    return p.program;
  };
  EXPECT_EQ(verify(make()), "");
  Program reads = make(), late = make(), twice = make();
  reads.code[6].b = 3;
  EXPECT_EQ(verify(reads), "%6 reads %3, which is inside the body of another sum");
  late.loops[1].bodyEnd = 6;
  EXPECT_EQ(verify(late), "%7: its body does not end just before it");
  twice.code[7].a = 0;
  EXPECT_EQ(verify(twice), "%7: loop 0 has two sums");
  Program cuts = make();
  cuts.loops[1].bodyBegin = 3;
  EXPECT_EQ(verify(cuts), "%7: its body cuts another one");
}

} // namespace
} // namespace mdl::runtime
