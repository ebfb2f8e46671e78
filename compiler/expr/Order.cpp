//===- Order.cpp - The structural order of atoms, terms, expressions ------===//
// The first difference decides, and two different ids always differ somewhere,
// so a comparison walks down one path only: at most kMaxAtomDepth levels.
//===----------------------------------------------------------------------===//
#include "Tables.h"

namespace mdl::expr {

namespace {

template <class T> int threeWay(const T &a, const T &b) { return a < b ? -1 : b < a ? 1 : 0; }

int64_t degree(llvm::ArrayRef<Factor> factors) {
  int64_t sum = 0;
  for (Factor factor : factors) sum += factor.power;
  return sum;
}

// Not by value: a difference of coefficients may overflow, and the order has to be total.
int compareCoefficients(Rational a, Rational b) {
  if (int c = threeWay(a.num(), b.num())) return c;
  return threeWay(a.den(), b.den());
}

} // namespace

int compareAtoms(const Tables &tables, AtomId a, AtomId b) {
  if (a == b) return 0;
  const Atom &x = tables[a].atom, &y = tables[b].atom;
  if (x.kind != y.kind) return threeWay(x.kind, y.kind);
  if (x.symbol != y.symbol) return threeWay(x.symbol, y.symbol);
  if (x.args.size() != y.args.size()) return threeWay(x.args.size(), y.args.size());
  for (size_t i = 0; i < x.args.size(); ++i)
    if (int c = compareExprs(tables, x.args[i], y.args[i])) return c;
  return 0;
}

// Graded lexicographic; an atom that is absent has power 0, so with negative powers the sign of the other decides.
int compareMonomials(const Tables &tables, llvm::ArrayRef<Factor> a, llvm::ArrayRef<Factor> b) {
  if (a.data() == b.data() && a.size() == b.size()) return 0;
  if (int c = threeWay(degree(b), degree(a))) return c;
  for (size_t i = 0;; ++i) {
    if (i == a.size() && i == b.size()) return 0;
    int c = i == a.size() ? 1 : i == b.size() ? -1 : compareAtoms(tables, a[i].atom, b[i].atom);
    if (c < 0) return a[i].power > 0 ? -1 : 1;
    if (c > 0) return b[i].power > 0 ? 1 : -1;
    if (a[i].power != b[i].power) return a[i].power > b[i].power ? -1 : 1;
  }
}

int compareExprs(const Tables &tables, ExprId a, ExprId b) {
  if (a == b) return 0;
  llvm::ArrayRef<Term> x = tables.terms(a), y = tables.terms(b);
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (int c = compareMonomials(tables, x[i].factors, y[i].factors)) return c;
    if (int c = compareCoefficients(x[i].coefficient, y[i].coefficient)) return c;
  }
  return threeWay(x.size(), y.size());
}

int ExprPool::compare(ExprId a, ExprId b) const { return compareExprs(*tables_, a, b); }

} // namespace mdl::expr
