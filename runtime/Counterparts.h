//===- Counterparts.h - Ids of one model in another -------------*- C++ -*-===//
// Two models of one thing may name its parts otherwise. A counterpart says that
// the node `from` of one is the node `to` of the other, with all that is below;
// `*` stands for a part of an id without a dot and is kept: `dit.block_*.attn` is
// `blocks.*.self_attn`. The longest `from` that fits an id counts.
//===----------------------------------------------------------------------===//
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::runtime {

/// A node here and there. One that lacks a side says why the other has no counterpart.
struct Counterpart {
  std::string from, to, why;
};

/// The rest of `id` behind `pattern`, which ends at a dot or at the end; nothing when the pattern does not fit.
/// `stars` gets what the stars stand for.
std::optional<std::string_view> fits(std::string_view pattern, std::string_view id, std::vector<std::string> &stars);

/// The id as the other model has it; unchanged when nothing fits.
std::string renamed(const std::vector<Counterpart> &counterparts, std::string_view id);

} // namespace mdl::runtime
