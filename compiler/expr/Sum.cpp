//===- Sum.cpp - Sums over an index: polynomials and the rest -------------===//
#include "Summation.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int64_t kMaxTurnsWrittenOut = 64;
constexpr int32_t kMaxPolynomialPower = 16;
constexpr int kMaxTries = 128;

struct Fraction {
  int num;
  int den;
};
/// Bernoulli's numbers B_0 .. B_16, with B_1 = -1/2.
constexpr Fraction kBernoulli[kMaxPolynomialPower + 1] = {{1, 1},       {-1, 2}, {1, 6},   {0, 1}, {-1, 30},    {0, 1},
                                                          {1, 42},      {0, 1},  {-1, 30}, {0, 1}, {5, 66},     {0, 1},
                                                          {-691, 2730}, {0, 1},  {7, 6},   {0, 1}, {-3617, 510}};

} // namespace

bool Summation::dependsOnIndex(const Range &range, Factor factor) const {
  return pool_.dependsOn(pool_.atomExpr(factor.atom), range.index);
}

// sum(c*f + d*g) -> c*sum(f) + d*sum(g)
Summation::Groups Summation::groupsOf(const Range &range, ExprId body) const {
  Groups groups;
  for (const Term &term : pool_.terms(body)) {
    FactorList inside, outside;
    for (Factor f : term.factors) (dependsOnIndex(range, f) ? inside : outside).push_back(f);
    auto *group = llvm::find_if(groups, [&](const Group &g) { return g.factors == inside; });
    if (group == groups.end()) {
      groups.push_back({inside, {}});
      group = groups.end() - 1;
    }
    llvm::ArrayRef<Factor> kept = outside;
    group->rest.push_back({term.coefficient, kept.empty() ? kept : kept.copy(pool_.tables_->arena)});
  }
  return groups;
}

ExprId Summation::sum(const Range &range, ExprId body) {
  Range whole = range;
  if (!pool_.provesNonNeg(pool_.sub(range.hi, range.lo))) whole.hi = pool_.max({range.lo, range.hi});
  llvm::SmallVector<ExprId, 8> parts;
  for (const Group &group : groupsOf(range, body)) {
    tries_ = kMaxTries;
    std::optional<ExprId> closed = closeGroup(whole, group, 0);
    ExprId product = pool_.fromTerms(Term{1, group.factors});
    parts.push_back(pool_.mul(pool_.fromTerms(group.rest), closed ? *closed : leaveOpen(range, product)));
  }
  return pool_.add(parts);
}

std::optional<ExprId> Summation::close(const Range &range, ExprId body, int depth) {
  if (--tries_ < 0 || pool_.isOverflow(body)) return std::nullopt;
  llvm::SmallVector<ExprId, 8> parts;
  for (const Group &group : groupsOf(range, body)) {
    std::optional<ExprId> closed = closeGroup(range, group, depth);
    if (!closed) return std::nullopt;
    parts.push_back(pool_.mul(pool_.fromTerms(group.rest), *closed));
  }
  return pool_.add(parts);
}

std::optional<ExprId> Summation::closeGroup(const Range &range, const Group &group, int depth) {
  if (std::optional<int32_t> power = powerOfIndex(group)) return powerSum(range, *power);
  std::optional<Factor> factor = factorToSplit(range, group);
  return factor ? split(range, group, *factor, depth) : std::nullopt;
}

// A few turns are written out; else a Sum atom.
ExprId Summation::leaveOpen(const Range &range, ExprId body) {
  std::optional<Int> turns = pool_.asInteger(pool_.sub(range.hi, range.lo));
  if (!turns || *turns > kMaxTurnsWrittenOut)
    return pool_.makeAtom(AtomKind::Sum, range.index, {range.lo, range.hi, body});
  llvm::SmallVector<ExprId, 16> values;
  for (int64_t i = 0; i < turns->toInt64(); ++i)
    values.push_back(pool_.substitute(body, range.index, pool_.add(range.lo, pool_.constant(i))));
  return pool_.add(values);
}

std::optional<int32_t> Summation::powerOfIndex(const Group &group) const {
  if (group.factors.empty()) return 0;
  Factor only = group.factors[0];
  bool isIndex = group.factors.size() == 1 && pool_.atom(only.atom).kind == AtomKind::Symbol;
  return isIndex && only.power > 0 && only.power <= kMaxPolynomialPower ? std::optional(only.power) : std::nullopt;
}

ExprId Summation::powerSum(const Range &range, int32_t power) {
  return pool_.sub(powerSumUpTo(range.hi, power), powerSumUpTo(range.lo, power));
}

// Faulhaber: the sum of i^k for i in 0..n is the sum over j <= k of C(k+1, j)*B_j*n^(k+1-j), over k + 1.
ExprId Summation::powerSumUpTo(ExprId n, int32_t k) {
  llvm::SmallVector<ExprId, 8> parts;
  Rational choose = 1;
  for (int32_t j = 0; j <= k; ++j) {
    Rational bernoulli(kBernoulli[j].num, kBernoulli[j].den);
    if (!bernoulli.isZero())
      parts.push_back(pool_.scale(pool_.pow(n, pool_.constant(k + 1 - j)), choose * bernoulli / Rational(k + 1)));
    choose = choose * Rational(k + 1 - j, j + 1);
  }
  return pool_.add(parts);
}

ExprId ExprPool::sum(SymbolId index, ExprId lo, ExprId hi, ExprId body) {
  if (isOverflow(lo) || isOverflow(hi) || isOverflow(body)) return overflow();
  if (provesNonNeg(sub(lo, hi))) return {};
  return Summation(*this).sum({index, lo, hi}, body);
}

} // namespace mdl::expr
