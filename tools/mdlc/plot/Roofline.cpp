//===- Roofline.cpp - Operators under the roofs of a device ---------------===//
#include "Labels.h"
#include "ReportFigures.h"
#include "Subject.h"
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
    if (!metrics_.has("time_s") || !metrics_.has("memory_s"))
      return error = "times take a device: --device NAME", std::nullopt;
    for (const FoldedRow &row : report_.folded)
      if (row.node->children.empty()) addOperator(row);
    if (operators_.empty() || bandwidth_ <= 0) return error = "no operator has work and moves bytes", std::nullopt;
    Figure figure{"roofline", "roofline", titled("Roofline of " + subjectOf(report_), below()), {}, {}};
    rankCategories(figure.texts);
    addDomains(figure.texts);
    Json roofs = lines(figure.texts), named = names(figure.texts, roofs);
    figure.data = {{"operators", points()}, {"names", std::move(named)}, {"roofs", std::move(roofs)}};
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
    constexpr double kHeadroom = 4; // for the names of operators
    texts["rate_domain"] = {low / kMargin, high * kHeadroom};
  }

  /// Those with the most time first.
  std::vector<const Operator *> byTime() const {
    std::vector<const Operator *> order;
    for (const Operator &each : operators_) order.push_back(&each);
    std::ranges::stable_sort(order, [](const Operator *a, const Operator *b) { return a->time > b->time; });
    return order;
  }

  /// Pixels of roofline.vl.json.
  static constexpr double kWidth = 620, kHeight = 400;
  struct Pixel {
    double x, y;
  };
  static Pixel pixelOf(const Json &texts, double intensity, double rate) {
    auto part = [](const Json &domain, double value) {
      return std::log(value / domain[0].get<double>()) / std::log(domain[1].get<double>() / domain[0].get<double>());
    };
    return {kWidth * part(texts["intensity_domain"], intensity), kHeight * (1 - part(texts["rate_domain"], rate))};
  }
  double radiusOf(const Operator &of) const {
    return std::sqrt((25 + 875 * of.time / totalTime_) / 3.1416); // the areas of the scale of sizes
  }

  /// Where names of roofs and the large marks are.
  LabelPlaces taken(const Json &texts, const Json &roofs) const {
    LabelPlaces places(kWidth, kHeight);
    for (const Json &roof : roofs)
      if (roof["label"].is_string()) {
        Pixel at = pixelOf(texts, roof["intensity"], roof["flops_per_s"]);
        bool isMemory = roof["roof"] == "memory", ends = !isMemory && roof["unit"] == "vector";
        double down = isMemory || ends ? 13 : -14;
        places.take(LabelPlaces::boxOf(roof["label"], at.x, at.y + down, ends ? 1 : 0));
      }
    for (const Operator &each : operators_) {
      Pixel at = pixelOf(texts, each.intensity(), each.rate());
      if (double radius = radiusOf(each); each.time > 0.01 * totalTime_)
        places.take({at.x - radius, at.y - radius, at.x + radius, at.y + radius});
    }
    return places;
  }

  /// Of the operators that take the most: `self_attn.core 71.3 %`, beside their marks, where there is room.
  Json names(const Json &texts, const Json &roofs) const {
    constexpr size_t kMost = 5;
    constexpr double kLeast = 0.03;
    LabelPlaces places = taken(texts, roofs);
    Json rows = Json::array();
    for (const Operator *each : byTime()) {
      if (rows.size() == kMost || each->time < kLeast * totalTime_) break;
      std::string label =
          nameOf(each->row->id) + " " + runtime::formatShare(Number::ofReal(each->time), Number::ofReal(totalTime_));
      Pixel at = pixelOf(texts, each->intensity(), each->rate());
      auto place = places.find(label, at.x, at.y, radiusOf(*each));
      if (!place) continue;
      rows.push_back({{"intensity", each->intensity()},
                      {"flops_per_s", each->rate()},
                      {"label", label},
                      {"align", place->align()},
                      {"down", place->down}});
    }
    return rows;
  }

  /// The last two parts of an id.
  static std::string nameOf(const std::string &id) {
    size_t dot = id.rfind('.');
    if (dot != std::string::npos && dot > 0) dot = id.rfind('.', dot - 1);
    return shortText(dot == std::string::npos ? id : id.substr(dot + 1), 40);
  }

  Json points() const {
    Json rows = Json::array();
    for (const Operator *each : byTime()) // small ones lie on top of large ones
      rows.push_back({{"id", shortText(each->row->id)},
                      {"category", each->category},
                      {"unit", each->tensor ? "tensor" : "vector"},
                      {"intensity", each->intensity()},
                      {"flops_per_s", each->rate()},
                      {"time_share", each->time / totalTime_}});
    return rows;
  }

  /// From the left along the memory's slope to the ridge, then flat; the label stands at one end of that.
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
      std::string label = roof.unit + " " + formatSi(Number::ofReal(roof.flopsPerSecond), "FLOP/s");
      bool atRidge = roof.unit == "tensor"; // to its right stand the names of operators
      if (ridge > left) add(roof, left, left * bandwidth_, nullptr);
      ridge = std::max(ridge, left);
      add(roof, ridge, roof.flopsPerSecond, atRidge ? Json(label) : Json(nullptr));
      add(roof, right, roof.flopsPerSecond, atRidge ? Json(nullptr) : Json(label));
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

} // namespace

std::optional<Figure> rooflineOf(const Report &report, std::string &error) { return Roofline(report).make(error); }

} // namespace mdl::tool
