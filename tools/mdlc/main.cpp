//===- main.cpp - mdlc: a compiler for model cost -------------------------===//
#include "Command.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string_view>

using namespace mdl::tool;

namespace {

struct Command {
  std::string_view name;
  void (*add)(CLI::App &app, Invocation &invocation);
  bool tellsOfAll = false; ///< It tells of the other commands, too
};

constexpr Command kCommands[] = {
    {"check", addCheck},   {"compile", addCompile}, {"emit", addEmit},
    {"eval", addEval},     {"explain", addExplain}, {"diff", addDiff},
    {"verify", addVerify}, {"why", addWhy},         {"size", addSize},
    {"solve", addSolve},   {"sweep", addSweep},     {"calibrate", addCalibrate},
    {"report", addReport}, {"import", addImport},   {"inspect", addInspect},
    {"plot", addPlot},     {"bundle", addBundle},   {"export", addExport},
    {"list", addList},     {"help", addHelp, true}, {"completion", addCompletion, true},
};

/// Declares the command that the first argument names; all of them where that is none. To declare them all takes longer
/// than `--version`.
void addCommands(CLI::App &app, Invocation &invocation, std::string_view first) {
  auto named = std::ranges::find(kCommands, first, &Command::name);
  bool one = named != std::end(kCommands) && !named->tellsOfAll;
  for (const Command &command : kCommands)
    if (!one || &command == named) command.add(app, invocation);
}

} // namespace

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
  addCommands(app, invocation, argc > 1 ? argv[1] : "");
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
