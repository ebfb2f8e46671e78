//===- Size.cpp - mdlc size -----------------------------------------------===//
// A grid of requests and devices, written as the three files of a run; or the
// smallest configuration that meets a target.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Grid.h"
#include "RunFolder.h"
#include "SizingFile.h"
#include "compiler/driver/Describe.h"
#include "compiler/driver/Sizing.h"
#include "compiler/shard/Layout.h"
#include "plot/Renderer.h"
#include "plot/SizingFigures.h"
#include "target/Answer.h"
#include <CLI/CLI.hpp>
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
  std::string out = "tmp/profile-output", schema;
  std::optional<std::string> runId;
  bool force = false;
  // Of --target:
  std::vector<std::string> targets, prices;
  std::string devices, requests, order = "devices", format = "text";
};

/// Compilations of one model: one for each structure that its workloads ask for.
class Sizing {
public:
  Sizing(const SizeOptions &options, const Invocation &invocation) : options_(options), invocation_(invocation) {}

  /// Everything that is computed; the other two follow in this order, so that a failed command prints nothing.
  int prepare() {
    if (!readGrid()) return kUsage;
    if (!compile() || !plan_) return kWrong;
    sizer_.emplace(plan_->request);
    runtime::ReportError error;
    document_.runId = id_, document_.result = &result_;
    document_.provenance = {"mdlc 0.1", driver::filesOf(*compilations_.front())};
    if (!sizer_->run(result_, error) || !addBreakdowns(error))
      return printError(error, options_.model.diagnostics), kWrong;
    if (auto fault = faultOfPlace(place())) return wrong(*fault, "run-exists"), kWrong;
    return kOk;
  }

  int save() {
    runtime::SizingTable table = runtime::tableOf(result_);
    std::vector<RunFile> files;
    noFigures_ = drawFigures(table, files);
    for (const RunFile &each : files)
      if (each.path.ends_with("." + options_.figures.front())) document_.figures.push_back(each.path);
    if (!options_.schema.empty() && !changeSchema(table)) return kWrong;
    addFiles(table, files);
    auto fault = writeRun(place(), files);
    return fault ? (wrong(*fault, "cannot-write"), kWrong) : kOk;
  }

  int print() {
    printAnswer(place().folder());
    if (noFigures_.empty()) return kOk;
    return wrong("the run is written, without figures: " + noFigures_, "no-figures"), kWrong;
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
    if (options_.runId)
      if (auto fault = faultOfRunId(*options_.runId)) return wrong(*fault, "bad-run-id");
    if (options_.model.device.empty()) return wrong("a sizing run needs a device: --device NAME");
    std::vector<std::string> workloads = options_.workloads;
    if (workloads.empty()) workloads.emplace_back();
    for (const std::string &workload : workloads)
      if (!addWorkload(workload)) return false;
    if (!chooseId()) return false;
    size_t points = 1;
    for (size_t count : {request().jobs.size(), request().modes.size(), request().asked, request().batches.size(),
                         request().devices.size()})
      points = std::min(points * count, kMostRows + 1);
    return points <= kMostRows || wrong(fmt::format("the grid has more than {} points", kMostRows));
  }

