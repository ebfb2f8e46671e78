#include "Rates.h"
#include "runtime/Bisect.h"
#include <algorithm>
#include <bit>

namespace mdl::tool {

const Resource *resourceNamed(const std::string &name) {
  auto at = std::ranges::find(kResources, name, &Resource::name);
  return at == std::end(kResources) ? nullptr : at;
}

std::vector<double> ratesOf(const runtime::Program &program, const Resource &resource) {
  std::vector<double> rates;
  for (const runtime::Parameter &each : program.parameters)
    if (each.name.starts_with(resource.prefix) && !each.name.ends_with(".optimistic") &&
        !each.name.ends_with(".measured"))
      rates.push_back(each.value);
  std::ranges::sort(rates);
  rates.erase(std::ranges::unique(rates).begin(), rates.end());
  return rates;
}

std::vector<double> scaled(const runtime::Program &program, const Resource &resource, double factor) {
  std::vector<double> values;
  for (const runtime::Parameter &each : program.parameters)
    values.push_back(each.name.starts_with(resource.prefix) ? each.value * factor : each.value);
  return values;
}

/// Positive doubles have the order of their bits, so the bits are the points of a search to the last digit.
BreakEven findBreakEven(Prober &prober, const Resource &resource) {
  const runtime::Program &program = prober.variant().program;
  auto first = std::bit_cast<uint64_t>(kLeastFactor), last = std::bit_cast<uint64_t>(kMostFactor);
  auto factorAt = [&](uint64_t point) { return std::bit_cast<double>(first + point); };
  auto holds = [&](uint64_t point) {
    prober.setParameters(scaled(program, resource, factorAt(point)));
    return prober.holds(0);
  };
  runtime::Borders found = runtime::findBorders(last - first + 1, holds);
  prober.setParameters(scaled(program, resource, 1));
  BreakEven made;
  made.asked = found.asked;
  made.isMonotone = found.isMonotone() && (found.stretches.size() == 1 || found.stretches.back().holds);
  made.holdsAtLeast = found.stretches.front().holds;
  for (const runtime::Stretch &each : found.stretches)
    if (each.holds && !made.factor) made.factor = factorAt(each.first);
  return made;
}

bool Sensitivity::isKink() const {
  constexpr double kSmooth = 1e-4; // the curve itself bends by about the step
  return std::abs(above - below) > kSmooth * std::max({1e-3, std::abs(above), std::abs(below)});
}

std::vector<Sensitivity> sensitivities(Prober &prober, uint64_t point) {
  auto at = std::ranges::find(prober.outputs(), "time_s");
  if (at == prober.outputs().end()) return {};
  auto index = static_cast<size_t>(at - prober.outputs().begin());
  const runtime::Program &program = prober.variant().program;
  auto timeWith = [&](const Resource &resource, double factor) {
    prober.setParameters(scaled(program, resource, factor));
    const SweepRow &row = prober.row(point);
    return row.isValid() ? row.cells[index].value : 0;
  };
  std::vector<Sensitivity> made;
  for (const Resource &each : kResources) {
    if (ratesOf(program, each).empty()) continue;
    double slower = timeWith(each, 1 - kStep), here = timeWith(each, 1), faster = timeWith(each, 1 + kStep);
    if (!(here > 0)) break;
    double unit = here * kStep;
    made.push_back({&each, (here - slower) / unit, (faster - slower) / (2 * unit), (faster - here) / unit});
  }
  prober.setParameters(scaled(program, kResources[0], 1));
  return made;
}

} // namespace mdl::tool
