//===- Print.cpp - A cost module as text that parses back -----------------===//
#include "Print.h"
#include "Keywords.h"
#include "Spelling.h"
#include "Word.h"
#include <fmt/format.h>

namespace mdl::ir {

namespace {

class Printer {
public:
  explicit Printer(const CostModule &module) : module_(module), names_(module) {}
  std::string print();

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void text(const char *key, const std::string &value) {
    if (!value.empty()) line("{} {}", key, quote(value));
  }
  /// `key = expression`, unless it is 0.
  void number(std::string_view key, ExprId id) {
    if (id != ExprId()) line("{} = {}", key, names_.show(id));
  }
  std::string word(const std::string &value) const {
    return !value.empty() && wordLength(value) == value.size() ? value : quote(value);
  }

  void printDeclaration(const Declaration &each);
  void printInput(const Input &input);
  void printParameter(const Parameter &parameter);
  void printRun(uint32_t node, const Run &run);
  void printMetric(const Metric &metric);
  void printGuard(const Guard &guard);
  void printNode(uint32_t number);
  void printGroup(const Node &group);

  const CostModule &module_;
  Spelling names_;
  std::string text_;
};

std::string Printer::print() {
  line("mdl.ir 1");
  text("model", module_.model), text("title", module_.title);
  text("convention", module_.convention), text("traffic", module_.traffic);
  text("precision", module_.precision), text("device", module_.device);
  for (const Declaration &each : names_.declarations()) printDeclaration(each);
  for (const Input &input : module_.inputs) printInput(input);
  for (const Parameter &parameter : module_.parameters) printParameter(parameter);
  for (size_t i = 0; i < module_.formals.size(); ++i) line("formal {} {}", kFormalWords[i], names_[module_.formals[i]]);
  for (const Metric &metric : module_.metrics) printMetric(metric);
  for (const Guard &guard : module_.guards) printGuard(guard);
  for (uint32_t i = 0; i < module_.nodes.size(); ++i) printNode(i);
  for (size_t i = 0; i < module_.totals.size(); ++i)
    number("total " + word(module_.metrics[i].name), module_.totals[i]);
  for (const std::string &each : module_.notModelled) line("not_modelled {}", quote(each));
  for (const std::string &each : module_.assumptions) line("assumption {}", quote(each));
  return std::move(text_);
}

void Printer::printDeclaration(const Declaration &each) {
  if (!each.symbol) return line("let {} = {}", each.name, each.definition);
  const expr::SymbolInfo &info = module_.pool->symbolInfo(*each.symbol);
  std::string bounds;
  if (info.lo) bounds += " >= " + names_.show(*info.lo);
  if (info.hi) bounds += " <= " + names_.show(*info.hi);
  line("{} {}{}", info.integer ? "symbol" : info.real ? "double" : "real", each.name, bounds);
}

void Printer::printInput(const Input &input) {
  line("input {} {}", quote(input.name), kInputTypeWords[static_cast<size_t>(input.type)]);
  if (input.symbol) line("  symbol {}", names_[*input.symbol]);
  text("  unit", input.unit);
  for (const std::string &choice : input.choices) line("  choice {}", quote(choice));
  line("  value {}", toString(input.value));
  if (input.lo) line("  lo {}", toString(*input.lo));
  if (input.hi) line("  hi {}", toString(*input.hi));
  text("  doc", input.doc);
}

void Printer::printMetric(const Metric &metric) {
  line("metric {} {}", word(metric.name), kFoldWords[static_cast<size_t>(metric.fold)]);
  text("  title", metric.title), text("  unit", metric.unit);
  if (metric.absent) line("  absent");
  if (metric.rule) line("  rule {}", names_.show(*metric.rule));
  for (ExprId part : metric.parts) line("  part {}", names_.show(part));
  text("  utilisation", metric.utilisation), text("  resource", metric.resource), text("  memory", metric.memory);
}

void Printer::printParameter(const Parameter &parameter) {
  line("parameter {} {}", kParameterWords[static_cast<size_t>(parameter.kind)], names_[parameter.symbol]);
  text("  owner", parameter.owner), text("  role", parameter.role), text("  class", parameter.category);
  text("  utilisation", parameter.utilisation);
  if (parameter.value) line("  value {}", *parameter.value);
  if (parameter.best) line("  best {}", *parameter.best);
  if (parameter.worst) line("  worst {}", *parameter.worst);
}

/// `times` is left out when it is 1, work when it is 0.
void Printer::printRun(uint32_t node, const Run &run) {
  line("run {} {}", node, word(run.category));
  for (const Run::Turn &turn : run.turns) {
    line("  turn {}", names_[turn.index]);
    number("  lo", turn.lo), number("  hi", turn.hi);
  }
  if (run.times != module_.pool->constant(1)) number("  times", run.times);
  for (size_t i = 0; i < kWorks; ++i) number(fmt::format("  {}", kFormalWords[i]), run.work[i]);
}

void Printer::printGuard(const Guard &guard) {
  line("{} {}", kGuardWords[static_cast<size_t>(guard.kind)], names_.show(guard.condition));
  text("  text", guard.text), text("  place", guard.place);
}

void Printer::printNode(uint32_t number) {
  const Node &node = module_.nodes[number];
  std::string parent = node.parent == kNoNode ? "" : fmt::format(" in {}", node.parent);
  line("{} {}{}", node.group ? "group" : "node", number, parent);
  if (node.group) return printGroup(node);
  for (const LabelPart &part : node.label)
    line("  label {}{}", quote(part.text), part.index ? " " + names_.show(*part.index) : "");
  text("  op", node.op), text("  category", node.category), text("  title", node.title), text("  place", node.place);
  text("  resident", node.resident);
  if (node.calls != module_.pool->constant(1)) line("  calls {}", names_.show(node.calls));
  if (!node.uniform) line("  varying");
  for (size_t i = 0; i < node.metrics.size(); ++i) this->number("  " + word(module_.metrics[i].name), node.metrics[i]);
  for (const Run &run : node.runs) printRun(number, run);
}

void Printer::printGroup(const Node &group) {
  line("  index {}", names_[group.index]);
  if (group.lo != ExprId()) line("  lo {}", names_.show(group.lo));
  if (group.hi != ExprId()) line("  hi {}", names_.show(group.hi));
}

} // namespace

std::string print(const CostModule &module) { return Printer(module).print(); }

} // namespace mdl::ir
