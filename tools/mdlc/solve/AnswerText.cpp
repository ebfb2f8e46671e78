//===- AnswerText.cpp - An answer for people ------------------------------===//
#include "Answer.h"
#include "runtime/report/Summary.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <fmt/format.h>

namespace mdl::tool {
namespace {

using runtime::Align;
using runtime::Number;
using runtime::Stretch;

constexpr size_t kMostStretches = 12;

class Text {
public:
  Text(Prober &prober, const Solution &solution, runtime::Output &out)
      : prober_(prober), solution_(solution), out_(out) {}

  void write() {
    if (solution_.extreme) writeExtreme(*solution_.extreme);
    if (solution_.resource) writeBreakEven(*solution_.resource, solution_.breakEven);
    writeTarget();
    if (solution_.extreme) writeTable(*solution_.extreme);
    writeSensitivities();
    out_ << fmt::format("{} evaluations, each exact\n", prober_.evaluations());
  }

private:
  std::string value(uint64_t point) const { return toString(prober_.at(point)); }
  std::string range() const { return value(0) + " to " + value(prober_.size() - 1); }

  void writeExtreme(const Extreme &found) {
    const char *best = found.isMax ? "largest" : "smallest";
    if (!found.extreme) {
      out_ << fmt::format("`{}` holds for no {} from {}", prober_.where(), found.input, range());
      if (!found.borders.isProven) out_ << fmt::format(" that was asked ({} of them)", found.borders.asked);
      out_ << '\n';
    } else if (found.borders.isMonotone()) {
      out_ << fmt::format("{} = {} is the {} from {} for which `{}` holds\n", found.input, value(*found.answer), best,
                          range(), prober_.where());
    } else {
      writeViolation(found, best);
    }
    if (found.beyond) writeFaults(found.input, *found.beyond);
    else out_ << "the end of the range is the limit: --between LO..=HI asks beyond it\n";
    if (found.extreme && found.borders.isMonotone()) {
      const char *once = "the condition changes at most once over the range";
      out_ << (found.borders.isProven ? fmt::format("{}: proven\n", once)
                                      : fmt::format("{} as far as {} values show; the others were not asked\n", once,
                                                    found.borders.asked));
    }
  }

  void writeViolation(const Extreme &found, const char *best) {
    const auto &stretches = found.borders.stretches;
    out_ << fmt::format("`{}` changes {} times over {} from {}:\n", prober_.where(), stretches.size() - 1, found.input,
                        range());
    for (size_t i = 0; i < stretches.size() && i < kMostStretches; ++i)
      out_ << fmt::format("  {} from {} to {}\n", stretches[i].holds ? "holds" : "fails", value(stretches[i].first),
                          value(stretches[i].last));
    if (stretches.size() > kMostStretches) out_ << fmt::format("  and {} more\n", stretches.size() - kMostStretches);
    if (!found.borders.isProven)
      out_ << fmt::format("{} values were asked; between them it may change more often\n", found.borders.asked);
    const char *side = found.isMax ? "below the first" : "above the last";
    if (found.answer)
      out_ << fmt::format("{} = {} is the {} {} failure", found.input, value(*found.answer), best, side);
    else out_ << fmt::format("no {} is {} failure", found.input, side);
    out_ << fmt::format("; {} is the {} asked for which it holds\n", value(*found.extreme), best);
  }

  void writeFaults(const std::string &input, uint64_t point) {
    const SweepRow row = prober_.row(point);
    std::string head = fmt::format("at {} = {}: ", input, value(point));
    if (!row.isValid()) {
      out_ << head << row.status << '\n';
      return;
    }
    for (const RowExpr::Part &part : prober_.faults(row)) {
      out_ << head << fmt::format("`{}` does not hold", part.text);
      if (!part.left.empty()) out_ << fmt::format(": {} against {}", part.left, part.right);
      else if (part.text == "fits") out_ << ": " << memoryText(row);
      out_ << '\n';
    }
  }

  std::string memoryText(const SweepRow &row) {
    const auto &device = row.variant->compilation->targetInfo().device;
    for (size_t i = 0; i < prober_.outputs().size(); ++i)
      if (prober_.outputs()[i] == "memory_bytes" && device && device->memory)
        return fmt::format("{} B against {} B of the device", toString(row.cells[i].exact), toString(*device->memory));
    return {};
  }

