//===- Bisect.h - Where a condition begins and ends to hold -----*- C++ -*-===//
// A condition over points 0..count-1, asked as rarely as possible. One that changes
// at most once is bisected from the two ends. Of any other nothing can be bisected
// safely, so without a proof a grid is probed first (the ends, 64 points evenly,
// powers of two), then the border between each two probes that differ, then the
// neighbours of the borders. What was never asked is never claimed: `isProven` says
// which of the two it was.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace mdl::runtime {

/// Points next to each other of which all that were asked gave the same answer.
struct Stretch {
  uint64_t first = 0, last = 0; ///< Both were asked; where a border was searched, the next stretch begins at last + 1
  bool holds = false;
  bool operator==(const Stretch &) const = default;
};

struct Borders {
  std::vector<Stretch> stretches; ///< In order, answers alternating
  uint64_t asked = 0;             ///< Different points
  bool isProven = false;          ///< The caller's proof, or every point was asked
  bool isMonotone() const { return stretches.size() <= 2; }
};

/// At most so many borders are searched, the first and the last among them.
inline constexpr size_t kMostBorders = 16;

/// `count` is at least 1. `isMonotone`: the caller has proven that the answer changes at most once.
Borders findBorders(uint64_t count, const std::function<bool(uint64_t)> &holds, bool isMonotone = false);

} // namespace mdl::runtime
