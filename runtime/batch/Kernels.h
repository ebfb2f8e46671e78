//===- Kernels.h - The steps of a plan over a block of points ---*- C++ -*-===//
// Kernels.inc is compiled once for each vector unit (x86-64-v2, v3, v4, or what the
// machine is); the widest that the processor has is chosen when a program starts.
// No unit changes a digit: every step is the same IEEE operations in the same order.
//===----------------------------------------------------------------------===//
#pragma once
#include "Plan.h"

namespace mdl::runtime::batch {

/// Points of a block are a multiple of this: the widest vector.
inline constexpr size_t kLanes = 8;

/// The turn that a loop is in and where its turns end, over all points of the block.
struct Turns {
  double at = 0, end = 0;
};

/// Runs the steps of a plan: `registers[r]` is a block of `count` points, `turns` has room for each loop.
using RunSteps = void (*)(const Plan &plan, double *const *registers, size_t count, Turns *turns);

struct Kernels {
  const char *unit; ///< `x86-64-v4`
  RunSteps run;
};

/// Those that this processor can run, the widest first.
std::span<const Kernels> kernels();

} // namespace mdl::runtime::batch
