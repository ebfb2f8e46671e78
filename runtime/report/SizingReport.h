//===- SizingReport.h - A sizing run as files -------------------*- C++ -*-===//
// results.json (schema `mdlc.size/1`), results.csv and summary.md of one run. The
// same run gives the same bytes: where it came from is in a block of its own.
//===----------------------------------------------------------------------===//
#pragma once
#include "SizingTable.h"

namespace mdl::runtime {

/// What a run was made from: for people who want to make it again.
struct SizingProvenance {
  std::string tool; ///< `mdlc 0.1`
  struct File {
    std::string path, sha256;
  };
  std::vector<File> files;
};

/// One job at one request, under the first utilisation.
struct StageBreakdown {
  std::vector<std::vector<Number>> stages; ///< By root, by metric
  std::vector<Number> calls;               ///< By root: how often it runs
  std::vector<std::string> notes;          ///< Warnings and extrapolations
};

struct SizingDocument {
  std::string runId;
  const SizingResult *result = nullptr;
  std::vector<StageBreakdown> breakdowns; ///< By job
  SizingProvenance provenance;
  std::string rowSchema;            ///< The name of another tool's columns, or empty
  std::vector<std::string> figures; ///< Files of pictures, which the page shows
};

void writeSizingJson(const SizingDocument &document, const SizingTable &table, Output &out);
void writeSizingSummary(const SizingDocument &document, Output &out);

} // namespace mdl::runtime
