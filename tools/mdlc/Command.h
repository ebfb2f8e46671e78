//===- Command.h - What the subcommands share -------------------*- C++ -*-===//
// One file a subcommand. Each has an `add...` function that declares its options
// with CLI11 and sets what runs; main.cpp lists them. Exit codes (contract): 0
// ok, 1 the input is wrong or a check failed, 2 usage, 3 internal.
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/driver/Compile.h"
#include "runtime/Report.h"
#include <functional>
#include <string>

namespace CLI {
class App; // its header takes longer to compile than all of ours: only files that declare options include it
}

namespace mdl::tool {

inline constexpr const char *kVersion = "mdlc 0.1";
inline constexpr int kOk = 0, kWrong = 1, kUsage = 2, kInternal = 3;

/// The state that the chosen subcommand leaves to main.
struct Invocation {
  std::string binary;      ///< argv[0], resolved: models are found from it
  std::string commandLine; ///< All arguments with blanks between them
  std::function<int()> run;
};

/// How diagnostics are printed: the options that every command with a model has.
struct DiagnosticOptions {
  std::string form = "text";
  size_t maxErrors = 20;
  void addTo(CLI::App &app);
};

/// The model and job options of eval, explain, verify and compile.
struct ModelOptions {
  std::string file, pipeline, workload, convention, traffic;
  std::string precision, device, utilisation, overlap, residency, sharding;
  std::string strategy; ///< Of commands with several devices; they add the option themselves
  std::vector<std::string> settings;
  DiagnosticOptions diagnostics;
  /// `single`: one workload and one utilisation. `compiled`: the file may be a compiled program.
  void addTo(CLI::App &app, bool single = true, bool compiled = false);
  driver::Request request(const Invocation &invocation) const;
};

/// An option that names one thing for a whole job: an axis of a sweep and a block `sweep` may give it as well, by the same
/// name.
struct JobOption {
  const char *name;
  std::string ModelOptions::*given;
  std::string driver::Request::*asked;
};
inline constexpr JobOption kJobOptions[] = {
    {"pipeline", &ModelOptions::pipeline, &driver::Request::pipeline},
    {"workload", &ModelOptions::workload, &driver::Request::workload},
    {"convention", &ModelOptions::convention, &driver::Request::convention},
    {"traffic", &ModelOptions::traffic, &driver::Request::traffic},
    {"precision", &ModelOptions::precision, &driver::Request::precision},
    {"device", &ModelOptions::device, &driver::Request::device},
    {"utilisation", &ModelOptions::utilisation, &driver::Request::utilisation},
    {"overlap", &ModelOptions::overlap, &driver::Request::overlap},
    {"residency", &ModelOptions::residency, &driver::Request::residency},
    {"sharding", &ModelOptions::sharding, &driver::Request::sharding},
    {"strategy", &ModelOptions::strategy, &driver::Request::strategy},
};

/// Prints what a compilation has reported, to stderr. True when there was no error.
bool printDiagnostics(driver::Compilation &compilation, const DiagnosticOptions &options);
/// Prints an error of the runtime in the same form.
void printError(const runtime::ReportError &error, const DiagnosticOptions &options);
/// Colour only on a terminal, and not when NO_COLOR is set.
bool useColour(int descriptor);
/// Flushes stdout; false (reported) when it could not take everything.
bool closeOutput();

void addCalibrate(CLI::App &app, Invocation &invocation);
void addCheck(CLI::App &app, Invocation &invocation);
void addCompile(CLI::App &app, Invocation &invocation);
void addEmit(CLI::App &app, Invocation &invocation);
void addEval(CLI::App &app, Invocation &invocation);
void addExplain(CLI::App &app, Invocation &invocation);
void addDiff(CLI::App &app, Invocation &invocation);
void addVerify(CLI::App &app, Invocation &invocation);
void addWhy(CLI::App &app, Invocation &invocation);
void addSize(CLI::App &app, Invocation &invocation);
void addSolve(CLI::App &app, Invocation &invocation);
void addSweep(CLI::App &app, Invocation &invocation);
void addReport(CLI::App &app, Invocation &invocation);
void addImport(CLI::App &app, Invocation &invocation);
void addInspect(CLI::App &app, Invocation &invocation);
void addPlot(CLI::App &app, Invocation &invocation);
void addBundle(CLI::App &app, Invocation &invocation);
void addExport(CLI::App &app, Invocation &invocation);
void addList(CLI::App &app, Invocation &invocation);
void addHelp(CLI::App &app, Invocation &invocation);
void addCompletion(CLI::App &app, Invocation &invocation);

} // namespace mdl::tool
