//===- Check.cpp - mdlc check ---------------------------------------------===//
#include "Command.h"
#include "compiler/support/DiagnosticVerify.h"
#include <CLI/CLI.hpp>
#include <cstdio>

namespace mdl::tool {

namespace {

struct CheckOptions {
  std::vector<std::string> files;
  bool verify = false;
  DiagnosticOptions diagnostics;
};

int checkFile(const std::string &file, const CheckOptions &options, const Invocation &invocation) {
  driver::Request request;
  request.path = file;
  request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  driver::Compilation compilation(request);
  (void)compilation.open();
  if (compilation.checker().mainFile()) compilation.check();
  if (!options.verify) return printDiagnostics(compilation, options.diagnostics) ? kOk : kWrong;
  VerifyResult result = verifyDiagnostics(compilation.sources(), compilation.diagnostics());
  std::fputs(result.differences.c_str(), stderr);
  return result.ok() ? kOk : kWrong;
}

} // namespace

void addCheck(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App *command =
      app.add_subcommand("check", "Checks names, shapes, units and rules of every declaration of a file");
  command->add_option("files", options->files, "Files to check")->required()->type_name("FILE...");
  command->add_flag("--verify-diagnostics", options->verify,
                    "Compare with the comments `// expected-error@+1 {{text}} [slug]` in the file");
  options->diagnostics.addTo(*command);
  command->footer("Examples:\n  mdlc check models/wan2.1/t2v_14b.mdl\n  mdlc check --diagnostics json my.mdl\n"
                  "  mdlc check --verify-diagnostics tests/sema/fail-shape-mismatch.mdl");
  command->callback([&invocation, options] {
    invocation.run = [&invocation, options] {
      int code = kOk;
      for (const std::string &file : options->files) code = std::max(code, checkFile(file, *options, invocation));
      return code;
    };
  });
}

} // namespace mdl::tool
