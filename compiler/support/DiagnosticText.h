//===- DiagnosticText.h - Diagnostics for terminals -------------*- C++ -*-===//
// Clang's form, one line a fact:
//   llama.mdl:14:21: error: contracted dimensions differ [shape-mismatch]
//      14 |   let q = matmul(x, wq)
//         |                  ~  ^~
//   llama.mdl:9:9: note: `wq` is declared here
//       9 |   param wq: [d, n]
//         |         ^~
//   note: a hint has no place
// `^` stands under the start of the wrong thing, `~` under the rest of it and
// under what is related on the same line. Marks are aligned by characters, not
// bytes; a tab is shown as a blank; a long line is cut to a window around the
// mark.
//===----------------------------------------------------------------------===//
#pragma once
#include "Diagnostic.h"

namespace mdl {

/// How diagnostics are written.
struct TextOptions {
  bool colour = false;
  size_t maxErrors = 20; ///< 0: all
  size_t width = 160;    ///< Of a source line, in characters.
};

/// All diagnostics in order of their places, then a line that counts them; empty if there are none.
std::string renderText(const SourceManager &sources, const DiagnosticEngine &diagnostics,
                       const TextOptions &options = {});
/// One diagnostic with its notes.
std::string renderText(const SourceManager &sources, const Diagnostic &diagnostic, const TextOptions &options = {});

} // namespace mdl
