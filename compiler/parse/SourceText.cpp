// What a source must be before anything reads it.
#include "Outline.h"
#include <algorithm>

namespace mdl::parse {

static bool isContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// The length of the UTF-8 character at `at`, which is not ASCII; 0 if there is none.
static size_t characterLength(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned first = byte(at), second = byte(at + 1);
  size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  bool overlong = first < 0xC2 || (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  bool beyond = first > 0xF4 || (first == 0xF4 && second > 0x8F) || (first == 0xED && second > 0x9F);
  if (overlong || beyond) return 0;
  for (size_t i = 1; i < length; ++i)
    if (!isContinuation(text, at + i)) return 0;
  return length;
}

/// The first byte that is no text, or npos.
static size_t findBadByte(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    auto c = static_cast<unsigned char>(text[at]);
    size_t length = c == 0 ? 0 : c < 0x80 ? 1 : characterLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

bool checkText(const SourceFile &file, DiagnosticEngine &diagnostics) {
  if (file.text.size() > kMaxSourceBytes) {
    diagnostics.report(DiagId::FileTooLarge, {{file.base}, {file.base}},
                       {file.path, std::to_string(file.text.size()), std::to_string(kMaxSourceBytes)});
    return false;
  }
  size_t bad = findBadByte(file.text);
  if (bad == std::string_view::npos) return true;
  auto end = file.text.begin() + static_cast<std::ptrdiff_t>(bad);
  std::string place = " in line " + std::to_string(std::count(file.text.begin(), end, '\n') + 1) + ", at byte " +
                      std::to_string(bad) + " of the file";
  SrcLoc loc{file.base + static_cast<uint32_t>(bad)};
  diagnostics.report(DiagId::NotText, {loc, loc}, {file.path, (file.text[bad] == 0 ? "a NUL" : "no UTF-8") + place});
  return false;
}

} // namespace mdl::parse
