//===- Compare.cpp - Two results, number by number ------------------------===//
#include "Compare.h"
#include "Contributions.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

std::vector<std::string> onlyIn(const std::vector<std::string> &here, const std::vector<std::string> &there) {
  std::vector<std::string> only;
  for (const std::string &text : here)
    if (std::ranges::find(there, text) == there.end()) only.push_back(text);
  return only;
}

class Comparer {
public:
  Comparer(const Result &a, const Result &b, const CompareOptions &options)
      : a_(a), b_(b), options_(options), nodes_(a, b, options.counterparts) {
    result.a = &a, result.b = &b;
  }

  void run() {
    compareSettings();
    compareMetrics();
    compareMemory();
    result.assumptionsA = onlyIn(a_.assumptions, b_.assumptions);
    result.assumptionsB = onlyIn(b_.assumptions, a_.assumptions);
    result.notModelledA = onlyIn(a_.notModelled, b_.notModelled);
    result.notModelledB = onlyIn(b_.notModelled, a_.notModelled);
  }

  Comparison result;

private:
  void compareSettings() {
    for (const ResultSetting &setting : a_.settings)
      if (std::string_view other = b_.setting(setting.name); other != setting.value)
        result.settings.push_back({setting.name, setting.value, std::string(other)});
    for (const ResultSetting &setting : b_.settings)
      if (a_.setting(setting.name).empty()) result.settings.push_back({setting.name, {}, setting.value});
    noteDifference("model", a_.model, b_.model, "two models");
    noteDifference("convention", a_.setting("convention"), b_.setting("convention"), "FLOPs count different work");
    noteDifference("traffic", a_.setting("traffic"), b_.setting("traffic"), "bytes count different moves");
    noteDifference("selection", a_.selected, b_.selected, "totals are of different nodes");
    noteDifference("overlap", a_.setting("overlap"), b_.setting("overlap"), "times follow different rules");
  }

  void noteDifference(const char *what, std::string_view a, std::string_view b, const char *meaning) {
    if (a == b) return;
    auto shown = [](std::string_view text) { return text.empty() ? "none" : fmt::format("`{}`", text); };
    result.notes.push_back(fmt::format("{}: {} in A, {} in B: {}", what, shown(a), shown(b), meaning));
  }

  bool isWanted(const std::string &metric) const {
    return options_.metrics.empty() || std::ranges::find(options_.metrics, metric) != options_.metrics.end();
  }

  void compareMetrics() {
    for (size_t i = 0; i < a_.metrics.size(); ++i)
      if (isWanted(a_.metrics[i].name)) addMetric(i, b_.metric(a_.metrics[i].name));
    for (size_t i = 0; i < b_.metrics.size(); ++i)
      if (isWanted(b_.metrics[i].name) && !a_.metric(b_.metrics[i].name)) addMetric(std::nullopt, i);
  }

  void addMetric(std::optional<size_t> inA, std::optional<size_t> inB) {
    MetricChange change;
    change.metric = inA ? a_.metrics[*inA] : b_.metrics[*inB];
    change.total = {inA ? a_.totals[*inA] : Number(), inB ? b_.totals[*inB] : Number()};
    if (!change.total.a.isPresent() && !change.total.b.isPresent()) return;
    change.side = !change.total.a.isPresent() ? Side::OnlyB : !change.total.b.isPresent() ? Side::OnlyA : Side::Both;
    if (change.side == Side::Both && a_.metrics[*inA].unit != b_.metrics[*inB].unit) {
      result.notes.push_back(fmt::format("`{}` is in {} in A and in {} in B: it is not compared", change.metric.name,
                                         a_.metrics[*inA].unit, b_.metrics[*inB].unit));
      return;
    }
    nodes_.explain(inA, inB, change);
    result.metrics.push_back(std::move(change));
  }

  void compareMemory() {
    if (!a_.memory || !b_.memory) {
      if (a_.memory || b_.memory) result.notes.push_back("only one side has memory: the other is a selection");
      return;
    }
    result.memory = Pair{a_.memory->total, b_.memory->total};
    result.memoryAtA = a_.memory->at, result.memoryAtB = b_.memory->at;
    for (const ResultStageMemory &stage : a_.memory->stages) {
      std::string id = renamed(options_.counterparts, stage.stage);
      auto other = std::ranges::find(b_.memory->stages, id, &ResultStageMemory::stage);
      compareStage(id, &stage, other == b_.memory->stages.end() ? nullptr : &*other);
    }
    for (const ResultStageMemory &stage : b_.memory->stages)
      if (std::ranges::none_of(a_.memory->stages, [&](const ResultStageMemory &each) {
            return renamed(options_.counterparts, each.stage) == stage.stage;
          }))
        compareStage(stage.stage, nullptr, &stage);
  }

  void compareStage(const std::string &id, const ResultStageMemory *a, const ResultStageMemory *b) {
    for (const auto &[key, value] : (a ? a : b)->parts) {
      Pair bytes{a ? a->part(key) : Number(), b ? b->part(key) : Number()};
      if (bytes.differs()) result.memoryParts.push_back({id, key, bytes});
    }
  }

  const Result &a_, &b_;
  const CompareOptions &options_;
  JointNodes nodes_;
};

} // namespace

bool Pair::differs() const {
  if (a.isPresent() != b.isPresent()) return true;
  return a.isPresent() && (Number::areExact(a, b) ? a.exact != b.exact : a.toDouble() != b.toDouble());
}

Number Pair::change() const {
  Number from = a.isPresent() ? a : Number::of(0), to = b.isPresent() ? b : Number::of(0);
  if (Number::areExact(from, to)) return Number::of(to.exact - from.exact);
  return Number::ofReal(to.toDouble() - from.toDouble());
}

std::optional<double> Pair::ratio() const {
  if (!a.isPresent() || !b.isPresent() || a.isZero()) return std::nullopt;
  return b.toDouble() / a.toDouble();
}

bool Comparison::isEqual() const {
  bool same = std::ranges::none_of(
      metrics, [](const MetricChange &each) { return each.total.differs() || !each.nodes.empty(); });
  return same && memoryParts.empty() && !(memory && memory->differs());
}

Comparison compare(const Result &a, const Result &b, const CompareOptions &options) {
  Comparer comparer(a, b, options);
  comparer.run();
  return std::move(comparer.result);
}

} // namespace mdl::runtime
