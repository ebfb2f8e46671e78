//===- LeastSquares.cpp - Parameters that predict measurements ------------===//
#include "LeastSquares.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace mdl::runtime::fit {

namespace {

constexpr int kMostSteps = 300;
constexpr double kStep = 1e-5;      ///< Of a difference: rounding and curvature cost about the same
constexpr double kNoEffect = 1e-3;  ///< Of a residual, root of the mean square
constexpr double kEntangled = 1e-3; ///< What is left of a column without those before it, as a part of it

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

bool isFinite(const std::vector<double> &values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// Symmetric, positive definite, row by row; solved by Cholesky's factors. False when it is not definite.
bool solve(std::vector<double> matrix, std::vector<double> &right) {
  const size_t n = right.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j <= i; ++j) {
      double rest = matrix[i * n + j];
      for (size_t k = 0; k < j; ++k) rest -= matrix[i * n + k] * matrix[j * n + k];
      if (i == j && !(rest > 0)) return false;
      matrix[i * n + j] = i == j ? std::sqrt(rest) : rest / matrix[j * n + j];
    }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) right[i] -= matrix[i * n + k] * right[k];
    right[i] /= matrix[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) right[i] -= matrix[k * n + i] * right[k];
    right[i] /= matrix[i * n + i];
  }
  return true;
}

class Search {
public:
  Search(const Problem &problem, std::vector<double> start) : problem_(problem) {
    at_.parameters = std::move(start);
    for (size_t i = 0; i < count(); ++i) clamp(i, at_.parameters[i]);
    at_.residuals = problem.residuals(at_.parameters);
    at_.sumOfSquares = dot(at_.residuals, at_.residuals);
  }

  std::optional<Fit> run() {
    if (!isFinite(at_.residuals)) return std::nullopt;
    for (int i = 0; i < kMostSteps && step(); ++i) {
    }
    differentiate();
    return at_;
  }

private:
  size_t count() const { return problem_.bounds.size(); }
  void clamp(size_t i, double &value) const { value = std::clamp(value, problem_.bounds[i].lo, problem_.bounds[i].hi); }

  /// Central differences; at a bound the one that lies within.
  void differentiate() {
    at_.jacobian.assign(at_.points() * count(), 0);
    for (size_t j = 0; j < count(); ++j) {
      std::vector<double> up = at_.parameters, down = at_.parameters;
      clamp(j, up[j] += kStep), clamp(j, down[j] -= kStep);
      if (up[j] == down[j]) continue;
      std::vector<double> above = problem_.residuals(up), below = problem_.residuals(down);
      for (size_t i = 0; i < at_.points(); ++i)
        at_.jacobian[i * count() + j] = (above[i] - below[i]) / (up[j] - down[j]);
    }
  }

  /// Parameters that may move: not those that a bound holds.
  std::vector<size_t> movable(const std::vector<double> &gradient) const {
    std::vector<size_t> free;
    for (size_t j = 0; j < count(); ++j) {
      bool held = gradient[j] > 0 ? at_.parameters[j] <= problem_.bounds[j].lo
                                  : gradient[j] < 0 && at_.parameters[j] >= problem_.bounds[j].hi;
      if (!held && gradient[j] != 0) free.push_back(j);
    }
    return free;
  }

  /// One step down. False at the bottom.
  bool step() {
    differentiate();
    std::vector<double> gradient(count());
    for (size_t j = 0; j < count(); ++j)
      for (size_t i = 0; i < at_.points(); ++i) gradient[j] += at_.slope(i, j) * at_.residuals[i];
    std::vector<size_t> free = movable(gradient);
    constexpr double kLeast = 1e-12, kMost = 1e12, kEasier = 0.2, kHarder = 4;
    for (; !free.empty() && damping_ < kMost; damping_ *= kHarder) {
      auto next = moved(gradient, free);
      if (!next) continue;
      double gain = at_.sumOfSquares - next->sumOfSquares;
      if (!(gain > 0)) continue;
      bool done = gain <= kLeast * next->sumOfSquares;
      at_ = std::move(*next), damping_ = std::max(damping_ * kEasier, kLeast);
      return !done;
    }
    return false;
  }

