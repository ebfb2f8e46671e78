//===- Pass.h - From cost module to cost module -----------------*- C++ -*-===//
// A pass rewrites a module in place and keeps every number's value for the jobs
// that its guards let through, and `ir::verify`. To add one: `<Name>.cpp`, a
// line in Passes.def, and tests/passes/<name>-*.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ir/CostModule.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>

namespace mdl::passes {

using ir::CostModule;

/// What `apply-precision` asks of a precision.
struct Precision {
  std::string title; ///< As results name it
  std::function<std::optional<Rational>(const ir::Parameter &bits)> bits;
};

/// What `apply-device` asks of a device: the rates under a profile of utilisation; empty is the chosen one.
struct Device {
  std::string title;
  bool overlapWhole = false; ///< Operators overlap: of the parts of a time the largest counts
  /// A rate in FLOP/s or B/s, or the launch in s. Nothing, with the reason in `error`, when the device does not have it.
  std::function<std::optional<double>(const ir::Parameter &rate, std::string &error)> value;
  /// Both ends of a rate whose profile has a range, where they are not its value; else nothing.
  std::function<std::optional<double>(const ir::Parameter &rate)> best, worst;
  bool keepsLaunch = false; ///< A launch of 0 s is a parameter, too: another utilisation may have one
};

/// What the passes of a run are told.
struct PassOptions {
  std::vector<std::pair<std::string, std::string>> settings; ///< `bind`: input and value
  std::vector<std::string> metrics;                          ///< `drop-unused`: what to keep; empty is all
  const Precision *precision = nullptr;                      ///< `apply-precision`
  const Device *device = nullptr;                            ///< `apply-device`
};

/// The options, and what the passes have to say: a module with errors is of no use.
struct PassContext {
  PassOptions options;
  std::vector<std::string> errors;
};

using Pass = void(CostModule &, PassContext &);

struct PassInfo {
  const char *name; ///< As `--passes` has it: `drop-unused`
  Pass *run;
  const char *summary;
};

/// Every pass, in the order of Passes.def.
llvm::ArrayRef<PassInfo> allPasses();
/// The pass of this name, or null.
const PassInfo *findPass(std::string_view name);
/// The passes of `simplify,drop-unused`; nullopt and a message when one is unknown.
std::optional<std::vector<const PassInfo *>> parsePasses(std::string_view list, std::string *error);

/// Runs passes in order, `after` each; stops after one that reports an error.
void runPasses(CostModule &module, llvm::ArrayRef<const PassInfo *> passes, PassContext &context,
               llvm::function_ref<void(const PassInfo &)> after);

} // namespace mdl::passes
