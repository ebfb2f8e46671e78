//===- Text.cpp - A model's texts inside a source file --------------------===//
#include "Text.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace mdl::emit {
namespace {

constexpr uint32_t kNoCharacter = ~0u;

struct Character {
  uint32_t code = kNoCharacter; ///< kNoCharacter where the bytes are no UTF-8
  size_t length = 1;
};

bool isBeyondPlanes(uint32_t code) { return code > 0x10FFFF || (code >= 0xD800 && code < 0xE000); }

/// The UTF-8 character at the start of a text that is not empty.
Character decode(std::string_view text) {
  static constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || length > text.size()) return {};
  uint32_t code = first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    code = code << 6 | (byte & 0x3Fu);
  }
  return code < kSmallest[length] || isBeyondPlanes(code) ? Character{} : Character{code, length};
}

/// Control characters, line separators and what turns the direction of writing: compilers warn of these, and a reader
/// would see another text than the compiler.
bool isHidden(uint32_t code) {
  static constexpr std::pair<uint32_t, uint32_t> kRanges[] = {
      {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x200B, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
  return std::ranges::any_of(kRanges, [&](auto range) { return code >= range.first && code <= range.second; });
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameCharacter(char c) { return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Calls `visit(character, its bytes)` for each character.
template <class Visit> void forEachCharacter(std::string_view text, Visit visit) {
  while (!text.empty()) {
    Character character = decode(text);
    visit(character.code, text.substr(0, character.length));
    text.remove_prefix(character.length);
  }
}

} // namespace

std::string commentText(std::string_view text) {
  std::string line;
  forEachCharacter(text, [&](uint32_t code, std::string_view bytes) {
    char last = line.empty() ? ' ' : line.back();
    bool ends = (last == '*' && bytes == "/") || (last == '/' && bytes == "*") || (last == '?' && bytes == "?");
    if (ends) line += ' ';
    if (code == '\n' || code == '\t' || code == '\r') line += ' ';
    else if (code == kNoCharacter || isHidden(code)) line += "\xEF\xBF\xBD"; // the mark of what can not be shown
    else line += bytes;
  });
  return line;
}

std::string comment(const std::vector<std::string> &paragraphs, std::string_view indent) {
  constexpr size_t kWidth = 116;
  std::string text = std::string(indent) + "/*";
  size_t column = text.size();
  for (const std::string &paragraph : paragraphs) {
    if (&paragraph != &paragraphs.front()) text.append("\n").append(indent).append("  "), column = indent.size() + 2;
    std::string line = commentText(paragraph);
    for (size_t at = 0; at < line.size();) {
      size_t end = std::min(line.find(' ', at), line.size());
      if (column + 1 + end - at > kWidth && column > indent.size() + 2)
        text.append("\n").append(indent).append("    "), column = indent.size() + 4;
      text.append(" ").append(line, at, end - at);
      column += 1 + end - at;
      at = end + 1;
    }
  }
  return text + " */\n";
}

std::string cString(std::string_view text) {
  std::string literal = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') literal += '\\', literal += c; // `?`: no trigraphs
    else if (byte < 0x20 || byte >= 0x7F) literal += fmt::format("\\{:03o}", byte);
    else literal += c;
  }
  return literal + '"';
}

std::string jsString(std::string_view text) {
  std::string literal = "\"";
  forEachCharacter(text, [&](uint32_t code, std::string_view bytes) {
    if (bytes == "\"" || bytes == "\\") literal.append("\\").append(bytes);
    else if (bytes == "/" && literal.back() == '<') literal += "\\/"; // a page may hold the file
    else if (code == kNoCharacter) literal += "\\ufffd";
    else if (isHidden(code)) literal += fmt::format("\\u{{{:x}}}", code);
    else literal += bytes;
  });
  return literal + '"';
}

std::string realText(double value) {
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

bool isKeyword(std::string_view word) {
  static const std::set<std::string_view> words = {
      "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
      "char16_t", "char32_t", "char8_t", "class", "compl", "concept", "const", "const_cast", "consteval", "constexpr",
      "constinit", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete", "do", "double",
      "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
      "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
      "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return",
      "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this",
      "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union",
      "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
      // Macros in lower case: of the compilers in their own dialects, and of errno.h, stdio.h and assert.h.
      "linux", "unix", "i386", "errno", "stdin", "stdout", "stderr", "assert", "near", "far"};
  return words.contains(word);
}

std::string upperCase(std::string_view text) {
  std::string upper(text);
  for (char &c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

/// Letters, digits and `_`, with a letter first.
static std::string plainName(std::string_view name) {
  std::string plain;
  for (char c : name) plain += isNameCharacter(c) ? c : '_';
  return plain.empty() || plain[0] == '_' || isDigit(plain[0]) ? "x" + plain : plain;
}

std::string Names::give(std::string_view name) {
  std::string plain = plainName(name);
  bool shouts = plain.size() > 1 && plain == upperCase(plain); // may be a macro of a header: NAN, EOF
  return unique(shouts || isKeyword(plain) ? plain + "_" : plain);
}

std::string Names::givePart(std::string_view name) { return unique(plainName(name)); }

std::string Names::unique(const std::string &name) {
  std::string one = name;
  for (int copy = 2; !taken_.insert(one).second; ++copy) one = fmt::format("{}_{}", name, copy);
  return one;
}

} // namespace mdl::emit
