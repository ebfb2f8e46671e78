//===- DiagnosticVerify.h - Diagnostics expected by comments ----*- C++ -*-===//
// `check --verify-diagnostics` compares what was reported with comments:
//   // expected-error@+1 {{part of the message}} [slug]
//   // expected-warning {{...}}      on the same line
//   // expected-note@-2 {{...}}
// `@+N`, `@-N` count lines from the comment; `[slug]` may be left out. Every
// error and warning must be expected, once, and every expectation be met; notes
// only where one is expected. A note without a place counts as standing where
// its diagnostic stands.
//===----------------------------------------------------------------------===//
#pragma once
#include "Diagnostic.h"

namespace mdl {

/// What `--verify-diagnostics` says: the differences as text, empty if there are none.
struct VerifyResult {
  std::string differences;
  bool ok() const { return differences.empty(); }
};

/// Compares the diagnostics with the comments of all loaded sources.
VerifyResult verifyDiagnostics(const SourceManager &sources, const DiagnosticEngine &diagnostics);

} // namespace mdl
