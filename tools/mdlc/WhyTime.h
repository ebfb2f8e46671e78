//===- WhyTime.h - Where a time comes from ----------------------*- C++ -*-===//
// A time is exact work over the rates of a device. For an operator its terms are
// shown, and which of them is the largest; for a module, which parts take longest.
//===----------------------------------------------------------------------===//
#pragma once
#include "Formula.h"
#include "runtime/Result.h"

namespace mdl::tool {

/// A heading and its lines.
struct WhyBlock {
  std::string title;
  std::vector<std::string> lines;
};

/// The blocks that explain `formula`, which is a time, in the compilation; `result` has all numbers of the job.
std::vector<WhyBlock> timeBlocks(driver::Compilation &compilation, const Formula &formula,
                                 const runtime::Result &result, const ModelOptions &options,
                                 const Invocation &invocation);

} // namespace mdl::tool
