//===- CSupport.h - The parts of every C file -------------------*- C++ -*-===//
// In these texts `$` stands for the prefix of names and `@` for that of macros
// and constants, each with its `_`: `$add` becomes `wan_add`, `@OK` `WAN_OK`.
//===----------------------------------------------------------------------===//
#pragma once

namespace mdl::emit {

/// Types that do not depend on the model.
extern const char *const kCTypes;
/// What follows the model's own structures: tables and functions.
extern const char *const kCInterface;
/// Arithmetic with the rules of the runtime (runtime/README.md, Numbers).
extern const char *const kCArithmetic;
/// Used by an evaluation that has sums.
extern const char *const kCSums;
/// Checks, messages, printing.
extern const char *const kCChecks;
/// The program of `-D@MAIN`.
extern const char *const kCMain;

} // namespace mdl::emit
