//===- Rebuild.h - Expressions with other atoms -----------------*- C++ -*-===//
#pragma once
#include "CostModule.h"
#include "llvm/ADT/DenseMap.h"

namespace mdl::ir {

/// Builds expressions anew with some atoms replaced, in the pool `to`. If that is another pool than `from`, every atom
/// of an expression has to be replaced before it.
class Rebuild {
public:
  Rebuild(const expr::ExprPool &from, expr::ExprPool &to) : from_(from), to_(to) {}

  /// What `id` becomes. It stands in no expression that has been rebuilt already.
  void replace(expr::AtomId id, ExprId with) { atoms_[id.index] = with; }
  bool replacesAny() const { return !atoms_.empty(); }
  ExprId operator()(ExprId id);
  /// The operands of an atom, rebuilt.
  llvm::SmallVector<ExprId, 4> operands(const expr::Atom &atom);
  /// An atom of the kind of `atom` (no symbol) over operands and a bound symbol of `to`.
  ExprId make(const expr::Atom &atom, SymbolId bound, llvm::ArrayRef<ExprId> operands);

private:
  bool changes(const expr::Term &term) const;
  ExprId product(const expr::Term &term);

  const expr::ExprPool &from_;
  expr::ExprPool &to_;
  llvm::DenseMap<uint32_t, ExprId> atoms_, exprs_;
};

} // namespace mdl::ir
