//===- Sha256.h - SHA-256 of bytes ------------------------------*- C++ -*-===//
// FIPS 180-4. Reports name by it the sources that a model was compiled from.
//===----------------------------------------------------------------------===//
#pragma once
#include <string>
#include <string_view>

namespace mdl {

/// The digest in 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace mdl
