#include "RowWriter.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Json.h"
#include <charconv>
#include <fmt/format.h>

namespace mdl::tool {
namespace {

void addCsvText(std::string_view text, std::string &out) {
  runtime::Output cell;
  runtime::writeCsvText(cell, text);
  out += cell.take();
}

void addJsonText(std::string_view text, std::string &out) {
  runtime::Output string;
  runtime::writeJsonString(string, text);
  out += string.take();
}

} // namespace

std::string RowWriter::header() const {
  if (json_) return {};
  std::string line = "point";
  for (const Axis &axis : axes_.all())
    for (const std::string &name : axis.names()) line += ',', addCsvText(name, line);
  for (const std::string &name : statements_) line += "," + name;
  for (const ShownColumn &column : columns_) line += ',', addCsvText(column.name, line);
  return line + ",notes,status\r\n";
}

void RowWriter::writeCell(const Cell &cell, bool json, std::string &out) {
  switch (cell.kind) {
  case Cell::Kind::Absent: out += json ? "null" : ""; return;
  case Cell::Kind::Count: {
    bool isText = json && abs(cell.exact) > Int(runtime::kLargestJsonInteger);
    if (isText) out += '"';
    if (cell.exact.fitsInt64()) fmt::format_to(std::back_inserter(out), "{}", cell.exact.toInt64());
    else out += toString(cell.exact);
    if (isText) out += '"';
    return;
  }
  case Cell::Kind::Near: {
    char digits[40];
    auto end = std::to_chars(digits, digits + sizeof digits, cell.value, std::chars_format::scientific);
    out.append(digits, end.ptr);
    return;
  }
  case Cell::Kind::Text: json ? addJsonText(cell.text, out) : addCsvText(cell.text, out); return;
  case Cell::Kind::Real: {
    char digits[40];
    auto end = std::to_chars(digits, digits + sizeof digits, cell.value);
    out.append(digits, end.ptr);
    return;
  }
  }
}

void RowWriter::writeCsv(const SweepRow &row, std::string &out) {
  fmt::format_to(std::back_inserter(out), "{}", row.point);
  for (size_t i = 0; i < axes_.all().size(); ++i)
    for (size_t k = 0; k < axes_.all()[i].names().size(); ++k) {
      out += ',';
      if (axes_.all()[i].isRange())
        fmt::format_to(std::back_inserter(out), "{}", axes_.all()[i].number(row.positions[i]).toInt64());
      else addCsvText(axes_.all()[i].text(row.positions[i], k), out);
    }
  out += row.variant->csv;
  for (const ShownColumn &column : columns_) {
    out += ',';
    if (column.cell < row.cells.size()) writeCell(row.cells[column.cell], false, out);
  }
  out += ',', addCsvText(row.notes, out);
  out += ',', addCsvText(row.status, out);
  out += "\r\n";
}

void RowWriter::writeJson(const SweepRow &row, std::string &out) {
  fmt::format_to(std::back_inserter(out), "{{\"point\":{}", row.point);
  for (size_t i = 0; i < axes_.all().size(); ++i)
    for (size_t k = 0; k < axes_.all()[i].names().size(); ++k) {
      out += ',', addJsonText(axes_.all()[i].names()[k], out), out += ':';
      std::string text = axes_.all()[i].text(row.positions[i], k);
      bool plain = parseInt(text).has_value() || text == "true" || text == "false";
      if (plain) out += text;
      else addJsonText(text, out);
    }
  out += row.variant->json;
  for (const ShownColumn &column : columns_) {
    out += ',', addJsonText(column.name, out), out += ':';
    writeCell(column.cell < row.cells.size() ? row.cells[column.cell] : Cell{}, true, out);
  }
  out += ",\"notes\":", addJsonText(row.notes, out);
  out += ",\"status\":", addJsonText(row.status, out);
  out += "}\n";
}

void RowWriter::write(const SweepRow &row, std::string &out) { json_ ? writeJson(row, out) : writeCsv(row, out); }

std::optional<uint64_t> RowWriter::pointOf(std::string_view line, bool json) {
  constexpr std::string_view kStart = "{\"point\":";
  if (json) {
    if (!line.starts_with(kStart)) return std::nullopt;
    line.remove_prefix(kStart.size());
  }
  uint64_t point = 0;
  auto read = std::from_chars(line.data(), line.data() + line.size(), point);
  if (read.ec != std::errc() || read.ptr == line.data() + line.size() || *read.ptr != ',') return std::nullopt;
  return point;
}

} // namespace mdl::tool
