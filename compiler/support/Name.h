//===- Name.h - Interned identifiers ----------------------------*- C++ -*-===//
// A NameId is an index into the process-wide table of identifiers, so names
// compare as integers. The table only grows; its order never reaches output.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdint>
#include <string_view>

namespace mdl {

/// Names one interned identifier; 0 is the empty name.
struct NameId {
  uint32_t index = 0;
  explicit operator bool() const { return index != 0; }
  friend auto operator<=>(NameId, NameId) = default;
};

/// Interns `text`; equal texts give equal ids.
NameId intern(std::string_view text);
/// The text of a name; valid for ever.
std::string_view text(NameId name);

/// The candidate nearest to `wanted` by edit distance, if one is near enough to be what was meant; else empty.
template <class Range> std::string_view nearest(std::string_view wanted, const Range &candidates);
/// Edit distance (insert, delete, replace, swap of neighbours), case folded; stops at `limit`.
unsigned editDistance(std::string_view a, std::string_view b, unsigned limit);

template <class Range> std::string_view nearest(std::string_view wanted, const Range &candidates) {
  std::string_view best;
  unsigned bestDistance = static_cast<unsigned>(wanted.size() / 3 + 2);
  for (std::string_view candidate : candidates) {
    unsigned distance = editDistance(wanted, candidate, bestDistance);
    if (distance < bestDistance) best = candidate, bestDistance = distance;
  }
  return best;
}

} // namespace mdl
