//===- Diff.h - The comparison of two results as a function -----*- C++ -*-===//
// `mdlc diff` and other commands that compare call it.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"

namespace mdl::tool {

struct DiffRequest {
  ModelOptions a, b;                ///< `file` is a model or a saved result
  std::vector<std::string> map;     ///< `diffusion_core=diffusion`: ids of A and B
  std::vector<std::string> metrics; ///< Only these; empty is all
  std::string format = "text";      ///< text, json or md
  size_t top = 5;                   ///< How many nodes a changed metric lists
  bool failIfDifferent = false;     ///< Exit code 1 when a number differs
};

/// Compares and prints on stdout; returns the exit code. Nothing is printed when a side has an error.
int diff(const DiffRequest &request, const Invocation &invocation);

} // namespace mdl::tool
