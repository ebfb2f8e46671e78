//===- BuildCosts.h - Checked model to cost module --------------*- C++ -*-===//
#pragma once
#include "../ir/CostModule.h"
#include "../sema/Check.h"

namespace mdl::lower {

/// Instantiates the cost rules of every operator of the model under a pair of conventions and folds them over the
/// graph: work is summed over turns and copies, storage is a union by id, the activation peak is a maximum over the
/// schedule. Repeats stay folded. Mistakes in rules are reported to the checker's diagnostics.
ir::CostModule buildCosts(sema::Checker &checker, SourceManager &sources, const sema::PipelineModel &model,
                          const sema::Convention &flops, const sema::Convention &traffic);

} // namespace mdl::lower
