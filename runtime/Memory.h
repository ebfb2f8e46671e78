//===- Memory.h - What a device has to hold ---------------------*- C++ -*-===//
// From the numbers of the stages and a residency: the weights that are there, and
// for each stage what is live while it runs. Whole numbers of bytes; an estimate
// in so far as the activation peak is one.
//===----------------------------------------------------------------------===//
#pragma once
#include "Evaluate.h"
#include "Target.h"
#include <span>

namespace mdl::runtime {

/// One stage while it runs. `weights` are all that are on the device then, of other stages, too.
struct StageMemory {
  std::string stage;
  Placement placement = Placement::Resident;
  Int own;         ///< Weights of the stage itself
  Int weights;     ///< Weights on the device while it runs
  Int kv, state;   ///< Keys and values, other state
  Int activations; ///< Peak; with the workspace
  Int workspace;
  Int total;
};

struct DeviceMemory {
  std::vector<StageMemory> stages;
  Int total;         ///< The largest of the stages
  std::string stage; ///< Where it is reached
  /// Absent without a device, or when its memory is not known.
  std::optional<Int> capacity;
  bool fits() const { return !capacity || total <= *capacity; }
  /// How many bytes are missing, or left when it fits.
  Int margin() const { return fits() ? *capacity - total : total - *capacity; }
};

/// A stage as `memoryOf` needs it: the values of the program's metrics.
struct StageValues {
  std::string stage, resident;
  std::span<const Number> values;
};

/// Nothing when a number is missing (a metric that the program does not have) or does not fit.
std::optional<DeviceMemory> memoryOf(const Program &program, std::span<const StageValues> stages,
                                     const ResidencyInfo &residency, std::optional<Int> capacity);

} // namespace mdl::runtime
