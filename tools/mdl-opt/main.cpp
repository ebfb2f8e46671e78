//===- main.cpp - mdl-opt: runs passes on the text of a cost module -------===//
// For tests and for people who write a pass: IR in, passes, IR out. Exit codes
// as mdlc: 0 ok, 1 the input is wrong or a check failed, 2 usage, 3 internal.
//===----------------------------------------------------------------------===//
#include "compiler/ir/Print.h"
#include "compiler/ir/Read.h"
#include "compiler/ir/Verify.h"
#include "compiler/lower/EmitProgram.h"
#include "compiler/passes/Pass.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

using namespace mdl;

namespace {

constexpr int kOk = 0, kWrong = 1, kUsage = 2, kInternal = 3;

struct Options {
  std::string file = "-";
  std::string passes, printAfter;
  std::vector<std::string> settings;
  std::vector<std::string> metrics;
  bool printAfterAll = false, verify = false;
  std::string emit = "ir";
};

int fail(std::string_view what, int code = kWrong) {
  fmt::print(stderr, "mdl-opt: error: {}\n", what);
  return code;
}

std::string listOfPasses() {
  std::string text = "Passes:";
  for (const passes::PassInfo &pass : passes::allPasses()) text += fmt::format("\n  {:<14}{}", pass.name, pass.summary);
  return text + "\n\nExample:\n  mdlc compile model.mdl --emit ir | mdl-opt - --passes bind,simplify --set n=3";
}

void declare(CLI::App &app, Options &options) {
  app.add_option("FILE", options.file, "The text of a cost module; `-` is standard input")->capture_default_str();
  app.add_option("--passes", options.passes, "Passes to run, in order: `simplify,drop-unused`");
  app.add_option("--set", options.settings, "For `bind`: NAME=VALUE, may be repeated")->allow_extra_args(false);
  app.add_option("--metric", options.metrics, "For `drop-unused`: a metric to keep, may be repeated; default all")
      ->allow_extra_args(false);
  app.add_option("--print-after", options.printAfter, "Prints the module to stderr after this pass");
  app.add_flag("--print-after-all", options.printAfterAll, "Prints the module to stderr after every pass");
  app.add_flag("--verify", options.verify, "Checks the module after every pass");
  app.add_option("--emit", options.emit, "What to print: ir, formula, program")
      ->check(CLI::IsMember({"ir", "formula", "program"}))
      ->capture_default_str();
  app.footer(listOfPasses());
}

std::optional<std::string> contentsOf(const std::string &path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  std::stringstream contents;
  contents << file.rdbuf();
  return file ? std::optional(contents.str()) : std::nullopt;
}

/// False when a `--set` is not of the form `name=value`.
bool addSettings(const Options &options, passes::PassContext &context) {
  for (const std::string &setting : options.settings) {
    size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    context.options.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return true;
}

std::string emitText(const ir::CostModule &module, const std::string &form) {
  if (form == "formula") return ir::printFormulas(module);
  return form == "ir" ? ir::print(module) : runtime::print(lower::emitProgram(module));
}

int runOn(ir::CostModule &module, llvm::ArrayRef<const passes::PassInfo *> list, const Options &options,
          passes::PassContext &context) {
  std::string broken;
  passes::runPasses(module, list, context, [&](const passes::PassInfo &pass) {
    if (options.printAfterAll || options.printAfter == pass.name)
      fmt::print(stderr, "// after {}\n{}", pass.name, ir::print(module));
    if (options.verify && broken.empty())
      if (std::string why = ir::verify(module); !why.empty()) broken = fmt::format("after {}: {}", pass.name, why);
  });
  for (const std::string &error : context.errors) (void)fail(error);
  if (!context.errors.empty()) return kWrong;
  if (!broken.empty()) return fail("internal error " + broken, kInternal);
  std::string text = emitText(module, options.emit);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kOk : kWrong;
}

int run(const Options &options) {
  std::string error;
  passes::PassContext context;
  context.options.metrics = options.metrics;
  auto list = passes::parsePasses(options.passes, &error);
  if (!list) return fail(error, kUsage);
  if (!options.printAfter.empty() && !passes::findPass(options.printAfter))
    return fail("there is no pass `" + options.printAfter + "`", kUsage);
  if (!addSettings(options, context)) return fail("a setting is `name=value`", kUsage);
  auto text = contentsOf(options.file);
  if (!text) return fail("cannot read `" + options.file + "`");
  auto module = ir::read(*text, &error);
  return module ? runOn(*module, *list, options, context) : fail(options.file + ": " + error);
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("mdl-opt: runs passes on the text of a cost module");
  Options options;
  declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp &) {
    std::fputs(app.help().c_str(), stdout);
    return kOk;
  } catch (const CLI::ParseError &error) {
    return fail(error.what(), kUsage);
  }
  try {
    return run(options);
  } catch (const std::exception &error) {
    return fail(std::string("internal error: ") + error.what(), kInternal);
  }
}
