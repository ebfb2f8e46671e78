//===- ReportCommand.cpp - mdlc report ------------------------------------===//
// One evaluation as a folder: report.json, summary.md, layers.csv, report.html, verify/.
// Everything is made in memory first; RunFolder puts it on the disk in one step.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Diff.h"
#include "RunFolder.h"
#include "ShellWord.h"
#include "compiler/driver/Describe.h"
#include "page/Page.h"
#include "plot/Renderer.h"
#include "plot/ReportFigures.h"
#include "runtime/report/StaticAnalysis.h"
#include "runtime/report/Summary.h"
#include "runtime/report/Units.h"
#include "runtime/report/Verification.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <iterator>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct ReportCommandOptions {
  std::vector<std::string> compare;
  ModelOptions model;
  std::string runId, out = "tmp/profile-output", schema = "mdlc";
  std::vector<std::string> references; ///< `[STAGE=]FILE`
  std::vector<std::string> figures{"none"};
  double tolerance = 0;
  bool force = false, withoutProvenance = false, withoutPage = false;
  PageChoices page;
  std::string command; ///< The command line, for the provenance
};

class ReportRun {
public:
  ReportRun(const ReportCommandOptions &options, const Invocation &invocation)
      : options_(options), invocation_(invocation), compilation_(options.model.request(invocation)) {}

  int run() {
    if (!options_.runId.empty())
      if (auto fault = faultOfRunId(options_.runId)) return fail("bad-run-id", *fault);
    if (!compile() || !choosePlace() || !evaluate() || !verify()) return kWrong;
    if (drawsFigures(options_.figures))
      noFigures_ =
          renderFigures(figuresOf(*report_), options_.figures, invocation_.binary, "figures", files_).value_or("");
    return writeAll() ? finish() : kWrong;
  }

private:
  int fail(std::string slug, std::string message) {
    printError({std::move(slug), std::move(message), ""}, options_.model.diagnostics);
    return kWrong;
  }

  bool compile() {
    bool compiled = compilation_.compile();
    if (compiled) facts_ = driver::describe(compilation_);
    return printDiagnostics(compilation_, options_.model.diagnostics) && compiled && facts_;
  }

  /// `t2v_14b-720p-fp16-h20_96gb`: what tells runs of one family apart.
  std::string defaultId() const {
    const runtime::Target &target = compilation_.targetInfo();
    std::vector<std::string> parts = {
        facts_->variant, options_.model.workload.empty() ? "defaults" : options_.model.workload, target.precision.name,
        target.device ? target.device->name : "", options_.model.sharding};
    parts.insert(parts.end(), options_.model.settings.begin(), options_.model.settings.end());
    return joinedRunId(parts);
  }

  bool choosePlace() {
    place_ = {options_.out, options_.runId.empty() ? defaultId() : options_.runId,
              std::filesystem::path("static_analysis") / facts_->family, options_.force};
    if (auto fault = faultOfRunId(place_.id)) return fail("bad-run-id", *fault + "; give one with --run-id"), false;
    if (auto fault = faultOfPlace(place_)) return fail("run-exists", *fault), false;
    return true;
  }

  std::optional<runtime::Report> report(driver::Compilation &compilation, runtime::Evaluator &evaluator) {
    runtime::ReportOptions how;
    how.target = &compilation.targetInfo();
    runtime::ReportError error;
    auto made = runtime::makeReport(evaluator, compilation.inputs(), how, error);
    if (!made) printError(error, options_.model.diagnostics);
    return made;
  }

  bool evaluate() {
    evaluator_.emplace(compilation_.program());
    report_ = report(compilation_, *evaluator_);
    if (report_) report_->workload = options_.model.workload;
    return report_.has_value();
  }

  //===--- Verification ------------------------------------------------------------===//

  bool verify() {
    if (options_.references.empty()) {
      files_.push_back({"verify/README.md", howToVerify()});
      return true;
    }
    // References are counted by a convention of their own, so the model is compiled once more.
    driver::Request request = options_.model.request(invocation_);
    request.convention = compilation_.defaultOf("verify");
    driver::Compilation measured(request);
    if (!measured.compile()) return printDiagnostics(measured, options_.model.diagnostics), false;
    runtime::Evaluator evaluator(measured.program());
    auto counted = report(measured, evaluator);
    if (!counted) return false;
    for (const std::string &reference : options_.references)
      if (!verifyOne(*counted, reference)) return false;
    return true;
  }

