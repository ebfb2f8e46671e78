//===- Report.cpp - From inputs to a report -------------------------------===//
// Inputs are checked, then guards, then numbers; nothing of a report with an
// error is given out.
//===----------------------------------------------------------------------===//
#include "Report.h"
#include "Checks.h"
#include "Collect.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unordered_map>

namespace mdl::runtime {
namespace {

class ReportMaker {
public:
  ReportMaker(Evaluator &evaluator, const ReportOptions &options, ReportError &error)
      : evaluator_(evaluator), program_(evaluator.program()), options_(options), error_(error), tree_(evaluator) {}

  bool make(std::span<const Int> inputs) {
    report.program = &program_;
    report.selected = options_.select;
    report.assumptions = program_.assumptions;
    if (!bind(inputs)) return false;
    evaluator_.run(inputs);
    if (!passGuards() || !select(tree_, options_, parts_, error_) || !foldAll()) return false;
    if (!total() || !checkOverflow()) return false;
    if (options_.expand && !expandAll()) return false;
    locatePeak();
    unscale();
    findBottlenecks();
    if (options_.target) describeTarget();
    findEnds(inputs);
    return true;
  }

  Report report;

private:
  bool fail(std::string slug, std::string message, std::string place = {}) {
    error_ = {std::move(slug), std::move(message), std::move(place)};
    return false;
  }

  bool bind(std::span<const Int> inputs) {
    if (!checkInputs(program_, inputs, error_)) return false;
    for (size_t i = 0; i < inputs.size(); ++i) report.inputs.push_back({&program_.inputs[i], inputs[i]});
    return true;
  }

  bool passGuards() {
    GuardNotes notes;
    if (!checkGuards(evaluator_, notes, error_)) return false;
    report.warnings = std::move(notes.warnings);
    std::ranges::move(notes.assumptions, std::back_inserter(report.assumptions));
    return true;
  }

  bool foldAll() {
    for (const TreePart &part : parts_)
      if (!fold(tree_, part, options_.maxRows, report.folded, error_)) return false;
    return true;
  }

  /// Of a selection, what the rows at its top say; a union of several is not known from them.
  bool total() {
    report.totals.resize(program_.metrics.size());
    size_t tops = static_cast<size_t>(std::ranges::count(report.folded, 0u, &FoldedRow::depth));
    for (size_t i = 0; i < report.totals.size(); ++i) {
      Fold fold = program_.metrics[i].fold;
      if (program_.metrics[i].absent) continue;
      if (options_.select.empty()) report.totals[i] = evaluator_.value(program_.totals[i]);
      else if (tops == 1) report.totals[i] = report.folded.front().values[i];
      else if (fold == Fold::Sum || fold == Fold::Peak)
        for (const FoldedRow &row : report.folded)
          if (row.depth == 0) report.totals[i] = combine(report.totals[i], row.values[i], 1, fold);
    }
    return true;
  }

  /// Names the innermost node whose number does not fit.
  bool checkOverflow() {
    for (size_t at = 0; at < report.folded.size(); ++at) {
      const FoldedRow &row = report.folded[at];
      if (row.calls.isOverflow()) return failOverflow(fmt::format("`calls` of `{}`", row.id), true, row.node->place);
      if (row.copies.isOverflow())
        return failOverflow(fmt::format("the number of nodes `{}`", row.id), true, row.node->place);
      for (size_t i = 0; i < row.values.size(); ++i)
        if (row.values[i].isOverflow() && row.values[i].isPresent()) return failAt(innermost(at, i), i);
    }
    for (size_t i = 0; i < report.totals.size(); ++i)
      if (const Number &total = report.totals[i]; total.isPresent() && total.isOverflow())
        return failOverflow(fmt::format("the total of `{}`", program_.metrics[i].name),
                            total.kind == Number::Kind::Exact, {});
    return true;
  }

