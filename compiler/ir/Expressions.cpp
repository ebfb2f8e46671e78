//===- Expressions.cpp - Every expression of a module ---------------------===//
#include "Expressions.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::ir {

void AtomSet::add(ExprId id) {
  llvm::SmallVector<ExprId, 16> open{id};
  while (!open.empty()) {
    ExprId next = open.pop_back_val();
    if (!exprs_.insert(next.index).second) continue;
    for (const expr::Term &term : pool_.terms(next))
      for (const expr::Factor &factor : term.factors)
        if (atoms_.insert(factor.atom.index).second) llvm::append_range(open, pool_.atom(factor.atom).args);
  }
}

std::vector<expr::AtomId> AtomSet::sorted() const {
  std::vector<expr::AtomId> all;
  for (uint32_t each : atoms_) all.push_back({each});
  llvm::sort(all);
  return all;
}

} // namespace mdl::ir