  void writeBreakEven(const Resource &resource, const BreakEven &found) {
    const auto rates = ratesOf(prober_.variant().program, resource);
    if (!found.factor) {
      out_ << fmt::format("`{}` does not hold with {} times the {} either: something else limits it\n", prober_.where(),
                          kMostFactor, resource.title);
      return;
    }
    if (found.holdsAtLeast) {
      out_ << fmt::format("`{}` holds with 1/{} of the {}: it does not matter\n", prober_.where(), 1 / kLeastFactor,
                          resource.title);
      return;
    }
    out_ << fmt::format("`{}` holds from {:.6g} times the {} on\n", prober_.where(), *found.factor, resource.title);
    if (found.isMonotone)
      out_ << fmt::format("the condition changes once as far as {} factors show; the others were not asked\n",
                          found.asked);
    else out_ << "it does not hold for all that is more: this is the least that was found to hold\n";
    for (double rate : rates)
      out_ << fmt::format("  {} instead of {}\n",
                          runtime::formatSi(Number::ofReal(rate * *found.factor), resource.unit),
                          runtime::formatSi(Number::ofReal(rate), resource.unit));
  }

  void writeTarget() {
    const runtime::Target &target = prober_.variant().compilation->targetInfo();
    out_ << target.precision.line() << '\n';
    if (target.device)
      for (const std::string &line : runtime::deviceLines(target)) out_ << line << '\n';
    if (target.device)
      for (const std::string &line : runtime::linkLines(target, prober_.variant().compilation->program()))
        out_ << line << '\n';
  }

  std::string cellText(const SweepRow &row, size_t output) {
    const Cell &cell = row.cells[output];
    if (cell.kind == Cell::Kind::Absent) return "-";
    return runtime::formatExact(cell.kind == Cell::Kind::Count ? Number::of(cell.exact) : Number::ofReal(cell.value));
  }

  /// The outputs at the answer, the point beyond, and another extreme.
  void writeTable(const Extreme &found) {
    std::vector<SweepRow> rows;
    for (auto point : {found.answer, found.beyond, found.extreme})
      if (point && std::ranges::find(rows, *point, &SweepRow::point) == rows.end()) rows.push_back(prober_.row(*point));
    std::vector<Align> columns(rows.size() + 1, Align::Right);
    columns[0] = Align::Left;
    runtime::Table table(columns);
    std::vector<std::string> heading{found.input};
    for (const SweepRow &row : rows) heading.push_back(value(row.point));
    table.addHeading(heading);
    for (size_t i = 0; i < prober_.outputs().size(); ++i) {
      std::vector<std::string> cells{prober_.outputs()[i]};
      for (const SweepRow &row : rows) cells.push_back(cellText(row, i));
      table.addRow(cells);
    }
    table.write(out_, runtime::Style(false));
    for (const SweepRow &row : rows)
      if (!row.notes.empty()) out_ << fmt::format("note at {} = {}: {}\n", found.input, value(row.point), row.notes);
  }

  static std::string percentText(double percent) {
    return percent == 0 ? "no change of the time" : fmt::format("{:+.4f} % time", percent);
  }

  void writeSensitivities() {
    if (solution_.sensitivities.empty()) return;
    out_ << fmt::format("time_s against the rates of the device, each with its utilisation (differences of {:g}, "
                        "relative):\n",
                        kStep);
    runtime::Table table({Align::Left, Align::Left});
    for (const Sensitivity &each : solution_.sensitivities) {
      std::string text = percentText(each.isKink() ? each.above : each.both);
      if (each.isKink()) text += "; 1 % less: " + percentText(-each.below) + " (a kink: another resource takes over)";
      table.addRow({fmt::format("1 % more {}:", each.resource->title), text});
    }
    table.write(out_, runtime::Style(false), 2);
  }

  Prober &prober_;
  const Solution &solution_;
  runtime::Output &out_;
};

} // namespace

void writeText(Prober &prober, const Solution &solution, runtime::Output &out) { Text(prober, solution, out).write(); }

} // namespace mdl::tool
