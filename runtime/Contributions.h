//===- Contributions.h - Which nodes a change comes from --------*- C++ -*-===//
// Private to the comparison. The trees of both results are laid over each other
// by id. A node stands for all below it when nothing there is in both trees: it is
// on one side only, or a leaf on one side, or both sides divide it otherwise.
//===----------------------------------------------------------------------===//
#pragma once
#include "Compare.h"
#include <unordered_map>

namespace mdl::runtime {

class JointNodes {
public:
  JointNodes(const Result &a, const Result &b, const std::vector<Counterpart> &counterparts);
  /// Fills stages, nodes, remainder and peaks of a metric's change.
  void explain(std::optional<size_t> inA, std::optional<size_t> inB, MetricChange &change) const;

private:
  static constexpr size_t kNone = ~size_t{0};
  /// A node of the union of both trees, by its id in B.
  struct Joint {
    std::string id, idA;
    bool inA = false, inB = false, innerA = false, innerB = false;
    bool stage = false;
    bool common = false; ///< A node below it is in both trees
    std::string why;
  };
  /// A tree of one side: its nodes' positions in the union.
  struct Tree {
    std::vector<size_t> joint;  ///< Per node of the result
    std::vector<size_t> parent; ///< Per node: the node above, or kNone
    std::vector<size_t> counts; ///< Per node: the joint node that it counts for
  };

  Tree join(const Result &result, bool isA, const std::vector<Counterpart> &counterparts);
  void findCommon(const Tree &tree);
  bool isWhole(const Joint &joint) const;
  void roll(Tree &tree) const;
  void addReasons(const std::vector<Counterpart> &counterparts);
  void addOwn(const Result &result, const Tree &tree, size_t metric, bool isA, std::vector<Pair> &own) const;
  void addStages(std::optional<size_t> inA, std::optional<size_t> inB, MetricChange &change) const;
  Contribution contributionOf(size_t joint, const Pair &values, bool isWork) const;

  const Result &a_, &b_;
  std::vector<Joint> joints_;
  std::unordered_map<std::string, size_t> byId_;
  Tree treeA_, treeB_;
};

} // namespace mdl::runtime
