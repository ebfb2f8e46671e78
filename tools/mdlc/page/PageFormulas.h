//===- PageFormulas.h - The formulas that the page shows --------*- C++ -*-===//
// The texts of `mdlc explain`, each once: forty blocks share theirs, and FLOPs
// are the same in every precision.
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/driver/Compile.h"
#include "runtime/report/Output.h"
#include <map>
#include <string>
#include <vector>

namespace mdl::tool {

class PageFormulas {
public:
  explicit PageFormulas(driver::Compilation &compilation) : compilation_(compilation) {}

  /// Adds those of another precision: of the totals, then of each node.
  void add(const ir::CostModule &costs);
  /// `{ names, texts, rules, programs }`: what the pipeline calls its sizes, the texts, the lines that rules were
  /// written in by operator and metric, and for each program a list of texts by node and metric: -1 where there is none, -2 where it is
  /// too long to be read.
  std::string json() const;

private:
  using Row = std::vector<int>;
  int textOf(const ir::CostModule &costs, const ir::Metric &metric, expr::ExprId value);
  Row rowOf(const ir::CostModule &costs, const std::vector<expr::ExprId> &values);
  void addRules(const ir::CostModule &costs, const std::string &op);
  void writeNames(runtime::Output &out) const;

  driver::Compilation &compilation_;
  std::map<expr::ExprId, int> known_;
  std::vector<std::string> texts_;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> rules_; ///< By operator and metric
  std::vector<std::vector<Row>> programs_;
};

} // namespace mdl::tool
