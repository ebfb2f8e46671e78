//===- Markdown.cpp - Reports as Markdown ---------------------------------===//
#include "Markdown.h"
#include "Summary.h"
#include "Units.h"
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

using Cells = std::vector<std::string>;

void writeWorkload(Output &out, const Report &report) {
  out << "\n## Workload" << (report.workload.empty() ? "" : " ") << escapeMarkdown(report.workload) << "\n\n";
  writeMarkdownHeading(out, {"input", "value", "unit"});
  for (const BoundInput &bound : report.inputs)
    writeMarkdownRow(out, {bound.input->name, bound.text(), bound.input->unit});
}

void writeGeometry(Output &out, const ModelFacts &facts) {
  std::vector<std::string> texts = geometryTexts(facts);
  if (!texts.empty()) out << "\nGeometry: " << escapeMarkdown(fmt::format("{}", fmt::join(texts, ", "))) << ".\n";
  out << "\nModel version: " << escapeMarkdown(versionText(facts)) << ".\n";
}

void writeTotals(Output &out, const Report &report) {
  out << "\n## Totals\n\n";
  writeMarkdownHeading(out, {"metric", "value", "exact", "unit"});
  for (size_t i = 0; i < report.totals.size(); ++i) {
    const Metric &metric = report.program->metrics[i];
    if (!report.totals[i].isPresent()) continue;
    writeMarkdownRow(out, {titleOf(metric), formatSi(report.totals[i], metric.unit), formatExact(report.totals[i]),
                           metric.unit.empty() ? "count" : metric.unit});
  }
  for (const std::string &line : timeNotes(report)) out << "\nTime " << escapeMarkdown(line) << ".\n";
  if (report.memory)
    out << "\nMemory of one device, " << escapeMarkdown(report.target->residency.title) << ": "
        << escapeMarkdown(fitText(*report.memory)) << ".\n";
  if (!report.peakAt.empty()) out << "\nThe activation peak is at `" << report.peakAt << "`.\n";
}

void writeStages(Output &out, const Report &report) {
  std::vector<Column> columns = pageColumns(report);
  std::optional<size_t> ranking = rankingMetric(report);
  Cells heading = {"stage", "calls"};
  for (const Column &column : columns) {
    heading.push_back(escapeMarkdown(column.heading));
    if (ranking == column.metric) heading.push_back("share");
  }
  out << "\n## " << (report.selected.empty() ? "Stages" : "Selected nodes") << "\n\n";
  writeMarkdownHeading(out, heading);
  for (const FoldedRow &row : report.folded) {
    if (row.depth != 0) continue;
    Cells cells = {row.id, groupDigits(row.calls)};
    for (const Column &column : columns) {
      cells.push_back(formatSi(row.values[column.metric], report.program->metrics[column.metric].unit));
      if (ranking == column.metric)
        cells.push_back(formatShare(row.values[column.metric], report.totals[column.metric]));
    }
    writeMarkdownRow(out, cells);
  }
}

void writeRanking(Output &out, const Report &report, size_t metric, const char *title, const char *heading,
                  const std::vector<Ranked> &entries) {
  if (entries.empty()) return;
  const Metric &shown = report.program->metrics[metric];
  out << "\n## " << title << ", by " << escapeMarkdown(titleOf(shown)) << "\n\n";
  writeMarkdownHeading(out, {heading, "value", "share"});
  for (const Ranked &entry : entries) {
    std::string name = entry.copies > 1 ? entry.name + " ×" + groupDigits(entry.copies) : entry.name;
    writeMarkdownRow(out, {name, formatSi(entry.value, shown.unit), formatShare(entry.value, report.totals[metric])});
  }
}

void writeList(Output &out, const char *title, const std::vector<std::string> &entries) {
  if (entries.empty()) return;
  out << "\n## " << title << "\n\n";
  for (const std::string &text : entries) out << "- " << escapeMarkdown(text) << '\n';
}

} // namespace

void writeMarkdownHeading(Output &out, const std::vector<std::string> &cells) {
  for (const std::string &cell : cells) out << "| " << cell << ' ';
  out << "|\n";
  for (size_t i = 0; i < cells.size(); ++i) out << (i == 0 ? "| --- " : "| ---: ");
  out << "|\n";
}

void writeMarkdownRow(Output &out, const std::vector<std::string> &cells) {
  for (const std::string &cell : cells) out << "| " << escapeMarkdown(cell) << ' ';
  out << "|\n";
}

std::string escapeMarkdown(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\r') continue;
    if (c == '\n') {
      result += "<br>";
      continue;
    }
    if (std::string_view("|\\`*_<>[]").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

void renderMarkdown(const Report &report, const RenderOptions &options, Output &out) {
  const Program &program = *report.program;
  out << "# " << escapeMarkdown(program.model);
  if (!program.title.empty()) out << ": " << escapeMarkdown(program.title);
  out << fmt::format("\n\nConvention: {}. Traffic: {}.\n", program.convention, program.traffic);
  if (report.target) {
    out << '\n' << escapeMarkdown(report.target->precision.line()) << "\n";
    for (const std::string &line : shardingLines(*report.target)) out << "\n" << escapeMarkdown(line) << "\n";
    if (report.target->device)
      for (const std::string &line : deviceLines(*report.target)) out << "\n" << escapeMarkdown(line) << "\n";
    if (report.target->device)
      for (const std::string &line : linkLines(*report.target, program)) out << "\n" << escapeMarkdown(line) << "\n";
    for (const std::string &line : parallelLines(report)) out << "\n" << escapeMarkdown(line) << "\n";
  }
  if (!report.selected.empty()) out << "\nOnly " << escapeMarkdown(report.selected) << ".\n";
  writeWorkload(out, report);
  if (report.facts) writeGeometry(out, *report.facts);
  writeTotals(out, report);
  writeStages(out, report);
  if (auto metric = rankingMetric(report)) {
    writeRanking(out, report, *metric, "Top layers", "layer", topLayers(report, *metric, options.top));
    writeRanking(out, report, *metric, "Top categories", "category", topCategories(report, *metric, options.top));
  }
  writeList(out, "Assumptions", report.assumptions);
  writeList(out, "Not modelled", program.notModelled);
}

} // namespace mdl::runtime
