//===- SizingTable.h - The rows of a sizing run as cells --------*- C++ -*-===//
// One list of columns for CSV and JSON. A schema replaces it by columns of its
// own, made of these.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Sizing.h"
#include "Output.h"

namespace mdl::runtime {

/// Text, a number, a truth value, or nothing.
struct Cell {
  enum class Kind : uint8_t { Absent, Text, Number, Boolean } kind = Kind::Absent;
  std::string text;
  Number number;
  bool boolean = false;

  static Cell of(std::string_view text) { return {Kind::Text, std::string(text), {}, false}; }
  static Cell of(const Number &number) { return {number.isPresent() ? Kind::Number : Kind::Absent, {}, number, false}; }
  static Cell of(Int value) { return of(Number::of(value)); }
  static Cell of(double value) { return of(Number::ofReal(value)); }
  static Cell ofTruth(bool value) { return {Kind::Boolean, {}, {}, value}; }
};

/// A column by the name of another tool: a text with `{name}` or `{name|otherwise}` for columns of ours. One of these alone
/// keeps its kind, and a number is divided by `per`.
struct SchemaColumn {
  std::string name, text;
  double per = 1;
};
struct SizingSchema {
  std::string name;
  std::vector<SchemaColumn> columns;
};

/// Headings and cells of all rows.
struct SizingTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

/// The rows in our columns.
SizingTable tableOf(const SizingResult &result);
/// The headings alone, and the cells of one row, parallel to them.
std::vector<std::string> columnsOf(const SizingRequest &request);
std::vector<Cell> cellsOf(const SizingRequest &request, const SizingRow &row);
/// The same in the columns of a schema; nullopt with a message when it names a column that there is not.
std::optional<SizingTable> inSchema(const SizingTable &table, const SizingSchema &schema, std::string &error);

/// RFC 4180, as Csv.h has it.
void writeCsv(const SizingTable &table, Output &out);
/// A JSON array of objects, one row a line, indented by four.
void writeJson(const SizingTable &table, Output &out);

} // namespace mdl::runtime
