//===- Explain.cpp - mdlc explain -----------------------------------------===//
// The closed formula of a node or of the total, and the lines that it came from.
//===----------------------------------------------------------------------===//
#include "Formula.h"
#include "runtime/report/Units.h"
#include <CLI/CLI.hpp>
#include <cstdio>

namespace mdl::tool {

namespace {

struct ExplainOptions {
  ModelOptions model;
  std::string id, metric = "flops_tensor";
};

void printList(const char *title, const std::vector<std::string> &lines) {
  if (lines.empty()) return;
  std::printf("%s\n", title);
  for (const std::string &line : lines) std::printf("  %s\n", line.c_str());
}

void print(const Formula &of, const runtime::Number &value) {
  std::printf("%s of %s%s\n  = %s\n", of.metric.c_str(), of.id.c_str(),
              of.unit.empty() ? "" : (" [" + of.unit + "]").c_str(), of.text.c_str());
  printList("where", of.where);
  std::printf("for this workload\n  = %s (%s)\n", runtime::formatExact(value).c_str(),
              runtime::formatSi(value, of.unit).c_str());
  printList(("it is the " + of.fold + " of").c_str(), of.parts);
  printList("from", of.lines);
  std::printf("LaTeX\n  %s\n", of.tex.c_str());
}

int runExplain(const ExplainOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  auto formula = formulaOf(compilation, options.id, options.metric, options.model.diagnostics);
  if (!formula) return kWrong;
  print(*formula, valueOf(compilation, *formula));
  return kOk;
}

} // namespace

void addExplain(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App *command =
      app.add_subcommand("explain", "The closed formula of a node or of the total, and where it comes from");
  options->model.addTo(*command);
  command->add_option("id", options->id, "A node's id, or `total`")->required()->type_name("ID");
  command->add_option("-m,--metric", options->metric, "Which metric")->capture_default_str();
  command->footer("Examples:\n  mdlc explain models/wan2.1/t2v_14b.mdl total\n"
                  "  mdlc explain models/wan2.1/t2v_14b.mdl diffusion.blocks.7.self_attn.core --metric bytes_read");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runExplain(*options, invocation); }; });
}

} // namespace mdl::tool
