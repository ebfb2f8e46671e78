//===- Tape.cpp - What an emitted file computes ---------------------------===//
#include "Tape.h"
#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace mdl::emit {

using runtime::Guard;
using runtime::Instr;
using runtime::kNoSlot;
using runtime::Loop;
using runtime::Metric;
using runtime::Node;
using runtime::OpCode;
using runtime::Program;

namespace {

bool isSum(OpCode op) { return op == OpCode::Sum || op == OpCode::RSum; }

/// What needs no name of its own.
bool standsAlone(OpCode op) {
  return op == OpCode::Const || op == OpCode::Real || op == OpCode::Input || op == OpCode::Param || op == OpCode::Index;
}

std::string stageName(const Node &node) {
  std::string name;
  for (const runtime::LabelPart &part : node.label) name += part.text;
  return name;
}

void addMetrics(const Program &program, const std::string &stage, const std::vector<Slot> &slots,
                std::vector<OutputNumber> &outputs) {
  for (size_t i = 0; i < program.metrics.size(); ++i) {
    const Metric &metric = program.metrics[i];
    if (metric.absent || slots[i] == kNoSlot) continue;
    outputs.push_back({stage, metric.name, metric.title, metric.unit, slots[i], metric.scale});
  }
}

} // namespace

std::vector<OutputNumber> outputNumbers(const Program &program) {
  std::vector<OutputNumber> outputs;
  for (uint32_t root : program.roots) {
    const Node &stage = program.nodes[root];
    if (stage.group) throw std::logic_error("a stage is repeated: it has no numbers of its own");
    outputs.push_back({stageName(stage), "calls", "calls", "", stage.calls, 1});
    addMetrics(program, stageName(stage), stage.metrics, outputs);
  }
  addMetrics(program, "", program.totals, outputs);
  return outputs;
}

std::vector<std::string> stageNames(const Program &program) {
  std::vector<std::string> names;
  for (uint32_t root : program.roots) names.push_back(stageName(program.nodes[root]));
  return names;
}

Tape::Tape(const Program &program, const std::vector<OutputNumber> &outputs) : program_(program) {
  markLive(outputs);
  findOwners();
  walk(0, static_cast<Slot>(program.code.size()), kNoSlot, 0);
}

/// Operands are smaller than what reads them, so one pass from the end meets each slot after all its readers.
void Tape::markLive(const std::vector<OutputNumber> &outputs) {
  live_.assign(program_.code.size(), false);
  for (const OutputNumber &output : outputs)
    if (output.slot != kNoSlot) live_[output.slot] = true;
  for (const Guard &guard : program_.guards) live_[guard.condition] = true;
  for (size_t slot = program_.code.size(); slot-- != 0;)
    if (live_[slot]) forEachOperand(program_, program_.code[slot], [&](Slot operand) { live_[operand] = true; });
}

/// Inner sums come before outer ones on the tape.
void Tape::findOwners() {
  owners_.assign(program_.code.size(), kNoSlot);
  for (Slot sum = 0; sum < program_.code.size(); ++sum) {
    if (!isSum(program_.code[sum].op)) continue;
    for (Slot slot = loop(sum).bodyBegin; slot < loop(sum).bodyEnd; ++slot)
      if (owners_[slot] == kNoSlot) owners_[slot] = sum;
  }
}

/// Sums nest a few deep, which bounds the recursion.
void Tape::walk(Slot begin, Slot end, Slot owner, unsigned depth) {
  for (Slot slot = begin; slot < end; ++slot) {
    OpCode op = program_.code[slot].op;
    if (owners_[slot] != owner || !live_[slot] || standsAlone(op)) continue;
    if (!isSum(op)) {
      steps.push_back({Step::Kind::Compute, slot, depth});
      continue;
    }
    steps.push_back({Step::Kind::Open, slot, depth});
    walk(loop(slot).bodyBegin, loop(slot).bodyEnd, slot, depth + 1);
    steps.push_back({Step::Kind::Close, slot, depth});
  }
}

bool Tape::hasSums() const {
  return std::ranges::any_of(steps, [](const Step &step) { return step.kind == Step::Kind::Open; });
}

std::vector<uint32_t> Tape::parameters() const {
  std::vector<uint32_t> used;
  for (Slot slot = 0; slot < program_.code.size(); ++slot)
    if (live_[slot] && program_.code[slot].op == OpCode::Param) used.push_back(program_.code[slot].a);
  std::ranges::sort(used);
  used.erase(std::ranges::unique(used).begin(), used.end());
  return used;
}

/// The innermost sum around an index that binds it. The index of a repeat has none, and no stage needs it.
Slot Tape::sumOfIndex(Slot slot) const {
  for (Slot sum = owners_[slot]; sum != kNoSlot; sum = owners_[sum])
    if (loop(sum).index == program_.code[slot].a) return sum;
  throw std::logic_error(fmt::format("%{} needs the index of a repeat, which the numbers of a stage never do", slot));
}

std::string Tape::operand(Slot slot, const Notation &notation) const {
  const Instr &instr = program_.code[slot];
  switch (instr.op) {
  case OpCode::Const: return notation.integer(program_.constants[instr.a]);
  case OpCode::Real: return notation.real(program_.reals[instr.a]);
  case OpCode::Param: return notation.parameter(instr.a);
  case OpCode::Input: return notation.input(instr.a);
  case OpCode::Index: return fmt::format("i{}", sumOfIndex(slot));
  default: return fmt::format("v{}", slot);
  }
}

std::string Tape::expression(Slot slot, const Notation &notation) const {
  const Instr &instr = program_.code[slot];
  std::vector<std::string> operands;
  forEachOperand(program_, instr, [&](Slot each) { operands.push_back(operand(each, notation)); });
  if (instr.op == OpCode::ArgMin) return notation.argMin(operands, program_.argmins[instr.a].rowLength);
  return notation.call(runtime::name(instr.op), operands);
}

} // namespace mdl::emit
