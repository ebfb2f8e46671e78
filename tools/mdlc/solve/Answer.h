//===- Answer.h - What a solve has found, for people and programs -*- C++ -*-===//
#pragma once
#include "Rates.h"
#include "runtime/Bisect.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// The extreme value of an input for which a condition holds. Points are those of the prober.
struct Extreme {
  std::string input;
  bool isMax = true;
  runtime::Borders borders;
  /// Up to here, from the range's begin (`--min`: end), everything that was asked holds; beyond the first border when
  /// nothing but one border was found.
  std::optional<uint64_t> answer;
  std::optional<uint64_t> beyond;  ///< The next point, which fails; without an answer, where the range begins
  std::optional<uint64_t> extreme; ///< Of all that was asked; another than the answer if the condition is not monotone
};
Extreme makeExtreme(std::string input, bool isMax, runtime::Borders borders, uint64_t count);

/// Everything that one call was asked for.
struct Solution {
  std::optional<Extreme> extreme;
  const Resource *resource = nullptr; ///< Of the break-even
  BreakEven breakEven;
  std::vector<Sensitivity> sensitivities;
};

void writeText(Prober &prober, const Solution &solution, runtime::Output &out);
/// Schema `mdlc.solve/1`, described in tools/mdlc/solve/README.md.
void writeJson(Prober &prober, const Solution &solution, runtime::Output &out);

} // namespace mdl::tool
