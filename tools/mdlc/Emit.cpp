//===- Emit.cpp - mdlc emit -----------------------------------------------===//
#include "runtime/emit/Emit.h"
#include "BatchFile.h"
#include "Command.h"
#include "compiler/driver/Describe.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

struct EmitOptions {
  ModelOptions model;
  std::string language, prefix, out;
  std::vector<std::string> batch, outputs, printAfter;
  std::vector<AskedColumn> columns; ///< `batch`, read
  bool nodes = false;
};

/// What is wrong with the options of a file for many points; reads its columns.
std::string conflictOfBatch(EmitOptions &options) {
  if (!options.outputs.empty() && options.batch.empty()) return "--output is for --batch: other files have all numbers";
  if (!options.printAfter.empty() && options.batch.empty()) return "--print-after is for --batch: it prints the plan";
  if (!options.batch.empty() && options.language != "c") return "--batch is for --lang c";
  for (const std::string &text : options.batch) {
    AskedColumn column;
    if (std::string wrong = parseColumn(text, column); !wrong.empty()) return "--batch " + text + ": " + wrong;
    for (const std::string &setting : options.model.settings)
      if (setting.starts_with(column.name + "="))
        return fmt::format("--set {}: `{}` has a column, which gives it its values", setting, column.name);
    options.columns.push_back(column);
  }
  return {};
}

/// What is wrong with the options together.
std::string conflictOf(EmitOptions &options) {
  if (options.nodes && options.language != "js") return "--nodes is for --lang js: C has totals and stages";
  if (!options.prefix.empty() && options.language != "c") return "--prefix is for --lang c: a module needs no prefix";
  if (!options.prefix.empty() && !emit::isPrefix(options.prefix))
    return "--prefix begins names of C: a letter, then letters, digits and _";
  return conflictOfBatch(options);
}

emit::Facts factsOf(driver::Compilation &compilation, const EmitOptions &options) {
  const runtime::Target &target = compilation.targetInfo();
  runtime::ModelFacts model = driver::identify(compilation);
  emit::Facts facts;
  facts.prefix = options.prefix, facts.workload = options.model.workload;
  facts.version = model.version, facts.commit = model.commit;
  facts.precision = target.precision.line();
  if (target.device) facts.device = target.device->name + ": " + target.device->title;
  if (target.chosen) facts.utilisation = target.chosen->name + ": " + target.chosen->title;
  facts.assumptions = compilation.program().assumptions;
  for (const Diagnostic *diagnostic : compilation.diagnostics().sorted())
    if (diagnostic->severity() == Severity::Warning) facts.assumptions.push_back(diagnostic->message());
  facts.defaults = compilation.inputs();
  return facts;
}

/// Into the file, or to stdout. False when not everything could be written, which is reported.
bool writeTo(const std::string &path, const std::string &text) {
  std::FILE *file = path.empty() ? stdout : std::fopen(path.c_str(), "wb");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int why = errno;
  if (file && !path.empty() && std::fclose(file) != 0) written = false, why = errno;
  if (!written && !path.empty())
    std::fprintf(stderr, "error: `%s` can not be written: %s\n", path.c_str(), std::strerror(why));
  return written || path.empty(); // stdout is looked at by main
}

/// Prints the plan to stderr after the passes of these names.
runtime::batch::PlanWatcher printerOf(const std::vector<std::string> &passes) {
  return [&passes](std::string_view pass, const runtime::batch::Plan &plan) {
    if (std::ranges::find(passes, pass) != passes.end())
      fmt::print(stderr, "after {}: {}", pass, runtime::batch::print(plan));
  };
}

/// The text of the file; nothing, reported, when there is no such column or number.
std::optional<std::string> textOf(driver::Compilation &compilation, const EmitOptions &options) {
  emit::Facts facts = factsOf(compilation, options);
  if (options.nodes) return emit::emitJavaScriptTree(compilation.program(), facts);
  if (options.language == "js") return emit::emitJavaScript(compilation.program(), facts);
  if (options.columns.empty()) return emit::emitC(compilation.program(), facts);
  BatchFile file;
  runtime::ReportError error;
  if (readBatch(compilation, {options.columns, options.model.settings, options.outputs}, file, error)) {
    file.points.after = printerOf(options.printAfter);
    return emit::emitBatchC(file.program, facts, file.points);
  }
  printError(error, options.model.diagnostics);
  return std::nullopt;
}

int runEmit(EmitOptions &options, const Invocation &invocation) {
  if (std::string conflict = conflictOf(options); !conflict.empty())
    return std::fprintf(stderr, "mdlc: %s\n", conflict.c_str()), kUsage;
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  auto text = textOf(compilation, options);
  return text && writeTo(options.out, *text) ? kOk : kWrong;
}

} // namespace

void addEmit(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<EmitOptions>();
  CLI::App *command =
      app.add_subcommand("emit", "A model as a source file without dependencies: totals and stages for any job");
  options->model.addTo(*command);
  command->add_option("-l,--lang", options->language, "c (C11) or js (an ES module)")
      ->required()
      ->check(CLI::IsMember({"c", "js"}));
  command->add_option("-o,--out", options->out, "The file to write; stdout without one")->type_name("OUT");
  command->add_flag("--nodes", options->nodes, "js: the numbers of every node, not of totals and stages alone");
  command->add_option("--prefix", options->prefix, "C: what its names begin with; else the model's name")
      ->type_name("NAME");
  command
      ->add_option("--batch", options->batch,
                   "C99 for many points: the inputs that have a column, with their bounds: height=16..=2048,steps; * "
                   "is each other one")
      ->delimiter(',')
      ->type_name("INPUTS");
  command->add_option("--output", options->outputs, "Of --batch: the numbers; else the totals that a sweep shows")
      ->delimiter(',')
      ->type_name("NAMES");
  command
      ->add_option("--print-after", options->printAfter,
                   "Of --batch: prints the plan to stderr after a pass: plan, factor, join, registers")
      ->delimiter(',')
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(runtime::batch::kPlanPasses), std::end(runtime::batch::kPlanPasses))))
      ->type_name("PASS");
  command->footer(
      "Examples:\n"
      "  mdlc emit models/wan2.1/t2v_14b.mdl --lang c --prefix wan -o wan.c\n"
      "  mdlc emit models/wan2.1/t2v_14b.mdl -w 720p --device h20 --lang js -o wan.mjs\n"
      "  mdlc emit models/wan2.1/t2v_14b.mdl --device h20 --lang c --batch 'height=16..=2048,width=16..=2048,*' "
      "--output time_s,fits -o wan_batch.c");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runEmit(*options, invocation); }; });
}

} // namespace mdl::tool
