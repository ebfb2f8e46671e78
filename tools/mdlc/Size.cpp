//===- Size.cpp - mdlc size -----------------------------------------------===//
// A grid of requests and devices, written as the three files of a run.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Grid.h"
#include "RunFolder.h"
#include "SizingFile.h"
#include "compiler/driver/Describe.h"
#include "compiler/driver/Sizing.h"
#include "plot/Renderer.h"
#include "plot/SizingFigures.h"
#include <cstdio>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr size_t kMostRows = 1'000'000;

struct SizeOptions {
  ModelOptions model;
  std::vector<std::string> workloads, modes{"full_pipeline"}, utilisations, grid;
  std::vector<std::string> figures{"none"};
  std::string strategy, runId, out = "tmp/profile-output", schema;
  bool force = false;
};

/// Compilations of one model: one for each structure that its workloads ask for.
class Sizing {
public:
  Sizing(const SizeOptions &options, const Invocation &invocation) : options_(options), invocation_(invocation) {}

  int run() {
    if (!readGrid()) return kUsage;
    if (!compile() || !plan_) return kWrong;
    runtime::Sizer sizer(plan_->request);
    runtime::SizingResult result;
    runtime::ReportError error;
    runtime::SizingDocument document;
    document.runId = options_.runId, document.result = &result;
    document.provenance = {"mdlc 0.1", driver::filesOf(*compilations_.front())};
    if (!sizer.run(result, error) || !addBreakdowns(sizer, document, error))
      return printError(error, options_.model.diagnostics), kWrong;
    return write(document);
  }

private:
  int usage(const std::string &message) {
    std::fprintf(stderr, "mdlc: %s\n", message.c_str());
    return kUsage;
  }
  bool wrong(const std::string &message, const char *slug = "bad-argument") {
    printError({slug, message, ""}, options_.model.diagnostics);
    return false;
  }

  bool readGrid() {
    for (const std::string &each : options_.grid)
      if (std::string why = grid_.add(each); !why.empty()) return usage("--grid: " + why), false;
    return true;
  }

  /// The first workload is compiled; others are too when they ask for another structure.
  bool compile() {
    if (auto fault = faultOfRunId(options_.runId)) return wrong(*fault, "bad-run-id");
    if (options_.model.device.empty()) return wrong("a sizing run needs a device: --device NAME");
    std::vector<std::string> workloads = options_.workloads;
    if (workloads.empty()) workloads.emplace_back();
    for (const std::string &workload : workloads)
      if (!addWorkload(workload)) return false;
    size_t points = 1;
    for (size_t count : {request().jobs.size(), request().modes.size(), request().asked, request().batches.size(),
                         request().devices.size()})
      points = std::min(points * count, kMostRows + 1);
    return points <= kMostRows || wrong(fmt::format("the grid has more than {} points", kMostRows));
  }

  bool addWorkload(const std::string &workload) {
    for (auto &compilation : compilations_) {
      bool other = false;
      auto inputs = compilation->inputsOf(workload, other);
      if (!inputs) return printDiagnostics(*compilation, options_.model.diagnostics), false;
      if (!other) return addJob(*compilation, workload, std::move(*inputs));
    }
    driver::Request request = options_.model.request(invocation_);
    request.workload = workload, request.parallel = true;
    if (!options_.utilisations.empty()) request.utilisation = options_.utilisations.front();
    compilations_.push_back(std::make_unique<driver::Compilation>(request));
    driver::Compilation &made = *compilations_.back();
    bool fine = made.compile();
    if (fine && !plan_) {
      plan_ = driver::makePlan(made, {options_.modes, options_.utilisations, options_.strategy});
      if (plan_) setAxes();
    }
    if (!printDiagnostics(made, options_.model.diagnostics) || !fine || !plan_) return false;
    return addJob(made, workload, made.inputs());
  }

