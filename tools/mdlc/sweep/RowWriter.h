//===- RowWriter.h - Rows of a sweep as CSV and JSON lines ------*- C++ -*-===//
// Each line stands alone. A count that is known exactly is written in its digits; one
// that is only near is written with an exponent, so that nobody takes it for exact.
//===----------------------------------------------------------------------===//
#pragma once
#include "Rows.h"

namespace mdl::tool {

/// A column: its name, and which of a row's cells it shows.
struct ShownColumn {
  std::string name;
  size_t cell;
};

class RowWriter {
public:
  /// `statements`: the names of what every row states (`Variant::statements`).
  RowWriter(const Axes &axes, std::vector<std::string> statements, std::vector<ShownColumn> columns, bool json)
      : axes_(axes), statements_(std::move(statements)), columns_(std::move(columns)), json_(json) {}
  /// The first line of a CSV; empty for JSON lines.
  std::string header() const;
  /// One line.
  void write(const SweepRow &row, std::string &out);
  /// The point that a line begins with; nothing when it is no line of a sweep.
  static std::optional<uint64_t> pointOf(std::string_view line, bool json);

private:
  void writeCsv(const SweepRow &row, std::string &out);
  void writeJson(const SweepRow &row, std::string &out);
  static void writeCell(const Cell &cell, bool json, std::string &out);

  const Axes &axes_;
  std::vector<std::string> statements_;
  std::vector<ShownColumn> columns_;
  bool json_;
};

} // namespace mdl::tool
