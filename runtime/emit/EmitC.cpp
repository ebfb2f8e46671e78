//===- EmitC.cpp - A program as a file of C -------------------------------===//
// Declarations first, so that the file can also be included for them alone; then
// what every file has (CSupport), the model's tables and its evaluation.
//===----------------------------------------------------------------------===//
#include "BlockWriter.h"
#include "CSupport.h"
#include "Describe.h"
#include "Tape.h"
#include "Text.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace mdl::emit {

using runtime::Guard;
using runtime::GuardKind;
using runtime::Input;
using runtime::kNoSlot;
using runtime::Program;

namespace {

class CWriter final : public Notation {
public:
  CWriter(const Program &program, const Facts &facts)
      : program_(program), facts_(facts), outputs_(outputNumbers(program)), tape_(program, outputs_),
        prefix_(namePrefix(program, facts)), macro_(upperCase(prefix_)) {
    nameAll();
  }

  std::string write() {
    text_ = comment(heading(program_, facts_, {kExactNumbers, usage()}));
    line("#ifndef {}DECLARED\n#define {}DECLARED", macro_, macro_);
    support(kCTypes);
    writeInputs();
    writeOutputs();
    support(kCInterface);
    line("#endif\n\n#ifndef {}DECLARATIONS_ONLY", macro_);
    support(kCArithmetic);
    if (tape_.hasSums()) support(kCSums);
    support(kCChecks);
    writeTables();
    writeDefaults();
    writeEvaluate();
    support(kCMain);
    line("#endif");
    return std::move(text_);
  }

  std::string integer(Int value) const override {
    if (value.isOverflow()) return macro_ + "BEYOND";
    if (value.fitsInt64() && value > Int(INT64_MIN)) return toString(value);
    std::string digits = value.sign() < 0 ? "-" : "";
    auto bits = static_cast<UInt128>(abs(value).raw());
    auto high = static_cast<uint64_t>(bits >> 64), low = static_cast<uint64_t>(bits);
    return fmt::format("({}((({}int){} << 64) | {}u))", digits, prefix_, high, low);
  }
  std::string real(double value) const override { return cReal(value); }
  std::string input(uint32_t number) const override {
    if (program_.inputs[number].fixed) return fixedMacros_.at(number);
    return "in->" + inputMembers_.at(number);
  }
  std::string parameter(uint32_t number) const override { return fmt::format("{}p{}", prefix_, number); }
  std::string call(std::string_view function, const std::vector<std::string> &arguments) const override {
    return fmt::format("{}{}({})", prefix_, function, fmt::join(arguments, ", "));
  }
  std::string argMin(const std::vector<std::string> &slots, uint32_t rowLength) const override {
    return fmt::format("{0}argmin((const {0}int[]){{{1}}}, {2}, {3})", prefix_, fmt::join(slots, ", "), slots.size(),
                       rowLength);
  }

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void support(std::string_view text) { text_ += withNames(text, prefix_, macro_); }
  std::string usage() const {
    return fmt::format(
        "A program of its own: cc -std=c11 -D{}MAIN FILE.c, then ./a.out NAME=VALUE... Inside another one: "
        "compile this file, and include it where it is used after #define {}DECLARATIONS_ONLY.",
        macro_, macro_);
  }

  //===--- Names --------------------------------------------------------------===//

  void nameAll() {
    Names inputs, metrics({"calls"}), stages({"total", "notes", "note_count", "message"});
    Names macros({"OK", "OUT_OF_RANGE", "GUARD_FAILED", "OVERFLOW", "TOO_MANY_TURNS", "ABSENT", "EXACT", "REAL",
                  "TOO_LARGE", "INT_MAX", "DECLARED", "DECLARATIONS_ONLY", "BEYOND", "PRIVATE", "MAIN"});
    for (uint32_t i = 0; i < program_.inputs.size(); ++i) nameInput(i, inputs, macros);
    metrics_["calls"] = "calls";
    for (const OutputNumber &output : outputs_)
      if (!metrics_.contains(output.metric)) metrics_[output.metric] = metrics.give(output.metric);
    stages_[""] = "total";
    for (const std::string &stage : stageNames(program_)) stages_[stage] = stages.give(stage);
  }
  void nameInput(uint32_t number, Names &members, Names &macros) {
    const Input &input = program_.inputs[number];
    if (input.fixed) fixedMacros_[number] = macro_ + macros.givePart("FIXED_" + upperCase(input.name));
    else inputMembers_[number] = members.give(input.name);
    for (const std::string &choice : input.choices)
      choiceMacros_[number].push_back(macro_ + macros.givePart(upperCase(input.name) + "_IS_" + upperCase(choice)));
  }

