//===- Pattern.h - Ids by pattern -------------------------------*- C++ -*-===//
#pragma once
#include <string_view>

namespace mdl::runtime {

/// Matches the whole text; `*` stands for any characters, dots included.
bool matchesPattern(std::string_view pattern, std::string_view text);

} // namespace mdl::runtime
