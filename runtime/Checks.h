//===- Checks.h - What holds before a number is given out -------*- C++ -*-===//
// Values of inputs from text, their ranges, the author's guards, and the error
// of a number that does not fit: the same for a report and for the C interface.
//===----------------------------------------------------------------------===//
#pragma once
#include "Report.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mdl::runtime {

/// A value as a person writes it: `81`, `true`, `gundam`. The value is one that the input may have.
std::string inputText(const Input &input, Int value);
/// Reads that back: digits (with `_` between them), `true` or `false`, or the name of a choice. On failure `error` says
/// what the input takes (`input-type`); the range is not looked at.
std::optional<Int> readInput(const Input &input, std::string_view text, ReportError &error);
/// The position of an input by its name; on failure `error` names those that there are (`unknown-input`).
std::optional<size_t> findInput(const Program &program, std::string_view name, ReportError &error);
/// The same for a metric (`unknown-metric`).
std::optional<size_t> findMetric(const Program &program, std::string_view name, ReportError &error);

/// That there is a value for each input, in its range, and for a fixed one the value that was compiled in.
bool checkInputs(const Program &program, std::span<const Int> values, ReportError &error);

/// What guards that do not hold have to say, besides errors.
struct GuardNotes {
  std::vector<std::string> warnings;    ///< The author's texts
  std::vector<std::string> assumptions; ///< These too, and claims that were left, after `extrapolation: `
};
/// Looks at the guards of an evaluation that has been run: a `require` that does not hold is an error.
bool checkGuards(const Evaluator &evaluator, GuardNotes &notes, ReportError &error);

/// The error of a number that does not fit: too large, or a sum with too many turns.
ReportError overflowError(const Evaluator &evaluator, const std::string &what, bool exact, const std::string &place);

} // namespace mdl::runtime
