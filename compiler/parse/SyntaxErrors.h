//===- SyntaxErrors.h - What the parser says about a mistake ----*- C++ -*-===//
// ANTLR's error strategy is replaced as a whole: at the first token that cannot
// follow, a diagnostic in our words is made and the parse stops. What comes
// after the mistake is found by parsing again without the faulty statement
// (Recovery.h), so nothing is guessed and no error follows from another.
//===----------------------------------------------------------------------===//
#pragma once
#include "../support/Diagnostic.h"
#include "Token.h"
#include <optional>

namespace mdl::parse {

/// Thrown out of the generated parser at the first error; caught where the parser was called.
struct ParseStopped {
  size_t token; ///< The index of the token that cannot follow.
};

/// A diagnostic before it is reported.
struct SyntaxError {
  SrcRange range;
  std::string message;
  SrcRange openRange; ///< The bracket that is still open, if that is the mistake.
  std::string openText;
  std::string hint;
};

/// The error at token `at` in the parser's present state. Only valid while the parser stands at the mistake.
SyntaxError describe(antlr4::Parser &parser, const TokenList &tokens, size_t at);

/// Stops at the first error, after keeping its description.
class StopAtFirstError final : public antlr4::DefaultErrorStrategy {
public:
  explicit StopAtFirstError(const TokenList &tokens) : tokens_(tokens) {}
  void sync(antlr4::Parser *) override {}
  void reportMatch(antlr4::Parser *) override {}
  bool inErrorRecoveryMode(antlr4::Parser *) override { return false; }
  void reportError(antlr4::Parser *parser, const antlr4::RecognitionException &) override { stop(*parser); }
  antlr4::Token *recoverInline(antlr4::Parser *parser) override { stop(*parser); }
  void recover(antlr4::Parser *parser, std::exception_ptr) override { stop(*parser); }
  const std::optional<SyntaxError> &error() const { return error_; }

private:
  [[noreturn]] void stop(antlr4::Parser &parser);
  const TokenList &tokens_;
  std::optional<SyntaxError> error_;
};

} // namespace mdl::parse
