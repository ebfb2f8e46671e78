//===- Units.cpp - Numbers as people read them ----------------------------===//
#include "Units.h"
#include <charconv>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

constexpr const char *kLarge[] = {"", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"};
constexpr const char *kSmall[] = {"", "m", "µ", "n", "p"};
constexpr int kLargest = 10, kSmallest = -4;

/// A positive number rounded to four digits: `digits` / 1000 * 10^exponent.
struct Rounded {
  int digits, exponent;
};

Rounded roundExact(Int value) {
  std::string text = toString(value);
  int exponent = static_cast<int>(text.size()) - 1;
  text.resize(std::max<size_t>(text.size(), 5), '0');
  int digits = 0;
  std::from_chars(text.data(), text.data() + 4, digits);
  if (text[4] >= '5' && ++digits == 10000) return {1000, exponent + 1};
  return {digits, exponent};
}

Rounded roundReal(double value) {
  std::string text = fmt::format("{:.3e}", value); // d.ddde+XX
  Rounded rounded{};
  text.erase(1, 1);
  std::from_chars(text.data(), text.data() + 4, rounded.digits);
  size_t sign = text.find('e') + 1;
  std::from_chars(text.data() + sign + (text[sign] == '+' ? 1 : 0), text.data() + text.size(), rounded.exponent);
  return rounded;
}

std::string withPrefix(Rounded rounded, std::string_view unit) {
  int group = rounded.exponent >= 0 ? rounded.exponent / 3 : -((2 - rounded.exponent) / 3);
  bool small = group < 0 && unit != "s"; // parts of a FLOP or a byte have no prefix of their own
  if (small || group > kLargest || group < kSmallest || (group > 0 && unit == "s"))
    return fmt::format("{}.{:03}e{:+} {}", rounded.digits / 1000, rounded.digits % 1000, rounded.exponent, unit);
  std::string_view prefix = group >= 0 ? kLarge[group] : kSmall[-group];
  switch (rounded.exponent - 3 * group) {
  case 0: return fmt::format("{}.{:03} {}{}", rounded.digits / 1000, rounded.digits % 1000, prefix, unit);
  case 1: return fmt::format("{}.{:02} {}{}", rounded.digits / 100, rounded.digits % 100, prefix, unit);
  default: return fmt::format("{}.{} {}{}", rounded.digits / 10, rounded.digits % 10, prefix, unit);
  }
}

std::string_view symbolOf(std::string_view unit) {
  if (unit == "byte") return "B";
  if (unit == "second") return "s";
  return unit;
}

std::string plain(std::string_view digits, std::string_view unit) {
  return unit.empty() ? std::string(digits) : fmt::format("{} {}", digits, unit);
}

std::string formatExactSi(Int value, std::string_view unit) {
  if (value.isOverflow()) return "overflow";
  if (unit.empty()) return groupDigits(value);
  if (abs(value) < 10000) return plain(toString(value), unit);
  std::string text = unit == "s" ? plain(groupDigits(abs(value)), unit) : withPrefix(roundExact(abs(value)), unit);
  return fmt::format("{}{}", value.sign() < 0 ? "-" : "", text);
}

std::string formatRealSi(double value, std::string_view unit) {
  if (value == 0) return plain("0", unit);
  double size = std::fabs(value);
  std::string text;
  if (unit.empty()) text = fmt::format("{:.4g}", size);
  else if (unit == "s" && size >= 999.95) text = fmt::format("{:.1f} s", size);
  else text = withPrefix(roundReal(size), unit);
  return fmt::format("{}{}", value < 0 ? "-" : "", text);
}

} // namespace

std::string formatSi(const Number &value, std::string_view unit) {
  switch (value.kind) {
  case Number::Kind::Absent: return {};
  case Number::Kind::Exact: return formatExactSi(value.exact, symbolOf(unit));
  case Number::Kind::Real: return formatRealSi(value.real, symbolOf(unit));
  }
  return {};
}

std::string groupDigits(Int value) {
  std::string digits = toString(value);
  size_t first = value.sign() < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3 && !value.isOverflow();) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string formatExact(const Number &value) {
  switch (value.kind) {
  case Number::Kind::Absent: return {};
  case Number::Kind::Exact: return toString(value.exact);
  case Number::Kind::Real: break;
  }
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof digits, value.real).ptr};
}

std::string formatShare(const Number &part, const Number &whole) {
  if (!part.isPresent() || !whole.isPresent() || whole.isZero()) return {};
  double percent = part.toDouble() / whole.toDouble() * 100;
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  return fmt::format("{:.1f} %", percent);
}

size_t displayWidth(std::string_view text) {
  size_t width = 0;
  for (char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
  return width;
}

} // namespace mdl::runtime
