//===- main.cpp - mdlc: a compiler for model cost -------------------------===//
#include "Command.h"
#include <cstdio>
#include <exception>
#include <filesystem>

using namespace mdl::tool;

int main(int argc, char **argv) {
  Invocation invocation;
  std::error_code ignored;
  invocation.binary = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  if (invocation.binary.empty()) invocation.binary = argv[0];
  invocation.commandLine = "mdlc";
  for (int i = 1; i < argc; ++i) invocation.commandLine.append(" ").append(argv[i]);

  CLI::App app("mdlc: exact cost of neural networks from their description\n"
               "  mdlc eval models/wan2.1/t2v_14b.mdl --workload 720p\n"
               "  mdlc explain models/wan2.1/t2v_14b.mdl diffusion --metric flops_tensor");
  app.name("mdlc");
  app.require_subcommand(1);
  app.set_version_flag("--version", kVersion);
  addCheck(app, invocation);
  addCompile(app, invocation);
  addEmit(app, invocation);
  addEval(app, invocation);
  addExplain(app, invocation);
  addDiff(app, invocation);
  addVerify(app, invocation);
  addWhy(app, invocation);
  addSize(app, invocation);
  addSolve(app, invocation);
  addSweep(app, invocation);
  addReport(app, invocation);
  addImport(app, invocation);
  addInspect(app, invocation);
  addPlot(app, invocation);
  addBundle(app, invocation);
  addExport(app, invocation);
  addList(app, invocation);
  addHelp(app, invocation);
  addCompletion(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp &) {
    const CLI::App *asked = &app; // the innermost command that was given
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands()[0];
    std::fputs(asked->help().c_str(), stdout);
    return kOk;
  } catch (const CLI::CallForVersion &) {
    std::puts(kVersion);
    return kOk;
  } catch (const CLI::ParseError &error) {
    std::fprintf(stderr, "mdlc: %s\n", error.what());
    std::fputs("run `mdlc --help` or `mdlc COMMAND --help`\n", stderr);
    return kUsage;
  }
  try {
    int code = invocation.run ? invocation.run() : kUsage;
    return closeOutput() || code != kOk ? code : kWrong;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "mdlc: internal error: %s\n  please report it with the command line and the file\n",
                 error.what());
    return kInternal;
  }
}
