//===- Tree.h - Walks over the nodes of a program ---------------*- C++ -*-===//
// Private to the runtime. A walk binds the indices of the groups that it passes,
// so whoever is visited reads labels and numbers of exactly that copy.
//===----------------------------------------------------------------------===//
#pragma once
#include "Evaluate.h"
#include <string>
#include <utility>
#include <vector>

namespace mdl::runtime {

/// Indices of groups and their values, outermost first.
using Bindings = std::vector<std::pair<uint32_t, Int>>;

/// A part of the tree to report: siblings under these bindings.
struct TreePart {
  std::vector<uint32_t> nodes;
  Bindings bindings;
};

/// How often a walk enters a group: for each value of the index, or once for all
/// values when the numbers below do not depend on it.
enum class Turns : uint8_t { Each, FirstOfEqual };

class Tree {
public:
  explicit Tree(Evaluator &evaluator);

  const Program &program() const { return evaluator_.program(); }
  const Node &node(uint32_t number) const { return program().nodes[number]; }
  Evaluator &evaluator() const { return evaluator_; }
  const Bindings &bindings() const { return bindings_; }
  void bind(const Bindings &bindings);

  /// The label for the current indices.
  std::string label(const Node &node) const;
  /// The id for the current indices, from the labels of the node and of those above; empty for `~0`.
  std::string id(uint32_t number) const;
  /// The nearest ancestor that is no group, or `~0`.
  uint32_t parentOf(uint32_t number) const;
  /// True when numbers below a group depend on its index.
  bool varies(uint32_t group) const;
  /// True when no number of the node itself depends on an index.
  bool isConstant(uint32_t number) const { return own_[number].empty(); }
  /// The first index of a group, and how many there are (at least 0), for the indices around it.
  Int lo(const Node &group) const { return evaluator_.value(group.lo).exact; }
  Int turns(const Node &group) const;

  /// Calls `visit(node)` for each copy of each child, groups expanded in order. A visit
  /// that returns false ends the walk, which then returns false.
  template <class Visit> bool forEach(const std::vector<uint32_t> &children, Turns turns, const Visit &visit);

private:
  Evaluator &evaluator_;
  std::vector<IndexSet> own_;   ///< Per node: what its numbers depend on
  std::vector<IndexSet> below_; ///< Per node: what numbers in its subtree depend on
  Bindings bindings_;
};

template <class Visit> bool Tree::forEach(const std::vector<uint32_t> &children, Turns mode, const Visit &visit) {
  for (uint32_t child : children) {
    const Node &entry = node(child);
    if (!entry.group) {
      if (!visit(child)) return false;
      continue;
    }
    Int first = lo(entry), count = turns(entry);
    if (mode == Turns::FirstOfEqual && !varies(child) && count > 1) count = 1;
    bindings_.emplace_back(entry.index, first);
    bool go = true;
    for (Int turn = 0; go && turn < count; turn += 1) {
      bindings_.back().second = first + turn;
      evaluator_.setIndex(entry.index, first + turn);
      go = forEach(entry.children, mode, visit);
    }
    bindings_.pop_back();
    if (!go) return false;
  }
  return true;
}

} // namespace mdl::runtime
