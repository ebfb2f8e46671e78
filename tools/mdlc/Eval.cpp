//===- Eval.cpp - mdlc eval -----------------------------------------------===//
#include "Command.h"
#include "runtime/report/Formats.h"
#include <cstdio>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct EvalOptions {
  ModelOptions model;
  std::string format = "text", select;
  unsigned depth = 3;
  size_t top = 5;
  bool fold = false;
};

int runEval(const EvalOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  const runtime::Format *format = runtime::findFormat(options.format);
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportOptions reportOptions;
  reportOptions.expand = format->expands && !options.fold;
  reportOptions.select = options.select;
  reportOptions.target = &compilation.targetInfo();
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, compilation.inputs(), reportOptions, error);
  if (!report) return printError(error, options.model.diagnostics), kWrong;
  report->workload = options.model.workload, report->source = options.model.file;
  for (const std::string &warning : report->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  runtime::Output out(stdout);
  format->render(*report, {options.depth, options.top, useColour(STDOUT_FILENO)}, out);
  return out.flush() ? kOk : kWrong;
}

} // namespace

void addEval(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *command =
      app.add_subcommand("eval", "The cost of a model for a workload: FLOPs, bytes, parameters, memory, by node");
  options->model.addTo(*command);
  std::vector<std::string> names;
  for (const runtime::Format &format : runtime::formats()) names.emplace_back(format.name);
  command->add_option("-f,--format", options->format, "text, json, csv or md")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--select", options->select, "Only this node and what is below it; * is a pattern")
      ->type_name("ID");
  command->add_option("--depth", options->depth, "Levels of the tree in text form")->capture_default_str();
  command->add_option("--top", options->top, "How many layers and categories to list")->capture_default_str();
  command->add_flag("--fold", options->fold, "One line for all copies of a repeat, in every format");
  command->footer("Examples:\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl --workload 720p\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl -w W-003 --set steps=1 --convention torch --format json\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl -w 480p --select 'diffusion.blocks.7*' --depth 6");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runEval(*options, invocation); }; });
}

} // namespace mdl::tool
