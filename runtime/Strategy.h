//===- Strategy.h - How several devices share a job -------------*- C++ -*-===//
// A strategy is data: its rules were written in a `.mdl` file and are compiled
// into a small Program. Its inputs are the amount of what is divided, the number
// of devices, and inputs of the job; its parameters are what the rules want to
// know of the largest share and of the device; its totals are the rules.
//===----------------------------------------------------------------------===//
#pragma once
#include "Evaluate.h"
#include <string>
#include <vector>

namespace mdl::runtime {

/// What an input or parameter of the rules of a strategy or quantity stands for.
struct StrategyField {
  enum class Kind : uint8_t { Batch, Devices, Link, LinkLatency, Metric, Input, Active, Latency, Price };
  Kind kind = Kind::Batch;
  std::string name;    ///< Of the metric or of the input; of the stage whose latency it is, empty for all
  std::string ofClass; ///< Metric: of operators of this class; empty: of all
  std::vector<std::string> categories; ///< Metric of a class: the categories that belong to it
};

struct Strategy {
  std::string name, title;
  std::string divides; ///< The input of the job that is divided
  std::string rule;    ///< In a sentence
  std::vector<std::string> assumptions;
  double saturation = 1;
  Program program;
  std::vector<StrategyField> inputs, parameters; ///< Parallel to the program's
  /// Positions in the program's totals.
  struct Share {
    size_t count, serves;
  };
  std::vector<Share> shares; ///< The first is the largest
  size_t active = 0, time = 0;
  std::optional<size_t> holds;
  std::vector<std::pair<std::string, size_t>> resources;
  size_t guardsOfInputs = 0; ///< So many of the program's guards, the first ones, take no parameters
};

/// How an amount is divided among devices.
struct Shares {
  Int active;                          ///< Devices with work
  std::vector<std::pair<Int, Int>> of; ///< So many, each of so much; none of 0; the first is the largest
  std::optional<Int> holds;            ///< What one device holds in its memory, when that is known
};

/// Latency, and the time of each resource, parallel to `Strategy::resources`.
struct ParallelTime {
  double total = 0;
  std::vector<double> resources;
};

/// A job on several devices, as reports say it.
struct ParallelReport {
  std::string name, title, rule; ///< Of the strategy
  std::vector<std::string> assumptions;
  std::string divided; ///< The input that is divided
  Int batch, devices, active, largest;
  double latency = 0, requestsPerSecond = 0;
  std::vector<std::pair<std::string, double>> resources, bounds; ///< Seconds
  std::string bottleneck;
  std::optional<Int> memory; ///< B that one device holds
  std::optional<bool> fits;  ///< Absent when one of the two is not known
};

/// Evaluates the rules. Keeps the strategy's address.
class StrategyRules {
public:
  explicit StrategyRules(const Strategy &strategy);
  const Strategy &strategy() const { return strategy_; }

  /// Sets an input of the job that the rules ask for, by its name.
  void setInput(std::string_view name, Int value);
  /// How `batch` is divided; nullopt when the strategy does not serve such a point, when a rule has no value, or when the
  /// largest share is nothing.
  std::optional<Shares> shares(Int batch, Int devices);
  /// The times of the division last asked for, given the parameters' values; nullopt when one is not finite.
  std::optional<ParallelTime> times(std::span<const double> parameters);
  /// Why one of these had no answer.
  const std::string &why() const { return why_; }

private:
  bool checkGuards(size_t begin, size_t end);
  std::optional<Int> count(size_t rule) const;

  const Strategy &strategy_;
  Evaluator evaluator_;
  std::vector<Int> inputs_;
  std::string why_;
};

} // namespace mdl::runtime
