//===- StaticAnalysis.cpp - The report of a run, on disk ------------------===//
#include "StaticAnalysis.h"
#include <unordered_map>

namespace mdl::runtime {

StaticAnalysis::StaticAnalysis(const Report &of, const ModelFacts &about, std::string name)
    : report(of), facts(about), id(std::move(name)), categories(of, about.categories), children(of.rows.size()) {
  std::unordered_map<std::string_view, uint32_t> rowOf;
  for (uint32_t i = 0; i < of.rows.size(); ++i) {
    rowOf.emplace(of.rows[i].id, i);
    if (!of.rows[i].parent.empty()) children[rowOf.at(of.rows[i].parent)].push_back(i);
  }
}

std::vector<uint32_t> StaticAnalysis::stages() const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < report.rows.size(); ++i)
    if (report.rows[i].parent.empty()) found.push_back(i);
  return found;
}

double StaticAnalysis::share(std::span<const Number> values, size_t metric) const {
  const Number &part = values[metric], &whole = report.totals[metric];
  return part.isPresent() && whole.isPresent() && !whole.isZero() ? part.toDouble() / whole.toDouble() : 0;
}

std::optional<size_t> StaticAnalysis::metric(std::string_view name) const {
  const std::vector<Metric> &metrics = report.program->metrics;
  for (size_t i = 0; i < metrics.size(); ++i)
    if (metrics[i].name == name && !metrics[i].absent) return i;
  return std::nullopt;
}

} // namespace mdl::runtime
