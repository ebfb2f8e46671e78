//===- Int.h - The exact integer of compiler and runtime --------*- C++ -*-===//
// A checked 128-bit integer. Every count that this project prints is one.
//
// Arithmetic never wraps. A result that does not fit becomes `Int::overflow()`,
// which absorbs: any operation with it yields it again. The reader of a result
// asks `isOverflow()` once, at the end, and reports an error with the formula's
// origin. The value range is (-2^127, 2^127); -2^127 itself is the mark.
//===----------------------------------------------------------------------===//
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace mdl {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// A checked 128-bit integer; see the file header for overflow.
class Int {
public:
  constexpr Int() = default;
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  constexpr Int(T value) : value_(static_cast<Int128>(value)) {} // NOLINT: numbers convert
  constexpr explicit Int(bool value) : value_(value ? 1 : 0) {}

  static constexpr Int fromRaw(Int128 raw) {
    Int result;
    result.value_ = raw;
    return result;
  }
  static constexpr Int overflow() { return fromRaw(kOverflow); }

  constexpr bool isOverflow() const { return value_ == kOverflow; }
  constexpr Int128 raw() const { return value_; }
  constexpr bool isZero() const { return value_ == 0; }
  constexpr bool isOne() const { return value_ == 1; }
  constexpr int sign() const { return value_ < 0 ? -1 : value_ > 0 ? 1 : 0; }
  constexpr bool fitsInt64() const { return value_ >= INT64_MIN && value_ <= INT64_MAX; }
  /// The value as int64_t; the caller has asked `fitsInt64()`.
  constexpr int64_t toInt64() const { return static_cast<int64_t>(value_); }
  double toDouble() const {
    return fitsInt64() ? static_cast<double>(toInt64()) : static_cast<double>(value_); // the first is one instruction
  }

  friend constexpr bool operator==(Int a, Int b) { return a.value_ == b.value_; }
  friend constexpr std::strong_ordering operator<=>(Int a, Int b) { return a.value_ <=> b.value_; }

  friend constexpr Int operator+(Int a, Int b) {
    Int128 r = 0;
    if (a.isOverflow() || b.isOverflow() || __builtin_add_overflow(a.value_, b.value_, &r)) return overflow();
    return fromRaw(r);
  }
  friend constexpr Int operator-(Int a, Int b) {
    Int128 r = 0;
    if (a.isOverflow() || b.isOverflow() || __builtin_sub_overflow(a.value_, b.value_, &r)) return overflow();
    return fromRaw(r);
  }
  friend constexpr Int operator*(Int a, Int b) {
    Int128 r = 0;
    if (a.isOverflow() || b.isOverflow() || __builtin_mul_overflow(a.value_, b.value_, &r)) return overflow();
    return fromRaw(r);
  }
  constexpr Int operator-() const { return isOverflow() ? *this : fromRaw(-value_); }
  Int &operator+=(Int other) { return *this = *this + other; }
  Int &operator-=(Int other) { return *this = *this - other; }
  Int &operator*=(Int other) { return *this = *this * other; }

private:
  static constexpr Int128 kOverflow = static_cast<Int128>(static_cast<UInt128>(1) << 127);
  Int128 value_ = 0;
};

/// Quotient rounded towards minus infinity. `b` is not zero; a zero yields overflow, never a crash.
constexpr Int floorDiv(Int a, Int b) {
  if (a.isOverflow() || b.isOverflow() || b.isZero()) return Int::overflow();
  if (a.sign() >= 0 && b.sign() > 0 && a.fitsInt64() && b.fitsInt64())
    return a.toInt64() / b.toInt64(); // the fast path
  Int128 q = a.raw() / b.raw();
  if (a.raw() % b.raw() != 0 && (a.raw() < 0) != (b.raw() < 0)) --q;
  return Int::fromRaw(q);
}
/// Remainder with the sign of `b`; a zero `b` yields overflow. It fits whenever the arguments do.
constexpr Int floorMod(Int a, Int b) {
  if (a.isOverflow() || b.isOverflow() || b.isZero()) return Int::overflow();
  Int128 r = a.raw() % b.raw();
  return Int::fromRaw(r != 0 && (r < 0) != (b.raw() < 0) ? r + b.raw() : r);
}
constexpr Int abs(Int a) { return a.sign() < 0 ? -a : a; }

/// Greatest common divisor, never negative; gcd(0, 0) is 0.
constexpr Int gcd(Int a, Int b) {
  if (a.isOverflow() || b.isOverflow()) return Int::overflow();
  a = abs(a), b = abs(b);
  while (!b.isZero()) {
    if (a.fitsInt64() && b.fitsInt64()) return std::gcd(a.toInt64(), b.toInt64()); // the fast path
    Int r = Int::fromRaw(a.raw() % b.raw());
    a = b, b = r;
  }
  return a;
}

/// `base` to a non-negative power by repeated squaring; stops early once it has overflowed.
constexpr Int power(Int base, uint64_t exponent) {
  Int result = 1;
  while (exponent != 0) {
    if (exponent & 1) result = result * base;
    exponent >>= 1;
    if (exponent != 0) base = base * base;
    if (result.isOverflow()) return result;
  }
  return result;
}

/// Decimal digits; the overflow mark prints as `overflow`.
inline std::string toString(Int value) {
  if (value.isOverflow()) return "overflow";
  UInt128 rest = value.sign() < 0 ? static_cast<UInt128>(-value.raw()) : static_cast<UInt128>(value.raw());
  char digits[48];
  char *end = digits + sizeof digits, *at = end;
  do *--at = static_cast<char>('0' + static_cast<int>(rest % 10)), rest /= 10;
  while (rest != 0);
  if (value.sign() < 0) *--at = '-';
  return {at, end};
}

/// Reads decimal digits with an optional leading `-`; `_` between digits is skipped.
/// No digits, `_` at an end, or another character: nullopt. Too wide: the overflow mark.
inline std::optional<Int> parseInt(std::string_view text) {
  bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.front() == '_' || text.back() == '_') return std::nullopt;
  Int value = 0;
  for (char c : text) {
    if (c == '_') continue;
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

} // namespace mdl

template <> struct std::hash<mdl::Int> {
  size_t operator()(mdl::Int value) const noexcept {
    auto raw = static_cast<mdl::UInt128>(value.raw());
    return static_cast<size_t>(static_cast<uint64_t>(raw) * 0x9E3779B97F4A7C15ull ^ static_cast<uint64_t>(raw >> 64));
  }
};
