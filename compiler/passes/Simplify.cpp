//===- Simplify.cpp - Uses what the guards require ------------------------===//
// The canonical form knows only the bounds of the symbols. A requirement is
// checked before any number is read, so the numbers may use it:
//
//   [p >= 0]     -> 1 or 0    if the requirements decide it
//   max(p, q)    -> q         if they imply q >= p
//   floor(p)     -> p         if they imply that p is an integer
//
// Guards stay as they are. Nothing else is rewritten: an equality that is
// required does not make a formula shorter.
//===----------------------------------------------------------------------===//
#include "../expr/Facts.h"
#include "../ir/Expressions.h"
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

namespace mdl::passes {

Pass simplify;

namespace {

using expr::Atom;
using expr::AtomId;
using expr::AtomKind;
using expr::ExprId;
using expr::Truth;
using Args = llvm::SmallVector<ExprId, 4>;

/// One decision can make room for another; each round settles all atoms that are there.
constexpr unsigned kMaxRounds = 8;

class Simplifier {
public:
  Simplifier(expr::ExprPool &pool, expr::Facts &facts) : pool_(pool), facts_(facts) {}

  /// Settles atoms, operands first. True when an expression that has them changes.
  bool settle(llvm::ArrayRef<AtomId> atoms);
  ExprId operator()(ExprId id);

private:
  ExprId settled(AtomId id);
  ExprId rebuild(const Atom &atom, llvm::ArrayRef<ExprId> args);
  ExprId bracket(ExprId argument);
  ExprId maximum(Args args);
  ExprId product(const expr::Term &term);
  bool changes(const expr::Term &term) const;

  expr::ExprPool &pool_;
  expr::Facts &facts_;
  llvm::DenseMap<uint32_t, ExprId> atoms_; ///< Those that have become something else
  llvm::DenseMap<uint32_t, ExprId> exprs_;
};

bool Simplifier::settle(llvm::ArrayRef<AtomId> atoms) {
  for (AtomId id : atoms)
    if (ExprId now = settled(id); now != pool_.atomExpr(id)) atoms_[id.index] = now;
  return !atoms_.empty();
}

ExprId Simplifier::settled(AtomId id) {
  const Atom &atom = pool_.atom(id);
  if (atom.kind == AtomKind::Symbol) return pool_.atomExpr(id);
  Args args;
  for (ExprId each : atom.args) args.push_back((*this)(each));
  switch (atom.kind) {
  case AtomKind::Floor: return facts_.isInteger(args[0]) ? args[0] : pool_.floor(args[0]);
  case AtomKind::NonNeg: return bracket(args[0]);
  case AtomKind::Max: return maximum(args);
  default: return llvm::ArrayRef<ExprId>(args) == atom.args ? pool_.atomExpr(id) : rebuild(atom, args);
  }
}

ExprId Simplifier::bracket(ExprId argument) {
  ExprId condition = pool_.nonNeg(argument);
  switch (facts_.decide(condition)) {
  case Truth::True: return pool_.constant(1);
  case Truth::False: return pool_.constant(0);
  case Truth::Open: return condition;
  }
  return condition;
}

/// Drops what another operand is at least as large as; of equal ones the first stays.
ExprId Simplifier::maximum(Args args) {
  for (size_t i = args.size(); i-- > 0;) {
    auto covers = [&](ExprId other) { return facts_.nonNeg(pool_.sub(other, args[i])) == Truth::True; };
    bool covered = llvm::any_of(llvm::seq<size_t>(0, args.size()), [&](size_t k) { return k != i && covers(args[k]); });
    if (covered) args.erase(args.begin() + static_cast<ptrdiff_t>(i));
  }
  return pool_.max(args);
}

ExprId Simplifier::rebuild(const Atom &atom, llvm::ArrayRef<ExprId> args) {
  switch (atom.kind) {
  case AtomKind::Power: return pool_.pow(args[0], args[1]);
  case AtomKind::Inverse: return pool_.div(pool_.constant(1), args[0]);
  case AtomKind::Sum: return pool_.sum(atom.symbol, args[0], args[1], args[2]);
  case AtomKind::ArgMin: return pool_.argMin(args, atom.symbol.index);
  case AtomKind::Symbol:
  case AtomKind::Floor:
  case AtomKind::NonNeg:
  case AtomKind::Max: break; // settled
  }
  return {};
}

bool Simplifier::changes(const expr::Term &term) const {
  return llvm::any_of(term.factors, [&](expr::Factor each) { return atoms_.contains(each.atom.index); });
}

ExprId Simplifier::operator()(ExprId id) {
  if (atoms_.empty() || !llvm::any_of(pool_.terms(id), [&](const expr::Term &each) { return changes(each); }))
    return id;
  auto [known, isNew] = exprs_.try_emplace(id.index);
  if (!isNew) return known->second;
  Args products;
  for (const expr::Term &term : pool_.terms(id)) products.push_back(product(term));
  return exprs_[id.index] = pool_.add(products);
}

ExprId Simplifier::product(const expr::Term &term) {
  Args factors{pool_.constant(term.coefficient)};
  for (expr::Factor each : term.factors) {
    auto now = atoms_.find(each.atom.index);
    ExprId base = now == atoms_.end() ? pool_.atomExpr(each.atom) : now->second;
    factors.push_back(pool_.pow(base, pool_.constant(each.power)));
  }
  return pool_.mul(factors);
}

bool simplifyOnce(CostModule &module, expr::Facts &facts) {
  ir::AtomSet atoms(*module.pool);
  ir::forEachNumber(module, [&](ExprId id) { atoms.add(id); });
  Simplifier simplifier(*module.pool, facts);
  if (!simplifier.settle(atoms.sorted())) return false;
  ir::forEachNumber(module, [&](ExprId &id) { id = simplifier(id); });
  return true;
}

} // namespace

void simplify(CostModule &module, PassContext &) {
  expr::Facts facts(*module.pool);
  bool any = false;
  for (const ir::Guard &guard : module.guards)
    if (guard.kind == ir::GuardKind::Require) facts.assume(guard.condition), any = true;
  for (unsigned round = 0; any && round < kMaxRounds; ++round) any = simplifyOnce(module, facts);
}

} // namespace mdl::passes
