//===- Plot.cpp - mdlc plot -----------------------------------------------===//
// One picture: of a model on a device, of saved sizing runs, or of a sweep. The
// kind decides what the operand is; the ending of -o decides the format.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "OutputFile.h"
#include "compiler/driver/Describe.h"
#include "plot/Renderer.h"
#include "plot/ReportFigures.h"
#include "plot/SizingFigures.h"
#include "plot/SweepFigures.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

struct PlotOptions {
  ModelOptions model;
  std::vector<std::string> outputs, results;
  std::string sweep, title;
  SizingChoice choice;
  CurveRequest curve;
  ParetoRequest pareto;
};

using Maker = std::optional<Figure> (*)(const PlotOptions &, const Invocation &);

std::nullopt_t fail(const PlotOptions &options, const char *slug, const std::string &message) {
  printError({slug, message, ""}, options.model.diagnostics);
  return std::nullopt;
}

/// `svg` or `png`, by the ending.
std::string formatOf(const std::string &path) {
  std::string ending = fs::path(path).extension().string();
  return ending == ".svg" || ending == ".png" ? ending.substr(1) : "";
}
std::string checkOutput(const std::string &path) {
  return formatOf(path).empty() ? "`" + path + "` ends with neither .svg nor .png" : "";
}

//===--- Of a model -----------------------------------------------------------------------===//

using ReportFigure = std::optional<Figure> (*)(const runtime::Report &, std::string &);

template <ReportFigure make> std::optional<Figure> ofModel(const PlotOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return std::nullopt;
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportOptions how;
  how.target = &compilation.targetInfo();
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, compilation.inputs(), how, error);
  if (!report) return printError(error, options.model.diagnostics), std::nullopt;
  report->workload = options.model.workload;
  for (const std::string &warning : report->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  std::string why;
  auto figure = make(*report, why);
  return figure ? figure : fail(options, "nothing-to-plot", why);
}

//===--- Of sizing runs -----------------------------------------------------------------------===//

/// A line for each scenario of the files.
std::optional<std::vector<Series>> seriesOf(const PlotOptions &options) {
  std::vector<Scenario> scenarios;
  std::string error;
  for (const std::string &given : options.results)
    for (const std::string &path : resultsAt(given)) {
      auto run = readSizingRun(path, error);
      if (!run) return fail(options, "bad-result", error);
      for (Scenario &each : scenariosOf(run, options.choice)) scenarios.push_back(std::move(each));
    }
  if (scenarios.empty())
    return fail(options, "nothing-to-plot", "no summary of the runs has this workload, mode and utilisation");
  return namedSeries(scenarios);
}

SizingCaption captionOf(const PlotOptions &options, const std::vector<Series> &series, const std::string &what) {
  auto deviceOf = [](const Series &each) { return each.scenario.device()["title"].get<std::string>(); };
  bool one = std::ranges::all_of(series, [&](const Series &each) { return deviceOf(each) == deviceOf(series[0]); });
  std::string title = one ? what + " on " + deviceOf(series[0]) : what;
  return {"plot", options.title.empty() ? title : options.title, ""};
}

using SizingFigure = Figure (*)(const std::vector<Series> &, const SizingCaption &);

template <SizingFigure make> std::optional<Figure> ofRuns(const PlotOptions &options, const char *what) {
  auto series = seriesOf(options);
  return series ? std::optional(make(*series, captionOf(options, *series, what))) : std::nullopt;
}
std::optional<Figure> throughput(const PlotOptions &options, const Invocation &) {
  return ofRuns<throughputOf>(options, "Throughput");
}
std::optional<Figure> utilisation(const PlotOptions &options, const Invocation &) {
  return ofRuns<usedRatesOf>(options, "Used rates");
}
std::optional<Figure> gap(const PlotOptions &options, const Invocation &) {
  return ofRuns<gapOf>(options, "One request in one second: what it takes");
}

//===--- Of a sweep -----------------------------------------------------------------------===//

template <class Make> std::optional<Figure> ofSweep(const PlotOptions &options, Make make) {
  std::string error;
  auto table = readSweep(options.sweep, error);
  if (!table) return fail(options, "bad-result", error);
  auto figure = make(*table, error);
  return figure ? figure : fail(options, "nothing-to-plot", error);
}
std::optional<Figure> cost(const PlotOptions &options, const Invocation &) {
  CurveRequest request = options.curve;
  request.title = options.title;
  return ofSweep(options, [&](const SweepTable &table, std::string &error) { return curveOf(table, request, error); });
}
std::optional<Figure> pareto(const PlotOptions &options, const Invocation &) {
  ParetoRequest request = options.pareto;
  request.title = options.title;
  return ofSweep(options, [&](const SweepTable &table, std::string &error) { return paretoOf(table, request, error); });
}

//===--- Output -----------------------------------------------------------------------===//

int draw(const PlotOptions &options, const Invocation &invocation, Maker make) {
  auto figure = make(options, invocation);
  if (!figure) return kWrong;
  if (!options.title.empty()) figure->texts["title"] = shortText(options.title);
  figure->name = "plot";
  FigureFormats formats;
  for (const std::string &output : options.outputs)
    if (std::ranges::find(formats, formatOf(output)) == formats.end()) formats.push_back(formatOf(output));
  std::vector<RunFile> files;
  if (auto fault = renderFigures({*figure}, formats, invocation.binary, "", files))
    return fail(options, "no-figures", *fault), kWrong;
  for (const std::string &output : options.outputs)
    for (const RunFile &file : files)
      if (formatOf(file.path) == formatOf(output))
        if (auto fault = writeWhole(output, file.text)) return fail(options, "cannot-write", *fault), kWrong;
  for (const std::string &output : options.outputs) std::printf("%s\n", output.c_str());
  return kOk;
}

