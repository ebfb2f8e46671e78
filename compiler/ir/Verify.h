//===- Verify.h - Is a cost module well formed? -----------------*- C++ -*-===//
#pragma once
#include "CostModule.h"

namespace mdl::ir {

/// What is wrong with the structure of a module, or nothing: lists that are parallel have equal lengths, the tree is one
/// with parents before children, names are unique, and an expression mentions only inputs and the indices of the groups
/// around it. Passes keep this true.
std::string verify(const CostModule &module);

} // namespace mdl::ir
