//===- ReportFigures.cpp - Pictures of one evaluation ---------------------===//
#include "ReportFigures.h"
#include "runtime/report/Summary.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace mdl::tool {

namespace {

using runtime::FoldedRow;
using runtime::formatSi;
using runtime::Number;
using runtime::Report;

/// Reads metrics of rows by name.
class Metrics {
public:
  explicit Metrics(const Report &report) : report_(report) {}
  bool has(std::string_view name) const { return at(name).has_value(); }
  /// 0 where it is absent.
  double of(std::span<const Number> values, std::string_view name) const {
    auto where = at(name);
    return where && values[*where].isPresent() ? values[*where].toDouble() : 0;
  }

private:
  std::optional<size_t> at(std::string_view name) const {
    const auto &metrics = report_.program->metrics;
    for (size_t i = 0; i < metrics.size(); ++i)
      if (!metrics[i].absent && metrics[i].name == name) return i;
    return std::nullopt;
  }
  const Report &report_;
};

const std::string kNoDevice = "times take a device: --device NAME";

/// Of one line: `wan21_t2v_14b, 720p on NVIDIA H20 96GB`.
std::string subjectOf(const Report &report) {
  std::string text = report.program->model;
  if (!report.workload.empty()) text += ", " + report.workload;
  return text;
}
std::string deviceOf(const Report &report) {
  return report.target && report.target->device ? report.target->device->title : std::string();
}
std::string conditionsOf(const Report &report) {
  std::vector<std::string> parts;
  if (!deviceOf(report).empty()) parts.push_back(deviceOf(report));
  if (report.target) {
    parts.push_back(report.target->precision.line());
    if (report.target->chosen)
      parts.push_back(fmt::format("utilisation {}: {}", report.target->chosen->name, report.target->chosen->title));
  }
  return fmt::format("{}", fmt::join(parts, " · "));
}

//===--- Roofline -----------------------------------------------------------------------===//

/// One operator with all its copies.
struct Operator {
  const FoldedRow *row;
  std::string category;
  bool tensor; ///< Its work is that of the tensor units, else of the vector units
  double flops, bytes, time;
  double intensity() const { return flops / bytes; }
  double rate() const { return flops / time; }
};

/// A rate of the device as times use it: its peak in a format, times the utilisation.
struct Roof {
  std::string unit;
  double flopsPerSecond, time = 0; ///< Of the operators whose rate it is
};

class Roofline {
public:
  explicit Roofline(const Report &report) : report_(report), metrics_(report) {}

  std::optional<Figure> make(std::string &error) {
    if (!metrics_.has("time_s") || !metrics_.has("memory_s")) return error = kNoDevice, std::nullopt;
    for (const FoldedRow &row : report_.folded)
      if (row.node->children.empty()) addOperator(row);
    if (operators_.empty() || bandwidth_ <= 0) return error = "no operator has work and moves bytes", std::nullopt;
    Figure figure{"roofline", "roofline", titled("Roofline of " + subjectOf(report_), below()), {}, {}};
    rankCategories(figure.texts);
    addDomains(figure.texts);
    figure.data = {{"operators", points()}, {"roofs", lines(figure.texts)}};
    figure.alt = "Roofline: every operator by FLOP per byte and FLOP/s, under the rates of the device";
    return figure;
  }

private:
  double of(const FoldedRow &row, std::string_view name) const { return metrics_.of(row.values, name); }

  void addOperator(const FoldedRow &row) {
    double tensor = of(row, "flops_tensor"), vector = of(row, "flops_vector"), time = of(row, "time_s");
    double bytes = of(row, "bytes_read") + of(row, "bytes_written"), memory = of(row, "memory_s");
    if (bytes > 0 && memory > 0) bandwidth_ = std::max(bandwidth_, bytes / memory);
    totalTime_ += time;
    if (tensor + vector <= 0 || bytes <= 0 || time <= 0) {
      if (time > 0) ++hidden_, hiddenTime_ += time;
      return;
    }
    addRoof("tensor", tensor, of(row, "tensor_s"), time);
    addRoof("vector", vector, of(row, "vector_s"), time);
    const std::string &category = row.node->category.empty() ? row.node->op : row.node->category;
    operators_.push_back({&row, category, tensor > 0, tensor > 0 ? tensor : vector, bytes, time});
  }

  void addRoof(const char *unit, double flops, double seconds, double time) {
    if (flops <= 0 || seconds <= 0) return;
    double rate = flops / seconds;
    auto same = [&](const Roof &roof) { return roof.unit == unit && std::abs(roof.flopsPerSecond / rate - 1) < 1e-3; };
    auto found = std::ranges::find_if(roofs_, same);
    if (found == roofs_.end()) roofs_.push_back({unit, rate, time});
    else found->time += time;
  }

