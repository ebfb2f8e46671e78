//===- Json.cpp - Reports as JSON -----------------------------------------===//
// One line for each node, so that the form can be searched and compared by line.
//===----------------------------------------------------------------------===//
#include "Json.h"
#include "../Utf8.h"
#include "JsonTarget.h"

namespace mdl::runtime {
namespace {

void writeEscape(Output &out, char c) {
  constexpr const char *kHex = "0123456789abcdef";
  switch (c) {
  case '"': out << "\\\""; return;
  case '\\': out << "\\\\"; return;
  case '\n': out << "\\n"; return;
  case '\t': out << "\\t"; return;
  case '\r': out << "\\r"; return;
  default: out << "\\u00" << kHex[static_cast<unsigned char>(c) >> 4] << kHex[c & 15];
  }
}

/// Commas between the members of an object or array.
class Separator {
public:
  explicit Separator(std::string_view between) : between_(between) {}
  void next(Output &out) {
    if (!first_) out << between_;
    first_ = false;
  }

private:
  std::string_view between_;
  bool first_ = true;
};

void writeKey(Output &out, std::string_view key) {
  writeJsonString(out, key);
  out << ": ";
}

void writeStrings(Output &out, const std::vector<std::string> &strings) {
  Separator comma(", ");
  out << '[';
  for (const std::string &text : strings) comma.next(out), writeJsonString(out, text);
  out << ']';
}

void writeInput(Output &out, const BoundInput &bound) {
  writeKey(out, bound.input->name);
  switch (bound.input->type) {
  case InputType::Integer: writeJsonNumber(out, bound.value); break;
  case InputType::Boolean: out << bound.text(); break;
  case InputType::Choice: writeJsonString(out, bound.text()); break;
  }
}

void writeMetrics(Output &out, const Report &report, std::span<const Number> values, Separator &comma) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].isPresent()) continue;
    comma.next(out);
    writeKey(out, report.program->metrics[i].name);
    writeJsonNumber(out, values[i]);
  }
}

void writeIdentity(Output &out, std::string_view id, std::string_view parent, std::string_view name, const Node &node) {
  out << "\"id\": ";
  writeJsonString(out, id);
  out << ", \"parent\": ";
  if (parent.empty()) out << "null";
  else writeJsonString(out, parent);
  out << ", \"name\": ";
  writeJsonString(out, name);
  out << ", \"operator\": ";
  writeJsonString(out, node.op);
  out << ", \"category\": ";
  writeJsonString(out, node.category);
}

void writeCalls(Output &out, Int calls, bool uniform) {
  out << ", \"calls\": ";
  writeJsonNumber(out, calls);
  out << ", \"uniform_calls\": " << (uniform ? "true" : "false");
}

void writeBottleneck(Output &out, std::string_view bottleneck) {
  if (bottleneck.empty()) return;
  out << ", \"bottleneck\": ";
  writeJsonString(out, bottleneck);
}

void writeRow(Output &out, const Report &report, const Row &row) {
  Separator comma(", ");
  comma.next(out);
  writeIdentity(out, row.id, row.parent, row.name, *row.node);
  writeCalls(out, row.calls, row.uniformCalls);
  writeMetrics(out, report, row.values, comma);
  writeBottleneck(out, row.bottleneck);
}

void writeFoldedRow(Output &out, const Report &report, const FoldedRow &row) {
  Separator comma(", ");
  comma.next(out);
  writeIdentity(out, row.id, row.parent, row.label, *row.node);
  out << ", \"copies\": ";
  writeJsonNumber(out, row.copies);
  out << ", \"first_id\": ";
  writeJsonString(out, row.firstId);
  writeCalls(out, row.calls, row.uniformCalls);
  writeMetrics(out, report, row.values, comma);
  writeBottleneck(out, row.bottleneck);
}

template <class Rows, class WriteOne>
void writeNodes(Output &out, const Report &report, const Rows &rows, WriteOne writeOne) {
  Separator comma(",");
  out << ",\n  \"nodes\": [";
  for (const auto &row : rows) {
    comma.next(out);
    out << "\n    {";
    writeOne(out, report, row);
    out << '}';
  }
  out << "\n  ]\n}\n";
}

/// What the metrics are, so that a reader of the result needs no other source.
void writeMetricList(Output &out, const Program &program) {
  static constexpr const char *kFolds[] = {"sum", "once", "peak", "each"};
  Separator comma(", ");
  out << ",\n  \"metrics\": [";
  for (const Metric &metric : program.metrics) {
    if (metric.absent) continue;
    comma.next(out);
    out << "{\"name\": ", writeJsonString(out, metric.name);
    out << ", \"title\": ", writeJsonString(out, metric.title);
    out << ", \"unit\": ", writeJsonString(out, metric.unit);
    out << ", \"fold\": \"" << kFolds[static_cast<size_t>(metric.fold)] << "\"}";
  }
  out << ']';
}

