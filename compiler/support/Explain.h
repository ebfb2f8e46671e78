//===- Explain.h - What a diagnostic means ----------------------*- C++ -*-===//
// `mdlc help SLUG` prints explain/SLUG.mdl: a paragraph in `///` lines, then an
// example that produces the diagnostic, marked with an `expected-error`
// comment, or a line `// no-example: reason`. The files are compiled in; a test
// runs every example and finds every slug of Diagnostics.def.
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string_view>

namespace mdl {

/// One file of explain/.
struct Explanation {
  std::string_view slug;
  std::string_view text; ///< The whole file.
};

/// All of them, sorted by slug.
llvm::ArrayRef<Explanation> explanations();
/// The text for a slug, if there is one.
std::optional<std::string_view> explanation(std::string_view slug);

} // namespace mdl
