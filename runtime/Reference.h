//===- Reference.h - A measurement of real model code -----------*- C++ -*-===//
// Reads the JSON files that the capture script writes: totals, and per module
// the FLOPs with all that is inside (`modules_inclusive`) or the module's own
// parameters (`params_modules`). All numbers are of one execution.
//===----------------------------------------------------------------------===//
#pragma once
#include "numeric/Int.h"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mdl::runtime {

/// Module names and a number for each, ordered by name.
using ModuleCounts = std::vector<std::pair<std::string, Int>>;

struct Reference {
  std::string model; ///< What was measured, for the heading
  std::string component;
  std::optional<Int> totalFlops;
  std::optional<Int> params;
  Int attentionFlops; ///< `ops.sdpa`: the part of the total in fused attention kernels
  ModuleCounts flops; ///< `(root)` is the whole; a name that begins with `?` is a nameless container
  ModuleCounts ownParams;
};

/// Reads a reference. Without one, `error` says what is wrong with the text.
std::optional<Reference> parseReference(std::string_view json, std::string &error);

} // namespace mdl::runtime
