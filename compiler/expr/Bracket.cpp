//===- Bracket.cpp - [p >= 0] and the logic made of it --------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

/// The term that is not constant, if it is the only one and a product of brackets.
std::optional<Term> onlyBrackets(const Tables &t, llvm::ArrayRef<Term> terms) {
  std::optional<Term> only;
  for (const Term &term : terms) {
    if (term.factors.empty()) continue;
    bool brackets = llvm::all_of(term.factors, [&](Factor f) { return t[f.atom].atom.kind == AtomKind::NonNeg; });
    if (only || !brackets) return std::nullopt;
    only = term;
  }
  return only;
}

bool isNumber(llvm::ArrayRef<Term> terms) { return terms.empty() || (terms.size() == 1 && terms[0].factors.empty()); }

// [c*p >= 0] -> [p >= 0]; [p + c >= 0] -> [p + floor(c) >= 0] if p is an integer by its terms
llvm::SmallVector<Term, 8> primitive(const Tables &t, llvm::ArrayRef<Term> terms) {
  bool integral = hasIntegralMonomials(t, terms);
  Rational factor = commonFactor(terms, integral ? Constant::Skip : Constant::Take);
  llvm::SmallVector<Term, 8> result;
  for (const Term &term : terms) {
    Rational c = term.coefficient / factor;
    if (integral && term.factors.empty()) c = c.floor();
    if (!c.isZero()) result.push_back({c, term.factors});
  }
  return result;
}

} // namespace

// [m*p >= 0] -> [p >= 0] if m > 0. Rounding may remove the constant, and with it what kept the rest together.
ExprId ExprPool::withoutPositiveContent(ExprId a) {
  for (ExprId before = overflow(); a != before && !isOverflow(a);) {
    before = a;
    FactorList common = commonFactors(*tables_, a, [&](AtomId x) { return isPositive(*tables_, x); });
    FactorList down = reciprocal(common);
    a = mulByTerm(a, {1, down});
    if (!isNumber(terms(a))) a = tables_->intern(primitive(*tables_, terms(a)), Factors::InArena);
  }
  return a;
}

ExprId ExprPool::nonNeg(ExprId a) {
  if (ExprId *found = tables_->recent.find(RecentResults::NonNeg, a, {})) return *found;
  ExprId result = bracketOf(withoutPositiveContent(a));
  tables_->recent.keep(RecentResults::NonNeg, a, {}, result);
  return result;
}

ExprId ExprPool::bracketOf(ExprId a) {
  if (isOverflow(a)) return a;
  if (std::optional<Rational> value = asConstant(a)) return constant(value->sign() >= 0 ? 1 : 0);
  if (provesNonNeg(a)) return constant(1);
  if (provesNonNeg(sub(constant(-1), a))) return constant(0);
  if (std::optional<Term> only = onlyBrackets(*tables_, terms(a))) {
    // [k*b + c >= 0] -> [c >= 0] + b*([k + c >= 0] - [c >= 0]), b a product of brackets
    Rational c = constantTerm(terms(a));
    int atZero = c.sign() >= 0 ? 1 : 0, atOne = (only->coefficient + c).sign() >= 0 ? 1 : 0;
    return add(constant(atZero), scale(fromTerms(Term{1, only->factors}), atOne - atZero));
  }
  return makeAtom(AtomKind::NonNeg, {}, a);
}

// a == b -> [a - b >= 0]*[b - a >= 0]; 0 if the coefficients have a factor that the constant lacks
ExprId ExprPool::equal(ExprId a, ExprId b) {
  ExprId difference = sub(a, b);
  if (isOverflow(difference)) return difference;
  llvm::ArrayRef<Term> list = terms(difference);
  if (hasIntegralMonomials(*tables_, list) && !isNumber(list) &&
      !(constantTerm(list) / commonFactor(list, Constant::Skip)).isInteger())
    return constant(0);
  return mul(nonNeg(difference), nonNeg(negate(difference)));
}

ExprId ExprPool::logicalNot(ExprId a) { return sub(constant(1), a); }

ExprId ExprPool::logicalOr(ExprId a, ExprId b) { return sub(add(a, b), mul(a, b)); }

ExprId ExprPool::choose(ExprId condition, ExprId a, ExprId b) { return add(b, mul(condition, sub(a, b))); }

} // namespace mdl::expr
