//===- EmitJavaScript.cpp - A program as an ES module ---------------------===//
#include "Describe.h"
#include "JavaScriptSupport.h"
#include "Tape.h"
#include "Text.h"
#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace mdl::emit {

using runtime::Guard;
using runtime::GuardKind;
using runtime::Input;
using runtime::kNoSlot;
using runtime::Program;

namespace {

class JavaScriptWriter final : public Notation {
public:
  JavaScriptWriter(const Program &program, const Facts &facts)
      : program_(program), facts_(facts), outputs_(outputNumbers(program)), tape_(program, outputs_) {}

  std::string write() {
    text_ = comment(heading(
        program_, facts_,
        {kExactNumbers, "Use: import { evaluate } from \"./FILE.mjs\"; evaluate({ NAME: value }).totals. Integers are "
                        "BigInts, reals are Numbers."}));
    writeInputs();
    writeOutputs();
    writeGuards();
    text_ += kJsArithmetic;
    text_ += kJsChecks;
    writeEvaluate();
    return std::move(text_);
  }

  std::string integer(Int value) const override { return value.isOverflow() ? "null" : toString(value) + "n"; }
  std::string real(double value) const override {
    if (std::isnan(value)) return "NaN";
    return std::isinf(value) ? value < 0 ? "-Infinity" : "Infinity" : realText(value);
  }
  std::string input(uint32_t number) const override {
    return program_.inputs[number].fixed ? integer(facts_.defaults[number]) : fmt::format("x{}", number);
  }
  std::string parameter(uint32_t number) const override { return fmt::format("p{}", number); }
  std::string call(std::string_view function, const std::vector<std::string> &arguments) const override {
    return fmt::format("{}({})", function, fmt::join(arguments, ", "));
  }
  std::string argMin(const std::vector<std::string> &slots, uint32_t rowLength) const override {
    return fmt::format("argmin([{}], {})", fmt::join(slots, ", "), rowLength);
  }

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  static std::string bound(const std::optional<Int> &value) { return value ? toString(*value) + "n" : "null"; }
  static std::string list(const std::vector<std::string> &texts) {
    std::string items;
    for (const std::string &text : texts) items.append(items.empty() ? "" : ", ").append(jsString(text));
    return "[" + items + "]";
  }

  //===--- Tables -------------------------------------------------------------===//

  void writeInputs() {
    line("\n/** What `evaluate` takes; `value` is the default. A fixed input was compiled in. */");
    line("export const inputs = [");
    for (size_t i = 0; i < program_.inputs.size(); ++i) writeInput(program_.inputs[i], facts_.defaults[i]);
    line("];");
  }
  void writeInput(const Input &input, Int value) {
    std::vector<std::string> choices = choicesOf(input);
    line("  {{ name: {}, value: {}, low: {}, high: {}, unit: {},", jsString(input.name), integer(value),
         bound(lowest(input)), bound(highest(input)), jsString(input.unit));
    line("    choices: {}, fixed: {}, range: {},", choices.empty() ? "null" : list(choices), input.fixed,
         jsString(rangeText(input)));
    line("    doc: {} }},", jsString(input.doc));
  }

  void writeOutputs() {
    line("\nexport const stages = {};", list(stageNames(program_)));
    line("\n/** What `evaluate` gives, stages first; `stage` is null for the whole job. */\nexport const outputs = [");
    for (const OutputNumber &each : outputs_)
      line("  {{ name: {}, stage: {}, metric: {}, title: {}, unit: {} }},", jsString(each.name()),
           each.stage.empty() ? "null" : jsString(each.stage), jsString(each.metric), jsString(each.title),
           jsString(each.unit));
    line("];\n\nexport const assumptions = {};", list(facts_.assumptions));
    line("\nexport const notModelled = {};", list(program_.notModelled));
  }

  void writeGuards() {
    line("\n// Conditions on the inputs.\nconst guards = [");
    for (const Guard &guard : program_.guards)
      line("  {{ required: {}, text: {} }},", guard.kind == GuardKind::Require, jsString(noteText(guard)));
    line("];");
  }

