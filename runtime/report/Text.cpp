//===- Text.cpp - Reports for a terminal ----------------------------------===//
#include "Text.h"
#include "Summary.h"
#include "Table.h"
#include "Units.h"
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

constexpr size_t kLineWidth = 100;
constexpr const char *kDot = " · ";

class TextPage {
public:
  TextPage(const Report &report, const RenderOptions &options, Output &out)
      : report_(report), program_(*report.program), options_(options), out_(out), style_(options.colour),
        ranking_(rankingMetric(report)) {}

  void write() {
    writeHeader();
    writeTotals();
    writeTree();
    writeMemory();
    writeRankings();
    writeNotes();
  }

private:
  void writeTitle(std::string_view title) { out_ << '\n' << style_.bold(title) << '\n'; }

  void writeHeader() {
    out_ << style_.bold(program_.model);
    if (!program_.title.empty()) out_ << kDot << program_.title;
    out_ << '\n';
    writeWrapped(report_.workload.empty() ? "workload  " : "workload " + report_.workload + "  ", inputTexts(report_));
    if (report_.facts) writeGeometry(*report_.facts);
    out_ << "convention " << program_.convention << kDot << "traffic " << program_.traffic << '\n';
    if (report_.target) writeTarget(*report_.target);
    if (!report_.selected.empty()) out_ << "selected  " << report_.selected << '\n';
  }

  void writeGeometry(const ModelFacts &facts) {
    if (auto texts = geometryTexts(facts); !texts.empty()) writeWrapped("geometry ", texts);
  }

  void writeTarget(const Target &target) {
    out_ << target.precision.line() << '\n';
    for (const std::string &line : shardingLines(target)) out_ << line << '\n';
    if (!target.device) return;
    for (const std::string &line : deviceLines(target)) out_ << line << '\n';
    for (const std::string &line : linkLines(target, *report_.program)) out_ << line << '\n';
    for (const std::string &line : parallelLines(report_)) out_ << line << '\n';
  }

  /// `head` and the items, in lines that continue under the first item.
  void writeWrapped(const std::string &head, const std::vector<std::string> &items) {
    size_t indent = displayWidth(head), column = indent;
    out_ << head;
    for (size_t i = 0; i < items.size(); ++i) {
      size_t width = displayWidth(items[i]) + displayWidth(kDot);
      if (i != 0 && column + width > kLineWidth) {
        out_ << '\n' << std::string(indent, ' ');
        column = indent;
      } else if (i != 0) {
        out_ << kDot;
      }
      out_ << items[i];
      column += width;
    }
    out_ << '\n';
  }

  void writeTotals() {
    writeTitle(report_.selected.empty() ? "totals" : "totals of the selection");
    Table table({Align::Left, Align::Right, Align::Right, Align::Left});
    for (size_t i = 0; i < program_.metrics.size(); ++i) {
      const Metric &metric = program_.metrics[i];
      const Number &value = report_.totals[i];
      if (!value.isPresent()) continue;
      std::string human = formatSi(value, metric.unit), exact;
      if (value.kind == Number::Kind::Exact && !metric.unit.empty() && abs(value.exact) >= 10000)
        exact = fmt::format("({})", toString(value.exact));
      bool peak = metric.fold == Fold::Peak && !report_.peakAt.empty() && !peakNamed_;
      peakNamed_ = peakNamed_ || peak;
      table.addRow({titleOf(metric), human, exact, peak ? "at " + report_.peakAt : ""});
    }
    table.write(out_, style_, 2);
    for (const std::string &line : timeNotes(report_)) out_ << "  " << line << '\n';
  }

  void writeMemory() {
    if (!report_.memory) return;
    writeTitle("memory of one device, " + report_.target->residency.title);
    Table table(std::vector<Align>{Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right,
                                   Align::Left});
    table.addHeading({"while it runs", "weights", "KV cache", "state", "activations", "total", ""});
    for (const StageMemory &stage : report_.memory->stages) {
      auto bytes = [](Int value) { return formatSi(Number::of(value), "B"); };
      if (stage.placement == Placement::Host) table.addRow({stage.stage, "-", "-", "-", "-", "-", "on the host"});
      else
        table.addRow({stage.stage, bytes(stage.weights), bytes(stage.kv), bytes(stage.state), bytes(stage.activations),
                      bytes(stage.total), stage.stage == report_.memory->stage ? "the largest" : ""});
    }
    table.write(out_, style_, 2);
    out_ << "  " << fitText(*report_.memory) << '\n';
  }

