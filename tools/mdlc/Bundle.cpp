//===- Bundle.cpp - mdlc bundle -------------------------------------------===//
// Saved sizing runs beside one another, for people who have no mdlc: numbers as
// JSON and CSV, figures, and a report in English and in Chinese. The folder appears
// whole or not at all; what people wrote into the reports is kept.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "RunFolder.h"
#include "bundle/BundleData.h"
#include "bundle/BundleFigures.h"
#include "bundle/Regions.h"
#include "bundle/Template.h"
#include "compiler/driver/SourceNames.h"
#include "plot/Renderer.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr const char *kLanguages[] = {"en", "cn"};
constexpr const char *kMetadata = "bundle-metadata.json";
/// Folders beside the bundles of devices.
constexpr const char *kByDevice = "by-device", *kSummaries = "summaries";

struct BundleOptions {
  BundleRequest request;
  std::optional<std::string> id;
  std::string out = "tmp/profile-output", date, order = "name";
  std::vector<std::string> figures{"svg"};
  DiagnosticOptions diagnostics;
  bool force = false;
};

std::optional<std::string> contentOf(const fs::path &path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

class BundleRun {
public:
  BundleRun(const BundleOptions &options, const Invocation &invocation) : options_(options), invocation_(invocation) {}

  int run() {
    if (options_.id)
      if (auto fault = faultOfId(*options_.id)) return fail("bad-run-id", *fault);
    std::string error;
    scenarios_ = select(options_.request, error);
    if (scenarios_.empty()) return fail("cannot-compare", error);
    id_ = options_.id.value_or(scenarios_[0].run->runId());
    if (auto fault = faultOfId(id_)) return fail("bad-run-id", *fault + "; give one with --run-id");
    choosePlace();
    if (auto fault = faultOfPlace(place_)) return fail("run-exists", *fault);
    data_ = bundleData(options_.request, {id_, date(), kVersion}, scenarios_);
    drawFigures();
    if (!writeDocuments()) return kWrong;
    addTable(), addMetadata();
    if (auto fault = writeRun(place_, files_)) return fail("cannot-write", *fault);
    return finish();
  }

private:
  int fail(const char *slug, const std::string &message) {
    printError({slug, message, ""}, options_.diagnostics);
    return kWrong;
  }

  static std::optional<std::string> faultOfId(const std::string &id) {
    if (id != kByDevice && id != kSummaries) return faultOfRunId(id);
    return "`" + id + "` is where other bundles are; --run-id names another";
  }

  std::string date() const {
    if (!options_.date.empty()) return options_.date;
    char text[16] = "";
    std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
    return text;
  }

  /// OUT/comparisons/ID, and for the other kinds the folders of their own that the contract has.
  void choosePlace() {
    fs::path part;
    switch (options_.request.kind) {
    case BundleKind::Detailed: part = id_; break;
    case BundleKind::PerDevice:
      part = fs::path(kByDevice) /
             (id_ + "-" + plainFileName(scenarios_[0].device()["name"].get<std::string>()) + "-all-precision");
      break;
    case BundleKind::Selected: part = fs::path(kSummaries) / (id_ + "-selected-scenarios"); break;
    }
    place_ = {options_.out, "comparisons", part, options_.force, true};
  }

  /// Without a way to draw them the bundle has no figures, and the documents do not speak of any.
  void drawFigures() {
    std::vector<Figure> figures = figuresOf(options_.request.kind, scenarios_, data_);
    FigureFormats formats;
    for (const std::string &each : options_.figures)
      if (each != "none") formats.push_back(each);
    if (auto fault = renderFigures(figures, formats, invocation_.binary, "figures", files_)) figureFault_ = *fault;
    bool some = figureFault_.empty() && !formats.empty();
    std::string ending = some ? formats.front() : "";
    mark(data_["figures"], some, ending);
    data_["comparison_figures"] = Json::array(); // those that the summary shows
    for (const Json &each : data_["figures"])
      if (each["kind"] == "latency" || each["kind"] == "average_time") data_["comparison_figures"].push_back(each);
    data_["has_figures"] = some;
    for (Json &scenario : data_["scenarios"]) mark(scenario["figures"], some, ending), scenario["has_figures"] = some;
  }
  static void mark(Json &figures, bool some, const std::string &ending) {
    if (!some) figures = Json::array();
    for (Json &each : figures) each["file"] = "figures/" + each["file"].get<std::string>() + "." + ending;
  }

  //===--- Documents -----------------------------------------------------------------------===//

  std::vector<std::string> templateNames() const {
    std::vector<std::string> names{"stakeholder-report"};
    if (options_.request.kind == BundleKind::Selected) names.emplace_back("stakeholder-summary");
    return names;
  }

  bool writeDocuments() {
    data_["documents"] = Json::object();
    for (const std::string &name : templateNames())
      for (const char *language : kLanguages)
        if (!writeDocument(name, language)) return false;
    return true;
  }

  /// A text of models/documents, the first that the search finds.
  std::optional<std::string> wording(const std::string &name) {
    for (const std::string &folder : driver::defaultSearchPaths(invocation_.binary))
      if (auto text = contentOf(fs::path(folder) / "documents" / name)) return text;
    fail("bad-template", "models/documents/" + name + ", which words the reports, is not found");
    return std::nullopt;
  }

  bool writeDocument(const std::string &name, const std::string &language) {
    std::string termsName = "terms." + language + ".json", templateName = name + "." + language + ".md.mustache";
    auto words = wording(termsName), form = wording(templateName);
    if (!words || !form) return false;
    Json terms = Json::parse(*words, nullptr, false);
    if (!terms.is_object()) return fail("bad-template", "models/documents/" + termsName + " is no JSON object"), false;
    std::string error;
    auto made = fillTemplate(*form, data_, terms, error);
    if (!made) return fail("bad-template", "models/documents/" + templateName + ": " + error), false;
    std::string file = name + "." + language + ".md";
    auto document = withRegions(file, *made);
    if (!document) return false;
    files_.push_back({file, *document});
    return true;
  }

  /// The new document with what people wrote into the one that is there. What they changed outside of the regions would
  /// be lost: an error.
  std::optional<std::string> withRegions(const std::string &file, const std::string &made) {
    std::string error;
    auto fresh = readRegions(made, error);
    if (!fresh) return fail("bad-template", file + ": " + error), std::nullopt;
    data_["documents"][file] = {{"generated_sha256", driver::sha256(fresh->generated)}};
    auto there = contentOf(place_.folder() / file);
    if (!there) return made;
    auto old = readRegions(*there, error);
    std::string path = (place_.folder() / file).string();
    if (!old)
      return fail("edited-report", "`" + path + "`: " + error + "; what was written there cannot be kept"),
             std::nullopt;
    if (wasEdited(file, *old))
      return fail("edited-report", "`" + path +
                                       "` was changed outside of its regions, which would be lost; put the text "
                                       "between LLM_FILL_START and LLM_FILL_END, or remove the file"),
             std::nullopt;
    auto kept = keepRegions(made, *old, error);
    if (!kept) fail("edited-report", "`" + path + "`: " + error);
    return kept;
  }

  bool wasEdited(const std::string &file, const Regions &old) {
    auto text = contentOf(place_.folder() / kMetadata);
    Json metadata = text ? Json::parse(*text, nullptr, false) : Json();
    if (!metadata.is_object()) return false;
    Json known = metadata.value(Json::json_pointer("/documents"), Json::object());
    return known.contains(file) && known[file].value("generated_sha256", "") != driver::sha256(old.generated);
  }

  //===--- Files -----------------------------------------------------------------------===//

  void addTable() {
    runtime::Output out;
    runtime::writeCsv(comparisonTable(data_), out);
    files_.push_back({"comparison-table.csv", out.take()});
  }
  void addMetadata() {
    files_.push_back({kMetadata, data_.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"});
  }

  int finish() {
    std::ranges::sort(files_, {}, &RunFile::path);
    for (const RunFile &file : files_) std::printf("%s\n", (place_.folder() / file.path).c_str());
    if (figureFault_.empty()) return kOk;
    return fail("no-figures",
                "the bundle is written, without figures: " + figureFault_ + "; --figures none asks for none");
  }

  const BundleOptions &options_;
  const Invocation &invocation_;
  std::vector<Scenario> scenarios_;
  std::string id_;
  RunPlace place_;
  Json data_;
  std::vector<RunFile> files_;
  std::string figureFault_;
};

std::string checkDate(const std::string &text) {
  bool fine = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
              text.find_first_not_of("0123456789-") == std::string::npos;
  return fine ? "" : "`" + text + "` is no date: 2026-05-17";
}

void addOptions(CLI::App &command, BundleOptions &options) {
  command
      .add_option(
          "results", options.request.results,
          "Results of `mdlc size`: results.json, the folder that it is in, or that of a run with several devices")
      ->required()
      ->type_name("RESULTS");
  command
      .add_option("--run-id", options.id,
                  "The name of the bundle: letters, digits, `_`, `-`, `.`; without one that of the first run")
      ->type_name("ID");
  command.add_option("--out", options.out, "Where runs are; the bundle goes to OUT/comparisons")
      ->type_name("DIR")
      ->capture_default_str();
  command.add_option("-w,--workload", options.request.choice.workload, "Of runs with several workloads")
      ->type_name("NAME");
  command.add_option("--mode", options.request.choice.mode, "Of runs with several modes")->type_name("NAME");
  command.add_option("--utilisation", options.request.choice.utilisation, "Of runs with several utilisations")
      ->type_name("NAME");
  command.add_option("--except", options.request.except, "Devices to leave out: modelmeter.ngu800p")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command.add_option("--order", options.order, "Of the scenarios: by name, or as they are given")
      ->check(CLI::IsMember({"name", "given"}))
      ->capture_default_str();
  command
      .add_option("--figures", options.figures, "Formats of the figures: svg,png, or none; documents show the first")
      ->delimiter(',')
      ->check(checkFigureFormats)
      ->allow_extra_args(false)
      ->type_name("FORMAT,...")
      ->capture_default_str();
  command.add_option("--date", options.date, "The date of the reports; today without")
      ->check(checkDate)
      ->type_name("YYYY-MM-DD");
  command.add_flag("--force", options.force,
                   "Make an existing bundle again; what was written into its reports is kept");
  options.diagnostics.addTo(command);
}

} // namespace

void addBundle(CLI::App &app, Invocation &invocation) {
  CLI::App *bundle =
      app.add_subcommand("bundle", "Sizing runs beside one another, with reports in English and Chinese");
  bundle->require_subcommand(1);
  const std::tuple<const char *, const char *, BundleKind> kinds[] = {
      {"devices", "Several devices at one precision", BundleKind::Detailed},
      {"precisions", "One device at several precisions", BundleKind::PerDevice},
      {"scenarios", "Any devices and precisions of one workload", BundleKind::Selected}};
  for (const auto &[name, summary, kind] : kinds) {
    auto options = std::make_shared<BundleOptions>();
    options->request.kind = kind;
    CLI::App *command = bundle->add_subcommand(name, summary);
    addOptions(*command, *options);
    command->callback([&invocation, options] {
      options->request.givenOrder = options->order == "given";
      invocation.run = [&invocation, options] { return BundleRun(*options, invocation).run(); };
    });
  }
  bundle->footer(
      "Writes bundle-metadata.json, comparison-table.csv, stakeholder-report.en.md, stakeholder-report.cn.md and "
      "figures/.\nExample:\n  mdlc bundle devices tmp/profile-output/t2v_14b-720p-fp8");
}

} // namespace mdl::tool
