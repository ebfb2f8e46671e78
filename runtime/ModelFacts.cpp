//===- ModelFacts.cpp - What a report says of a model ---------------------===//
#include "ModelFacts.h"

namespace mdl::runtime {

std::vector<NamedNumber> evaluateNumbers(const Program &numbers, std::span<const Int> inputs) {
  Evaluator evaluator(numbers);
  evaluator.run(inputs);
  std::vector<NamedNumber> found;
  for (size_t i = 0; i < numbers.totals.size(); ++i) {
    Number value = unscaled(evaluator.value(numbers.totals[i]), numbers.metrics[i].scale);
    if (!value.isOverflow()) found.push_back({numbers.metrics[i].name, value}); // a fraction is no size
  }
  return found;
}

} // namespace mdl::runtime
