//===- MemorySlots.h - The memory of a device as a slot ---------*- C++ -*-===//
#pragma once
#include "../Program.h"
#include "../Target.h"

namespace mdl::runtime::batch {

/// Appends to the tape what Memory.h computes from the numbers of the stages, for one residency: the bytes that a device
/// holds in the stage that needs most. kNoSlot when the program lacks a metric that memory needs, or nothing runs on
/// the device. Exact.
Slot addMemory(Program &program, const ResidencyInfo &residency);

} // namespace mdl::runtime::batch