  /// `t2v_14b-720p-fp8`, of all devices, unless the run has a name.
  bool chooseId() {
    driver::Compilation &first = *compilations_.front();
    std::vector<std::string> parts = {driver::identify(first).variant};
    for (const runtime::SizingJob &job : request().jobs)
      parts.push_back(job.workload.empty() ? "defaults" : job.workload);
    parts.push_back(first.targetInfo().precision.name);
    parts.push_back(options_.model.strategy), parts.push_back(options_.model.sharding);
    parts.insert(parts.end(), options_.model.settings.begin(), options_.model.settings.end());
    id_ = options_.runId.value_or(joinedRunId(parts));
    auto fault = faultOfRunId(id_);
    return !fault || wrong(*fault + "; give one with --run-id", "bad-run-id");
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
    request.keepsLaunch = options_.utilisations.size() > 1;
    compilations_.push_back(std::make_unique<driver::Compilation>(request));
    driver::Compilation &made = *compilations_.back();
    bool fine = made.compile();
    if (fine && !plan_) {
      plan_ = driver::makePlan(made, {options_.modes, options_.utilisations, options_.model.strategy});
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
    auto upTo = [](int64_t last, Int each) {
      std::vector<Int> values;
      for (int64_t i = 1; i <= last; ++i) values.push_back(Int(i) * each);
      return values;
    };
    constexpr int64_t kBatches = 32, kDevices = 8;
    request().batches = grid_.axis("batch", upTo(kBatches, 1));
    request().devices = grid_.axis("devices", upTo(kDevices, request().perModel()));
  }

  bool addBreakdowns(runtime::ReportError &error) {
    for (size_t job = 0; job < request().jobs.size(); ++job) {
      auto stages = sizer_->stages(job, 0, 1, error);
      if (!stages) return false;
      runtime::Sizer::Notes notes = sizer_->notes(job);
      for (const std::string &each : notes.warnings)
        std::fprintf(stderr, "warning: workload `%s`: %s\n", request().jobs[job].workload.c_str(), each.c_str());
      notes.warnings.insert(notes.warnings.end(), notes.extrapolations.begin(), notes.extrapolations.end());
      document_.breakdowns.push_back({*stages, sizer_->calls(job, 0, 1), std::move(notes.warnings)});
    }
    return true;
  }

  /// OUT/RUN/sizing/FAMILY/DEVICE: several devices may share a run.
  RunPlace place() {
    fs::path part = fs::path("sizing") / driver::familyOf(*compilations_.front()) / request().target->device->name;
    return {options_.out, id_, part, options_.force, true};
  }

  bool changeSchema(runtime::SizingTable &table) {
    driver::Compilation &first = *compilations_.front();
    auto schema = driver::findSchema(first, options_.schema);
    if (!schema) return printDiagnostics(first, options_.model.diagnostics), false;
    std::string error;
    auto other = runtime::inSchema(table, *schema, error);
    if (!other) return wrong("schema `" + options_.schema + "`: " + error);
    table = std::move(*other), document_.rowSchema = schema->name;
    return true;
  }

  void addFiles(const runtime::SizingTable &table, std::vector<RunFile> &files) const {
    runtime::Output json, csv, summary;
    runtime::writeSizingJson(document_, table, json);
    runtime::writeCsv(table, csv);
    runtime::writeSizingSummary(document_, summary);
    files.insert(files.begin(),
                 {{"results.json", json.take()}, {"results.csv", csv.take()}, {"summary.md", summary.take()}});
  }

  /// The pictures of the run, made of its JSON in our columns; why there are none when they cannot be drawn.
  std::string drawFigures(const runtime::SizingTable &table, std::vector<RunFile> &files) {
    if (options_.figures == FigureFormats{"none"}) return {};
    runtime::Output json;
    runtime::writeSizingJson(document_, table, json);
    auto made = std::make_shared<SizingRun>();
    made->json = Json::parse(json.take());
    return renderFigures(figuresOf(made), options_.figures, invocation_.binary, "figures", files).value_or("");
  }

  /// A line for each table of the summary, and where the files are.
  void printAnswer(const fs::path &folder) {
    std::string text = request().target->precision.line() + "\n";
    for (const runtime::SizingSummary &each : result_.summaries) {
      const runtime::SizingJob &job = request().jobs[each.job];
      text += fmt::format("{}, {}, {}: one in {:.3f} s, bound by {}; {} devices: {:.6g} requests/s at a batch of {}\n",
                          job.workload.empty() ? "default" : job.workload, request().modes[each.mode].name,
                          request().utilisations[each.utilisation].info.name, each.latencyOfOne, each.bottleneck,
                          toString(each.devices), each.best->requestsPerSecond(), toString(each.best->batch));
    }
    text += fmt::format("{} rows in {}\n", result_.rows.size(), folder.string());
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  const SizeOptions &options_;
  const Invocation &invocation_;
  std::string id_;
  Grid grid_;
  std::vector<std::unique_ptr<driver::Compilation>> compilations_;
  std::unique_ptr<driver::SizingPlan> plan_;
  std::optional<runtime::Sizer> sizer_;
  runtime::SizingResult result_;
  runtime::SizingDocument document_;
  std::string noFigures_;
};

/// Each name once, in the order of the first.
void dropDoubles(std::vector<std::string> &names) {
  for (size_t i = 0; i < names.size(); ++i)
    names.erase(std::remove(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]), names.end());
}

/// A part of the run for each device.
int runDevices(const SizeOptions &options, const Invocation &invocation) {
  std::vector<std::string> devices = CLI::detail::split(options.model.device, ',');
  dropDoubles(devices);
  if (devices.empty()) devices.emplace_back();
  std::vector<SizeOptions> each(devices.size(), options);
  std::vector<std::unique_ptr<Sizing>> runs;
  for (size_t i = 0; i < devices.size(); ++i) {
    each[i].model.device = devices[i];
    runs.push_back(std::make_unique<Sizing>(each[i], invocation));
  }
  for (auto step : {&Sizing::prepare, &Sizing::save, &Sizing::print})
    for (auto &run : runs)
      if (int failed = ((*run).*step)()) return failed;
  return kOk;
}

//===--- Targets -----------------------------------------------------------------------------===//

/// Values of `devices=...` or `batch=...`, as a grid has them.
std::optional<std::vector<Int>> readValues(const char *option, const std::string &axis, const std::string &text) {
  Grid grid;
  if (std::string wrong = grid.add(axis + "=" + text); !wrong.empty())
    return std::fprintf(stderr, "mdlc: %s: %s\n", option, wrong.c_str()), std::nullopt;
  return grid.axis(axis, {});
}

/// Names with commas between them, or a list of options, as an axis; none where nothing is asked for.
void addAxis(std::vector<std::string> &axes, const std::string &name, const std::string &values) {
  if (!values.empty()) axes.push_back(name + "=" + values);
}

/// So many requests at once are tried where nobody says how many: some for each device.
std::string requestsFor(const std::vector<Int> &devices) {
  constexpr int64_t kLeast = 256, kEach = 4, kMost = Search::kMostRequests;
  return "1..=" + toString(std::clamp(devices.back() * Int(kEach), Int(kLeast), Int(kMost)));
}

/// How many devices share a model.
Int groupOf(const SizeOptions &options) {
  Int each = 1;
  if (auto layout = shard::parseLayout(options.model.sharding); layout && !options.model.sharding.empty())
    for (const shard::Named &part : *layout) each = each * part.degree;
  return each;
}

/// Those asked for, else up to 64, or one group; where some share a model, whole groups only.
std::optional<std::vector<Int>> devicesFor(const SizeOptions &options) {
  Int each = groupOf(options), most = std::max(Int(64), each);
  auto devices =
      readValues("--devices", "devices", options.devices.empty() ? "1..=" + toString(most) : options.devices);
  if (!devices) return std::nullopt;
  std::erase_if(*devices, [&](Int count) { return floorDiv(count, each) * each != count; });
  if (!devices->empty()) return devices;
  std::fprintf(stderr, "mdlc: --devices %s: no multiple of the %s that share a model by %s\n", options.devices.c_str(),
               toString(each).c_str(), options.model.sharding.c_str());
  return std::nullopt;
}

std::string conflictOf(const SizeOptions &options) {
  if (options.model.device.empty()) return "--target needs devices to choose from: --device h20,b200";
  return options.workloads.size() > 1 ? "--target is of one workload" : "";
}

std::optional<Question> questionOf(const SizeOptions &options, const Invocation &invocation) {
  auto devices = devicesFor(options);
  if (!devices) return std::nullopt;
  auto requests =
      readValues("--requests", "batch", options.requests.empty() ? requestsFor(*devices) : options.requests);
  if (!requests) return std::nullopt;
  Question question{options.model.request(invocation),
                    {},
                    options.targets,
                    *devices,
                    *requests,
                    options.prices,
                    options.order == "cost"};
  question.base.parallel = true;
  if (!options.workloads.empty()) question.base.workload = options.workloads.front();
  addAxis(question.axes, "device", options.model.device);
  addAxis(question.axes, "precision", options.model.precision);
  addAxis(question.axes, "strategy", options.model.strategy);
  addAxis(question.axes, "utilisation", fmt::format("{}", fmt::join(options.utilisations, ",")));
  question.base.device.clear(), question.base.precision.clear(), question.base.strategy.clear();
  return question;
}

int runTarget(const SizeOptions &options, const Invocation &invocation) {
  if (std::string why = conflictOf(options); !why.empty())
    return std::fprintf(stderr, "mdlc: %s\n", why.c_str()), kUsage;
  auto question = questionOf(options, invocation);
  if (!question) return kUsage;
  Search search(std::move(*question));
  std::string error;
  if (!search.run(error)) return printError({"bad-argument", error, ""}, options.model.diagnostics), kWrong;
  const Candidate &best = search.candidates().front();
  bool isMet = best.answer.has_value();
  for (const std::string &note : (isMet ? best.answer : best.nearest)->notes)
    if (!note.starts_with("extrapolation: ")) std::fprintf(stderr, "warning: %s\n", note.c_str());
  runtime::Output out(stdout);
  options.format == "json"  ? writeJson(search, out)
  : options.format == "csv" ? writeCsv(search, out)
                            : writeText(search, out);
  return isMet && out.flush() ? kOk : kWrong;
}

std::string checkNames(const std::string &name) { return name.empty() ? "an empty name in the list" : ""; }

} // namespace

