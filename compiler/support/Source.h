//===- Source.h - Source text and positions ---------------------*- C++ -*-===//
// All sources of one compilation share one address space of 32-bit positions:
// a SrcLoc is an offset into it, so a range is eight bytes and needs no file
// pointer. Files are loaded once and never change.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl {

/// A place in the sources of a compilation; 0 is no place.
struct SrcLoc {
  uint32_t offset = 0;
  bool isValid() const { return offset != 0; }
  friend auto operator<=>(SrcLoc, SrcLoc) = default;
};

/// Half-open range of text.
struct SrcRange {
  SrcLoc begin, end;
  bool isValid() const { return begin.isValid(); }
  friend auto operator<=>(SrcRange, SrcRange) = default;
};

/// Names one loaded file.
struct FileId {
  uint32_t index = ~0u;
  bool isValid() const { return index != ~0u; }
  friend auto operator<=>(FileId, FileId) = default;
};

/// A position for people: 1-based line and column (in bytes) of a named file.
struct LineColumn {
  std::string_view path;
  uint32_t line = 0, column = 0;
};

/// One source file: its path as printed, its bytes and the offset of each line.
struct SourceFile {
  std::string path; ///< As it is printed in diagnostics.
  std::string text;
  uint32_t base = 0;                        ///< Position of its first byte in the common space.
  mutable std::vector<uint32_t> lineStarts; ///< Filled on the first question for a line.
};

/// Owns every source of a compilation and translates positions.
class SourceManager {
public:
  /// Adds text under a name; returns its id. At most 4 GiB in all.
  FileId add(std::string path, std::string text);
  const SourceFile &file(FileId id) const { return *files_[id.index]; }
  /// The file that contains `loc`; invalid for an invalid position.
  FileId fileOf(SrcLoc loc) const;
  LineColumn lineColumn(SrcLoc loc) const;
  /// The text of the line that contains `loc`, without its line end.
  std::string_view lineText(SrcLoc loc) const;
  /// The text of a range within one file.
  std::string_view text(SrcRange range) const;
  size_t size() const { return files_.size(); }

private:
  std::vector<std::unique_ptr<SourceFile>> files_;
  uint32_t next_ = 1;
};

} // namespace mdl
