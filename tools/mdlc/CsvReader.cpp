//===- CsvReader.cpp - Cells of a CSV file, with their places -------------===//
#include "CsvReader.h"

namespace mdl::tool {

std::optional<std::vector<CsvRecord>> readCsv(std::string_view text, CsvCell *open) {
  std::vector<CsvRecord> records;
  CsvRecord record(1);
  size_t line = 1, begin = 0; // of the line, in bytes
  bool quoted = false, some = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n') ++line, begin = i + 1;
    if (quoted) {
      if (c != '"') record.back().text += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') record.back().text += text[++i];
      else quoted = false;
      continue;
    }
    if (c == '\n') {
      if (some) records.push_back(std::move(record));
      record.assign(1, {"", line, 1}), some = false;
      continue;
    }
    some = some || c != '\r';
    if (c == '"') quoted = true;
    else if (c == ',') record.push_back({"", line, i + 2 - begin});
    else if (c != '\r') record.back().text += c;
  }
  if (quoted && open) *open = record.back();
  if (some) records.push_back(std::move(record));
  return quoted ? std::nullopt : std::optional(std::move(records));
}

} // namespace mdl::tool
