//===- Json.h - Reports as JSON ---------------------------------*- C++ -*-===//
// Schema `mdlc.eval/1`, described by eval.schema.json. Later versions of it add
// keys and never change one. The same report gives the same bytes.
//===----------------------------------------------------------------------===//
#pragma once
#include "Formats.h"

namespace mdl::runtime {

/// The largest integer that every JSON reader keeps; larger ones are written as decimal strings.
inline constexpr int64_t kLargestJsonInteger = (int64_t{1} << 53) - 1;

/// Writes a report. A report without rows gives its folded rows, each with `copies` and `first_id`.
void renderJson(const Report &report, const RenderOptions &options, Output &out);

/// A string with its quotes and escapes. Bytes that are no UTF-8 become U+FFFD.
void writeJsonString(Output &out, std::string_view text);
/// An integer as a number, or as a decimal string beyond `kLargestJsonInteger`.
void writeJsonNumber(Output &out, Int value);
void writeJsonNumber(Output &out, const Number &value);

} // namespace mdl::runtime
