//===- Traces.h - Reports for viewers of profiles ---------------*- C++ -*-===//
// A job as a profile that was never measured: its operators one after the other,
// inside of their modules, each as long as its time, or as its tensor FLOPs when
// there is no device. speedscope: https://www.speedscope.app/file-format-schema.json.
// chrome-trace: the JSON of the Trace Event Format, for Perfetto and chrome://tracing.
//===----------------------------------------------------------------------===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// What widths are of: the time, else tensor FLOPs. Nothing when the convention has neither, or when times of operators
/// do not add up (everything overlaps).
std::optional<size_t> traceMetric(const Report &report);

/// Both need `traceMetric`, and take the rows, or the folded rows of a report without rows.
void renderSpeedscope(const Report &report, const RenderOptions &options, Output &out);
void renderChromeTrace(const Report &report, const RenderOptions &options, Output &out);

} // namespace mdl::runtime
