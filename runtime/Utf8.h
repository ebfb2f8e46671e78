//===- Utf8.h - Well-formed UTF-8 -------------------------------*- C++ -*-===//
#pragma once
#include <cstddef>
#include <string_view>

namespace mdl::runtime {

/// The length of the well-formed UTF-8 sequence at the start of `text`, which is not empty; 0 when there is none.
inline size_t utf8Length(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (length == 0 || length > text.size() || byte(0) > 0xF4) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  bool tooLong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  bool tooLarge = byte(0) == 0xF4 && byte(1) >= 0x90;
  return tooLong || surrogate || tooLarge ? 0 : length;
}

/// Whether all of the text is well-formed.
inline bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

} // namespace mdl::runtime
