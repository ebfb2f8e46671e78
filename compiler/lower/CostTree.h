//===- CostTree.h - The tree of ids while it is built -----------*- C++ -*-===//
// Nodes are found or made by path. An index of a folded repeat becomes a group
// at the first segment that mentions it, so `blocks` is one node with one group
// below it, whatever the repeat contains. Pieces of a loop in time meet at equal
// paths: their work adds up, their storage is one.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ir/CostModule.h"
#include "../sema/Check.h"
#include <deque>

namespace mdl::lower {

using expr::ExprId;
using expr::SymbolId;

/// Storage that lives at a node.
struct NodeStorage {
  std::string_view name;
  sema::RoleId role;
  ExprId elements;
  ExprId bits; ///< Of an element
};

/// A storage of another node that this one uses: a tied weight.
struct Borrowed {
  uint32_t owner;
  std::string_view name;
};

/// Bytes that are live at a moment, if the loops around it are run at all: `when` is 1 or 0.
struct Peak {
  ExprId bytes, when;
};

/// What the walk gathers at a node, before the folds.
struct TreeNode {
  uint32_t parent = ir::kNoNode;
  bool group = false;
  ir::LabelPart segment;
  SymbolId index;
  ExprId lo, hi;
  SrcRange repeat; ///< Group: the statement, so that pieces of a loop in time meet
  std::string_view op, category;
  SrcRange range;
  bool instance = false; ///< An operator or module, not a mere part of a path
  ExprId calls;
  bool uniform = true;
  std::vector<ExprId> perCall; ///< The sum metrics of its first kind of call
  std::vector<ExprId> own;     ///< Sum metrics booked here, of the whole job
  std::vector<Peak> peaks;     ///< Candidates for the activation peak, in bytes
  ExprId workspace;            ///< The largest scratch of an operator, in bytes
  std::vector<ir::Run> runs;   ///< What takes time
  std::vector<NodeStorage> storage;
  std::vector<Borrowed> borrowed;
  std::vector<uint32_t> children;
};

/// A folded repeat that the walk is in.
struct OpenGroup {
  SymbolId index;
  ExprId lo, hi;
  SrcRange repeat;
};

class CostTree {
public:
  explicit CostTree(expr::ExprPool &pool) : pool_(pool) {}

  uint32_t addRoot(std::string_view name);
  /// Finds or makes the node `label` below `at`. Groups that a segment mentions are entered and leave `open`; a group
  /// that exists with another index symbol puts `new symbol -> its symbol` into `renamed`.
  uint32_t place(uint32_t at, sema::Label label, std::vector<OpenGroup> &open, expr::Replacements &renamed);

  TreeNode &operator[](uint32_t node) { return nodes_[node]; }
  const TreeNode &operator[](uint32_t node) const { return nodes_[node]; }
  size_t size() const { return nodes_.size(); }
  /// `diffusion.blocks.{i}.self_attn`
  std::string path(uint32_t node) const;

private:
  uint32_t child(uint32_t at, const ir::LabelPart &segment);
  uint32_t enter(uint32_t at, const OpenGroup &group, expr::Replacements &renamed);
  expr::ExprPool &pool_;
  std::deque<TreeNode> nodes_; ///< A node is large: none is moved when another is added
};

} // namespace mdl::lower