namespace {

void addTargetOptions(CLI::App &command, SizeOptions &options, CLI::Option &target) {
  command.add_option("--devices", options.devices, "With --target: numbers of devices to choose from")
      ->type_name("VALUES")
      ->default_str("1..=64")
      ->needs(&target);
  command
      .add_option("--requests", options.requests,
                  "With --target: numbers of requests at once; by default up to four a device, 256 at least")
      ->type_name("VALUES")
      ->needs(&target);
  command.add_option("--price", options.prices, "With --target: what a device costs, in USD an hour: h20=2.50")
      ->type_name("DEVICE=USD")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->needs(&target);
  command.add_option("--order", options.order, "With --target: the fewest devices or the lowest cost of an hour first")
      ->check(CLI::IsMember({"devices", "cost"}))
      ->capture_default_str()
      ->needs(&target);
  command.add_option("-f,--format", options.format, "With --target: text, json (schema mdlc.target/1) or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str()
      ->needs(&target);
}

} // namespace

void addSize(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<SizeOptions>();
  CLI::App *command =
      app.add_subcommand("size", "Latency and throughput over a grid of requests and devices, as files of a run");
  options->model.addTo(*command, false);
  CLI::Option *target =
      command
          ->add_option("--target", options->targets,
                       "The smallest configuration that meets it: 'videos_per_minute >= 1'; several are all wanted")
          ->type_name("EXPR")
          ->allow_extra_args(false);
  addTargetOptions(*command, *options, *target);
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
      ->capture_default_str()
      ->excludes(target);
  command->add_option("--grid", options->grid, "Axes: batch=1..=32,devices=1..=8 (the default); repeatable")
      ->allow_extra_args(false)
      ->type_name("AXIS=VALUES")
      ->excludes(target);
  command
      ->add_option("--strategy", options->model.strategy, "How devices share a job: dp, modelmeter.dp, modelmeter.ep")
      ->type_name("NAME");
  command
      ->add_option("--run-id", options->runId,
                   "The name of the run: letters, digits, `_`, `-`, `.`; without one MODEL-WORKLOADS-PRECISION")
      ->type_name("ID")
      ->excludes(target);
  command->add_option("--out", options->out, "Where runs are; results go to OUT/ID/sizing/FAMILY/DEVICE")
      ->type_name("DIR")
      ->capture_default_str()
      ->excludes(target);
  command->add_option("--schema", options->schema, "The columns of rows by the names of another tool: modelmeter-v1")
      ->type_name("NAME")
      ->excludes(target);
  command->add_option("--figures", options->figures, "Pictures of the run in figures/: svg,png, or none")
      ->delimiter(',')
      ->check(checkFigureFormats)
      ->allow_extra_args(false)
      ->type_name("FORMAT,...")
      ->capture_default_str()
      ->excludes(target);
  command->add_flag("--force", options->force, "Replace the results of a run of the same name")->excludes(target);
  command->footer(
      "Writes results.json, results.csv and summary.md. FAMILY is the folder of the model, DEVICE the device's own "
      "name.\n"
      "Several devices, --device h20,b200, are a part of the run each.\n"
      "Rules of strategies take settings: --set strategy.link=400000000000.\nWith --target it prints the smallest "
      "configuration of all devices, precisions and strategies that are given,\nor, with exit code 1, how near the "
      "best of "
      "them comes.\nExamples:\n"
      "  mdlc size models/wan2.1/t2v_14b.mdl --workload 720p,480p --device h20,b200 --precision fp8\n"
      "  mdlc size models/wan2.1/t2v_14b.mdl --workload 720p --target 'videos_per_minute >= 1' --device h20,b200 "
      "--precision fp16,fp8");
  command->callback([&invocation, options] {
    for (auto *list : {&options->workloads, &options->modes, &options->utilisations}) dropDoubles(*list);
    invocation.run = [&invocation, options] {
      return options->targets.empty() ? runDevices(*options, invocation) : runTarget(*options, invocation);
    };
  });
}

} // namespace mdl::tool
