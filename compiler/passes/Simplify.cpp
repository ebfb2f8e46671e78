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
#include "../ir/Rebuild.h"
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::passes {

Pass simplify;

namespace {

using expr::AtomId;
using expr::AtomKind;
using expr::ExprId;
using expr::Truth;
using Operands = llvm::SmallVector<ExprId, 4>;

/// One decision can make room for another; each round settles all atoms that are there.
constexpr unsigned kMaxRounds = 8;

class Simplifier {
public:
  Simplifier(expr::ExprPool &pool, expr::Facts &facts) : pool_(pool), facts_(facts), rebuild_(pool, pool) {}

  /// Settles the atoms of a module, operands first. True when that changed one.
  bool run(CostModule &module);

private:
  ExprId settled(AtomId id);
  ExprId bracket(ExprId argument);
  ExprId maximum(Operands operands);

  expr::ExprPool &pool_;
  expr::Facts &facts_;
  ir::Rebuild rebuild_;
};

bool Simplifier::run(CostModule &module) {
  ir::AtomList list(pool_);
  ir::forEachNumber(module, [&](ExprId id) { list.add(id); });
  for (AtomId id : list.atoms())
    if (ExprId now = settled(id); now != pool_.atomExpr(id)) rebuild_.replace(id, now);
  if (!rebuild_.replacesAny()) return false;
  ir::forEachNumber(module, [&](ExprId &id) { id = rebuild_(id); });
  return true;
}

ExprId Simplifier::settled(AtomId id) {
  const expr::Atom &atom = pool_.atom(id);
  if (atom.kind == AtomKind::Symbol) return pool_.atomExpr(id);
  Operands operands = rebuild_.operands(atom);
  switch (atom.kind) {
  case AtomKind::Floor: return facts_.isInteger(operands[0]) ? operands[0] : pool_.floor(operands[0]);
  case AtomKind::NonNeg: return bracket(operands[0]);
  case AtomKind::Max: return maximum(operands);
  default: break;
  }
  bool same = llvm::ArrayRef<ExprId>(operands) == atom.args;
  return same ? pool_.atomExpr(id) : rebuild_.make(atom, atom.symbol, operands);
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

/// True for a short sum of single atoms. A peak compares long products, which takes milliseconds and never follows from
/// what is required of the inputs.
bool isShort(const expr::ExprPool &pool, ExprId id) {
  llvm::ArrayRef<expr::Term> terms = pool.terms(id);
  return terms.size() <= 4 && llvm::all_of(terms, [](const expr::Term &each) { return each.factors.size() <= 1; });
}

/// Drops what another operand is at least as large as; of equal ones the first stays.
ExprId Simplifier::maximum(Operands operands) {
  for (size_t i = operands.size(); i-- > 0;) {
    bool covered = false;
    for (size_t k = 0; k < operands.size() && !covered; ++k) {
      ExprId excess = pool_.sub(operands[k], operands[i]);
      covered = k != i && isShort(pool_, excess) && facts_.nonNeg(excess) == Truth::True;
    }
    if (covered) operands.erase(operands.begin() + static_cast<ptrdiff_t>(i));
  }
  return pool_.max(operands);
}

} // namespace

void simplify(CostModule &module, PassContext &) {
  expr::Facts facts(*module.pool);
  bool any = false;
  for (const ir::Guard &guard : module.guards)
    if (guard.kind == ir::GuardKind::Require) facts.assume(guard.condition), any = true;
  for (unsigned round = 0; any && round < kMaxRounds; ++round) any = Simplifier(*module.pool, facts).run(module);
}

} // namespace mdl::passes
