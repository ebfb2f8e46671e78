//===- Zip.h - The directory of a zip archive -------------------*- C++ -*-===//
// What PyTorch's archives need and no more: the central directory with its zip64
// forms, and members that are stored. Nothing is decompressed, so an archive
// cannot grow; a library would bring a decompressor that nothing here may call.
// Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3.
//===----------------------------------------------------------------------===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

/// A member by the central directory. Its bytes begin after `begin`: behind its local header, which only `readMember` reads.
struct ZipMember {
  std::string name;
  uint16_t method = 0; ///< 0: stored
  bool encrypted = false;
  uint64_t begin = 0, packed = 0, size = 0;
};

struct ZipDirectory {
  std::vector<ZipMember> members;
  uint64_t begin = 0; ///< Of the directory: members end before it
};

/// Whether the file begins as a zip archive does.
bool isZip(const InputFile &file);
std::optional<ZipDirectory> readZipDirectory(const InputFile &file, Fault &fault);
/// The bytes of a stored member of at most `largest` bytes.
std::optional<std::string> readMember(const InputFile &file, const ZipDirectory &directory, const ZipMember &member,
                                      uint64_t largest, Fault &fault);

} // namespace mdl::weights
