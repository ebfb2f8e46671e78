//===- CsvReader.h - Cells of a CSV file, with their places -----*- C++ -*-===//
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::tool {

/// A cell, and where its text begins: line and column from 1, in bytes.
struct CsvCell {
  std::string text;
  size_t line = 1, column = 1;
};
using CsvRecord = std::vector<CsvCell>;

/// Records of RFC 4180; lines without a character are left out. Nothing when a quoted cell does not end: `open` is then where
/// it begins.
std::optional<std::vector<CsvRecord>> readCsv(std::string_view text, CsvCell *open = nullptr);

} // namespace mdl::tool
