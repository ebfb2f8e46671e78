//===- Checksum.h - CRC-64 of bytes -----------------------------*- C++ -*-===//
// The CRC-64 of the xz format (ECMA-182, reflected): every change of up to 64
// neighbouring bits is found. `crc64("123456789")` is 0x995dc9bbdf1939fa.
//===----------------------------------------------------------------------===//
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace mdl::runtime {

inline constexpr auto kCrc64Table = [] {
  std::array<uint64_t, 256> table{};
  for (uint64_t i = 0; i < table.size(); ++i) {
    uint64_t rest = i;
    for (int bit = 0; bit < 8; ++bit) rest = rest & 1 ? (rest >> 1) ^ 0xC96C5795D7870F42 : rest >> 1;
    table[i] = rest;
  }
  return table;
}();

constexpr uint64_t crc64(std::string_view bytes) {
  uint64_t rest = ~uint64_t{0};
  for (char c : bytes) rest = kCrc64Table[(rest ^ static_cast<unsigned char>(c)) & 0xFF] ^ (rest >> 8);
  return ~rest;
}

} // namespace mdl::runtime
