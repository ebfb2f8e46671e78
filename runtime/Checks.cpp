//===- Checks.cpp - What holds before a number is given out ---------------===//
#include "Checks.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mdl::runtime {
namespace {

bool fail(ReportError &error, std::string slug, std::string message, std::string place = {}) {
  error = {std::move(slug), std::move(message), std::move(place)};
  return false;
}

std::string rangeOf(const Input &input) {
  switch (input.type) {
  case InputType::Choice: return fmt::format("it is one of {}", fmt::join(input.choices, ", "));
  case InputType::Boolean: return "it is false or true";
  case InputType::Integer: break;
  }
  std::string range = "its range is " + (input.lo ? toString(*input.lo) : "") + "..";
  if (input.hi) range.append("=").append(toString(*input.hi));
  return input.unit.empty() ? range : range + " " + input.unit;
}

bool isInRange(const Input &input, Int value) {
  if (value.isOverflow() || (input.lo && value < *input.lo) || (input.hi && value > *input.hi)) return false;
  if (input.type == InputType::Integer) return true;
  Int count = input.type == InputType::Boolean ? 2 : Int(input.choices.size());
  return value.sign() >= 0 && value < count;
}

/// A fixed value as text; one of a file may be none that the input can have.
std::string fixedText(const Input &input) {
  return isInRange(input, input.value) ? inputText(input, input.value) : toString(input.value);
}

} // namespace

std::string inputText(const Input &input, Int value) {
  switch (input.type) {
  case InputType::Integer: return toString(value);
  case InputType::Boolean: return value.isZero() ? "false" : "true";
  case InputType::Choice: return input.choices[static_cast<size_t>(value.raw())];
  }
  return {};
}

std::optional<Int> readInput(const Input &input, std::string_view text, ReportError &error) {
  auto wants = [&](const std::string &what) {
    fail(error, "input-type", fmt::format("input `{}` is {}, found `{}`", input.name, what, text));
    return std::nullopt;
  };
  switch (input.type) {
  case InputType::Integer:
    if (auto value = parseInt(text)) return value;
    return wants("a whole number" + (input.unit.empty() ? "" : " of " + input.unit));
  case InputType::Boolean:
    if (text == "true" || text == "false") return Int(text == "true");
    return wants("`true` or `false`");
  case InputType::Choice:
    if (auto at = std::ranges::find(input.choices, text); at != input.choices.end())
      return Int(at - input.choices.begin());
    return wants(fmt::format("one of {}", fmt::join(input.choices, ", ")));
  }
  return std::nullopt;
}

std::optional<size_t> findInput(const Program &program, std::string_view name, ReportError &error) {
  if (auto at = std::ranges::find(program.inputs, name, &Input::name); at != program.inputs.end())
    return static_cast<size_t>(at - program.inputs.begin());
  std::vector<std::string_view> names;
  for (const Input &input : program.inputs) names.push_back(input.name);
  fail(error, "unknown-input",
       fmt::format("`{}` has no input `{}`; it has {}", program.model, name,
                   names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  return std::nullopt;
}

std::optional<size_t> findMetric(const Program &program, std::string_view name, ReportError &error) {
  auto at = std::ranges::find(program.metrics, name, &Metric::name);
  if (at != program.metrics.end()) return static_cast<size_t>(at - program.metrics.begin());
  std::vector<std::string_view> names;
  for (const Metric &metric : program.metrics) names.push_back(metric.name);
  error = {"unknown-metric",
           fmt::format("`{}` has no metric `{}`; it has {}", program.model, name, fmt::join(names, ", ")),
           {}};
  return std::nullopt;
}

bool checkInputs(const Program &program, std::span<const Int> values, ReportError &error) {
  if (values.size() != program.inputs.size())
    return fail(error, "out-of-range", fmt::format("{} values for {} inputs", values.size(), program.inputs.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const Input &input = program.inputs[i];
    if (!isInRange(input, values[i])) {
      std::string value = values[i].isOverflow() ? "beyond 2^127" : toString(values[i]);
      return fail(error, "out-of-range", fmt::format("input `{}` is {}; {}", input.name, value, rangeOf(input)));
    }
    if (input.fixed && values[i] != input.value)
      return fail(error, "fixed-input", fmt::format("input `{}` was compiled in as {}", input.name, fixedText(input)));
  }
  return true;
}

bool checkGuards(const Evaluator &evaluator, GuardNotes &notes, ReportError &error) {
  for (const Guard &guard : evaluator.program().guards) {
    Int holds = evaluator.value(guard.condition).exact;
    if (holds.isOverflow()) {
      error = overflowError(evaluator, fmt::format("the condition `{}`", guard.text), true, guard.place);
      return false;
    }
    if (!holds.isZero()) continue;
    if (guard.kind == GuardKind::Require) return fail(error, "guard-failed", guard.text, guard.place);
    if (guard.kind == GuardKind::Warn) notes.warnings.push_back(guard.text);
    notes.assumptions.push_back(guard.kind == GuardKind::Claim ? std::string(kExtrapolation) + guard.text : guard.text);
  }
  return true;
}

ReportError overflowError(const Evaluator &evaluator, const std::string &what, bool exact, const std::string &place) {
  if (evaluator.tooManyTurns())
    return {"too-many-turns", fmt::format("{} needs a sum of more than {} turns", what, Evaluator::kMaxTurns), place};
  return {"overflow", what + (exact ? " is beyond 2^127, the widest integer" : " is beyond the widest real"), place};
}

} // namespace mdl::runtime
