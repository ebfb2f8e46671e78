//===- Markdown.h - Reports as Markdown -------------------------*- C++ -*-===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// Writes a page of tables: workload, totals, stages, what dominates, and what was assumed.
void renderMarkdown(const Report &report, const RenderOptions &options, Output &out);

/// Text that stands in a table cell as it is: `|`, line ends and Markdown's own signs escaped.
std::string escapeMarkdown(std::string_view text);

} // namespace mdl::runtime
