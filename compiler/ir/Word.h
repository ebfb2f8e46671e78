//===- Word.h - Words and strings of the IR text ----------------*- C++ -*-===//
// A word is what the expression grammar takes as a bare name: a letter or `_`,
// then letters, digits, `_`, `'`, and `.` before one of these. A string is in
// quotes, with `\"`, `\\`, `\n` and `\xHH` for other control characters.
//===----------------------------------------------------------------------===//
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mdl::ir {

/// The word of `sum(i in 0..n: ...)`, which no symbol may have for a name.
inline constexpr std::string_view kIn = "in";

/// The length of the word at the start of `text`, or 0.
size_t wordLength(std::string_view text);
std::string quote(std::string_view text);
/// Takes a string from the front of `text`; nullopt, and nothing taken, when there is none.
std::optional<std::string> takeString(std::string_view &text);
/// Takes a word from the front of `text`; empty when there is none.
std::string_view takeWord(std::string_view &text);
/// Drops spaces at the front.
void skipSpaces(std::string_view &text);

} // namespace mdl::ir