  bool verifyOne(const runtime::Report &counted, const std::string &given) {
    size_t equals = given.find('=');
    std::string path = equals == std::string::npos ? given : given.substr(equals + 1), why;
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), {});
    if (!stream && text.empty()) why = "cannot be read";
    auto reference = why.empty() ? runtime::parseReference(text, why) : std::nullopt;
    if (!reference) return fail("bad-reference", "`" + path + "`: " + why), false;
    runtime::VerifyOptions how;
    if (equals != std::string::npos) how.at = given.substr(0, equals);
    how.tolerance = options_.tolerance;
    runtime::ReportError error;
    auto result = runtime::verify(counted, *reference, how, error);
    if (!result) return printError(error, options_.model.diagnostics), false;
    if (!result->passed) failed_ += (failed_.empty() ? "`" : ", `") + result->at + "`";
    addVerification(*result, *reference);
    return true;
  }

  void addVerification(const runtime::VerifyResult &result, const runtime::Reference &reference) {
    constexpr size_t kRows = 20;
    runtime::Output json, page, table;
    runtime::renderVerificationJson(result, json);
    runtime::renderVerificationText(result, false, kRows, table);
    page << "# Verification of `" << result.at << "`\n\nReference: " << reference.model << ", " << reference.component
         << ". One execution of the stage; tolerance " << result.tolerance << " %.\n\n```text\n"
         << table.take() << "```\n";
    std::string name = "verify/" + result.at;
    for (size_t copy = 2; isTaken(name + ".json"); ++copy) name = "verify/" + result.at + "-" + std::to_string(copy);
    files_.push_back({name + ".json", json.take()});
    files_.push_back({name + ".md", page.take()});
  }

  bool isTaken(const std::string &path) const {
    return std::ranges::any_of(files_, [&](const RunFile &file) { return file.path == path; });
  }

  std::string howToVerify() const {
    std::string workload = options_.model.workload.empty() ? "" : " --workload " + shellWord(options_.model.workload);
    return fmt::format(
        "# Verification\n\nNothing was compared in this run. A measurement of the vendor's code, made by "
        "`tools/capture`, is compared module by module with\n\n```sh\nmdlc verify {0}{1} --at STAGE "
        "--reference REF.json\n```\n\nor written into this folder with\n\n```sh\nmdlc report {0}{1} "
        "--run-id {2} --force --reference STAGE=REF.json\n```\n\nThe workload has to be the one that was "
        "measured.\n",
        shellWord(facts_->path), workload, place_.id);
  }

  //===--- Files --------------------------------------------------------------------===//

  static runtime::Provenance provenance(const std::string &command) {
    char time[32] = "", host[256] = "";
    std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(host, sizeof host - 1);
    return {kVersion, time, host, command};
  }

  bool writeAll() {
    runtime::StaticAnalysis analysis(*report_, *facts_, place_.id);
    if (!options_.withoutProvenance) analysis.provenance = provenance(options_.command);
    analysis.artifacts = {"layers.csv", "report.json", "summary.md"};
    if (!options_.withoutPage) analysis.artifacts.push_back(kPage);
    for (const RunFile &file : files_) analysis.artifacts.push_back(file.path);
    std::ranges::sort(analysis.artifacts);
    auto rendered = std::async(std::launch::async, [&] { return render(analysis); }); // beside the page, which compiles
    if (!options_.withoutPage && !addPage()) return false;
    std::ranges::move(rendered.get(), std::back_inserter(files_));
    if (auto fault = writeRun(place_, files_)) return fail("cannot-write", *fault), false;
    totals_ = totalsLine(analysis);
    return true;
  }

  std::vector<RunFile> render(const runtime::StaticAnalysis &analysis) const {
    std::vector<RunFile> files;
    auto add = [&](const char *path, void (*write)(const runtime::StaticAnalysis &, runtime::Output &)) {
      runtime::Output out;
      write(analysis, out);
      files.push_back({path, out.take()});
    };
    add("report.json", options_.schema == "modelmeter-v1" ? runtime::renderModelmeterJson : runtime::renderReportJson);
    add("summary.md", runtime::renderSummaryPage);
    add("layers.csv", runtime::renderLayers);
    return files;
  }

  bool addPage() {
    runtime::ReportError error;
    auto page = renderPage(compilation_, {place_.id, options_.model.workload, options_.page, *facts_}, error);
    if (page) files_.push_back({kPage, std::move(*page)});
    else printError(error, options_.model.diagnostics);
    return page.has_value();
  }

  static std::string totalsLine(const runtime::StaticAnalysis &analysis) {
    std::string line = analysis.id + ":";
    const runtime::Report &report = analysis.report;
    for (const runtime::Column &column : runtime::pageColumns(report)) {
      const runtime::Metric &metric = report.program->metrics[column.metric];
      line += fmt::format(" {} {} ·", column.heading, runtime::formatSi(report.totals[column.metric], metric.unit));
    }
    const auto &sharding = report.target->sharding;
    if (sharding) line += fmt::format(" of one of {} devices ({}) ·", toString(sharding->devices), sharding->name);
    return line + " " + report.target->precision.line();
  }

  int finish() {
    for (const std::string &warning : report_->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
    std::ranges::sort(files_, {}, &RunFile::path);
    for (const RunFile &file : files_) std::printf("%s\n", (place_.folder() / file.path).c_str());
    std::printf("%s\n", totals_.c_str());
    if (!noFigures_.empty()) fail("no-figures", "the report is written, without figures: " + noFigures_);
    if (failed_.empty()) return noFigures_.empty() ? kOk : kWrong;
    return fail("verification-failed",
                "the report is written, but " + failed_ + " differs from its reference; see verify/");
  }

  static constexpr const char *kPage = "report.html";
  const ReportCommandOptions &options_;
  const Invocation &invocation_;
  driver::Compilation compilation_;
  std::optional<runtime::ModelFacts> facts_;
  RunPlace place_;
  std::optional<runtime::Evaluator> evaluator_;
  std::optional<runtime::Report> report_;
  std::vector<RunFile> files_;
  std::string failed_, totals_, noFigures_;
};

} // namespace

