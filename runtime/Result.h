//===- Result.h - A saved result, read back ---------------------*- C++ -*-===//
// What `mdlc eval --format json` has written, as plain data: the settings of the
// job, totals, nodes and memory. It is read by what the schemas have in common,
// so another one that names totals and nodes is a line in the list of Result.cpp.
// Integers stay exact; reals are those of the file.
//===----------------------------------------------------------------------===//
#pragma once
#include "Evaluate.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::runtime {

/// A metric as the result describes it. Results without a description get title and unit from the name.
struct ResultMetric {
  std::string name, title, unit;
  std::optional<Fold> fold; ///< Unknown where the result does not say
};

struct ResultNode {
  std::string id, parent;     ///< A stage has no parent
  std::vector<Number> values; ///< Parallel to `Result::metrics`
};

/// One thing that was asked for or chosen: `input height` is 720, `precision.name` is fp16.
struct ResultSetting {
  std::string name, value;
};

/// What one device holds while a stage runs. `parts` are numbers of bytes by key: `weight_bytes`, `total_bytes`.
struct ResultStageMemory {
  std::string stage, placement;
  std::vector<std::pair<std::string, Number>> parts;
  Number part(std::string_view key) const;
};
struct ResultMemory {
  std::string residency;
  std::vector<ResultStageMemory> stages;
  Number total, capacity; ///< The capacity is absent without a device
  std::string at;         ///< The stage with the largest total
};

struct Result {
  std::string schema;
  std::string file, pipeline; ///< The model's source as it was given; empty in results that do not say
  std::string model, workloadName, selected;
  std::vector<std::pair<std::string, std::string>> inputs;
  std::vector<ResultSetting> settings; ///< Inputs first, then the rest of the header in its order
  std::vector<std::string> assumptions, notModelled;
  std::vector<ResultMetric> metrics;
  std::vector<Number> totals; ///< Parallel to `metrics`
  std::vector<ResultNode> nodes;
  std::optional<ResultMemory> memory;

  std::optional<size_t> metric(std::string_view name) const;
  const ResultNode *node(std::string_view id) const;
  /// The value of a setting; empty when there is none of this name.
  std::string_view setting(std::string_view name) const;
};

/// The unit that the name of a metric tells, for results that do not describe their metrics: `s` of `time_s`; else nothing.
std::string unitByName(std::string_view name);

/// Reads a result. Without one, `error` says what is wrong with the text.
std::optional<Result> parseResult(std::string_view json, std::string &error);

} // namespace mdl::runtime
