//===- Summary.cpp - What the pages for people show -----------------------===//
#include "Summary.h"
#include <algorithm>

namespace mdl::runtime {
namespace {

constexpr size_t kFallbackColumns = 4;
constexpr std::pair<const char *, const char *> kPageColumns[] = {
    {"flops_tensor", "FLOPs"}, {"bytes_read", "read"}, {"bytes_written", "written"},
    {"params", "params"},      {"time_s", "time"},
};

std::vector<Ranked> largest(const std::vector<Ranked> &entries, size_t count) {
  std::vector<size_t> order;
  for (size_t i = 0; i < entries.size(); ++i)
    if (!entries[i].value.isZero()) order.push_back(i);
  std::ranges::sort(order, [&](size_t a, size_t b) {
    const Number &x = entries[a].value, &y = entries[b].value;
    return y < x || (!(x < y) && a < b);
  });
  order.resize(std::min(order.size(), count));
  std::vector<Ranked> result;
  for (size_t i : order) result.push_back(entries[i]);
  return result;
}

template <class Visit> void forEachLeaf(const Report &report, size_t metric, Visit visit) {
  for (const FoldedRow &row : report.folded)
    if (row.node->children.empty() && row.values[metric].isPresent()) visit(row);
}

} // namespace

std::vector<Column> pageColumns(const Report &report) {
  const std::vector<Metric> &metrics = report.program->metrics;
  std::vector<Column> columns;
  for (auto [name, heading] : kPageColumns)
    for (size_t i = 0; i < metrics.size(); ++i)
      if (!metrics[i].absent && metrics[i].name == name) columns.push_back({i, heading});
  if (!columns.empty()) return columns;
  for (size_t i = 0; i < metrics.size() && columns.size() < kFallbackColumns; ++i)
    if (!metrics[i].absent) columns.push_back({i, titleOf(metrics[i])});
  return columns;
}

std::optional<size_t> rankingMetric(const Report &report) {
  const std::vector<Metric> &metrics = report.program->metrics;
  std::optional<size_t> first;
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].absent || metrics[i].fold != Fold::Sum) continue;
    if (metrics[i].name == kPageColumns[0].first) return i;
    if (!first) first = i;
  }
  return first;
}

std::vector<Ranked> topLayers(const Report &report, size_t metric, size_t count) {
  std::vector<Ranked> entries;
  forEachLeaf(report, metric,
              [&](const FoldedRow &row) { entries.push_back({row.id, row.copies, row.values[metric]}); });
  return largest(entries, count);
}

std::vector<Ranked> topCategories(const Report &report, size_t metric, size_t count) {
  std::vector<Ranked> entries;
  forEachLeaf(report, metric, [&](const FoldedRow &row) {
    const std::string &name = row.node->category.empty() ? row.node->op : row.node->category;
    auto entry = std::ranges::find(entries, name, &Ranked::name);
    if (entry == entries.end()) entries.push_back({name, 1, row.values[metric]});
    else entry->value = entry->value + row.values[metric];
  });
  return largest(entries, count);
}

const std::string &titleOf(const Metric &metric) { return metric.title.empty() ? metric.name : metric.title; }

std::vector<std::string> inputTexts(const Report &report) {
  std::vector<std::string> texts;
  for (const BoundInput &bound : report.inputs) texts.push_back(bound.input->name + " " + bound.text());
  return texts;
}

} // namespace mdl::runtime
