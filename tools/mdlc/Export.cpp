//===- Export.cpp - mdlc export -------------------------------------------===//
// A job as a file for the viewers that people already use.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "OutputFile.h"
#include "compiler/driver/Compile.h"
#include "runtime/report/Traces.h"
#include <CLI/CLI.hpp>
#include <cstdio>

namespace mdl::tool {

namespace {

struct ExportFormat {
  const char *name;
  void (*render)(const runtime::Report &, const runtime::RenderOptions &, runtime::Output &);
};
constexpr ExportFormat kFormats[] = {{"speedscope", runtime::renderSpeedscope},
                                     {"chrome-trace", runtime::renderChromeTrace}};

struct ExportOptions {
  ModelOptions model;
  std::string format, output;
  bool fold = false;
};

/// The file, whole or not at all, or stdout.
int write(const ExportOptions &options, const std::string &text) {
  if (options.output.empty()) return std::fwrite(text.data(), 1, text.size(), stdout), kOk; // main looks at stdout
  auto fault = writeWhole(options.output, text);
  if (fault) printError({"cannot-write", *fault, ""}, options.model.diagnostics);
  return fault ? kWrong : kOk;
}

int runExport(const ExportOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportOptions how;
  how.expand = !options.fold, how.target = &compilation.targetInfo();
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, compilation.inputs(), how, error);
  if (report && !runtime::traceMetric(*report))
    error = {"bad-argument", "a profile needs times or tensor FLOPs that add up over operators; these overlap", ""};
  if (!error.slug.empty()) return printError(error, options.model.diagnostics), kWrong;
  report->workload = options.model.workload;
  for (const std::string &warning : report->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  runtime::Output out;
  for (const ExportFormat &format : kFormats)
    if (options.format == format.name) format.render(*report, {}, out);
  return write(options, out.take());
}

} // namespace

void addExport(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App *command = app.add_subcommand("export", "A job as a profile for speedscope, Perfetto and chrome://tracing");
  options->model.addTo(*command);
  std::vector<std::string> names;
  for (const ExportFormat &format : kFormats) names.emplace_back(format.name);
  command->add_option("-f,--format", options->format, "speedscope or chrome-trace (Trace Event Format, JSON)")
      ->required()
      ->check(CLI::IsMember(names));
  command->add_option("-o,--output", options->output, "The file, whole or not at all; stdout without one")
      ->type_name("FILE");
  command->add_flag("--fold", options->fold, "One box for all copies of a repeat");
  command->footer("Widths are times with a --device, tensor FLOPs without one.\nExamples:\n"
                  "  mdlc export models/wan2.1/t2v_14b.mdl -w 720p -d h20 --format speedscope -o wan.speedscope.json\n"
                  "  mdlc export models/wan2.1/t2v_14b.mdl -w 720p --format chrome-trace -o wan.trace.json");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runExport(*options, invocation); }; });
}

} // namespace mdl::tool
