//===- Units.h - Numbers as people read them --------------------*- C++ -*-===//
// Decimal prefixes only: 1 kB is 1000 B. The digits are rounded half up from
// the exact value, so they are the same everywhere.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Evaluate.h"
#include <string>
#include <string_view>

namespace mdl::runtime {

/// Four digits, a prefix and the unit: 522392628101120 `FLOP` into `522.4 TFLOP`, 2500000 `byte`
/// into `2.500 MB`. Integers below 10000 are printed plainly, counts (no unit) as `groupDigits` does.
std::string formatSi(const Number &value, std::string_view unit);

/// All digits in groups of three: 14288491584 into `14,288,491,584`.
std::string groupDigits(Int value);

/// The exact number, as machine-readable text: all digits, or the shortest form of a real.
std::string formatExact(const Number &value);

/// A part of a whole in percent: `33.7 %`; below a twentieth of a percent `<0.1 %`; empty without a whole.
std::string formatShare(const Number &part, const Number &whole);

/// How many columns a text takes: its code points.
size_t displayWidth(std::string_view text);

} // namespace mdl::runtime
