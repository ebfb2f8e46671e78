//===- Parameters.cpp - What of a utilisation can be fitted ---------------===//
#include "Parameters.h"
#include <algorithm>
#include <cmath>

namespace mdl::tool {

/// The numbers of resources, in the order of `kResourceNumbers`.
static double Numbers::*const kFields[] = {&Numbers::tensor, &Numbers::vector, &Numbers::memory, &Numbers::link,
                                           &Numbers::launch};

static std::optional<double> rowIn(const std::map<std::string, double> &rows, const std::string &name) {
  auto at = rows.find(name);
  return at == rows.end() ? std::nullopt : std::optional(at->second);
}

sema::Reached Numbers::on(const std::string &device, const sema::Checker &checker) const {
  sema::Reached made{{}, vector, memory, link, launch};
  for (uint16_t i = 0; i < checker.classCount(); ++i) {
    sema::ClassId id{i};
    auto ofClass = rowIn(classes, std::string(checker.className(id)));
    while (!ofClass && checker.parentOf(id) != id) {
      id = checker.parentOf(id);
      ofClass = rowIn(classes, std::string(checker.className(id)));
    }
    made.tensor.push_back(sema::partOf(ofClass, rowIn(devices, device), tensor));
  }
  return made;
}

void Parameter::set(Numbers &numbers, double value) const {
  auto at = std::ranges::find(kResourceNumbers, name) - std::begin(kResourceNumbers);
  if (at < std::ssize(kResourceNumbers)) numbers.*kFields[at] = value;
  else (isDevice() ? numbers.devices[device()] : numbers.classes[name]) = value;
}

double Parameter::in(const Numbers &numbers) const {
  auto at = std::ranges::find(kResourceNumbers, name) - std::begin(kResourceNumbers);
  if (at < std::ssize(kResourceNumbers)) return numbers.*kFields[at];
  return (isDevice() ? rowIn(numbers.devices, device()) : rowIn(numbers.classes, name)).value_or(numbers.tensor);
}

runtime::fit::Bounds Parameter::bounds() const {
  constexpr double kLeastPart = 1e-4, kLeastLaunch = 1e-9; // the second in s
  return {std::log(isLaunch() ? kLeastLaunch : kLeastPart), 0};
}

Numbers numbersAt(const Numbers &held, const std::vector<Parameter> &parameters, std::span<const double> values) {
  Numbers made = held;
  double devices = 0, sum = 0;
  bool hasTensor = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].set(made, std::exp(values[i]));
    hasTensor = hasTensor || parameters[i].name == "tensor";
    if (parameters[i].isDevice()) ++devices, sum += values[i];
  }
  if (!hasTensor && devices > 0) made.tensor = std::exp(sum / devices);
  return made;
}

} // namespace mdl::tool
