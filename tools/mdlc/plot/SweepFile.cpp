//===- SweepFile.cpp - The rows of a sweep, read back ---------------------===//
#include "SweepFile.h"
#include "../CsvReader.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

namespace mdl::tool {

namespace {

/// The columns behind the axes, which every row states; the numbers come after the last of them.
constexpr const char *kLastStatement = "model_version";
constexpr const char *kPoint = "point";

bool readCells(const std::string &text, std::vector<std::vector<std::string>> &records) {
  auto cells = readCsv(text);
  for (CsvRecord &record : cells ? *cells : std::vector<CsvRecord>()) {
    records.emplace_back();
    for (CsvCell &cell : record) records.back().push_back(std::move(cell.text));
  }
  return cells.has_value();
}

std::string textOf(const nlohmann::ordered_json &value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

/// JSON lines as records, the first one the keys.
bool readLines(const std::string &text, std::vector<std::vector<std::string>> &records) {
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    auto line = nlohmann::ordered_json::parse(text.substr(at, end - at), nullptr, false);
    at = end + 1;
    if (!line.is_object()) return false;
    if (records.empty())
      for (const auto &[key, value] : (records.emplace_back(), line.items())) records[0].push_back(key);
    std::vector<std::string> cells;
    for (const std::string &key : records[0]) cells.push_back(line.contains(key) ? textOf(line[key]) : "");
    records.push_back(std::move(cells));
  }
  return true;
}

} // namespace

std::optional<size_t> SweepTable::column(const std::string &name) const {
  auto found = std::ranges::find(columns, name);
  return found == columns.end() ? std::nullopt : std::optional(static_cast<size_t>(found - columns.begin()));
}

std::vector<size_t> SweepTable::axes() const {
  std::vector<size_t> found;
  size_t end = column(kLastStatement).value_or(0);
  for (size_t i = 0; i < end; ++i) {
    if (columns[i] == kPoint || std::ranges::all_of(rows, [&](const auto &row) { return row[i] == rows[0][i]; }))
      continue;
    bool follows = std::ranges::any_of(found, [&](size_t other) {
      std::map<std::string, std::string> seen;
      return std::ranges::all_of(
          rows, [&](const auto &row) { return seen.try_emplace(row[other], row[i]).first->second == row[i]; });
    });
    if (!follows) found.push_back(i);
  }
  return found;
}

std::optional<SweepTable> readSweep(const std::string &path, std::string &error) {
  auto fail = [&](const char *why) { return error = fmt::format("`{}`: {}", path, why), std::nullopt; };
  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream && text.empty()) return fail("cannot be read");
  std::vector<std::vector<std::string>> records;
  bool fine = text.starts_with('{') ? readLines(text, records) : readCells(text, records);
  if (!fine) return fail("is neither CSV nor JSON lines of `mdlc sweep`");
  SweepTable table;
  if (!records.empty()) table.columns = records[0];
  auto status = table.column("status");
  for (size_t i = 1; i < records.size(); ++i) {
    if (records[i].size() != table.columns.size())
      return fail("has a row with another number of cells than its heading");
    if (status && records[i][*status] != "ok") ++table.leftOut;
    else table.rows.push_back(std::move(records[i]));
  }
  if (table.rows.empty()) return fail("has no row with numbers");
  return table;
}

std::optional<double> numberIn(const std::string &text) {
  if (text == "true" || text == "false") return text == "true" ? 1 : 0;
  double value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = fault == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

} // namespace mdl::tool