  //===--- Declarations -------------------------------------------------------===//

  void writeInputs() {
    for (uint32_t i = 0; i < program_.inputs.size(); ++i) writeConstants(i);
    line("struct {}inputs {{", prefix_);
    for (const auto &[number, member] : inputMembers_) {
      text_ += comment({describeInput(program_.inputs[number], facts_.defaults[number])}, "  ");
      line("  {}int {};", prefix_, member);
    }
    if (inputMembers_.empty()) line("  char none; /* C has no empty structure */");
    line("}};\n");
  }

  void writeConstants(uint32_t number) {
    const Input &input = program_.inputs[number];
    if (input.fixed) {
      text_ += comment({input.name + ". " + describeInput(input, facts_.defaults[number])});
      line("#define {} {}", fixedMacros_[number], integer(facts_.defaults[number]));
    }
    if (!input.choices.empty()) line("enum {{ {} }};", fmt::join(choiceMacros_[number], ", "));
  }

  void writeOutputs() {
    line("/* Numbers of a stage or of the job; those that it has not are {}ABSENT. */", macro_);
    line("struct {}metrics {{\n  struct {}number calls;", prefix_, prefix_);
    for (const auto &[metric, output] : firstOfEachMetric()) {
      std::string unit = output->unit.empty() ? "" : ", in " + output->unit;
      line("  struct {}number {}; /* {} */", prefix_, metrics_.at(metric), commentText(output->title + unit));
    }
    line("}};\n\nstruct {}outputs {{", prefix_);
    for (const std::string &stage : stageNames(program_)) line("  struct {}metrics {};", prefix_, stages_.at(stage));
    line("  struct {}metrics total; /* of the whole job */", prefix_);
    line("  int note_count;\n  const char *notes[{}]; /* warnings, and claimed ranges that the inputs leave */",
         std::max<size_t>(1, notes()));
    line("  char message[{}];\n}};", 320 + longestText());
  }

  /// In the order of the program; `calls` stands by itself.
  std::vector<std::pair<std::string, const OutputNumber *>> firstOfEachMetric() const {
    std::vector<std::pair<std::string, const OutputNumber *>> first;
    for (const runtime::Metric &metric : program_.metrics) {
      auto at = std::ranges::find_if(outputs_, [&](const OutputNumber &each) { return each.metric == metric.name; });
      if (at != outputs_.end() && metric.name != "calls") first.emplace_back(metric.name, &*at);
    }
    return first;
  }

  size_t notes() const {
    return static_cast<size_t>(
        std::ranges::count_if(program_.guards, [](const Guard &guard) { return guard.kind != GuardKind::Require; }));
  }
  /// Of what goes into a message, so that none is cut.
  size_t longestText() const {
    size_t longest = 0;
    for (const Guard &guard : program_.guards) longest = std::max(longest, noteText(guard).size());
    for (const Input &input : program_.inputs) longest = std::max(longest, input.name.size() + rangeText(input).size());
    for (const OutputNumber &output : outputs_) longest = std::max(longest, output.name().size());
    return longest;
  }

  //===--- Tables -------------------------------------------------------------===//

  void writeTables() {
    text_ += '\n';
    for (const auto &[number, member] : inputMembers_) writeChoices(number);
    line("const struct {}input_info {}input_list[] = {{", prefix_, prefix_);
    for (const auto &[number, member] : inputMembers_) writeInput(number, member);
    line("  {{NULL, NULL, NULL, NULL, 0, 0, 0}}\n}};\n");
    line("const struct {}output_info {}output_list[] = {{", prefix_, prefix_);
    for (const OutputNumber &output : outputs_)
      line("  {{{}, {}, {}, offsetof(struct {}outputs, {})}},", cString(output.name()), cString(output.title),
           cString(output.unit), prefix_, member(output));
    line("  {{NULL, NULL, NULL, 0}}\n}};\n");
  }

  void writeChoices(uint32_t number) {
    std::string names;
    for (const std::string &choice : choicesOf(program_.inputs[number])) names += cString(choice) + ", ";
    if (!names.empty()) line("static const char *const {}choices_{}[] = {{{}NULL}};", prefix_, number, names);
  }

  void writeInput(uint32_t number, const std::string &member) {
    const Input &input = program_.inputs[number];
    std::string choices = choicesOf(input).empty() ? "NULL" : fmt::format("{}choices_{}", prefix_, number);
    auto low = lowest(input), high = highest(input);
    line("  {{{}, {}, {}, {}, {}, {}, offsetof(struct {}inputs, {})}},", cString(input.name), cString(input.unit),
         cString(rangeText(input)), choices, low ? integer(*low) : "-" + macro_ + "INT_MAX",
         high ? integer(*high) : macro_ + "INT_MAX", prefix_, member);
  }

