//===- CostTree.cpp - The tree of ids while it is built -------------------===//
#include "CostTree.h"

namespace mdl::lower {

uint32_t CostTree::addRoot(std::string_view name) {
  TreeNode root;
  root.segment.text = std::string(name);
  nodes_.push_back(std::move(root));
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t CostTree::child(uint32_t at, const ir::LabelPart &segment) {
  for (uint32_t existing : nodes_[at].children)
    if (!nodes_[existing].group && nodes_[existing].segment == segment) return existing;
  TreeNode node;
  node.parent = at;
  node.segment = segment;
  nodes_.push_back(std::move(node));
  auto made = static_cast<uint32_t>(nodes_.size() - 1);
  nodes_[at].children.push_back(made);
  return made;
}

uint32_t CostTree::enter(uint32_t at, const OpenGroup &group, expr::Replacements &renamed) {
  for (uint32_t existing : nodes_[at].children) {
    const TreeNode &node = nodes_[existing];
    if (!node.group || node.repeat != group.repeat || node.lo != group.lo || node.hi != group.hi) continue;
    if (node.index != group.index) renamed[group.index.index] = pool_.symbol(node.index);
    return existing;
  }
  TreeNode node;
  node.parent = at;
  node.group = true;
  node.index = group.index, node.lo = group.lo, node.hi = group.hi, node.repeat = group.repeat;
  nodes_.push_back(std::move(node));
  auto made = static_cast<uint32_t>(nodes_.size() - 1);
  nodes_[at].children.push_back(made);
  return made;
}

uint32_t CostTree::place(uint32_t at, sema::Label label, std::vector<OpenGroup> &open, expr::Replacements &renamed) {
  for (const sema::LabelSegment &segment : label) {
    size_t needed = 0; // groups up to the last one that this segment mentions
    for (size_t i = 0; segment.index && i < open.size(); ++i)
      if (pool_.dependsOn(*segment.index, open[i].index)) needed = i + 1;
    for (size_t i = 0; i < needed; ++i) at = enter(at, open[i], renamed);
    open.erase(open.begin(), open.begin() + static_cast<ptrdiff_t>(needed));
    ir::LabelPart part{std::string(segment.text), std::nullopt};
    if (segment.index) {
      ExprId index = renamed.empty() ? *segment.index : pool_.substitute(*segment.index, renamed);
      if (auto constant = pool_.asInteger(index)) part.text += toString(*constant);
      else part.index = index;
    }
    at = child(at, part);
  }
  return at;
}

std::string CostTree::path(uint32_t node) const {
  const TreeNode &at = nodes_[node];
  std::string above = at.parent == ir::kNoNode ? "" : path(at.parent);
  if (at.group) return above;
  std::string text = at.segment.text;
  if (at.segment.index) text += "{" + expr::print(pool_, *at.segment.index) + "}";
  return above.empty() ? text : above + "." + text;
}

} // namespace mdl::lower