  //===--- Evaluation ---------------------------------------------------------===//

  void writeEvaluate() {
    if (!tape_.parameters().empty()) text_ += '\n';
    for (uint32_t each : tape_.parameters()) {
      std::string about = commentText(program_.parameters[each].name);
      line("const {} = {}; // {}", parameter(each), real(program_.parameters[each].value), about);
    }
    line("\n/**\n * The numbers for these inputs: `{{ totals, stages, notes }}`. Notes are warnings, and claimed "
         "ranges that "
         "the\n * inputs leave. Throws a ModelError where mdlc refuses them.\n */");
    line("export function evaluate(given = {{}}) {{");
    writeBindings();
    line("  const run = {{ left: 0n, tooMany: false }};");
    for (const Step &step : tape_.steps) writeStep(step);
    writeResult();
  }

  void writeBindings() {
    std::string names;
    for (uint32_t i = 0; i < program_.inputs.size(); ++i)
      names += (i == 0 ? "" : ", ") + (program_.inputs[i].fixed ? std::string() : input(i));
    line("  const [{}] = bind(given);", names);
  }

  void writeStep(const Step &step) {
    std::string indent(2 + 2 * step.depth, ' ');
    switch (step.kind) {
    case Step::Kind::Compute: return line("{}const v{} = {};", indent, step.slot, tape_.expression(step.slot, *this));
    case Step::Kind::Open: return openSum(step.slot, indent, step.depth == 0);
    case Step::Kind::Close: return closeSum(step.slot, indent);
    }
  }

  void openSum(Slot sum, const std::string &indent, bool outermost) {
    bool isReal = tape_.isReal(sum);
    std::string low = tape_.operand(tape_.loop(sum).lo, *this), high = tape_.operand(tape_.loop(sum).hi, *this);
    std::string going = isReal ? fmt::format("Number.isFinite(v{})", sum) : fmt::format("v{} !== null", sum);
    if (outermost) line("{}run.left = {}n;", indent, kMaxTurns);
    line("{}let v{} = {};", indent, sum, isReal ? "0" : "0n");
    line("{}if (!turns({}, {}, run)) v{} = {};", indent, low, high, sum, isReal ? "NaN" : "null");
    line("{0}else for (let i{1} = {2}; i{1} < {3} && {4}; ++i{1}) {{", indent, sum, low, high, going);
  }
  void closeSum(Slot sum, const std::string &indent) {
    std::string term = tape_.operand(tape_.loop(sum).body, *this), name = fmt::format("v{}", sum);
    bool isReal = tape_.isReal(sum);
    line("{}  {};", indent, isReal ? name + " += " + term : name + " = " + call("add", {name, term}));
    line("{}}}", indent);
    if (isReal) line("{}{} = finite({});", indent, name, name);
  }

  void writeResult() {
    std::vector<std::string> conditions;
    for (const Guard &guard : program_.guards) conditions.push_back(tape_.operand(guard.condition, *this));
    line("  const notes = checkGuards([{}], run);", fmt::join(conditions, ", "));
    line("  const numbers = [");
    for (const OutputNumber &each : outputs_) line("    {}, // {}", value(each), commentText(each.name()));
    line("  ];\n  return {{ ...collect(numbers, run), notes }};\n}}");
  }
  std::string value(const OutputNumber &output) const {
    if (output.slot == kNoSlot) return integer(1);
    return call(tape_.isReal(output.slot) ? "real" : "whole",
                {tape_.operand(output.slot, *this), integer(output.scale)});
  }

  const Program &program_;
  const Facts &facts_;
  const std::vector<OutputNumber> outputs_;
  const Tape tape_;
  std::string text_;
};

} // namespace

std::string emitJavaScript(const Program &program, const Facts &facts) {
  return JavaScriptWriter(program, facts).write();
}

} // namespace mdl::emit