/// SHA-256 of the sources, and the commit of the vendor's code that they describe, where they name one.
void writeVersion(Output &out, const ModelFacts &facts) {
  out << ", \"version\": ", writeJsonString(out, facts.version);
  out << ", \"commit\": ";
  if (facts.commit.empty()) out << "null";
  else writeJsonString(out, facts.commit);
}

void writeNumbers(Output &out, std::string_view what, const ModelFacts &facts, bool configuration) {
  Separator comma(", ");
  out << ",\n  ";
  writeKey(out, what);
  out << '{';
  for (const NamedNumber &each : facts.numbers) {
    if (each.isConfiguration() != configuration) continue;
    comma.next(out), writeKey(out, each.name), writeJsonNumber(out, each.value);
  }
  out << '}';
}

void writeHeader(Output &out, const Report &report) {
  const Program &program = *report.program;
  out << "{\n  \"schema\": \"mdlc.eval/1\",\n  \"model\": ";
  writeJsonString(out, program.model);
  if (!report.source.empty()) {
    out << ",\n  \"source\": {\"file\": ", writeJsonString(out, report.source);
    out << ", \"pipeline\": ", writeJsonString(out, program.model);
    if (report.facts) writeVersion(out, *report.facts);
    out << '}';
  }
  out << ",\n  \"workload\": {";
  Separator comma(", ");
  for (const BoundInput &bound : report.inputs) comma.next(out), writeInput(out, bound);
  out << "},\n  \"workload_name\": ";
  if (report.workload.empty()) out << "null";
  else writeJsonString(out, report.workload);
  if (!report.selected.empty()) out << ",\n  \"selected\": ", writeJsonString(out, report.selected);
  out << ",\n  \"convention\": ";
  writeJsonString(out, program.convention);
  out << ",\n  \"traffic\": ";
  writeJsonString(out, program.traffic);
  if (report.target) writeJsonTarget(out, *report.target);
  if (report.parallel) {
    out << ",\n  \"parallel\": ";
    writeJsonParallel(out, *report.parallel);
  }
  if (report.memory) {
    out << ",\n  \"memory\": ";
    writeJsonMemory(out, *report.memory, report.target->residency.name);
  }
  if (report.facts) writeNumbers(out, "geometry", *report.facts, false);
  if (report.facts) writeNumbers(out, "configuration", *report.facts, true);
  out << ",\n  \"assumptions\": ";
  writeStrings(out, report.assumptions);
  out << ",\n  \"extrapolation\": ";
  writeStrings(out, extrapolations(report));
  out << ",\n  \"not_modelled\": ";
  writeStrings(out, program.notModelled);
  writeMetricList(out, program);
}

/// The totals at an end of a range, where they differ.
void writeEnd(Output &out, const char *key, const std::vector<Number> &totals, const Report &report) {
  if (totals.empty()) return;
  Separator between(", ");
  out << ",\n  \"" << key << "\": {";
  for (size_t i = 0; i < totals.size(); ++i) {
    if (!totals[i].isPresent() || totals[i] == report.totals[i]) continue;
    between.next(out);
    writeKey(out, report.program->metrics[i].name);
    writeJsonNumber(out, totals[i]);
  }
  out << '}';
}

void writeTotals(Output &out, const Report &report) {
  Separator comma(", ");
  out << ",\n  \"totals\": {";
  writeMetrics(out, report, report.totals, comma);
  if (!report.peakAt.empty()) {
    comma.next(out);
    out << "\"activation_peak_at\": ";
    writeJsonString(out, report.peakAt);
  }
  writeBottleneck(out, report.bottleneck);
  out << '}';
  writeEnd(out, "totals_best", report.bestTotals, report);
  writeEnd(out, "totals_worst", report.worstTotals, report);
}

} // namespace

void writeJsonString(Output &out, std::string_view text) {
  out << '"';
  size_t begin = 0, at = 0;
  while (at < text.size()) {
    auto c = static_cast<unsigned char>(text[at]);
    bool special = c < 0x20 || c == '"' || c == '\\';
    size_t length = special ? 0 : c < 0x80 ? 1 : utf8Length(text.substr(at));
    if (length != 0) {
      at += length;
      continue;
    }
    out << text.substr(begin, at - begin);
    if (special) writeEscape(out, text[at]);
    else out << "\xEF\xBF\xBD";
    begin = ++at;
  }
  out << text.substr(begin) << '"';
}

void writeJsonNumber(Output &out, Int value) {
  if (value >= -kLargestJsonInteger && value <= kLargestJsonInteger) out << value;
  else out << '"' << value << '"';
}

void writeJsonNumber(Output &out, const Number &value) {
  if (value.kind == Number::Kind::Exact) writeJsonNumber(out, value.exact);
  else out << value.real;
}

void renderJson(const Report &report, const RenderOptions &, Output &out) {
  writeHeader(out, report);
  writeTotals(out, report);
  if (report.rows.empty()) writeNodes(out, report, report.folded, writeFoldedRow);
  else writeNodes(out, report, report.rows, writeRow);
}

} // namespace mdl::runtime
