//===- BundleData.cpp - The one set of numbers of a bundle ----------------===//
#include "BundleData.h"
#include "compiler/driver/SourceNames.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

const Json &workloadOf(const Scenario &scenario) {
  for (const Json &each : scenario.run->metadata()["workloads"])
    if (each["name"] == (*scenario.summary)["workload"]) return each;
  return scenario.run->metadata()["workloads"].front();
}

/// `Wan2.1-T2V-14B` of `Wan2.1-T2V-14B: text to video.`; the pipeline's name where there is no title.
std::string shortTitle(const Json &metadata) {
  std::string title = metadata.value("title", "");
  title = title.substr(0, title.find(": "));
  while (title.ends_with('.')) title.pop_back();
  return title.empty() ? metadata["model"].get<std::string>() : title;
}

//===--- A scenario -----------------------------------------------------------------------===//

/// The fields of a device by what they rest on.
Json evidenceOf(const Json &device) {
  Json kinds = {{"datasheet", Json::array()},
                {"measured", Json::array()},
                {"derived", Json::array()},
                {"assumed", Json::array()}};
  for (const Json &each : device.value("evidence", Json::array()))
    if (kinds.contains(each["kind"])) kinds[each["kind"].get<std::string>()].push_back(each["field"]);
  return kinds;
}

Json deviceOf(const Scenario &scenario) {
  const Json &device = scenario.device();
  Json evidence = evidenceOf(device);
  Json made = {{"selector", device["asked"]},
               {"name", device["name"]},
               {"title", device["title"]},
               {"provisional", device["provisional"]},
               {"memory_bytes", device["memory_bytes"]},
               {"bandwidth_bytes_per_s", device["bandwidth_bytes_per_s"]},
               {"link_bytes_per_s", device["link_bytes_per_s"]}};
  made["has_memory"] = !device["memory_bytes"].is_null(), made["has_link"] = !device["link_bytes_per_s"].is_null();
  for (const char *kind : {"datasheet", "measured", "derived", "assumed"}) {
    made[kind] = evidence[kind];
    made[std::string("has_") + kind] = !evidence[kind].empty();
    made[std::string(kind) + "_count"] = evidence[kind].size();
  }
  return made;
}

Json precisionOf(const Scenario &scenario) {
  const Json &precision = scenario.precision();
  return {{"name", precision["name"]},
          {"title", precision["title"]},
          {"compute_precision", precision["compute_precision"]},
          {"storage_bits", precision["storage_bits"]},
          {"line", precision["line"]}};
}

/// What each resource has, what one request in a second would take of it, and what is used at the best throughput.
Json resourcesJson(const Scenario &scenario) {
  Json list = Json::array();
  double devices = static_cast<double>(scenario.devices());
  for (const std::string &resource : resourcesOf(scenario)) {
    double peak = scenario.peakOf(resource);
    list.push_back({{"resource", resource},
                    {"is_memory", resource == "memory"},
                    {"is_dominant", scenario.text("dominant_gap_resource") == resource},
                    {"peak_per_s_per_device", peak / devices},
                    {"peak_per_s", peak},
                    {"required_per_s", scenario.number(("required_" + resource + "_per_s").c_str())},
                    {"required_vs_peak", scenario.number(("required_" + resource + "_vs_peak").c_str())},
                    {"used_per_s_at_peak_throughput", numberOf(scenario.best()[usedColumnOf(resource)])},
                    {"used_vs_peak_at_peak_throughput", scenario.reachedOf(resource, scenario.best())}});
  }
  return list;
}

