//===- CostModule.h - What passes see: numbers by name ----------*- C++ -*-===//
// A cost module is the tree of nodes with, for each node and metric, one
// symbolic expression over the inputs (and over the indices of the folded
// repeats around the node). Shapes, operators and source are gone; what is left
// prints as text, one fact a line, and parses back (Print.h, Read.h).
//===----------------------------------------------------------------------===//
#pragma once
#include "../expr/Expr.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mdl::ir {

using expr::ExprId;
using expr::SymbolId;

enum class InputType : uint8_t { Integer, Boolean, Choice };
enum class GuardKind : uint8_t { Require, Warn, Claim };
enum class Fold : uint8_t { Sum, Once, Peak, Each };

/// An input of the pipeline.
struct Input {
  std::string name;
  InputType type = InputType::Integer;
  std::string unit;
  std::vector<std::string> choices;
  Int value;                 ///< The default, or what a fixed input was fixed to
  std::optional<Int> lo, hi; ///< Inclusive
  std::string doc;
  std::optional<SymbolId> symbol; ///< Absent when fixed
};

struct Guard {
  GuardKind kind;
  ExprId condition;
  std::string text;
  std::string place;
};

struct Metric {
  std::string name, title, unit;
  Fold fold = Fold::Sum;
  bool absent = false;
};

struct LabelPart {
  std::string text;
  std::optional<ExprId> index;
  friend bool operator==(const LabelPart &, const LabelPart &) = default;
};

inline constexpr uint32_t kNoNode = ~0u;

/// A node, or a group: its children once for each value of `index` in lo..hi.
struct Node {
  uint32_t parent = kNoNode;
  bool group = false;
  std::vector<LabelPart> label;
  SymbolId index;
  ExprId lo, hi;
  std::string op, category, title, place;
  ExprId calls;
  bool uniform = true;
  std::vector<ExprId> metrics; ///< Parallel to `CostModule::metrics`; empty for a group
  std::vector<uint32_t> children;
};

struct CostModule {
  std::shared_ptr<expr::ExprPool> owned; ///< Set when the module has a pool of its own (read from text)
  expr::ExprPool *pool = nullptr;
  std::string model, title, convention, traffic;
  std::vector<Input> inputs;
  std::vector<Guard> guards;
  std::vector<Metric> metrics;
  std::vector<Node> nodes; ///< Parents before children
  std::vector<uint32_t> roots;
  std::vector<ExprId> totals;
  std::vector<std::string> notModelled;
  std::vector<std::string> assumptions;
};

} // namespace mdl::ir
