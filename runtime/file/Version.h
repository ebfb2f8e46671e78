//===- Version.h - The format of compiled programs --------------*- C++ -*-===//
#pragma once
#include <cstdint>

namespace mdl::runtime {

/// The format that is written, and the newest that is read. It grows with every change of file/Fields.h or of an
/// enumeration that is listed there.
inline constexpr uint32_t kFormatVersion = 3;

} // namespace mdl::runtime
