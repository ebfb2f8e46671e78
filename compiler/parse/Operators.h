//===- Operators.h - Precedence of the operators ----------------*- C++ -*-===//
// The one table of operators. The grammar reads an expression as a flat row of
// operands and operators; the AST builder groups them by this table.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ast/Ast.h"
#include "Token.h"

namespace mdl::parse {

enum class Assoc : uint8_t { Left, Right, None };

/// One row: an infix operator.
struct InfixOperator {
  TokenType token;
  ast::ExprKind kind; ///< Binary, or Range
  ast::Op op;         ///< Of a Binary
  int precedence;     ///< A higher one binds tighter.
  Assoc assoc;
};
const InfixOperator &infixOperator(TokenType token);

/// `-x ^ 2` is `-(x ^ 2)`, `not a == b` is `not (a == b)`: what a prefix operator takes binds at least this tight.
int prefixPrecedence(TokenType token);

} // namespace mdl::parse
