//===- Outline.h - The declarations of a file, before any parser -*- C++ -*-===//
// One linear scan, no recursion. It knows words, numbers, strings, comments,
// brackets and the newline rule, and does three things:
//   - refuses what is no source: too large, not UTF-8, containing NUL;
//   - splits the text into declarations. One begins where a statement can begin
//     outside of all brackets. A declaration word in column 1 begins one even
//     inside brackets: an unclosed bracket costs one declaration, not the file;
//   - bounds what a recursive parser could be made to do: the depth of brackets,
//     and the tokens since the last `,`, `;` or end of a statement, summed over
//     the brackets that are open. That sum bounds the depth of every tree. The
//     tokens of a whole declaration are bounded too.
//===----------------------------------------------------------------------===//
#pragma once
#include "Parse.h"

namespace mdl::parse {

/// Tokens that may follow each other without a separator, over all open brackets.
inline constexpr unsigned kMaxExpressionTokens = 1000;
/// Tokens of one declaration: a bound for the memory of its trees.
inline constexpr unsigned kMaxDeclarationTokens = 250'000;

/// Finds the declarations of a file; reports what the scan refuses.
std::vector<Outlined> outlineFile(const SourceManager &sources, DiagnosticEngine &diagnostics, FileId id);

/// The limits of a text that is one expression: true if it may be parsed.
bool checkExpression(const SourceFile &file, DiagnosticEngine &diagnostics);

/// Reports a text that is too large, not UTF-8 or contains NUL; true if it may be read on.
bool checkText(const SourceFile &file, DiagnosticEngine &diagnostics);

} // namespace mdl::parse
