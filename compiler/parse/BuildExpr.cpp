#include "AstBuilder.h"
#include <fmt/format.h>
#include <optional>

namespace mdl::parse {

using ast::Expr;
using ast::ExprKind;

/// The flat row of an expression while it is grouped: `- a * b ^ c`.
struct AstBuilder::Row {
  Children terms;                  ///< The operands and infix operators.
  std::optional<Children> operand; ///< The operand being read: its prefix operators, then its primary.
};

static SrcRange span(const Expr *from, const Expr *to) { return {from->range.begin, to->range.end}; }

const Expr *AstBuilder::expr(P::ExprContext *tree) {
  Row row{children(tree), {}};
  const Expr *condition = grouped(row, 0);
  if (!row.terms.isAt(P::QUESTION)) return condition;
  SrcRange op = row.terms.take().range();
  const Expr *yes = expr(row.terms.rule<P::ExprContext>());
  row.terms.take();
  const Expr *no = expr(row.terms.rule<P::ExprContext>());
  Expr choice{.kind = ExprKind::Choice, .range = span(condition, no), .opRange = op};
  choice.operands = arena_.list<const Expr *>({condition, yes, no});
  return node(choice);
}

/// Precedence climbing: reads operators that bind at least as tight as `minPrecedence`.
const Expr *AstBuilder::grouped(Row &row, int minPrecedence) {
  const Expr *left = prefixed(row);
  for (int lastNonAssociative = -1; row.terms.peek() != 0 && !row.terms.isAt(P::QUESTION);) {
    const Token &op = row.terms.next();
    const InfixOperator &info = infixOperator(op.type);
    if (info.precedence < minPrecedence) break;
    if (info.assoc == Assoc::None && lastNonAssociative == info.precedence)
      syntaxError(op.range(), info.kind == ExprKind::Range ? "a range of ranges has no meaning"
                                                           : "comparisons do not chain; join them with `and`");
    lastNonAssociative = info.assoc == Assoc::None ? info.precedence : -1;
    row.terms.rule<P::InfixContext>();
    const Expr *right = grouped(row, info.assoc == Assoc::Right ? info.precedence : info.precedence + 1);
    left = infix(op, left, right);
  }
  return left;
}

const Expr *AstBuilder::infix(const Token &op, const Expr *left, const Expr *right) {
  const InfixOperator &info = infixOperator(op.type);
  Expr result{.kind = info.kind, .op = info.op, .range = span(left, right), .opRange = op.range()};
  result.boolean = op.type == P::THROUGH;
  result.operands = arena_.list<const Expr *>({left, right});
  return node(result);
}

/// An operand with its prefix operators. `- x ^ 2` takes `x ^ 2`, so the rest of the row may belong to it.
const Expr *AstBuilder::prefixed(Row &row) {
  if (!row.operand) row.operand = children(row.terms.rule<P::OperandContext>());
  Children &operand = *row.operand;
  if (operand.isAt(P::MINUS) || operand.isAt(P::NOT)) {
    const Token &op = operand.take();
    const Expr *inner = grouped(row, prefixPrecedence(op.type));
    Expr result{.kind = ExprKind::Unary, .op = op.type == P::NOT ? ast::Op::Not : ast::Op::Neg};
    result.range = {op.begin(), inner->range.end}, result.opRange = op.range();
    result.operands = arena_.list<const Expr *>({inner});
    return node(result);
  }
  const Expr *result = primary(operand.rule<P::PrimaryContext>());
  while (operand.peek() != 0) result = postfix(operand.rule<P::PostfixContext>(), result);
  row.operand.reset();
  return result;
}

Expr AstBuilder::numberLiteral(Children &c) {
  Expr result{.kind = ExprKind::Number};
  const Token &digits = c.take();
  result.number = number(digits);
  if (!c.isAt(P::IDENT)) return result;
  const Token &unit = c.take();
  if (unit.startsLine)
    syntaxError(unit.range(), fmt::format("expected `,` after `{}`, found a name on the next line", digits.text));
  result.unit = ident(unit);
  return result;
}

const Expr *AstBuilder::primary(P::PrimaryContext *tree) {
  Children c = children(tree);
  Expr result{.kind = ExprKind::None};
  switch (c.peek()) {
  case P::INT:
  case P::REAL: result = numberLiteral(c); break;
  case P::STRING: result.kind = ExprKind::String, result.string = string(c.take()); break;
  case P::TRUE:
  case P::FALSE:
    result.kind = ExprKind::Bool, result.boolean = c.isAt(P::TRUE);
    c.take();
    break;
  case P::NONE: c.take(); break;
  case P::IDENT: result.kind = ExprKind::Name, result.name = ident(c.take()); break;
  case P::LPAREN: // the same node, with its parentheses
    c.take();
    result = *expr(c.rule<P::ExprContext>());
    c.take();
    break;
  default:
    c.take();
    result.kind = ExprKind::List;
    if (!c.isAt(P::RBRACK)) result = listItems(c.rule<P::ListItemsContext>());
    c.take();
  }
  result.range = c.range();
  return node(result);
}

Expr AstBuilder::listItems(P::ListItemsContext *tree) {
  Children c = children(tree);
  const Expr *first = expr(c.rule<P::ExprContext>());
  Expr result{.kind = ExprKind::List};
  if (c.isAt(P::FOR)) {
    Over loop = over(c.rule<P::OverContext>());
    result.kind = ExprKind::ListOver, result.name = loop.variable;
    Buffer<const Expr *> operands{first, loop.in};
    if (loop.condition) operands.push_back(loop.condition);
    result.operands = arena_.list<const Expr *>(operands);
    return result;
  }
  Buffer<ast::Element> elements{{first, c.accept(P::ELLIPSIS)}};
  while (c.accept(P::COMMA)) elements.push_back(element(c.rule<P::ElementContext>()));
  result.elements = arena_.list<ast::Element>(elements);
  return result;
}

const Expr *AstBuilder::postfix(P::PostfixContext *tree, const Expr *operand) {
  Children c = children(tree);
  Expr result{.kind = ExprKind::Member};
  const Token &op = c.take();
  if (op.type == P::DOT) result.name = ident(c.take()), result.operands = arena_.list<const Expr *>({operand});
  if (op.type == P::LBRACK) {
    result.kind = ExprKind::Index;
    result.operands = arena_.list<const Expr *>({operand, expr(c.rule<P::ExprContext>())});
    c.take();
  }
  if (op.type == P::LPAREN) result = call(c, operand);
  result.range = {operand->range.begin, c.range().end}, result.opRange = op.range();
  return node(result);
}

/// What follows the `(` of a call.
Expr AstBuilder::call(Children &c, const Expr *operand) {
  Expr result{.kind = ExprKind::Call};
  Buffer<const Expr *> operands{operand};
  if (!c.isAt(P::RPAREN)) {
    auto *tree = c.rule<P::ArgsContext>();
    result.args = args(tree);
    Children last = children(tree);
    last.rule<P::ArgContext>();
    if (last.isAt(P::FOR)) {
      Over loop = over(last.rule<P::OverContext>());
      const ast::Arg &term = result.args.front();
      if (term.name || term.value.label) syntaxError(loop.variable.range, "a term of `for` has no name and no label");
      result.kind = ExprKind::CallOver, result.name = loop.variable, result.args = {};
      operands.append({term.value.expr, loop.in});
      if (loop.condition) operands.push_back(loop.condition);
    }
  }
  c.take();
  result.operands = arena_.list<const Expr *>(operands);
  return result;
}

ast::List<ast::Arg> AstBuilder::args(P::ArgsContext *tree) {
  Children c = children(tree);
  Buffer<ast::Arg> result{arg(c.rule<P::ArgContext>())};
  while (c.accept(P::COMMA)) result.push_back(arg(c.rule<P::ArgContext>()));
  return arena_.list<ast::Arg>(result);
}

ast::Arg AstBuilder::arg(P::ArgContext *tree) {
  Children c = children(tree);
  const Expr *first = expr(c.rule<P::ExprContext>());
  if (c.accept(P::COLON)) return {nameOnly(first, "the name of a parameter"), value(c.rule<P::ValueContext>())};
  return {{}, {first, c.accept(P::AS) ? label(c.rule<P::LabelContext>()) : nullptr}};
}

/// The name before a `:`, which the grammar reads as an expression.
ast::Ident AstBuilder::nameOnly(const Expr *expr, std::string_view what) {
  if (expr->kind == ExprKind::Name) return expr->name;
  syntaxError(expr->range, fmt::format("expected {} before `:`, found an expression", what));
  return {};
}

AstBuilder::Over AstBuilder::over(P::OverContext *tree) {
  Children c = children(tree);
  c.take();
  Over result{ident(c.take()), nullptr, nullptr};
  c.take();
  result.in = expr(c.rule<P::ExprContext>());
  if (c.accept(P::IF)) result.condition = expr(c.rule<P::ExprContext>());
  return result;
}

ast::Value AstBuilder::value(P::ValueContext *tree) {
  Children c = children(tree);
  const Expr *what = expr(c.rule<P::ExprContext>());
  return {what, c.accept(P::AS) ? label(c.rule<P::LabelContext>()) : nullptr};
}

ast::Element AstBuilder::element(P::ElementContext *tree) {
  Children c = children(tree);
  const Expr *what = expr(c.rule<P::ExprContext>());
  return {what, c.accept(P::ELLIPSIS)};
}

ast::List<ast::Element> AstBuilder::shape(P::ShapeContext *tree) {
  Children c = children(tree);
  Buffer<ast::Element> result;
  for (c.take(); !c.accept(P::RBRACK); c.accept(P::COMMA)) result.push_back(element(c.rule<P::ElementContext>()));
  return arena_.list<ast::Element>(result);
}

const ast::Label *AstBuilder::label(P::LabelContext *tree) {
  Children c = children(tree);
  Buffer<ast::LabelSegment> segments;
  do segment(c.rule<P::SegmentContext>(), segments);
  while (c.accept(P::DOT));
  return arena_.make(ast::Label{arena_.list<ast::LabelSegment>(segments), c.range()});
}

/// `0.1` in `ffn.0.1` is one token and two segments.
void AstBuilder::segment(P::SegmentContext *tree, Buffer<ast::LabelSegment> &segments) {
  Children c = children(tree);
  ast::LabelSegment last{{}, nullptr, c.range()};
  if (!c.isAt(P::LBRACE)) {
    const Token &token = c.take();
    last = {token.text, nullptr, token.range()};
    size_t point = token.type == P::REAL ? token.text.find('.') : std::string_view::npos;
    if (point != std::string_view::npos) {
      SrcLoc middle{token.offset + static_cast<uint32_t>(point)};
      segments.push_back({token.text.substr(0, point), nullptr, {token.begin(), middle}});
      last = {token.text.substr(point + 1), nullptr, {{middle.offset + 1}, token.end()}};
    }
  }
  if (c.isAt(P::LBRACE)) {
    Children braced = children(c.rule<P::BracedContext>());
    braced.take();
    last.index = expr(braced.rule<P::ExprContext>());
    last.range.end = c.range().end;
  }
  segments.push_back(last);
}

} // namespace mdl::parse
