//===- SumSplit.cpp - Sums split at a sign change, or by residues ---------===//
#include "Summation.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int kMaxSplits = 6;
constexpr int kMaxModulus = 64;

/// Brackets and maxima go first: they leave ranges, over which a floor then is periodic.
int priority(AtomKind kind) {
  switch (kind) {
  case AtomKind::NonNeg: return 1;
  case AtomKind::Max: return 2;
  case AtomKind::Floor: return 3;
  case AtomKind::Symbol: return 4;
  case AtomKind::Power:
  case AtomKind::Inverse:
  case AtomKind::Sum:
  case AtomKind::ArgMin: break;
  }
  return 0;
}

} // namespace

/// The factor to get rid of first; nullopt if one of them can never go.
std::optional<Factor> Summation::factorToSplit(const Range &range, const Group &group) const {
  std::optional<Factor> best;
  int bestPriority = 4;
  for (Factor f : group.factors) {
    int p = priority(pool_.atom(f.atom).kind);
    if (p == 0 || f.power < 0 || !dependsOnIndex(range, f)) return std::nullopt;
    if (p < bestPriority) best = f, bestPriority = p;
  }
  return best;
}

std::optional<ExprId> Summation::split(const Range &range, const Group &group, Factor at, int depth) {
  if (depth >= kMaxSplits) return std::nullopt;
  FactorList factors = without(group.factors, at.atom);
  ExprId others = pool_.fromTerms(Term{1, factors});
  const Atom &atom = pool_.atom(at.atom);
  if (atom.kind == AtomKind::NonNeg) return splitAtSign(range, atom.args[0], others, {}, depth);
  if (atom.kind == AtomKind::Max) return splitMax(range, others, at, depth);
  return splitResidues(range, pool_.fromTerms(Term{1, group.factors}), at, depth);
}

// k*i + c >= 0 from i = ceil(-c/k) on if k > 0, and up to i = floor(c/-k) if k < 0
std::optional<ExprId> Summation::splitAtSign(const Range &range, ExprId p, ExprId ifNonNeg, ExprId ifNegative,
                                             int depth) {
  auto linear = pool_.linearIn(p, range.index);
  if (!linear) return std::nullopt;
  auto [k, c] = *linear;
  bool rising = k.sign() > 0;
  ExprId zero = pool_.scale(c, -1 / k);
  ExprId change = rising ? pool_.ceil(zero) : pool_.add(pool_.floor(zero), pool_.constant(1));
  ExprId middle = pool_.max({range.lo, pool_.min({change, range.hi})});
  auto below = close({range.index, range.lo, middle}, rising ? ifNegative : ifNonNeg, depth + 1);
  auto above = close({range.index, middle, range.hi}, rising ? ifNonNeg : ifNegative, depth + 1);
  return below && above ? std::optional(pool_.add(*below, *above)) : std::nullopt;
}

std::optional<ExprId> Summation::splitMax(const Range &range, ExprId others, Factor at, int depth) {
  llvm::ArrayRef<ExprId> args = pool_.atom(at.atom).args;
  if (args.size() != 2) return std::nullopt;
  ExprId power = pool_.constant(at.power), difference = pool_.sub(args[0], args[1]);
  auto with = [&](ExprId value) { return pool_.mul(others, pool_.pow(value, power)); };
  if (pool_.dependsOn(difference, range.index))
    return splitAtSign(range, difference, with(args[0]), with(args[1]), depth);
  // max(p, q) = q + max(p - q, 0), and the index is in q alone
  return close(range, with(pool_.add(args[1], pool_.max({difference, ExprId{}}))), depth + 1);
}

/// A symbol >= 0 that occurs neither in the body nor in the range.
SymbolId Summation::freshIndex(const Range &range, ExprId body) {
  for (unsigned nth = 0;; ++nth) {
    SymbolId fresh = pool_.boundCopy(range.index, ExprId{}, std::nullopt, nth);
    if (llvm::none_of(std::array{range.lo, range.hi, body}, [&](ExprId e) { return pool_.dependsOn(e, fresh); }))
      return fresh;
  }
}

// i = lo + n*j + r: then k*i is an integer times j plus something free of j, if n is the denominator of k
std::optional<ExprId> Summation::splitResidues(const Range &range, ExprId body, Factor at, int depth) {
  auto linear = pool_.linearIn(pool_.atom(at.atom).args[0], range.index);
  if (!linear || linear->first.den() > kMaxModulus) return std::nullopt;
  Int n = linear->first.den();
  SymbolId j = freshIndex(range, body);
  ExprId length = pool_.sub(range.hi, range.lo), stride = pool_.scale(pool_.symbol(j), n);
  llvm::SmallVector<ExprId, 8> parts;
  for (Int r = 0; r < n; r += 1) {
    ExprId turns = pool_.floor(pool_.scale(pool_.add(length, pool_.constant(n - 1 - r)), Rational(1, n)));
    ExprId i = pool_.add(stride, pool_.add(range.lo, pool_.constant(r)));
    auto part = close({j, {}, turns}, pool_.substitute(body, range.index, i), depth + 1);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  return pool_.add(parts);
}

} // namespace mdl::expr
