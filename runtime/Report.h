//===- Report.h - The result of an evaluation, as data ----------*- C++ -*-===//
// Every renderer (text, JSON, CSV, Markdown) prints this structure; none of
// them computes. Rows are in program order, a parent before its children.
// A report points into its program, which outlives it; copies share storage.
//===----------------------------------------------------------------------===//
#pragma once
#include "Memory.h"
#include "ModelFacts.h"
#include "Strategy.h"
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::runtime {

/// A node of the report with its full id, expanded: `diffusion.blocks.7.ffn.0`.
/// Its text and numbers lie in the report's storage, equal copies of a node share them.
struct Row {
  std::string_view id;
  std::string_view parent; ///< Empty for a stage
  std::string_view name;   ///< The node's label: what follows the parent's id
  const Node *node = nullptr;
  Int calls;
  bool uniformCalls = true;
  std::span<const Number> values; ///< Parallel to `metrics`
  std::string_view bottleneck;    ///< The resource that its time is mostly spent on; empty without times
};

/// A node of the folded tree that the text form shows: one line for `blocks.0…39 ×40`.
struct FoldedRow {
  unsigned depth = 0;
  std::string id;      ///< `diffusion.blocks.0…39.ffn`
  std::string parent;  ///< The folded id of the parent; empty for a stage
  std::string label;   ///< `blocks`, `0…39`
  std::string firstId; ///< Id of the first node that it stands for
  Int copies = 0;      ///< How many ids it stands for
  const Node *node = nullptr;
  Int calls;                   ///< Of one copy; the largest where copies differ
  bool uniformCalls = true;    ///< All calls of all copies cost the same
  std::vector<Number> values;  ///< Of all copies together for sums; of one for peaks
  std::string_view bottleneck; ///< The resource that its time is mostly spent on; empty without times
};

/// The value of an input in this evaluation.
struct BoundInput {
  const Input *input = nullptr;
  Int value;
  /// As a person writes it: `81`, `true`, `gundam`.
  std::string text() const;
};

/// What rows point into. It lives as long as a report that uses it.
struct RowStorage {
  std::deque<std::string> ids;
  std::deque<std::vector<Number>> values;
};

struct Report {
  const Program *program = nullptr;
  std::string source;                ///< The file of the model as it was given, or empty
  const ModelFacts *facts = nullptr; ///< Version and geometry of the model, where the caller has them
  std::string workload;              ///< Name of the workload, or empty
  std::string selected;              ///< `ReportOptions::select`: the totals are of what it selects
  std::vector<BoundInput> inputs;
  std::vector<std::string> assumptions;   ///< The program's, plus warnings and notes of this workload
  std::vector<std::string> warnings;      ///< Also in `assumptions`; the command prints them on stderr
  std::vector<Number> totals;             ///< Parallel to `metrics`
  std::vector<Number> bestTotals;         ///< The same at the better end of a utilisation with a range; else empty
  std::vector<Number> worstTotals;        ///< At its worse end, where that is not what `totals` are of; else empty
  std::string_view bottleneck;            ///< Of the whole
  std::optional<Target> target;           ///< What it runs on, if that is known
  std::optional<DeviceMemory> memory;     ///< Of the whole job, when nothing is selected
  std::optional<ParallelReport> parallel; ///< The whole job on several devices, when that was asked for
  std::string peakAt;                     ///< Id of the node at which the first peak metric is reached
  std::vector<Row> rows;                  ///< Empty when only the folded tree was asked for
  std::vector<FoldedRow> folded;
  std::shared_ptr<const RowStorage> storage;
};

/// How an assumption begins that tells of a claimed range that was left.
inline constexpr std::string_view kExtrapolation = "extrapolation: ";
/// What the claimed ranges of the inputs do not cover; empty within them.
std::vector<std::string> extrapolations(const Report &report);

/// Why no report could be made.
struct ReportError {
  std::string slug; ///< `out-of-range`, `guard-failed`, `overflow`, `too-many-nodes`, `unknown-node`...
  std::string message;
  std::string place; ///< May be empty
};

struct ReportOptions {
  bool expand = true;             ///< Fill `rows`
  size_t maxRows = 1'000'000;     ///< Of `rows`; also the most turns of a repeat whose copies differ
  const Target *target = nullptr; ///< Precision, device and residency of the program
  std::string select;             ///< Keep this node and what is below it: exact id first, else `*` as a pattern
};

/// Evaluates and collects. On failure `error` is filled and the result is empty.
/// The totals of a selection are the node's own; of several nodes, sums and peaks only.
std::optional<Report> makeReport(Evaluator &evaluator, std::span<const Int> inputs, const ReportOptions &options,
                                 ReportError &error);

} // namespace mdl::runtime
