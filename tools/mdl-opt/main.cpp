//===- main.cpp - mdl-opt: runs passes on the text of a cost module -------===//
// For tests and for people who write a pass: IR in, passes, IR out. Exit codes
// as mdlc: 0 ok, 1 the input is wrong or a check failed, 2 usage, 3 internal.
//===----------------------------------------------------------------------===//
#include "compiler/driver/Compile.h"
#include "compiler/driver/Target.h"
#include "compiler/ir/Print.h"
#include "compiler/ir/Read.h"
#include "compiler/ir/Verify.h"
#include "compiler/lower/EmitProgram.h"
#include "compiler/passes/Pass.h"
#include "compiler/support/DiagnosticText.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
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
  std::string precision, device, utilisation = "optimistic", overlap = "operator";
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
  app.add_option("--precision", options.precision, "For `apply-precision`: a precision by name, or a .mdl file's")
      ->type_name("NAME");
  app.add_option("--device", options.device, "For `apply-device`: a device by name; needs a precision")
      ->type_name("NAME");
  app.add_option("--utilisation", options.utilisation, "For `apply-device`: optimistic, measured")
      ->capture_default_str();
  app.add_option("--overlap", options.overlap, "For `apply-device`: operator, whole")
      ->check(CLI::IsMember({"operator", "whole"}))
      ->capture_default_str();
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

class CommandTarget;
void printTargetErrors(CommandTarget &target, std::vector<std::string> &errors);

int runOn(ir::CostModule &module, llvm::ArrayRef<const passes::PassInfo *> list, const Options &options,
          passes::PassContext &context, CommandTarget *target) {
  std::string broken;
  passes::runPasses(module, list, context, [&](const passes::PassInfo &pass) {
    if (options.printAfterAll || options.printAfter == pass.name)
      fmt::print(stderr, "// after {}\n{}", pass.name, ir::print(module));
    if (options.verify && broken.empty())
      if (std::string why = ir::verify(module); !why.empty()) broken = fmt::format("after {}: {}", pass.name, why);
  });
  if (!context.errors.empty()) {
    if (target) printTargetErrors(*target, context.errors);
    for (const std::string &each : context.errors) (void)fail(each);
    return kWrong;
  }
  if (!broken.empty()) return fail("internal error " + broken, kInternal);
  std::string text = emitText(module, options.emit);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kOk : kWrong;
}

/// Precision and device of the command line, found as mdlc finds them.
class CommandTarget {
public:
  CommandTarget(const Options &options, const ir::CostModule &module, const std::string &binary)
      : paths_(driver::defaultSearchPaths(binary)), checker_(sources_, diagnostics_, paths_),
        target_(checker_, diagnostics_, paths_) {
    for (uint32_t root : module.roots) {
      const ir::Node &node = module.nodes[root];
      std::string name = node.label.empty() ? "" : node.label[0].text;
      stages_.push_back({intern(name), intern(node.resident.empty() ? name : node.resident)});
    }
    request_.precision = options.precision, request_.device = options.device;
    request_.utilisation = options.utilisation, request_.overlap = options.overlap, request_.residency = "all";
  }
  /// False when a name is unknown; says why on stderr.
  bool resolve(passes::PassOptions &options) {
    bool found = !paths_.empty() && checker_.open(paths_.back() + "/core.mdl") && target_.resolve(request_, stages_);
    if (!found || diagnostics_.hasErrors()) return false;
    precision_ = target_.precisionPass(), options.precision = &precision_;
    if (target_.hasDevice()) device_ = target_.devicePass(), options.device = &device_;
    return true;
  }
  void report(std::vector<std::string> &errors) {
    for (const std::string &error : errors) target_.reportPassError(error);
    errors.clear();
  }
  bool printErrors() {
    std::fputs(renderText(sources_, diagnostics_, {}).c_str(), stderr);
    return diagnostics_.hasErrors();
  }

private:
  std::vector<std::string> paths_;
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  sema::Checker checker_;
  driver::Target target_;
  driver::TargetRequest request_;
  std::vector<driver::StageName> stages_;
  passes::Precision precision_;
  passes::Device device_;
};

void printTargetErrors(CommandTarget &target, std::vector<std::string> &errors) {
  target.report(errors);
  (void)target.printErrors();
}

int run(const Options &options, const std::string &binary) {
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
  if (!module) return fail(options.file + ": " + error);
  if (options.precision.empty() && options.device.empty()) return runOn(*module, *list, options, context, nullptr);
  if (options.precision.empty()) return fail("--device needs --precision: whose peak counts?", kUsage);
  CommandTarget target(options, *module, binary);
  if (!target.resolve(context.options)) return target.printErrors(), kWrong;
  return runOn(*module, *list, options, context, &target);
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
    std::error_code ignored;
    std::string binary = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
    return run(options, binary.empty() ? argv[0] : binary);
  } catch (const std::exception &error) {
    return fail(std::string("internal error: ") + error.what(), kInternal);
  }
}
