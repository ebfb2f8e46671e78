//===- RuntimeStrategyTest.cpp - Rules of strategies, grids ---------------===//
#include "RuntimeProgram.h"
#include "runtime/Sizing.h"
#include <gtest/gtest.h>
#include <limits>

namespace mdl::runtime {
namespace {

/// Whole replicas: min(batch, devices) devices, the largest share ceil(batch / devices), all work of the batch in two kinds of
/// shares; latency is the time of the largest, halved by the input `speed`.
Strategy replicas() {
  ProgramBuilder b;
  Slot batch = b.input("batch", 1), devices = b.input("devices", 1), speed = b.input("speed", 1);
  Slot minus = b.constant(-1), one = b.constant(1);
  auto negate = [&](Slot slot) { return b.mul(minus, slot); };
  Slot active = negate(b.emit(OpCode::Max, negate(batch), negate(devices)));
  Slot most = negate(b.emit(OpCode::FloorDiv, negate(batch), devices));
  Slot shortOnes = b.add(b.mul(active, most), negate(batch)), full = b.add(active, negate(shortOnes));
  Slot less = b.add(most, negate(one));
  b.program.parameters = {{"time_s", 1, 1}};
  Slot time = b.emit(OpCode::RDiv, b.emit(OpCode::Param, 0), b.emit(OpCode::ToReal, speed));
  Strategy made;
  made.name = "replicas", made.divides = "batch", made.saturation = 0.99;
  for (Slot rule : {active, full, most, shortOnes, less, time}) b.program.totals.push_back(rule);
  b.program.metrics.resize(b.program.totals.size());
  made.active = 0, made.shares = {{1, 2}, {3, 4}}, made.holds = 2, made.time = 5;
  made.resources = {{"tensor", 5}};
  using Kind = StrategyField::Kind;
  made.inputs = {{Kind::Batch, "", "", {}}, {Kind::Devices, "", "", {}}, {Kind::Input, "speed", "", {}}};
  made.parameters = {{Kind::Metric, "time_s", "", {}}};
  made.program = std::move(b.program);
  made.program.dependsOnIndex.assign(made.program.code.size(), false);
  return made;
}

TEST(StrategyRules, SharesAddUpToTheBatch) {
  Strategy strategy = replicas();
  StrategyRules rules(strategy);
  size_t cases = 0;
  for (int64_t batch = 1; batch <= 40; ++batch)
    for (int64_t devices = 1; devices <= 12; ++devices, ++cases) {
      auto shares = rules.shares(batch, devices);
      ASSERT_TRUE(shares);
      Int all = 0, working = 0;
      for (auto [count, amount] : shares->of) all += count * amount, working += count;
      EXPECT_EQ(all, Int(batch));
      EXPECT_EQ(working, shares->active);
      EXPECT_EQ(shares->active, Int(std::min(batch, devices)));
      EXPECT_EQ(shares->of.front().second, Int((batch + devices - 1) / devices));
      EXPECT_EQ(shares->holds, shares->of.front().second);
    }
  EXPECT_EQ(cases, 480U);
}

TEST(StrategyRules, SharesOfNothingAreLeftOut) {
  Strategy strategy = replicas();
  StrategyRules rules(strategy);
  EXPECT_EQ(rules.shares(16, 8)->of.size(), 1U);
  EXPECT_EQ(rules.shares(9, 8)->of.size(), 2U);
}

TEST(StrategyRules, TimesAreThoseOfTheParameters) {
  Strategy strategy = replicas();
  StrategyRules rules(strategy);
  rules.setInput("speed", 4);
  ASSERT_TRUE(rules.shares(9, 8));
  double seconds = 10;
  auto time = rules.times({&seconds, 1});
  ASSERT_TRUE(time);
  EXPECT_EQ(time->total, 2.5);
  EXPECT_EQ(time->resources, std::vector<double>{2.5});
}

TEST(StrategyRules, NumbersThatAreNoneGiveNothing) {
  Strategy strategy = replicas();
  StrategyRules rules(strategy);
  ASSERT_TRUE(rules.shares(1, 1));
  for (double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN(), -1.0})
    EXPECT_FALSE(rules.times({&bad, 1}));
  strategy.active = 5; // a real is no number of devices
  EXPECT_FALSE(rules.shares(1, 1));
  strategy.active = 3; // no device has work
  EXPECT_FALSE(rules.shares(8, 8));
}

/// One stage: weights of 100 bytes are read once, each request moves 10 bytes and takes 5 FLOPs and a second; 4 at most.
struct SizedModel {
  ProgramBuilder b;
  Strategy strategy = replicas();
  Target target;
  SizingRequest request;

