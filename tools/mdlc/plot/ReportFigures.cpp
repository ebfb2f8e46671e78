//===- ReportFigures.cpp - Pictures of one evaluation ---------------------===//
#include "ReportFigures.h"
#include "Subject.h"
#include "runtime/report/Summary.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

using runtime::FoldedRow;
using runtime::formatSi;
using runtime::Number;
using runtime::Report;

//===--- Stages -----------------------------------------------------------------------===//

Json sharesOf(const Report &report) {
  struct Part {
    const char *title;
    std::vector<const char *> metrics;
  };
  const Part parts[] = {
      {"tensor FLOPs", {"flops_tensor"}}, {"bytes moved", {"bytes_read", "bytes_written"}}, {"time", {"time_s"}}};
  Metrics metrics(report);
  Json rows = Json::array();
  for (const Part &part : parts) {
    auto sum = [&](std::span<const Number> values) {
      double all = 0;
      for (const char *metric : part.metrics) all += metrics.of(values, metric);
      return all;
    };
    std::vector<std::pair<std::string, double>> stages;
    double total = 0;
    for (const FoldedRow &row : report.folded)
      if (row.depth == 0) stages.emplace_back(row.id, sum(row.values)), total += stages.back().second;
    if (total <= 0) continue;
    for (const auto &[stage, value] : stages)
      rows.push_back({{"metric", part.title},
                      {"stage", shortText(stage, 30)},
                      {"share", value / total},
                      {"label", runtime::formatShare(Number::ofReal(value), Number::ofReal(total))}});
  }
  return rows;
}

//===--- Memory -----------------------------------------------------------------------===//

class Timeline {
public:
  explicit Timeline(const Report &report) : report_(report), metrics_(report) {}

  std::optional<Figure> make(std::string &error) {
    if (!report_.memory || !metrics_.has("activation_peak_bytes"))
      return error = "the model does not say what a device holds", std::nullopt;
    for (const runtime::StageMemory &stage : report_.memory->stages) addStage(stage);
    if (rows_.empty()) return error = "no operator runs", std::nullopt;
    addCapacity();
    const runtime::DeviceMemory &memory = *report_.memory;
    std::vector<std::string> below = {conditionsOf(report_), report_.target->residency.title, runtime::fitText(memory)};
    Figure figure{
        "memory_timeline", "memory", titled("Memory of one device over " + subjectOf(report_), below), {}, {}};
    figure.texts["panel_width"] = std::max(120, 640 / static_cast<int>(memory.stages.size()));
    figure.texts["top"] = 1.12 * std::max(highest_, shownCapacity_);
    figure.texts["panels"] = panels_;
    addParts(figure.texts);
    figure.data = {{"memory", std::move(rows_)}};
    figure.alt = "Bytes on one device while each operator runs, and their peak";
    return figure;
  }

private:
  struct Held {
    size_t step;
    double activations;
  };

  /// The leaves of a stage in program order; of very many only the largest of each group of neighbours.
  std::vector<Held> leavesOf(const std::string &stage) const {
    constexpr size_t kMost = 1500;
    std::vector<Held> all, few;
    size_t step = 0;
    for (const runtime::Row &row : report_.rows) {
      if (!row.node->children.empty() || row.calls.isZero()) continue;
      if (row.id != stage && !row.id.starts_with(stage + ".")) continue;
      all.push_back({step++, metrics_.of(row.values, "activation_peak_bytes")});
    }
    size_t group = all.size() / kMost + 1;
    for (size_t i = 0; i < all.size(); ++i)
      if (i % group == 0) few.push_back(all[i]);
      else few.back().activations = std::max(few.back().activations, all[i].activations);
    if (!few.empty()) few.push_back({step, few.back().activations}); // where the last one ends
    return few;
  }

