//===- Verify.cpp - Is a cost module well formed? -------------------------===//
#include "Verify.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"
#include <fmt/format.h>
#include <set>

namespace mdl::ir {

namespace {

class Verifier {
public:
  explicit Verifier(const CostModule &module) : module_(module) {}
  std::string verify();

private:
  template <class... Args> void expect(bool holds, fmt::format_string<Args...> format, Args &&...args) {
    if (!holds && error_.empty()) error_ = fmt::format(format, std::forward<Args>(args)...);
  }
  void verifyInputs();
  void verifyTotals();
  void verifyTree();
  void verifyNode(uint32_t number);
  void verifyGroup(uint32_t number);
  /// `scope` is the innermost node whose groups may be mentioned.
  void verifyExpr(ExprId id, uint32_t scope, std::string_view where);
  bool isVisible(SymbolId symbol, uint32_t scope) const;
  std::string nodeName(uint32_t number) const { return fmt::format("node {}", number); }

  const CostModule &module_;
  std::set<uint32_t> formals_; ///< Rules may mention them, and nothing else
  std::set<uint32_t> turns_;   ///< Indices of the run that is looked at
  std::set<uint32_t> inputs_;  ///< Not a DenseSet: an index that was never set is its mark for empty
  std::string error_;
};

std::string Verifier::verify() {
  if (!module_.pool) return "the module has no pool";
  verifyInputs();
  for (const Parameter &parameter : module_.parameters)
    expect(inputs_.insert(parameter.symbol.index).second, "a parameter shares its symbol with an input");
  for (SymbolId formal : module_.formals) formals_.insert(formal.index);
  expect(formals_.empty() || module_.formals.size() == kFormals, "{} fields of a run", module_.formals.size());
  for (const Metric &metric : module_.metrics)
    for (SymbolId symbol : metric.rule ? module_.pool->symbols(*metric.rule) : llvm::SmallVector<SymbolId>())
      expect(formals_.contains(symbol.index), "the rule of `{}` mentions `{}`", metric.name,
             module_.pool->symbolInfo(symbol).name);
  for (const Guard &guard : module_.guards) verifyExpr(guard.condition, kNoNode, "a guard");
  verifyTotals();
  verifyTree();
  for (uint32_t i = 0; i < module_.nodes.size() && error_.empty(); ++i)
    module_.nodes[i].group ? verifyGroup(i) : verifyNode(i);
  return error_;
}

void Verifier::verifyInputs() {
  llvm::StringSet<> names;
  for (const Input &input : module_.inputs) {
    expect(names.insert(input.name).second, "two inputs are named `{}`", input.name);
    expect(input.type != InputType::Choice || !input.choices.empty(), "input `{}` has no choices", input.name);
    if (!input.symbol) continue;
    expect(input.symbol->index < module_.pool->symbolCount(), "input `{}` has no symbol of the pool", input.name);
    expect(inputs_.insert(input.symbol->index).second, "input `{}` shares its symbol with another", input.name);
  }
}

void Verifier::verifyTotals() {
  llvm::StringSet<> names;
  for (const Metric &metric : module_.metrics)
    expect(names.insert(metric.name).second, "two metrics are named `{}`", metric.name);
  expect(module_.totals.size() == module_.metrics.size(), "{} totals for {} metrics", module_.totals.size(),
         module_.metrics.size());
  for (ExprId total : module_.totals) verifyExpr(total, kNoNode, "a total");
}

/// Parents before children; children and roots are exactly what the parents say, in order.
void Verifier::verifyTree() {
  std::vector<size_t> seen(module_.nodes.size());
  size_t roots = 0;
  for (uint32_t i = 0; i < module_.nodes.size() && error_.empty(); ++i) {
    uint32_t parent = module_.nodes[i].parent;
    expect(parent == kNoNode || parent < i, "node {} stands before its parent {}", i, parent);
    if (!error_.empty()) return;
    const auto &siblings = parent == kNoNode ? module_.roots : module_.nodes[parent].children;
    size_t &at = parent == kNoNode ? roots : seen[parent];
    expect(at < siblings.size() && siblings[at] == i, "node {} is not the next child of its parent", i);
    ++at;
  }
  expect(roots == module_.roots.size(), "a root has a parent, or is no node");
  for (uint32_t i = 0; i < module_.nodes.size(); ++i)
    expect(seen[i] == module_.nodes[i].children.size(), "a child of node {} has another parent, or is no node", i);
}

void Verifier::verifyNode(uint32_t number) {
  const Node &node = module_.nodes[number];
  expect(!node.label.empty(), "node {} has no label", number);
  expect(node.metrics.size() == module_.metrics.size(), "node {} has {} numbers for {} metrics", number,
         node.metrics.size(), module_.metrics.size());
  for (const LabelPart &part : node.label)
    if (part.index) verifyExpr(*part.index, number, nodeName(number));
  verifyExpr(node.calls, number, nodeName(number));
  for (ExprId value : node.metrics) verifyExpr(value, number, nodeName(number));
  for (const Run &run : node.runs) {
    for (const Run::Turn &turn : run.turns) turns_.insert(turn.index.index);
    verifyExpr(run.times, number, nodeName(number));
    for (ExprId each : run.work) verifyExpr(each, number, nodeName(number));
    turns_.clear();
  }
}

void Verifier::verifyGroup(uint32_t number) {
  const Node &group = module_.nodes[number];
  expect(group.parent != kNoNode, "group {} has no parent", number);
  expect(group.metrics.empty(), "group {} has numbers of its own", number);
  expect(group.index.index < module_.pool->symbolCount(), "the index of group {} is no symbol", number);
  expect(!isVisible(group.index, group.parent), "the index of group {} has a meaning outside of it", number);
  verifyExpr(group.lo, group.parent, nodeName(number));
  verifyExpr(group.hi, group.parent, nodeName(number));
}

bool Verifier::isVisible(SymbolId symbol, uint32_t scope) const {
  if (inputs_.contains(symbol.index) || turns_.contains(symbol.index)) return true;
  for (; scope != kNoNode; scope = module_.nodes[scope].parent)
    if (module_.nodes[scope].group && module_.nodes[scope].index == symbol) return true;
  return false;
}

void Verifier::verifyExpr(ExprId id, uint32_t scope, std::string_view where) {
  expect(id.index < module_.pool->size(), "{} has an expression of another pool", where);
  if (!error_.empty()) return;
  for (SymbolId symbol : module_.pool->symbols(id))
    expect(isVisible(symbol, scope), "{} mentions `{}`, which has no value there", where,
           module_.pool->symbolInfo(symbol).name);
}

} // namespace

std::string verify(const CostModule &module) { return Verifier(module).verify(); }

} // namespace mdl::ir
