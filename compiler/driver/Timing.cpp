//===- Timing.cpp - The time of a job as a function of rates --------------===//
#include "Timing.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::driver {

/// The time of everything together, under the chosen utilisation.
static bool isWholeTime(const ir::Metric &metric) {
  return metric.unit == "s" && metric.resource.empty() && metric.utilisation.empty() && !metric.absent;
}

static expr::ExprId timeOf(const ir::CostModule &costs, size_t metric, const std::string &stage) {
  if (stage.empty()) return costs.totals[metric];
  auto root = llvm::find_if(costs.roots, [&](uint32_t each) { return costs.nodes[each].label[0].text == stage; });
  return root == costs.roots.end() ? expr::ExprId() : costs.nodes[*root].metrics[metric];
}

std::optional<runtime::Program> timeProgram(Compilation &compilation, const std::string &stage) {
  const ir::CostModule &costs = compilation.costs();
  auto metric = llvm::find_if(costs.metrics, isWholeTime);
  if (metric == costs.metrics.end()) return std::nullopt;
  expr::ExprId time = timeOf(costs, static_cast<size_t>(metric - costs.metrics.begin()), stage);
  if (time == expr::ExprId()) return std::nullopt;
  expr::Replacements inputs;
  for (size_t i = 0; i < costs.inputs.size(); ++i)
    if (costs.inputs[i].symbol) inputs[costs.inputs[i].symbol->index] = costs.pool->constant(compilation.inputs()[i]);
  ir::CostModule module;
  module.pool = costs.pool, module.parameters = costs.parameters;
  module.metrics = {*metric}, module.totals = {costs.pool->substitute(time, inputs)};
  return emit(module);
}

} // namespace mdl::driver