  std::optional<Fit> moved(const std::vector<double> &gradient, const std::vector<size_t> &free) const {
    const size_t n = free.size();
    std::vector<double> normal(n * n), move(n);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b)
        for (size_t i = 0; i < at_.points(); ++i) normal[a * n + b] += at_.slope(i, free[a]) * at_.slope(i, free[b]);
      normal[a * n + a] += damping_ * normal[a * n + a] + std::numeric_limits<double>::min();
      move[a] = -gradient[free[a]];
    }
    if (!solve(std::move(normal), move)) return std::nullopt;
    Fit next;
    next.parameters = at_.parameters;
    for (size_t a = 0; a < n; ++a) clamp(free[a], next.parameters[free[a]] += move[a]);
    next.residuals = problem_.residuals(next.parameters);
    next.sumOfSquares = dot(next.residuals, next.residuals);
    return isFinite(next.residuals) ? std::optional(std::move(next)) : std::nullopt;
  }

  const Problem &problem_;
  Fit at_;
  double damping_ = 1e-3;
};

} // namespace

std::optional<Fit> leastSquares(const Problem &problem, const std::vector<std::vector<double>> &starts) {
  // From two starts the same bottom is reached but for rounding: the first of such stays.
  constexpr double kBetter = 1 - 1e-6, kNothing = 1e-20;
  std::optional<Fit> best;
  for (const std::vector<double> &start : starts) {
    auto fit = Search(problem, start).run();
    if (fit && (!best || fit->sumOfSquares < kBetter * best->sumOfSquares - kNothing)) best = std::move(fit);
  }
  return best;
}

std::vector<Standing> standings(const Fit &fit) {
  std::vector<Standing> all;
  std::vector<std::vector<double>> before; // of length 1, at right angles
  for (size_t j = 0; j < fit.parameters.size(); ++j) {
    std::vector<double> column;
    for (size_t i = 0; i < fit.points(); ++i) column.push_back(fit.slope(i, j));
    double length = std::sqrt(dot(column, column));
    all.push_back(Standing::NoEffect);
    if (!(length > kNoEffect * std::sqrt(static_cast<double>(fit.points())))) continue;
    for (int pass = 0; pass < 2; ++pass) // once more, as rounding leaves a part of those before
      for (const std::vector<double> &each : before) {
        double along = dot(column, each);
        for (size_t i = 0; i < column.size(); ++i) column[i] -= along * each[i];
      }
    double left = std::sqrt(dot(column, column));
    all.back() = left > kEntangled * length ? Standing::Determined : Standing::Entangled;
    if (all.back() == Standing::Entangled) continue;
    for (double &each : column) each /= left;
    before.push_back(std::move(column));
  }
  return all;
}

std::optional<std::vector<double>> standardErrors(const Fit &fit) {
  const size_t n = fit.parameters.size();
  auto determined = standings(fit);
  if (fit.points() <= n || std::ranges::count(determined, Standing::Determined) != static_cast<std::ptrdiff_t>(n))
    return std::nullopt;
  std::vector<double> normal(n * n);
  for (size_t a = 0; a < n; ++a)
    for (size_t b = 0; b < n; ++b)
      for (size_t i = 0; i < fit.points(); ++i) normal[a * n + b] += fit.slope(i, a) * fit.slope(i, b);
  double variance = fit.sumOfSquares / static_cast<double>(fit.points() - n);
  std::vector<double> errors;
  for (size_t j = 0; j < n; ++j) {
    std::vector<double> column(n);
    column[j] = 1;
    if (!solve(normal, column)) return std::nullopt;
    errors.push_back(std::sqrt(variance * column[j]));
  }
  return errors;
}

/// The part of Student's distribution within +-t. Source: Abramowitz and Stegun 26.7.3 and 26.7.4, the finite sums.
static double partWithin(double t, size_t freedom) {
  const auto n = static_cast<double>(freedom);
  double angle = std::atan(t / std::sqrt(n)), cosine = std::cos(angle), sine = std::sin(angle);
  bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1, sum = freedom == 1 ? 0 : term;
  for (size_t k = odd ? 3 : 2; k + 2 <= freedom; k += 2) {
    auto at = static_cast<double>(k);
    term *= cosine * cosine * (at - 1) / at;
    sum += term;
  }
  return odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

double studentQuantile(double part, size_t freedom) {
  double lo = 0, hi = 1;
  while (partWithin(hi, freedom) < part && hi < 1e9) hi *= 2;
  constexpr int kHalvings = 200;
  for (int i = 0; i < kHalvings && lo < hi; ++i) {
    double middle = (lo + hi) / 2;
    (partWithin(middle, freedom) < part ? lo : hi) = middle;
  }
  return (lo + hi) / 2;
}

} // namespace mdl::runtime::fit
