//===- Portable.h - A job whose precision and device are chosen later -*- C++ -*-===//
// The report's page lets its reader choose both. For each precision there is one
// program, timed by a device without rates; what a device does in a second then
// follows from its peaks and a few facts of each parameter, so that no device
// needs a program of its own.
//===----------------------------------------------------------------------===//
#pragma once
#include "Compile.h"

namespace mdl::driver {

/// Where the value of a parameter of the program is from.
struct RateSource {
  ir::Parameter::Kind kind;
  std::string format;      ///< TensorRate: what it computes in, one of the device's peaks
  std::string utilisation; ///< The profile; empty is the chosen one
};

/// The program of one precision, for any device.
struct PortableProgram {
  runtime::PrecisionInfo precision;
  ir::CostModule costs;
  runtime::Program program;
  std::vector<RateSource> rates; ///< Parallel to `program.parameters`
};

/// A device with what it reaches under each profile, in the order of the names asked for.
struct PortableDevice {
  runtime::DeviceInfo info;
  std::vector<runtime::UtilisationInfo> utilisations;
};

/// The compiled job in another precision. Nullopt (reported) when the precision is not for this model.
std::optional<PortableProgram> portableProgram(Compilation &compilation, const std::string &precision);
/// A device and its profiles. Nullopt (reported) when there is none of this name.
std::optional<PortableDevice> portableDevice(Compilation &compilation, const std::string &device,
                                             const std::vector<std::string> &utilisations);

} // namespace mdl::driver
