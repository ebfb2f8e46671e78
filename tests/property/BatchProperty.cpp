//===- BatchProperty.cpp - The batch evaluator against the exact one ------===//
// Every shipped pipeline, with and without a device, at random points: within the
// stated bound, equal where it says equal, and the same digits for any block, any
// number of threads and any vector unit. MDL_BATCH_POINTS sets how many points.
// What `mdlc emit --batch` writes has these digits, too.
//===----------------------------------------------------------------------===//
#include "Models.h"
#include "runtime/Evaluate.h"
#include "runtime/batch/Batch.h"
#include "runtime/batch/MemorySlots.h"
#include "runtime/emit/Emit.h"
#include "tests/EmittedBatch.h"
#include <cmath>
#include <cstdlib>

namespace mdl {
namespace {

namespace batch = runtime::batch;
using runtime::Evaluator;
using runtime::Number;
using runtime::Program;

size_t pointsOfAll() {
  const char *asked = std::getenv("MDL_BATCH_POINTS");
  return asked ? std::strtoull(asked, nullptr, 10) : 10'000;
}

/// Columns of all inputs that are not compiled in, and random points in them.
struct Points {
  batch::Request request;
  std::vector<std::vector<Int>> jobs;
  std::vector<std::vector<double>> columns;
  std::vector<const double *> columnPointers() const {
    std::vector<const double *> pointers;
    for (const auto &column : columns) pointers.push_back(column.data());
    return pointers;
  }
};

Points randomPoints(const driver::Compilation &model, size_t count, unsigned bits) {
  Points made;
  const Program &program = model.program();
  std::mt19937_64 random(31);
  for (size_t i = 0; i < count; ++i) made.jobs.push_back(randomInputs(model, random, bits));
  made.request.inputs = model.inputs();
  for (const auto &parameter : program.parameters) made.request.parameters.push_back(parameter.value);
  for (uint32_t input = 0; input < program.inputs.size(); ++input) {
    if (program.inputs[input].fixed) continue;
    auto &column = made.columns.emplace_back();
    Int lo = made.jobs[0][input], hi = lo;
    for (const auto &job : made.jobs) {
      column.push_back(job[input].toDouble());
      lo = std::min(lo, job[input]), hi = std::max(hi, job[input]);
    }
    made.request.columns.push_back({input, lo, hi});
  }
  return made;
}

/// Totals, the numbers of the stages, and the guards.
std::vector<batch::Output> outputsOf(const Program &program) {
  std::vector<batch::Output> outputs;
  auto add = [&](runtime::Slot slot, size_t metric) {
    if (slot != runtime::kNoSlot) outputs.push_back({slot, program.metrics[metric].scale});
  };
  for (size_t i = 0; i < program.metrics.size(); ++i) {
    add(program.totals[i], i);
    for (uint32_t root : program.roots) add(program.nodes[root].metrics[i], i);
  }
  for (const auto &guard : program.guards) outputs.push_back({guard.condition, 1});
  return outputs;
}

using Columns = std::vector<std::vector<double>>;

Columns evaluate(const batch::Plan &plan, const Points &points, batch::BatchOptions options) {
  Columns results(plan.outputs.size(), std::vector<double>(points.jobs.size(), -1));
  std::vector<double *> pointers;
  for (auto &column : results) pointers.push_back(column.data());
  batch::Batch(plan, options).run(points.columnPointers(), pointers, points.jobs.size());
  return results;
}

/// Compares one number; counts those that the plan calls exact.
bool agrees(const Number &exact, double computed, const batch::Accuracy &accuracy, size_t &equal) {
  if (exact.isOverflow()) return !std::isfinite(computed);
  if (!std::isfinite(computed)) return false;
  double wanted = exact.toDouble();
  if (accuracy.isExact(computed)) return ++equal, computed == wanted;
  return std::fabs(computed - wanted) <=
         accuracy.relative * std::fabs(wanted) + accuracy.absolute + 0x1p-52 * std::fabs(wanted);
}

void expectAgreement(const driver::Compilation &model, const std::string &name, unsigned bits, size_t count,
                     size_t &equal, size_t &compared) {
  const Program &program = model.program();
  Points points = randomPoints(model, count, bits);
  points.request.outputs = outputsOf(program);
  batch::Plan plan = batch::makePlan(program, points.request);
  Columns results = evaluate(plan, points, {});
  Evaluator evaluator(program);
  for (size_t i = 0; i < points.jobs.size(); ++i) {
    evaluator.run(points.jobs[i]);
    for (size_t k = 0; k < plan.outputs.size(); ++k) {
      Number exact =
          runtime::unscaled(evaluator.value(points.request.outputs[k].slot), points.request.outputs[k].scale);
      ++compared;
      ASSERT_TRUE(agrees(exact, results[k][i], plan.accuracy[k], equal))
          << name << " output " << k << " point " << i << ": exact " << exact.toDouble() << ", computed "
          << results[k][i] << ", relative " << plan.accuracy[k].relative << ", absolute " << plan.accuracy[k].absolute;
    }
  }
}

TEST(Batch, WithinItsBoundOfTheExactEvaluator) {
  size_t equal = 0, compared = 0, each = pointsOfAll() / (2 * everyModel().size()) + 1;
  for (const char *device : {"", "h20"})
    for (const Subject &subject : everyModel()) {
      auto model = compile(subject, "", device);
      if (!model) continue;
      bool hasLoops = !model->program().loops.empty(); // the exact evaluator takes every turn at every point
      expectAgreement(*model, nameOf(subject), hasLoops ? 8 : 12, each, equal, compared);
      if (!hasLoops) expectAgreement(*model, nameOf(subject), 30, each, equal, compared);
    }
  EXPECT_GT(compared, 100'000u);
  EXPECT_GT(equal, compared / 3);
}

TEST(Batch, SameDigitsForAnyBlockThreadsAndUnit) {
  for (const Subject &subject : everyModel()) {
    auto model = compile(subject, "", "h20");
    if (!model) continue;
    Points points = randomPoints(*model, 203, 8);
    points.request.outputs = outputsOf(model->program());
    batch::Plan plan = batch::makePlan(model->program(), points.request);
    Columns first = evaluate(plan, points, {});
    std::vector<batch::BatchOptions> others = {
        {8, 1, nullptr}, {24, 3, nullptr}, {512, 2, nullptr}, {2048, 1, nullptr}};
    for (const batch::Kernels &unit : batch::kernels()) others.push_back({64, 1, &unit});
    for (const batch::BatchOptions &options : others) {
      Columns again = evaluate(plan, points, options);
      for (size_t k = 0; k < first.size(); ++k)
        for (size_t i = 0; i < first[k].size(); ++i)
          ASSERT_TRUE(first[k][i] == again[k][i] || (std::isnan(first[k][i]) && std::isnan(again[k][i])))
              << nameOf(subject) << " output " << k << " point " << i;
    }
  }
}

//===--- Emitted C -----------------------------------------------------------------===//

/// What is said of a point must be so: its requirements hold, or one does not.
bool isTrue(unsigned char verdict, const Evaluator &evaluator) {
  bool holds = true;
  for (const auto &guard : evaluator.program().guards)
    if (guard.kind == runtime::GuardKind::Require) holds = holds && evaluator.value(guard.condition) == Number::of(1);
  return verdict == 2 || holds == (verdict == 1);
}

struct Tally {
  size_t numbers = 0, valid = 0, invalid = 0, undecided = 0;
  void add(unsigned char verdict) { ++(verdict == 0 ? invalid : verdict == 1 ? valid : undecided); }
};

void expectSameDigits(const driver::Compilation &model, const std::string &name, unsigned bits, Tally &tally) {
  Program program = model.program();
  Points points = randomPoints(model, 300, bits); // a block and a part of one
  points.request.outputs = outputsOf(program);
  if (runtime::Slot memory = batch::addMemory(program, model.targetInfo().residency); memory != runtime::kNoSlot) {
    points.request.outputs.push_back({memory, 1});
    points.request.outputs.push_back({batch::addFits(program, memory, Int(96'000'000'000)), 1});
  }
  batch::Plan plan = batch::makePlan(program, points.request);
  Columns wanted = evaluate(plan, points, {}), got(wanted.size(), std::vector<double>(points.jobs.size()));
  emit::Facts facts;
  facts.prefix = "t", facts.defaults = points.request.inputs;
  emit::ManyPoints many{points.request.columns, {}};
  for (const batch::Output &output : points.request.outputs) many.outputs.push_back({"m", "", "", output});
  EmittedBatch emitted(emit::emitBatchC(program, facts, many), "t",
                       "cc -std=c99 -O3 -march=native -Wall -Wextra -Wconversion -Wpedantic -Werror");
  ASSERT_TRUE(emitted.run) << name;
  std::vector<unsigned char> verdicts(points.jobs.size(), 9);
  std::vector<double *> out;
  for (auto &column : got) out.push_back(column.data());
  emitted.run(points.jobs.size(), points.columnPointers().data(), out.data(), verdicts.data());
  Evaluator evaluator(program);
  for (size_t i = 0; i < points.jobs.size(); ++i) {
    for (size_t k = 0; k < wanted.size(); ++k, ++tally.numbers)
      ASSERT_TRUE(wanted[k][i] == got[k][i] || (std::isnan(wanted[k][i]) && std::isnan(got[k][i])))
          << name << " output " << k << " point " << i << ": " << wanted[k][i] << " is not " << got[k][i];
    evaluator.run(points.jobs[i]);
    ASSERT_TRUE(isTrue(verdicts[i], evaluator)) << name << " point " << i << ": " << int{verdicts[i]};
    tally.add(verdicts[i]);
  }
}

TEST(Batch, EmittedCHasTheSameDigits) {
  Tally tally;
  for (const Subject &subject : everyModel())
    if (auto model = compile(subject, "", "h20"))
      expectSameDigits(*model, nameOf(subject), model->program().loops.empty() ? 20 : 8, tally);
  EXPECT_GT(tally.numbers, 200'000u);
  EXPECT_GT(tally.valid, 2'500u);
  EXPECT_GT(tally.invalid, 100u);
  EXPECT_LT(tally.undecided, 500u);
}

} // namespace
} // namespace mdl
