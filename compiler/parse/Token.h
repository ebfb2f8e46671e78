//===- Token.h - Tokens with places in the sources --------------*- C++ -*-===//
// The tokens of one declaration, in the shape that the ANTLR parser reads. A
// token is a range of the common source space and a type of MdlLexer.g4; it
// owns no text. Comments and newlines are not tokens: a token knows whether it
// is the first on its line and which `///` lines stand directly above it.
//===----------------------------------------------------------------------===//
#pragma once
#include "../support/Diagnostic.h"
#include "../support/Source.h"
#include "antlr4-runtime.h"
#include <string>
#include <string_view>
#include <vector>

namespace mdl::parse {

/// A token type: an enumerator of grammar::MdlLexer.
using TokenType = size_t;

/// One token.
class Token final : public antlr4::Token {
public:
  TokenType type = 0;
  std::string_view text;     ///< In the source; empty for a `;` made of a newline.
  uint32_t offset = 0;       ///< Its place in the common source space.
  uint32_t index = 0;        ///< Its place in the token list.
  uint32_t column = 0;       ///< 0-based, in bytes.
  bool startsLine = false;   ///< It is the first token of its line.
  std::string_view docLines; ///< The `///` lines directly above, as written; usually empty.

  SrcLoc begin() const { return {offset}; }
  SrcLoc end() const { return {offset + static_cast<uint32_t>(text.size())}; }
  SrcRange range() const { return {begin(), end()}; }

  std::string getText() const override { return std::string(text); }
  size_t getType() const override { return type; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return column; }
  size_t getChannel() const override { return DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index; }
  size_t getStartIndex() const override { return offset; }
  size_t getStopIndex() const override { return end().offset; }
  antlr4::TokenSource *getTokenSource() const override { return nullptr; }
  antlr4::CharStream *getInputStream() const override { return nullptr; }
  std::string toString() const override { return getText(); }
};

/// What the lexer made of a text.
struct Lexed {
  std::vector<Token> tokens;  ///< Words still IDENT, newlines only marked; the last one is the end of input.
  std::vector<SrcLoc> errors; ///< Where something was reported: no second error is needed there.
};

/// Splits a text into tokens; reports characters and strings that are none of the language.
Lexed lex(std::string_view text, SrcLoc begin, DiagnosticEngine &diagnostics);

/// A list of tokens as the parser reads it. Ends with the end of input.
class TokenList final : public antlr4::TokenStream {
public:
  explicit TokenList(std::vector<Token> tokens);
  const Token &operator[](size_t index) const { return tokens_[index]; }
  size_t count() const { return tokens_.size(); }
  /// The index of the next token to read.
  size_t tokensRead() const { return at_; }

  void consume() override {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  size_t LA(ssize_t k) override { return LT(k)->getType(); }
  Token *LT(ssize_t k) override;
  Token *get(size_t index) const override { return const_cast<Token *>(&tokens_[index]); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size(); }
  antlr4::TokenSource *getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return "declaration"; }
  std::string getText(const antlr4::misc::Interval &) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext *) override { return {}; }
  std::string getText(antlr4::Token *, antlr4::Token *) override { return {}; }

private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

} // namespace mdl::parse
