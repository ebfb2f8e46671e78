//===- Rebuild.cpp - Expressions with other atoms -------------------------===//
#include "Rebuild.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::ir {

using expr::AtomKind;

ExprId Rebuild::operator()(ExprId id) {
  if (from_.isOverflow(id)) return to_.overflow();
  if (&from_ == &to_ && llvm::none_of(from_.terms(id), [&](const expr::Term &each) { return changes(each); }))
    return id;
  auto known = exprs_.find(id.index);
  if (known != exprs_.end()) return known->second;
  llvm::SmallVector<ExprId, 16> products;
  for (const expr::Term &term : from_.terms(id)) products.push_back(product(term));
  return exprs_[id.index] = to_.add(products);
}

bool Rebuild::changes(const expr::Term &term) const {
  return llvm::any_of(term.factors, [&](expr::Factor each) { return atoms_.contains(each.atom.index); });
}

ExprId Rebuild::product(const expr::Term &term) {
  llvm::SmallVector<ExprId, 8> factors{to_.constant(term.coefficient)};
  for (expr::Factor each : term.factors) {
    auto now = atoms_.find(each.atom.index);
    ExprId base = now == atoms_.end() ? from_.atomExpr(each.atom) : now->second;
    factors.push_back(to_.pow(base, to_.constant(each.power)));
  }
  return to_.mul(factors);
}

llvm::SmallVector<ExprId, 4> Rebuild::operands(const expr::Atom &atom) {
  llvm::SmallVector<ExprId, 4> made;
  for (ExprId each : atom.args) made.push_back((*this)(each));
  return made;
}

ExprId Rebuild::make(const expr::Atom &atom, SymbolId bound, llvm::ArrayRef<ExprId> operands) {
  switch (atom.kind) {
  case AtomKind::Symbol: return {}; // has no operands
  case AtomKind::Floor: return to_.floor(operands[0]);
  case AtomKind::NonNeg: return to_.nonNeg(operands[0]);
  case AtomKind::Max: return to_.max(operands);
  case AtomKind::Power: return to_.pow(operands[0], operands[1]);
  case AtomKind::Inverse: return to_.div(to_.constant(1), operands[0]);
  case AtomKind::Sum: return to_.sum(bound, operands[0], operands[1], operands[2]);
  case AtomKind::ArgMin: return to_.argMin(operands, atom.symbol.index);
  }
  return {};
}

} // namespace mdl::ir
