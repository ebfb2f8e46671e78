// Trends and bounds of slots, against evaluating every value of the input.
#include "runtime/batch/Trends.h"
#include "RuntimeProgram.h"
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace mdl::runtime {
namespace {

using batch::Trend;
using batch::Varying;

constexpr int kLo = 1, kHi = 45;

class Tape {
public:
  explicit Tape(uint64_t seed) : random_(seed) {
    ints_ = {b.input("x", 3, 0, 1000), b.input("y", 5, 0, 1000)};
    for (int value : {0, 1, 2, 3, 16, -1, -7}) ints_.push_back(b.constant(value));
    for (double value : {0.1, 3.0, -2.5, 1e9}) reals_.push_back(b.real(value));
    for (int i = 0; i < 60; ++i) add(ints_, reals_);
    for (int i = 0; i < 4; ++i) addSum(i % 2 == 0 ? OpCode::Sum : OpCode::RSum);
    for (int i = 0; i < 20; ++i) add(ints_, reals_);
    b.program.dependsOnIndex.assign(b.program.code.size(), false);
  }
  ProgramBuilder b;
  std::vector<bool> inBody;

private:
  Slot any(const std::vector<Slot> &of) { return of[random_() % of.size()]; }
  void add(std::vector<Slot> &ints, std::vector<Slot> &reals) {
    static constexpr OpCode kOps[] = {OpCode::Add,      OpCode::Add,    OpCode::Mul,    OpCode::Mul,
                                      OpCode::FloorDiv, OpCode::NonNeg, OpCode::Max,    OpCode::Pow,
                                      OpCode::ToReal,   OpCode::RAdd,   OpCode::RMul,   OpCode::RDiv,
                                      OpCode::RMax,     OpCode::RPow,   OpCode::RFloor, OpCode::RNonNeg};
    OpCode op = kOps[random_() % std::size(kOps)];
    bool takesReals = (isRealOp(op) && op != OpCode::ToReal) || op == OpCode::RFloor || op == OpCode::RNonNeg;
    Slot left = any(takesReals ? reals : ints), right = any(takesReals && op != OpCode::RPow ? reals : ints);
    Slot out = b.emit(op, left, right);
    (isRealOp(op) ? reals : ints).push_back(out);
  }
  void addSum(OpCode op) {
    std::vector<Slot> few(ints_.begin(), ints_.begin() + 9); // sums that are walked soon
    few.push_back(b.add(any(few), any(few))), few.push_back(b.mul(any(few), any(few)));
    Slot lo = any(few), hi = any(few);
    auto body = [&](Slot index) {
      std::vector<Slot> ints = ints_, reals = reals_;
      ints.insert(ints.end(), 9, index);
      for (int i = 0; i < 6; ++i) add(ints, reals);
      Slot scaled = b.mul(index, any(ints)), real = b.emit(OpCode::ToReal, scaled);
      return op == OpCode::Sum ? scaled : b.emit(OpCode::RAdd, real, any(reals));
    };
    Slot out = b.sum(lo, hi, body, op);
    const Loop &loop = b.program.loops.back();
    inBody.resize(b.program.code.size());
    std::fill(inBody.begin() + loop.bodyBegin, inBody.begin() + loop.bodyEnd, true);
    (op == OpCode::Sum ? ints_ : reals_).push_back(out);
  }
  std::mt19937_64 random_;
  std::vector<Slot> ints_, reals_;
};

std::vector<std::vector<Number>> everyValue(const Program &program) {
  std::vector<std::vector<Number>> values(program.code.size());
  Evaluator evaluator(program);
  for (int x = kLo; x <= kHi; ++x) {
    evaluator.run(std::vector<Int>{x, 5});
    for (Slot slot = 0; slot < values.size(); ++slot) values[slot].push_back(evaluator.value(slot));
  }
  return values;
}

TEST(Trends, OfRandomTapesAreTrue) {
  std::map<Trend, int> seen;
  int sums = 0, bounded = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Tape tape(seed);
    const Program &program = tape.b.program;
    tape.inBody.resize(program.code.size());
    auto trends = batch::findTrends(program, std::vector<Int>{3, 5}, 0, kLo, kHi);
    auto values = everyValue(program);
    for (Slot slot = 0; slot < program.code.size(); ++slot) {
      if (tape.inBody[slot]) continue; // has a value for each turn
      const Varying &found = trends[slot];
      ++seen[found.trend];
      sums += !program.loops.empty() && program.code[slot].op == OpCode::Sum && found.trend == Trend::Rises;
      const Number *before = nullptr;
      for (const Number &value : values[slot]) {
        ASSERT_TRUE(found.value.mayFail || !value.isOverflow()) << seed << " %" << slot;
        if (value.isOverflow()) continue;
        if (value.kind == Number::Kind::Exact && !found.value.mayFail) {
          ++bounded;
          ASSERT_TRUE(found.value.lo <= value.toDouble() && value.toDouble() <= found.value.hi) << seed << " %" << slot;
        }
        double number = value.toDouble();
        ASSERT_TRUE(!found.isNonNegative() || number >= 0) << seed << " %" << slot;
        ASSERT_TRUE(!found.isNonPositive() || number <= 0) << seed << " %" << slot;
        bool fell = before && value < *before, rose = before && *before < value;
        ASSERT_TRUE(!fell || found.trend == Trend::Falls || found.trend == Trend::Unknown) << seed << " %" << slot;
        ASSERT_TRUE(!rose || found.trend == Trend::Rises || found.trend == Trend::Unknown) << seed << " %" << slot;
        before = &value;
      }
    }
  }
  EXPECT_GT(seen[Trend::Rises], 1000);
  EXPECT_GT(seen[Trend::Falls], 300);
  EXPECT_GT(seen[Trend::Unknown], 300);
  EXPECT_GT(sums, 5);
  EXPECT_GT(bounded, 10000);
}

TEST(Trends, SeesWhatModelsAreMadeOf) {
  ProgramBuilder b;
  Slot x = b.input("x", 3), one = b.constant(1), minus = b.constant(-1), sixteen = b.constant(16);
  Slot patches = b.emit(OpCode::FloorDiv, b.add(x, b.constant(15)), sixteen);       // ceil(x / 16)
  Slot square = b.emit(OpCode::Pow, patches, b.constant(2));                        // attention
  Slot triangle = b.emit(OpCode::DivExact, b.mul(x, b.add(x, one)), b.constant(2)); // 1 + 2 + ... + x
  Slot left = b.add(b.mul(square, minus), b.constant(1000));                        // what is left of a memory
  Slot fits = b.emit(OpCode::NonNeg, left);
  Slot net = b.add(b.mul(x, b.constant(5)), b.mul(b.mul(x, minus), b.constant(2))); // 5 x - 2 x
  Slot rest = b.add(x, b.mul(minus, b.mul(sixteen, patches))); // x - 16 ceil(x / 16) goes up and down
  Slot time = b.emit(OpCode::RDiv, b.emit(OpCode::ToReal, square), b.real(1e9));
  Slot sum = b.sum(one, x, [&](Slot index) { return b.mul(index, x); });
  b.program.dependsOnIndex.assign(b.program.code.size(), false);
  auto found = batch::findTrends(b.program, std::vector<Int>{3}, 0, 1, 1000);
  for (Slot rises : {x, patches, square, triangle, time, sum, net})
    EXPECT_EQ(found[rises].trend, Trend::Rises) << rises;
  for (Slot falls : {left, fits}) EXPECT_EQ(found[falls].trend, Trend::Falls) << falls;
  EXPECT_EQ(found[sixteen].trend, Trend::Constant);
  EXPECT_EQ(found[rest].trend, Trend::Unknown);
  EXPECT_FALSE(found[sum].value.mayFail);
  // More turns than a sum may take.
  found = batch::findTrends(b.program, std::vector<Int>{3}, 0, 1, 20'000'000);
  EXPECT_TRUE(found[sum].value.mayFail);
}

} // namespace
} // namespace mdl::runtime
