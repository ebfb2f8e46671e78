//===- Passes.h - The passes of every compilation ---------------*- C++ -*-===//
#pragma once
#include "Pass.h"

namespace mdl::passes {

/// What runs between `buildCosts` and `emitProgram`: simplify, drop-unused.
void runPipeline(CostModule &module);

} // namespace mdl::passes
