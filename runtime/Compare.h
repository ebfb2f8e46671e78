//===- Compare.h - Two results, number by number ----------------*- C++ -*-===//
// What differs between two results, and which nodes it comes from. A metric that
// adds up over nodes is taken apart: every node's own part, what it has beyond
// its children, is compared with that of its counterpart, so the contributions
// and the remainder are the change of the total, to the last digit for integers.
// A peak is no sum: it has the nodes where it is reached instead.
//===----------------------------------------------------------------------===//
#pragma once
#include "Counterparts.h"
#include "Result.h"

namespace mdl::runtime {

struct CompareOptions {
  std::vector<Counterpart> counterparts; ///< From ids of A to ids of B
  std::vector<std::string> metrics;      ///< Only these; empty is all
};

/// Which side has it.
enum class Side : uint8_t { Both, OnlyA, OnlyB };

/// A number of both sides; either may be absent.
struct Pair {
  Number a, b;
  bool differs() const;
  /// b - a; an absent side counts as 0.
  Number change() const;
  /// b / a; nothing where a is 0 or a side is absent.
  std::optional<double> ratio() const;
};

/// What a node, with what is below it, has to do with the change of a metric.
struct Contribution {
  std::string id; ///< As B has it, if B has it
  Pair values;
  Side side = Side::Both;
  Int copies = 1;      ///< How many nodes are in this line: ids that differ in one number and have equal values
  bool shared = false; ///< Not the node's children: what the node has beyond them, or what they share
  std::string why;     ///< What the counterparts say about it
};

struct MetricChange {
  ResultMetric metric;
  Pair total;
  Side side = Side::Both;
  bool adds = false;                ///< It adds up over nodes
  std::vector<Contribution> stages; ///< All, in order
  std::vector<Contribution> nodes;  ///< Largest change first; those without one are left out
  Number rest;                      ///< The change of the total that no node has
  std::string peakA, peakB;         ///< A peak: where it is reached
};

struct MemoryChange {
  std::string stage, part;
  Pair bytes;
};

struct SettingChange {
  std::string name, a, b; ///< Empty where a side does not have it
};

struct Comparison {
  const Result *a = nullptr, *b = nullptr; ///< They outlive the comparison
  std::vector<std::string> notes;          ///< What a reader must know before any number
  std::vector<SettingChange> settings;
  std::vector<MetricChange> metrics; ///< All, changed or not
  std::optional<Pair> memory;        ///< The most that a device holds
  std::string memoryAtA, memoryAtB;
  std::vector<MemoryChange> memoryParts;                                           ///< Those that differ
  std::vector<std::string> assumptionsA, assumptionsB, notModelledA, notModelledB; ///< Only on that side
  /// No number differs, of the whole or of a node.
  bool isEqual() const;
};

Comparison compare(const Result &a, const Result &b, const CompareOptions &options);

} // namespace mdl::runtime
