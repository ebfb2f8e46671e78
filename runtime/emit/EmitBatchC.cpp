//===- EmitBatchC.cpp - Many points as a file of C ------------------------===//
// Declarations first, as in EmitC; then the plan of the numbers and that of the
// requirements, each as a function over a block, and the walk over all blocks.
//===----------------------------------------------------------------------===//
#include "../Checks.h"
#include "BlockWriter.h"
#include "CSupport.h"
#include "Describe.h"
#include "Text.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace mdl::emit {

using batch::Accuracy;
using batch::Column;
using batch::Op;
using runtime::Guard;
using runtime::GuardKind;
using runtime::Input;
using runtime::Program;

namespace {

class BatchWriter {
public:
  BatchWriter(const Program &program, const Facts &facts, const ManyPoints &points)
      : program_(program), facts_(facts), points_(points), name_(namePrefix(program, facts) + "batch"),
        prefix_(name_ + "_"), macro_(upperCase(prefix_)) {
    std::vector<batch::Output> outputs;
    for (const NamedOutput &each : points.outputs) outputs.push_back(each.output);
    numbers_ = planOf(outputs, points.after);
    sortRequirements();
  }

  std::string write() {
    text_ = comment(heading(program_, facts_, paragraphs()));
    line("#ifndef {}DECLARED\n#define {}DECLARED\n#include <stddef.h>\n", macro_, macro_);
    line("#ifdef __cplusplus\nextern \"C\" {{\n#endif\n");
    writeInputs();
    writeOutputs();
    support(kBatchInterface);
    writeDeclaration();
    line("\n#ifdef __cplusplus\n}}\n#endif\n#endif\n\n#ifndef {}DECLARATIONS_ONLY", macro_);
    support(kBatchRules);
    writeTables();
    writeFunctions();
    line("#endif");
    return std::move(text_);
  }

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void support(std::string_view text) { text_ += withNames(text, prefix_, macro_); }

  //===--- Plans --------------------------------------------------------------===//

  batch::Plan planOf(const std::vector<batch::Output> &outputs, const batch::PlanWatcher &after = {}) const {
    batch::Request request{facts_.defaults, {}, points_.columns, outputs};
    for (const auto &parameter : program_.parameters) request.parameters.push_back(parameter.value);
    return batch::makePlan(program_, request, after);
  }
  /// Those that doubles decide have a plan of their own.
  void sortRequirements() {
    std::vector<batch::Output> decided;
    for (const Guard &guard : program_.guards) {
      if (guard.kind != GuardKind::Require) continue;
      batch::Plan alone = planOf({{guard.condition, 1}});
      if (!alone.accuracy[0].isExact()) undecided_.push_back(&guard);
      else if (!alwaysHolds(alone)) decided.push_back({guard.condition, 1}), decided_.push_back(&guard);
    }
    if (!decided.empty()) conditions_ = planOf(decided);
  }
  static bool alwaysHolds(const batch::Plan &plan) {
    return std::ranges::find(plan.constants, std::pair(plan.outputs[0], 1.0)) != plan.constants.end();
  }
  bool has(Op op) const {
    auto isOp = [&](const batch::Step &step) { return step.op == op; };
    return std::ranges::any_of(numbers_.steps, isOp) || std::ranges::any_of(conditions_.steps, isOp);
  }

  //===--- What it says -------------------------------------------------------===//

  std::vector<std::string> paragraphs() const {
    std::vector<std::string> all = {
        "Many points: a column for each input that varies, a column for each number, all in doubles. They are computed "
        "by the steps of mdlc's batch evaluator, so that they have the same digits whatever the compiler and the "
        "machine; how far a number can be from the exact one stands beside it, for all columns within their bounds. "
        "What is beyond the widest number (2^127 for an integer) is no number: NAN. Numbers are of the whole job. "
        "Warnings and claimed ranges are not looked at."};
    std::vector<std::string> fixed;
    for (uint32_t i = 0; i < program_.inputs.size(); ++i)
      if (!isColumn(i))
        fixed.push_back(program_.inputs[i].name + " = " + runtime::inputText(program_.inputs[i], facts_.defaults[i]));
    addList(all, "Inputs that do not vary", fixed);
    addList(all, "Requirements that are looked at", texts(decided_));
    addList(all, "Requirements that doubles do not decide: with them no point is known to be valid", texts(undecided_));
    all.push_back(fmt::format(
        "cc -std=c99 -O3 -march=native -c FILE.c; clang and gcc make vectors of it. Include the file where it is used "
        "after #define {}DECLARATIONS_ONLY.",
        macro_));
    return all;
  }
  static std::vector<std::string> texts(const std::vector<const Guard *> &guards) {
    std::vector<std::string> all;
    for (const Guard *guard : guards) all.push_back(guard->text);
    return all;
  }
  bool isColumn(uint32_t input) const {
    return std::ranges::find(points_.columns, input, &Column::input) != points_.columns.end();
  }

