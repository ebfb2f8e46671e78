//===- perf_compile.cpp - Where the time of a compilation goes ------------===//
// Goals (microseconds), one a benchmark; the column `of_goal` is the ratio, and
// the program fails beyond three times a goal.
//
//   check, operator and shapes seen before     1 an instance, up to 10^5 instances
//   check, new shapes each time                5 an instance, up to 10^5 instances
//   warm evaluation, all nodes of T2V-14B     50
//   its report, folded / every id           50 / 300
//   parsing all of its files               5000
//   elaborating, costs, program           5000 / 3000 / 500
//===----------------------------------------------------------------------===//
#include "compiler/driver/Compile.h"
#include "compiler/parse/Parse.h"
#include "runtime/Report.h"
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace mdl {
namespace {

constexpr double kFailBeyond = 3;
bool failed = false;

/// Sets the ratio of the mean time of an iteration, over `units` things, to a goal in microseconds.
void compare(benchmark::State &state, double seconds, double goal, double units = 1) {
  double mean = seconds / static_cast<double>(state.iterations()) / units * 1e6;
  state.counters["us"] = mean;
  state.counters["of_goal"] = mean / goal;
  failed |= mean > kFailBeyond * goal;
}

/// Adds up the time of what it is given.
class Clock {
public:
  template <class Do> void time(benchmark::State &state, Do what) {
    auto start = std::chrono::steady_clock::now();
    what();
    double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.SetIterationTime(elapsed);
    seconds += elapsed;
  }
  double seconds = 0;
};

driver::Request requestFor(const std::string &path) {
  driver::Request request;
  request.path = path;
  request.searchPaths = {MDL_SOURCE_DIR "/models"};
  return request;
}

/// Ends the program: a benchmark of a model that does not compile measures nothing.
void must(bool ok, const char *what) {
  if (ok) return;
  fmt::print(stderr, "perf_compile: {} failed\n", what);
  std::exit(1);
}

//===--- Checking ---------------------------------------------------------------===//

constexpr int kPerTurn = 100;

/// Turns of a repeat that are checked one by one, since the body asks for the index, with 100 operators each.
std::string stackModel(int instances, bool newShapes) {
  std::string text = "import \"std/std.mdl\"\n\n/// A stack of operators.\nmodule Stack<B, D>(x: [B, D]) -> [B, E] {\n";
  text += fmt::format("  repeat i in 0..{} carry x {{\n    let even = i % 2 == 0\n    when even {{ let a = 1 }}\n",
                      instances / kPerTurn);
  for (int k = 0; k < kPerTurn; ++k)
    text += newShapes
                ? fmt::format("    x = linear(x, out: {} * i + {}, bias: false) as s.{{i}}.{}\n", kPerTurn, k + 1, k)
                : fmt::format("    x = relu(x) as s.{{i}}.{}\n", k);
  text += "  }\n  let [_, E] = x\n  return x\n}\n\n/// A job.\nrecord Job { batch: size = 1 range 1..2^31 }\n";
  return text + "/// The stack.\npipeline stack(job: Job) {\n  stage forward = Stack(zeros([job.batch, 64]))\n}\n";
}

/// Names, shapes and units of a model of so many operator instances; its few lines of text are parsed before.
void check(benchmark::State &state, bool newShapes, double goal) {
  int instances = static_cast<int>(state.range(0));
  std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("mdl_perf_{}_{}.mdl", newShapes, instances)).string();
  std::ofstream(path) << stackModel(instances, newShapes);
  Clock clock;
  for ([[maybe_unused]] auto iteration : state) {
    driver::Compilation compilation(requestFor(path));
    must(compilation.open(), "open");
    clock.time(state, [&] { must(compilation.elaborate(), "elaborate"); });
  }
  std::filesystem::remove(path);
  compare(state, clock.seconds, goal, instances);
}
void checkSeen(benchmark::State &state) { check(state, false, 1); }
void checkNew(benchmark::State &state) { check(state, true, 5); }
BENCHMARK(checkSeen)->RangeMultiplier(10)->Range(1000, 100'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(checkNew)->RangeMultiplier(10)->Range(1000, 100'000)->UseManualTime()->Unit(benchmark::kMillisecond);

//===--- Wan2.1-T2V-14B -----------------------------------------------------------===//

const char *const kModel = MDL_SOURCE_DIR "/models/wan2.1/t2v_14b.mdl";

driver::Compilation &compiled() {
  static driver::Compilation *compilation = [] {
    auto *made = new driver::Compilation(requestFor(kModel)); // lives to the end
    must(made->compile(), "compile");
    return made;
  }();
  return *compilation;
}

/// Another frame count each time, then every number of every node; equal copies of a repeat are one node.
void warmEvaluation(benchmark::State &state) {
  const runtime::Program &program = compiled().program();
  runtime::Evaluator evaluator(program);
  std::vector<Int> inputs = compiled().inputs();
  size_t frames = 0;
  while (program.inputs[frames].name != "frames") ++frames;
  Clock clock;
  for ([[maybe_unused]] auto iteration : state)
    clock.time(state, [&] {
      inputs[frames] = floorMod(inputs[frames] + 4, 1024) + 1;
      evaluator.run(inputs);
      double sum = 0;
      for (const runtime::Node &node : program.nodes)
        for (runtime::Slot slot : node.metrics)
          if (slot != runtime::kNoSlot && !node.varies) sum += evaluator.value(slot).toDouble();
      benchmark::DoNotOptimize(sum);
    });
  compare(state, clock.seconds, 50);
}
BENCHMARK(warmEvaluation)->UseManualTime()->Unit(benchmark::kMicrosecond);

void report(benchmark::State &state, bool expand, double goal) {
  runtime::Evaluator evaluator(compiled().program());
  runtime::ReportOptions options;
  options.expand = expand;
  Clock clock;
  for ([[maybe_unused]] auto iteration : state)
    clock.time(state, [&] {
      runtime::ReportError error;
      auto made = runtime::makeReport(evaluator, compiled().inputs(), options, error);
      must(made.has_value(), "makeReport");
      benchmark::DoNotOptimize(made->totals.data());
    });
  compare(state, clock.seconds, goal);
}
void reportFolded(benchmark::State &state) { report(state, false, 50); }
void reportEveryId(benchmark::State &state) { report(state, true, 300); }
BENCHMARK(reportFolded)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(reportEveryId)->UseManualTime()->Unit(benchmark::kMicrosecond);

/// All declarations of the model, of the library's files that it uses and of the prelude.
void parse(benchmark::State &state) {
  Clock clock;
  for ([[maybe_unused]] auto iteration : state)
    clock.time(state, [&] {
      SourceManager sources;
      DiagnosticEngine diagnostics;
      for (const char *name :
           {"core", "wan2.1/geometry", "wan2.1/job", "wan2.1/dit", "wan2.1/t2v_14b", "std/linear", "std/attention",
            "std/conv", "std/norm", "std/activation", "std/elementwise", "std/shape", "std/embedding"}) {
        std::string path = fmt::format("{}/models/{}.mdl", MDL_SOURCE_DIR, name);
        std::ifstream stream(path);
        must(stream.good(), name);
        std::string text((std::istreambuf_iterator<char>(stream)), {});
        parse::File file(sources, diagnostics, sources.add(path, std::move(text)));
        benchmark::DoNotOptimize(file.all().data());
      }
      must(!diagnostics.hasErrors(), "parse");
    });
  compare(state, clock.seconds, 5'000);
}
BENCHMARK(parse)->UseManualTime()->Unit(benchmark::kMicrosecond);

/// The stages of a cold compilation, each by itself: 0 elaborates (and parses what is used), 1 costs, 2 the program.
void stage(benchmark::State &state) {
  constexpr double kGoals[] = {5'000, 3'000, 500};
  Clock clock;
  for ([[maybe_unused]] auto iteration : state) {
    driver::Compilation compilation(requestFor(kModel));
    must(compilation.open(), "open");
    auto elaborate = [&] { must(compilation.elaborate(), "elaborate"); };
    auto build = [&] { must(compilation.build(), "build"); };
    auto emit = [&] { must(compilation.emit(), "emit"); };
    state.range(0) == 0 ? clock.time(state, elaborate) : elaborate();
    if (state.range(0) == 0) continue;
    state.range(0) == 1 ? clock.time(state, build) : build();
    if (state.range(0) == 2) clock.time(state, emit);
  }
  compare(state, clock.seconds, kGoals[state.range(0)]);
}
BENCHMARK(stage)->DenseRange(0, 2)->UseManualTime()->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace mdl

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  if (mdl::failed) std::fputs("perf_compile: something takes more than three times its goal\n", stderr);
  return mdl::failed ? 1 : 0;
}
