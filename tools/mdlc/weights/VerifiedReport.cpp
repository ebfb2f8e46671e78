//===- VerifiedReport.cpp - Comparisons of weights, rendered --------------===//
#include "VerifyWeights.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <fmt/format.h>

namespace mdl::tool {

namespace {

using namespace runtime;
using weights::Difference;

std::string shapeText(const std::vector<Int> &shape) {
  std::string text;
  for (Int each : shape) text += (text.empty() ? "" : ", ") + toString(each);
  return "[" + text + "]";
}

void writeDifferences(Output &out, Style style, std::string_view title, const std::vector<Difference> &list,
                      size_t most) {
  if (list.empty()) return;
  out << '\n' << style.bold(fmt::format("{} ({})", title, list.size())) << '\n';
  Table table({Align::Left, Align::Left, Align::Left});
  for (size_t i = 0; i < std::min(most, list.size()); ++i) {
    const Difference &each = list[i];
    std::string shapes = each.model.empty() ? shapeText(each.theirs)
                         : each.theirs.empty()
                             ? shapeText(each.ours)
                             : fmt::format("model {}, file {}", shapeText(each.ours), shapeText(each.theirs));
    table.addRow({weights::shown(each.name), shapes, each.model.empty() ? "" : "the model's " + each.model});
  }
  table.write(out, style, 2);
  if (list.size() > most) out << fmt::format("  and {} more\n", list.size() - most);
}

void writeOne(Output &out, Style style, const VerifiedWeights &each, size_t rows) {
  const weights::WeightComparison &found = each.comparison;
  out << style.bold(found.passed() ? "PASS" : "FAIL")
      << fmt::format("  {} of {}, {} (`checkpoint {}`)\n", each.at, weights::shownPath(each.file), each.title,
                     each.checkpoint);
  Table table({Align::Left, Align::Right, Align::Right});
  table.addHeading({"", "tensors", "parameters"});
  size_t ours = found.equal + found.missing.size() + found.differing.size();
  size_t theirs = found.equal + found.extra.size() + found.differing.size();
  table.addRow({"model", fmt::to_string(ours), groupDigits(found.ours)});
  table.addRow({"file", fmt::to_string(theirs), groupDigits(found.theirs)});
  table.addRow({"equal by name and shape", fmt::to_string(found.equal), ""});
  if (found.ignored > 0)
    table.addRow({"left out on purpose", fmt::to_string(found.ignored), groupDigits(found.ignoredNumbers)});
  table.write(out, style, 2);
  writeDifferences(out, style, "missing: the model has them, the file does not", found.missing, rows);
  writeDifferences(out, style, "extra: the file has them, the model does not", found.extra, rows);
  writeDifferences(out, style, "of another shape", found.differing, rows);
}

void writeShape(Output &out, const std::vector<Int> &shape) {
  writeJsonList(out, shape, [&](Int each) { writeJsonNumber(out, each); });
}

void writeList(Members &members, Output &out, const char *key, const std::vector<Difference> &list) {
  members.start(key);
  writeJsonList(out, list, [&](const Difference &each) {
    out << '{';
    Members row(out);
    row.text("name", each.name).textOrNull("model", each.model);
    if (!each.model.empty()) row.start("ours"), writeShape(out, each.ours);
    if (each.model.empty() || !each.theirs.empty()) row.start("theirs"), writeShape(out, each.theirs);
    out << '}';
  });
}

} // namespace

void renderVerifiedText(const std::vector<VerifiedWeights> &all, size_t rows, bool colour, Output &out) {
  Style style(colour);
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out << '\n';
    writeOne(out, style, all[i], rows);
  }
}

void renderVerifiedJson(const std::vector<VerifiedWeights> &all, Output &out) {
  out << "{\"schema\": \"mdlc.verify-weights/1\", \"files\": ";
  writeJsonList(out, all, [&](const VerifiedWeights &each) {
    const weights::WeightComparison &found = each.comparison;
    out << "{\n  ";
    Members members(out, ",\n  ");
    members.text("file", each.file).text("checkpoint", each.checkpoint).text("at", each.at);
    members.boolean("passed", found.passed()).number("equal", Int(found.equal)).number("ignored", Int(found.ignored));
    members.number("parameters_model", found.ours).number("parameters_file", found.theirs);
    members.number("parameters_ignored", found.ignoredNumbers);
    writeList(members, out, "missing", found.missing);
    writeList(members, out, "extra", found.extra);
    writeList(members, out, "differing", found.differing);
    out << "\n}";
  });
  out << "}\n";
}

} // namespace mdl::tool