/// The stages of the mode at one request, with their parts of the whole.
Json stagesJson(const Scenario &scenario) {
  const Json &metadata = scenario.run->metadata();
  const Json &all = scenario.run->json["stage_breakdown"][scenario.text("workload")];
  Json names = Json::array();
  for (const Json &mode : metadata["modes"])
    if (mode["name"] == (*scenario.summary)["model_mode"]) names = mode["stages"];
  double flops = 0, bytes = 0, time = 0;
  Json list = Json::array();
  auto of = [&](const Json &stage, const char *key) { return stage.contains(key) ? numberOf(stage[key]) : 0; };
  for (const Json &name : names) {
    const Json &stage = all[name.get<std::string>()];
    double moved = of(stage, "bytes_read") + of(stage, "bytes_written"), calls = std::max(1.0, of(stage, "calls"));
    list.push_back({{"stage", name},
                    {"calls", stage.value("calls", Json(1))},
                    {"flops_tensor", stage.value("flops_tensor", Json(0))},
                    {"bytes_moved", moved},
                    {"time_s", of(stage, "time_s")},
                    {"runs_often", calls > 1},
                    {"flops_tensor_per_call", of(stage, "flops_tensor") / calls},
                    {"bytes_moved_per_call", moved / calls},
                    {"time_s_per_call", of(stage, "time_s") / calls}});
    flops += of(stage, "flops_tensor"), bytes += moved, time += of(stage, "time_s");
  }
  auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0; };
  for (size_t i = 0; i < list.size(); ++i)
    list[i]["index"] = i + 1, list[i]["next"] = i + 2, list[i]["is_last"] = i + 1 == list.size();
  for (Json &each : list) {
    each["flops_share"] = share(numberOf(each["flops_tensor"]), flops);
    each["bytes_share"] = share(numberOf(each["bytes_moved"]), bytes);
    each["time_share"] = share(numberOf(each["time_s"]), time);
  }
  return {{"list", std::move(list)}, {"flops_tensor", flops}, {"bytes_moved", bytes}, {"time_s", time}};
}

/// A row of the batch sweep. The last two are the rates that balance: what the memory would move while the tensor units
/// work, and the other way round.
Json rowJson(const Json &row) {
  double flops = numberOf(row["flops_tensor"]), bytes = numberOf(row["bytes_moved"]);
  double tensor = numberOf(row["tensor_cost_s"]), memory = numberOf(row["io_cost_s"]);
  Json made;
  for (const char *key :
       {"batch_size", "effective_gpus", "total_cost_s", "s_per_request", "requests_per_s", "used_tensor_flops_per_s",
        "used_memory_bytes_per_s", "bottleneck", "memory_bytes_per_device", "fits"})
    made[key] = row.value(key, Json());
  for (const char *rate : {"used_tensor_flops_per_s", "used_memory_bytes_per_s"})
    if (made[rate].is_number()) made[rate] = numberOf(made[rate]); // a real, whatever its digits look like
  made["compute_max_memio_bytes_per_s"] = tensor > 0 ? Json(bytes / tensor) : Json();
  made["memio_max_compute_flops_per_s"] = memory > 0 ? Json(flops / memory) : Json();
  made["fits_is_known"] = !made["fits"].is_null();
  return made;
}

