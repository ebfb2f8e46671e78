//===- Suite.h - Every check that ships -------------------------*- C++ -*-===//
// A check is data: `check NAME { model = ...; reference = ... }` in a file called
// checks.mdl below a models folder. It is compared with a measurement module by
// module, with one published number, or weight by weight with a file, if it is here.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// A `check` block of core.mdl's record.
struct Check {
  std::string name, title, folder; ///< `folder` is that of its file
  ModelOptions model;
  std::string at, reference, weights, metric, source, note;
  std::optional<runtime::Number> value; ///< In the metric's unit
  bool totals = false, informative = false;
  double tolerance = 0;
};

enum class Verdict : uint8_t { Pass, Fail, Skipped, Informative };

struct CheckResult {
  Check check;
  Verdict verdict = Verdict::Fail;
  size_t numbers = 0; ///< Compared
  std::string ours, theirs, unit;
  std::optional<double> percent; ///< The largest error
  std::string reason;            ///< Why it failed or was skipped
};

/// The checks of all files, in order of path and line; nothing after an error in one of them, which has been reported.
std::optional<std::vector<Check>> readChecks(const Invocation &invocation, const DiagnosticOptions &diagnostics);
CheckResult runCheck(const Check &check, const Invocation &invocation);

void renderSuiteText(const std::vector<CheckResult> &results, bool colour, runtime::Output &out);
void renderSuiteMarkdown(const std::vector<CheckResult> &results, runtime::Output &out);
/// Schema `mdlc.suite/1`.
void renderSuiteJson(const std::vector<CheckResult> &results, runtime::Output &out);

/// Runs and prints all; the exit code.
int runSuite(const std::string &format, const Invocation &invocation, const DiagnosticOptions &diagnostics);

} // namespace mdl::tool
