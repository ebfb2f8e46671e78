//===- Sizing.h - A grid of requests and devices ----------------*- C++ -*-===//
// Evaluates jobs at every point of a grid: workload, mode (some or all stages),
// utilisation, number of devices, number of requests. Each distinct share of work
// is evaluated once, whatever the size of the grid; what devices do together
// follows from the rules of a strategy.
//===----------------------------------------------------------------------===//
#pragma once
#include "Memory.h"
#include "Report.h"
#include "Strategy.h"
#include <map>

namespace mdl::runtime {

/// A workload bound to a program. `rates` are the program's parameters under each utilisation of the request.
struct SizingJob {
  std::string workload, title; ///< Empty for the inputs' defaults
  const Program *program = nullptr;
  std::vector<Int> inputs;
  size_t divided = 0;                      ///< Which input the strategy divides
  std::vector<std::vector<size_t>> stages; ///< By mode: positions in the program's roots; empty is all
  std::vector<std::vector<double>> rates;  ///< By utilisation
};

struct SizingMode {
  std::string name, title;
};

struct SizingUtilisation {
  UtilisationInfo info;
  double link = 1; ///< What is reached of the links
};

/// A bound of the latency: the same point under another utilisation.
struct SizingBound {
  std::string column;
  size_t utilisation;
};

struct SizingRequest {
  const Strategy *strategy = nullptr;
  const Target *target = nullptr;
  std::vector<SizingJob> jobs;
  std::vector<SizingMode> modes;
  std::vector<SizingUtilisation> utilisations; ///< What rows are made for, then what bounds and peaks need
  size_t asked = 0;                            ///< How many of them rows are made for
  std::vector<SizingBound> bounds;
  size_t peaks = 0; ///< The utilisation under which peaks are reached in full
  std::vector<Int> batches, devices;
  std::string unit; ///< What one request makes, in the singular: `video`

  /// Devices that share one model: a strategy deals requests out to groups of so many.
  Int perModel() const { return target && target->sharding ? target->sharding->devices : Int(1); }
};

/// Numbers of the chosen stages for one amount of the divided input on one device, parallel to the program's metrics.
struct ShareNumbers {
  std::vector<Number> values;
  std::optional<DeviceMemory> memory;
};

/// One point of the grid. `job`, `mode` and `utilisation` are positions in the request.
struct SizingRow {
  size_t job = 0, mode = 0, utilisation = 0;
  Int batch, devices, active;
  Int largest; ///< The largest share of the batch
  ParallelTime time;
  std::vector<double> bounds;         ///< Parallel to `SizingRequest::bounds`
  std::vector<Number> work;           ///< Of all devices: what adds up and is no time; parallel to the metrics
  const ShareNumbers *held = nullptr; ///< What one device holds in its memory; null when that is not known
  std::string_view bottleneck;        ///< The resource that needs longest
  double requestsPerSecond() const { return batch.toDouble() / time.total; }
  /// False when it is known that it does not.
  bool fits() const { return !held || !held->memory || held->memory->fits(); }
};

/// FLOPs or bytes of a resource among the values of metrics; nothing when the convention does not count them.
std::optional<double> workOf(const Program &program, std::span<const Number> values, std::string_view resource);

/// What one request in one second would take of a resource.
struct SizingNeed {
  std::string resource;
  double perSecond = 0; ///< FLOP/s or B/s
  double ofPeaks = 0;   ///< Over the peak of all devices
};

/// What the rows at the largest number of devices say of one job, mode and utilisation.
struct SizingSummary {
  size_t job = 0, mode = 0, utilisation = 0;
  Int devices;
  std::string bottleneck;  ///< Of one request
  double latencyOfOne = 0; ///< Of one request, in seconds
  /// The row with the most requests a second, the smallest of equal ones, of those that fit if any does.
  const SizingRow *best = nullptr;
  Int saturationBatch; ///< The smallest batch with nearly as many requests a second
  std::vector<SizingNeed> needs;
  const SizingNeed *dominant() const; ///< The need that is the largest part of the peaks
};

struct SizingResult {
  const SizingRequest *request = nullptr;
  std::vector<SizingRow> rows;
  std::vector<SizingSummary> summaries;
};

/// Evaluates requests. Rows point into it, so it outlives them.
class Sizer {
public:
  /// The request outlives the sizer.
  explicit Sizer(const SizingRequest &request);

