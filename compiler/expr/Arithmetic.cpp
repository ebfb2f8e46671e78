//===- Arithmetic.cpp - Sums and products of expressions ------------------===//
// Both keep the terms sorted: a sum is a merge, and a product with one term
// keeps the order of the other operand, unless a bracket swallows its square.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

using TermList = llvm::SmallVector<Term, 16>;
constexpr size_t kMaxProducts = size_t{1} << 18;

Term signedTerm(const Term &term, bool negative) { return negative ? Term{-term.coefficient, term.factors} : term; }

// c*m + d*m -> (c+d)*m; 0*m -> 0
void merge(const Tables &t, llvm::ArrayRef<Term> a, llvm::ArrayRef<Term> b, bool negative, TermList &out) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    int c = compareMonomials(t, a[i].factors, b[j].factors);
    if (c < 0) {
      out.push_back(a[i++]);
    } else if (c > 0) {
      out.push_back(signedTerm(b[j++], negative));
    } else {
      Rational sum = a[i].coefficient + signedTerm(b[j], negative).coefficient;
      if (!sum.isZero()) out.push_back({sum, a[i].factors});
      ++i, ++j;
    }
  }
  for (; i < a.size(); ++i) out.push_back(a[i]);
  for (; j < b.size(); ++j) out.push_back(signedTerm(b[j], negative));
}

/// The sum of two or more, which are sorted, by halves: none is walked more often than the number of halvings.
void mergeAll(const Tables &t, llvm::ArrayRef<ExprId> list, TermList &out) {
  auto half = [&](llvm::ArrayRef<ExprId> part, TermList &room) -> llvm::ArrayRef<Term> {
    if (part.size() == 1) return t.terms(part[0]);
    mergeAll(t, part, room);
    return room;
  };
  TermList left, right;
  size_t middle = list.size() / 2;
  merge(t, half(list.take_front(middle), left), half(list.drop_front(middle), right), false, out);
}

bool hasBracket(const Tables &t, llvm::ArrayRef<Factor> factors) {
  return llvm::any_of(factors, [&](Factor f) { return t[f.atom].atom.kind == AtomKind::NonNeg; });
}

/// Appends by * each of `terms`, the factors in the scratch arena; false if a power is too large.
bool appendProducts(Tables &t, llvm::ArrayRef<Term> terms, const Term &by, TermList &out) {
  for (const Term &term : terms) {
    llvm::SmallVector<Factor, 16> factors;
    if (!multiply(t, term.factors, by.factors, factors)) return false;
    llvm::ArrayRef<Factor> kept = factors.empty() ? llvm::ArrayRef<Factor>() : llvm::ArrayRef(factors).copy(t.scratch);
    out.push_back({term.coefficient * by.coefficient, kept});
  }
  return true;
}

} // namespace

/// Of two that are not 0.
ExprId ExprPool::sumOf(ExprId a, ExprId b) {
  if (isOverflow(a) || isOverflow(b)) return overflow();
  if (b < a) std::swap(a, b);
  if (ExprId *found = tables_->recent.find(RecentResults::Add, a, b)) return *found;
  TermList sum;
  merge(*tables_, terms(a), terms(b), false, sum);
  ExprId result = tables_->intern(sum, Factors::InArena);
  tables_->recent.keep(RecentResults::Add, a, b, result);
  return result;
}

ExprId ExprPool::sub(ExprId a, ExprId b) {
  if (isOverflow(a) || isOverflow(b)) return overflow();
  if (b.index == 0 || a == b) return b.index == 0 ? a : ExprId{};
  if (ExprId *found = tables_->recent.find(RecentResults::Sub, a, b)) return *found;
  TermList difference;
  merge(*tables_, terms(a), terms(b), true, difference);
  ExprId result = tables_->intern(difference, Factors::InArena);
  tables_->recent.keep(RecentResults::Sub, a, b, result);
  return result;
}

ExprId ExprPool::negate(ExprId a) { return scale(a, -1); }

ExprId ExprPool::scale(ExprId a, Rational by) {
  if (isOverflow(a) || by.isOverflow()) return overflow();
  if (by.isZero()) return {};
  if (by.isOne()) return a;
  TermList scaled;
  for (const Term &term : terms(a)) scaled.push_back({term.coefficient * by, term.factors});
  return tables_->intern(scaled, Factors::InArena);
}

ExprId ExprPool::mulByTerm(ExprId a, Term by) {
  if (by.factors.empty()) return scale(a, by.coefficient);
  tables_->scratch.Reset();
  TermList product;
  if (!appendProducts(*tables_, terms(a), by, product)) return overflow();
  if (product.size() > 1 && hasBracket(*tables_, by.factors)) return tables_->normalise(product, Factors::Copy);
  return tables_->intern(product, Factors::Copy);
}

// x*(y + z) -> x*y + x*z
ExprId ExprPool::mul(ExprId a, ExprId b) {
  if (isOverflow(a) || isOverflow(b)) return overflow();
  if (a.index == 0 || b.index == 0) return {};
  if (a == tables_->one) return b;
  if (b == tables_->one) return a;
  if (b < a) std::swap(a, b);
  if (ExprId *found = tables_->recent.find(RecentResults::Mul, a, b)) return *found;
  llvm::ArrayRef<Term> x = terms(a), y = terms(b);
  ExprId result = overflow();
  if (x.size() == 1) {
    result = mulByTerm(b, x[0]);
  } else if (y.size() == 1) {
    result = mulByTerm(a, y[0]);
  } else if (x.size() * y.size() <= kMaxProducts) {
    tables_->scratch.Reset();
    TermList product;
    bool fits = llvm::all_of(x, [&](const Term &term) { return appendProducts(*tables_, y, term, product); });
    if (fits) result = tables_->normalise(product, Factors::Copy);
  }
  tables_->recent.keep(RecentResults::Mul, a, b, result);
  return result;
}

ExprId ExprPool::add(llvm::ArrayRef<ExprId> list) {
  if (list.size() == 1) return list[0];
  if (list.size() == 2) return add(list[0], list[1]);
  if (llvm::is_contained(list, overflow())) return overflow();
  if (list.empty()) return {};
  TermList sum;
  mergeAll(*tables_, list, sum);
  return tables_->intern(sum, Factors::InArena);
}

ExprId ExprPool::mul(llvm::ArrayRef<ExprId> factors) {
  ExprId product = constant(1);
  for (ExprId factor : factors) product = mul(product, factor);
  return product;
}

ExprId ExprPool::fromTerms(llvm::ArrayRef<Term> list) {
  TermList all(list);
  llvm::erase_if(all, [](const Term &term) { return term.coefficient.isZero(); });
  return tables_->normalise(all, Factors::Copy);
}

} // namespace mdl::expr
