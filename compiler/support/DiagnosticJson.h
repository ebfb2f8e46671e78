//===- DiagnosticJson.h - Diagnostics for programs --------------*- C++ -*-===//
// An array with one object a diagnostic, in order of their places:
//   {"slug": "shape-mismatch", "severity": "error", "message": "...",
//    "path": "llama.mdl", "line": 14, "column": 21, "endLine": 14, "endColumn": 23,
//    "related": [{place}], "notes": [{"message": "...", place}]}
// Lines and columns count from 1, columns in bytes; the end is the first place
// after the range. What has no place has no `path` and so on.
//===----------------------------------------------------------------------===//
#pragma once
#include "Diagnostic.h"

namespace mdl {

/// All diagnostics as JSON text with a final newline.
std::string renderJson(const SourceManager &sources, const DiagnosticEngine &diagnostics);

} // namespace mdl