  void addStage(const runtime::StageMemory &stage) {
    std::vector<Held> leaves = leavesOf(stage.stage);
    if (leaves.empty()) return;
    const std::pair<const char *, double> fixed[] = {
        {"weights", stage.weights.toDouble()}, {"KV cache", stage.kv.toDouble()}, {"state", stage.state.toDouble()}};
    double below = 0;
    for (const auto &[part, bytes] : fixed) below += bytes;
    panels_.push_back(fmt::format("{}: {}", shortText(stage.stage, 24), formatSi(Number::of(stage.total), "B")));
    for (const Held &leaf : leaves) {
      int order = 0;
      for (const auto &[part, bytes] : fixed)
        if (bytes > 0) add("held", leaf.step, part, bytes, order++);
      add("held", leaf.step, "activations", leaf.activations, order);
    }
    auto most = std::ranges::max_element(leaves, {}, &Held::activations);
    double peak = below + most->activations;
    if (stage.stage == report_.memory->stage) addPeak(leaves, *most, peak);
    highest_ = std::max(highest_, peak);
  }

  void addPeak(const std::vector<Held> &leaves, const Held &most, double bytes) {
    bool right = 2 * most.step > leaves.back().step;
    add("peak", most.step, right ? "left" : "right", bytes, 0);
    rows_.back()["label"] = "peak " + formatSi(Number::ofReal(bytes), "B");
  }

  void add(const char *kind, size_t step, const char *part, double bytes, int order) {
    rows_.push_back({{"panel", panels_.back()},
                     {"kind", kind},
                     {"step", step},
                     {"part", part},
                     {"bytes", bytes},
                     {"order", order}});
  }

  /// What is held anywhere, from the bottom up, each with its colour, dark to light.
  void addParts(Json &texts) const {
    constexpr std::pair<const char *, const char *> kColours[] = {
        {"weights", "#0b2e59"}, {"KV cache", "#5f81a8"}, {"state", "#b4c6da"}, {"activations", "#e98b3a"}};
    texts["parts"] = texts["part_colours"] = Json::array();
    for (auto [part, colour] : kColours)
      if (std::ranges::any_of(rows_, [&](const Json &row) { return row.contains("part") && row["part"] == part; }))
        texts["parts"].push_back(part), texts["part_colours"].push_back(colour);
  }

  /// A line in every panel where the device's memory is near enough to be on the picture.
  void addCapacity() {
    constexpr double kNear = 3;
    if (!report_.memory->capacity) return;
    double capacity = report_.memory->capacity->toDouble();
    if (capacity > kNear * highest_) return;
    shownCapacity_ = capacity;
    for (const std::string &panel : panels_)
      rows_.push_back({{"panel", panel},
                       {"kind", "capacity"},
                       {"bytes", capacity},
                       {"label", panel == panels_.front() ? "memory " + formatSi(Number::ofReal(capacity), "B") : ""}});
  }

  const Report &report_;
  Metrics metrics_;
  Json rows_ = Json::array();
  std::vector<std::string> panels_;
  double highest_ = 0, shownCapacity_ = 0;
};

} // namespace

std::optional<Figure> stageSharesOf(const Report &report, std::string &error) {
  Json rows = sharesOf(report);
  if (rows.empty()) return error = "the model has no tensor FLOPs, no traffic and no time", std::nullopt;
  bool timed = rows.back()["metric"] == "time";
  std::vector<std::string> below = {conditionsOf(report)};
  if (!timed) below.push_back("without a device there are no times");
  Figure figure{
      "stage_shares", "stages", titled("Stages of " + subjectOf(report), below), {{"shares", std::move(rows)}}, {}};
  figure.texts["panel_width"] = 170;
  figure.alt = "What part of FLOPs, bytes and time each stage is";
  return figure;
}

std::optional<Figure> memoryTimelineOf(const Report &report, std::string &error) {
  return Timeline(report).make(error);
}

std::vector<Figure> figuresOf(const Report &report) {
  std::vector<Figure> figures;
  std::string ignored;
  for (auto *make : {rooflineOf, stageSharesOf, memoryTimelineOf})
    if (auto figure = make(report, ignored)) figures.push_back(std::move(*figure));
  return figures;
}

} // namespace mdl::tool
