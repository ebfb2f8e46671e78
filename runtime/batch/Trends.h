//===- Trends.h - Which numbers only rise with an input ---------*- C++ -*-===//
// One input varies between two bounds, all others stand. A slot has a trend when
// its opcode keeps the order of its operands: sums, maxima, floors; products and
// quotients of operands of known sign. That holds for doubles as they are computed,
// too, for an operation that is rounded correctly keeps the order. What is not seen
// to have a trend is Unknown, never guessed.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Evaluate.h"
#include "Bounds.h"

namespace mdl::runtime::batch {

/// Rises: never falls when the input grows. Falls: never rises.
enum class Trend : uint8_t { Constant, Rises, Falls, Unknown };
Trend flipped(Trend trend);
/// Of what rises with each of two things and with nothing else.
Trend both(Trend a, Trend b);

struct Varying {
  Trend trend = Trend::Unknown;
  Value value;       ///< Between what it is
  bool real = false; ///< A double, with an error, not an integer
  bool isNonNegative() const { return value.lo >= 0 && (!real || (value.absolute == 0 && value.relative < 1)); }
  bool isNonPositive() const { return value.hi <= 0 && (!real || (value.absolute == 0 && value.relative < 1)); }
  bool isPositive() const { return isNonNegative() && value.lo > 0; }
};

/// For every slot, parallel to the tape; for slots that depend on the index of a group Unknown.
std::vector<Varying> findTrends(const Program &program, std::span<const Int> inputs, uint32_t input, Int lo, Int hi);

} // namespace mdl::runtime::batch
