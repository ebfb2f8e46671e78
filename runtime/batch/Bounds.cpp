#include "Bounds.h"
#include <algorithm>
#include <limits>

namespace mdl::runtime::batch {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A little further from 0: what is computed here is rounded, too.
double wider(double bound) { return bound * (1 + 0x1p-50); }
double below(double value) { return value - std::fabs(value) * 0x1p-50; }
double above(double value) { return value + std::fabs(value) * 0x1p-50; }

/// The result of an operation on values whose exact result lies in [lo, hi], with the error that the operands bring.
Value rounded(double lo, double hi, bool whole, double relative, double absolute) {
  Value made;
  made.lo = below(lo), made.hi = above(hi), made.whole = whole;
  bool exact = relative == 0 && absolute == 0 && whole && made.size() <= kWhole;
  if (exact) {
    made.lo = lo, made.hi = hi;
    return made;
  }
  made.relative = wider(relative * (1 + kUnit) + kUnit), made.absolute = wider(absolute * (1 + kUnit));
  made.plain = false;
  return made;
}

/// Bounds that are no numbers say nothing.
Value checked(Value value) {
  if (std::isnan(value.lo)) value.lo = -kInfinite;
  if (std::isnan(value.hi)) value.hi = kInfinite;
  if (std::isnan(value.absolute)) value.absolute = kInfinite;
  if (std::isnan(value.relative)) value.relative = 0, value.absolute = kInfinite;
  return value;
}

/// A smallest error stands for what an operand may hide.
Value unlessHidden(Value made, const Value &a, const Value &b) {
  if (made.isExact() && (a.mayHide() || b.mayHide())) made.absolute = std::numeric_limits<double>::denorm_min();
  return made;
}

Value finish(Value made, const Value &a, const Value &b, bool plain) {
  made = unlessHidden(made, a, b);
  made.mayFail = a.mayFail || b.mayFail;
  made.plain = made.isExact() || (plain && a.plain && b.plain && made.whole);
  return checked(made);
}

} // namespace

Value constantValue(double value, bool isExact, bool whole) {
  Value made;
  made.lo = below(value), made.hi = above(value), made.whole = whole;
  if (isExact) made.lo = made.hi = value;
  else made.relative = kUnit;
  made.plain = isExact && whole && value >= 0;
  made.mayFail = !std::isfinite(value);
  return checked(made);
}

Value columnValue(Int lo, Int hi) {
  Value made;
  made.lo = lo.toDouble(), made.hi = hi.toDouble();
  if (made.size() > kWhole) made = rounded(made.lo, made.hi, true, 0, 0);
  made.plain = made.lo >= 0;
  return made;
}

Value sum(const Value &a, const Value &b) {
  bool sameSign = (a.lo >= 0 && b.lo >= 0) || (a.hi <= 0 && b.hi <= 0);
  double relative = sameSign ? std::max(a.relative, b.relative) : 0;
  double absolute = a.absolute + b.absolute + (sameSign ? 0 : a.relative * a.size() + b.relative * b.size());
  return finish(rounded(a.lo + b.lo, a.hi + b.hi, a.whole && b.whole, relative, absolute), a, b, sameSign && a.lo >= 0);
}

Value product(const Value &a, const Value &b) {
  double ends[] = {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi};
  double relative = a.relative + b.relative + a.relative * b.relative;
  double absolute =
      a.absolute * b.size() * (1 + b.relative) + b.absolute * a.size() * (1 + a.relative) + a.absolute * b.absolute;
  auto [lo, hi] = std::minmax_element(std::begin(ends), std::end(ends));
  bool unknown = std::any_of(std::begin(ends), std::end(ends), [](double end) { return std::isnan(end); });
  Value made = rounded(unknown ? -kInfinite : *lo, unknown ? kInfinite : *hi, a.whole && b.whole, relative, absolute);
  return finish(made, a, b, a.lo >= 0 && b.lo >= 0);
}

