#include "AstBuilder.h"
#include "Literals.h"
#include <fmt/format.h>

namespace mdl::parse {

ast::Ident AstBuilder::joined(antlr4::ParserRuleContext *tree) const {
  const Token &first = tokens_[tree->start->getTokenIndex()], &last = tokens_[tree->stop->getTokenIndex()];
  std::string_view text(first.text.data(), last.end().offset - first.offset);
  return {intern(text), {first.begin(), last.end()}};
}

ast::Ident AstBuilder::qname(P::QnameContext *tree) { return joined(tree); }

std::string_view AstBuilder::doc(const Token &token) {
  if (token.docLines.empty()) return {};
  return arena_.string(docText(token.docLines));
}

std::string_view AstBuilder::string(const Token &token) {
  StringLiteral literal = readString(token.text);
  if (literal.badEscape != std::string_view::npos) {
    uint32_t at = token.offset + static_cast<uint32_t>(literal.badEscape);
    diagnostics_.report(DiagId::BadString, {{at}, {at + 2}},
                        {fmt::format("`{}` is no escape; there are `\\n`, `\\t`, `\\\"` and `\\\\`",
                                     token.text.substr(literal.badEscape, 2))});
  }
  return arena_.string(literal.value);
}

Rational AstBuilder::number(const Token &token) {
  NumberLiteral literal = readNumber(token.text);
  if (!literal.problem.empty())
    diagnostics_.report(DiagId::BadNumber, token.range(), {std::string(token.text), std::string(literal.problem)});
  return literal.problem.empty() ? literal.value : Rational::overflow();
}

void AstBuilder::syntaxError(SrcRange range, std::string message) {
  diagnostics_.report(DiagId::SyntaxError, range, {std::move(message)});
}

const ast::Expr *AstBuilder::expression(P::ExpressionContext *tree) {
  return expr(children(tree).rule<P::ExprContext>());
}

} // namespace mdl::parse
