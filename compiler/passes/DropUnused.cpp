//===- DropUnused.cpp - Drops what nobody reads ---------------------------===//
// Metrics that are not asked for (default: all are), in totals and nodes, and
// guards that always hold. Inputs stay: they say what a job may set.
//===----------------------------------------------------------------------===//
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::passes {

Pass dropUnused;

namespace {

/// Keeps the elements at the positions that are true.
template <class T> void keepOnly(std::vector<T> &list, const std::vector<bool> &keep) {
  size_t kept = 0;
  for (size_t i = 0; i < list.size(); ++i)
    if (keep[i]) {
      if (kept != i) list[kept] = std::move(list[i]);
      ++kept;
    }
  list.erase(list.begin() + static_cast<ptrdiff_t>(kept), list.end());
}

void keepMetrics(CostModule &module, llvm::ArrayRef<std::string> asked, PassContext &context) {
  std::vector<bool> keep(module.metrics.size());
  for (const std::string &name : asked) {
    auto metric = llvm::find_if(module.metrics, [&](const ir::Metric &each) { return each.name == name; });
    if (metric == module.metrics.end()) context.errors.push_back("there is no metric `" + name + "`");
    else keep[static_cast<size_t>(metric - module.metrics.begin())] = true;
  }
  if (!context.errors.empty()) return;
  keepOnly(module.metrics, keep), keepOnly(module.totals, keep);
  for (ir::Node &node : module.nodes)
    if (!node.group) keepOnly(node.metrics, keep);
}

} // namespace

void dropUnused(CostModule &module, PassContext &context) {
  expr::ExprId holds = module.pool->constant(1);
  llvm::erase_if(module.guards, [&](const ir::Guard &guard) { return guard.condition == holds; });
  if (!context.options.metrics.empty()) keepMetrics(module, context.options.metrics, context);
}

} // namespace mdl::passes
