//===- Keywords.h - Which words are special, and where ----------*- C++ -*-===//
// The one list of keywords. The lexer makes every word an IDENT; here a word
// becomes a keyword where its role allows it and stays a name elsewhere, so a
// parameter may be called `op`, `state` or `range`:
//   Reserved     always: `true`, `and`, `in`...
//   Declaration  as the first word of a declaration
//   Statement    as the first word of a statement, unless `=`, `,`, `:`, `.` or an operator follows
//   Infix        after an operand, unless `=`, `,` or `:` follows: `x as y`, `n times 3`
// Data blocks and enums hold no statements: there only reserved words are special.
//===----------------------------------------------------------------------===//
#pragma once
#include "Token.h"

namespace mdl::parse {

enum WordRole : uint8_t { Reserved = 1, Declaration = 2, Statement = 4, Infix = 8 };

/// One row of the list.
struct Keyword {
  std::string_view word;
  TokenType type;
  uint8_t roles; ///< A set of WordRole.
};

/// The row of a word, or null for an ordinary name.
const Keyword *findKeyword(std::string_view word);
/// A word that begins a declaration.
bool isDeclarationWord(std::string_view word);
/// A word that begins a statement.
bool isStatementWord(std::string_view word);
bool isReserved(std::string_view word);
/// The declaration word that was most likely meant, or nothing.
std::string_view nearestDeclarationWord(std::string_view word);

/// Where a word stands, as far as keywords depend on it.
struct WordPlace {
  bool startsDeclaration;
  bool startsStatement;
  bool afterBrace; ///< Directly after a `{`: in `{state}` a word is a name.
  bool afterOperand;
  bool inStatements; ///< The declaration holds statements.
  bool inData;       ///< It is a data block or an enum.
  TokenType next;    ///< The type of the next token.
};
/// The type of the token `word` at a place: that of its keyword, or IDENT.
TokenType wordType(const Keyword &word, const WordPlace &place);

/// The name of a token type in a message: `)`, `times`, or `a name`.
std::string spelling(TokenType type);

} // namespace mdl::parse
