//===- Sample.cpp - Values at a few points --------------------------------===//
// Most questions of the kind "is a >= b?" that a maximum asks have the answer no,
// and a failed proof is dear. Every atom is therefore evaluated at a few points
// within the bounds of its symbols when it is stored; an expression that is
// clearly negative at one of them needs no proof. Doubles: only a value far from
// 0 against its terms says anything, so no answer depends on rounding.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include <cmath>
#include <limits>

namespace mdl::expr {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
/// A sum is taken for negative when it is so by this part of its terms' magnitudes.
constexpr double kDoubt = 1e-6;

double power(double base, int32_t exponent) {
  double result = 1;
  for (int32_t k = std::abs(exponent); k > 0; --k) result *= base;
  return exponent < 0 ? 1 / result : result;
}

/// The value of a sum at a point, and the magnitudes of its terms.
std::pair<double, double> sumAt(const Tables &t, ExprId id, size_t point) {
  double sum = 0, magnitude = 0;
  for (const Term &term : t.terms(id)) {
    double product = term.coefficient.toDouble();
    for (Factor f : term.factors) product *= power(t[f.atom].samples[point], f.power);
    sum += product, magnitude += std::fabs(product);
  }
  return {sum, magnitude};
}

double valueAt(const Tables &t, ExprId id, size_t point) {
  double value = sumAt(t, id, point).first;
  return std::isfinite(value) ? value : kUnknown;
}

/// How far symbol `number` is above its least value at a point: all small, all large, then a pattern of both.
double above(uint32_t number, size_t point) {
  if (point == 0) return 0;
  if (point == 1) return 4096 + 32 * number;
  uint32_t bits = (number + 1) * 0x9E3779B1u;
  bits ^= bits >> 15;
  bool large = (bits >> point & 1) != 0;
  return large ? 1000.0 + static_cast<double>(bits % 997) : static_cast<double>(bits >> 8 & 7);
}

double symbolAt(const Tables &t, SymbolId id, size_t point) {
  const SymbolInfo &info = t.symbols[id.index];
  double lo = info.lo ? valueAt(t, *info.lo, point) : 1;
  double value = lo + above(id.index, point);
  if (!info.hi) return value;
  double hi = valueAt(t, *info.hi, point);
  if (!(lo <= hi)) return kUnknown; // no value is within the bounds there
  return value > hi ? hi : value;
}

double atomAt(const Tables &t, const Atom &atom, size_t point) {
  auto operand = [&](size_t i) { return valueAt(t, atom.args[i], point); };
  switch (atom.kind) {
  case AtomKind::Symbol: return symbolAt(t, atom.symbol, point);
  case AtomKind::Floor: {
    double value = operand(0), whole = std::floor(value);
    bool near = value - whole > 1 - 1e-9 || std::fabs(value) > 1e15; // rounding may have moved it across an integer
    return near ? kUnknown : whole;
  }
  case AtomKind::NonNeg: {
    auto [value, magnitude] = sumAt(t, atom.args[0], point);
    return std::fabs(value) > kDoubt * magnitude || magnitude == 0 ? (value >= 0 ? 1 : 0) : kUnknown;
  }
  case AtomKind::Max: {
    double most = operand(0);
    for (size_t i = 1; i < atom.args.size(); ++i) {
      double next = operand(i);
      if (std::isnan(next)) return kUnknown;
      if (next > most) most = next;
    }
    return most;
  }
  case AtomKind::Inverse: return 1 / operand(0);
  case AtomKind::Power:
  case AtomKind::Sum:
  case AtomKind::ArgMin: return kUnknown;
  }
  return kUnknown;
}

} // namespace

Samples samplesOf(const Tables &tables, const Atom &atom) {
  Samples samples;
  for (size_t point = 0; point < kSamples; ++point) {
    double value = atomAt(tables, atom, point);
    samples[point] = std::isfinite(value) ? value : kUnknown;
  }
  return samples;
}

bool isNegativeSomewhere(const Tables &tables, ExprId id, Rational plus) {
  for (size_t point = 0; point < kSamples; ++point) {
    auto [value, magnitude] = sumAt(tables, id, point);
    double whole = value + plus.toDouble();
    if (whole < -kDoubt * (magnitude + std::fabs(plus.toDouble()) + 1)) return true;
  }
  return false;
}

bool isLessSomewhere(const Tables &tables, ExprId a, ExprId b) {
  for (size_t point = 0; point < kSamples; ++point) {
    auto [left, leftMagnitude] = sumAt(tables, a, point);
    auto [right, rightMagnitude] = sumAt(tables, b, point);
    if (left - right < -kDoubt * (leftMagnitude + rightMagnitude + 1)) return true;
  }
  return false;
}

} // namespace mdl::expr
