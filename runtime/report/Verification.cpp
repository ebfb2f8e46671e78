//===- Verification.cpp - Comparisons with a measurement, rendered --------===//
#include "Verification.h"
#include "Json.h"
#include "Table.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

std::string percentText(const VerifyRow &row) {
  if (!row.percent) return "no reference";
  if (*row.percent == 0) return "0";
  return fmt::format("{:+.4g}", *row.percent);
}

std::vector<std::string> cells(std::string label, const VerifyRow &row) {
  return {std::move(label),        row.metric,       toString(row.ours),
          toString(row.reference), percentText(row), row.passed ? "" : "FAIL"};
}

void writeUnmatched(Output &out, Style style, const char *title, const std::vector<Unmatched> &entries, size_t most) {
  if (entries.empty()) return;
  out << '\n' << style.bold(fmt::format("{} ({})", title, entries.size())) << '\n';
  Table table({Align::Left, Align::Left, Align::Right, Align::Left});
  size_t shown = 0;
  for (bool fails : {true, false})
    for (const Unmatched &entry : entries)
      if (entry.fails == fails && shown < most) {
        table.addRow({entry.id, entry.metric, toString(entry.value), fails ? "FAIL" : ""});
        ++shown;
      }
  table.write(out, style, 2);
  if (entries.size() > most) out << fmt::format("  and {} more\n", entries.size() - most);
}

void writeRow(Output &out, const VerifyRow &row) {
  out << "{\"id\": ";
  writeJsonString(out, row.id);
  out << ", \"metric\": ";
  writeJsonString(out, row.metric);
  out << ", \"ours\": ";
  writeJsonNumber(out, row.ours);
  out << ", \"reference\": ";
  writeJsonNumber(out, row.reference);
  out << ", \"percent_error\": ";
  if (row.percent) out << *row.percent;
  else out << "null";
  out << ", \"passed\": " << (row.passed ? "true" : "false") << '}';
}

void writeOptionalRow(Output &out, const char *key, const std::optional<VerifyRow> &row) {
  out << ",\n  \"" << key << "\": ";
  if (row) writeRow(out, *row);
  else out << "null";
}

void writeEntry(Output &out, const Unmatched &entry) {
  out << "{\"id\": ";
  writeJsonString(out, entry.id);
  out << ", \"metric\": ";
  writeJsonString(out, entry.metric);
  out << ", \"value\": ";
  writeJsonNumber(out, entry.value);
  out << ", \"fails\": " << (entry.fails ? "true" : "false") << '}';
}

template <class Entries, class WriteOne>
void writeArray(Output &out, const char *key, const Entries &entries, WriteOne writeOne) {
  out << ",\n  \"" << key << "\": [";
  const char *before = "\n    ";
  for (const auto &entry : entries) {
    out << before;
    writeOne(out, entry);
    before = ",\n    ";
  }
  out << (entries.empty() ? "]" : "\n  ]");
}

} // namespace

void renderVerificationText(const VerifyResult &result, bool colour, size_t maxRows, Output &out) {
  Style style(colour);
  Table table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.addHeading({"id", "metric", "ours", "reference", "error %"});
  for (size_t i = 0; i < std::min(maxRows, result.rows.size()); ++i)
    table.addRow(cells(result.rows[i].id, result.rows[i]));
  if (result.total) table.addRow(cells("total", *result.total));
  if (result.params) table.addRow(cells("parameters", *result.params));
  table.write(out, style);
  if (result.rows.size() > maxRows)
    out << fmt::format("{} rows more, none with a larger error\n", result.rows.size() - maxRows);
  writeUnmatched(out, style, "only in the reference", result.unmatchedReference, maxRows);
  writeUnmatched(out, style, "only in the model", result.unmatchedOurs, maxRows);
  out << '\n' << style.bold(result.passed ? "PASS" : "FAIL") << "  " << result.at;
  if (result.passed) out << fmt::format(": {} numbers within {} %", result.numbers(), result.tolerance);
  for (size_t i = 0; i < result.reasons.size(); ++i) out << (i == 0 ? ": " : "; ") << result.reasons[i];
  out << '\n';
}

void renderVerificationJson(const VerifyResult &result, Output &out) {
  out << "{\n  \"schema\": \"mdlc.verify/1\",\n  \"at\": ";
  writeJsonString(out, result.at);
  out << ",\n  \"calls\": ";
  writeJsonNumber(out, result.calls);
  out << ",\n  \"tolerance\": " << result.tolerance;
  out << ",\n  \"passed\": " << (result.passed ? "true" : "false");
  writeArray(out, "reasons", result.reasons, writeJsonString);
  writeOptionalRow(out, "total", result.total);
  writeOptionalRow(out, "params", result.params);
  writeArray(out, "rows", result.rows, writeRow);
  writeArray(out, "unmatched_reference", result.unmatchedReference, writeEntry);
  writeArray(out, "unmatched_ours", result.unmatchedOurs, writeEntry);
  out << "\n}\n";
}

} // namespace mdl::runtime
