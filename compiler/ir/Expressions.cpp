//===- Expressions.cpp - Every expression of a module ---------------------===//
#include "Expressions.h"

namespace mdl::ir {

/// Recursion follows the nesting of atoms, at most kMaxAtomDepth levels.
void AtomList::add(ExprId id) {
  if (!seen_.insert(id.index).second) return;
  for (const expr::Term &term : pool_.terms(id))
    for (const expr::Factor &factor : term.factors) {
      if (mentions_[factor.atom.index]++ != 0) continue;
      for (ExprId operand : pool_.atom(factor.atom).args) add(operand);
      atoms_.push_back(factor.atom);
    }
}

} // namespace mdl::ir
