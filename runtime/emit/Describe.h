//===- Describe.h - What an emitted file says in words ----------*- C++ -*-===//
#pragma once
#include "Emit.h"

namespace mdl::emit {

/// The most turns of a sum, as of the evaluator.
inline constexpr int64_t kMaxTurns = 10'000'000;

/// Of a file that computes as the exact evaluator does.
extern const char *const kExactNumbers;

/// What the names of a file of C begin with, `_` included.
std::string namePrefix(const runtime::Program &program, const Facts &facts);
/// The paragraphs at the top of a file: what it is of, then `more`, the empty ones left out.
std::vector<std::string> heading(const runtime::Program &program, const Facts &facts,
                                 const std::vector<std::string> &more);
/// Adds a list under its title; nothing without entries.
void addList(std::vector<std::string> &paragraphs, std::string_view what, const std::vector<std::string> &texts);
/// One paragraph on an input: what it is, its range, its default.
std::string describeInput(const runtime::Input &input, Int value);
/// `its range is 16..=65535 frame`, `it is one of tiny, base`.
std::string rangeText(const runtime::Input &input);
/// The lowest and the highest value allowed; nothing where there is no bound.
std::optional<Int> lowest(const runtime::Input &input);
std::optional<Int> highest(const runtime::Input &input);
/// What the values of an input are called, from 0 on; empty for a number.
std::vector<std::string> choicesOf(const runtime::Input &input);
/// The note of a condition that may fail: a claimed range is marked as in a report.
std::string noteText(const runtime::Guard &guard);

} // namespace mdl::emit
