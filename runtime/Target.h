//===- Target.h - What a job runs on, in words and numbers ------*- C++ -*-===//
// What results say of precision, device and utilisation: plain data, made by the
// compiler's driver, printed by every renderer, never computed with.
//===----------------------------------------------------------------------===//
#pragma once
#include "numeric/Int.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mdl::runtime {

/// Formats of one stage, in words.
struct StagePrecision {
  std::string stage;   ///< Empty for what holds where nothing else is said
  std::string compute; ///< `fp16`, `bf16 (position fp64)`
  std::string storage; ///< `16`, `weights 32, activations 16 to 32`
};

/// The one line that every output carries, and what it is made of.
struct PrecisionInfo {
  std::string name, title;
  std::string compute, storage; ///< Of the whole job: the CSV columns `compute_precision` and `storage_bits`
  std::vector<StagePrecision> stages;
  std::vector<std::string> overrides; ///< `precision.compute=fp8`
  /// `Precision: compute fp16, storage 16 bit`
  std::string line() const;
};

/// Where a number of a device is from: `datasheet`, `measured`, `derived` or `assumed`.
struct Evidence {
  std::string field, kind, source, date;
};

struct DeviceInfo {
  std::string name, asked, title, vendor; ///< `asked` is what the user wrote: an alias, perhaps
  std::optional<Int> memory;              ///< B; absent where it is not known
  double bandwidth = 0, vectorPeak = 0, launch = 0;
  std::vector<std::pair<std::string, double>> peaks, sparsePeaks;  ///< FLOP/s by format
  std::optional<double> link, linkLatency, hostLink, power, price; ///< B/s, s, B/s, W, USD/s
  bool provisional = false;
  std::vector<Evidence> evidence;
};

/// What a utilisation says that was fitted to measurements.
struct FittedInfo {
  double tensor = 1, link = 1, launch = 0;             ///< `tensor` is what is expected; `launch` in s
  std::vector<std::pair<std::string, double>> classes; ///< Rows of classes of operators
  std::vector<std::string> evidence;                   ///< The devices that were measured
  bool saw(const std::string &device) const;
};

struct UtilisationInfo {
  std::string name, title;
  double tensorLow = 1, tensorHigh = 1, vector = 1, memory = 1;
  bool ofDevice = false; ///< The profile has a row for this device
  std::optional<FittedInfo> fitted;
};

/// Where the weights of a stage are: for the whole job, while the stage runs, or on the host, where it then runs.
enum class Placement : uint8_t { Resident, Offloaded, Host };
struct ResidencyInfo {
  std::string name, title;
  Placement others = Placement::Resident;
  std::vector<std::pair<std::string, Placement>> place; ///< By stage, or by what is resident
  Placement of(const std::string &stage, const std::string &resident) const;
};

/// A model that devices share: all numbers are those of one of them.
struct ShardingInfo {
  std::string name; ///< `cfg2*ulysses4`
  Int devices = 1;
  std::vector<std::string> rules; ///< Of each mesh axis
};

struct Target {
  std::optional<ShardingInfo> sharding;
  PrecisionInfo precision;
  ResidencyInfo residency;
  std::optional<DeviceInfo> device;
  std::optional<UtilisationInfo> chosen, optimistic, measured;
  bool overlapWhole = false;
};

} // namespace mdl::runtime