CLI::App *addKind(CLI::App &plot, Invocation &invocation, const std::shared_ptr<PlotOptions> &options, const char *name,
                  const char *summary, Maker make) {
  CLI::App *kind = plot.add_subcommand(name, summary);
  kind->add_option("-o,--output", options->outputs, "The file, *.svg or *.png; repeatable")
      ->required()
      ->check(checkOutput)
      ->allow_extra_args(false)
      ->type_name("FILE");
  kind->add_option("--title", options->title, "Another title")->type_name("TEXT");
  kind->callback([&invocation, options, make] {
    invocation.run = [&invocation, options, make] { return draw(*options, invocation, make); };
  });
  return kind;
}

void addRunOptions(CLI::App &kind, PlotOptions &options) {
  kind.add_option("results", options.results, "results.json of `mdlc size`, or its folder; several are compared")
      ->required()
      ->type_name("RESULTS");
  kind.add_option("-w,--workload", options.choice.workload, "Only this workload")->type_name("NAME");
  kind.add_option("--mode", options.choice.mode, "Only this mode")->type_name("NAME");
  kind.add_option("--utilisation", options.choice.utilisation, "Only this utilisation")->type_name("NAME");
  options.model.diagnostics.addTo(kind);
}

void addSweepOptions(CLI::App &kind, PlotOptions &options, std::string &logarithmic) {
  kind.add_option("sweep", options.sweep, "Rows of `mdlc sweep`, as CSV or JSON lines")->required()->type_name("FILE");
  kind.add_option("--log", logarithmic, "Logarithmic axes")->check(CLI::IsMember({"x", "y", "xy"}));
  options.model.diagnostics.addTo(kind);
}

void addSweepKinds(CLI::App &plot, Invocation &invocation) {
  auto ofCost = std::make_shared<PlotOptions>(), ofPareto = std::make_shared<PlotOptions>();
  CLI::App *kind = addKind(plot, invocation, ofCost, "cost",
                           "A column of a sweep against an input: resolution, frames, steps, batch, context", cost);
  addSweepOptions(*kind, *ofCost, ofCost->curve.logarithmic);
  kind->add_option("-y,--y", ofCost->curve.y, "The column that is shown: time_s, memory_bytes")
      ->required()
      ->type_name("COLUMN");
  kind->add_option("-x,--x", ofCost->curve.x,
                   "Against which column; height,width for both together; the first axis without")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("COLUMN,...");
  kind->add_option("--by", ofCost->curve.by, "A line for each value of these columns; the other axes without")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("COLUMN,...");
  kind = addKind(plot, invocation, ofPareto, "pareto", "The points of a sweep that no other point beats", pareto);
  addSweepOptions(*kind, *ofPareto, ofPareto->pareto.logarithmic);
  kind->add_option("--aims", ofPareto->pareto.aims,
                   "Two columns: 'min time_s, max batch'; the first is drawn to the right")
      ->required()
      ->type_name("AIMS");
  kind->add_option("--labels", ofPareto->pareto.labels, "The most points of the front that are named")
      ->type_name("N")
      ->capture_default_str();
}

} // namespace

void addPlot(CLI::App &app, Invocation &invocation) {
  CLI::App *plot = app.add_subcommand("plot", "A picture, SVG or PNG: of a model, of sizing runs, or of a sweep");
  plot->require_subcommand(1);
  const std::tuple<const char *, const char *, Maker> ofModels[] = {
      {"roofline", "Every operator of a model under the rates of a device", ofModel<rooflineOf>},
      {"stages", "What part of FLOPs, bytes and time each stage is", ofModel<stageSharesOf>},
      {"memory", "What one device holds over the program, and the peak", ofModel<memoryTimelineOf>}};
  for (const auto &[name, summary, make] : ofModels) {
    auto options = std::make_shared<PlotOptions>();
    options->model.addTo(*addKind(*plot, invocation, options, name, summary, make));
  }
  const std::tuple<const char *, const char *, Maker> ofSizings[] = {
      {"throughput", "Requests a second against requests at once, of saved sizing runs", throughput},
      {"utilisation", "What part of the peaks is used against requests at once, of saved sizing runs", utilisation},
      {"gap", "What one request in one second takes of each resource, of saved sizing runs", gap}};
  for (const auto &[name, summary, make] : ofSizings) {
    auto options = std::make_shared<PlotOptions>();
    addRunOptions(*addKind(*plot, invocation, options, name, summary, make), *options);
  }
  addSweepKinds(*plot, invocation);
  plot->footer("Node.js draws the pictures; tools/plots/install installs what it needs.\nExamples:\n"
               "  mdlc plot roofline models/wan2.1/t2v_14b.mdl -w 720p --device h20 -o roofline.svg\n"
               "  mdlc plot throughput tmp/profile-output/RUN/sizing/wan2_1/h20_96gb -o throughput.png\n"
               "  mdlc plot cost sweep.csv -x frames -y time_s -o frames.svg");
}

} // namespace mdl::tool
