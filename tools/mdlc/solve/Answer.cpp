#include "Answer.h"
#include <algorithm>

namespace mdl::tool {

using runtime::Borders;
using runtime::Stretch;

/// As if counted from the other end.
static Borders mirrored(Borders borders, uint64_t count) {
  std::ranges::reverse(borders.stretches);
  for (Stretch &each : borders.stretches) each = {count - 1 - each.last, count - 1 - each.first, each.holds};
  return borders;
}

Extreme makeExtreme(std::string input, bool isMax, Borders borders, uint64_t count) {
  Extreme made{std::move(input), isMax, borders, {}, {}, {}};
  if (!isMax) borders = mirrored(std::move(borders), count);
  const auto &stretches = borders.stretches;
  for (const Stretch &each : stretches)
    if (each.holds) made.extreme = each.last;
  if (borders.isMonotone()) made.answer = made.extreme;
  else if (stretches.front().holds) made.answer = stretches.front().last;
  if (!made.answer && !made.extreme) made.beyond = 0;
  else if (made.answer && *made.answer + 1 < count) made.beyond = *made.answer + 1;
  else if (!made.answer && *made.extreme + 1 < count) made.beyond = *made.extreme + 1;
  for (auto *point : {&made.answer, &made.beyond, &made.extreme})
    if (*point && !isMax) *point = count - 1 - **point;
  return made;
}

} // namespace mdl::tool
