//===- Fold.cpp - The folded tree: one row for all copies of a node -------===//
// Equal copies are multiplied, copies that differ are added up one by one.
//===----------------------------------------------------------------------===//
#include "Collect.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

constexpr uint32_t kNoRow = ~0u;

Number product(const Number &value, Int times) {
  if (value.kind == Number::Kind::Exact) return Number::of(value.exact * times);
  return Number::ofReal(value.real * times.toDouble());
}

class Folder {
public:
  Folder(Tree &tree, size_t maxTurns, std::vector<FoldedRow> &rows, ReportError &error)
      : tree_(tree), turnsLeft_(maxTurns), maxTurns_(maxTurns), rows_(rows), error_(error),
        rowOf_(tree.program().nodes.size(), kNoRow) {}

  bool run(const TreePart &part) {
    size_t before = rows_.size();
    for (uint32_t number : part.nodes) plan(number, 0);
    tree_.bind(part.bindings);
    if (!visitAll(part.nodes, 1)) return false;
    auto first = rows_.begin() + static_cast<std::ptrdiff_t>(before);
    rows_.erase(std::remove_if(first, rows_.end(), [](const FoldedRow &row) { return row.copies.isZero(); }),
                rows_.end());
    return true;
  }

private:
  /// Rows in tree order, whatever the order in which their first copies are met.
  void plan(uint32_t number, unsigned depth) {
    const Node &node = tree_.node(number);
    if (!node.group) {
      rowOf_[number] = static_cast<uint32_t>(rows_.size());
      FoldedRow &row = rows_.emplace_back();
      row.depth = depth, row.node = &node;
      row.values.resize(tree_.program().metrics.size());
    }
    for (uint32_t child : node.children) plan(child, node.group ? depth : depth + 1);
  }

  bool visitAll(const std::vector<uint32_t> &children, Int weight) {
    for (uint32_t child : children)
      if (!(tree_.node(child).group ? visitGroup(child, weight) : visit(child, weight))) return false;
    return true;
  }

  bool visitGroup(uint32_t number, Int weight) {
    const Node &group = tree_.node(number);
    Int first = tree_.lo(group), count = tree_.turns(group);
    if (first.isOverflow() || count.isOverflow()) return failRange(group);
    if (count.isZero()) return true;
    bool each = tree_.varies(number);
    if (each && count > turnsLeft_) return failTurns(group, count);
    if (each) turnsLeft_ -= count;
    openGroups_.push_back(number);
    bool go = true;
    for (Int turn = 0; go && turn < (each ? count : 1); turn += 1) {
      tree_.evaluator().setIndex(group.index, first + turn);
      go = visitAll(group.children, each ? weight : weight * count);
    }
    openGroups_.pop_back();
    return go;
  }

  bool visit(uint32_t number, Int weight) {
    const Node &node = tree_.node(number);
    FoldedRow &row = rows_[rowOf_[number]];
    if (row.copies.isZero()) name(row, number);
    add(row, node, weight);
    std::vector<uint32_t> around;
    around.swap(openGroups_);
    bool go = visitAll(node.children, weight);
    around.swap(openGroups_);
    return go;
  }

  void add(FoldedRow &row, const Node &node, Int weight) {
    const Evaluator &evaluator = tree_.evaluator();
    const Program &program = tree_.program();
    for (size_t i = 0; i < row.values.size(); ++i) {
      if (program.metrics[i].absent) continue;
      Number value = evaluator.value(node.metrics[i]);
      bool first = row.copies.isZero();
      if (first && program.metrics[i].fold == Fold::Each) row.values[i] = value;
      else row.values[i] = combine(row.values[i], value, weight, program.metrics[i].fold);
    }
    Int calls = node.calls == kNoSlot ? 1 : evaluator.value(node.calls).exact;
    row.calls = row.calls.isOverflow() || calls.isOverflow() ? Int::overflow() : std::max(row.calls, calls);
    if (node.uniform != kNoSlot && evaluator.value(node.uniform).exact.isZero()) row.uniformCalls = false;
    row.copies += weight;
  }

  void name(FoldedRow &row, uint32_t number) {
    row.firstId = tree_.id(number);
    row.label = rangeLabel(*row.node);
    uint32_t parent = tree_.parentOf(number);
    bool known = parent != ~0u && rowOf_[parent] != kNoRow;
    row.parent = known ? rows_[rowOf_[parent]].id : tree_.id(parent);
    row.id = row.parent.empty() ? row.label : row.parent + "." + row.label;
  }

  /// The label with the first and the last value of each index that the groups around it bind: `0…39`.
  std::string rangeLabel(const Node &node) {
    std::vector<Int> first = labelValues(node), before;
    for (uint32_t group : openGroups_) {
      const Node &entry = tree_.node(group);
      before.push_back(tree_.evaluator().index(entry.index));
      if (Int count = tree_.turns(entry); count > 0) setIndex(entry, tree_.lo(entry) + count - 1);
    }
    std::vector<Int> last = labelValues(node);
    for (size_t i = 0; i < before.size(); ++i) setIndex(tree_.node(openGroups_[i]), before[i]);
    std::string text;
    for (size_t i = 0; i < node.label.size(); ++i) {
      text += node.label[i].text;
      if (node.label[i].index == kNoSlot) continue;
      text += toString(first[i]);
      if (first[i] != last[i]) text.append("…").append(toString(last[i]));
    }
    return text;
  }

  std::vector<Int> labelValues(const Node &node) const {
    std::vector<Int> values;
    for (const LabelPart &part : node.label) values.push_back(tree_.evaluator().value(part.index).exact);
    return values;
  }

  void setIndex(const Node &group, Int value) { tree_.evaluator().setIndex(group.index, value); }

  bool failRange(const Node &group) {
    error_ = {"overflow", "the range of a repeat is beyond 2^127, the widest integer", group.place};
    return false;
  }

  bool failTurns(const Node &group, Int count) {
    error_ = {"too-many-nodes",
              fmt::format("a repeat whose copies differ has {} turns; all such repeats together have at most {}",
                          toString(count), maxTurns_),
              group.place};
    return false;
  }

  Tree &tree_;
  Int turnsLeft_;
  size_t maxTurns_;
  std::vector<FoldedRow> &rows_;
  ReportError &error_;
  std::vector<uint32_t> rowOf_;      ///< Per node
  std::vector<uint32_t> openGroups_; ///< Between the current node and its parent, outermost first
};

} // namespace

Number combine(const Number &a, const Number &b, Int times, Fold fold) {
  if (fold == Fold::Each) return a == b ? a : Number();
  if (!b.isPresent()) return a;
  if (fold == Fold::Peak) return a.isPresent() && (a.isOverflow() || b < a) && !b.isOverflow() ? a : b;
  Number copies = product(b, times);
  return a.isPresent() ? a + copies : copies;
}

bool fold(Tree &tree, const TreePart &part, size_t maxTurns, std::vector<FoldedRow> &rows, ReportError &error) {
  return Folder(tree, maxTurns, rows, error).run(part);
}

} // namespace mdl::runtime
