//===- JsonTarget.h - Precision, device and memory as JSON ------*- C++ -*-===//
#pragma once
#include "../Report.h"
#include "Output.h"

namespace mdl::runtime {

/// The members `precision`, `device`, `utilisation` and `overlap`, each after a comma.
void writeJsonTarget(Output &out, const Target &target);
/// The object `memory`: bytes by stage, the total, and whether it fits.
void writeJsonMemory(Output &out, const DeviceMemory &memory, std::string_view residency);
/// The object of a precision: its formats in words, by stage where they differ.
void writeJsonPrecision(Output &out, const PrecisionInfo &precision);
/// The object of a sharding: its name, how many devices share the model, a rule of each.
void writeJsonSharding(Output &out, const ShardingInfo &sharding);
/// The object `parallel`: the job on several devices.
void writeJsonParallel(Output &out, const ParallelReport &parallel);
/// The object of a device with all its numbers and where they are from.
void writeJsonDevice(Output &out, const DeviceInfo &device);

} // namespace mdl::runtime
