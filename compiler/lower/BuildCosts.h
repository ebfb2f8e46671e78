//===- BuildCosts.h - Checked model to cost module --------------*- C++ -*-===//
#pragma once
#include "../ir/CostModule.h"
#include "../sema/Check.h"
#include "Formats.h"

namespace mdl::lower {

/// Instantiates the cost rules of every operator of the model under a pair of conventions and folds them over the
/// graph: work is summed over turns and copies, storage is a union by id, the activation peak is a maximum over the
/// schedule. Repeats stay folded. Mistakes in rules are reported to the checker's diagnostics.
/// Bits are constants by `bitsOf`, or parameters without it; runs are recorded under the convention `time`, if there is one.
struct CostOptions {
  const sema::Convention *flops, *traffic;
  const sema::Convention *time = nullptr;
  const BitsOf *bitsOf = nullptr;
  bool sharded = false; ///< What devices send is a metric, even if it is nothing
  /// Repeats that earlier walks of this model had to unfold; those of this one are added.
  std::vector<SrcRange> *unfolded = nullptr;
};
ir::CostModule buildCosts(sema::Checker &checker, SourceManager &sources, const sema::PipelineModel &model,
                          const CostOptions &options);

/// Says which totals are expectations; for a module whose parameters have their values.
void addEstimates(ir::CostModule &module);

} // namespace mdl::lower
