//===- BundleData.h - The one set of numbers of a bundle --------*- C++ -*-===//
// bundle-metadata.json: everything that the table, the figures and the documents
// of both languages say. Numbers are those of results.json, or made of them by the
// rules that stand here; nothing is rounded.
//===----------------------------------------------------------------------===//
#pragma once
#include "Selection.h"
#include "runtime/report/SizingTable.h"

namespace mdl::tool {

/// What a bundle is called and when it was made.
struct BundleName {
  std::string id, date, tool;
};

/// The metadata of a selection, schema `mdlc.bundle/1`, described by runtime/report/bundle.schema.json.
Json bundleData(const BundleRequest &request, const BundleName &name, const std::vector<Scenario> &scenarios);

/// comparison-table.csv: a row for each scenario, from the same data.
runtime::SizingTable comparisonTable(const Json &data);

} // namespace mdl::tool