/// The comparison of `mdlc diff`, with the options of both sides alike.
static int compareReports(const ReportCommandOptions &options, const Invocation &invocation) {
  DiffRequest request;
  request.a = request.b = options.model;
  request.a.file = options.compare[0], request.b.file = options.compare[1];
  return diff(request, invocation);
}

void addReport(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ReportCommandOptions>();
  CLI::App *command = app.add_subcommand(
      "report", "Writes the static analysis of a run: report.json, summary.md, layers.csv, report.html, verify/");
  options->model.addTo(*command);
  command
      ->add_option("--run-id", options->runId,
                   "Name of the run, a plain folder name; without one MODEL-WORKLOAD-PRECISION[-DEVICE][-SETTINGS]")
      ->type_name("NAME");
  command->add_option("--out", options->out, "Where the folders of runs are")->type_name("DIR")->capture_default_str();
  command->add_flag("--force", options->force, "Write the reports of an existing run again");
  command->add_option("--schema", options->schema, "Of report.json: mdlc, or modelmeter-v1 for the seed's field names")
      ->check(CLI::IsMember({"mdlc", "modelmeter-v1"}))
      ->capture_default_str();
  command
      ->add_option("--reference", options->references,
                   "Compare a stage with a measurement and write the result into verify/; repeatable")
      ->type_name("[STAGE=]FILE")
      ->allow_extra_args(false);
  command->add_option("--tolerance", options->tolerance, "Largest error in percent that passes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--figures", options->figures, "Roofline, stage shares and memory in figures/: svg,png, or none")
      ->delimiter(',')
      ->check(checkFigureFormats)
      ->allow_extra_args(false)
      ->type_name("FORMAT,...")
      ->capture_default_str();
  command->add_flag("--no-provenance", options->withoutProvenance,
                    "Leave out time, host and command line, so that equal runs give equal bytes");
  command->add_flag("--no-page", options->withoutPage, "Leave out report.html, the page to play with");
  command
      ->add_option("--page-devices", options->page.devices,
                   "The devices that the page offers, commas between them; without, all that ship")
      ->type_name("NAMES")
      ->delimiter(',');
  command
      ->add_option("--page-precisions", options->page.precisions,
                   "The precisions that the page offers, commas between them; without, all that ship and apply")
      ->type_name("NAMES")
      ->delimiter(',');
  command->get_option("file")->required(false); // --compare has its own
  command
      ->add_option("--compare", options->compare,
                   "Writes nothing: prints what differs between two models or saved results (see `mdlc diff`)")
      ->type_name("A B")
      ->expected(2);
  command->footer(
      "Writes DIR/RUN/static_analysis/FAMILY/, whole or not at all.\nExamples:\n"
      "  mdlc report models/wan2.1/t2v_14b.mdl -w 720p --device h20\n"
      "  mdlc report models/wan2.1/t2v_14b.mdl -w W-001 --run-id first --reference diffusion=REF.json\n"
      "  mdlc report --compare RUN/static_analysis/wan2_1/report.json OTHER/static_analysis/wan2_1/report.json");
  command->callback([&invocation, options] {
    options->command = invocation.commandLine;
    if (options->model.file.empty() && options->compare.empty())
      throw CLI::RequiredError("file"); // what CLI11 itself says of a missing operand
    invocation.run = [&invocation, options] {
      return options->compare.empty() ? ReportRun(*options, invocation).run() : compareReports(*options, invocation);
    };
  });
}

} // namespace mdl::tool
