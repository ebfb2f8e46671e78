//===- LeastSquares.h - Parameters that predict measurements ----*- C++ -*-===//
// Least squares over logarithms: a residual is ln(predicted / measured), so that 1 %
// of a second counts as 1 % of an hour, and a parameter is the logarithm of what it
// stands for, so that it stays above 0. Levenberg and Marquardt's steps from several
// starts, within bounds; the same numbers give the same fit on every run.
// Source: Nocedal and Wright, Numerical Optimization, 2006, chapter 10.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mdl::runtime::fit {

/// The range of a parameter, as logarithms.
struct Bounds {
  double lo = 0, hi = 0;
};

struct Problem {
  /// The residuals of all points at these parameters; each is finite where the model has a value.
  std::function<std::vector<double>(std::span<const double> parameters)> residuals;
  std::vector<Bounds> bounds; ///< A parameter each
};

struct Fit {
  std::vector<double> parameters, residuals;
  std::vector<double> jacobian; ///< d residual / d parameter, a row a point
  double sumOfSquares = 0;
  size_t points() const { return residuals.size(); }
  double slope(size_t point, size_t parameter) const { return jacobian[point * parameters.size() + parameter]; }
};

/// The best of the fits from these starts, the first of equals; nothing when no start has finite residuals.
std::optional<Fit> leastSquares(const Problem &problem, const std::vector<std::vector<double>> &starts);

/// What the points say of a parameter.
enum class Standing {
  Determined,
  NoEffect, ///< No prediction depends on it: not by 0.1 % when it changes by a factor of e
  Entangled ///< What it does, parameters before it do as well
};
/// Of each parameter, in order, at the fit.
std::vector<Standing> standings(const Fit &fit);

/// The standard error of each parameter: from the scatter of the residuals, with points - parameters degrees of freedom.
/// Nothing without such a degree, or when the parameters are not all determined.
std::optional<std::vector<double>> standardErrors(const Fit &fit);

/// So many standard errors to both sides hold this part of Student's distribution; `freedom` is at least 1.
double studentQuantile(double part, size_t freedom);

} // namespace mdl::runtime::fit
