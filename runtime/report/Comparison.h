//===- Comparison.h - Comparisons of two results, rendered ------*- C++ -*-===//
#pragma once
#include "../Compare.h"
#include "Output.h"

namespace mdl::runtime {

struct ComparisonOptions {
  size_t top = 5;      ///< How many nodes a changed metric lists
  bool colour = false; ///< Text: ANSI sequences
};

/// Settings, totals, memory and, for each metric that changed, the nodes that it comes from.
void renderComparisonText(const Comparison &comparison, const ComparisonOptions &options, Output &out);
void renderComparisonMarkdown(const Comparison &comparison, const ComparisonOptions &options, Output &out);

/// Everything, all nodes included, schema `mdlc.diff/1`: `{"schema", "a", "b", "equal", "notes", "settings", "metrics",
/// "memory", "assumptions", "not_modelled"}`. A value that a side does not have is null.
void renderComparisonJson(const Comparison &comparison, Output &out);

} // namespace mdl::runtime
