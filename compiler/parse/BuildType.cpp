#include "AstBuilder.h"

namespace mdl::parse {

using ast::Expr;
using ast::ExprKind;
using ast::Type;
using ast::TypeKind;

const Type *AstBuilder::type(P::TypeContext *tree) {
  Children c = children(tree);
  Type result{.kind = TypeKind::Tensor};
  result.broadcast = c.accept(P::TILDE);
  if (c.isAt(P::IDENT)) result.name = result.broadcast ? ident(c.take()) : qname(c.rule<P::QnameContext>());
  if (c.isAt(P::LBRACK)) result.shape = shape(c.rule<P::ShapeContext>());
  else if (c.isAt(P::LT)) typeArgs(c.rule<P::TypeArgsContext>(), result);
  else result.kind = TypeKind::Named;
  result.range = c.range();
  return arena_.make(result);
}

void AstBuilder::typeArgs(P::TypeArgsContext *tree, Type &to) {
  Children c = children(tree);
  Buffer<const Type *> types;
  for (c.take(); !c.accept(P::GT); c.accept(P::COMMA))
    if (const Type *argument = typeArg(c.rule<P::TypeArgContext>(), to.unit)) types.push_back(argument);
  to.kind = TypeKind::Applied;
  to.args = arena_.list<const Type *>(types);
  if (to.unit && !types.empty()) syntaxError(to.unit->range, "a type has one unit or several types as arguments");
}

/// A type; or null, with `unit` set: `B/s`.
const Type *AstBuilder::typeArg(P::TypeArgContext *tree, const Expr *&unitOut) {
  Children c = children(tree);
  const Expr *first = nullptr;
  if (c.isAt(P::INT)) {
    first = node({.kind = ExprKind::Number, .number = number(c.next()), .range = c.take().range()});
  } else {
    const Type *argument = type(c.rule<P::TypeContext>());
    if (c.peek() == 0) return argument;
    first = node({.kind = ExprKind::Name, .name = argument->name, .range = argument->range});
    if (argument->kind != TypeKind::Named)
      syntaxError(argument->range, "expected a unit before the operator, found a type");
  }
  unitOut = unit(first, c.rule<P::UnitTailContext>());
  return nullptr;
}

/// `^2 / s` after its first factor.
const Expr *AstBuilder::unit(const Expr *first, P::UnitTailContext *tree) {
  Children c = children(tree);
  const Expr *product = c.isAt(P::CARET) ? unitPower(first, c.rule<P::UnitPowerContext>()) : first;
  while (c.peek() != 0) {
    Children f = children(c.rule<P::UnitFactorContext>());
    const Token &op = f.take(), &name = f.take();
    const Expr *factor = node({.kind = ExprKind::Name, .name = ident(name), .range = name.range()});
    if (f.isAt(P::CARET)) factor = unitPower(factor, f.rule<P::UnitPowerContext>());
    product = infix(op, product, factor);
  }
  return product;
}

/// `^ -2`
const Expr *AstBuilder::unitPower(const Expr *base, P::UnitPowerContext *tree) {
  Children c = children(tree);
  const Token &op = c.take();
  bool negative = c.accept(P::MINUS);
  const Token &digits = c.take();
  Rational value = number(digits);
  return infix(op, base,
               node({.kind = ExprKind::Number, .number = negative ? -value : value, .range = digits.range()}));
}

ast::List<ast::Generic> AstBuilder::generics(P::GenericsContext *tree) {
  Children c = children(tree);
  Buffer<ast::Generic> result;
  for (c.take(); !c.accept(P::GT); c.accept(P::COMMA)) {
    Children g = children(c.rule<P::GenericContext>());
    ast::Ident name = ident(g.take());
    result.push_back({name, g.accept(P::ELLIPSIS)});
  }
  return arena_.list<ast::Generic>(result);
}

ast::List<ast::Param> AstBuilder::params(P::ParamsContext *tree) {
  Children c = children(tree);
  Buffer<ast::Param> result;
  for (c.take(); !c.accept(P::RPAREN); c.accept(P::COMMA)) result.push_back(param(c.rule<P::ParamContext>()));
  return arena_.list<ast::Param>(result);
}

ast::Param AstBuilder::param(P::ParamContext *tree) {
  Children c = children(tree);
  ast::Param result{ident(c.take()), c.accept(P::QUESTION), nullptr, nullptr, {}};
  c.take();
  result.type = type(c.rule<P::TypeContext>());
  if (c.accept(P::ASSIGN)) result.defaultValue = expr(c.rule<P::ExprContext>());
  result.range = c.range();
  return result;
}

ast::List<ast::Result> AstBuilder::results(P::ResultsContext *tree) {
  Children c = children(tree);
  Buffer<ast::Result> result{this->result(c.rule<P::ResultContext>())};
  while (c.accept(P::COMMA)) result.push_back(this->result(c.rule<P::ResultContext>()));
  return arena_.list<ast::Result>(result);
}

/// The name before a `:` is read as a type.
ast::Result AstBuilder::result(P::ResultContext *tree) {
  Children c = children(tree);
  const Type *first = type(c.rule<P::TypeContext>());
  if (!c.accept(P::COLON)) return {{}, first};
  if (first->kind != TypeKind::Named)
    syntaxError(first->range, "expected the name of a result before `:`, found a type");
  return {first->name, type(c.rule<P::TypeContext>())};
}

} // namespace mdl::parse
