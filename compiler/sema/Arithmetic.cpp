//===- Arithmetic.cpp - Operators on numbers and their units --------------===//
#include "Check.h"

namespace mdl::sema {

using ast::Op;

Value Checker::evalUnary(const ast::Expr *expr, Env env) {
  Value value = eval(expr->operands[0], env);
  if (value.isError() || !wantNumber(value, expr->op == Op::Not ? "`not`" : "`-`", expr->operands[0]->range))
    return errorValue();
  if (expr->op == Op::Not) return boolValue(pool_.logicalNot(value.number));
  return numberValue(pool_.negate(value.number), value.unit);
}

Value Checker::evalBinary(const ast::Expr *expr, Env env) {
  if (expr->op == Op::And || expr->op == Op::Or) return evalLogic(expr, env);
  if (expr->op == Op::In) return evalIn(expr, env);
  Value a = eval(expr->operands[0], env);
  // A bare name beside a case is a case of the same enum: `mode == base`.
  const ast::Expr *right = expr->operands[1];
  if (a.kind == ValueKind::Case) {
    ast::Type type{ast::TypeKind::Named, a.enumeration->name, false, {}, {}, nullptr, right->range};
    Value b = evalExpected(right, env, &type);
    return b.isError() ? b : evalEquality(expr, a, b);
  }
  Value b = eval(right, env);
  if (a.isError() || b.isError()) return errorValue();
  switch (expr->op) {
  case Op::Eq:
  case Op::Ne: return evalEquality(expr, a, b);
  case Op::Lt:
  case Op::Le:
  case Op::Gt:
  case Op::Ge: return compareOrder(expr, a, b);
  case Op::Add:
    if (a.isList() && b.isList()) {
      llvm::SmallVector<Value> both(a.list->elements);
      both.append(b.list->elements.begin(), b.list->elements.end());
      return makeList(both);
    }
    return additive(expr, a, b);
  case Op::Sub: return additive(expr, a, b);
  case Op::Pow: return power(expr, a, b);
  default: return multiplicative(expr, a, b);
  }
}

/// `and`, `or`: the right side is not looked at when the left one decides.
Value Checker::evalLogic(const ast::Expr *expr, Env env) {
  Value a = eval(expr->operands[0], env);
  std::string_view name = expr->op == Op::And ? "`and`" : "`or`";
  if (a.isError() || !wantNumber(a, name, expr->operands[0]->range)) return errorValue();
  Truth known = facts_->decide(a.number);
  if (known == (expr->op == Op::And ? Truth::False : Truth::True))
    return boolValue(pool_.constant(expr->op == Op::And ? 0 : 1));
  Value b = eval(expr->operands[1], env);
  if (b.isError() || !wantNumber(b, name, expr->operands[1]->range)) return errorValue();
  if (known != Truth::Open) return boolValue(b.number);
  return boolValue(expr->op == Op::And ? pool_.mul(a.number, b.number) : pool_.logicalOr(a.number, b.number));
}

std::optional<ExprId> Checker::equalCondition(const Value &a, const Value &b) {
  if (a.isNumber() && b.isNumber()) return pool_.equal(a.number, b.number);
  if (a.isList() && b.isList()) {
    if (a.list->elements.size() != b.list->elements.size()) return pool_.constant(0);
    ExprId all = pool_.constant(1);
    for (size_t i = 0; i < a.list->elements.size(); ++i) {
      auto each = equalCondition(a.list->elements[i], b.list->elements[i]);
      if (!each) return std::nullopt;
      all = pool_.mul(all, *each);
    }
    return all;
  }
  if (a.kind != b.kind || a.isTensor()) return std::nullopt;
  return pool_.constant(sameValue(a, b) ? 1 : 0);
}

Value Checker::evalEquality(const ast::Expr *expr, Value a, Value b) {
  if (a.isNumber() && b.isNumber() && !agreeUnits("compare", expr, a, b)) return errorValue();
  auto condition = equalCondition(a, b);
  if (!condition) {
    error(DiagId::TypeMismatch, expr->range, {"`==`", "two values of one kind", show(a) + " and " + show(b)})
        .relate(expr->operands[0]->range)
        .relate(expr->operands[1]->range);
    return errorValue();
  }
  return boolValue(expr->op == Op::Eq ? *condition : pool_.logicalNot(*condition));
}

Value Checker::evalIn(const ast::Expr *expr, Env env) {
  Value a = eval(expr->operands[0], env), in = eval(expr->operands[1], env);
  if (a.isError() || in.isError()) return errorValue();
  if (in.kind == ValueKind::Range) {
    if (!wantNumber(a, "`in`", expr->operands[0]->range)) return errorValue();
    ExprId last = in.inclusive ? in.end : pool_.sub(in.end, pool_.constant(1));
    return boolValue(pool_.mul(pool_.nonNeg(pool_.sub(a.number, in.number)), pool_.nonNeg(pool_.sub(last, a.number))));
  }
  if (!in.isList()) {
    error(DiagId::TypeMismatch, expr->operands[1]->range, {"`in`", "a list or a range", show(in)});
    return errorValue();
  }
  ExprId none = pool_.constant(1); // the product of "not this one": right also when elements repeat
  for (const Value &element : in.list->elements) {
    auto same = equalCondition(a, element);
    if (!same) {
      error(DiagId::TypeMismatch, expr->range, {"`in`", "values of one kind", show(a) + " and " + show(element)});
      return errorValue();
    }
    none = pool_.mul(none, pool_.logicalNot(*same));
  }
  return boolValue(pool_.logicalNot(none));
}

Value Checker::compareOrder(const ast::Expr *expr, Value a, Value b) {
  if (!wantNumber(a, "a comparison", expr->operands[0]->range) ||
      !wantNumber(b, "a comparison", expr->operands[1]->range) || !agreeUnits("compare", expr, a, b))
    return errorValue();
  bool less = expr->op == Op::Lt || expr->op == Op::Le, strict = expr->op == Op::Lt || expr->op == Op::Gt;
  ExprId difference = less ? pool_.sub(b.number, a.number) : pool_.sub(a.number, b.number);
  if (!strict) return boolValue(pool_.nonNeg(difference));
  return boolValue(
      pool_.logicalNot(pool_.nonNeg(pool_.negate(difference)))); // a < b is not (a >= b), also for fractions
}

static std::string_view verbOf(Op op) {
  switch (op) {
  case Op::Add: return "add";
  case Op::Sub: return "subtract";
  default: return "compare";
  }
}

/// A plain number takes on a counting unit; all other units must be the same.
bool Checker::agreeUnits(std::string_view verb, const ast::Expr *at, Value &a, Value &b) {
  if (a.unit == b.unit) return true;
  if (a.unit.isPlain() && units_.isCounting(b.unit)) return a.unit = b.unit, true;
  if (b.unit.isPlain() && units_.isCounting(a.unit)) return b.unit = a.unit, true;
  auto describe = [&](const ast::Expr *operand, const Value &value) {
    return "`" + std::string(operand ? source(operand->range) : "") + "` (" +
           (value.unit.isPlain() ? "a plain number" : units_.print(value.unit)) + ")";
  };
  bool binary = at->operands.size() >= 2;
  const ast::Expr *left = binary ? at->operands[at->operands.size() - 2] : at;
  const ast::Expr *right = binary ? at->operands[at->operands.size() - 1] : at;
  error(DiagId::UnitMismatch, at->opRange.isValid() ? at->opRange : at->range,
        {std::string(verb), describe(left, a), describe(right, b)})
      .relate(left->range)
      .relate(right->range);
  return false;
}

Value Checker::additive(const ast::Expr *expr, Value a, Value b) {
  if (!wantNumber(a, expr->op == Op::Add ? "`+`" : "`-`", expr->operands[0]->range) ||
      !wantNumber(b, expr->op == Op::Add ? "`+`" : "`-`", expr->operands[1]->range) ||
      !agreeUnits(verbOf(expr->op), expr, a, b))
    return errorValue();
  ExprId result = expr->op == Op::Add ? pool_.add(a.number, b.number) : pool_.sub(a.number, b.number);
  return number(result, a.unit, expr->range);
}

bool Checker::nonZero(ExprId id, SrcRange range) {
  if (auto constant = pool_.asConstant(id)) {
    if (!constant->isZero()) return true;
    error(DiagId::DivisionByZero, range);
    return false;
  }
  ExprId one = pool_.constant(1);
  if (facts_->nonNeg(pool_.sub(id, one)) == Truth::True ||
      facts_->nonNeg(pool_.sub(pool_.negate(id), one)) == Truth::True)
    return true;
  if (!pool_.isIntegral(id) && facts_->nonNeg(id) == Truth::True && pool_.terms(id).size() == 1)
    return true; // a positive ratio
  error(DiagId::MaybeZero, range, {show(id)})
      .hint("state that it is at least 1: `require " + std::string(source(range)) + " >= 1`");
  return false;
}

Value Checker::multiplicative(const ast::Expr *expr, Value a, Value b) {
  std::string_view symbol = expr->op == Op::Mul   ? "`*`"
                            : expr->op == Op::Div ? "`/`"
                            : expr->op == Op::Mod ? "`%`"
                                                  : "`divides`";
  if (!wantNumber(a, symbol, expr->operands[0]->range) || !wantNumber(b, symbol, expr->operands[1]->range))
    return errorValue();
  if (expr->op == Op::Mul) return number(pool_.mul(a.number, b.number), units_.multiply(a.unit, b.unit), expr->range);
  bool divides = expr->op == Op::Divides;
  const ast::Expr *divisor = expr->operands[divides ? 0 : 1];
  if (!nonZero(divides ? a.number : b.number, divisor->range)) return errorValue();
  if (expr->op == Op::Div) return number(pool_.div(a.number, b.number), units_.divide(a.unit, b.unit), expr->range);
  if (!agreeUnits("divide", expr, a, b)) return errorValue();
  if (expr->op == Op::Mod) return number(pool_.mod(a.number, b.number), a.unit, expr->range);
  return boolValue(pool_.equal(pool_.mod(b.number, a.number), pool_.constant(0)));
}

Value Checker::power(const ast::Expr *expr, Value a, Value b) {
  if (!wantNumber(a, "`^`", expr->operands[0]->range) || !wantNumber(b, "`^`", expr->operands[1]->range))
    return errorValue();
  auto constant = pool_.asInteger(b.number);
  if (!b.unit.isPlain() && !units_.isCounting(b.unit)) {
    error(DiagId::BadExponent, expr->operands[1]->range,
          {"an exponent is a plain number, found `" + showQuantity(b) + "`"});
    return errorValue();
  }
  if (!constant && !a.unit.isPlain() && !units_.isCounting(a.unit)) {
    error(DiagId::BadExponent, expr->operands[1]->range, {"the exponent of a quantity is a constant"});
    return errorValue();
  }
  if (!constant && !facts_->isInteger(b.number)) {
    error(DiagId::NotInteger, expr->operands[1]->range, {show(b.number)});
    return errorValue();
  }
  if (constant && abs(*constant) > Int(1024)) {
    error(DiagId::BadExponent, expr->operands[1]->range, {"an exponent is at most 1024, found " + toString(*constant)});
    return errorValue();
  }
  if (constant && constant->sign() < 0 && !nonZero(a.number, expr->operands[0]->range)) return errorValue();
  UnitId unit = a.unit;
  if (constant) unit = units_.power(a.unit, static_cast<int>(constant->toInt64()));
  else unit = {};
  return number(pool_.pow(a.number, b.number), unit, expr->range);
}

} // namespace mdl::sema
