//===- CSupport.h - The parts of every C file -------------------*- C++ -*-===//
// In these texts `$` stands for the prefix of names and `@` for that of macros
// and constants, each with its `_`: `$add` becomes `wan_add`, `@OK` `WAN_OK`.
//===----------------------------------------------------------------------===//
#pragma once
#include <string>
#include <string_view>

namespace mdl::emit {

/// A text with these for its marks.
std::string withNames(std::string_view text, const std::string &prefix, const std::string &macro);

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

// Of a file for many points (BatchSupport):
/// What follows the enumerations of inputs and outputs.
extern const char *const kBatchInterface;
/// What reals mean, and how loops become vectors.
extern const char *const kBatchRules;
/// Used by plans that have such steps.
extern const char *const kBatchPower, *const kBatchSmallest, *const kBatchSums;
/// Whether the requirements hold of a block: where there are some.
extern const char *const kBatchRequire;
/// Columns of a block; what is allowed in them, up to what else has to hold.
extern const char *const kBatchCheck;
/// The body of the function that takes all blocks.
extern const char *const kBatchEntry;

} // namespace mdl::emit
