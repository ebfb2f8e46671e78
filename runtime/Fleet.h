//===- Fleet.h - A job on several devices, a point at a time ----*- C++ -*-===//
// Quantities are data like strategies: rules of `.mdl` files, compiled into a small
// Program each, that say what a point comes to: throughput, time to the first token,
// cost. A fleet is one job on any number of devices of one kind under one strategy.
//===----------------------------------------------------------------------===//
#pragma once
#include "Sizing.h"

namespace mdl::runtime {

/// What a quantity is about: what stands in the way of more of it.
enum class Concern : uint8_t { Count, Time, Budget };

struct Quantity {
  std::string name, title, unit; ///< What the number counts, as it is printed
  Concern about = Concern::Count;
  std::string missing;                           ///< Why the model has no such number; empty: it has
  Program program;                               ///< Its one total is the value
  std::vector<StrategyField> inputs, parameters; ///< Parallel to the program's
  bool isPriced() const;                         ///< It takes the price of a device
};

/// What single points are made from. `request` has one job, whose mode 0 are all stages and whose other modes are one
/// stage each, by its name.
struct FleetRequest {
  const SizingRequest *request = nullptr;
  const std::vector<Quantity> *quantities = nullptr;
  std::optional<double> price; ///< USD/hour, of one device
};

/// A point: what a row of a sizing run has, and the quantities.
struct FleetPoint {
  SizingRow row;
  std::vector<Number> quantities; ///< Absent where there is no value, as of a stage that does not run
};

/// Evaluates points. The request outlives it; a point lives until the next one.
class Fleet {
public:
  explicit Fleet(const FleetRequest &request);
  const FleetRequest &request() const { return request_; }

  /// So many of the divided input (of `inputs`, which are the job's) on so many devices. Nullopt: why, in `error`.
  std::optional<FleetPoint> at(const std::vector<Int> &inputs, Int amount, Int devices, ReportError &error);
  /// Warnings and extrapolations of the largest share of a point.
  Sizer::Notes notes(const FleetPoint &point) { return sizer_.notes(0, point.row.largest); }

  /// The resource that takes longest at a point: of the longest of the stages that a quantity is made of, else of the job.
  std::string bottleneck(const Quantity &quantity, const FleetPoint &point);

private:
  size_t modeOf(const StrategyField &field) const;
  std::optional<double> parameter(const StrategyField &field, const SizingRow &row);
  Number value(size_t quantity, const std::vector<Int> &inputs, const SizingRow &row);

  FleetRequest request_;
  Sizer sizer_;
  std::vector<Evaluator> evaluators_;            ///< By quantity
  std::vector<std::optional<double>> latencies_; ///< By mode, of the point that is being made
};

} // namespace mdl::runtime
