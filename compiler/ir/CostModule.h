//===- CostModule.h - What passes see: numbers by name ----------*- C++ -*-===//
// A cost module is the tree of nodes with, for each node and metric, one
// symbolic expression over the inputs (and over the indices of the folded
// repeats around the node). Shapes, operators and source are gone; what is left
// prints as text, one fact a line, and parses back (Print.h, Read.h).
//===----------------------------------------------------------------------===//
#pragma once
#include "../expr/Expr.h"
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::ir {

using expr::ExprId;
using expr::SymbolId;

/// Said of work in which a fraction is raised to a power (`ExprPool::isReal`), as distinct experts are.
inline constexpr std::string_view kExpectation =
    "an expectation, not an exact count (routing is assumed to be uniform)";

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
  /// Time: what one run takes, over the module's formals; `apply-device` makes numbers of it.
  std::optional<ExprId> rule;
  std::vector<ExprId> parts; ///< Time: of their sums the largest counts when everything overlaps
  std::string utilisation;   ///< Time: the profile that it is for; empty is the chosen one
  std::string resource;      ///< Time: of which resource; empty is of all
  std::string memory;        ///< What it is of the memory of a device: `weights`, `activations`
};

/// What `apply-precision` and `apply-device` give a value: how many bits an element has, what a device does in a second.
struct Parameter {
  enum class Kind : uint8_t {
    Bits,
    TensorRate,
    VectorRate,
    MemoryRate,
    LinkRate,
    LinkLatency,
    Launch
  } kind = Kind::Bits;
  SymbolId symbol;
  std::string owner;       ///< Bits, TensorRate: the stage, or what is resident
  std::string role;        ///< Bits
  std::string category;    ///< The class of operators: that made the tensor, that runs
  std::string utilisation; ///< Rates: the profile
  std::optional<double> value;
  std::optional<double> best, worst; ///< Rates: the ends, when the profile has a range
};

/// What the fields of a run are called in time rules, in the order of `Formal`.
enum class Formal : uint8_t {
  Tensor,
  Vector,
  Read,
  Written,
  Sent,
  Messages,
  TensorRate,
  VectorRate,
  MemoryRate,
  LinkRate,
  LinkLatency,
  Launch
};
inline constexpr size_t kFormals = 12;
inline constexpr size_t kWorks = 6; ///< The first ones are what a run does, the others what a device offers

/// A kind of run of an operator: how often, and its work each time. `turns` are loops in time that the work depends on.
struct Run {
  struct Turn {
    SymbolId index;
    ExprId lo, hi;
  };
  std::string category;
  ExprId times;
  std::vector<Turn> turns;
  std::array<ExprId, kWorks> work; ///< By `Formal`
  ExprId of(Formal formal) const { return work[static_cast<size_t>(formal)]; }
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
  std::string resident; ///< Root: what it shares its weights with
  ExprId calls;
  bool uniform = true;
  std::vector<ExprId> metrics; ///< Parallel to `CostModule::metrics`; empty for a group
  std::vector<Run> runs;       ///< Operators: what takes time
  std::vector<uint32_t> children;
};

struct CostModule {
  std::shared_ptr<expr::ExprPool> owned; ///< Set when the module has a pool of its own (read from text)
  expr::ExprPool *pool = nullptr;
  std::string model, title, convention, traffic;
  std::string precision, device; ///< What has been applied, in words; empty before
  std::vector<Input> inputs;
  std::vector<Guard> guards;
  std::vector<Parameter> parameters;
  std::vector<SymbolId> formals; ///< By `Formal`; empty when no metric is a time
  std::vector<Metric> metrics;
  std::vector<Node> nodes; ///< Parents before children
  std::vector<uint32_t> roots;
  std::vector<ExprId> totals;
  std::vector<std::string> notModelled;
  std::vector<std::string> assumptions;
};

} // namespace mdl::ir
