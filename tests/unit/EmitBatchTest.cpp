//===- EmitBatchTest.cpp - Emitted plans of random tapes ------------------===//
// Every instruction, sums one inside another, numbers that are none: a file for many
// points has the digits of the batch evaluator, whatever compiles it.
//===----------------------------------------------------------------------===//
#include "RandomTape.h"
#include "runtime/Evaluate.h"
#include "runtime/batch/Batch.h"
#include "runtime/emit/Emit.h"
#include "tests/EmittedBatch.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace mdl {
namespace {

using runtime::GuardKind;
using runtime::Program;
namespace batch = runtime::batch;

constexpr size_t kPoints = 300; // a whole block and a part of one
constexpr const char *kStrict = " -std=c99 -Wall -Wextra -Wconversion -Wpedantic -Werror";

/// Columns of all inputs but the last, which is a number of the plan.
struct Points {
  explicit Points(RandomTape &tape) : program(tape.b.program) {
    facts.prefix = "t", facts.defaults = runtime::defaults(program);
    for (uint32_t input = 0; input + 1 < program.inputs.size(); ++input) addColumn(tape, input);
    for (size_t i = 0; i < program.totals.size(); ++i)
      points.outputs.push_back({fmt::format("m{}", i), "", "", {program.totals[i], program.metrics[i].scale}});
    for (auto &column : columns) in.push_back(column.data());
  }
  void addColumn(RandomTape &tape, uint32_t input) {
    std::vector<Int> values;
    for (size_t i = 0; i < kPoints; ++i) values.push_back(i < 3 ? Int(i) : tape.integer());
    points.columns.push_back({input, *std::ranges::min_element(values), *std::ranges::max_element(values)});
    auto &column = columns.emplace_back();
    for (Int value : values) column.push_back(value.toDouble());
  }
  batch::Plan plan() const {
    batch::Request request{facts.defaults, {}, points.columns, {}};
    for (const auto &output : points.outputs) request.outputs.push_back(output.output);
    return batch::makePlan(program, request);
  }

  Program &program;
  emit::Facts facts;
  emit::ManyPoints points;
  std::vector<std::vector<double>> columns;
  std::vector<const double *> in;
};

using Results = std::vector<std::vector<double>>;

std::vector<double *> pointersTo(Results &results) {
  std::vector<double *> out;
  for (auto &column : results) out.push_back(column.data());
  return out;
}

bool isSame(double a, double b) { return a == b ? std::signbit(a) == std::signbit(b) : std::isnan(a) && std::isnan(b); }

class EmittedPlans : public testing::TestWithParam<unsigned> {
protected:
  void compare(const std::string &compiler, uint64_t seeds) {
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      RandomTape tape(seed * 1000 + GetParam(), GetParam());
      Points points(tape);
      batch::Plan plan = points.plan();
      for (const batch::Step &step : plan.steps) tried_.insert(step.op);
      Results wanted(plan.outputs.size(), std::vector<double>(kPoints, -1)), got = wanted;
      batch::Batch(plan).run(points.in, pointersTo(wanted), kPoints);
      EmittedBatch emitted(emit::emitBatchC(points.program, points.facts, points.points), "t", compiler + kStrict);
      ASSERT_TRUE(emitted.run) << compiler;
      emitted.run(kPoints, points.in.data(), pointersTo(got).data(), nullptr);
      for (size_t k = 0; k < wanted.size(); ++k)
        for (size_t i = 0; i < kPoints; ++i)
          ASSERT_TRUE(isSame(wanted[k][i], got[k][i]))
              << compiler << ", seed " << seed << ", output " << k << ", point " << i << ": " << wanted[k][i]
              << " is not " << got[k][i] << "\n"
              << print(plan);
    }
  }
  std::set<batch::Op> tried_;
};

TEST_P(EmittedPlans, HaveTheDigitsOfTheBatchEvaluator) {
  compare("cc -O1", 2);
  EXPECT_TRUE(tried_.contains(batch::Op::LoopEnd) && tried_.contains(batch::Op::ArgMin) &&
              tried_.contains(batch::Op::Pow) && tried_.contains(batch::Op::Bounded));
}

TEST_P(EmittedPlans, HaveThemAsVectors) {
  compare("cc -O3 -march=native", 1);
  if (EmittedBatch::has("clang-19")) compare("clang-19 -O3 -march=native", 1);
}

INSTANTIATE_TEST_SUITE_P(Bits, EmittedPlans, testing::Values(4U, 12U, 127U));

} // namespace
} // namespace mdl
