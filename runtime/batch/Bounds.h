//===- Bounds.h - Between what, and how far off -----------------*- C++ -*-===//
// A value in doubles: the interval that holds it for all points, and how far it
// can be from the exact one, by the standard model of rounding: an operation
// returns the true result times 1 + d, |d| <= u = 2^-53. A whole number whose
// interval lies within 2^53 is exact when what it is made of is. Intervals and
// bounds are rounded outwards.
//===----------------------------------------------------------------------===//
#pragma once
#include "../numeric/Rational.h"
#include <cmath>

namespace mdl::runtime::batch {

inline constexpr double kUnit = 0x1p-53;
inline constexpr double kWhole = 0x1p53; ///< Up to here all whole numbers are doubles

/// A bound of the error: |computed - exact| <= relative * |exact| + absolute.
struct Value {
  double lo = 0, hi = 0;
  double relative = 0, absolute = 0;
  bool whole = true;    ///< A whole number
  bool plain = true;    ///< Made by adding and multiplying whole numbers >= 0, or exact
  bool mayFail = false; ///< May be no number: the exact evaluator would say overflow
  bool isExact() const { return relative == 0 && absolute == 0; }
  /// May be a number here and none there, so nothing made of it is called exact.
  bool mayHide() const { return mayFail && !isExact(); }
  double size() const { return std::max(std::fabs(lo), std::fabs(hi)); }
  /// The largest error of a point.
  double error() const { return (relative == 0 ? 0 : relative * size()) + absolute; } // the size may be infinite
};

Value constantValue(double value, bool isExact, bool whole);
Value columnValue(Int lo, Int hi);
Value sum(const Value &a, const Value &b);
Value product(const Value &a, const Value &b);
Value quotient(const Value &a, const Value &b);
Value larger(const Value &a, const Value &b);
Value floorOf(const Value &a);
/// Exact when both are and the dividend lies within 2^53: a quotient of such numbers is further from the next whole
/// number than rounding moves it.
Value floorQuotient(const Value &a, const Value &b);
Value nonNegative(const Value &a);
Value power(const Value &base, const Value &exponent, bool whole);
/// Of an index over `turns` at most.
Value loopSum(const Value &body, double turns);

} // namespace mdl::runtime::batch
