//===- Word.cpp - Words and strings of the IR text ------------------------===//
#include "Word.h"

namespace mdl::ir {

namespace {

constexpr const char *kHex = "0123456789abcdef";

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isInner(char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '\''; }
bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

int hexDigit(char c) {
  std::string_view digits(kHex);
  size_t at = digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// The character that an escape stands for; `at` is behind the backslash and moves past the escape.
std::optional<char> unescape(std::string_view text, size_t &at) {
  char c = at < text.size() ? text[at++] : '\0';
  if (c == '"' || c == '\\') return c;
  if (c == 'n') return '\n';
  if (c != 'x' || at + 2 > text.size()) return std::nullopt;
  int high = hexDigit(text[at]), low = hexDigit(text[at + 1]);
  at += 2;
  return high < 0 || low < 0 ? std::nullopt : std::optional(static_cast<char>(high * 16 + low));
}

} // namespace

size_t wordLength(std::string_view text) {
  if (text.empty() || !isLetter(text[0])) return 0;
  size_t length = 1;
  while (length < text.size() &&
         (isInner(text[length]) || (text[length] == '.' && length + 1 < text.size() && isInner(text[length + 1]))))
    ++length;
  return length;
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') (result += '\\') += c;
    else if (c == '\n') result += "\\n";
    else if (isControl(c)) ((result += "\\x") += kHex[byte >> 4]) += kHex[byte & 15];
    else result += c;
  }
  return result + '"';
}

std::optional<std::string> takeString(std::string_view &text) {
  if (text.empty() || text[0] != '"') return std::nullopt;
  std::string result;
  for (size_t at = 1; at < text.size();) {
    char c = text[at++];
    if (c == '"') return text.remove_prefix(at), result;
    std::optional<char> next = c == '\\' ? unescape(text, at) : std::optional(c);
    if (!next) return std::nullopt;
    result += *next;
  }
  return std::nullopt;
}

std::string_view takeWord(std::string_view &text) {
  std::string_view word = text.substr(0, wordLength(text));
  text.remove_prefix(word.size());
  return word;
}

void skipSpaces(std::string_view &text) {
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
}

} // namespace mdl::ir