  void writeDefaults() {
    line("void {}defaults(struct {}inputs *in) {{", prefix_, prefix_);
    for (const auto &[number, member] : inputMembers_) line("  in->{} = {};", member, integer(facts_.defaults[number]));
    if (inputMembers_.empty()) line("  in->none = 0;");
    line("}}\n");
  }

  //===--- Evaluation ---------------------------------------------------------===//

  void writeEvaluate() {
    for (uint32_t each : tape_.parameters()) {
      text_ += comment({program_.parameters[each].name});
      line("static const double {} = {};", parameter(each), real(program_.parameters[each].value));
    }
    line("int {}evaluate(const struct {}inputs *in, struct {}outputs *out) {{", prefix_, prefix_, prefix_);
    if (tape_.hasSums()) line("  {}int left = 0;", prefix_);
    line("  int status, too_many = 0;\n  memset(out, 0, sizeof *out);");
    line("  if ((status = {}check_inputs(in, out)) != {}OK) return status;\n", prefix_, macro_);
    for (const Step &step : tape_.steps) writeStep(step);
    text_ += '\n';
    for (const Guard &guard : program_.guards) writeGuard(guard);
    for (const OutputNumber &output : outputs_) writeOutput(output);
    line("  return {}check_outputs(out, too_many);\n}}", prefix_);
  }

  void writeStep(const Step &step) {
    std::string indent(2 + 2 * step.depth, ' ');
    switch (step.kind) {
    case Step::Kind::Compute:
      return line("{}const {} v{} = {};", indent, typeOf(step.slot), step.slot, tape_.expression(step.slot, *this));
    case Step::Kind::Open: return openSum(step.slot, indent, step.depth == 0);
    case Step::Kind::Close: return closeSum(step.slot, indent);
    }
  }
  std::string typeOf(Slot slot) const { return tape_.isReal(slot) ? "double" : prefix_ + "int"; }

  void openSum(Slot sum, const std::string &indent, bool outermost) {
    bool isReal = tape_.isReal(sum);
    std::string low = tape_.operand(tape_.loop(sum).lo, *this), high = tape_.operand(tape_.loop(sum).hi, *this);
    std::string going = isReal ? fmt::format("isfinite(v{})", sum) : fmt::format("v{} != {}BEYOND", sum, macro_);
    if (outermost) line("{}left = {};", indent, kMaxTurns);
    line("{}{} v{} = 0;", indent, typeOf(sum), sum);
    line("{}if (!{}turns({}, {}, &left, &too_many)) v{} = {};", indent, prefix_, low, high, sum,
         isReal ? real(NAN) : macro_ + "BEYOND");
    line("{0}else for ({1}int i{2} = {3}; i{2} < {4} && {5}; ++i{2}) {{", indent, prefix_, sum, low, high, going);
  }
  void closeSum(Slot sum, const std::string &indent) {
    std::string term = tape_.operand(tape_.loop(sum).body, *this), name = fmt::format("v{}", sum);
    bool isReal = tape_.isReal(sum);
    line("{}  {};", indent, isReal ? name + " += " + term : name + " = " + call("add", {name, term}));
    line("{}}}", indent);
    if (isReal) line("{}{} = {};", indent, name, call("finite", {name}));
  }

  void writeGuard(const Guard &guard) {
    line("  if ((status = {}{}(out, {}, {}, too_many)) != {}OK) return status;", prefix_,
         guard.kind == GuardKind::Require ? "require" : "note", tape_.operand(guard.condition, *this),
         cString(noteText(guard)), macro_);
  }

  void writeOutput(const OutputNumber &output) {
    bool isReal = output.slot != kNoSlot && tape_.isReal(output.slot);
    std::string value = output.slot == kNoSlot ? "1" : tape_.operand(output.slot, *this);
    line("  out->{} = {};", member(output), call(isReal ? "real" : "whole", {value, integer(output.scale)}));
  }
  std::string member(const OutputNumber &output) const {
    return stages_.at(output.stage) + "." + metrics_.at(output.metric);
  }

  const Program &program_;
  const Facts &facts_;
  const std::vector<OutputNumber> outputs_;
  const Tape tape_;
  const std::string prefix_, macro_;
  std::map<uint32_t, std::string> inputMembers_, fixedMacros_;
  std::map<uint32_t, std::vector<std::string>> choiceMacros_;
  std::map<std::string, std::string> metrics_, stages_;
  std::string text_;
};

} // namespace

bool isPrefix(std::string_view text) { return !text.empty() && Names().givePart(text) == text; }

std::string emitC(const Program &program, const Facts &facts) { return CWriter(program, facts).write(); }

} // namespace mdl::emit
