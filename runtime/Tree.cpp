//===- Tree.cpp - Walks over the nodes of a program -----------------------===//
#include "Tree.h"
#include <algorithm>

namespace mdl::runtime {
namespace {

void merge(IndexSet &into, const IndexSet &more) {
  for (uint32_t index : more) {
    auto at = std::ranges::lower_bound(into, index);
    if (at == into.end() || *at != index) into.insert(at, index);
  }
}

} // namespace

Tree::Tree(Evaluator &evaluator) : evaluator_(evaluator) {
  const std::vector<Node> &nodes = program().nodes;
  for (const Node &node : nodes) {
    IndexSet &own = own_.emplace_back();
    for (Slot slot : {node.lo, node.hi, node.calls, node.uniform}) merge(own, evaluator.indicesOf(slot));
    for (Slot slot : node.metrics) merge(own, evaluator.indicesOf(slot));
  }
  below_ = own_;
  for (size_t child = nodes.size(); child-- != 0;) // parents come before children
    if (nodes[child].parent != ~0u) merge(below_[nodes[child].parent], below_[child]);
}

void Tree::bind(const Bindings &bindings) {
  for (auto [index, value] : bindings) evaluator_.setIndex(index, value);
  bindings_ = bindings;
}

std::string Tree::label(const Node &node) const {
  std::string text;
  for (const LabelPart &part : node.label) {
    text += part.text;
    if (part.index != kNoSlot) text += toString(evaluator_.value(part.index).exact);
  }
  return text;
}

uint32_t Tree::parentOf(uint32_t number) const {
  do number = node(number).parent;
  while (number != ~0u && node(number).group);
  return number;
}

std::string Tree::id(uint32_t number) const {
  if (number == ~0u) return {};
  std::string above = id(parentOf(number));
  return above.empty() ? label(node(number)) : above + "." + label(node(number));
}

bool Tree::varies(uint32_t group) const { return std::ranges::binary_search(below_[group], node(group).index); }

Int Tree::turns(const Node &group) const {
  Int count = evaluator_.value(group.hi).exact - lo(group);
  return !count.isOverflow() && count.sign() < 0 ? 0 : count;
}

} // namespace mdl::runtime
