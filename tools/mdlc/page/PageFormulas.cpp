//===- PageFormulas.cpp - The formulas that the page shows ----------------===//
#include "PageFormulas.h"
#include "../Formula.h"
#include "compiler/driver/SourceNames.h"
#include "runtime/report/JsonMembers.h"
#include <fmt/format.h>

namespace mdl::tool {

using runtime::Members;
using runtime::Output;
using runtime::writeJsonList;
using runtime::writeJsonString;

namespace {

/// Times are sums of thousands of terms: the page shows what they are made of instead.
bool hasFormula(const ir::Metric &metric) { return !metric.absent && metric.unit != "s"; }

} // namespace

int PageFormulas::textOf(const ir::CostModule &costs, const ir::Metric &metric, expr::ExprId value) {
  if (!hasFormula(metric)) return -1;
  auto [at, isNew] = known_.try_emplace(value, static_cast<int>(texts_.size()));
  if (isNew) texts_.push_back(plain(*costs.pool, value, abbreviationsOf(compilation_.model())));
  return at->second;
}

PageFormulas::Row PageFormulas::rowOf(const ir::CostModule &costs, const std::vector<expr::ExprId> &values) {
  Row row;
  for (size_t i = 0; i < values.size(); ++i) row.push_back(textOf(costs, costs.metrics[i], values[i]));
  return row;
}

void PageFormulas::addRules(const ir::CostModule &costs, const std::string &op) {
  auto [at, isNew] = rules_.try_emplace(op);
  for (size_t i = 0; isNew && i < costs.metrics.size(); ++i) {
    const std::string &metric = costs.metrics[i].name;
    for (SrcRange range : compilation_.checker().rulesFor(op, metric, costs.convention, costs.traffic)) {
      LineColumn where = compilation_.sources().lineColumn(range.begin);
      std::string line(compilation_.sources().lineText(range.begin));
      line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
      std::string file = driver::pathBelow(std::string(where.path), compilation_.request().searchPaths);
      at->second[metric].push_back(fmt::format("{}:{}: {}", file, where.line, line));
    }
  }
}

void PageFormulas::add(const ir::CostModule &costs) {
  std::vector<Row> &rows = programs_.emplace_back();
  rows.push_back(rowOf(costs, costs.totals));
  for (const ir::Node &node : costs.nodes) {
    rows.push_back(rowOf(costs, node.metrics));
    if (!node.category.empty()) addRules(costs, node.op);
  }
}

void PageFormulas::writeNames(Output &out) const {
  const sema::PipelineModel &model = compilation_.model();
  writeJsonList(out, model.lets, [&](const auto &let) {
    out << '[', writeJsonString(out, let.first), out << ',';
    writeJsonString(out, expr::print(*compilation_.costs().pool, let.second)), out << ']';
  });
}

std::string PageFormulas::json() const {
  Output out;
  out << '{';
  Members members(out, ",\n");
  members.start("names");
  writeNames(out);
  members.start("texts");
  writeJsonList(out, texts_, [&](const std::string &text) { writeJsonString(out, text); }, ",\n");
  members.start("rules");
  out << '{';
  Members rules(out, ",\n");
  for (const auto &[op, byMetric] : rules_) {
    rules.start(op);
    out << '{';
    Members metrics(out);
    for (const auto &[metric, lines] : byMetric) {
      metrics.start(metric);
      writeJsonList(out, lines, [&](const std::string &line) { writeJsonString(out, line); });
    }
    out << '}';
  }
  out << '}';
  members.start("programs");
  writeJsonList(out, programs_, [&](const std::vector<Row> &rows) {
    writeJsonList(out, rows, [&](const Row &row) {
      writeJsonList(out, row, [&](int text) { out << Int(text); }, ",");
    }, ",");
  }, ",\n");
  out << '}';
  return out.take();
}

} // namespace mdl::tool
