//===- SizingFigures.cpp - Pictures of sizing runs ------------------------===//
#include "SizingFigures.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

constexpr const char *kRequests = "requests at once (batch size)";

/// What all series have in common, below the title.
std::vector<std::string> conditionsOf(const std::vector<Series> &series) {
  const Scenario &first = series.front().scenario;
  auto shared = [&](auto valueOf) {
    return std::ranges::all_of(series, [&](const Series &each) { return valueOf(each.scenario) == valueOf(first); });
  };
  std::vector<std::string> lines = {first.run->metadata()["model"].get<std::string>(),
                                    "first-order analytic estimate, not a measurement"};
  if (std::string workload = first.text("workload");
      !workload.empty() && shared([](const Scenario &each) { return each.text("workload"); }))
    lines[0] += ", " + workload;
  lines[0] += fmt::format(" · {} of {} devices · {}", first.text("model_mode"), first.devices(),
                          first.run->metadata()["strategy"]["title"].get<std::string>());
  if (shared([](const Scenario &each) { return each.precision()["line"]; }))
    lines[0] += " · " + first.precision()["line"].get<std::string>();
  return lines;
}

Json textsOf(const std::vector<Series> &series, const SizingCaption &caption) {
  Json texts = titled(caption.title, conditionsOf(series));
  texts["x_title"] = kRequests, texts["legend"] = legendOf(series.size(), caption.legend);
  return texts;
}

/// `text`, once for all that share it.
std::string nameOf(const Series &series) { return shortText(series.name, 40); }

double widened(double value, double by) { return value * by; }

/// Four significant digits without an exponent.
std::string digits(double value) {
  if (value == 0) return "0";
  int before = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return fmt::format("{:.{}f}", value, std::max(0, 4 - before));
}

Figure bars(const std::vector<Series> &series, const SizingCaption &caption, const std::string &unit,
            double (*valueOf)(const Scenario &, const char *), const char *key) {
  Json rows = Json::array();
  double most = 0;
  for (const Series &each : series) {
    double value = valueOf(each.scenario, key);
    most = std::max(most, value);
    rows.push_back({{"name", nameOf(each)}, {"value", value}, {"label", digits(value)}});
  }
  Json texts = textsOf(series, caption);
  texts["x_title"] = unit, texts["domain"] = {0, widened(most, 1.2)};
  return {caption.name, "bars", std::move(texts), {{"bars", std::move(rows)}}, caption.title};
}

} // namespace

std::vector<Series> namedSeries(const std::vector<Scenario> &scenarios) {
  std::vector<std::vector<std::string>> parts;
  for (const Scenario &each : scenarios)
    parts.push_back({each.label(), each.text("workload"), each.text("model_mode"), each.text("util_profile")});
  std::vector<Series> series;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    std::vector<std::string> name;
    for (size_t k = 0; k < parts[i].size(); ++k)
      if (std::ranges::any_of(parts, [&](const auto &other) { return other[k] != parts[0][k]; }))
        name.push_back(parts[i][k]);
    series.push_back({scenarios[i], name.empty() ? parts[i][0] : fmt::format("{}", fmt::join(name, ", "))});
  }
  return series;
}

Figure throughputOf(const std::vector<Series> &series, const SizingCaption &caption) {
  Json rows = Json::array();
  for (const Series &each : series)
    for (const Json *row : each.scenario.rows)
      rows.push_back({{"series", nameOf(each)}, {"x", (*row)["batch_size"]}, {"y", (*row)["requests_per_s"]}});
  Json texts = textsOf(series, caption);
  const Scenario &first = series.front().scenario;
  texts["y_title"] = fmt::format("throughput of all devices ({}/s)", first.request());
  texts["x_scale"] = "linear", texts["y_scale"] = "linear", texts["y_zero"] = true, texts["x_nice"] = false,
  texts["x_step"] = 1;
  return {caption.name, "curve", std::move(texts), {{"points", std::move(rows)}}, caption.title};
}

Figure usedRatesOf(const std::vector<Series> &series, const SizingCaption &caption) {
  Json rows = Json::array();
  const std::pair<const char *, const char *> resources[] = {{"tensor", "tensor units"},
                                                             {"memory", "memory bandwidth"}};
  for (auto [resource, title] : resources)
    for (const Series &each : series)
      for (const Json *row : each.scenario.rows)
        rows.push_back({{"series", nameOf(each)},
                        {"resource", title},
                        {"x", (*row)["batch_size"]},
                        {"share", each.scenario.reachedOf(resource, *row)}});
  Json texts = textsOf(series, caption);
  texts["y_title"] = "used, of the peaks of all devices";
  return {caption.name, "rates", std::move(texts), {{"points", std::move(rows)}}, caption.title};
}

Figure gapOf(const std::vector<Series> &series, const SizingCaption &caption) {
  Json rows = Json::array();
  double least = 1, most = 1;
  for (const Series &each : series)
    for (const std::string &resource : resourcesOf(each.scenario)) {
      double times = each.scenario.number(("required_" + resource + "_vs_peak").c_str());
      least = std::min(least, times), most = std::max(most, times);
      rows.push_back({{"series", nameOf(each)},
                      {"resource", resource},
                      {"times", times},
                      {"label", digits(times) + "×"},
                      {"dominant", each.scenario.text("dominant_gap_resource") == resource}});
    }
  Json texts = textsOf(series, caption);
  Json names = Json::array();
  for (const Series &each : series) names.push_back(nameOf(each));
  texts["series"] = std::move(names);
  double floor = widened(least, 0.5);
  texts["floor"] = floor, texts["domain"] = {floor, widened(most, 6)};
  return {caption.name, "gap", std::move(texts), {{"needs", std::move(rows)}}, caption.title};
}

Figure barsOf(const std::vector<Series> &series, const SizingCaption &caption, const char *key,
              const std::string &unit) {
  return bars(series, caption, unit, [](const Scenario &of, const char *name) { return of.number(name); }, key);
}

Figure averageTimesOf(const std::vector<Series> &series, const SizingCaption &caption) {
  auto average = [](const Scenario &of, const char *key) { return numberOf(of.best()[key]); };
  std::string request = series.front().scenario.request();
  return bars(series, caption, fmt::format("average time at the best throughput of all devices (s/{})", request),
              average, "s_per_request");
}

std::vector<Figure> figuresOf(const std::shared_ptr<const SizingRun> &run) {
  std::vector<Figure> figures;
  std::vector<std::string> modes;
  for (const Json &summary : run->json["summaries"])
    if (std::string mode = summary["model_mode"]; std::ranges::find(modes, mode) == modes.end()) modes.push_back(mode);
  for (const std::string &mode : modes) {
    std::vector<Series> series = namedSeries(scenariosOf(run, {"", mode, ""}));
    const Scenario &first = series.front().scenario;
    std::string plain = plainFileName(mode), many = fmt::format("{}_{}gpu_", plain, first.devices()),
                device = first.device()["title"];
    std::string legend;
    figures.push_back(throughputOf(series, {many + "throughput", "Throughput on " + device, legend}));
    figures.push_back(usedRatesOf(series, {many + "used_rates", "Used rates on " + device, legend}));
    figures.push_back(
        gapOf(series, {plain + "_1s_sla_sizing", "One request in one second: what it takes of " + device, legend}));
  }
  return figures;
}

} // namespace mdl::tool