  const FoldedRow &innermost(size_t at, size_t metric) const {
    size_t best = at;
    for (size_t i = at + 1; i < report.folded.size() && report.folded[i].depth > report.folded[at].depth; ++i) {
      const FoldedRow &row = report.folded[i];
      if (row.depth == report.folded[best].depth + 1 && row.values[metric].isPresent() &&
          row.values[metric].isOverflow())
        best = i;
    }
    return report.folded[best];
  }

  bool failAt(const FoldedRow &row, size_t metric) {
    return failOverflow(fmt::format("`{}` of `{}`", program_.metrics[metric].name, row.id),
                        row.values[metric].kind == Number::Kind::Exact, row.node->place);
  }

  bool failOverflow(const std::string &what, bool exact, const std::string &place) {
    error_ = overflowError(evaluator_, what, exact, place);
    return false;
  }

  bool expandAll() {
    Int count = 0;
    for (const FoldedRow &row : report.folded) count += row.copies;
    if (count.isOverflow() || count > Int(options_.maxRows)) return failCount(count);
    report.rows.reserve(static_cast<size_t>(count.raw()));
    auto storage = std::make_shared<RowStorage>();
    for (const TreePart &part : parts_) expand(tree_, part, report.rows, *storage);
    for (std::vector<Number> &values : storage->values) unscale(values);
    report.storage = std::move(storage);
    return true;
  }

  /// Names the repeat with the most turns.
  bool failCount(Int count) {
    std::vector<Int> copiesAt;
    const FoldedRow *worst = &report.folded.front();
    Int most = 0;
    for (const FoldedRow &row : report.folded) {
      copiesAt.resize(row.depth + 1);
      copiesAt[row.depth] = row.copies;
      Int turns = floorDiv(row.copies, row.depth == 0 ? 1 : copiesAt[row.depth - 1]);
      if (turns > most) most = turns, worst = &row;
    }
    return fail("too-many-nodes",
                fmt::format("the result has {} nodes, more than {}: the repeat `{}` alone has {} turns; "
                            "`--fold` prints a repeat as one node",
                            toString(count), options_.maxRows, worst->id, toString(most)),
                worst->node->place);
  }

  void unscale(std::vector<Number> &values) const {
    for (size_t i = 0; i < values.size(); ++i) values[i] = unscaled(values[i], program_.metrics[i].scale);
  }
  /// From here on numbers are the metrics' own, no longer the slots' multiples.
  void unscale() {
    unscale(report.totals);
    for (FoldedRow &row : report.folded) unscale(row.values);
  }

  /// A leaf spends its time on the resource that needs longest; what is above on the one on which most time is spent.
  void findBottlenecks() {
    std::vector<size_t> parts;
    std::optional<size_t> whole;
    for (size_t i = 0; i < program_.metrics.size(); ++i) {
      const Metric &metric = program_.metrics[i];
      if (metric.absent || metric.unit != "s") continue;
      if (!metric.resource.empty()) parts.push_back(i);
      else if (!whole) whole = i;
    }
    if (parts.empty() || !whole) return;
    auto largest = [](const std::vector<double> &of) {
      return static_cast<size_t>(std::ranges::max_element(of) - of.begin());
    };
    bool overlaps = options_.target && options_.target->overlapWhole;
    std::vector<std::vector<double>> spent; // on each resource, per depth; a row's children come before its end
    spent.emplace_back(parts.size());
    for (size_t at = report.folded.size(); at-- > 0;) {
      FoldedRow &row = report.folded[at];
      while (spent.size() < row.depth + 2) spent.emplace_back(parts.size());
      std::vector<double> own(parts.size());
      if (row.node->children.empty() || overlaps) { // what overlaps is bound by its own largest sum
        for (size_t i = 0; i < parts.size(); ++i) own[i] = row.values[parts[i]].toDouble();
        size_t slowest = largest(own);
        std::ranges::fill(own, 0);
        own[slowest] = row.values[*whole].toDouble();
      } else {
        own.swap(spent[row.depth + 1]);
        spent[row.depth + 1].assign(parts.size(), 0);
      }
      if (row.values[*whole].isPresent() && !row.values[*whole].isZero())
        row.bottleneck = program_.metrics[parts[largest(own)]].resource;
      for (size_t i = 0; i < parts.size(); ++i) spent[row.depth][i] += own[i];
    }
    if (overlaps)
      for (size_t i = 0; i < parts.size(); ++i)
        spent[0][i] = report.totals[parts[i]].isPresent() ? report.totals[parts[i]].toDouble() : 0;
    if (std::ranges::any_of(spent[0], [](double each) { return each != 0; }))
      report.bottleneck = program_.metrics[parts[largest(spent[0])]].resource;
    std::unordered_map<const Node *, std::string_view> byNode;
    for (const FoldedRow &row : report.folded) byNode[row.node] = row.bottleneck;
    for (Row &row : report.rows)
      if (row.values[*whole].isPresent() && !row.values[*whole].isZero()) row.bottleneck = byNode[row.node];
  }

