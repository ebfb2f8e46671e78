//===- Pattern.h - Ids by pattern -------------------------------*- C++ -*-===//
#pragma once
#include <string>
#include <string_view>

namespace mdl::runtime {

/// Matches the whole text; `*` stands for any characters, dots included.
bool matchesPattern(std::string_view pattern, std::string_view text);

/// The pattern with its stars, in order, replaced by texts; stars beyond these stay.
template <class Texts> std::string filled(std::string_view pattern, const Texts &stars) {
  std::string text;
  size_t next = 0;
  for (char c : pattern)
    if (c == '*' && next < stars.size()) text += stars[next++];
    else text += c;
  return text;
}

} // namespace mdl::runtime
