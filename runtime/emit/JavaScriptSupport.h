//===- JavaScriptSupport.h - The parts of every module ----------*- C++ -*-===//
#pragma once

namespace mdl::emit {

/// Arithmetic with the rules of the runtime (runtime/README.md, Numbers).
extern const char *const kJsArithmetic;
/// Inputs, errors, results.
extern const char *const kJsChecks;

} // namespace mdl::emit
