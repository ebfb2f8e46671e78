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
  std::string category;    ///< TensorRate: the class of its operators
};

/// The program of some precisions, for any device.
struct PortableProgram {
  ir::CostModule costs;
  runtime::Program program;
  std::vector<Target::Answer> answers; ///< The bits that its costs asked for
};

/// A precision, and its program: precisions share one that give all tensors of the model the same bits.
struct PortablePrecision {
  runtime::PrecisionInfo info;
  size_t program;                ///< In `PortableJob::programs`
  std::vector<RateSource> rates; ///< Parallel to the program's parameters
};

/// What a device reaches under a profile.
struct PortableProfile {
  runtime::UtilisationInfo info;
  double tensor, link;                                 ///< Of the matrix peak and of the link between devices
  std::vector<std::pair<std::string, double>> classes; ///< Of the matrix peak, where it is not what other classes reach
};

/// A device with its profiles, in the order of the names asked for.
struct PortableDevice {
  runtime::DeviceInfo info;
  std::vector<PortableProfile> utilisations;
};

/// A compiled job in other precisions and on other devices.
class PortableJob {
public:
  explicit PortableJob(Compilation &compilation) : compilation_(compilation) {}

  /// Nullopt (reported) when the precision is not for this model.
  std::optional<PortablePrecision> precision(const std::string &name);
  /// A device and its profiles. Nullopt (reported) when there is none of this name.
  std::optional<PortableDevice> device(const std::string &name, const std::vector<std::string> &utilisations);
  const std::vector<PortableProgram> &programs() const { return programs_; }

private:
  std::optional<size_t> programIn(Target &target, bool overlapWhole);

  Compilation &compilation_;
  std::vector<PortableProgram> programs_;
};

} // namespace mdl::driver
