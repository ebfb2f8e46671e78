//===- Max.cpp - The largest, the smallest, the place of the smallest -----===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

using IdList = llvm::SmallVector<ExprId, 8>;

/// The operands of a max that `id` is, alone and with coefficient 1; else none.
llvm::ArrayRef<ExprId> operandsOfMax(const Tables &t, ExprId id) {
  llvm::ArrayRef<Term> terms = t.terms(id);
  if (terms.size() != 1 || terms[0].factors.size() != 1 || !terms[0].coefficient.isOne()) return {};
  Factor factor = terms[0].factors[0];
  const Atom &atom = t[factor.atom].atom;
  return factor.power == 1 && atom.kind == AtomKind::Max ? atom.args : llvm::ArrayRef<ExprId>();
}

// max(max(a, b), c) -> max(a, b, c)
IdList flatten(const Tables &t, llvm::ArrayRef<ExprId> of) {
  IdList flat;
  for (ExprId id : of) {
    llvm::ArrayRef<ExprId> nested = operandsOfMax(t, id);
    if (nested.empty()) flat.push_back(id);
    else llvm::append_range(flat, nested);
  }
  llvm::sort(flat, [&](ExprId a, ExprId b) { return compareExprs(t, a, b) < 0; });
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  return flat;
}

/// Whether row `a` is lexicographically smaller than row `b`.
bool isSmaller(llvm::ArrayRef<Rational> a, llvm::ArrayRef<Rational> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace

// max(a, b) -> b if b >= a. Each in structural order against those kept so far: the order given does not matter.
ExprId ExprPool::max(llvm::ArrayRef<ExprId> of) {
  if (of.empty() || llvm::is_contained(of, overflow())) return overflow();
  IdList kept;
  for (ExprId id : flatten(*tables_, of)) {
    auto atLeast = [&](ExprId a, ExprId b) { return mayBeAtLeast(a, b) && provesNonNeg(sub(a, b)); };
    if (llvm::any_of(kept, [&](ExprId other) { return atLeast(other, id); })) continue;
    llvm::erase_if(kept, [&](ExprId other) { return atLeast(id, other); });
    kept.push_back(id);
    if (kept.size() > kMaxOperands) return overflow();
  }
  return kept.size() == 1 ? kept[0] : makeAtom(AtomKind::Max, {}, kept);
}

ExprId ExprPool::maxOfIncomparable(llvm::ArrayRef<ExprId> of) {
  auto isMax = [&](ExprId id) { return !operandsOfMax(*tables_, id).empty(); };
  if (of.empty() || llvm::any_of(of, isMax)) return max(of); // its operands may be comparable
  IdList sorted = flatten(*tables_, of);
  if (sorted.size() > kMaxOperands) return overflow();
  return sorted.size() == 1 ? sorted[0] : makeAtom(AtomKind::Max, {}, sorted);
}

ExprId ExprPool::min(llvm::ArrayRef<ExprId> of) {
  IdList negated;
  for (ExprId id : of) negated.push_back(negate(id));
  return negate(max(negated));
}

ExprId ExprPool::argMin(llvm::ArrayRef<ExprId> rows, unsigned rowLength) {
  if (rowLength == 0 || rows.empty() || rows.size() % rowLength != 0) return overflow();
  llvm::SmallVector<Rational, 16> values;
  for (ExprId id : rows)
    if (std::optional<Rational> value = asConstant(id)) values.push_back(*value);
  size_t count = rows.size() / rowLength, least = 0;
  auto row = [&](auto list, size_t i) { return list.slice(i * rowLength, rowLength); };
  bool allEqual = rows.drop_front(rowLength) == rows.drop_back(rowLength);
  if (!llvm::is_contained(rows, overflow()) && allEqual) return {};
  if (values.size() < rows.size()) return makeAtom(AtomKind::ArgMin, {rowLength}, rows);
  llvm::ArrayRef<Rational> all = values;
  for (size_t i = 1; i < count; ++i)
    if (isSmaller(row(all, i), row(all, least))) least = i;
  return constant(Int(least));
}

} // namespace mdl::expr
