//===- Evaluate.cpp - Exact values of expressions -------------------------===//
// Recursion follows the nesting of atoms, at most kMaxAtomDepth levels; an atom
// is evaluated once for each turn of the sums around it.
//===----------------------------------------------------------------------===//
#include "Evaluate.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int64_t kMaxTurns = 1'000'000;

class Evaluation {
public:
  Evaluation(const ExprPool &pool, llvm::ArrayRef<Rational> values) : pool_(pool), values_(values) {}
  Rational of(ExprId id);
  EvalStatus status() const { return status_; }

private:
  Rational of(AtomId id);
  Rational computed(const Atom &atom);
  Rational largest(llvm::ArrayRef<ExprId> of);
  Rational power(Rational base, Rational exponent);
  Rational power(Rational base, Int exponent);
  Rational sum(const Atom &atom);
  Rational argMin(const Atom &atom);
  Rational symbol(SymbolId id);
  Rational fail(EvalStatus status) {
    if (status_ == EvalStatus::Ok) status_ = status;
    return 0;
  }

  const ExprPool &pool_;
  llvm::ArrayRef<Rational> values_;
  llvm::DenseMap<uint32_t, Rational> bound_;
  llvm::DenseMap<uint32_t, Rational> done_;
  EvalStatus status_ = EvalStatus::Ok;
};

Rational Evaluation::of(ExprId id) {
  if (pool_.isOverflow(id)) return fail(EvalStatus::Overflow);
  Rational total;
  for (const Term &term : pool_.terms(id)) {
    Rational product = term.coefficient;
    for (Factor f : term.factors) product = product * power(of(f.atom), Int(f.power));
    total = total + product;
  }
  return total.isOverflow() ? fail(EvalStatus::Overflow) : total;
}

Rational Evaluation::of(AtomId id) {
  auto at = done_.find(id.index);
  if (at != done_.end()) return at->second;
  Rational value = computed(pool_.atom(id));
  done_[id.index] = value;
  return value;
}

Rational Evaluation::computed(const Atom &atom) {
  switch (atom.kind) {
  case AtomKind::Symbol: return symbol(atom.symbol);
  case AtomKind::Floor: return of(atom.args[0]).floor();
  case AtomKind::NonNeg: return of(atom.args[0]).sign() >= 0 ? 1 : 0;
  case AtomKind::Max: return largest(atom.args);
  case AtomKind::Power: return power(of(atom.args[0]), of(atom.args[1]));
  case AtomKind::Inverse: return power(of(atom.args[0]), Int(-1));
  case AtomKind::Sum: return sum(atom);
  case AtomKind::ArgMin: return argMin(atom);
  }
  return 0;
}

Rational Evaluation::symbol(SymbolId id) {
  auto at = bound_.find(id.index);
  if (at != bound_.end()) return at->second;
  return id.index < values_.size() ? values_[id.index] : fail(EvalStatus::Unbound);
}

Rational Evaluation::largest(llvm::ArrayRef<ExprId> list) {
  Rational best = of(list[0]);
  for (ExprId id : list.drop_front())
    if (Rational value = of(id); value > best) best = value;
  return best;
}

Rational Evaluation::power(Rational base, Rational exponent) {
  if (!exponent.isInteger()) return fail(EvalStatus::Inexact);
  return power(base, exponent.num());
}

Rational Evaluation::power(Rational base, Int exponent) {
  if (base.isZero() && exponent.sign() < 0) return fail(EvalStatus::DivisionByZero);
  if (!exponent.fitsInt64()) return fail(EvalStatus::Inexact);
  auto k = static_cast<uint64_t>(abs(exponent).toInt64());
  Rational result(mdl::power(base.num(), k), mdl::power(base.den(), k));
  if (result.isOverflow()) return fail(EvalStatus::Overflow);
  return exponent.sign() < 0 ? 1 / result : result;
}

Rational Evaluation::sum(const Atom &atom) {
  Rational lo = of(atom.args[0]), hi = of(atom.args[1]);
  if (hi - lo > Rational(kMaxTurns)) return fail(EvalStatus::TooLong);
  Rational total;
  for (Rational i = lo; i < hi && status_ == EvalStatus::Ok; i = i + 1) {
    Evaluation turn(pool_, values_);
    turn.bound_ = bound_;
    turn.bound_[atom.symbol.index] = i;
    total = total + turn.of(atom.args[2]);
    if (turn.status_ != EvalStatus::Ok) fail(turn.status_);
  }
  return total;
}

Rational Evaluation::argMin(const Atom &atom) {
  llvm::SmallVector<Rational, 16> values;
  for (ExprId id : atom.args) values.push_back(of(id));
  size_t length = atom.symbol.index, best = 0;
  auto row = [&](size_t i) { return llvm::ArrayRef<Rational>(values).slice(i * length, length); };
  for (size_t i = 1; i < values.size() / length; ++i)
    if (std::lexicographical_compare(row(i).begin(), row(i).end(), row(best).begin(), row(best).end())) best = i;
  return Int(best);
}

} // namespace

EvalResult evaluate(const ExprPool &pool, ExprId id, llvm::ArrayRef<Rational> bySymbol) {
  Evaluation evaluation(pool, bySymbol);
  Rational value = evaluation.of(id);
  return {evaluation.status(), value};
}

} // namespace mdl::expr
