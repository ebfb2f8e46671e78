//===- SweepFile.h - The rows of a sweep, read back -------------*- C++ -*-===//
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace mdl::tool {

/// What `mdlc sweep` has written, as CSV or JSON lines: texts by column. Rows that have no numbers (`status` is not
/// `ok`) are counted and left out.
struct SweepTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  size_t leftOut = 0;

  std::optional<size_t> column(const std::string &name) const;
  /// The columns that tell points apart, in order: those before the numbers that have more than one value, without
  /// those that only follow another (the storage bits of a precision).
  std::vector<size_t> axes() const;
};

/// Reads a file; nothing with `error` filled when it is neither, or has no row.
std::optional<SweepTable> readSweep(const std::string &path, std::string &error);

/// The number that a text is, if it is one and finite; `true` and `false` are 1 and 0.
std::optional<double> numberIn(const std::string &text);

} // namespace mdl::tool
