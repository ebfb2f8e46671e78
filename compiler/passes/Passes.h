//===- Passes.h - The passes of every compilation ---------------*- C++ -*-===//
#pragma once
#include "Pass.h"

namespace mdl::passes {

/// What runs between `buildCosts` and `emitProgram`: apply-precision, apply-device, simplify, drop-unused.
/// Returns the errors of passes.
std::vector<std::string> runPipeline(CostModule &module, PassOptions options);

} // namespace mdl::passes
