//===- Power.cpp - base ^ exponent ----------------------------------------===//
#include "Tables.h"

namespace mdl::expr {

// (c*m)^k term by term, so that a large power of one symbol costs nothing; a sum by repeated squaring.
ExprId ExprPool::powInteger(ExprId base, uint64_t exponent) {
  if (exponent == 1 || isOverflow(base)) return base;
  if (terms(base).size() > 1 && exponent >= kMaxTerms) return overflow();
  ExprId result = constant(1);
  for (; exponent != 0 && !isOverflow(result); exponent >>= 1) {
    if (exponent & 1) result = mul(result, base);
    if (exponent > 1) base = mul(base, base);
  }
  return result;
}

// b^k -> b*b*... or (1/b)*(1/b)*..., k a constant integer
ExprId ExprPool::pow(ExprId base, ExprId exponent) {
  if (isOverflow(base) || isOverflow(exponent)) return overflow();
  if (base == constant(1)) return base;
  std::optional<Int> k = asInteger(exponent);
  if (!k) return makeAtom(AtomKind::Power, {}, {base, exponent});
  if (k->isZero()) return constant(1);
  if (k->sign() < 0) base = div(constant(1), base);
  if (base == constant(-1)) return constant(floorMod(*k, 2).isOne() ? -1 : 1);
  if (!k->fitsInt64()) return base.index == 0 ? base : overflow();
  return powInteger(base, static_cast<uint64_t>(abs(*k).toInt64()));
}

} // namespace mdl::expr
