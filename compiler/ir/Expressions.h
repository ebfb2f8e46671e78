//===- Expressions.h - Every expression of a module -------------*- C++ -*-===//
#pragma once
#include "CostModule.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace mdl::ir {

/// Calls `visit(id)` for each expression that the nodes and totals of a module hold; `visit` may change it.
template <class Module, class Visit> void forEachNumber(Module &module, Visit visit) {
  for (auto &node : module.nodes) {
    for (auto &part : node.label)
      if (part.index) visit(*part.index);
    visit(node.lo), visit(node.hi), visit(node.calls);
    for (auto &value : node.metrics) visit(value);
    for (auto &run : node.runs) {
      visit(run.times);
      for (auto &each : run.work) visit(each);
      for (auto &turn : run.turns) visit(turn.lo), visit(turn.hi);
    }
  }
  for (auto &total : module.totals) visit(total);
}

/// The same with the conditions of guards and the rules of metrics, which come first.
template <class Module, class Visit> void forEachExpr(Module &module, Visit visit) {
  for (auto &guard : module.guards) visit(guard.condition);
  for (auto &metric : module.metrics) {
    if (metric.rule) visit(*metric.rule);
    for (auto &part : metric.parts) visit(part);
  }
  forEachNumber(module, visit);
}

/// Gathers the atoms of expressions and those inside of them: operands first, else in the order of mention. The order
/// depends on the structure of the expressions alone.
class AtomList {
public:
  explicit AtomList(const expr::ExprPool &pool) : pool_(pool) {}
  void add(ExprId id);
  const std::vector<expr::AtomId> &atoms() const { return atoms_; }
  /// In how many terms of different expressions an atom stands.
  size_t mentions(expr::AtomId id) const { return mentions_.lookup(id.index); }

private:
  const expr::ExprPool &pool_;
  std::vector<expr::AtomId> atoms_;
  llvm::DenseSet<uint32_t> seen_;
  llvm::DenseMap<uint32_t, size_t> mentions_;
};

} // namespace mdl::ir
