//===- ComparisonJson.cpp - Comparisons of two results as JSON ------------===//
#include "Comparison.h"
#include "Json.h"

namespace mdl::runtime {
namespace {

constexpr const char *kSides[] = {"both", "a", "b"};

void writeNumber(Output &out, const char *key, const Number &value) {
  out << ", \"" << key << "\": ";
  if (value.isPresent()) writeJsonNumber(out, value);
  else out << "null";
}

void writeText(Output &out, const char *key, std::string_view text) {
  out << ", \"" << key << "\": ";
  writeJsonString(out, text);
}

void writePair(Output &out, const Pair &pair) {
  writeNumber(out, "a", pair.a), writeNumber(out, "b", pair.b), writeNumber(out, "change", pair.change());
  auto ratio = pair.ratio();
  writeNumber(out, "ratio", ratio ? Number::ofReal(*ratio) : Number());
}

/// An array, one element a line.
template <class List, class WriteOne> void writeList(Output &out, const List &list, const char *indent, WriteOne one) {
  const char *before = "";
  out << '[';
  for (const auto &each : list) {
    out << before << '\n' << indent;
    one(each);
    before = ",";
  }
  out << ']';
}

void writeSide(Output &out, const char *key, const Result &result) {
  out << ",\n  \"" << key << "\": {\"model\": ";
  writeJsonString(out, result.model);
  writeText(out, "file", result.file), writeText(out, "workload_name", result.workloadName);
  writeText(out, "selected", result.selected), writeText(out, "schema", result.schema);
  out << '}';
}

void writeContributions(Output &out, const char *key, const std::vector<Contribution> &list) {
  out << ", \"" << key << "\": ";
  writeList(out, list, "      ", [&](const Contribution &one) {
    out << "{\"id\": ";
    writeJsonString(out, one.id);
    out << ", \"copies\": ";
    writeJsonNumber(out, one.copies);
    writeText(out, "side", kSides[static_cast<size_t>(one.side)]);
    out << ", \"beyond_children\": " << (one.shared ? "true" : "false");
    writePair(out, one.values);
    if (!one.why.empty()) writeText(out, "why", one.why);
    out << '}';
  });
}

void writeMetric(Output &out, const MetricChange &of) {
  out << "{\"name\": ";
  writeJsonString(out, of.metric.name);
  writeText(out, "unit", of.metric.unit), writeText(out, "side", kSides[static_cast<size_t>(of.side)]);
  writePair(out, of.total);
  out << ", \"adds_up\": " << (of.adds ? "true" : "false");
  if (of.adds) writeNumber(out, "remainder", of.rest);
  else writeText(out, "at_a", of.peakA), writeText(out, "at_b", of.peakB);
  writeContributions(out, "stages", of.stages), writeContributions(out, "nodes", of.nodes);
  out << '}';
}

void writeMemory(Output &out, const Comparison &comparison) {
  out << ",\n  \"memory\": ";
  if (!comparison.memory) {
    out << "null";
    return;
  }
  out << "{\"at_a\": ";
  writeJsonString(out, comparison.memoryAtA);
  writeText(out, "at_b", comparison.memoryAtB);
  writePair(out, *comparison.memory);
  out << ", \"parts\": ";
  writeList(out, comparison.memoryParts, "    ", [&](const MemoryChange &each) {
    out << "{\"stage\": ";
    writeJsonString(out, each.stage);
    writeText(out, "part", each.part);
    writePair(out, each.bytes);
    out << '}';
  });
  out << '}';
}

void writeTexts(Output &out, const char *key, const std::vector<std::string> &a, const std::vector<std::string> &b) {
  auto write = [&](const std::string &text) { writeJsonString(out, text); };
  out << ",\n  \"" << key << "\": {\"only_in_a\": ";
  writeList(out, a, "    ", write);
  out << ", \"only_in_b\": ";
  writeList(out, b, "    ", write);
  out << '}';
}

} // namespace

void renderComparisonJson(const Comparison &comparison, Output &out) {
  out << "{\n  \"schema\": \"mdlc.diff/1\"";
  writeSide(out, "a", *comparison.a), writeSide(out, "b", *comparison.b);
  out << ",\n  \"equal\": " << (comparison.isEqual() ? "true" : "false") << ",\n  \"notes\": ";
  writeList(out, comparison.notes, "    ", [&](const std::string &text) { writeJsonString(out, text); });
  out << ",\n  \"settings\": ";
  writeList(out, comparison.settings, "    ", [&](const SettingChange &each) {
    out << "{\"name\": ";
    writeJsonString(out, each.name);
    writeText(out, "a", each.a), writeText(out, "b", each.b);
    out << '}';
  });
  out << ",\n  \"metrics\": ";
  writeList(out, comparison.metrics, "    ", [&](const MetricChange &of) { writeMetric(out, of); });
  writeMemory(out, comparison);
  writeTexts(out, "assumptions", comparison.assumptionsA, comparison.assumptionsB);
  writeTexts(out, "not_modelled", comparison.notModelledA, comparison.notModelledB);
  out << "\n}\n";
}

} // namespace mdl::runtime
