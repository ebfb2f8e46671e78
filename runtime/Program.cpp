//===- Program.cpp - The text form of a compiled model --------------------===//
#include "Program.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <string_view>

namespace mdl::runtime {
namespace {

constexpr size_t kLongestName = 16;
using LowerName = std::array<char, kLongestName>;

constexpr LowerName lowered(std::string_view name) {
  LowerName lower{};
  for (size_t i = 0; i < name.size(); ++i)
    lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  return lower;
}

constexpr LowerName kNames[] = {
#define X(NAME) lowered(#NAME),
    MDL_OPCODES(X)
#undef X
};

constexpr const char *kFoldNames[] = {"sum", "once", "peak", "each"};
constexpr const char *kGuardNames[] = {"require", "warn", "claim"};
constexpr const char *kInputNames[] = {"integer", "boolean", "choice"};

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result + '"';
}

/// Writes the parts of a program, one line a thing.
class Printer {
public:
  explicit Printer(const Program &program) : program_(program) {}

  std::string print() {
    line("program {} convention {} traffic {}", quoted(program_.model), program_.convention, program_.traffic);
    if (!program_.title.empty()) line("title {}", quoted(program_.title));
    printInputs();
    printParameters();
    printGuards();
    printTape();
    printMetrics();
    for (uint32_t root : program_.roots) printNode(root, 0);
    for (const std::string &text : program_.notModelled) line("not_modelled {}", quoted(text));
    for (const std::string &text : program_.assumptions) line("assume {}", quoted(text));
    return std::move(text_);
  }

private:
  template <class... Args> void append(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    append(format, std::forward<Args>(args)...);
    text_ += '\n';
  }

  void printInputs() {
    for (size_t i = 0; i < program_.inputs.size(); ++i) {
      const Input &input = program_.inputs[i];
      append("input {} {} {} = {}", i, input.name, kInputNames[static_cast<size_t>(input.type)], toString(input.value));
      if (input.lo) append(" from {}", toString(*input.lo));
      if (input.hi) append(" to {}", toString(*input.hi));
      if (!input.unit.empty()) append(" unit {}", input.unit);
      if (!input.choices.empty()) append(" of {}", fmt::join(input.choices, " "));
      line("{}", input.fixed ? " fixed" : "");
    }
  }

  void printParameters() {
    for (size_t i = 0; i < program_.parameters.size(); ++i)
      line("parameter {} {} = {}", i, program_.parameters[i].name, program_.parameters[i].value);
  }

  void printGuards() {
    for (const Guard &guard : program_.guards) {
      append("{} %{} {}", kGuardNames[static_cast<size_t>(guard.kind)], guard.condition, quoted(guard.text));
      line("{}{}", guard.place.empty() ? "" : " at ", guard.place);
    }
  }

  /// Bodies of sums are indented by their depth.
  void printTape() {
    std::vector<unsigned> opened(program_.code.size() + 1), closed(program_.code.size() + 1);
    for (const Instr &instr : program_.code)
      if (instr.op == OpCode::Sum || instr.op == OpCode::RSum)
        ++opened[program_.loops[instr.a].bodyBegin], ++closed[program_.loops[instr.a].bodyEnd];
    size_t depth = 0;
    for (Slot slot = 0; slot < program_.code.size(); ++slot) {
      depth = depth + opened[slot] - closed[slot];
      line("{:{}}%{} = {}", "", 2 * depth, slot, instruction(program_.code[slot]));
    }
  }

  std::string instruction(const Instr &instr) const {
    std::string text = name(instr.op);
    switch (instr.op) {
    case OpCode::Const: return text + " " + toString(program_.constants[instr.a]);
    case OpCode::Real: return fmt::format("{} {}", text, program_.reals[instr.a]);
    case OpCode::Param: return text + " " + program_.parameters[instr.a].name;
    case OpCode::Input: return text + " " + program_.inputs[instr.a].name;
    case OpCode::Index: return fmt::format("{} i{}", text, instr.a);
    case OpCode::Sum:
    case OpCode::RSum: {
      const Loop &loop = program_.loops[instr.a];
      return fmt::format("{} %{} for i{} in %{}..%{}", text, loop.body, loop.index, loop.lo, loop.hi);
    }
    case OpCode::ArgMin: return text + argMinRows(program_.argmins[instr.a]);
    default: forEachOperand(program_, instr, [&](Slot slot) { text += fmt::format(" %{}", slot); }); return text;
    }
  }

  static std::string argMinRows(const ArgMinRows &rows) {
    std::string text;
    for (size_t i = 0; i < rows.slots.size(); ++i)
      text += fmt::format("{}%{}", i % rows.rowLength == 0 ? " | " : " ", rows.slots[i]);
    return text;
  }

  void printMetrics() {
    for (size_t i = 0; i < program_.metrics.size(); ++i) {
      const Metric &metric = program_.metrics[i];
      append("metric {} {}", metric.name, kFoldNames[static_cast<size_t>(metric.fold)]);
      if (!metric.unit.empty()) append(" unit {}", metric.unit);
      if (metric.absent) append(" absent");
      if (!metric.scale.isOne()) append(" times {}", toString(metric.scale));
      if (program_.totals[i] != kNoSlot) append(" total %{}", program_.totals[i]);
      text_ += '\n';
    }
  }

  void printNode(uint32_t number, size_t depth) {
    const Node &node = program_.nodes[number];
    append("{:{}}", "", 2 * depth);
    if (node.group) append("for i{} in %{}..%{}", node.index, node.lo, node.hi);
    else printHead(node);
    if (node.varies) append(" varies");
    text_ += '\n';
    for (uint32_t child : node.children) printNode(child, depth + 1);
  }

  void printHead(const Node &node) {
    for (const LabelPart &part : node.label) {
      text_ += part.text;
      if (part.index != kNoSlot) append("{{%{}}}", part.index);
    }
    append(": {}", node.op);
    if (!node.category.empty()) append(" [{}]", node.category);
    if (node.calls != kNoSlot) append(" calls=%{}", node.calls);
    if (node.uniform != kNoSlot) append(" uniform=%{}", node.uniform);
    for (size_t i = 0; i < node.metrics.size(); ++i)
      if (node.metrics[i] != kNoSlot) append(" {}=%{}", program_.metrics[i].name, node.metrics[i]);
  }

  const Program &program_;
  std::string text_;
};

} // namespace

bool isRealOp(OpCode op) {
  switch (op) {
  case OpCode::Real:
  case OpCode::Param:
  case OpCode::ToReal:
  case OpCode::RAdd:
  case OpCode::RMul:
  case OpCode::RDiv:
  case OpCode::RMax:
  case OpCode::RPow:
  case OpCode::RSum: return true;
  default: return false;
  }
}

const char *name(OpCode op) { return kNames[static_cast<size_t>(op)].data(); }

std::string print(const Program &program) { return Printer(program).print(); }

} // namespace mdl::runtime
