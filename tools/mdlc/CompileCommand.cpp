//===- CompileCommand.cpp - mdlc compile ----------------------------------===//
#include "Command.h"
#include "CompiledFile.h"
#include "OutputFile.h"
#include "compiler/driver/Describe.h"
#include "compiler/ir/Print.h"
#include "compiler/parse/Parse.h"
#include "compiler/sema/PrintModel.h"
#include "runtime/report/Formats.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct CompileOptions {
  ModelOptions model;
  std::string emit = "program", output;
  bool parametric = false;
};

std::string emitText(driver::Compilation &compilation, const std::string &stage) {
  if (stage == "ast") return parse::print(compilation.checker().mainFile()->file->all());
  if (stage == "checked") return sema::print(compilation.checker(), compilation.model());
  if (stage == "ir") return ir::print(compilation.costs());
  if (stage == "formula") return ir::printFormulas(compilation.costs());
  return runtime::print(compilation.program());
}

/// The options that do not go together.
const char *conflictOf(const CompileOptions &options) {
  if (options.parametric && options.emit != "ir" && options.emit != "formula")
    return "--parametric is for --emit ir and --emit formula: a program needs a precision";
  if (options.output.empty()) return nullptr;
  if (options.emit != "program") return "-o writes the compiled program; --emit prints another stage: take one of them";
  std::error_code ignored;
  if (options.output.ends_with(".mdl") || std::filesystem::equivalent(options.model.file, options.output, ignored))
    return "-o names a source, which would be lost: a compiled program is a .mdlp file";
  if (options.output == "-" && isatty(STDOUT_FILENO))
    return "a compiled program is no text for a terminal; write it to a file (-o FILE.mdlp) or into a pipe";
  return nullptr;
}

/// `-o`: the program as a file.
int writeProgram(driver::Compilation &compilation, const CompileOptions &options) {
  std::string bytes = runtime::encode(driver::compiledModel(compilation));
  if (options.output == "-") return std::fwrite(bytes.data(), 1, bytes.size(), stdout), kOk;
  auto fault = writeWhole(options.output, bytes);
  if (fault) printError({"cannot-write", *fault, ""}, options.model.diagnostics);
  return fault ? kWrong : kOk;
}

/// A compiled program has one stage left to show.
int showCompiled(const CompileOptions &options) {
  auto model = loadCompiled(options.model);
  if (!model) return kWrong;
  runtime::ReportError error;
  std::string asked = !options.output.empty()           ? "-o " + options.output
                      : options.emit != "program"       ? "--emit " + options.emit
                      : !options.model.settings.empty() ? "--set " + options.model.settings.front()
                                                        : "";
  if (!asked.empty())
    error = compiledInError(options.model, asked, "the program alone, which --emit program prints",
                            "name the source, `" + model->source + "`");
  if (!asked.empty() || !needsNoCompiler(options.model, *model, error))
    return printError(error, options.model.diagnostics), kWrong;
  std::string text = runtime::print(model->program);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

int runCompile(const CompileOptions &options, const Invocation &invocation) {
  if (const char *conflict = conflictOf(options)) return std::fprintf(stderr, "error: %s\n", conflict), kUsage;
  if (isCompiledFile(options.model.file)) return showCompiled(options);
  driver::Request request = options.model.request(invocation);
  request.parametric = options.parametric;
  driver::Compilation compilation(std::move(request));
  bool fine = compilation.open();
  if (options.emit != "ast") fine = fine && compilation.elaborate();
  if (options.emit != "ast" && options.emit != "checked") fine = fine && compilation.build();
  if (!options.parametric && options.emit != "ast" && options.emit != "checked") fine = fine && compilation.emit();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !fine) return kWrong;
  if (!options.output.empty()) return writeProgram(compilation, options);
  std::string text = options.emit != "json" ? emitText(compilation, options.emit) : "";
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
  CLI::App *command =
      app.add_subcommand("compile", "Writes the compiled program, or shows a stage of the compilation as text");
  options->model.addTo(*command, true, true);
  command->add_option("--emit", options->emit, "ast, checked, ir, formula, program or json")
      ->check(CLI::IsMember({"ast", "checked", "ir", "formula", "program", "json"}))
      ->capture_default_str();
  command
      ->add_option("-o,--output", options->output,
                   "Write the program there, whole or not at all: a .mdlp file that needs no compiler; - is stdout")
      ->type_name("FILE");
  command->add_flag("--parametric", options->parametric,
                    "With --emit ir or formula: precision and device left open, as parameters");
  command->footer("Examples:\n"
                  "  mdlc compile models/wan2.1/t2v_14b.mdl --workload 720p --device h20 -o wan.mdlp\n"
                  "  mdlc compile models/wan2.1/t2v_14b.mdl --emit ir\n"
                  "  mdlc compile models/wan2.1/t2v_14b.mdl --emit formula");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runCompile(*options, invocation); }; });
}

} // namespace mdl::tool
