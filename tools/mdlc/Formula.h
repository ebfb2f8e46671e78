//===- Formula.h - Where a number of a node comes from ----------*- C++ -*-===//
// The closed formula of a number and the lines of `.mdl` behind it, as `mdlc
// explain` and `mdlc why` print them.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"
#include "Finder.h"
#include "Latex.h"

namespace mdl::tool {

struct Formula {
  std::string id, metric, unit;
  expr::ExprId expr;
  bool total = false;
  uint32_t node = ir::kNoNode;    ///< Unless it is the total
  size_t number = 0;              ///< Of the metric in the module
  std::string text, tex;          ///< With the pipeline's names in place
  std::vector<std::string> where; ///< `T = floor((frames + 3)/4)`: the names that the text uses
  std::vector<std::string> parts; ///< `q = ...`: the children that it is made of
  std::string fold;               ///< How it is made of them: `sum`, `union`, `largest`
  std::vector<std::string> lines; ///< `std/linear.mdl:14: cost flops_tensor = ...`, then where the node is
};

/// Names of the pipeline's `let`s, for expressions that are exactly theirs. The model outlives what is returned.
Abbreviations abbreviationsOf(const sema::PipelineModel &model);
/// The formula of `metric` at a node, or of the `total`. Nothing after an error, which has been reported.
std::optional<Formula> formulaOf(driver::Compilation &compilation, const std::string &id, const std::string &metric,
                                 const DiagnosticOptions &diagnostics);
/// Its value for the job.
runtime::Number valueOf(const driver::Compilation &compilation, const Formula &formula);
/// `file:line: text of the line`.
std::string sourceLine(SourceManager &sources, SrcRange range);
/// The inputs that an expression depends on, with their values: `frames = 81`.
std::vector<std::string> inputsOf(const driver::Compilation &compilation, expr::ExprId of);

} // namespace mdl::tool
