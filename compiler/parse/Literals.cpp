#include "Literals.h"
#include <algorithm>

namespace mdl::parse {

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Each `_` stands between two digits.
static bool separatorsAreInside(std::string_view token) {
  for (size_t i = 0; i < token.size(); ++i)
    if (token[i] == '_' && (i == 0 || i + 1 == token.size() || !isDigit(token[i - 1]) || !isDigit(token[i + 1])))
      return false;
  return true;
}

/// The value of the digits after `e`; large enough to overflow anything if it is large itself.
static int readExponent(std::string_view digits) {
  bool negative = digits.starts_with('-');
  int value = 0;
  for (char c : digits)
    if (isDigit(c)) value = std::min(value * 10 + (c - '0'), 1000);
  return negative ? -value : value;
}

NumberLiteral readNumber(std::string_view token) {
  if (!separatorsAreInside(token)) return {{}, "has a `_` that is not between two digits"};
  size_t e = std::min(token.find('e'), token.find('E'));
  int exponent = e == std::string_view::npos ? 0 : readExponent(token.substr(e + 1));
  std::string_view mantissa = token.substr(0, e);
  size_t point = mantissa.find('.');
  std::string digits(mantissa);
  if (point != std::string_view::npos) digits.erase(point, 1);
  std::erase(digits, '_');
  if (point != std::string_view::npos) {
    std::string_view decimals = mantissa.substr(point + 1);
    exponent -= static_cast<int>(decimals.size()) - static_cast<int>(std::count(decimals.begin(), decimals.end(), '_'));
  }
  // Zeros at the end of the decimals change nothing and must not make a number too wide.
  while (exponent < 0 && digits.size() > 1 && digits.back() == '0') digits.pop_back(), ++exponent;
  auto whole = parseInt(digits);
  if (whole && whole->isZero()) return {};
  Int scale = power(10, static_cast<uint64_t>(exponent < 0 ? -exponent : exponent));
  Rational value = exponent < 0 ? Rational(*whole, scale) : Rational(*whole * scale);
  if (value.isOverflow()) return {{}, "does not fit into 128 bits"};
  return {value, {}};
}

StringLiteral readString(std::string_view token) {
  StringLiteral result;
  if (token.size() >= 2 && token.ends_with('"')) token.remove_suffix(1);
  for (size_t i = 1; i < token.size(); ++i) {
    if (token[i] != '\\' || i + 1 == token.size()) {
      result.value += token[i];
      continue;
    }
    switch (token[++i]) {
    case 'n': result.value += '\n'; break;
    case 't': result.value += '\t'; break;
    case '"':
    case '\\': result.value += token[i]; break;
    default: result.badEscape = std::min(result.badEscape, i - 1);
    }
  }
  return result;
}

std::string docText(std::string_view lines) {
  std::string result;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    line.remove_prefix(std::min(line.find("///") + 3, line.size()));
    if (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ') || line.ends_with('\r') || line.ends_with('\t')) line.remove_suffix(1);
    if (!result.empty()) result += '\n';
    result += line;
  }
  return result;
}

} // namespace mdl::parse
