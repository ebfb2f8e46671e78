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

constexpr int kNoText = -1, kLongText = -2;

constexpr size_t kMostFactors = 300; // what a person may still read

/// Whether an expression has no more factors than these, those inside of atoms without a name included. Counting ends
/// where they do.
bool isShort(expr::ExprPool &pool, expr::ExprId id, const Abbreviations &names, size_t &left) {
  if (!names(id).empty()) return true;
  for (const expr::Term &term : pool.terms(id)) {
    if (left < 1 + term.factors.size()) return false;
    left -= 1 + term.factors.size();
    for (const expr::Factor &factor : term.factors) {
      const expr::Atom &atom = pool.atom(factor.atom); // `plain` knows names of floors and of whole expressions
      if (atom.kind == expr::AtomKind::Floor && !names(pool.atomExpr(factor.atom)).empty()) continue;
      for (expr::ExprId argument : atom.args)
        if (!isShort(pool, argument, names, left)) return false;
    }
  }
  return true;
}

} // namespace

int PageFormulas::textOf(const ir::CostModule &costs, const ir::Metric &metric, expr::ExprId value) {
  size_t left = kMostFactors;
  if (!hasFormula(metric)) return kNoText;
  auto [at, isNew] = known_.try_emplace(value, kLongText);
  if (!isNew) return at->second;
  Abbreviations names = abbreviationsOf(compilation_.model());
  if (!isShort(*costs.pool, value, names, left)) return kLongText;
  texts_.push_back(plain(*costs.pool, value, names));
  return at->second = static_cast<int>(texts_.size() - 1);
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
  expr::ExprPool &pool = *compilation_.costs().pool;
  writeJsonList(out, compilation_.model().lets, [&](const auto &let) {
    size_t left = kMostFactors;
    bool readable = isShort(pool, let.second, [](expr::ExprId) { return std::string(); }, left);
    out << '[', writeJsonString(out, let.first), out << ',';
    writeJsonString(out, readable ? expr::print(pool, let.second) : "..."), out << ']';
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
  writeJsonList(
      out, programs_,
      [&](const std::vector<Row> &rows) {
        writeJsonList(
            out, rows, [&](const Row &row) { writeJsonList(out, row, [&](int text) { out << Int(text); }, ","); }, ",");
      },
      ",\n");
  out << '}';
  return out.take();
}

} // namespace mdl::tool
