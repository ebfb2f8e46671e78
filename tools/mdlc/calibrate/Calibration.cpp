//===- Calibration.cpp - A utilisation fitted to measured times -----------===//
#include "Calibration.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace mdl::tool {

using runtime::fit::Fit;
using runtime::fit::Problem;
using runtime::fit::Standing;

Calibrator::Points Calibrator::all() const {
  Points points(jobs_.size());
  std::iota(points.begin(), points.end(), size_t(0));
  return points;
}

Problem Calibrator::problemOf(const std::vector<Parameter> &free, const Points &points) const {
  Problem problem;
  for (const Parameter &each : free) problem.bounds.push_back(each.bounds());
  problem.residuals = [this, &free, &points](std::span<const double> values) {
    Numbers numbers = numbersAt(held_, free, values);
    std::vector<double> residuals;
    for (size_t point : points)
      residuals.push_back(std::log(jobs_[point]->time(numbers) / jobs_[point]->point().seconds));
    return residuals;
  };
  return problem;
}

/// The fit of what the points determine: the last number that they do not is held, until none is left.
std::optional<Calibrator::Subset> Calibrator::determined(std::vector<Parameter> free, const Points &points) const {
  Subset subset;
  for (;;) {
    Problem problem = problemOf(free, points);
    std::vector<std::vector<double>> starts;
    for (double part : {0.6, 0.3, 0.1}) { // of launches, so many times 10 us
      constexpr double kLaunch = 1e-5;
      std::vector<double> &start = starts.emplace_back();
      for (const Parameter &each : free) start.push_back(std::log(each.isLaunch() ? part * kLaunch : part));
    }
    auto fit = runtime::fit::leastSquares(problem, starts);
    if (!fit) return std::nullopt;
    auto standings = runtime::fit::standings(*fit);
    auto last =
        std::find_if(standings.rbegin(), standings.rend(), [](Standing each) { return each != Standing::Determined; });
    if (last == standings.rend()) {
      std::ranges::reverse(subset.held);
      subset.fit = std::move(*fit), subset.free = std::move(free);
      return subset;
    }
    auto at = standings.rend() - last - 1;
    subset.held.push_back({free[static_cast<size_t>(at)], *last});
    free.erase(free.begin() + at);
  }
}

double Calibrator::secondsOf(size_t job, const Subset &at) const {
  return jobs_[job]->time(numbersAt(held_, at.free, at.fit.parameters));
}

/// What a fit to all others says of each point, in s; not finite where there is none.
std::vector<double> Calibrator::leaveOneOut(const std::vector<Parameter> &wanted) const {
  std::vector<double> seconds;
  for (size_t left : all()) {
    Points others = all();
    std::erase(others, left);
    auto subset = determined(wanted, others);
    seconds.push_back(subset ? secondsOf(left, *subset) : std::nan(""));
  }
  return seconds;
}

std::optional<double> Calibrator::errorOf(const std::vector<Parameter> &wanted) const {
  auto subset = determined(wanted, all());
  if (!subset || subset->free.size() != wanted.size()) return std::nullopt;
  std::vector<double> seconds = leaveOneOut(wanted);
  double sum = 0;
  for (size_t i = 0; i < seconds.size(); ++i) sum += std::fabs(seconds[i] / jobs_[i]->point().seconds - 1);
  return std::isfinite(sum) ? std::optional(sum / static_cast<double>(seconds.size())) : std::nullopt;
}

void Calibrator::addEstimates(const Subset &subset, Calibration &made) const {
  auto errors = runtime::fit::standardErrors(subset.fit);
  size_t freedom = made.points.size() - std::min(made.points.size(), subset.free.size());
  double width = freedom > 0 ? runtime::fit::studentQuantile(confidence_, freedom) : 0;
  for (size_t i = 0; i < subset.free.size(); ++i) {
    double at = subset.fit.parameters[i];
    auto [lo, hi] = subset.free[i].bounds();
    Estimate &estimate = made.estimates.emplace_back(Estimate{subset.free[i], std::exp(at), {}, at <= lo || at >= hi});
    if (errors)
      estimate.ends = std::pair(std::exp(std::max(at - width * (*errors)[i], lo)),
                                std::exp(std::min(at + width * (*errors)[i], hi)));
  }
  if (errors && freedom > 0) made.scatter = std::sqrt(subset.fit.sumOfSquares / static_cast<double>(freedom));
}

std::optional<Calibration> Calibrator::fit(const std::vector<Parameter> &wanted) const {
  auto subset = determined(wanted, all());
  if (!subset) return std::nullopt;
  Calibration made;
  made.confidence = confidence_, made.held = subset->held;
  made.numbers = numbersAt(held_, subset->free, subset->fit.parameters);
  for (size_t i : all()) made.points.push_back({secondsOf(i, *subset), std::nullopt});
  addEstimates(*subset, made);
  if (made.saysNothing()) return made;
  std::vector<double> seconds = leaveOneOut(subset->free);
  double sum = 0, largest = 0;
  for (size_t i : all()) {
    double error = std::fabs(seconds[i] / jobs_[i]->point().seconds - 1);
    made.points[i].leftOut = seconds[i];
    sum += error, largest = std::max(largest, error);
  }
  made.meanError = sum / static_cast<double>(jobs_.size()), made.error = largest;
  return made;
}

std::optional<Calibration> Calibrator::choose(std::vector<Parameter> candidates) const {
  constexpr double kWorthIt = 0.9;
  std::vector<Parameter> chosen;
  std::vector<Attempt> attempts;
  auto names = [](const std::vector<Parameter> &of) {
    std::vector<std::string> all;
    for (const Parameter &each : of) all.push_back(each.name);
    return all;
  };
  if (auto none = errorOf({})) attempts.push_back({{}, *none});
  // One number for all matrix work comes first: what a class or a device has of its own is told apart from it.
  auto tensor = std::ranges::find(candidates, "tensor", &Parameter::name);
  auto error = tensor != candidates.end() && jobs_.size() > 1 ? errorOf({*tensor}) : std::nullopt;
  if (error && (attempts.empty() || *error < kWorthIt * attempts.back().error)) {
    chosen.push_back(*tensor), candidates.erase(tensor);
    attempts.push_back({names(chosen), *error});
  }
  // The scatter of what is left says how well the numbers are known: two points more than numbers, or it says little.
  const size_t most = std::max<size_t>(jobs_.size(), 3) - 2;
  while (chosen.size() < most) {
    std::optional<size_t> best;
    double bestError = attempts.empty() ? INFINITY : kWorthIt * attempts.back().error;
    for (size_t i = 0; i < candidates.size(); ++i) {
      std::vector<Parameter> tried = chosen;
      tried.push_back(candidates[i]);
      if (auto found = errorOf(tried); found && *found < bestError) best = i, bestError = *found;
    }
    if (!best) break;
    chosen.push_back(candidates[*best]);
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(*best));
    attempts.push_back({names(chosen), bestError});
  }
  auto made = fit(chosen);
  if (made) made->attempts = std::move(attempts);
  return made;
}

} // namespace mdl::tool
