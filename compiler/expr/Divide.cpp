//===- Divide.cpp - Exact quotients ---------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int kMaxDivisionSteps = 64;

AtomKind kindOf(const Tables &t, Factor factor) { return t[factor.atom].atom.kind; }

/// The first reciprocal of a sum among the factors of `e`, with its highest power there.
std::optional<Factor> inverseIn(const Tables &t, llvm::ArrayRef<Term> terms) {
  std::optional<Factor> found;
  for (const Term &term : terms)
    for (Factor f : term.factors)
      if (kindOf(t, f) == AtomKind::Inverse && (!found || (f.atom == found->atom && f.power > found->power))) found = f;
  return found;
}

bool isPolynomial(llvm::ArrayRef<Factor> factors) {
  return llvm::all_of(factors, [](Factor f) { return f.power > 0; });
}

} // namespace

ExprId ExprPool::div(ExprId a, ExprId b) {
  if (isOverflow(a) || isOverflow(b) || b.index == 0) return overflow();
  if (a == b) return constant(1);
  if (terms(b).size() == 1) return divByTerm(a, terms(b)[0]);
  return divBySum(a, b);
}

// x / (c*m) -> (1/c)*x*m^-1; [p >= 0] is 1 where it divides; 1/(1/s) -> s
ExprId ExprPool::divByTerm(ExprId a, Term by) {
  FactorList inverted;
  for (Factor factor : by.factors) {
    AtomKind kind = kindOf(*tables_, factor);
    if (kind == AtomKind::Inverse) a = mulByArgument(a, factor.atom, factor.power);
    if (kind != AtomKind::Inverse && kind != AtomKind::NonNeg) inverted.push_back({factor.atom, -factor.power});
  }
  if (isOverflow(a)) return a;
  return a.index == 0 ? a : mulByTerm(a, {1 / by.coefficient, inverted});
}

// x / s -> q if x = q*s; else x*c*m*(1/t) with s = t/(c*m)
ExprId ExprPool::divBySum(ExprId a, ExprId b) {
  while (std::optional<Factor> inverse = inverseIn(*tables_, terms(b))) {
    a = mulByArgument(a, inverse->atom, inverse->power);
    b = mulByArgument(b, inverse->atom, inverse->power);
    if (isOverflow(a) || isOverflow(b)) return overflow();
  }
  if (terms(b).size() < 2) return div(a, b);
  Term content{terms(b)[0].coefficient, {}};
  FactorList common = commonFactors(*tables_, b, [](AtomId) { return true; });
  content.factors = common;
  FactorList downCommon = reciprocal(common);
  a = divByTerm(a, content);
  b = mulByTerm(b, {1 / content.coefficient, downCommon});
  if (isOverflow(a) || isOverflow(b)) return overflow();
  if (terms(b).size() < 2) return div(a, b);
  if (std::optional<ExprId> quotient = divExactly(a, b)) return *quotient;
  return mul(a, makeAtom(AtomKind::Inverse, {}, b));
}

// Multiplies by s^times where 1/s is `inverse`: its powers go down first, so (x/s)*s is x.
ExprId ExprPool::mulByArgument(ExprId a, AtomId inverse, int32_t times) {
  llvm::SmallVector<ExprId, 8> products;
  for (const Term &term : terms(a)) {
    int32_t power = powerOf(term.factors, inverse), cancelled = std::min(power, times);
    FactorList factors(term.factors);
    for (Factor &factor : factors)
      if (factor.atom == inverse) factor.power -= cancelled;
    llvm::erase_if(factors, [](Factor f) { return f.power == 0; });
    ExprId rest = fromTerms(Term{term.coefficient, factors});
    products.push_back(mul(rest, powInteger(atom(inverse).args[0], static_cast<uint64_t>(times - cancelled))));
  }
  return add(products);
}

// The leading term of what is left, over that of `b`, must be a term of the quotient.
std::optional<ExprId> ExprPool::divExactly(ExprId a, ExprId b) {
  FactorList content = commonFactors(*tables_, a, [](AtomId) { return true; });
  Term lead = terms(b)[0];
  FactorList downLead = reciprocal(lead.factors), downContent = reciprocal(content);
  ExprId left = mulByTerm(a, {1, downContent}), quotient;
  for (int step = 0; step < kMaxDivisionSteps && left.index != 0; ++step) {
    if (isOverflow(left)) return std::nullopt;
    FactorList factors;
    if (!multiply(*tables_, terms(left)[0].factors, downLead, factors) || !isPolynomial(factors)) return std::nullopt;
    ExprId term = fromTerms(Term{terms(left)[0].coefficient / lead.coefficient, factors});
    quotient = add(quotient, term);
    left = sub(left, mul(term, b));
  }
  if (left.index != 0 || isOverflow(quotient)) return std::nullopt;
  return mulByTerm(quotient, {1, content});
}

} // namespace mdl::expr