  bool addJob(driver::Compilation &compilation, const std::string &workload, std::vector<Int> inputs) {
    if (driver::addJob(*plan_, compilation, workload, std::move(inputs))) return true;
    return printDiagnostics(compilation, options_.model.diagnostics), false;
  }

  runtime::SizingRequest &request() { return plan_->request; }

  void setAxes() {
    auto upTo = [](int64_t last) {
      std::vector<Int> values;
      for (int64_t i = 1; i <= last; ++i) values.emplace_back(i);
      return values;
    };
    constexpr int64_t kBatches = 32, kDevices = 8;
    request().batches = grid_.axis("batch", upTo(kBatches));
    request().devices = grid_.axis("devices", upTo(kDevices));
  }

  bool addBreakdowns(runtime::Sizer &sizer, runtime::SizingDocument &document, runtime::ReportError &error) {
    for (size_t job = 0; job < request().jobs.size(); ++job) {
      auto stages = sizer.stages(job, 0, 1, error);
      if (!stages) return false;
      runtime::Sizer::Notes notes = sizer.notes(job);
      for (const std::string &each : notes.warnings)
        std::fprintf(stderr, "warning: workload `%s`: %s\n", request().jobs[job].workload.c_str(), each.c_str());
      notes.warnings.insert(notes.warnings.end(), notes.extrapolations.begin(), notes.extrapolations.end());
      document.breakdowns.push_back({*stages, sizer.calls(job, 0, 1), std::move(notes.warnings)});
    }
    return true;
  }

  /// OUT/RUN/sizing/FAMILY/DEVICE: several devices may share a run.
  RunPlace place() {
    fs::path part = fs::path("sizing") / driver::familyOf(*compilations_.front()) / request().target->device->name;
    return {options_.out, options_.runId, part, options_.force, true};
  }

  int write(runtime::SizingDocument &document) {
    runtime::SizingTable table = runtime::tableOf(*document.result);
    std::vector<RunFile> figures;
    std::string noFigures = drawFigures(document, table, figures);
    for (const RunFile &each : figures)
      if (each.path.ends_with("." + options_.figures.front())) document.figures.push_back(each.path);
    if (!options_.schema.empty()) {
      driver::Compilation &first = *compilations_.front();
      auto schema = driver::findSchema(first, options_.schema);
      if (!schema) return printDiagnostics(first, options_.model.diagnostics), kWrong;
      std::string error;
      auto other = runtime::inSchema(table, *schema, error);
      if (!other) return wrong("schema `" + options_.schema + "`: " + error), kWrong;
      table = std::move(*other), document.rowSchema = schema->name;
    }
    RunPlace run = place();
    if (auto fault = faultOfPlace(run)) return wrong(*fault, "run-exists"), kWrong;
    runtime::Output json, csv, summary;
    runtime::writeSizingJson(document, table, json);
    runtime::writeCsv(table, csv);
    runtime::writeSizingSummary(document, summary);
    std::vector<RunFile> files = {
        {"results.json", json.take()}, {"results.csv", csv.take()}, {"summary.md", summary.take()}};
    files.insert(files.end(), figures.begin(), figures.end());
    if (auto fault = writeRun(run, files)) return wrong(*fault, "cannot-write"), kWrong;
    printAnswer(document, run.folder());
    if (!noFigures.empty()) return wrong("the run is written, without figures: " + noFigures, "no-figures"), kWrong;
    return kOk;
  }

  /// The pictures of the run, made of its JSON in our columns; why there are none when they cannot be drawn.
  std::string drawFigures(const runtime::SizingDocument &document, const runtime::SizingTable &table,
                          std::vector<RunFile> &files) {
    if (options_.figures == FigureFormats{"none"}) return {};
    runtime::Output json;
    runtime::writeSizingJson(document, table, json);
    auto made = std::make_shared<SizingRun>();
    made->json = Json::parse(json.take());
    return renderFigures(figuresOf(made), options_.figures, invocation_.binary, "figures", files).value_or("");
  }

