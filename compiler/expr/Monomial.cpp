//===- Monomial.cpp - Products of factors ---------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int64_t kMaxPower = 1 << 20;

// [p >= 0]^k -> [p >= 0]; a^0 -> 1
bool appendPower(const Tables &tables, AtomId atom, int64_t power, llvm::SmallVectorImpl<Factor> &out) {
  if (power == 0) return true;
  if (power > kMaxPower || power < -kMaxPower) return false;
  if (tables[atom].atom.kind == AtomKind::NonNeg) power = 1;
  out.push_back({atom, static_cast<int32_t>(power)});
  return true;
}

} // namespace

bool multiply(const Tables &tables, llvm::ArrayRef<Factor> a, llvm::ArrayRef<Factor> b,
              llvm::SmallVectorImpl<Factor> &out) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    int c = compareAtoms(tables, a[i].atom, b[j].atom);
    if (c < 0) out.push_back(a[i++]);
    else if (c > 0) out.push_back(b[j++]);
    else if (!appendPower(tables, a[i].atom, int64_t{a[i].power} + b[j].power, out)) return false;
    else ++i, ++j;
  }
  out.append(a.begin() + static_cast<ptrdiff_t>(i), a.end());
  out.append(b.begin() + static_cast<ptrdiff_t>(j), b.end());
  return true;
}

int32_t powerOf(llvm::ArrayRef<Factor> factors, AtomId atom) {
  for (Factor factor : factors)
    if (factor.atom == atom) return factor.power;
  return 0;
}

FactorList without(llvm::ArrayRef<Factor> factors, AtomId atom) {
  FactorList rest;
  llvm::copy_if(factors, std::back_inserter(rest), [&](Factor f) { return f.atom != atom; });
  return rest;
}

FactorList reciprocal(llvm::ArrayRef<Factor> factors) {
  FactorList result(factors);
  for (Factor &factor : result) factor.power = -factor.power;
  return result;
}

FactorList commonFactors(const Tables &tables, ExprId e, llvm::function_ref<bool(AtomId)> take) {
  FactorList lowest;
  for (const Term &term : tables.terms(e))
    for (Factor factor : term.factors)
      if (take(factor.atom) && powerOf(lowest, factor.atom) == 0) lowest.push_back(factor);
  for (Factor &factor : lowest)
    for (const Term &term : tables.terms(e)) factor.power = std::min(factor.power, powerOf(term.factors, factor.atom));
  llvm::erase_if(lowest, [](Factor f) { return f.power == 0; });
  llvm::sort(lowest, [&](Factor a, Factor b) { return compareAtoms(tables, a.atom, b.atom) < 0; });
  return lowest;
}

} // namespace mdl::expr