  void writeTree() {
    std::vector<Column> columns = pageColumns(report_);
    std::vector<std::string> heading = {"node", "calls"};
    for (const Column &column : columns) {
      heading.push_back(column.heading);
      if (ranking_ == column.metric) heading.push_back("share");
    }
    bool timed = !report_.bottleneck.empty();
    if (timed) heading.push_back("bound by");
    std::vector<Align> aligns(heading.size(), Align::Right);
    aligns[0] = Align::Left;
    if (timed) aligns.back() = Align::Left;
    Table table(aligns);
    table.addHeading(heading);
    size_t hidden = 0;
    std::vector<Int> copiesAt;
    for (const FoldedRow &row : report_.folded) {
      copiesAt.resize(row.depth + 1);
      copiesAt[row.depth] = row.copies;
      if (row.depth >= options_.depth) ++hidden;
      else table.addRow(treeCells(row, columns, row.depth == 0 ? 1 : copiesAt[row.depth - 1]));
    }
    out_ << '\n';
    table.write(out_, style_);
    if (hidden != 0)
      out_ << style_.dim(
                  fmt::format("{} nodes lie deeper; --depth {} shows the next level", hidden, options_.depth + 1))
           << '\n';
  }

  std::vector<std::string> treeCells(const FoldedRow &row, const std::vector<Column> &columns, Int parentCopies) const {
    std::string label(2 * row.depth, ' ');
    label += row.depth == 0 ? row.id : row.label;
    Int copies = floorDiv(row.copies, parentCopies);
    if (copies > 1) label += "  ×" + groupDigits(copies);
    std::vector<std::string> cells = {label, groupDigits(row.calls) + (row.uniformCalls ? "" : "~")};
    for (const Column &column : columns) {
      cells.push_back(formatSi(row.values[column.metric], program_.metrics[column.metric].unit));
      if (ranking_ == column.metric)
        cells.push_back(formatShare(row.values[column.metric], report_.totals[column.metric]));
    }
    if (!report_.bottleneck.empty()) cells.emplace_back(row.bottleneck);
    return cells;
  }

  void writeRankings() {
    if (!ranking_ || options_.top == 0) return;
    std::string by = ", by " + titleOf(program_.metrics[*ranking_]);
    writeRanking("top layers" + by, topLayers(report_, *ranking_, options_.top));
    writeRanking("top categories" + by, topCategories(report_, *ranking_, options_.top));
  }

  void writeRanking(const std::string &title, const std::vector<Ranked> &entries) {
    if (entries.empty()) return;
    writeTitle(title);
    Table table({Align::Right, Align::Right, Align::Left});
    for (const Ranked &entry : entries)
      table.addRow({formatShare(entry.value, report_.totals[*ranking_]),
                    formatSi(entry.value, program_.metrics[*ranking_].unit),
                    entry.copies > 1 ? entry.name + "  ×" + groupDigits(entry.copies) : entry.name});
    table.write(out_, style_, 2);
  }

  void writeNotes() {
    bool unequal = false;
    for (const FoldedRow &row : report_.folded) unequal = unequal || (row.depth < options_.depth && !row.uniformCalls);
    if (unequal || !report_.assumptions.empty()) writeTitle("assumptions");
    if (unequal) out_ << "  - calls marked ~ differ in cost\n";
    for (const std::string &text : report_.assumptions) out_ << "  - " << text << '\n';
    if (!program_.notModelled.empty())
      out_ << fmt::format("\nnot modelled: {}\n", fmt::join(program_.notModelled, ", "));
    if (report_.facts) out_ << "\nmodel version: " << versionText(*report_.facts) << '\n';
  }

  const Report &report_;
  const Program &program_;
  const RenderOptions &options_;
  Output &out_;
  Style style_;
  std::optional<size_t> ranking_;
  bool peakNamed_ = false;
};

} // namespace

void renderText(const Report &report, const RenderOptions &options, Output &out) {
  TextPage(report, options, out).write();
}

} // namespace mdl::runtime
