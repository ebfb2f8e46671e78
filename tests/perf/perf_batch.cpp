//===- perf_batch.cpp - Points a second of the batch evaluator ------------===//
// Wan2.1-T2V-14B, all stages; height, width, frames, steps, batch, text and guidance vary.
// Goals on one core: 20 million points/s for totals of FLOPs, bytes and memory, 8 million with
// the time of every operator; each line prints its ratio to the goal. Emitted C has goals of its own.
//===----------------------------------------------------------------------===//
#include "compiler/driver/Compile.h"
#include "runtime/Evaluate.h"
#include "runtime/batch/Batch.h"
#include "runtime/emit/Emit.h"
#include "tests/EmittedBatch.h"
#include "yardstick.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <ctime>
#include <random>
#include <set>

namespace mdl {
namespace {

namespace batch = runtime::batch;

constexpr size_t kPoints = 1 << 19;

struct Job {
  std::unique_ptr<driver::Compilation> model;
  batch::Request request;
  batch::Plan plan;
  std::vector<std::vector<double>> columns, results;
  std::vector<const double *> in;
  std::vector<double *> out;
};

Job makeJob(const char *device, const std::vector<std::string> &metrics) {
  Job job;
  driver::Request request;
  request.path = MDL_SOURCE_DIR "/models/wan2.1/t2v_14b.mdl", request.device = device;
  request.searchPaths = {MDL_SOURCE_DIR "/models"};
  job.model = std::make_unique<driver::Compilation>(request);
  if (!job.model->compile()) std::abort();
  const runtime::Program &program = job.model->program();
  batch::Request &wanted = job.request;
  wanted.inputs = job.model->inputs();
  for (const auto &parameter : program.parameters) wanted.parameters.push_back(parameter.value);
  std::mt19937_64 random(5);
  const std::pair<const char *, int> ranges[] = {{"height", 2048}, {"width", 2048},   {"frames", 200}, {"steps", 100},
                                                 {"batch", 64},    {"text_len", 512}, {"guidance", 1}};
  for (auto [name, hi] : ranges)
    for (uint32_t i = 0; i < program.inputs.size(); ++i) {
      if (program.inputs[i].name != name) continue;
      int lo = name == std::string("guidance") ? 0 : 16;
      wanted.columns.push_back({i, lo, hi});
      auto &column = job.columns.emplace_back(kPoints);
      for (double &value : column)
        value = static_cast<double>(lo + static_cast<int>(random() % static_cast<unsigned>(hi - lo + 1)));
    }
  for (const std::string &metric : metrics)
    for (size_t i = 0; i < program.metrics.size(); ++i)
      if (program.metrics[i].name == metric) wanted.outputs.push_back({program.totals[i], program.metrics[i].scale});
  job.plan = batch::makePlan(program, wanted);
  job.results.assign(job.plan.outputs.size(), std::vector<double>(kPoints));
  for (auto &column : job.columns) job.in.push_back(column.data());
  for (auto &column : job.results) job.out.push_back(column.data());
  return job;
}

const std::vector<std::string> kTotals = {"flops_tensor", "flops_vector", "bytes_read",           "bytes_written",
                                          "weight_bytes", "state_bytes",  "activation_peak_bytes"};

void run(benchmark::State &state, Job &job, batch::BatchOptions options, double goal) {
  batch::Batch batch(job.plan, options);
  for (auto _ : state) batch.run(job.in, job.out, kPoints);
  double points = static_cast<double>(state.iterations()) * kPoints;
  state.counters["points/s"] = benchmark::Counter(points, benchmark::Counter::kIsRate);
  state.counters["of goal"] = benchmark::Counter(points / goal, benchmark::Counter::kIsRate);
  state.counters["steps"] = static_cast<double>(job.plan.steps.size());
  state.counters["block"] = static_cast<double>(batch.block());
  state.SetLabel(batch.kernels().unit);
}

void totals(benchmark::State &state) {
  Job job = makeJob("", kTotals);
  run(state, job, {static_cast<size_t>(state.range(0)), 1, nullptr}, 2e7);
}
void threads(benchmark::State &state) {
  Job job = makeJob("h20", kTotals);
  run(state, job, {0, static_cast<unsigned>(state.range(0)), nullptr}, 2e7);
}
BENCHMARK(threads)->Arg(1)->Arg(2)->UseRealTime();

/// Of this thread: what else the machine does counts little.
double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

const std::vector<std::string> kTotalsByHand = {"flops_tensor",  "flops_vector", "bytes_read",
                                                "bytes_written", "state_bytes",  "activation_peak_bytes"};

perf::Yardstick yardstick(const Job &job, std::vector<std::vector<double>> &results) {
  return {job.in[0],         job.in[1],         job.in[2],         job.in[3],         job.in[4],
          job.in[5],         job.in[6],         results[0].data(), results[1].data(), results[2].data(),
          results[3].data(), results[4].data(), results[5].data()};
}

/// The same totals written by a person: what the machine can do. `interpreter` is our time over this one's, goal 4.
void byHand(benchmark::State &state) {
  Job job = makeJob("", kTotalsByHand);
  std::vector<std::vector<double>> results(kTotalsByHand.size(), std::vector<double>(kPoints));
  perf::Yardstick columns = yardstick(job, results);
  batch::Batch batch(job.plan, {});
  batch.run(job.in, job.out, kPoints);
  perf::totalsByHand(columns, kPoints);
  for (size_t k = 0; k < results.size(); ++k)
    for (size_t i = 0; i < kPoints; ++i)
      if (!(std::fabs(results[k][i] - job.results[k][i]) <= 1e-12 * std::fabs(job.results[k][i])))
        return state.SkipWithError("the yardstick is not what mdlc says");
  double own = 0, ours = 0;
  for (auto _ : state) {
    double start = seconds();
    perf::totalsByHand(columns, kPoints);
    double between = seconds();
    batch.run(job.in, job.out, kPoints);
    own += between - start, ours += seconds() - between;
  }
  state.counters["ns by hand"] = own / static_cast<double>(state.iterations()) / kPoints * 1e9;
  state.counters["ns interpreted"] = ours / static_cast<double>(state.iterations()) / kPoints * 1e9;
  state.counters["interpreter"] = ours / own;
  state.counters["of goal"] = ours / own / 4;
}
BENCHMARK(byHand);

double median(std::vector<double> &of) {
  std::ranges::nth_element(of, of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2));
  return of[of.size() / 2];
}

/// The steps of the plan as C, compiled: `mdlc emit --batch`.
std::unique_ptr<EmittedBatch> emitted(const Job &job, const std::string &compiler) {
  emit::Facts facts;
  facts.prefix = "t", facts.defaults = job.request.inputs;
  emit::ManyPoints points{job.request.columns, {}};
  for (const batch::Output &output : job.request.outputs) points.outputs.push_back({"m", "", "", output});
  return std::make_unique<EmittedBatch>(emit::emitBatchC(job.model->program(), facts, points), "t",
                                        compiler + " -std=c99 -O3 -march=native");
}

/// Emitted C against the totals by hand and against the interpreter, medians of one run. Goals: totals in 1.3 times the
/// time by hand, 20 million points/s with the time of every operator.
void compiled(benchmark::State &state, const std::string &compiler, bool timed) {
  if (!EmittedBatch::has(compiler)) return state.SkipWithError("there is no such compiler");
  auto metrics = kTotalsByHand;
  if (timed) metrics.insert(metrics.end(), {"weight_bytes", "time_s"});
  Job job = makeJob(timed ? "h20" : "", metrics);
  std::vector<std::vector<double>> results(kTotalsByHand.size(), std::vector<double>(kPoints));
  perf::Yardstick columns = yardstick(job, results);
  batch::Batch batch(job.plan, {});
  batch.run(job.in, job.out, kPoints);
  auto wanted = job.results;
  auto ours = emitted(job, compiler);
  if (!ours->run) return state.SkipWithError("it does not compile");
  ours->run(kPoints, job.in.data(), job.out.data(), nullptr);
  if (wanted != job.results) return state.SkipWithError("the digits are not the interpreter's");
  std::vector<double> byHand, byC, interpreted;
  for (auto _ : state) {
    double first = seconds();
    perf::totalsByHand(columns, kPoints);
    double second = seconds();
    ours->run(kPoints, job.in.data(), job.out.data(), nullptr);
    double third = seconds();
    batch.run(job.in, job.out, kPoints);
    byHand.push_back(second - first), byC.push_back(third - second), interpreted.push_back(seconds() - third);
  }
  double ratio = median(byC) / median(byHand), rate = kPoints / median(byC);
  state.counters["ns by hand"] = median(byHand) / kPoints * 1e9;
  state.counters["ns emitted"] = median(byC) / kPoints * 1e9;
  state.counters["ns interpreted"] = median(interpreted) / kPoints * 1e9;
  state.counters["points/s"] = rate;
  state.counters["of goal"] = timed ? rate / 2e7 : ratio / 1.3;
}
BENCHMARK_CAPTURE(compiled, clang_totals, "clang-19", false);
BENCHMARK_CAPTURE(compiled, clang_with_time, "clang-19", true);
BENCHMARK_CAPTURE(compiled, cc_totals, "cc", false);
BENCHMARK_CAPTURE(compiled, cc_with_time, "cc", true);

/// The numbers of every node that are the same for all copies of it, as the folded tree shows them.
void everyNode(benchmark::State &state) {
  Job job = makeJob("", {});
  const runtime::Program &program = job.model->program();
  runtime::Evaluator evaluator(program);
  std::set<std::pair<runtime::Slot, size_t>> wanted;
  for (const runtime::Node &node : program.nodes)
    for (size_t i = 0; i < node.metrics.size(); ++i)
      if (node.metrics[i] != runtime::kNoSlot && evaluator.indicesOf(node.metrics[i]).empty())
        wanted.insert({node.metrics[i], i});
  for (auto [slot, metric] : wanted) job.request.outputs.push_back({slot, program.metrics[metric].scale});
  job.plan = batch::makePlan(program, job.request);
  batch::Workspace workspace(job.plan, 64);
  // Block by block: results are consumed where they are made.
  std::vector<std::vector<double>> results(job.plan.outputs.size(), std::vector<double>(64));
  std::vector<double *> out;
  for (auto &column : results) out.push_back(column.data());
  std::vector<const double *> in(job.in.size());
  for (auto _ : state)
    for (size_t at = 0; at < kPoints; at += 64) {
      for (size_t i = 0; i < in.size(); ++i) in[i] = job.in[i] + at;
      workspace.run(batch::kernels().front(), in, out, 0, 64);
      benchmark::ClobberMemory();
    }
  double points = static_cast<double>(state.iterations()) * kPoints;
  state.counters["points/s"] = benchmark::Counter(points, benchmark::Counter::kIsRate);
  state.counters["of goal"] = benchmark::Counter(points / 1e6, benchmark::Counter::kIsRate);
  state.counters["steps"] = static_cast<double>(job.plan.steps.size());
  state.counters["numbers"] = static_cast<double>(job.plan.outputs.size());
}
BENCHMARK(everyNode);

BENCHMARK(totals)->Arg(0)->Arg(64)->Arg(128)->Arg(256)->Arg(512)->UseRealTime();

void totalsWithTime(benchmark::State &state) {
  auto metrics = kTotals;
  metrics.push_back("time_s");
  Job job = makeJob("h20", metrics);
  run(state, job, {static_cast<size_t>(state.range(0)), 1, nullptr}, 8e6);
}
BENCHMARK(totalsWithTime)->Arg(0)->Arg(64)->Arg(128)->Arg(256)->Arg(512)->UseRealTime();

void eachUnit(benchmark::State &state) {
  Job job = makeJob("", kTotals);
  auto units = batch::kernels();
  run(state, job, {0, 1, &units[std::min<size_t>(static_cast<size_t>(state.range(0)), units.size() - 1)]}, 2e7);
}
BENCHMARK(eachUnit)->Arg(0)->Arg(1)->Arg(2)->Arg(3)->UseRealTime();

} // namespace
} // namespace mdl