  SizedModel() {
    Slot batch = b.input("batch", 1, 1, 1000);
    b.input("speed", 1);
    Slot bytes = b.add(b.constant(100), b.mul(b.constant(10), batch)), flops = b.mul(b.constant(5), batch);
    Slot time = b.emit(OpCode::RDiv, b.emit(OpCode::ToReal, batch), b.emit(OpCode::Param, 0));
    b.program.parameters = {{"rate", 1, 1}};
    b.metric("flops_tensor", "", "FLOP", Fold::Sum), b.metric("bytes_read", "", "B", Fold::Sum);
    b.metric("weight_bytes", "", "B", Fold::Once), b.metric("tensor_s", "", "s", Fold::Sum);
    b.metric("time_s", "", "s", Fold::Sum);
    b.program.metrics[2].memory = "weights", b.program.metrics[3].resource = "tensor";
    std::vector<Slot> values = {flops, bytes, b.constant(100), time, time};
    b.node(~0u, {{"forward", kNoSlot}}, "stage", values);
    b.program.totals = values;
    b.program.metrics.resize(values.size());
    Slot few = b.emit(OpCode::NonNeg, b.add(b.constant(4), b.mul(b.constant(-1), batch)));
    b.program.guards = {{GuardKind::Require, few, "at most 4 on a device", "m.mdl:1:1"}};
    b.program.dependsOnIndex.assign(b.program.code.size(), false);
    target.device = DeviceInfo();
    target.device->memory = Int(1000);
    SizingJob job;
    job.program = &b.program, job.inputs = {1, 1};
    job.stages = {{}}, job.rates = {{1.0}, {0.5}};
    request.strategy = &strategy, request.target = &target;
    request.jobs = {job};
    request.modes = {{"all", ""}};
    request.utilisations.resize(2), request.asked = 1;
    request.utilisations[0].info.name = "full", request.utilisations[1].info.name = "half";
    request.bounds = {{"time_s_max", 1}};
  }
};

TEST(Sizer, WorkIsThatOfAllReplicas) {
  SizedModel model;
  Sizer sizer(model.request);
  ReportError error;
  auto row = sizer.row(0, 0, 0, 9, 8, error); // one device with two requests, seven with one
  ASSERT_TRUE(row) << error.message;
  EXPECT_EQ(row->work[0].exact, Int(45));
  EXPECT_EQ(row->work[1].exact, Int(8 * 100 + 9 * 10));
  EXPECT_EQ(row->time.total, 2.0);
  EXPECT_EQ(row->bounds, std::vector<double>{4.0});
  EXPECT_EQ(row->requestsPerSecond(), 4.5);
  EXPECT_EQ(row->bottleneck, "tensor");
  ASSERT_TRUE(row->held && row->held->memory);
  EXPECT_EQ(row->held->memory->total, Int(100));
}

TEST(Sizer, AFailingConditionNamesThePoint) {
  SizedModel model;
  Sizer sizer(model.request);
  ReportError error;
  EXPECT_FALSE(sizer.row(0, 0, 0, 10, 2, error));
  EXPECT_EQ(error.slug, "guard-failed");
  EXPECT_EQ(error.message,
            "at most 4 on a device (row: workload `default`, mode `all`, utilisation `full`, batch 10 on 2 "
            "devices)");
}

TEST(Sizer, TheSummaryIsOfTheLargestNumberOfDevices) {
  SizedModel model;
  model.request.batches = {1, 2, 3, 4, 5, 6, 7, 8}, model.request.devices = {2, 4};
  Sizer sizer(model.request);
  SizingResult result;
  ReportError error;
  ASSERT_TRUE(sizer.run(result, error)) << error.message;
  EXPECT_EQ(result.rows.size(), 16U);
  ASSERT_EQ(result.summaries.size(), 1U);
  const SizingSummary &summary = result.summaries[0];
  EXPECT_EQ(summary.devices, Int(4));
  EXPECT_EQ(summary.latencyOfOne, 1.0);
  EXPECT_EQ(summary.best->batch, Int(4)); // 8 requests on 4 devices are as many a second
  EXPECT_EQ(summary.saturationBatch, Int(4));
  ASSERT_EQ(summary.needs.size(), 1U);
  EXPECT_EQ(summary.needs[0].perSecond, 5.0);
  EXPECT_EQ(summary.needs[0].ofPeaks, 0.25);
}

} // namespace
} // namespace mdl::runtime
