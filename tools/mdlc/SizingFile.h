//===- SizingFile.h - A saved sizing run, read back -------------*- C++ -*-===//
// results.json of `mdlc size`, schema `mdlc.size/1`, and what one of its
// summaries says together with the rows that it is of.
//===----------------------------------------------------------------------===//
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mdl::tool {

using Json = nlohmann::ordered_json;

/// The value of a number, or of an integer that is written as a string since it is beyond 2^53.
double numberOf(const Json &value);

/// A run, and the file that it is from.
struct SizingRun {
  std::string path, sha256;
  Json json;
  const Json &metadata() const { return json["metadata"]; }
  std::string runId() const { return metadata()["run_id"]; }
};

/// Reads results.json, or that of a folder. Null with `error` filled: no such file, another kind of file, rows with the
/// columns of another tool.
std::shared_ptr<const SizingRun> readSizingRun(const std::string &path, std::string &error);

/// Where the results are that a path stands for: its own, or those of all devices where it is the folder of a run.
std::vector<std::string> resultsAt(const std::string &path);

/// Which summary of a run; empty: the first that there is.
struct SizingChoice {
  std::string workload, mode, utilisation;
};

/// One summary of a run with its rows: a workload, a mode and a utilisation at the largest number of devices.
struct Scenario {
  std::shared_ptr<const SizingRun> run;
  const Json *summary = nullptr;
  std::vector<const Json *> rows; ///< By batch

  std::string text(const char *key) const { return (*summary)[key]; }
  double number(const char *key) const { return numberOf((*summary)[key]); }
  const Json &device() const { return run->metadata()["device"]; }
  const Json &precision() const { return run->metadata()["precision"]; }
  int64_t devices() const { return (*summary)["device_num"]; }
  /// What a request makes: `video`.
  std::string request() const { return run->metadata().value("request", "request"); }
  /// The rate of a resource of all devices together at their peaks: FLOP/s or B/s; 0 where the run does not need it.
  double peakOf(const std::string &resource) const;
  /// What a row reaches of that peak.
  double reachedOf(const std::string &resource, const Json &row) const;
  /// The row with the best throughput.
  const Json &best() const;
  /// `h20_96gb-fp8`, `NVIDIA H20 96GB fp8`.
  std::string id() const;
  std::string label() const;
};

/// All scenarios of a run that fit a choice, in the order of the run.
std::vector<Scenario> scenariosOf(const std::shared_ptr<const SizingRun> &run, const SizingChoice &choice);

/// The resources of a summary in its order, `tensor`, `vector`, `memory`, and what the tables call a row's rate of
/// each.
std::vector<std::string> resourcesOf(const Scenario &scenario);
std::string usedColumnOf(const std::string &resource);

} // namespace mdl::tool
