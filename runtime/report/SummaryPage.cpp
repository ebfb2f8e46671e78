//===- SummaryPage.cpp - summary.md ---------------------------------------===//
#include "Markdown.h"
#include "StaticAnalysis.h"
#include "Summary.h"
#include "Units.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

constexpr size_t kTopLayers = 10, kTopCategories = 5;

/// 10^12 of it with six digits: `652992.567023`. Exact integers are rounded half up from all their digits.
std::string inTera(const Number &value) {
  if (value.kind != Number::Kind::Exact) return fmt::format("{:.6f}", value.toDouble() / 1e12);
  std::string digits = toString(floorDiv(value.exact + 500'000, 1'000'000));
  if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
  return digits.insert(digits.size() - 6, 1, '.');
}

std::string share(double of) { return fmt::format("{:.4f}", of); }

/// Text order, but digits in it by their value: `blocks.9` before `blocks.10`.
bool comesBefore(std::string_view a, std::string_view b) {
  constexpr std::string_view kDigits = "0123456789";
  while (!a.empty() && !b.empty()) {
    size_t m = std::min(a.find_first_not_of(kDigits), a.size()), n = std::min(b.find_first_not_of(kDigits), b.size());
    if (m != 0 && n != 0) {
      if (m != n) return m < n;
      if (a.substr(0, m) != b.substr(0, n)) return a.substr(0, m) < b.substr(0, n);
    } else if (a.front() != b.front()) return a.front() < b.front();
    else m = n = 1;
    a.remove_prefix(m), b.remove_prefix(n);
  }
  return a.size() < b.size();
}

class Page {
public:
  Page(const StaticAnalysis &analysis, Output &out)
      : analysis_(analysis), report_(analysis.report), program_(*analysis.report.program), out_(out) {}

  void write() {
    writeHead();
    writeSettings();
    writeWorkload();
    writeNumbers("Geometry", false);
    writeTotals();
    writeStages();
    writeMemory();
    if (auto work = analysis_.work()) writeTopLayers(*work), writeTopRepeats(*work), writeTopCategories(*work);
    writeList("Assumptions", report_.assumptions);
    writeList("Not modelled", program_.notModelled);
    writeFigures();
    out_ << "\nEvery module is in `report.json`, every layer in `layers.csv`; `verify/` compares with measurements.\n";
  }

private:
  using Cells = std::vector<std::string>;

  /// The pictures among the artifacts, each once, whatever its formats.
  void writeFigures() {
    constexpr std::pair<const char *, const char *> kFigures[] = {
        {"roofline", "Roofline: every operator under the rates of the device"},
        {"stage_shares", "What part of FLOPs, bytes and time each stage is"},
        {"memory_timeline", "Bytes on one device while each operator runs, and their peak"}};
    bool first = true;
    for (auto [name, what] : kFigures) {
      std::string file = std::string("figures/") + name + ".";
      auto found = std::ranges::find_if(analysis_.artifacts, [&](const auto &each) { return each.starts_with(file); });
      if (found == analysis_.artifacts.end()) continue;
      if (first) out_ << "\n## Figures\n";
      first = false;
      out_ << "\n![" << what << "](" << *found << ")\n";
    }
  }

  void writeHead() {
    const ModelFacts &facts = analysis_.facts;
    std::string title = program_.title.empty() ? program_.model : program_.title;
    if (title.ends_with('.')) title.pop_back();
    out_ << "# Static analysis of " << escapeMarkdown(title) << "\n\n";
    bullet("Report ID", analysis_.id);
    bullet("Model", fmt::format("{} ({} of {})", program_.model, facts.variant, facts.family));
    bullet("Model version", versionText(facts));
    bullet("Workload profile", report_.workload.empty() ? "the model's defaults" : report_.workload);
    if (auto work = analysis_.work())
      bullet("Total FLOPs",
             fmt::format("{} TFLOPs ({} FLOP{})", inTera(report_.totals[*work]), formatExact(report_.totals[*work]),
                         report_.totals[*work].kind == Number::Kind::Exact ? ", exact" : ""));
    for (const std::string &each : analysis_.extrapolations()) bullet("Extrapolation", each);
  }

  void bullet(std::string_view what, std::string_view value) {
    out_ << "- " << what << ": " << escapeMarkdown(value) << '\n';
  }

  void writeSettings() {
    out_ << "\n## Key settings\n\n";
    out_ << "- " << escapeMarkdown(report_.target->precision.line()) << '\n';
    for (const std::string &line : shardingLines(*report_.target)) out_ << "- " << escapeMarkdown(line) << '\n';
    bullet("FLOP convention", program_.convention);
    bullet("Traffic convention", program_.traffic);
    bullet("Residency", report_.target->residency.title);
    if (!report_.target->device) return bullet("Device", "none: no times");
    for (std::string line : deviceLines(*report_.target)) {
      if (line.starts_with("device ")) line = "Device: " + line.substr(std::string_view("device ").size());
      out_ << "- " << escapeMarkdown(line) << '\n';
    }
    for (const std::string &line : linkLines(*report_.target, program_)) out_ << "- " << escapeMarkdown(line) << '\n';
    for (const std::string &line : timeNotes(report_)) bullet("Time", line);
  }

  void writeWorkload() {
    out_ << "\n## Workload\n\n";
    writeMarkdownHeading(out_, {"Input", "Value", "Default", "Unit"});
    for (size_t i = 0; i < report_.inputs.size(); ++i) {
      const BoundInput &bound = report_.inputs[i];
      BoundInput otherwise{bound.input, analysis_.facts.defaults[i]};
      writeMarkdownRow(out_, {bound.input->name, bound.text(), otherwise.text(), std::string(unitOf(*bound.input))});
    }
  }

  void writeNumbers(const char *title, bool configuration) {
    bool first = true;
    for (const NamedNumber &each : analysis_.facts.numbers) {
      if (each.isConfiguration() != configuration) continue;
      if (first) out_ << "\n## " << title << "\n\n", writeMarkdownHeading(out_, {"Name", "Value"});
      first = false;
      writeMarkdownRow(out_, {each.name, formatExact(each.value)});
    }
  }

  void writeTotals() {
    out_ << "\n## Totals\n\n";
    writeMarkdownHeading(out_, {"Metric", "Value", "All digits", "Unit"});
    for (size_t i = 0; i < report_.totals.size(); ++i) {
      const Metric &metric = program_.metrics[i];
      if (!report_.totals[i].isPresent()) continue;
      writeMarkdownRow(out_, {titleOf(metric), formatSi(report_.totals[i], metric.unit), formatExact(report_.totals[i]),
                              metric.unit.empty() ? "count" : metric.unit});
    }
    if (!report_.peakAt.empty()) out_ << "\nThe activation peak is at `" << report_.peakAt << "`.\n";
    if (!report_.bottleneck.empty()) out_ << "\nMost of the time is spent on: " << report_.bottleneck << ".\n";
  }

  void writeStages() {
    auto work = analysis_.work(), time = analysis_.time();
    Cells heading = {"Stage", "Calls"};
    if (work) heading.insert(heading.end(), {"FLOPs (TFLOPs)", "Share"});
    if (time) heading.insert(heading.end(), {"Time", "Share", "Bottleneck"});
    out_ << "\n## Stages\n\n";
    writeMarkdownHeading(out_, heading);
    for (uint32_t at : analysis_.stages()) {
      const Row &row = report_.rows[at];
      Cells cells = {std::string(row.id), groupDigits(row.calls)};
      if (work) cells.insert(cells.end(), {inTera(row.values[*work]), share(analysis_.share(row.values, *work))});
      if (time)
        cells.insert(cells.end(), {formatSi(row.values[*time], program_.metrics[*time].unit),
                                   share(analysis_.share(row.values, *time)), std::string(row.bottleneck)});
      writeMarkdownRow(out_, cells);
    }
  }

  void writeMemory() {
    if (!report_.memory) return;
    auto bytes = [](Int value) { return formatSi(Number::of(value), "B"); };
    out_ << "\n## Memory of one device, " << escapeMarkdown(report_.target->residency.title) << "\n\n";
    writeMarkdownHeading(out_, {"While it runs", "Weights", "KV cache", "State", "Activations", "Total"});
    for (const StageMemory &each : report_.memory->stages)
      writeMarkdownRow(out_, {each.stage, bytes(each.weights), bytes(each.kv), bytes(each.state),
                              bytes(each.activations), bytes(each.total)});
    out_ << "\nIt " << escapeMarkdown(fitText(*report_.memory)) << ".\n";
  }

  void writeTopLayers(size_t work) {
    std::vector<uint32_t> leaves;
    for (uint32_t i = 0; i < report_.rows.size(); ++i)
      if (analysis_.categories.of(i) && !report_.rows[i].values[work].isZero()) leaves.push_back(i);
    auto isLarger = [&](uint32_t a, uint32_t b) {
      const Row &x = report_.rows[a], &y = report_.rows[b];
      if (y.values[work] < x.values[work]) return true;
      return !(x.values[work] < y.values[work]) && comesBefore(x.id, y.id);
    };
    size_t count = std::min(leaves.size(), kTopLayers);
    std::partial_sort(leaves.begin(), leaves.begin() + static_cast<ptrdiff_t>(count), leaves.end(), isLarger);
    out_ << "\n## Top layers by FLOPs\n\n";
    writeMarkdownHeading(out_, {"Rank", "Module ID", "Name", "FLOPs (TFLOPs)", "Share"});
    for (size_t i = 0; i < count; ++i) {
      const Row &row = report_.rows[leaves[i]];
      writeMarkdownRow(out_, {std::to_string(i + 1), std::string(row.id), std::string(row.name),
                              inTera(row.values[work]), share(analysis_.share(row.values, work))});
    }
  }

  void writeTopRepeats(size_t work) {
    out_ << "\nThe same with all copies of a repeat together:\n\n";
    writeMarkdownHeading(out_, {"Rank", "Modules", "Copies", "FLOPs (TFLOPs)", "Share"});
    size_t rank = 0;
    for (const Ranked &each : topLayers(report_, work, kTopLayers))
      writeMarkdownRow(out_, {std::to_string(++rank), each.name, groupDigits(each.copies), inTera(each.value),
                              share(each.value.toDouble() / report_.totals[work].toDouble())});
  }

  void writeTopCategories(size_t work) {
    std::vector<const CategoryTotal *> order;
    for (const CategoryTotal &each : analysis_.categories.totals())
      if (each.values[work].isPresent() && !each.values[work].isZero()) order.push_back(&each);
    std::ranges::stable_sort(order, [&](auto *a, auto *b) {
      if (b->values[work] < a->values[work]) return true;
      return !(a->values[work] < b->values[work]) && a->name < b->name;
    });
    order.resize(std::min(order.size(), kTopCategories));
    out_ << "\n## Top categories by FLOPs\n\n";
    writeMarkdownHeading(out_, {"Rank", "Category", "FLOPs (TFLOPs)", "Share"});
    for (size_t i = 0; i < order.size(); ++i)
      writeMarkdownRow(out_, {std::to_string(i + 1), order[i]->name, inTera(order[i]->values[work]),
                              share(analysis_.share(order[i]->values, work))});
  }

  void writeList(const char *title, const std::vector<std::string> &entries) {
    if (entries.empty()) return;
    out_ << "\n## " << title << "\n\n";
    for (const std::string &text : entries) out_ << "- " << escapeMarkdown(text) << '\n';
  }

  const StaticAnalysis &analysis_;
  const Report &report_;
  const Program &program_;
  Output &out_;
};

} // namespace

void renderSummaryPage(const StaticAnalysis &analysis, Output &out) { Page(analysis, out).write(); }

} // namespace mdl::runtime
