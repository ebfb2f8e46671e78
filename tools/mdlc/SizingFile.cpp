//===- SizingFile.cpp - A saved sizing run, read back ---------------------===//
#include "SizingFile.h"
#include "compiler/driver/SourceNames.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr const char *kSchema = "mdlc.size/1";

/// What the code below takes for granted; a file that was changed by hand may lack it.
bool hasAll(const Json &json) {
  if (!json.contains("metadata") || !json.contains("summaries") || !json.contains("rows")) return false;
  const Json &metadata = json["metadata"];
  for (const char *key : {"run_id", "model", "strategy", "precision", "device", "workloads", "modes", "conventions"})
    if (!metadata.contains(key)) return false;
  for (const Json &each : json["summaries"])
    for (const char *key : {"workload", "model_mode", "util_profile", "device_num", "primary_bottleneck",
                            "peak_batch_size", "latency_batch1_s", "peak_requests_per_s", "saturation_batch_size"})
      if (!each.contains(key)) return false;
  return !json["summaries"].empty();
}

bool fits(const std::string &asked, const Json &value) { return asked.empty() || value == asked; }

} // namespace

double numberOf(const Json &value) {
  if (value.is_string()) return std::strtod(value.get_ref<const std::string &>().c_str(), nullptr);
  return value.is_number() ? value.get<double>() : 0;
}

std::shared_ptr<const SizingRun> readSizingRun(const std::string &path, std::string &error) {
  std::error_code ignored;
  fs::path file = fs::is_directory(path, ignored) ? fs::path(path) / "results.json" : fs::path(path);
  auto fail = [&](const std::string &why) { return error = fmt::format("`{}`: {}", file.string(), why), nullptr; };
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail("no results of a sizing run can be read there; `mdlc size` writes results.json");
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  auto run = std::make_shared<SizingRun>();
  run->path = file.lexically_normal().string(), run->sha256 = driver::sha256(text);
  try {
    run->json = Json::parse(text);
    if (!run->json.is_object() || run->json.value("schema", "") != kSchema)
      return fail(fmt::format("this is no result of a sizing run, whose schema is `{}`", kSchema));
    if (run->json.contains("row_schema"))
      return fail("its rows have the columns of `" + run->json["row_schema"].get<std::string>() +
                  "`; make the run without --schema");
    if (!hasAll(run->json)) return fail("parts of the result are missing; make the run again");
  } catch (const Json::exception &) {
    return fail("this is no JSON of a sizing run");
  }
  return run;
}

std::vector<std::string> resultsAt(const std::string &path) {
  std::error_code ignored;
  std::vector<std::string> found;
  for (const fs::directory_entry &family : fs::directory_iterator(fs::path(path) / "sizing", ignored))
    for (const fs::directory_entry &device : fs::directory_iterator(family, ignored))
      if (fs::path file = device.path() / "results.json"; fs::exists(file, ignored)) found.push_back(file.string());
  std::ranges::sort(found);
  return found.empty() ? std::vector{path} : found;
}

std::vector<Scenario> scenariosOf(const std::shared_ptr<const SizingRun> &run, const SizingChoice &choice) {
  std::vector<Scenario> found;
  for (const Json &summary : run->json["summaries"]) {
    if (!fits(choice.workload, summary["workload"]) || !fits(choice.mode, summary["model_mode"]) ||
        !fits(choice.utilisation, summary["util_profile"]))
      continue;
    Scenario made{run, &summary, {}};
    for (const Json &row : run->json["rows"])
      if (row["workload"] == summary["workload"] && row["model_mode"] == summary["model_mode"] &&
          row["util_profile"] == summary["util_profile"] && row["device_num"] == summary["device_num"])
        made.rows.push_back(&row);
    found.push_back(std::move(made));
  }
  return found;
}

double Scenario::peakOf(const std::string &resource) const {
  std::string needed = "required_" + resource + "_per_s", over = "required_" + resource + "_vs_peak";
  if (!summary->contains(needed) || numberOf((*summary)[over]) <= 0) return 0;
  double quotient = numberOf((*summary)[needed]) / numberOf((*summary)[over]);
  // The device's own number where it is that to rounding.
  constexpr double kRounding = 1e-12;
  std::vector<double> own = {numberOf(device()["bandwidth_bytes_per_s"]),
                             numberOf(device()["vector_peak_flops_per_s"])};
  for (const Json &peak : device()["dense_peaks_flops_per_s"]) own.push_back(numberOf(peak));
  for (double each : own)
    if (double all = each * static_cast<double>(devices()); std::abs(all / quotient - 1) < kRounding) return all;
  return quotient;
}

double Scenario::reachedOf(const std::string &resource, const Json &row) const {
  double peak = peakOf(resource);
  return peak > 0 ? numberOf(row[usedColumnOf(resource)]) / peak : 0;
}

const Json &Scenario::best() const {
  for (const Json *row : rows)
    if ((*row)["batch_size"] == (*summary)["peak_batch_size"]) return *row;
  return *rows.front();
}

std::string Scenario::id() const {
  return device()["name"].get<std::string>() + "-" + precision()["name"].get<std::string>();
}
std::string Scenario::label() const {
  return device()["title"].get<std::string>() + " " + precision()["name"].get<std::string>();
}

std::vector<std::string> resourcesOf(const Scenario &scenario) {
  std::vector<std::string> names;
  for (const char *name : {"tensor", "vector", "memory"})
    if (scenario.peakOf(name) > 0) names.emplace_back(name);
  return names;
}

std::string usedColumnOf(const std::string &resource) {
  return resource == "memory" ? "used_memory_bytes_per_s" : "used_" + resource + "_flops_per_s";
}

} // namespace mdl::tool
