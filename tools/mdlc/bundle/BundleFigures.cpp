//===- BundleFigures.cpp - The pictures of a bundle -----------------------===//
#include "BundleFigures.h"
#include <fmt/format.h>

namespace mdl::tool {

namespace {

/// What a picture is, for templates: `throughput`, `used_rates`, `sizing`, `gap`, `latency`, `average_time`.
Json listed(const Figure &figure, const char *kind) {
  return {{"file", figure.name}, {"kind", kind}, {"what", figure.alt}};
}

std::string titleOf(BundleKind kind, const Scenario &scenario) {
  return kind == BundleKind::Detailed ? scenario.device()["title"].get<std::string>() : scenario.label();
}

std::string fileOf(BundleKind kind, const Scenario &scenario) {
  return plainFileName(kind == BundleKind::Detailed ? scenario.device()["name"].get<std::string>() : scenario.id());
}

} // namespace

std::vector<Figure> figuresOf(BundleKind kind, const std::vector<Scenario> &scenarios, Json &data) {
  std::vector<Figure> figures;
  std::string mode = plainFileName(scenarios[0].text("model_mode"));
  std::string many = fmt::format("{}_{}gpu_", mode, scenarios[0].devices()), legend = "scenario";
  auto add = [&](Json &list, const char *what, Figure figure) {
    list.push_back(listed(figure, what));
    figures.push_back(std::move(figure));
  };
  std::vector<Series> all;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    std::string title = titleOf(kind, scenarios[i]), file = fileOf(kind, scenarios[i]);
    std::vector<Series> one = {{scenarios[i], title}};
    Json &list = data["scenarios"][i]["figures"] = Json::array();
    add(list, "throughput", throughputOf(one, {file + "_" + many + "throughput", "Throughput on " + title, ""}));
    add(list, "used_rates", usedRatesOf(one, {file + "_" + many + "used_rates", "Used rates on " + title, ""}));
    add(list, "sizing",
        gapOf(one, {file + "_" + mode + "_1s_sla_sizing", "One request in one second: what it takes of " + title, ""}));
    all.push_back(std::move(one[0]));
  }
  Json &list = data["figures"] = Json::array();
  add(list, "throughput", throughputOf(all, {many + "throughput_compare", "Throughput, scenarios side by side", ""}));
  add(list, "used_rates", usedRatesOf(all, {many + "used_rates_compare", "Used rates, scenarios side by side", ""}));
  add(list, "gap", gapOf(all, {mode + "_1s_sla_gap_compare", "One request in one second: what it takes", ""}));
  add(list, "latency",
      barsOf(all, {"comparative_batch1_latency", "Latency of one request", ""}, "latency_batch1_s",
             "latency at batch 1 (s)"));
  add(list, "average_time",
      averageTimesOf(all, {fmt::format("comparative_avg_time_per_{}", plainFileName(scenarios[0].request())),
                           "Average time at the best throughput", ""}));
  return figures;
}

} // namespace mdl::tool