/// The name of the part of a document that people fill for a scenario: `notes_h20_96gb_fp8`.
std::string regionOf(const Scenario &scenario) {
  std::string name = "notes_" + scenario.id();
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

Json scenarioJson(const Scenario &scenario) {
  const Json &best = scenario.best();
  Json made = {{"scenario_id", scenario.id()},
               {"scenario_label", scenario.label()},
               {"run_id", scenario.run->runId()},
               {"device", deviceOf(scenario)},
               {"precision", precisionOf(scenario)},
               {"primary_bottleneck", scenario.text("primary_bottleneck")},
               {"latency_batch1_s", scenario.number("latency_batch1_s")},
               {"peak_requests_per_s", scenario.number("peak_requests_per_s")},
               {"peak_batch_size", (*scenario.summary)["peak_batch_size"]},
               {"peak_fits", (*scenario.summary)["peak_fits"]},
               {"avg_s_per_request", best["s_per_request"]},
               {"saturation_batch_size", (*scenario.summary)["saturation_batch_size"]},
               {"dominant_gap_resource", scenario.text("dominant_gap_resource")},
               {"required_dominant_vs_peak", scenario.number("required_dominant_vs_peak")}};
  made["dominant_is_memory"] = made["dominant_gap_resource"] == "memory";
  made["resources"] = resourcesJson(scenario), made["stages"] = stagesJson(scenario);
  const Json &first = *scenario.rows.front();
  made["memory_bytes_per_device"] = first["memory_bytes_per_device"];
  made["memory_is_known"] = !first["memory_bytes_per_device"].is_null();
  made["fits"] = first["fits"], made["fits_is_known"] = !first["fits"].is_null();
  made["rows"] = Json::array();
  for (const Json *row : scenario.rows) made["rows"].push_back(rowJson(*row));
  return made;
}

//===--- All of them -----------------------------------------------------------------------===//

/// Each by latency, with how many times as fast as the slowest it is.
Json rankingJson(const Json &scenarios) {
  std::vector<const Json *> order;
  for (const Json &each : scenarios) order.push_back(&each);
  auto latency = [](const Json *of) { return numberOf((*of)["latency_batch1_s"]); };
  std::ranges::stable_sort(order, [&](const Json *a, const Json *b) { return latency(a) < latency(b); });
  Json list = Json::array();
  for (const Json *each : order)
    list.push_back({{"scenario_label", (*each)["scenario_label"]},
                    {"latency_batch1_s", latency(each)},
                    {"avg_s_per_request", (*each)["avg_s_per_request"]},
                    {"primary_bottleneck", (*each)["primary_bottleneck"]},
                    {"times_as_fast", latency(order.back()) / latency(each)},
                    {"is_slowest", each == order.back()}});
  return list;
}

/// Each value of a field once, in order.
Json distinct(const Json &scenarios, const Json::json_pointer &field) {
  Json values = Json::array();
  for (const Json &each : scenarios)
    if (std::ranges::find(values, each[field]) == values.end()) values.push_back(each[field]);
  return values;
}

constexpr const char *kKinds[] = {"detailed", "per-device-detailed", "selected-summary"};

void addSelection(Json &data, const BundleRequest &request, const std::vector<Scenario> &scenarios) {
  std::string preset;
  for (const std::string &device : request.except) preset += (preset.empty() ? "all-except-" : "-") + device;
  data["selection"] = {{"mode", preset.empty() ? "explicit" : "preset"},
                       {"preset_name", preset.empty() ? Json() : Json(preset)}};
  data["scenario_order"] = request.givenOrder ? "given" : "device, then more bits first";
  data["selected_scenario_ids"] = Json::array(), data["source_run_ids"] = Json::object(),
  data["sources"] = Json::array();
  for (const Scenario &each : scenarios) {
    data["selected_scenario_ids"].push_back(each.id());
    data["source_run_ids"][each.id()] = each.run->runId();
    data["sources"].push_back(
        {{"scenario_id", each.id()}, {"run_id", each.run->runId()}, {"sha256", each.run->sha256}});
  }
}

/// What all scenarios have one of, from the first.
void addShared(Json &data, const Scenario &first) {
  const Json &metadata = first.run->metadata(), &workload = workloadOf(first);
  data["model"] = metadata["model"], data["title"] = metadata["title"], data["model_title"] = shortTitle(metadata);
  data["request"] = first.request();
  Json &inputs = data["input_struct"] = {
      {"workload", workload["name"]}, {"title", workload["title"]}, {"inputs", workload["inputs"]}};
  inputs["has_title"] = !workload["title"].get<std::string>().empty();
  inputs["list"] = Json::array();
  for (const auto &[name, value] : workload["inputs"].items())
    inputs["list"].push_back({{"name", name}, {"value", value.is_string() ? value : Json(value.dump())}});
  inputs["notes"] = workload["notes"], inputs["has_notes"] = !workload["notes"].empty();
  data["model_mode"] = first.text("model_mode"), data["util_profile"] = first.text("util_profile");
  data["device_num"] = first.devices();
  data["batch_sizes"] = {{"first", first.rows.front()->at("batch_size")},
                         {"last", first.rows.back()->at("batch_size")}};
  data["strategy"] = metadata["strategy"];
  data["sharding"] = metadata.value("sharding", Json()), data["has_sharding"] = !data["sharding"].is_null();
  data["conventions"] = {{"flops", metadata["conventions"]["flops"]},
                         {"traffic", metadata["conventions"]["traffic"]},
                         {"overlap", metadata.value("overlap", Json())},
                         {"residency", metadata.value("residency", Json())}};
  data["conventions"]["overlap_is_whole"] = data["conventions"]["overlap"] == "whole";
  data["assumptions"] = metadata.value("assumptions", Json::array());
  data["not_modelled"] = metadata.value("not_modelled", Json::array()),
  data["has_not_modelled"] = !data["not_modelled"].empty();
}

} // namespace