Value quotient(const Value &a, const Value &b) {
  double least = b.lo > 0 ? b.lo : b.hi < 0 ? -b.hi : 0, rest = least * (1 - b.relative) - b.absolute;
  Value made;
  if (rest <= 0) {
    made.lo = -kInfinite, made.hi = kInfinite, made.absolute = kInfinite, made.whole = false;
    made = finish(made, a, b, false);
    made.mayFail = true;
    return made;
  }
  double ends[] = {a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi};
  auto [lo, hi] = std::minmax_element(std::begin(ends), std::end(ends));
  double ofDivisor = (b.relative + b.absolute / least) / (1 - b.relative - b.absolute / least);
  double relative = a.relative + ofDivisor + a.relative * ofDivisor, absolute = a.absolute / rest;
  return finish(rounded(*lo, *hi, false, relative, absolute), a, b, false);
}

Value larger(const Value &a, const Value &b) {
  Value made;
  made.lo = std::max(a.lo, b.lo), made.hi = std::max(a.hi, b.hi), made.whole = a.whole && b.whole;
  bool positive = a.lo >= 0 && b.lo >= 0;
  made.relative = positive ? std::max(a.relative, b.relative) : 0;
  made.absolute = positive ? std::max(a.absolute, b.absolute) : std::max(a.error(), b.error());
  return finish(made, a, b, positive);
}

Value floorOf(const Value &a) {
  Value made = a;
  made.lo = std::floor(a.lo), made.hi = std::floor(a.hi), made.whole = true;
  if (!a.isExact()) made.relative = 0, made.absolute = wider(a.error()) + 1;
  return finish(made, a, a, false);
}

Value floorQuotient(const Value &a, const Value &b) {
  Value made = floorOf(quotient(a, b));
  if (a.isExact() && b.isExact() && a.whole && b.whole && a.size() <= kWhole && b.lo >= 1)
    made.relative = made.absolute = 0, made.plain = true;
  made.mayFail = a.mayFail || b.mayFail || b.lo <= 0;
  return made;
}

Value nonNegative(const Value &a) {
  Value made;
  made.lo = a.lo - a.error() >= 0 ? 1 : 0, made.hi = a.hi + a.error() < 0 ? 0 : 1;
  if (!a.isExact() && made.lo != made.hi) made.absolute = 1;
  if (!std::isfinite(a.error())) made.absolute = kInfinite; // it may be none, and nothing here would show it
  return finish(made, a, a, false);
}

Value power(const Value &base, const Value &exponent, bool whole) {
  Value made;
  bool known = exponent.isExact() && exponent.lo >= 0 && base.lo >= 0 && base.absolute == 0;
  made.lo = known ? std::min({std::pow(base.lo, exponent.lo), std::pow(base.lo, exponent.hi), 1.0}) : -kInfinite;
  made.hi = known ? std::max({std::pow(base.hi, exponent.lo), std::pow(base.hi, exponent.hi), 1.0}) : kInfinite;
  made = rounded(made.lo, made.hi, whole && base.whole, base.relative, known ? 0 : kInfinite);
  if (!made.isExact()) made.relative = known ? wider(std::expm1(2 * exponent.hi * (base.relative + kUnit))) : 0;
  made = finish(made, base, exponent, known);
  made.mayFail |= !known || made.hi >= 0x1p1000;
  return made;
}

Value loopSum(const Value &body, double turns) {
  double lo = std::min(0.0, body.lo * turns), hi = std::max(0.0, body.hi * turns);
  double grows = turns * kUnit * 2;
  bool sameSign = body.lo >= 0 || body.hi <= 0;
  Value made = rounded(lo, hi, body.whole, sameSign ? body.relative : 0,
                       turns * (body.absolute + (sameSign ? 0 : body.relative * body.size())));
  if (!made.isExact()) {
    made.relative = wider(made.relative + (sameSign ? grows : 0));
    if (!sameSign) made.absolute = wider(made.absolute + grows * turns * body.size());
  }
  return finish(made, body, body, body.lo >= 0);
}

} // namespace mdl::runtime::batch
