//===- yardstick.h - Totals of Wan2.1-T2V-14B by hand -----------*- C++ -*-===//
// What a person would write for these totals, factored by passes, tokens and latent
// size: the physical yardstick of perf_batch.cpp, which checks it against mdlc.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstddef>

namespace mdl::perf {

/// Columns in, columns out: FLOPs on tensor and vector units, bytes read and written, state, activation peak.
struct Yardstick {
  const double *height, *width, *frames, *steps, *batch, *text, *guidance;
  double *flopsTensor, *flopsVector, *read, *written, *state, *peak;
};
void totalsByHand(const Yardstick &columns, size_t count);

} // namespace mdl::perf
