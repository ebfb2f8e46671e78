//===- InspectReport.h - What mdlc inspect prints ---------------*- C++ -*-===//
#pragma once
#include "Checkpoints.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// A kind that a file is of, with what its tensors tell.
struct Recognised {
  const Checkpoint *checkpoint;
  std::vector<ToldSize> sizes;
};

struct InspectReport {
  weights::Inventory inventory;
  std::vector<Recognised> kinds;
};

/// Totals, sizes and a table of tensors, those that differ in numbers of their names only as one line unless `all`.
void renderInspectText(const InspectReport &report, bool all, bool colour, runtime::Output &out);
/// Schema `mdlc.inspect/1`, described by runtime/report/inspect.schema.json.
void renderInspectJson(const InspectReport &report, runtime::Output &out);

} // namespace mdl::tool