  /// A line for each table of the summary, and where the files are.
  void printAnswer(const runtime::SizingDocument &document, const fs::path &folder) {
    std::string text = request().target->precision.line() + "\n";
    for (const runtime::SizingSummary &each : document.result->summaries) {
      const runtime::SizingJob &job = request().jobs[each.job];
      text += fmt::format("{}, {}, {}: one in {:.3f} s, bound by {}; {} devices: {:.6g} requests/s at a batch of {}\n",
                          job.workload.empty() ? "default" : job.workload, request().modes[each.mode].name,
                          request().utilisations[each.utilisation].info.name, each.latencyOfOne, each.bottleneck,
                          toString(each.devices), each.best->requestsPerSecond(), toString(each.best->batch));
    }
    text += fmt::format("{} rows in {}\n", document.result->rows.size(), folder.string());
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  const SizeOptions &options_;
  const Invocation &invocation_;
  Grid grid_;
  std::vector<std::unique_ptr<driver::Compilation>> compilations_;
  std::unique_ptr<driver::SizingPlan> plan_;
};

/// Each name once, in the order of the first.
void dropDoubles(std::vector<std::string> &names) {
  for (size_t i = 0; i < names.size(); ++i)
    names.erase(std::remove(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]), names.end());
}

std::string checkNames(const std::string &name) { return name.empty() ? "an empty name in the list" : ""; }

} // namespace

void addSize(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<SizeOptions>();
  CLI::App *command =
      app.add_subcommand("size", "Latency and throughput over a grid of requests and devices, as files of a run");
  options->model.addTo(*command, false);
  command->add_option("-w,--workload", options->workloads, "Workloads by name, one or several: 720p,480p")
      ->delimiter(',')
      ->check(checkNames)
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command->add_option("--utilisation", options->utilisations, "Utilisation profiles: optimistic,measured")
      ->delimiter(',')
      ->check(checkNames)
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command->add_option("--mode", options->modes, "Modes: full_pipeline, and those that the model declares")
      ->delimiter(',')
      ->check(checkNames)
      ->allow_extra_args(false)
      ->type_name("NAME,...")
      ->capture_default_str();
  command->add_option("--grid", options->grid, "Axes: batch=1..=32,devices=1..=8 (the default); repeatable")
      ->allow_extra_args(false)
      ->type_name("AXIS=VALUES");
  command->add_option("--strategy", options->strategy, "How devices share a job: dp, modelmeter.dp, modelmeter.ep")
      ->type_name("NAME");
  command->add_option("--run-id", options->runId, "The name of the run: letters, digits, `_`, `-`, `.`")
      ->required()
      ->type_name("ID");
  command->add_option("--out", options->out, "Where runs are; results go to OUT/ID/sizing/FAMILY/DEVICE")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--schema", options->schema, "The columns of rows by the names of another tool: modelmeter-v1")
      ->type_name("NAME");
  command->add_option("--figures", options->figures, "Pictures of the run in figures/: svg,png, or none")
      ->delimiter(',')
      ->check(checkFigureFormats)
      ->allow_extra_args(false)
      ->type_name("FORMAT,...")
      ->capture_default_str();
  command->add_flag("--force", options->force, "Replace the results of a run of the same name");
  command->footer(
      "Writes results.json, results.csv and summary.md. FAMILY is the folder of the model, DEVICE the device's own "
      "name.\n"
      "Rules of strategies take settings: --set strategy.link=400000000000.\nExample:\n"
      "  mdlc size models/wan2.1/t2v_14b.mdl --workload 720p,480p --device h20 --precision fp8 --run-id first");
  command->callback([&invocation, options] {
    for (auto *list : {&options->workloads, &options->modes, &options->utilisations}) dropDoubles(*list);
    invocation.run = [&invocation, options] { return Sizing(*options, invocation).run(); };
  });
}

} // namespace mdl::tool