  std::vector<std::string> below() const {
    std::vector<std::string> lines = {conditionsOf(report_)};
    std::string shown = fmt::format("each mark one of {} operators with its copies", operators_.size());
    if (hidden_ > 0)
      shown += fmt::format("; {} more only move data ({} of the time)", hidden_,
                           runtime::formatShare(Number::ofReal(hiddenTime_), Number::ofReal(totalTime_)));
    lines.push_back(shown);
    return lines;
  }

  /// The categories with the most time keep their names; the others are `other`.
  void rankCategories(Json &texts) {
    constexpr size_t kMost = 7;
    std::map<std::string, double> times;
    for (const Operator &each : operators_) times[each.category] += each.time;
    std::vector<std::string> names;
    for (const auto &[name, time] : times) names.push_back(name);
    std::ranges::stable_sort(names, [&](const std::string &a, const std::string &b) { return times[a] > times[b]; });
    if (names.size() > kMost) names.resize(kMost), names.emplace_back("other");
    for (Operator &each : operators_)
      if (std::ranges::find(names, each.category) == names.end()) each.category = "other";
    texts["categories"] = names;
  }

  void addDomains(Json &texts) {
    constexpr double kMargin = 2;
    double left = operators_[0].intensity(), right = left, low = operators_[0].rate(), high = low;
    for (const Operator &each : operators_) {
      left = std::min(left, each.intensity()), right = std::max(right, each.intensity());
      low = std::min(low, each.rate());
    }
    for (const Roof &roof : roofs_) {
      high = std::max(high, roof.flopsPerSecond);
      right = std::max(right, 4 * roof.flopsPerSecond / bandwidth_);
    }
    texts["intensity_domain"] = {left / kMargin, right * kMargin};
    texts["rate_domain"] = {low / kMargin, high * kMargin};
  }

  Json points() const {
    Json rows = Json::array();
    std::vector<const Operator *> order;
    for (const Operator &each : operators_) order.push_back(&each);
    // The large ones first, so that small ones lie on top of them.
    std::ranges::stable_sort(order, [](const Operator *a, const Operator *b) { return a->time > b->time; });
    for (const Operator *each : order)
      rows.push_back({{"id", shortText(each->row->id)},
                      {"category", each->category},
                      {"unit", each->tensor ? "tensor" : "vector"},
                      {"intensity", each->intensity()},
                      {"flops_per_s", each->rate()},
                      {"time_share", each->time / totalTime_}});
    return rows;
  }

  /// From the left along the memory's slope to the ridge, then flat; the label stands at the right end.
  Json lines(const Json &texts) const {
    double left = texts["intensity_domain"][0], right = texts["intensity_domain"][1];
    Json rows = Json::array();
    auto add = [&](const Roof &roof, double x, double y, Json label) {
      rows.push_back({{"roof", roof.unit + " " + std::to_string(roof.flopsPerSecond)},
                      {"unit", roof.unit},
                      {"intensity", x},
                      {"flops_per_s", y},
                      {"label", std::move(label)}});
    };
    // The name of the slope stands half-way up to the first ridge.
    double lowest = std::ranges::min_element(roofs_, {}, &Roof::flopsPerSecond)->flopsPerSecond,
           half = std::sqrt(left * lowest / bandwidth_);
    rows.push_back({{"roof", "memory"},
                    {"unit", "tensor"},
                    {"intensity", half},
                    {"flops_per_s", half * bandwidth_},
                    {"label", "memory " + formatSi(Number::ofReal(bandwidth_), "B/s")}});
    for (const Roof &roof : roofs_) {
      double ridge = roof.flopsPerSecond / bandwidth_;
      add(roof, left, left * bandwidth_, nullptr);
      add(roof, ridge, roof.flopsPerSecond, nullptr);
      std::string label = roof.unit + " " + formatSi(Number::ofReal(roof.flopsPerSecond), "FLOP/s");
      add(roof, right, roof.flopsPerSecond, label);
    }
    return rows;
  }

  const Report &report_;
  Metrics metrics_;
  std::vector<Operator> operators_;
  std::vector<Roof> roofs_;
  double bandwidth_ = 0, totalTime_ = 0, hiddenTime_ = 0;
  size_t hidden_ = 0;
};

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

std::optional<Figure> rooflineOf(const Report &report, std::string &error) { return Roofline(report).make(error); }

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
