//===- AnswerText.cpp - A configuration for people ------------------------===//
#include "Answer.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {
namespace {

using runtime::Align;
using runtime::Number;

class Text {
public:
  Text(const Search &search, runtime::Output &out) : search_(search), out_(out) {}

  void write() {
    const Candidate &best = search_.candidates().front();
    const runtime::SizingJob &job = best.variant->fleet->plan->request.jobs.front();
    const char *order = search_.question().byCost ? "lowest cost first" : "fewest devices first";
    out_ << fmt::format("{}{}, target: {}\n", job.program->model, job.workload.empty() ? "" : " " + job.workload,
                        search_.target());
    const auto &sharding = best.variant->compilation->targetInfo().sharding;
    std::string groups = sharding ? fmt::format(" in groups of {}", toString(sharding->devices)) : "";
    out_ << fmt::format("{} devices{}, {} at once, {}\n\n", range(search_.question().devices), groups,
                        range(search_.question().requests), order);
    writeAnswers();
    writeOthers();
    writeNotes(best);
  }

private:
  static std::string range(const std::vector<Int> &values) {
    return values.size() == 1 ? toString(values[0]) : toString(values.front()) + " to " + toString(values.back());
  }

  std::string name(const Candidate &candidate) const {
    std::string all;
    for (size_t i = 0; i < search_.axes().all().size(); ++i)
      all += (all.empty() ? "" : " ") + search_.axes().all()[i].text(candidate.positions[i], 0);
    return all;
  }

  static std::string shown(const Cell &cell) {
    if (cell.kind == Cell::Kind::Count) return toString(cell.exact);
    return cell.kind == Cell::Kind::Real ? fmt::format("{:.6g}", cell.value) : std::string(cell.text);
  }

  /// Quantities of a configuration, but for those that have columns of their own.
  std::vector<size_t> quantities() const {
    std::vector<size_t> found;
    for (size_t i = 0; i < search_.outputs().size(); ++i) {
      const std::string &name = search_.outputs()[i];
      if (search_.quantity(name) && name != "devices" && name != "requests_at_once") found.push_back(i);
    }
    return found;
  }

  void writeAnswers() {
    std::vector<std::string> heading = {""};
    std::vector<Align> columns = {Align::Right};
    for (const Axis &axis : search_.axes().all()) heading.push_back(axis.names()[0]), columns.push_back(Align::Left);
    for (const char *each : {"devices", "at once"}) heading.emplace_back(each), columns.push_back(Align::Right);
    for (size_t i : quantities()) heading.push_back(search_.outputs()[i]), columns.push_back(Align::Right);
    for (const char *each : {"memory", "bound by"}) heading.emplace_back(each), columns.push_back(Align::Left);
    runtime::Table table(columns);
    table.addHeading(heading);
    size_t rank = 0;
    for (const Candidate &each : search_.candidates()) {
      if (!each.answer) continue;
      std::vector<std::string> cells = {std::to_string(++rank)};
      for (size_t i = 0; i < search_.axes().all().size(); ++i)
        cells.push_back(search_.axes().all()[i].text(each.positions[i], 0));
      cells.push_back(toString(each.answer->devices)), cells.push_back(toString(each.answer->requests));
      for (size_t i : quantities()) cells.push_back(shown(each.answer->row.cells[i]));
      const auto &memory = each.answer->memory;
      cells.push_back(memory ? runtime::formatSi(Number::of(memory->total), "B") : "not known");
      cells.emplace_back(each.answer->at->row.bottleneck);
      table.addRow(cells);
    }
    if (rank == 0) return void(out_ << "no configuration meets the target\n\n");
    table.write(out_, runtime::Style(false));
    out_ << '\n';
    for (const Candidate &each : search_.candidates())
      if (each.answer) out_ << name(each) << ": " << why(each) << '\n';
    out_ << '\n';
  }

  static std::string factor(const Configuration &of) {
    return std::isfinite(of.shortfall) ? fmt::format(", {:.4g} times short", of.shortfall) : "";
  }

  /// What stands in the way of fewer devices.
  std::string why(const Candidate &candidate) const {
    if (!candidate.nearest) return "the fewest devices that were asked for";
    return fmt::format("with {}: {}", toString(candidate.nearest->devices), limits(candidate));
  }

  static std::string limits(const Candidate &candidate) {
    std::string all;
    for (const Limit &each : candidate.limits) {
      all += all.empty() ? "" : "; ";
      if (each.text == "fits")
        all += fmt::format("{}needs {} of {}", unfit(*candidate.nearest), bytes(each.left), bytes(each.right));
      else if (each.left.empty()) all += each.text;
      else all += fmt::format("`{}`: {}", each.text, rounded(each.left));
      all += ", limited by " + each.by;
    }
    return all;
  }
  /// Which point does not fit, when it is not the nearest.
  static std::string unfit(const Configuration &nearest) {
    return nearest.unfit ? toString(nearest.unfit->first) + " at once would do, but " : "";
  }
  static std::string bytes(const std::string &digits) { return runtime::formatSi(Number::of(*parseInt(digits)), "B"); }
  static std::string rounded(const std::string &number) {
    return parseInt(number) ? number : fmt::format("{:.6g}", std::strtod(number.c_str(), nullptr));
  }

  void writeOthers() {
    for (const Candidate &each : search_.candidates()) {
      if (each.answer) continue;
      if (!each.error.empty()) out_ << fmt::format("{}: {}\n", name(each), each.error);
      else
        out_ << fmt::format("{}: not met; nearest with {} devices and {} at once{}: {}\n", name(each),
                            toString(each.nearest->devices), toString(each.nearest->requests), factor(*each.nearest),
                            limits(each));
    }
  }

  /// Of the first candidate, where they are of one.
  void writeNotes(const Candidate &best) {
    const driver::FleetPlan &fleet = *best.variant->fleet;
    uint64_t asked = 0;
    bool isProven = true;
    for (const Candidate &each : search_.candidates()) asked += each.asked, isProven &= each.isProven;
    out_ << fmt::format("\n{} points, each exact{}\n", asked,
                        isProven ? "" : "; not every number of devices was asked: a smaller one may do");
    out_ << best.variant->compilation->targetInfo().precision.line() << '\n';
    out_ << fmt::format("strategy {}: {}\n", fleet.plan->strategy.name, fleet.plan->strategy.rule);
    if (const auto &sharding = best.variant->compilation->targetInfo().sharding)
      out_ << fmt::format("sharding {}: {}; memory is that of one device\n", sharding->name,
                          fmt::join(sharding->rules, "; "));
    const auto &shown = best.answer ? best.answer : best.nearest;
    for (const std::string &each : shown->notes) out_ << "note: " << each << '\n';
  }

  const Search &search_;
  runtime::Output &out_;
};

} // namespace

void writeText(const Search &search, runtime::Output &out) { Text(search, out).write(); }

} // namespace mdl::tool