Json bundleData(const BundleRequest &request, const BundleName &name, const std::vector<Scenario> &scenarios) {
  Json data = {{"schema", "mdlc.bundle/1"},
               {"bundle_kind", kKinds[static_cast<size_t>(request.kind)]},
               {"bundle_id", name.id},
               {"date", name.date},
               {"tool", name.tool}};
  data["is_detailed"] = request.kind == BundleKind::Detailed,
  data["is_per_device"] = request.kind == BundleKind::PerDevice;
  data["is_selected"] = request.kind == BundleKind::Selected;
  addShared(data, scenarios.front());
  addSelection(data, request, scenarios);
  Json list = Json::array();
  constexpr size_t kSectionsBefore = 2;
  for (const Scenario &each : scenarios) {
    list.push_back(scenarioJson(each));
    std::string precision = list.back()["precision"]["name"];
    bool isNew = std::ranges::none_of(list.begin(), list.end() - 1,
                                      [&](const Json &other) { return other["precision"]["name"] == precision; });
    list.back()["is_first"] = list.size() == 1, list.back()["shows_stages"] = isNew;
    list.back()["region"] = regionOf(each);
    list.back()["section"] = kSectionsBefore + list.size();
  }
  data["conclusions_section"] = kSectionsBefore + 1 + list.size();
  data["devices"] = distinct(list, "/device/name"_json_pointer),
  data["device_titles"] = distinct(list, "/device/title"_json_pointer);
  data["precisions"] = distinct(list, "/precision/name"_json_pointer);
  data["one_precision"] = data["precisions"].size() == 1, data["precision"] = list[0]["precision"];
  data["scenario_labels"] = distinct(list, "/scenario_label"_json_pointer);
  data["provisional_devices"] = Json::array();
  for (const Json &each : list)
    if (each["device"]["provisional"] == true &&
        std::ranges::find(data["provisional_devices"], each["device"]["title"]) == data["provisional_devices"].end())
      data["provisional_devices"].push_back(each["device"]["title"]);
  data["has_provisional"] = !data["provisional_devices"].empty();
  data["ranking"] = rankingJson(list);
  data["scenarios"] = std::move(list);
  return data;
}

runtime::SizingTable comparisonTable(const Json &data) {
  using runtime::Cell;
  runtime::SizingTable table;
  for (const Json &scenario : data["scenarios"]) {
    std::vector<Cell> &row = table.rows.emplace_back();
    bool first = table.rows.size() == 1;
    auto put = [&](const std::string &column, const Json &value) {
      if (first) table.columns.push_back(column);
      if (value.is_null()) row.emplace_back();
      else if (value.is_boolean()) row.push_back(Cell::ofTruth(value));
      else if (value.is_number_integer()) row.push_back(Cell::of(Int(value.get<int64_t>())));
      else if (value.is_number()) row.push_back(Cell::of(value.get<double>()));
      else row.push_back(Cell::of(value.get<std::string>()));
    };
    for (const char *key : {"scenario_id", "scenario_label", "run_id"}) put(key, scenario[key]);
    put("device_selector", scenario["device"]["selector"]), put("device_name", scenario["device"]["title"]);
    put("device_provisional", scenario["device"]["provisional"]);
    put("precision", scenario["precision"]["name"]);
    put("compute_precision", scenario["precision"]["compute_precision"]),
        put("storage_bits", scenario["precision"]["storage_bits"]);
    put("workload", data["input_struct"]["workload"]);
    for (const auto &[name, value] : data["input_struct"]["inputs"].items()) put("workload_" + name, value);
    for (const char *key : {"model_mode", "util_profile"}) put(key, data[key]);
    put("strategy", data["strategy"]["name"]), put("device_num", data["device_num"]);
    put("sharding", data["has_sharding"] ? data["sharding"]["name"] : Json());
    for (const char *key : {"primary_bottleneck", "latency_batch1_s", "peak_requests_per_s", "avg_s_per_request",
                            "peak_batch_size", "peak_fits", "saturation_batch_size", "memory_bytes_per_device", "fits"})
      put(key, scenario[key]);
    for (const char *name : {"tensor", "vector", "memory"}) {
      const Json *of = nullptr;
      for (const Json &each : scenario["resources"])
        if (each["resource"] == name) of = &each;
      auto field = [&](const char *key) { return of ? of->at(key) : Json(); };
      std::string resource = name;
      put("required_" + resource + "_per_s", field("required_per_s"));
      put(resource + "_peak_per_s", field("peak_per_s"));
      put("required_" + resource + "_vs_peak", field("required_vs_peak"));
      put("used_" + resource + "_vs_peak_at_peak_throughput", field("used_vs_peak_at_peak_throughput"));
    }
    put("dominant_gap_resource", scenario["dominant_gap_resource"]);
    put("required_dominant_vs_peak", scenario["required_dominant_vs_peak"]);
  }
  return table;
}

} // namespace mdl::tool
