//===- Scan.h - The token that stands at a place ----------------*- C++ -*-===//
// The rules of MdlLexer.g4 by hand: the longest token, the first rule of equal
// ones. The lexer that ANTLR generates builds its automaton while it reads, which
// costs a short run more than all the rest of reading; a test compares the two.
//===----------------------------------------------------------------------===//
#pragma once
#include "Token.h"

namespace mdl::parse {

struct Scanned {
  TokenType type;
  size_t end; ///< Behind the token: always after its begin.
};

/// The token that begins at `at`, which is inside the text and no blank or comment.
Scanned scanToken(std::string_view text, size_t at);

inline bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
inline bool isNameChar(char c) { return isLetter(c) || isDigit(c); }

} // namespace mdl::parse
