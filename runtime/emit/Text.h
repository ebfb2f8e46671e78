//===- Text.h - A model's texts inside a source file ------------*- C++ -*-===//
// Texts come from models and may hold anything: quotes, ends of comments, line
// breaks, characters that turn the direction of writing. What is made here can
// not leave the string or the comment that it is put into.
//===----------------------------------------------------------------------===//
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::emit {

/// One line for the inside of a `/* */` comment.
std::string commentText(std::string_view text);
/// `/* */` around paragraphs, folded at a width; each begins on a line of its own.
std::string comment(const std::vector<std::string> &paragraphs, std::string_view indent = "");
/// A string literal, quotes included: of ASCII characters in C, of UTF-8 in JavaScript.
std::string cString(std::string_view text);
std::string jsString(std::string_view text);
/// The shortest digits that read back as the same double, in a form that both languages take for a real.
std::string realText(double value);

/// True for the keywords of C and C++.
bool isKeyword(std::string_view word);
std::string upperCase(std::string_view text);

/// The names of one scope of C, each given once.
class Names {
public:
  explicit Names(std::vector<std::string> taken = {}) : taken_(taken.begin(), taken.end()) {}
  /// The name itself where C allows it; else with `_` or a number behind it.
  std::string give(std::string_view name);
  /// The same for what stands behind a prefix: no keyword and no macro is in the way.
  std::string givePart(std::string_view name);

private:
  std::string unique(const std::string &name);
  std::set<std::string> taken_;
};

} // namespace mdl::emit
