//===- Floor.cpp - floor, ceiling, remainder ------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

using TermList = llvm::SmallVector<Term, 8>;

/// An argument of floor: what leaves it and what stays.
struct Parts {
  TermList whole;
  TermList rest;
  bool integralMonomials = true; ///< of the rest
};

// floor(c*m + p) -> k*m + floor((c-k)*m + p) with k = floor(c) if m is integral
Parts split(const Tables &t, llvm::ArrayRef<Term> terms) {
  Parts parts;
  for (const Term &term : terms) {
    if (!t.isIntegral(term.factors)) {
      parts.integralMonomials = false;
      parts.rest.push_back(term);
      continue;
    }
    Int k = term.coefficient.floor();
    Rational fraction = term.coefficient - k;
    if (!k.isZero()) parts.whole.push_back({k, term.factors});
    if (!fraction.isZero()) parts.rest.push_back({fraction, term.factors});
  }
  return parts;
}

// floor(p/D + c) -> floor((p + floor(D*c))/D) if p is an integer combination of integral monomials
void roundConstant(TermList &rest) {
  Int d = commonDenominator(rest, Constant::Skip);
  for (Term &term : rest)
    if (term.factors.empty()) term.coefficient = {(term.coefficient * d).floor(), d};
  llvm::erase_if(rest, [](const Term &term) { return term.coefficient.isZero(); });
}

bool isFloor(const Tables &t, const Term &term) {
  return term.factors.size() == 1 && term.factors[0].power == 1 && t[term.factors[0].atom].atom.kind == AtomKind::Floor;
}

/// The place of the only `floor(q)` with coefficient 1/D, D the common denominator.
std::optional<size_t> nestedFloor(const Tables &t, llvm::ArrayRef<Term> rest) {
  Rational unit(1, commonDenominator(rest, Constant::Take));
  std::optional<size_t> found;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (!isFloor(t, rest[i]) || rest[i].coefficient != unit) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

} // namespace

ExprId ExprPool::floor(ExprId a) {
  if (isOverflow(a) || isIntegral(a)) return a;
  if (ExprId *found = tables_->recent.find(RecentResults::Floor, a, {})) return *found;
  ExprId result = floorOfFraction(a);
  tables_->recent.keep(RecentResults::Floor, a, {}, result);
  return result;
}

ExprId ExprPool::floorOfFraction(ExprId a) {
  Parts parts = split(*tables_, terms(a));
  if (parts.integralMonomials) roundConstant(parts.rest);
  ExprId whole = tables_->intern(parts.whole, Factors::InArena), rest = tables_->intern(parts.rest, Factors::InArena);

  Rational constantPart = constantTerm(terms(rest));
  ExprId variable = sub(rest, constant(constantPart));
  if (isIntegral(variable)) return add(add(whole, variable), constant(constantPart.floor()));

  if (std::optional<size_t> at = parts.integralMonomials ? nestedFloor(*tables_, parts.rest) : std::nullopt) {
    Term inner = parts.rest[*at];
    ExprId argument = atom(inner.factors[0].atom).args[0];
    ExprId others = sub(rest, fromTerms(inner));
    return add(whole, floor(add(others, scale(argument, inner.coefficient))));
  }
  return add(whole, makeAtom(AtomKind::Floor, {}, rest));
}

// ceil(p/D) -> floor((p + D - 1)/D) if p is an integer combination of integral monomials
ExprId ExprPool::ceil(ExprId a) {
  if (isOverflow(a) || isIntegral(a)) return a;
  if (!hasIntegralMonomials(*tables_, terms(a))) return negate(floor(negate(a)));
  Int d = commonDenominator(terms(a), Constant::Take);
  return floor(add(a, constant({d - 1, d})));
}

ExprId ExprPool::mod(ExprId a, ExprId b) { return sub(a, mul(b, floor(div(a, b)))); }

} // namespace mdl::expr
