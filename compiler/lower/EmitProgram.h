//===- EmitProgram.h - Cost module to program -------------------*- C++ -*-===//
#pragma once
#include "../../runtime/Program.h"
#include "../ir/CostModule.h"

namespace mdl::lower {

/// Writes every expression of the module onto one flat tape; equal sub-expressions share their slots.
runtime::Program emitProgram(const ir::CostModule &module);

} // namespace mdl::lower
