//===- Calibration.h - A utilisation fitted to measured times ---*- C++ -*-===//
// Which numbers are free is asked for, or found: first one for all matrix work, then at
// each step the one that lowers the leave-one-out error most, as long as it lowers it by
// a tenth and two points more than numbers remain to show the scatter. What the points
// do not determine is held and said.
//===----------------------------------------------------------------------===//
#pragma once
#include "TimedJob.h"

namespace mdl::tool {

/// A free number, and where it lies with the confidence asked for; no ends without a degree of freedom.
struct Estimate {
  Parameter parameter;
  double value = 0;
  std::optional<std::pair<double, double>> ends;
  bool atBound = false; ///< The points want more than a bound allows
};

/// A number that was to be free and is not.
struct HeldNumber {
  Parameter parameter;
  runtime::fit::Standing why;
};

/// A set of numbers that was tried, and its error.
struct Attempt {
  std::vector<std::string> names;
  double error = 0; ///< Mean of the absolute leave-one-out errors, as a factor
};

struct PredictedPoint {
  double predicted = 0;          ///< s, of the fit to all points
  std::optional<double> leftOut; ///< s, of the fit to all others
};

struct Calibration {
  Numbers numbers;
  std::vector<Estimate> estimates;
  std::vector<HeldNumber> held;
  std::vector<PredictedPoint> points;     ///< Parallel to the jobs
  std::optional<double> scatter;          ///< Standard deviation of ln(predicted / measured)
  std::optional<double> meanError, error; ///< Leave-one-out, of absolute values: mean and largest, as factors
  std::vector<Attempt> attempts;          ///< When numbers were chosen: the chosen sets, in order
  double confidence = 0;
  /// As many numbers as points: the fit goes through every point, and says nothing of its error.
  bool saysNothing() const { return estimates.size() >= points.size(); }
};

using TimedJobs = std::vector<std::unique_ptr<TimedJob>>;

class Calibrator {
public:
  Calibrator(TimedJobs &jobs, Numbers held, double confidence)
      : jobs_(jobs), held_(std::move(held)), confidence_(confidence) {}

  /// With these numbers free. Nothing when the jobs have no finite times.
  std::optional<Calibration> fit(const std::vector<Parameter> &wanted) const;
  /// With the numbers free, of these candidates, that the leave-one-out error chooses.
  std::optional<Calibration> choose(std::vector<Parameter> candidates) const;

private:
  struct Subset {
    std::vector<Parameter> free;
    runtime::fit::Fit fit;
    std::vector<HeldNumber> held;
  };
  using Points = std::vector<size_t>;
  Points all() const;
  runtime::fit::Problem problemOf(const std::vector<Parameter> &free, const Points &points) const;
  std::optional<Subset> determined(std::vector<Parameter> free, const Points &points) const;
  std::vector<double> leaveOneOut(const std::vector<Parameter> &wanted) const;
  std::optional<double> errorOf(const std::vector<Parameter> &wanted) const;
  double secondsOf(size_t job, const Subset &at) const;
  void addEstimates(const Subset &subset, Calibration &made) const;

  TimedJobs &jobs_;
  Numbers held_;
  double confidence_;
};

} // namespace mdl::tool
