//===- StaticAnalysis.h - The report of a run, on disk ----------*- C++ -*-===//
// What `mdlc report` writes. CONTRACT.md says what each artifact states, in which
// unit, and what is exact. The same model, workload and options give the same
// bytes; only `Provenance` tells of time and place.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Categories.h"
#include "Output.h"

namespace mdl::runtime {

struct Provenance {
  std::string tool, time, host, command; ///< `time` is UTC, ISO 8601
};

/// All that the artifacts of one run are made of. It points to the report and the facts, which outlive it.
struct StaticAnalysis {
  StaticAnalysis(const Report &report, const ModelFacts &facts, std::string id);

  const Report &report; ///< Expanded, of the whole job
  const ModelFacts &facts;
  std::string id;
  Categories categories;
  std::vector<std::vector<uint32_t>> children; ///< By row: rows
  std::optional<Provenance> provenance;
  std::vector<std::string> artifacts; ///< Files of the run, below its folder

  /// The rows at the top.
  std::vector<uint32_t> stages() const;
  std::vector<std::string> extrapolations() const { return runtime::extrapolations(report); }
  /// The part of the total that a value of a metric is; 0 of nothing.
  double share(std::span<const Number> values, size_t metric) const;
  /// The metric with this name that the convention has.
  std::optional<size_t> metric(std::string_view name) const;
  /// What shares of work and of time are of.
  std::optional<size_t> work() const { return metric("flops_tensor"); }
  std::optional<size_t> time() const { return metric("time_s"); }
};

/// `report.json`, schema `mdlc.report/1`, described by report.schema.json.
void renderReportJson(const StaticAnalysis &analysis, Output &out);
/// `report.json` in the seed's field names, described by modelmeter-v1.schema.json.
void renderModelmeterJson(const StaticAnalysis &analysis, Output &out);
/// `summary.md`: a page to read.
void renderSummaryPage(const StaticAnalysis &analysis, Output &out);
/// `layers.csv`: a row for each leaf.
void renderLayers(const StaticAnalysis &analysis, Output &out);

} // namespace mdl::runtime
