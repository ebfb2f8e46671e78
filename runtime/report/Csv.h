//===- Csv.h - Reports as CSV -----------------------------------*- C++ -*-===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// Writes one row a node after RFC 4180: the columns of the JSON nodes, headed by their keys.
/// An absent number is an empty cell. Text that a spreadsheet would run as a formula is
/// prefixed by `'`. A report without rows gives its folded rows, with a column `copies`.
void renderCsv(const Report &report, const RenderOptions &options, Output &out);

/// A cell of text, quoted where it has to be; what a spreadsheet would run as a formula is prefixed by `'`.
void writeCsvText(Output &out, std::string_view text);

} // namespace mdl::runtime
