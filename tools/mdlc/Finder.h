//===- Finder.h - A node of a cost module by its id -------------*- C++ -*-===//
#pragma once
#include "compiler/ir/CostModule.h"

namespace mdl::tool {

/// A node, with the values that the indices on its path take there.
struct Found {
  uint32_t node = ir::kNoNode;
  expr::Replacements indices;
};

/// The node called `diffusion.blocks.7.ffn`, copies of folded repeats included.
std::optional<Found> findNode(const ir::CostModule &module, std::string_view id);

/// The stage that a node is in.
uint32_t stageOf(const ir::CostModule &module, uint32_t node);

} // namespace mdl::tool
