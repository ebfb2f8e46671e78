#include "Operators.h"
#include "MdlLexer.h"
#include <cassert>

namespace mdl::parse {

using ast::ExprKind;
using ast::Op;
using grammar::MdlLexer;

static constexpr InfixOperator kInfix[] = {
    {MdlLexer::OR, ExprKind::Binary, Op::Or, 1, Assoc::Left},
    {MdlLexer::AND, ExprKind::Binary, Op::And, 2, Assoc::Left},
    {MdlLexer::EQ, ExprKind::Binary, Op::Eq, 4, Assoc::None},
    {MdlLexer::NE, ExprKind::Binary, Op::Ne, 4, Assoc::None},
    {MdlLexer::LT, ExprKind::Binary, Op::Lt, 4, Assoc::None},
    {MdlLexer::LE, ExprKind::Binary, Op::Le, 4, Assoc::None},
    {MdlLexer::GT, ExprKind::Binary, Op::Gt, 4, Assoc::None},
    {MdlLexer::GE, ExprKind::Binary, Op::Ge, 4, Assoc::None},
    {MdlLexer::DIVIDES, ExprKind::Binary, Op::Divides, 4, Assoc::None},
    {MdlLexer::IN, ExprKind::Binary, Op::In, 4, Assoc::None},
    {MdlLexer::TO, ExprKind::Range, Op::Add, 5, Assoc::None},
    {MdlLexer::THROUGH, ExprKind::Range, Op::Add, 5, Assoc::None},
    {MdlLexer::PLUS, ExprKind::Binary, Op::Add, 6, Assoc::Left},
    {MdlLexer::MINUS, ExprKind::Binary, Op::Sub, 6, Assoc::Left},
    {MdlLexer::STAR, ExprKind::Binary, Op::Mul, 7, Assoc::Left},
    {MdlLexer::SLASH, ExprKind::Binary, Op::Div, 7, Assoc::Left},
    {MdlLexer::PERCENT, ExprKind::Binary, Op::Mod, 7, Assoc::Left},
    {MdlLexer::CARET, ExprKind::Binary, Op::Pow, 9, Assoc::Right},
};

const InfixOperator &infixOperator(TokenType token) {
  for (const InfixOperator &row : kInfix)
    if (row.token == token) return row;
  assert(false && "not an infix operator");
  return kInfix[0];
}

int prefixPrecedence(TokenType token) { return token == MdlLexer::NOT ? 3 : 8; }

} // namespace mdl::parse
