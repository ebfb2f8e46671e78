//===- Rates.h - A job with another device's rates --------------*- C++ -*-===//
// A rate is a peak times what is reached of it, so 1 % more of one is 1 % more of
// either. The rates of one resource go up and down together, by one factor.
//===----------------------------------------------------------------------===//
#pragma once
#include "Prober.h"

namespace mdl::tool {

/// What of a device can be faster, and which parameters it is: those whose name begins with `prefix`.
struct Resource {
  const char *name, *prefix, *title, *unit;
};
inline constexpr Resource kResources[] = {
    {"bandwidth", "memory_rate", "bandwidth of the memory", "B/s"},
    {"tensor_peak", "tensor_rate", "tensor peak", "FLOP/s"},
    {"vector_peak", "vector_rate", "vector peak", "FLOP/s"},
};
const Resource *resourceNamed(const std::string &name);

/// The rates of a resource that the job uses with the chosen utilisation, each value once, rising.
std::vector<double> ratesOf(const runtime::Program &program, const Resource &resource);
/// All parameters, those of a resource times `factor`.
std::vector<double> scaled(const runtime::Program &program, const Resource &resource, double factor);

/// The least factor with which the condition of a prober without axis holds.
struct BreakEven {
  std::optional<double> factor;
  bool holdsAtLeast = false; ///< Even with `kLeastFactor`: the resource does not matter
  uint64_t asked = 0;        ///< So many factors
  bool isMonotone = true;    ///< False: `factor` is the least that was found to hold
};
inline constexpr double kLeastFactor = 0x1p-20, kMostFactor = 0x1p20;
BreakEven findBreakEven(Prober &prober, const Resource &resource);

/// d ln(time) / d ln(rate), by finite differences of `kStep`, relative.
struct Sensitivity {
  const Resource *resource;
  double below, both, above; ///< From one side, symmetric, from the other
  /// The time has a kink here: another resource takes over.
  bool isKink() const;
};
inline constexpr double kStep = 1e-6;
/// Of `time_s` at a point; none where the job has no time, or is not allowed.
std::vector<Sensitivity> sensitivities(Prober &prober, uint64_t point);

} // namespace mdl::tool
