//===- Expand.cpp - One row for each copy of a node -----------------------===//
#include "Collect.h"

namespace mdl::runtime {
namespace {

class Expander {
public:
  Expander(Tree &tree, std::vector<Row> &rows, RowStorage &storage)
      : tree_(tree), rows_(rows), storage_(storage), shared_(tree.program().nodes.size()) {}

  void expandAll(const std::vector<uint32_t> &children, std::string_view parent) {
    tree_.forEach(children, Turns::Each, [&](uint32_t child) {
      expandAll(tree_.node(child).children, addRow(child, parent));
      return true;
    });
  }

private:
  std::string_view addRow(uint32_t number, std::string_view parent) {
    const Node &node = tree_.node(number);
    const Evaluator &evaluator = tree_.evaluator();
    std::string id(parent);
    if (!id.empty()) id += '.';
    size_t nameAt = id.size();
    id += tree_.label(node);
    Row &row = rows_.emplace_back();
    row.id = storage_.ids.emplace_back(std::move(id));
    row.parent = row.id.substr(0, parent.size());
    row.name = row.id.substr(nameAt);
    row.node = &node;
    row.calls = node.calls == kNoSlot ? 1 : evaluator.value(node.calls).exact;
    row.uniformCalls = node.uniform == kNoSlot || !evaluator.value(node.uniform).exact.isZero();
    row.values = valuesOf(number);
    return row.id;
  }

  /// Numbers that depend on no index are stored once for all copies.
  std::span<const Number> valuesOf(uint32_t number) {
    if (shared_[number]) return *shared_[number];
    const Node &node = tree_.node(number);
    const std::vector<Metric> &metrics = tree_.program().metrics;
    std::vector<Number> &values = storage_.values.emplace_back(metrics.size());
    for (size_t i = 0; i < metrics.size(); ++i)
      if (!metrics[i].absent) values[i] = tree_.evaluator().value(node.metrics[i]);
    if (tree_.isConstant(number)) shared_[number] = &values;
    return values;
  }

  Tree &tree_;
  std::vector<Row> &rows_;
  RowStorage &storage_;
  std::vector<const std::vector<Number> *> shared_; ///< Per node: numbers that all copies share
};

} // namespace

void expand(Tree &tree, const TreePart &part, std::vector<Row> &rows, RowStorage &storage) {
  tree.bind(part.bindings);
  uint32_t parent = part.nodes.empty() ? ~0u : tree.parentOf(part.nodes.front());
  std::string parentId = tree.id(parent);
  Expander(tree, rows, storage).expandAll(part.nodes, parentId);
}

} // namespace mdl::runtime
