//===- Reference.cpp - The slow and obvious meaning of expressions --------===//
#include "Reference.h"
#include <algorithm>

namespace mdl::expr::reference {

namespace {

using Value = std::optional<Rational>;

Value defined(Rational value) { return value.isOverflow() ? Value() : Value(value); }
Rational truth(bool value) { return value ? 1 : 0; }

Value quotient(Rational a, Rational b) { return b.isZero() ? Value() : defined(a / b); }

Value floorOf(Value a) { return a ? defined(a->floor()) : a; }
Value ceilOf(Value a) { return a ? defined(-(-*a).floor()) : a; }

Value modulo(Rational a, Rational b) {
  Value q = floorOf(quotient(a, b));
  return q ? defined(a - b * *q) : q;
}

Value power(Rational base, Rational exponent) {
  if (!exponent.isInteger() || (base.isZero() && exponent.sign() < 0)) return {};
  if (base.isZero() || base.isOne()) return exponent.isZero() ? Rational(1) : base;
  if (abs(exponent.num()) > 200) return {};
  Rational result = 1;
  for (Int i = 0; i < abs(exponent.num()); i += 1) result = result * base;
  return defined(exponent.sign() < 0 ? 1 / result : result);
}

Value argMin(std::span<const Rational> values, unsigned length) {
  size_t best = 0;
  for (size_t at = length; at < values.size(); at += length)
    for (size_t i = 0; i < length; ++i) {
      if (values[at + i] < values[best + i]) best = at;
      if (values[at + i] != values[best + i]) break;
    }
  return Rational(Int(best / length));
}

Value sum(const Tree &tree, std::vector<Rational> &symbols) {
  Value lo = evaluate(tree.args[0], symbols), hi = evaluate(tree.args[1], symbols);
  if (!lo || !hi) return {};
  Rational saved = symbols[tree.symbol];
  Value total = Rational(0);
  for (Rational i = *lo; i < *hi && total; i = i + 1) {
    symbols[tree.symbol] = i;
    Value turn = evaluate(tree.args[2], symbols);
    total = turn ? defined(*total + *turn) : turn;
  }
  symbols[tree.symbol] = saved;
  return total;
}

} // namespace

Value apply(Op op, std::span<const Rational> x, unsigned rowLength) {
  switch (op) {
  case Op::Add: return defined(x[0] + x[1]);
  case Op::Sub: return defined(x[0] - x[1]);
  case Op::Mul: return defined(x[0] * x[1]);
  case Op::Div: return quotient(x[0], x[1]);
  case Op::Floor: return floorOf(x[0]);
  case Op::Ceil: return ceilOf(x[0]);
  case Op::FloorDiv: return floorOf(quotient(x[0], x[1]));
  case Op::CeilDiv: return ceilOf(quotient(x[0], x[1]));
  case Op::Mod: return modulo(x[0], x[1]);
  case Op::Min: return std::min(x[0], x[1]);
  case Op::Max: return std::max(x[0], x[1]);
  case Op::LessEq: return truth(x[0] <= x[1]);
  case Op::Less: return truth(x[0] < x[1]);
  case Op::Equal: return truth(x[0] == x[1]);
  case Op::NotEqual: return truth(x[0] != x[1]);
  case Op::And: return truth(!x[0].isZero() && !x[1].isZero());
  case Op::Or: return truth(!x[0].isZero() || !x[1].isZero());
  case Op::Not: return truth(x[0].isZero());
  case Op::Choose: return x[0].isZero() ? x[2] : x[1];
  case Op::Pow: return power(x[0], x[1]);
  case Op::ArgMin: return argMin(x, rowLength);
  case Op::Const:
  case Op::Symbol:
  case Op::Sum: break;
  }
  return {};
}

Value evaluate(const Tree &tree, std::vector<Rational> &symbols) {
  if (tree.op == Op::Const) return tree.value;
  if (tree.op == Op::Symbol) return symbols[tree.symbol];
  if (tree.op == Op::Sum) return sum(tree, symbols);
  std::vector<Rational> args;
  for (const Tree &arg : tree.args) {
    Value value = evaluate(arg, symbols);
    if (!value) return {};
    args.push_back(*value);
  }
  return apply(tree.op, args, tree.rowLength);
}

} // namespace mdl::expr::reference
