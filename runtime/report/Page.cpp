//===- Page.cpp - Sections of tables for people ---------------------------===//
#include "Page.h"
#include "Markdown.h"

namespace mdl::runtime {
namespace {

void writeTextTable(const Section &section, Style style, Output &out) {
  Table table(section.columns);
  for (size_t i = 0; i < section.rows.size(); ++i)
    if (i == 0 && section.headed) table.addHeading(section.rows[i]);
    else table.addRow(section.rows[i]);
  table.write(out, style, 2);
}

void writeMarkdownRow(const Section &section, const std::vector<std::string> &row, Output &out) {
  for (size_t i = 0; i < section.columns.size(); ++i)
    out << "| " << (i < row.size() ? escapeMarkdown(row[i]) : "") << ' ';
  out << "|\n";
}

void writeMarkdownTable(const Section &section, Output &out) {
  if (section.rows.empty()) return;
  std::vector<std::string> none(section.columns.size());
  writeMarkdownRow(section, section.headed ? section.rows[0] : none, out);
  for (Align align : section.columns) out << (align == Align::Right ? "| ---: " : "| --- ");
  out << "|\n";
  for (size_t i = section.headed ? 1 : 0; i < section.rows.size(); ++i) writeMarkdownRow(section, section.rows[i], out);
}

} // namespace

void writeTextPage(const Page &page, bool colour, Output &out) {
  Style style(colour);
  out << style.bold(page.title) << '\n';
  for (const std::string &line : page.lines) out << line << '\n';
  for (const Section &section : page.sections) {
    if (section.isEmpty()) continue;
    out << '\n' << style.bold(section.title) << '\n';
    for (const std::string &line : section.before) out << "  " << line << '\n';
    writeTextTable(section, style, out);
    for (const std::string &line : section.after) out << "  " << line << '\n';
  }
}

void writeMarkdownPage(const Page &page, Output &out) {
  out << "# " << escapeMarkdown(page.title) << '\n';
  for (const std::string &line : page.lines) out << '\n' << escapeMarkdown(line) << '\n';
  for (const Section &section : page.sections) {
    if (section.isEmpty()) continue;
    out << "\n## " << escapeMarkdown(section.title) << "\n\n";
    for (const std::string &line : section.before) out << escapeMarkdown(line) << "\n\n";
    writeMarkdownTable(section, out);
    for (const std::string &line : section.after) out << '\n' << escapeMarkdown(line) << '\n';
  }
}

} // namespace mdl::runtime
