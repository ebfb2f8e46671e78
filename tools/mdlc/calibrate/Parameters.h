//===- Parameters.h - What of a utilisation can be fitted -------*- C++ -*-===//
// A parameter is a number of a utilisation, by its name there: `tensor`, `vector`,
// `memory`, `link`, `launch`, a class of operators (`attention`), or the row of a
// device (`device.h20_96gb`).
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/sema/Check.h"
#include "runtime/fit/LeastSquares.h"
#include <map>

namespace mdl::tool {

/// The numbers of a utilisation. What is not fitted has the default of the record in core.mdl.
struct Numbers {
  double tensor = 1, vector = 1, memory = 1, link = 1, launch = 0;
  std::map<std::string, double> classes, devices;

  /// What a device, by the name of its row, reaches under them.
  sema::Reached on(const std::string &device, const sema::Checker &checker) const;
};

inline constexpr std::string_view kDeviceRow = "device.";

/// A number that can be fitted.
struct Parameter {
  std::string name;

  bool isLaunch() const { return name == "launch"; }
  bool isDevice() const { return name.starts_with(kDeviceRow); }
  std::string device() const { return name.substr(kDeviceRow.size()); }
  /// Writes a value in its place.
  void set(Numbers &numbers, double value) const;
  double in(const Numbers &numbers) const;
  runtime::fit::Bounds bounds() const;
};

/// Numbers of all resources but classes and devices.
inline constexpr const char *kResourceNumbers[] = {"tensor", "vector", "memory", "link", "launch"};

/// The numbers in which these parameters have these values (logarithms), and the others are as in `held`. Without a parameter
/// for `tensor` it is what fitted rows of devices have in the middle, as factors.
Numbers numbersAt(const Numbers &held, const std::vector<Parameter> &parameters, std::span<const double> values);

} // namespace mdl::tool