  /// The whole grid, in the order workload, mode, utilisation, devices, requests. False with `error` filled: a value
  /// out of range, a condition that fails, a number that does not fit; the message names the point.
  bool run(SizingResult &result, ReportError &error);
  /// One point of it; an error names the point.
  std::optional<SizingRow> row(size_t job, size_t mode, size_t utilisation, Int batch, Int devices, ReportError &error);
  /// The same for a caller who says himself which point it is.
  std::optional<SizingRow> point(size_t job, size_t mode, size_t utilisation, Int batch, Int devices,
                                 ReportError &error);
  /// The latency of a point alone.
  std::optional<double> latency(size_t job, size_t mode, size_t utilisation, Int batch, Int devices,
                                ReportError &error);
  /// Other inputs for a job from now on. Rows that were made before may lose `held`: what was evaluated for them is kept
  /// only while the inputs stay, and not without end.
  void setInputs(size_t job, const std::vector<Int> &inputs);
  /// A point as a report says it.
  ParallelReport describe(const SizingRow &row);
  /// Numbers of each stage of a job for an amount on one device, parallel to the program's roots.
  const std::vector<std::vector<Number>> *stages(size_t job, size_t utilisation, Int amount, ReportError &error);
  /// How often each of these stages runs in one job of that amount; asked for after `stages`.
  const std::vector<Number> &calls(size_t job, size_t utilisation, Int amount) const;

  /// Warnings of a job, and its extrapolations, at one request or another share. The first are told to the user at once.
  struct Notes {
    std::vector<std::string> warnings, extrapolations;
  };
  Notes notes(size_t job, Int amount = 1);

private:
  struct Evaluation {
    std::vector<std::vector<Number>> stages;    ///< By root, by metric
    std::vector<Number> calls;                  ///< By root
    std::vector<std::vector<double>> ofClasses; ///< By root, by parameter of the strategy
    std::vector<Number> totals;
    std::map<size_t, ShareNumbers> ofMode;
  };
  struct JobState {
    Evaluator *evaluator = nullptr;
    std::vector<Int> inputs;
    std::vector<std::map<int64_t, Evaluation>> evaluations; ///< By utilisation
  };

  std::optional<Shares> share(size_t job, Int batch, Int devices, ReportError &error);
  Evaluation *evaluate(size_t job, size_t utilisation, Int amount, ReportError &error);
  bool fill(size_t job, Int amount, Evaluation &made, ReportError &error);
  bool checkGuards(const Evaluator &evaluator, ReportError &error) const;
  bool addClasses(size_t job, const std::vector<Int> &inputs, Evaluation &made, ReportError &error);
  const ShareNumbers &numbers(size_t job, size_t mode, Evaluation &of);
  std::vector<Number> together(const SizingJob &job, const std::vector<size_t> &stages, const Evaluation &of) const;
  std::optional<ParallelTime> timeOf(size_t job, size_t mode, size_t utilisation, Int amount, ReportError &error);
  bool addWork(size_t job, size_t mode, size_t utilisation, const Shares &shares, SizingRow &row, ReportError &error);
  bool summarise(SizingResult &result, ReportError &error);
  bool addNeeds(SizingSummary &summary, ReportError &error);

  const SizingRequest &request_;
  StrategyRules rules_;
  std::map<const Program *, Evaluator> evaluators_;
  std::vector<JobState> jobs_;
};

} // namespace mdl::runtime
