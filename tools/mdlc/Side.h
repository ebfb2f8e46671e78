//===- Side.h - One side of a comparison ------------------------*- C++ -*-===//
// A result to compare: a saved one, or that of a model which is compiled and
// evaluated now. Both come through the same JSON, so a model and its saved result
// compare equal.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"
#include "runtime/Counterparts.h"
#include "runtime/Result.h"
#include <map>

namespace mdl::tool {

struct ComparedSide {
  runtime::Result result;
  std::vector<std::string> warnings; ///< Of this job; the command prints them
  /// What the model's files say of other models: by pipeline, `from` is here and `to` is there.
  std::map<std::string, std::vector<runtime::Counterpart>> correspondences;
};

/// True for a file that does not end in `.mdl`: a saved result.
bool isSavedResult(const std::string &file);
/// The text of a file; nothing (reported as `slug`) when it cannot be read.
std::optional<std::string> readFile(const std::string &file, const char *slug, const DiagnosticOptions &diagnostics);
/// The file of a saved result's model, found from the folder where we are, from that of the result, or among the models;
/// empty if it is not.
std::string sourceOf(const runtime::Result &result, const std::string &savedIn, const Invocation &invocation);

/// Reads or makes a result; nothing after an error, which has been reported.
std::optional<ComparedSide> makeSide(const ModelOptions &options, const Invocation &invocation);
/// Reads a saved result.
std::optional<runtime::Result> readResult(const std::string &file, const DiagnosticOptions &diagnostics);

} // namespace mdl::tool
