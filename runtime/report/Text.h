//===- Text.h - Reports for a terminal --------------------------*- C++ -*-===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// Writes the page that a person reads: workload, totals, the folded tree, what dominates, and
/// what was assumed. Numbers of a folded line are of all its copies together.
void renderText(const Report &report, const RenderOptions &options, Output &out);

} // namespace mdl::runtime
