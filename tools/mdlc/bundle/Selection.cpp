//===- Selection.cpp - Scenarios that may stand beside one another --------===//
#include "Selection.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

/// Something that scenarios have to have in common, as text.
struct Dimension {
  std::string name, value;
};

std::string textOf(const Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

const Json &workloadOf(const Scenario &scenario) {
  for (const Json &each : scenario.run->metadata()["workloads"])
    if (each["name"] == (*scenario.summary)["workload"]) return each;
  return scenario.run->metadata()["workloads"].front();
}

std::string batchesOf(const Scenario &scenario) {
  std::string text;
  for (const Json *row : scenario.rows) text += (text.empty() ? "" : ",") + textOf((*row)["batch_size"]);
  return text;
}

/// What every bundle has one of.
std::vector<Dimension> sharedOf(const Scenario &scenario) {
  const Json &metadata = scenario.run->metadata();
  return {{"model", textOf(metadata["model"])},
          {"workload", scenario.text("workload")},
          {"input_struct", textOf(workloadOf(scenario)["inputs"])},
          {"model_mode", scenario.text("model_mode")},
          {"util_profile", scenario.text("util_profile")},
          {"device_num", textOf((*scenario.summary)["device_num"])},
          {"batch_sizes", batchesOf(scenario)},
          {"strategy", textOf(metadata["strategy"]["name"])},
          {"sharding", textOf(metadata.value("/sharding/name"_json_pointer, Json()))},
          {"conventions.flops", textOf(metadata["conventions"]["flops"])},
          {"conventions.traffic", textOf(metadata["conventions"]["traffic"])},
          {"overlap", textOf(metadata.value("overlap", Json()))},
          {"residency", textOf(metadata.value("residency", Json()))}};
}

std::vector<Dimension> dimensionsOf(const Scenario &scenario, BundleKind kind) {
  std::vector<Dimension> all = sharedOf(scenario);
  if (kind == BundleKind::PerDevice) all.push_back({"device", textOf(scenario.device()["name"])});
  if (kind == BundleKind::Detailed)
    for (const char *key : {"name", "compute_precision", "storage_bits"})
      all.push_back({std::string("precision.") + key, textOf(scenario.precision()[key])});
  return all;
}

/// Files of the model that both runs read and that were not the same.
std::vector<std::string> changedSources(const Scenario &a, const Scenario &b) {
  auto filesOf = [](const Scenario &of) -> Json {
    return of.run->json.value("/provenance/files"_json_pointer, Json::array());
  };
  std::vector<std::string> changed;
  for (const Json &mine : filesOf(a))
    for (const Json &theirs : filesOf(b))
      if (mine["path"] == theirs["path"] && mine["sha256"] != theirs["sha256"]) changed.push_back(textOf(mine["path"]));
  return changed;
}

std::string nameOf(const Scenario &scenario) { return scenario.id() + " of run " + scenario.run->runId(); }

/// `precision.name: `fp8` in A, `fp4` in B`, one for each that differs from the first scenario.
std::vector<std::string> differences(const std::vector<Scenario> &scenarios, BundleKind kind) {
  std::vector<std::string> found;
  std::vector<Dimension> first = dimensionsOf(scenarios[0], kind);
  for (size_t i = 1; i < scenarios.size(); ++i) {
    std::vector<Dimension> other = dimensionsOf(scenarios[i], kind);
    for (size_t k = 0; k < first.size(); ++k)
      if (first[k].value != other[k].value)
        found.push_back(fmt::format("{}: `{}` in {}, `{}` in {}", first[k].name, first[k].value, nameOf(scenarios[0]),
                                    other[k].value, nameOf(scenarios[i])));
    for (const std::string &path : changedSources(scenarios[0], scenarios[i]))
      found.push_back(
          fmt::format("source {}: another text in {} than in {}", path, nameOf(scenarios[0]), nameOf(scenarios[i])));
  }
  return found;
}

/// What a mismatch means for this kind of bundle.
std::string verdict(const std::vector<std::string> &found, BundleKind kind) {
  auto begins = [](const char *name) { return [name](const std::string &each) { return each.starts_with(name); }; };
  if (kind == BundleKind::PerDevice && std::ranges::any_of(found, begins("device: ")))
    return "selected scenarios do not belong to the same device";
  if (kind == BundleKind::Detailed && std::ranges::all_of(found, begins("precision."))) return "precision mismatch";
  return "Incompatible scenario selections";
}

/// The scenario of a run, by the choice; the first of a run that has several, whose names then hold for all.
std::optional<Scenario> choose(const std::shared_ptr<const SizingRun> &run, const SizingChoice &asked,
                               SizingChoice &choice, std::string &error) {
  std::vector<Scenario> found = scenariosOf(run, choice);
  if (found.empty()) found = scenariosOf(run, asked); // then what differs is named
  if (found.empty()) {
    auto any = [](const std::string &name) { return name.empty() ? "any" : "`" + name + "`"; };
    error = fmt::format("`{}` has no rows of workload {}, mode {}, utilisation {}", run->path, any(asked.workload),
                        any(asked.mode), any(asked.utilisation));
    return std::nullopt;
  }
  choice = {found[0].text("workload"), found[0].text("model_mode"), found[0].text("util_profile")};
  if (found[0].rows.empty()) {
    error = fmt::format("`{}` has a summary without rows; make the run again", run->path);
    return std::nullopt;
  }
  return found[0];
}

/// By device, the one with more bits first.
void order(std::vector<Scenario> &scenarios) {
  auto bits = [](const Scenario &of) { return numberOf(of.rows.front()->at("storage_bits")); };
  std::ranges::stable_sort(scenarios, [&](const Scenario &a, const Scenario &b) {
    if (a.device()["name"] != b.device()["name"]) return a.device()["name"] < b.device()["name"];
    if (bits(a) != bits(b)) return bits(a) > bits(b);
    return a.precision()["name"] < b.precision()["name"];
  });
}

bool isExcept(const Scenario &scenario, const std::vector<std::string> &except) {
  return std::ranges::any_of(except, [&](const std::string &name) {
    return scenario.device()["name"] == name || scenario.device()["asked"] == name;
  });
}

} // namespace

std::vector<Scenario> select(const BundleRequest &request, std::string &error) {
  std::vector<Scenario> scenarios;
  SizingChoice choice = request.choice;
  std::vector<std::string> paths;
  for (const std::string &given : request.results)
    for (std::string &path : resultsAt(given)) paths.push_back(std::move(path));
  for (const std::string &path : paths) {
    auto run = readSizingRun(path, error);
    auto scenario = run ? choose(run, request.choice, choice, error) : std::nullopt;
    if (!scenario) return {};
    if (!isExcept(*scenario, request.except)) scenarios.push_back(std::move(*scenario));
  }
  if (scenarios.size() < 2) {
    error = fmt::format("At least 2 scenarios are required, and there {} {}: give the results of several sizing runs",
                        scenarios.size() == 1 ? "is" : "are", scenarios.size());
    return {};
  }
  if (auto found = differences(scenarios, request.kind); !found.empty()) {
    error = fmt::format("{}; these differ:\n  {}", verdict(found, request.kind), fmt::join(found, "\n  "));
    return {};
  }
  if (!request.givenOrder) order(scenarios);
  for (size_t i = 0; i < scenarios.size(); ++i)
    for (size_t k = 0; k < i; ++k)
      if (scenarios[i].id() == scenarios[k].id()) {
        error = fmt::format("{} and {} are the same scenario", nameOf(scenarios[k]), nameOf(scenarios[i]));
        return {};
      }
  return scenarios;
}

} // namespace mdl::tool
