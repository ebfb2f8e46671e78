//===- MemorySlots.h - The memory of a device as a slot ---------*- C++ -*-===//
#pragma once
#include "../Program.h"
#include "../Target.h"

namespace mdl::runtime::batch {

/// Appends to the tape what Memory.h computes from the numbers of the stages, for one residency: the bytes that a device
/// holds in the stage that needs most. kNoSlot when the program lacks a metric that memory needs, or nothing runs on
/// the device. Exact.
Slot addMemory(Program &program, const ResidencyInfo &residency);
/// Whether these bytes are no more than a device has: 1 or 0. Exact.
Slot addFits(Program &program, Slot memory, Int capacity);

} // namespace mdl::runtime::batch
