//===- CompileCommand.cpp - mdlc compile ----------------------------------===//
#include "Command.h"
#include "compiler/ir/Print.h"
#include "compiler/parse/Parse.h"
#include "compiler/sema/PrintModel.h"
#include "runtime/report/Formats.h"
#include <cstdio>

namespace mdl::tool {

namespace {

struct CompileOptions {
  ModelOptions model;
  std::string emit = "program";
  bool parametric = false;
};

std::string emitText(driver::Compilation &compilation, const std::string &stage) {
  if (stage == "ast") return parse::print(compilation.checker().mainFile()->file->all());
  if (stage == "checked") return sema::print(compilation.checker(), compilation.model());
  if (stage == "ir") return ir::print(compilation.costs());
  if (stage == "formula") return ir::printFormulas(compilation.costs());
  return runtime::print(compilation.program());
}

int runCompile(const CompileOptions &options, const Invocation &invocation) {
  if (options.parametric && options.emit != "ir" && options.emit != "formula") {
    std::fprintf(stderr, "error: --parametric is for --emit ir and --emit formula: a program needs a precision\n");
    return kUsage;
  }
  driver::Request request = options.model.request(invocation);
  request.parametric = options.parametric;
  driver::Compilation compilation(std::move(request));
  bool fine = compilation.open();
  if (options.emit != "ast") fine = fine && compilation.elaborate();
  if (options.emit != "ast" && options.emit != "checked") fine = fine && compilation.build();
  if (!options.parametric && options.emit != "ast" && options.emit != "checked") fine = fine && compilation.emit();
  std::string text = fine && options.emit != "json" ? emitText(compilation, options.emit) : "";
  if (!printDiagnostics(compilation, options.model.diagnostics) || !fine) return kWrong;
  if (options.emit == "json") {
    runtime::Evaluator evaluator(compilation.program());
    runtime::ReportError error;
    auto report = runtime::makeReport(evaluator, compilation.inputs(), {}, error);
    if (!report) return printError(error, options.model.diagnostics), kWrong;
    report->workload = options.model.workload, report->source = options.model.file;
    text = runtime::render(*runtime::findFormat("json"), *report);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

} // namespace

void addCompile(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<CompileOptions>();
  CLI::App *command = app.add_subcommand("compile", "Shows a stage of the compilation as text");
  options->model.addTo(*command);
  command->add_option("--emit", options->emit, "ast, checked, ir, formula, program or json")
      ->check(CLI::IsMember({"ast", "checked", "ir", "formula", "program", "json"}))
      ->capture_default_str();
  command->add_flag("--parametric", options->parametric,
                    "With --emit ir or formula: precision and device left open, as parameters");
  command->footer("Examples:\n  mdlc compile models/wan2.1/t2v_14b.mdl --emit ir\n  mdlc compile "
                  "models/wan2.1/t2v_14b.mdl --emit formula");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runCompile(*options, invocation); }; });
}

} // namespace mdl::tool
