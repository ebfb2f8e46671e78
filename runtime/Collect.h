//===- Collect.h - The steps from an evaluated program to a report -*- C++ -*-===//
// Private to the runtime; `makeReport` calls these in this order.
//===----------------------------------------------------------------------===//
#pragma once
#include "Report.h"
#include "Tree.h"

namespace mdl::runtime {

/// The parts of the tree that `options.select` names; all stages without one.
/// Fails with `unknown-node` and the nearest ids, or with `too-many-nodes`.
bool select(Tree &tree, const ReportOptions &options, std::vector<TreePart> &parts, ReportError &error);

/// Appends the folded rows of a part. Fails with `too-many-nodes` when a repeat whose copies
/// differ has more than `maxTurns` turns in all, and with `overflow` for a range that has no length.
bool fold(Tree &tree, const TreePart &part, size_t maxTurns, std::vector<FoldedRow> &rows, ReportError &error);

/// Appends the rows of a part. The ranges were seen by `fold`, so they are known to be small.
void expand(Tree &tree, const TreePart &part, std::vector<Row> &rows, RowStorage &storage);

/// The id of the first leaf of the parts at which `metric` is `peak`; the deepest node that has
/// it if no leaf does; empty when there is none.
std::string findPeak(Tree &tree, const std::vector<TreePart> &parts, size_t metric, const Number &peak);

/// `a` and `times` copies of `b` together, after the metric's fold.
Number combine(const Number &a, const Number &b, Int times, Fold fold);

} // namespace mdl::runtime