  /// Bounds are rounded up.
  static std::string accuracyText(const Accuracy &accuracy, const std::string &unit) {
    if (accuracy.isExact()) return "exact";
    std::string text = accuracy.exactBelow2p53 ? "exact below 2^53, beyond it " : "";
    if (std::isinf(accuracy.absolute)) return text + "no bound is known";
    text += fmt::format("within {:.3g} of itself", accuracy.relative * 1.006);
    if (accuracy.absolute == 0) return text;
    return text + fmt::format(" and {:.3g}{}{}", accuracy.absolute * 1.006, unit.empty() ? "" : " ", unit);
  }

  //===--- Declarations -------------------------------------------------------===//

  void writeInputs() {
    Names names({"COUNT"});
    line("/* Columns, in this order. */\nenum {{");
    for (const Column &column : points_.columns) {
      const Input &input = program_.inputs[column.input];
      text_ += comment({columnText(input, column)}, "  ");
      line("  {}IN_{},", macro_, names.givePart(upperCase(input.name)));
    }
    line("  {}IN_COUNT\n}};", macro_);
  }
  static std::string columnText(const Input &input, const Column &column) {
    std::string text = input.doc + (input.doc.empty() ? "" : input.doc.ends_with('.') ? " " : ". ");
    text += fmt::format("From {} to {}", toString(column.lo), toString(column.hi));
    if (!input.unit.empty()) text += " " + input.unit;
    std::vector<std::string> choices = choicesOf(input);
    for (size_t i = 0; i < choices.size(); ++i) text += fmt::format("{} {} is {}", i == 0 ? ";" : ",", i, choices[i]);
    return text;
  }

  void writeOutputs() {
    Names names({"COUNT"});
    line("/* Results, in this order. */\nenum {{");
    for (size_t i = 0; i < points_.outputs.size(); ++i) {
      const NamedOutput &output = points_.outputs[i];
      std::string unit = output.unit.empty() ? "" : ", in " + output.unit;
      text_ += comment({output.title + unit + "; " + accuracyText(numbers_.accuracy[i], output.unit)}, "  ");
      line("  {}OUT_{},", macro_, names.givePart(upperCase(output.name)));
    }
    line("  {}OUT_COUNT\n}};", macro_);
  }

  void writeDeclaration() {
    text_ +=
        comment({"Evaluates `count` points.", "in: a column of `count` numbers for each input",
                 "out: for each result room for `count`, which overlaps nothing else, or NULL: not stored",
                 fmt::format("valid: NULL, or room for `count`: {0}VALID where all inputs are within their bounds and "
                             "all requirements hold; results of a point that is {0}INVALID have no meaning; "
                             "{0}UNDECIDED where doubles do not tell",
                             macro_),
                 "It keeps nothing: any number of threads may call it."});
    line("{};", signature());
  }
  std::string signature() const {
    return fmt::format("void {}(size_t count, const double *const *in, double *const *out, unsigned char *valid)",
                       name_);
  }

  //===--- Definitions --------------------------------------------------------===//

  void writeTables() {
    line("\nconst struct {0}input {0}inputs[] = {{", prefix_);
    for (const Column &column : points_.columns) {
      const Input &input = program_.inputs[column.input];
      line("  {{{}, {}, {}, {}}},", cString(input.name), cString(input.unit), cReal(column.lo.toDouble()),
           cReal(column.hi.toDouble()));
    }
    line("}};\nconst struct {0}output {0}outputs[] = {{", prefix_);
    for (size_t i = 0; i < points_.outputs.size(); ++i) {
      const NamedOutput &output = points_.outputs[i];
      const Accuracy &accuracy = numbers_.accuracy[i];
      line("  {{{}, {}, {}, {}, {}, {}}},", cString(output.name), cString(output.title), cString(output.unit),
           cReal(accuracy.relative), cReal(accuracy.absolute), accuracy.exactBelow2p53 ? 1 : 0);
    }
    line("}};");
  }

  void writeFunctions() {
    if (has(Op::Pow)) support(kBatchPower);
    if (has(Op::ArgMin)) support(kBatchSmallest);
    if (has(Op::LoopBegin)) support(kBatchSums);
    writeBlockOf("numbers", numbers_);
    if (!decided_.empty()) {
      line("\nenum {{ {}CONDITIONS = {} }};", macro_, decided_.size());
      writeBlockOf("conditions", conditions_);
      support(kBatchRequire);
    }
    support(kBatchCheck);
    if (!decided_.empty()) line("  {}require(in, count, valid);", prefix_);
    if (!undecided_.empty())
      line("  for (i = 0; i < count; ++i)\n    if (valid[i] == {0}VALID) valid[i] = {0}UNDECIDED;", macro_);
    text_ += "}\n\n" + signature() + " ";
    support(kBatchEntry);
  }
  void writeBlockOf(std::string_view name, const batch::Plan &plan) {
    text_ += writeBlock(Passes(plan, static_cast<uint32_t>(points_.columns.size())), prefix_, macro_, name);
  }

  const Program &program_;
  const Facts &facts_;
  const ManyPoints &points_;
  const std::string name_, prefix_, macro_;
  batch::Plan numbers_, conditions_;
  std::vector<const Guard *> decided_, undecided_; ///< `conditions_` has the first
  std::string text_;
};

} // namespace

std::string emitBatchC(const Program &program, const Facts &facts, const ManyPoints &points) {
  return BatchWriter(program, facts, points).write();
}

} // namespace mdl::emit
