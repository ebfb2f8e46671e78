//===- Literals.h - The values of numbers, strings and comments -*- C++ -*-===//
// Pure functions from the text of a token to its value. Numbers are exact:
// `1.5e-3` is 3/2000.
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/numeric/Rational.h"
#include <string>
#include <string_view>

namespace mdl::parse {

/// A number and what is wrong with it; the value is 0 if anything is.
struct NumberLiteral {
  Rational value;
  std::string_view problem; ///< The rest of a sentence that begins with the number; empty if it is right.
};
NumberLiteral readNumber(std::string_view token);

/// The text of a string token without quotes and escapes.
struct StringLiteral {
  std::string value;
  size_t badEscape = std::string_view::npos; ///< Where the first unknown escape is in the token.
};
StringLiteral readString(std::string_view token);

/// The text of `///` lines: without slashes and one space, joined by newlines.
std::string docText(std::string_view lines);

} // namespace mdl::parse
