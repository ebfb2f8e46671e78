//===- Csv.h - Reports as CSV -----------------------------------*- C++ -*-===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// Writes one row a node after RFC 4180: the columns of the JSON nodes, headed by their keys.
/// An absent number is an empty cell. Text that a spreadsheet would run as a formula is
/// prefixed by `'`. A report without rows gives its folded rows, with a column `copies`.
void renderCsv(const Report &report, const RenderOptions &options, Output &out);

} // namespace mdl::runtime
