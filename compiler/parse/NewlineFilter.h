//===- NewlineFilter.h - Newlines that end statements -----------*- C++ -*-===//
// The newline rule of the language, in one place. A newline ends a statement,
// as a `;` does, when
//   1. the token before it can end one: a name, a number, a string, `)`, `]`,
//      `}`, `true`, `false`, `none`, the `*` of a label (`as experts.*`), or the
//      `>` of a type (`list<size>`), whose `<` stands directly after its name;
//   2. the innermost open bracket is not `(` or `[`;
//   3. the token after it can begin one. These join the lines instead:
//      `->` `=` `,` `.` `..` `..=` `...` `?` `:` `)` `]` `{` `*` `/` `%` `^` `+`
//      the comparisons, and the words `and or in divides as times else`.
// `-`, `(`, `[`, `when`, `for` and `on` begin a new statement.
//===----------------------------------------------------------------------===//
#pragma once
#include "Token.h"

namespace mdl::parse {

/// Rule 1 for the text of a token; a word that is used as a keyword never ends a statement.
bool endsStatement(std::string_view token);
/// Tells the `<` and `>` of types from comparisons, for rule 1.
class TypeBrackets {
public:
  /// Reads the next token; `touches` says that it stands directly after a word.
  void read(std::string_view token, bool touches);
  /// The last token was the `>` of a type.
  bool closed() const { return closed_; }

private:
  unsigned open_ = 0;
  bool closed_ = false;
};
/// Rule 3 for the text of the next token.
bool joinsLines(std::string_view token);

/// What a list of tokens is: that decides which words are keywords.
enum class Fragment : uint8_t { Declaration, Statements, Data, Expression };

/// Turns words into keywords (Keywords.h) and adds a `;` for each newline that ends a statement.
class NewlineFilter {
public:
  static std::vector<Token> run(const std::vector<Token> &raw, Fragment fragment);

private:
  NewlineFilter(const std::vector<Token> &raw, Fragment fragment)
      : raw_(raw), fragment_(fragment), inStatements_(fragment == Fragment::Statements),
        inData_(fragment == Fragment::Data) {}
  void step(size_t index);
  void setType(Token &token, size_t index);
  void trackBracket(const Token &token);
  bool endsLine(const Token &next) const;
  bool lastEndsStatement() const;
  bool startsStatement() const;

  const std::vector<Token> &raw_;
  std::vector<Token> out_;
  std::vector<TokenType> open_;
  TypeBrackets types_;
  Fragment fragment_;
  bool inStatements_;
  bool inData_;
};

} // namespace mdl::parse
