//===- Verification.h - Comparisons with a measurement, rendered -*- C++ -*-===//
#pragma once
#include "../Verify.h"
#include "Output.h"

namespace mdl::runtime {

/// Writes the verdict, the worst rows (at most `maxRows`) and what did not join on either side.
void renderVerificationText(const VerifyResult &result, bool colour, size_t maxRows, Output &out);

/// Writes everything, schema `mdlc.verify/1`:
/// `{"schema", "at", "calls", "tolerance", "passed", "reasons", "total", "params", "rows",
///   "unmatched_reference", "unmatched_ours"}`; total and params are a row or null.
void renderVerificationJson(const VerifyResult &result, Output &out);

} // namespace mdl::runtime
