//===- SweepFigures.h - Pictures of a sweep ---------------------*- C++ -*-===//
#pragma once
#include "Figure.h"
#include "SweepFile.h"

namespace mdl::tool {

/// What is against what. Empty names are chosen: the first axis, the other axes.
struct CurveRequest {
  std::vector<std::string> x;     ///< One column, or several that go together: height and width
  std::string y;                  ///< A column of numbers
  std::vector<std::string> by;    ///< A line for each of their values
  std::string title, logarithmic; ///< `x`, `y`, `xy` or nothing
};
/// Cost against an input. Nothing with `error` filled when a column is missing or has no numbers.
std::optional<Figure> curveOf(const SweepTable &table, CurveRequest request, std::string &error);

/// `min time_s, max batch`: two columns and which way is better.
struct ParetoRequest {
  std::string aims, title, logarithmic;
  size_t labels = 12; ///< The most points that are named
};
/// All points, and those that no other point beats or equals in both and beats in one.
std::optional<Figure> paretoOf(const SweepTable &table, const ParetoRequest &request, std::string &error);

} // namespace mdl::tool
