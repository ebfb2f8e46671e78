//===- ShellWord.cpp - A text as a word of a command line -----------------===//
#include "ShellWord.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

bool isPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_./-+=:@%,").find(c) != std::string_view::npos;
}
bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

} // namespace

std::string shellWord(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, isPlain)) return std::string(text);
  if (std::ranges::none_of(text, [](char c) { return isControl(c) || c == '\'' || c == '`'; }))
    return "'" + std::string(text) + "'";
  std::string word = "$'";
  for (char c : text)
    if (isControl(c) || c == '`') word += fmt::format("\\{:03o}", static_cast<unsigned char>(c)); // no mark of Markdown
    else if (c == '\'' || c == '\\') word += {'\\', c};
    else word += c;
  return word + "'";
}

} // namespace mdl::tool
