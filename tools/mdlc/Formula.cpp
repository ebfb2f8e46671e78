//===- Formula.cpp - Where a number of a node comes from ------------------===//
#include "Formula.h"
#include <fmt/format.h>

namespace mdl::tool {

namespace {

bool mentions(std::string_view text, std::string_view name) {
  auto isWord = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; };
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    size_t end = at + name.size();
    if ((at == 0 || !isWord(text[at - 1])) && (end == text.size() || !isWord(text[end]))) return true;
  }
  return false;
}

class FormulaBuilder {
public:
  FormulaBuilder(driver::Compilation &compilation, Formula &formula)
      : compilation_(compilation), costs_(compilation.costs()), names_(abbreviationsOf(compilation.model())),
        formula_(formula) {}

  void build() {
    formula_.text = text(formula_.expr), formula_.tex = latex(*costs_.pool, formula_.expr, names_);
    for (const auto &[name, value] : compilation_.model().lets)
      if (mentions(formula_.text, name))
        formula_.where.push_back(fmt::format("{} = {}", name, expr::print(*costs_.pool, value)));
    ir::Fold fold = costs_.metrics[formula_.number].fold;
    formula_.fold = fold == ir::Fold::Peak ? "largest" : fold == ir::Fold::Once ? "union" : "sum";
    if (formula_.total)
      for (uint32_t root : costs_.roots) addPart(root);
    else addChildren(formula_.node), addLines();
  }

private:
  std::string text(expr::ExprId id) { return plain(*costs_.pool, id, names_); }

  void addChildren(uint32_t node) {
    for (uint32_t child : costs_.nodes[node].children)
      if (costs_.nodes[child].group) addChildren(child);
      else addPart(child);
  }

  void addPart(uint32_t number) {
    const ir::Node &node = costs_.nodes[number];
    expr::ExprId value = node.metrics[formula_.number];
    if (value == costs_.pool->constant(0)) return;
    std::string label;
    for (const ir::LabelPart &part : node.label)
      label += part.text + (part.index ? "{" + expr::print(*costs_.pool, *part.index) + "}" : "");
    formula_.parts.push_back(fmt::format("{} = {}", label, text(value)));
  }

  void addLines() {
    const ir::Node &node = costs_.nodes[formula_.node];
    for (SrcRange range : compilation_.checker().rulesFor(node.op, formula_.metric, costs_.convention, costs_.traffic))
      formula_.lines.push_back(sourceLine(compilation_.sources(), range));
    if (formula_.lines.empty() && isTraffic() && !node.category.empty())
      formula_.lines.push_back(fmt::format("`{}` has no traffic rule under `{}`: the convention books its operands, "
                                           "weights and results",
                                           node.op, costs_.traffic));
    if (!node.place.empty()) formula_.lines.push_back(node.place + " (" + node.op + ")");
  }

  bool isTraffic() const {
    for (const sema::Metric &metric : compilation_.checker().metrics())
      if (mdl::text(metric.name) == formula_.metric) return sema::isTraffic(metric);
    return false;
  }

  driver::Compilation &compilation_;
  const ir::CostModule &costs_;
  Abbreviations names_;
  Formula &formula_;
};

std::optional<size_t> metricNamed(const ir::CostModule &costs, const std::string &name,
                                  const DiagnosticOptions &diagnostics) {
  std::string names;
  for (size_t i = 0; i < costs.metrics.size(); ++i) {
    names += (names.empty() ? "" : ", ") + costs.metrics[i].name;
    if (costs.metrics[i].name != name) continue;
    if (!costs.metrics[i].absent) return i;
    bool time = costs.metrics[i].unit == "s";
    printError({"unknown-metric",
                time ? "there is no `" + name + "` without a device: choose one with --device"
                     : "convention `" + costs.convention + "` does not have `" + name + "`",
                ""},
               diagnostics);
    return std::nullopt;
  }
  printError({"unknown-metric", "unknown metric `" + name + "`; there are " + names, ""}, diagnostics);
  return std::nullopt;
}

/// The runtime knows the nearest ids.
void reportUnknownNode(const driver::Compilation &compilation, const std::string &id,
                       const DiagnosticOptions &diagnostics) {
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportOptions how;
  how.select = id, how.expand = false;
  runtime::ReportError error;
  if (runtime::makeReport(evaluator, compilation.inputs(), how, error) || error.slug != "unknown-node")
    error = {"unknown-node", "no node is called `" + id + "`; `mdlc eval FILE --depth 9` shows the ids", ""};
  printError(error, diagnostics);
}

} // namespace

Abbreviations abbreviationsOf(const sema::PipelineModel &model) {
  return [&model](expr::ExprId id) {
    for (const auto &[name, value] : model.lets)
      if (value == id) return name;
    return std::string();
  };
}

std::optional<Formula> formulaOf(driver::Compilation &compilation, const std::string &id, const std::string &metric,
                                 const DiagnosticOptions &diagnostics) {
  const ir::CostModule &costs = compilation.costs();
  auto number = metricNamed(costs, metric, diagnostics);
  if (!number) return std::nullopt;
  Formula formula;
  formula.id = id, formula.metric = metric, formula.unit = costs.metrics[*number].unit, formula.number = *number;
  formula.total = id == "total";
  if (formula.total) formula.expr = costs.totals[*number];
  else {
    auto found = findNode(costs, id);
    if (!found) return reportUnknownNode(compilation, id, diagnostics), std::nullopt;
    formula.node = found->node;
    formula.expr = costs.pool->substitute(costs.nodes[found->node].metrics[*number], found->indices);
  }
  FormulaBuilder(compilation, formula).build();
  return formula;
}

runtime::Number valueOf(const driver::Compilation &compilation, const Formula &formula) {
  const ir::CostModule &costs = compilation.costs();
  ir::CostModule single; // the formula alone, run through the same evaluator
  single.pool = costs.pool, single.inputs = costs.inputs, single.parameters = costs.parameters;
  ir::Metric metric;
  metric.name = "value", metric.unit = formula.unit;
  single.metrics.push_back(std::move(metric));
  single.totals.push_back(formula.expr);
  runtime::Program program = driver::emit(single);
  runtime::Evaluator evaluator(program);
  evaluator.run(compilation.inputs());
  return runtime::unscaled(evaluator.value(program.totals[0]), program.metrics[0].scale);
}

std::string sourceLine(SourceManager &sources, SrcRange range) {
  LineColumn at = sources.lineColumn(range.begin);
  std::string line(sources.lineText(range.begin));
  line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
  return fmt::format("{}:{}: {}", at.path, at.line, line);
}

std::vector<std::string> inputsOf(const driver::Compilation &compilation, expr::ExprId of) {
  const ir::CostModule &costs = compilation.costs();
  std::vector<std::string> texts;
  for (size_t i = 0; i < costs.inputs.size(); ++i) {
    const ir::Input &input = costs.inputs[i];
    if (!input.symbol || !costs.pool->dependsOn(of, *input.symbol)) continue;
    runtime::BoundInput bound{&compilation.program().inputs[i], compilation.inputs()[i]};
    texts.push_back(input.name + " = " + bound.text());
  }
  return texts;
}

} // namespace mdl::tool
