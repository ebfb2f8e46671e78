//===- BatchTest.cpp - Plans of random tapes, and of hard cases -----------===//
// tests/property has the shipped models; here every instruction, values around what
// doubles and the exact integers hold, sums, and numbers that are none.
//===----------------------------------------------------------------------===//
#include "runtime/batch/Batch.h"
#include "RandomTape.h"
#include "runtime/Evaluate.h"
#include <gtest/gtest.h>

namespace mdl::runtime {
namespace {

struct Case {
  const Program &program;
  batch::Request request;
  std::vector<std::vector<Int>> jobs;
};

/// The first inputs vary, the last is a number of the plan.
Case makeCase(const Program &program, std::vector<std::vector<Int>> jobs) {
  Case made{program, {}, std::move(jobs)};
  made.request.inputs = made.jobs[0];
  for (uint32_t input = 0; input + 1 < program.inputs.size(); ++input) {
    batch::Column column{input, made.jobs[0][input], made.jobs[0][input]};
    for (const auto &job : made.jobs)
      column.lo = std::min(column.lo, job[input]), column.hi = std::max(column.hi, job[input]);
    made.request.columns.push_back(column);
  }
  for (size_t i = 0; i < program.totals.size(); ++i)
    made.request.outputs.push_back({program.totals[i], program.metrics[i].scale});
  return made;
}

std::vector<std::vector<double>> evaluate(const Case &of, const batch::Plan &plan) {
  std::vector<std::vector<double>> columns, results(plan.outputs.size(), std::vector<double>(of.jobs.size()));
  std::vector<const double *> in;
  std::vector<double *> out;
  for (const batch::Column &column : of.request.columns) {
    auto &values = columns.emplace_back();
    for (const auto &job : of.jobs) values.push_back(job[column.input].toDouble());
  }
  for (auto &column : columns) in.push_back(column.data());
  for (auto &column : results) out.push_back(column.data());
  batch::Batch(plan, {16, 1, nullptr}).run(in, out, of.jobs.size());
  return results;
}

/// What a caller relies on: no finite number where there is none, none beyond its bound, equal where it is called exact.
void expectTruth(const Case &of, size_t &exact, size_t &bounded, size_t &none) {
  batch::Plan plan = batch::makePlan(of.program, of.request);
  auto results = evaluate(of, plan);
  Evaluator evaluator(of.program);
  for (size_t i = 0; i < of.jobs.size(); ++i) {
    evaluator.run(of.jobs[i]);
    for (size_t k = 0; k < plan.outputs.size(); ++k) {
      const batch::Accuracy &accuracy = plan.accuracy[k];
      Number wanted = unscaled(evaluator.value(of.request.outputs[k].slot), of.request.outputs[k].scale);
      double got = results[k][i];
      auto where = [&] {
        return fmt::format("output {} (slot {}, {}) of job {}: exact {}, computed {}, relative {}, absolute {}\n{}", k,
                           of.request.outputs[k].slot, name(of.program.code[of.request.outputs[k].slot].op), i,
                           wanted.toDouble(), got, accuracy.relative, accuracy.absolute, print(of.program));
      };
      if (wanted.isOverflow()) {
        bool mayBeNear = !std::isfinite(accuracy.absolute) || accuracy.relative > 0 || accuracy.absolute > 0;
        ASSERT_TRUE(!std::isfinite(got) || mayBeNear) << where();
        none += !std::isfinite(got);
        continue;
      }
      if (accuracy.isExact(got)) {
        ASSERT_EQ(got, wanted.toDouble()) << where();
        ++exact;
      }
      if (!std::isfinite(accuracy.absolute)) continue; // nothing is claimed
      double bound = accuracy.relative * std::fabs(wanted.toDouble()) + accuracy.absolute;
      // A value that is near 2^127 may be none here and one there.
      ASSERT_TRUE(std::isfinite(got) || std::fabs(wanted.toDouble()) > 0x1p125 || bound > 0) << where();
      if (!std::isfinite(got)) continue;
      ASSERT_LE(std::fabs(got - wanted.toDouble()), bound + 0x1p-52 * std::fabs(wanted.toDouble())) << where();
      ++bounded;
    }
  }
}

TEST(Batch, RandomTapesAreWithinTheirBounds) {
  size_t exact = 0, bounded = 0, none = 0;
  for (unsigned bits : {4U, 12U, 40U, 60U, 127U})
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      RandomTape tape(seed * 1000 + bits, bits);
      std::vector<std::vector<Int>> jobs;
      Int last = tape.integer();
      for (int i = 0; i < 21; ++i) {
        std::vector<Int> job;
        for (size_t k = 0; k + 1 < tape.b.program.inputs.size(); ++k) job.push_back(i < 3 ? Int(i) : tape.integer());
        job.push_back(last);
        jobs.push_back(job);
      }
      expectTruth(makeCase(tape.b.program, jobs), exact, bounded, none);
      if (testing::Test::HasFatalFailure()) return;
    }
  EXPECT_GT(exact, 50'000u);
  EXPECT_GT(bounded, 100'000u);
  EXPECT_GT(none, 10'000u);
}

/// One varying input x of 1..=9, an input that is a number, and what `make` emits as the only total.
template <class Make> std::vector<double> valuesOf(Make make, batch::Accuracy &accuracy, Int scale = 1) {
  ProgramBuilder b;
  Slot x = b.input("x", 1, 1, 9), y = b.input("y", power(2, 100), 1, power(2, 126));
  b.metric("m", "m", "", Fold::Sum);
  b.program.totals[0] = make(b, x, y), b.program.metrics[0].scale = scale;
  Case of = makeCase(b.program, {{1, power(2, 100)}, {9, power(2, 100)}});
  batch::Plan plan = batch::makePlan(b.program, of.request);
  accuracy = plan.accuracy[0];
  return evaluate(of, plan)[0];
}

TEST(Batch, ANumberThatIsNoneStaysNone) {
  batch::Accuracy accuracy;
  auto overflowing = [](ProgramBuilder &b, Slot y) { return b.mul(y, y); }; // does not vary: 2^200
  auto most =
      valuesOf([&](ProgramBuilder &b, Slot x, Slot y) { return b.emit(OpCode::Max, x, overflowing(b, y)); }, accuracy);
  EXPECT_TRUE(std::isnan(most[0]) && std::isnan(most[1]));
  auto least =
      valuesOf([&](ProgramBuilder &b, Slot x, Slot y) { return b.emit(OpCode::Max, overflowing(b, y), x); }, accuracy);
  EXPECT_TRUE(std::isnan(least[0]) && std::isnan(least[1]));
  auto among = valuesOf(
      [&](ProgramBuilder &b, Slot x, Slot y) { // 7 is a number in a register, too: the two must not be mixed up
        Slot seven = b.constant(7), quotient = b.emit(OpCode::FloorDiv, seven, x);
        return b.add(quotient, b.emit(OpCode::FloorDiv, overflowing(b, y), x));
      },
      accuracy);
  EXPECT_TRUE(std::isnan(among[0]) && std::isnan(among[1]));
}

TEST(Batch, ANumberBeyondDoublesIsNotCalledExact) {
  batch::Accuracy accuracy;
  auto wide = [](ProgramBuilder &b, Slot, Slot y) { return b.mul(b.add(y, b.constant(1)), b.constant(4)); };
  EXPECT_EQ(valuesOf(wide, accuracy)[0], 0x1p102);
  EXPECT_FALSE(accuracy.isExact());
  EXPECT_EQ(valuesOf(wide, accuracy, 4)[0], 0x1p100);
  EXPECT_FALSE(accuracy.isExact());
}

/// x of 0..=hi, y a number: 3 (x + 1)(y + 2), written out.
Case writtenOut(ProgramBuilder &b, Int hi) {
  Slot x = b.input("x", 1, 0, power(2, 126)), z = b.input("z", 1, 0, 9);
  b.input("y", 1, 0, 9);
  Slot three = b.constant(3), six = b.constant(6);
  Slot sum = b.add(b.mul(three, b.mul(x, z)), b.mul(six, x));
  b.metric("m", "m", "", Fold::Sum);
  b.program.totals[0] = b.add(b.add(sum, b.mul(three, z)), six);
  return makeCase(b.program, {{0, 0, 0}, {hi, 9, 0}});
}

TEST(Batch, SumsOfProductsAreFactored) {
  ProgramBuilder b;
  Case of = writtenOut(b, 1000);
  batch::Plan plan = batch::makePlan(of.program, of.request);
  EXPECT_EQ(plan.steps.size(), 4u) << print(plan); // x + 1, z + 2, their product, 3 times it
  EXPECT_TRUE(plan.accuracy[0].isExact());
  EXPECT_EQ(evaluate(of, plan)[0], (std::vector<double>{6, 3.0 * 1001 * 11}));
}

TEST(Batch, WhatALoopComputesStaysInIt) { // in one of z turns, none at the first point: x x and z (x + 3)
  ProgramBuilder b;
  Case of = writtenOut(b, 1000);
  Slot x = 0, z = 1, none = b.constant(0);
  Slot third = b.constant(3), seven = b.constant(7), rest = b.constant(21);
  Slot loop = b.sum(none, z, [&](Slot index) {
    Slot more = b.mul(b.add(b.mul(x, z), b.mul(third, z)), index);
    return b.add(b.mul(b.mul(x, x), index), more);
  });
  b.metric("loop", "loop", "", Fold::Sum), b.program.totals[1] = loop;
  b.metric("square", "square", "", Fold::Sum), b.program.totals[2] = b.mul(x, x);
  b.metric("line", "line", "", Fold::Sum), b.program.totals[3] = b.add(b.mul(seven, x), rest);
  Case with = makeCase(b.program, {{1000, 0, 0}, {1000, 9, 0}});
  batch::Plan plan = batch::makePlan(with.program, with.request);
  std::vector<std::vector<double>> values;
  for (size_t i = 0; i < 2; ++i) { // each point in a block of its own
    Case one = with;
    one.jobs = {with.jobs[i]};
    values = evaluate(one, plan);
    EXPECT_EQ(values[1][0], i == 0 ? 0 : 36 * (1e6 + 9 * 1003)) << print(plan);
    EXPECT_EQ(values[3][0], 7021) << print(plan);
    EXPECT_EQ(values[2][0], 1e6) << print(plan);
  }
}

TEST(Batch, TermsThatCancelAreGone) { // x z + 1 - x z
  ProgramBuilder b;
  Slot x = b.input("x", 1, 0, 9), z = b.input("z", 1, 0, 9);
  b.input("y", 1, 0, 9);
  Slot product = b.mul(x, z), one = b.constant(1), minus = b.constant(-1);
  b.metric("m", "m", "", Fold::Sum);
  b.program.totals[0] = b.add(b.add(product, one), b.mul(minus, b.mul(z, x)));
  Case of = makeCase(b.program, {{0, 0, 0}, {9, 9, 0}});
  batch::Plan plan = batch::makePlan(of.program, of.request);
  EXPECT_TRUE(plan.steps.empty()) << print(plan);
  EXPECT_EQ(evaluate(of, plan)[0], (std::vector<double>{1, 1}));
}

TEST(Batch, SumsThatMayLeaveIntAreAsOnTheTape) { // 3 x z leaves it; x + 1 does not
  ProgramBuilder b;
  Case of = writtenOut(b, power(2, 124));
  batch::Plan plan = batch::makePlan(of.program, of.request);
  std::vector<double> values = evaluate(of, plan)[0];
  EXPECT_EQ(values[0], 6);
  EXPECT_TRUE(std::isnan(values[1])) << values[1] << "\n" << print(plan);
}

} // namespace
} // namespace mdl::runtime
