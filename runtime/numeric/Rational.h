//===- Rational.h - Exact rationals over Int --------------------*- C++ -*-===//
// Always in lowest terms with a positive denominator, so equal values have
// equal fields. Overflow absorbs, as in Int: a rational of which either part
// does not fit is `overflow() / 1`.
//===----------------------------------------------------------------------===//
#pragma once
#include "Int.h"

namespace mdl {

/// An exact fraction of two Ints; see the file header.
class Rational {
public:
  constexpr Rational() = default;
  constexpr Rational(Int value) : num_(value) {} // NOLINT: integers convert
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  constexpr Rational(T value) : num_(value) {} // NOLINT
  /// `num / den`; a zero denominator yields overflow.
  constexpr Rational(Int num, Int den) : num_(num), den_(den) { normalise(); }

  static constexpr Rational overflow() { return Rational(Int::overflow()); }

  constexpr Int num() const { return num_; }
  constexpr Int den() const { return den_; }
  constexpr bool isOverflow() const { return num_.isOverflow(); }
  constexpr bool isInteger() const { return den_.isOne() && !isOverflow(); }
  constexpr bool isZero() const { return num_.isZero(); }
  constexpr bool isOne() const { return num_.isOne() && den_.isOne(); }
  constexpr int sign() const { return num_.sign(); }
  constexpr Int floor() const { return floorDiv(num_, den_); }
  double toDouble() const { return num_.toDouble() / den_.toDouble(); }

  friend constexpr bool operator==(Rational a, Rational b) { return a.num_ == b.num_ && a.den_ == b.den_; }
  friend constexpr Rational operator+(Rational a, Rational b) {
    if (a.den_.isOne() && b.den_.isOne()) return a.num_ + b.num_;
    Int g = gcd(a.den_, b.den_); // over the least common denominator: fewer overflows
    Int aScale = floorDiv(b.den_, g), bScale = floorDiv(a.den_, g);
    return {a.num_ * aScale + b.num_ * bScale, a.den_ * aScale};
  }
  friend constexpr Rational operator-(Rational a, Rational b) { return a + -b; }
  friend constexpr Rational operator*(Rational a, Rational b) {
    if (a.den_.isOne() && b.den_.isOne()) return a.num_ * b.num_;
    Int g = gcd(a.num_, b.den_), h = gcd(b.num_, a.den_); // cross-cancel first: fewer overflows
    Int num = floorDiv(a.num_, g) * floorDiv(b.num_, h), den = floorDiv(a.den_, h) * floorDiv(b.den_, g);
    if (num.isOverflow() || den.isOverflow()) return overflow();
    return inLowestTerms(num, den);
  }
  friend constexpr Rational operator/(Rational a, Rational b) { return a * Rational(b.den_, b.num_); }
  constexpr Rational operator-() const {
    Rational r;
    r.num_ = -num_, r.den_ = den_;
    return r;
  }
  /// The order of the values. An overflow compares as the smallest; callers test for it first.
  /// Compares integer parts, then the reciprocals of the rests the other way round: nothing overflows.
  friend constexpr std::strong_ordering operator<=>(Rational a, Rational b) {
    if (a.isOverflow() || b.isOverflow()) return a.num_ <=> b.num_;
    for (bool reversed = false;; reversed = !reversed) {
      Int aWhole = a.floor(), bWhole = b.floor();
      Int aRest = floorMod(a.num_, a.den_), bRest = floorMod(b.num_, b.den_);
      if (aWhole != bWhole || aRest.isZero() || bRest.isZero()) {
        auto order = aWhole != bWhole ? aWhole <=> bWhole : aRest <=> bRest;
        return reversed ? 0 <=> order : order;
      }
      a = inLowestTerms(a.den_, aRest), b = inLowestTerms(b.den_, bRest);
    }
  }

private:
  static constexpr Rational inLowestTerms(Int num, Int den) {
    Rational r;
    r.num_ = num, r.den_ = den;
    return r;
  }
  constexpr void normalise() {
    if (num_.isOverflow() || den_.isOverflow() || den_.isZero()) {
      num_ = Int::overflow(), den_ = 1;
      return;
    }
    if (den_.sign() < 0) num_ = -num_, den_ = -den_;
    Int g = gcd(num_, den_);
    if (!g.isOne()) num_ = floorDiv(num_, g), den_ = floorDiv(den_, g);
  }
  Int num_ = 0;
  Int den_ = 1;
};

/// `7`, `-3/8`, `overflow`.
inline std::string toString(Rational value) {
  return value.den().isOne() ? toString(value.num()) : toString(value.num()) + "/" + toString(value.den());
}

} // namespace mdl

template <> struct std::hash<mdl::Rational> {
  size_t operator()(mdl::Rational value) const noexcept {
    return std::hash<mdl::Int>()(value.num()) * 31 + std::hash<mdl::Int>()(value.den());
  }
};