  void describeTarget() {
    report.target = *options_.target;
    if (!options_.select.empty()) return;
    std::vector<StageValues> stages;
    for (const FoldedRow &row : report.folded)
      if (row.depth == 0) stages.push_back({row.id, row.node->resident, row.values});
    std::optional<Int> capacity;
    if (report.target->device) capacity = report.target->device->memory;
    report.memory = memoryOf(program_, stages, report.target->residency, capacity);
    bool moves = report.memory && std::ranges::any_of(report.memory->stages, [](const StageMemory &stage) {
                   return stage.placement != Placement::Resident;
                 });
    if (moves && report.target->device)
      report.assumptions.push_back("residency: moving weights to and from the host takes no time here, and a stage on "
                                   "the host is timed as if it ran on the device");
  }

  /// The totals again, at both ends of rates that have a range.
  void findEnds(std::span<const Int> inputs) {
    if (!options_.select.empty()) return;
    report.bestTotals = totalsAt(&Parameter::best, inputs);
    report.worstTotals = totalsAt(&Parameter::worst, inputs);
  }

  /// Nothing where this end is what is expected.
  std::vector<Number> totalsAt(double Parameter::*end, std::span<const Int> inputs) {
    std::vector<Number> totals;
    if (std::ranges::all_of(program_.parameters, [&](const Parameter &each) { return each.*end == each.value; }))
      return totals;
    auto setAll = [&](double Parameter::*which) {
      for (uint32_t i = 0; i < program_.parameters.size(); ++i)
        evaluator_.setParameter(i, program_.parameters[i].*which);
      evaluator_.run(inputs);
    };
    setAll(end);
    for (size_t i = 0; i < program_.totals.size(); ++i)
      totals.push_back(program_.metrics[i].absent ? Number() : evaluator_.value(program_.totals[i]));
    unscale(totals);
    setAll(&Parameter::value);
    return totals;
  }

  void locatePeak() {
    for (size_t i = 0; i < program_.metrics.size(); ++i) {
      if (program_.metrics[i].fold != Fold::Peak || program_.metrics[i].absent) continue;
      if (report.totals[i].isPresent()) report.peakAt = findPeak(tree_, parts_, i, report.totals[i]);
      return;
    }
  }

  Evaluator &evaluator_;
  const Program &program_;
  const ReportOptions &options_;
  ReportError &error_;
  Tree tree_;
  std::vector<TreePart> parts_;
};

} // namespace

std::string BoundInput::text() const { return inputText(*input, value); }

std::vector<std::string> extrapolations(const Report &report) {
  std::vector<std::string> found;
  for (const std::string &each : report.assumptions)
    if (each.starts_with(kExtrapolation)) found.push_back(each.substr(kExtrapolation.size()));
  return found;
}

std::optional<Report> makeReport(Evaluator &evaluator, std::span<const Int> inputs, const ReportOptions &options,
                                 ReportError &error) {
  ReportMaker maker(evaluator, options, error);
  if (!maker.make(inputs)) return std::nullopt;
  return std::move(maker.report);
}

} // namespace mdl::runtime
