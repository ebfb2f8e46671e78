//===- Markdown.h - Reports as Markdown -------------------------*- C++ -*-===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// Writes a page of tables: workload, totals, stages, what dominates, and what was assumed.
void renderMarkdown(const Report &report, const RenderOptions &options, Output &out);

/// Text that stands in a table cell as it is: `|`, line ends and Markdown's own signs escaped.
std::string escapeMarkdown(std::string_view text);
/// The head of a table whose first column is text and whose others are numbers; cells are Markdown already.
void writeMarkdownHeading(Output &out, const std::vector<std::string> &cells);
/// A row of a table; cells are plain text.
void writeMarkdownRow(Output &out, const std::vector<std::string> &cells);

} // namespace mdl::runtime
