//===- Csv.cpp - Reports as CSV -------------------------------------------===//
#include "Csv.h"

namespace mdl::runtime {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

void writeText(Output &out, std::string_view text) {
  bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out << (formula ? "'" : "") << text;
    return;
  }
  out << '"' << (formula ? "'" : "");
  for (char c : text) out << (c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1));
  out << '"';
}

void writeNumber(Output &out, const Number &value) {
  if (value.kind == Number::Kind::Exact) out << value.exact;
  if (value.kind == Number::Kind::Real) out << value.real;
}

void writeIdentity(Output &out, std::string_view id, std::string_view parent, std::string_view name, const Node &node) {
  for (std::string_view text : {id, parent, name, std::string_view(node.op)}) {
    writeText(out, text);
    out << ',';
  }
  writeText(out, node.category);
}

void writeRest(Output &out, Int calls, bool uniform, std::span<const Number> values) {
  out << ',' << calls << ',' << (uniform ? "true" : "false");
  for (const Number &value : values) {
    out << ',';
    writeNumber(out, value);
  }
  out << kLineEnd;
}

} // namespace

void renderCsv(const Report &report, const RenderOptions &, Output &out) {
  bool folded = report.rows.empty();
  out << "id,parent,name,operator,category" << (folded ? ",copies" : "") << ",calls,uniform_calls";
  for (const Metric &metric : report.program->metrics) {
    out << ',';
    writeText(out, metric.name);
  }
  out << kLineEnd;
  for (const Row &row : report.rows) {
    writeIdentity(out, row.id, row.parent, row.name, *row.node);
    writeRest(out, row.calls, row.uniformCalls, row.values);
  }
  if (!folded) return;
  for (const FoldedRow &row : report.folded) {
    writeIdentity(out, row.id, row.parent, row.label, *row.node);
    out << ',' << row.copies;
    writeRest(out, row.calls, row.uniformCalls, row.values);
  }
}

} // namespace mdl::runtime
