//===- Eval.cpp - mdlc eval -----------------------------------------------===//
#include "Command.h"
#include "CompiledFile.h"
#include "compiler/driver/Describe.h"
#include "compiler/driver/Sizing.h"
#include "runtime/report/Formats.h"
#include <CLI/CLI.hpp>
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
  uint32_t devices = 0; ///< 0: one, without a strategy
};

/// The job on several devices. False after an error, which is reported.
bool addParallel(driver::Compilation &compilation, const EvalOptions &options, runtime::Report &report) {
  auto plan = driver::makePlan(compilation, {{}, {}, options.model.strategy});
  bool fine = plan && driver::addJob(*plan, compilation, options.model.workload, compilation.inputs());
  if (!printDiagnostics(compilation, options.model.diagnostics) || !fine) return false;
  runtime::Sizer sizer(plan->request);
  runtime::ReportError error;
  const runtime::SizingJob &job = plan->request.jobs.front();
  auto row = sizer.row(0, 0, 0, job.inputs[job.divided], Int(options.devices), error);
  if (!row) return printError(error, options.model.diagnostics), false;
  report.parallel = sizer.describe(*row);
  return true;
}

/// What `--devices` does not go with.
const char *conflictOf(const EvalOptions &options) {
  if (options.devices == 0 && !options.model.strategy.empty()) return "--strategy needs --devices";
  if (options.devices == 0) return nullptr;
  if (options.model.device.empty()) return "--devices needs --device";
  if (!options.select.empty()) return "--devices is of the whole job, not of a --select";
  return options.format == "csv" ? "csv has nodes only; --devices goes with text, json and md" : nullptr;
}

std::optional<runtime::Report> evaluate(runtime::Evaluator &evaluator, const std::vector<Int> &inputs,
                                        const runtime::Target &target, const EvalOptions &options) {
  runtime::ReportOptions how;
  how.expand = runtime::findFormat(options.format)->expands && !options.fold;
  how.select = options.select;
  how.target = &target;
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, inputs, how, error);
  if (!report) printError(error, options.model.diagnostics);
  return report;
}

/// Warnings on stderr, the report on stdout.
int print(const runtime::Report &report, const EvalOptions &options) {
  for (const std::string &warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  runtime::Output out(stdout);
  runtime::findFormat(options.format)->render(report, {options.depth, options.top, useColour(STDOUT_FILENO)}, out);
  return out.flush() ? kOk : kWrong;
}

/// What `--devices` computes is compiled from a strategy; the other options are looked at one by one.
bool needsNoCompiler(const EvalOptions &options, const runtime::CompiledModel &model, runtime::ReportError &error) {
  std::string asked = options.devices != 0              ? "--devices " + std::to_string(options.devices)
                      : !options.model.strategy.empty() ? "--strategy " + options.model.strategy
                                                        : "";
  if (asked.empty()) return needsNoCompiler(options.model, model, error);
  error = compiledInError(options.model, asked, "no strategy", "evaluate the source, `" + model.source + "`");
  return false;
}

int evalCompiled(const EvalOptions &options) {
  auto model = loadCompiled(options.model);
  if (!model) return kWrong;
  runtime::ReportError error;
  if (!needsNoCompiler(options, *model, error) || !applySettings(options.model, *model, error))
    return printError(error, options.model.diagnostics), kWrong;
  runtime::Evaluator evaluator(model->program);
  auto report = evaluate(evaluator, model->job, model->target, options);
  if (!report) return kWrong;
  model->facts.numbers = runtime::evaluateNumbers(model->numbers, model->job);
  report->facts = &model->facts;
  report->workload = model->workload, report->source = model->source;
  for (const std::string &note : model->notes) report->assumptions.push_back(note);
  for (const std::string &note : model->notes) std::fprintf(stderr, "warning: %s\n", note.c_str());
  return print(*report, options);
}

int runEval(const EvalOptions &options, const Invocation &invocation) {
  if (isCompiledFile(options.model.file)) return evalCompiled(options);
  if (const char *conflict = conflictOf(options)) return std::fprintf(stderr, "mdlc: %s\n", conflict), kUsage;
  driver::Request request = options.model.request(invocation);
  request.parallel = options.devices != 0;
  driver::Compilation compilation(request);
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  runtime::Evaluator evaluator(compilation.program());
  auto report = evaluate(evaluator, compilation.inputs(), compilation.targetInfo(), options);
  if (!report) return kWrong;
  runtime::ModelFacts facts = driver::identify(compilation);
  report->facts = &facts;
  report->workload = options.model.workload, report->source = options.model.file;
  if (options.devices != 0 && !addParallel(compilation, options, *report)) return kWrong;
  for (const Diagnostic *diagnostic : compilation.diagnostics().sorted())
    if (diagnostic->severity() == Severity::Warning) report->assumptions.push_back(diagnostic->message());
  return print(*report, options);
}

} // namespace

void addEval(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *command =
      app.add_subcommand("eval", "The cost of a model for a workload: FLOPs, bytes, parameters, memory, by node");
  options->model.addTo(*command, true, true);
  std::vector<std::string> names;
  for (const runtime::Format &format : runtime::formats()) names.emplace_back(format.name);
  command->add_option("-f,--format", options->format, "text, json, csv or md")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--select", options->select, "Only this node and what is below it; * is a pattern")
      ->type_name("ID");
  command->add_option("--depth", options->depth, "Levels of the tree in text form")->capture_default_str();
  command->add_option("--top", options->top, "How many layers and categories to list")->capture_default_str();
  command->add_option("--devices", options->devices, "Latency and throughput of the job on N devices of this kind")
      ->check(CLI::Range(1U, 1'000'000U))
      ->type_name("N");
  command->add_option("--strategy", options->model.strategy, "How they share it: dp, modelmeter.dp")->type_name("NAME");
  command->add_flag("--fold", options->fold, "One line for all copies of a repeat, in every format");
  command->footer("Examples:\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl --workload 720p\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl -w W-003 --set steps=1 --convention torch --format json\n"
                  "  mdlc eval models/wan2.1/t2v_14b.mdl -w 480p --select 'diffusion.blocks.7*' --depth 6\n"
                  "  mdlc eval wan.mdlp --set height=480    (a compiled program: see `mdlc compile -o`)");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runEval(*options, invocation); }; });
}

} // namespace mdl::tool
