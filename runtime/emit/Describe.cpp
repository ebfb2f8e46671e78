//===- Describe.cpp - What an emitted file says in words ------------------===//
#include "Describe.h"
#include "../Checks.h"
#include "Text.h"
#include <fmt/format.h>

namespace mdl::emit {

using runtime::Input;
using runtime::InputType;
using runtime::Program;

namespace {

void add(std::vector<std::string> &paragraphs, std::string_view what, const std::string &text) {
  if (!text.empty()) paragraphs.push_back(fmt::format("{}: {}", what, text));
}

} // namespace

const char *const kExactNumbers =
    "Integers are exact below 2^127 in size; a larger one is an error, never a wrong number. Reals (times, "
    "expectations, "
    "and bytes where a format leaves fractions of one) are IEEE doubles, computed in mdlc's order, so that they have "
    "the "
    "same digits. An input out of its range or a requirement that does not hold is an error, as in mdlc. Numbers are "
    "of "
    "the whole job; mdlc alone has those below the stages. v12 is %12 of `mdlc compile --emit program`.";

void addList(std::vector<std::string> &paragraphs, std::string_view what, const std::vector<std::string> &texts) {
  if (texts.empty()) return;
  paragraphs.push_back(fmt::format("{}:", what));
  for (const std::string &text : texts) paragraphs.push_back("- " + text);
}

std::string namePrefix(const Program &program, const Facts &facts) {
  return (facts.prefix.empty() ? Names().givePart(program.model) : facts.prefix) + "_";
}

std::vector<std::string> heading(const Program &program, const Facts &facts, const std::vector<std::string> &more) {
  std::vector<std::string> all = {program.model + (program.title.empty() ? "" : ": " + program.title),
                                  "Made by `mdlc emit`; not to be edited."};
  add(all, "Version", facts.version);
  add(all, "Vendor's code at", facts.commit);
  add(all, "Defaults are those of the workload", facts.workload);
  all.push_back(fmt::format("Convention: {}. Traffic: {}.", program.convention, program.traffic));
  if (!facts.precision.empty()) all.push_back(facts.precision + ".");
  add(all, "Device", facts.device);
  add(all, "Utilisation", facts.utilisation);
  addList(all, "Assumptions", facts.assumptions);
  addList(all, "Not modelled", program.notModelled);
  for (const std::string &each : more)
    if (!each.empty()) all.push_back(each);
  return all;
}

std::string describeInput(const Input &input, Int value) {
  std::string text = input.doc.empty() ? "" : input.doc + (input.doc.ends_with('.') ? " " : ". ");
  if (input.fixed) return text + fmt::format("Compiled in as {}", runtime::inputText(input, value));
  std::string range = rangeText(input);
  range[0] = 'I';
  return text + fmt::format("{}; default {}", range, runtime::inputText(input, value));
}

std::string rangeText(const Input &input) {
  if (input.type == InputType::Choice) return fmt::format("it is one of {}", fmt::join(input.choices, ", "));
  if (input.type == InputType::Boolean) return "it is false or true";
  std::string range = "its range is " + (input.lo ? toString(*input.lo) : "") + "..";
  if (input.hi) range += "=" + toString(*input.hi);
  return input.unit.empty() ? range : range + " " + input.unit;
}

std::optional<Int> lowest(const Input &input) {
  if (input.type == InputType::Integer || (input.lo && input.lo->sign() > 0)) return input.lo;
  return Int(0);
}

std::optional<Int> highest(const Input &input) {
  if (input.type == InputType::Integer) return input.hi;
  Int last = Int(choicesOf(input).size()) - 1;
  return input.hi && *input.hi < last ? input.hi : last;
}

std::vector<std::string> choicesOf(const Input &input) {
  return input.type == InputType::Boolean ? std::vector<std::string>{"false", "true"} : input.choices;
}

std::string noteText(const runtime::Guard &guard) {
  return (guard.kind == runtime::GuardKind::Claim ? "extrapolation: " : "") + guard.text;
}

} // namespace mdl::emit
