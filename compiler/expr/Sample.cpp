//===- Sample.cpp - Values at a few points --------------------------------===//
// Most questions of the kind "is a >= b?" that a maximum asks have the answer no,
// and a failed proof is dear. Every atom is therefore evaluated at a few points
// within the bounds of its symbols when it is stored; an expression that is
// clearly negative at one of them needs no proof. Doubles: only a value far from
// 0 against its terms says anything, so no answer depends on rounding.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include <algorithm>
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

// All points at once, so that the compiler can use vectors: this is asked of the candidates of every maximum.
void multiply(Samples &product, const Samples &by, int32_t exponent) {
  if (exponent == 1)
    for (size_t point = 0; point < kSamples; ++point) product[point] *= by[point];
  else
    for (size_t point = 0; point < kSamples; ++point) product[point] *= power(by[point], exponent);
}

SampledSum sumOf(const Tables &t, ExprId id) {
  SampledSum sums;
  for (const Term &term : t.terms(id)) {
    Samples product;
    product.fill(term.coefficient.toDouble());
    for (Factor f : term.factors) multiply(product, t[f.atom].samples, f.power);
    for (size_t point = 0; point < kSamples; ++point) sums.values[point] += product[point];
    for (size_t point = 0; point < kSamples; ++point) sums.magnitudes[point] += std::fabs(product[point]);
  }
  return sums;
}

void forgetInfinite(Samples &samples) {
  for (double &value : samples)
    if (!std::isfinite(value)) value = kUnknown;
}

Samples valuesOf(const Tables &t, ExprId id) {
  Samples values = sumOf(t, id).values;
  forgetInfinite(values);
  return values;
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

Samples symbolSamples(const Tables &t, SymbolId id) {
  const SymbolInfo &info = t.symbols[id.index];
  Samples lo, hi;
  lo.fill(1);
  if (info.lo) lo = valuesOf(t, *info.lo);
  if (info.hi) hi = valuesOf(t, *info.hi);
  Samples result;
  for (size_t point = 0; point < kSamples; ++point) {
    double value = lo[point] + above(id.index, point);
    bool empty = info.hi && !(lo[point] <= hi[point]); // no value is within the bounds there
    result[point] = empty ? kUnknown : info.hi ? std::min(value, hi[point]) : value;
  }
  return result;
}

double floorOf(double value) {
  double whole = std::floor(value);
  bool near = value - whole > 1 - 1e-9 || std::fabs(value) > 1e15; // rounding may have moved it across an integer
  return near ? kUnknown : whole;
}

Samples nonNegSamples(const SampledSum &of) {
  Samples result;
  for (size_t point = 0; point < kSamples; ++point) {
    double value = of.values[point], magnitude = of.magnitudes[point];
    bool clear = std::fabs(value) > kDoubt * magnitude || magnitude == 0;
    result[point] = !clear ? kUnknown : value >= 0 ? 1 : 0;
  }
  return result;
}

Samples maxSamples(const Tables &t, llvm::ArrayRef<ExprId> of) {
  Samples most = valuesOf(t, of[0]);
  for (ExprId id : of.drop_front()) {
    Samples next = valuesOf(t, id);
    for (size_t point = 0; point < kSamples; ++point) // one that is unknown stays so
      if (!(next[point] <= most[point]) && !std::isnan(most[point])) most[point] = next[point];
  }
  return most;
}

Samples unknown() {
  Samples samples;
  samples.fill(kUnknown);
  return samples;
}

Samples each(Samples samples, double (*f)(double)) {
  for (double &value : samples) value = f(value);
  return samples;
}

Samples atomSamples(const Tables &t, const Atom &atom) {
  switch (atom.kind) {
  case AtomKind::Symbol: return symbolSamples(t, atom.symbol);
  case AtomKind::Floor: return each(valuesOf(t, atom.args[0]), floorOf);
  case AtomKind::NonNeg: return nonNegSamples(sumOf(t, atom.args[0]));
  case AtomKind::Max: return maxSamples(t, atom.args);
  case AtomKind::Inverse: return each(valuesOf(t, atom.args[0]), [](double value) { return 1 / value; });
  case AtomKind::Power:
  case AtomKind::Sum:
  case AtomKind::ArgMin: break;
  }
  return unknown();
}

} // namespace

Samples samplesOf(const Tables &tables, const Atom &atom) {
  Samples samples = atomSamples(tables, atom);
  forgetInfinite(samples);
  return samples;
}

bool isNegativeSomewhere(const Tables &tables, ExprId id, Rational plus) {
  SampledSum sums = sumOf(tables, id);
  double extra = plus.toDouble();
  for (size_t point = 0; point < kSamples; ++point)
    if (sums.values[point] + extra < -kDoubt * (sums.magnitudes[point] + std::fabs(extra) + 1)) return true;
  return false;
}

/// Kept: the same candidates of a maximum meet again and again.
static const SampledSum &knownSumOf(Tables &tables, ExprId id) {
  auto [at, isNew] = tables.sampledSums.try_emplace(id.index);
  if (isNew) at->second = sumOf(tables, id);
  return at->second;
}

bool isLessSomewhere(Tables &tables, ExprId a, ExprId b) {
  const SampledSum &left = knownSumOf(tables, a), &right = knownSumOf(tables, b);
  for (size_t point = 0; point < kSamples; ++point) {
    double magnitude = left.magnitudes[point] + right.magnitudes[point];
    if (left.values[point] - right.values[point] < -kDoubt * (magnitude + 1)) return true;
  }
  return false;
}

} // namespace mdl::expr
