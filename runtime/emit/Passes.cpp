//===- Passes.cpp - A plan as loops over a block of points ----------------===//
#include "Passes.h"
#include "../batch/Schedule.h"
#include <algorithm>

namespace mdl::emit {

using batch::Op;
using batch::Step;
using Kind = PassValue::Kind;

namespace {

/// Compilers need more than linear time for a loop; passes of some hundred steps lose little by what they keep.
constexpr uint32_t kLongestPass = 1024;
constexpr uint32_t kNone = ~0u;

bool isEdge(Op op) { return op == Op::LoopBegin || op == Op::LoopEnd; }

} // namespace

bool standsAlone(Op op) { return isEdge(op) || op == Op::ArgMin || op == Op::Pow; }

Passes::Passes(const batch::Plan &plan, uint32_t columns) : plan_(plan) {
  numberValues(columns);
  divide();
  findKept();
}

bool Passes::isMadeIn(uint32_t value, const Pass &pass) const {
  const PassValue &of = values[value];
  return of.kind == Kind::Step && of.number >= pass.begin && of.number < pass.end;
}

uint32_t Passes::add(PassValue value) {
  values.push_back(value);
  return current_[value.reg] = static_cast<uint32_t>(values.size() - 1);
}

void Passes::numberValues(uint32_t columns) {
  current_.resize(plan_.registers), indices.resize(plan_.loops.size());
  for (uint32_t i = 0; i < columns; ++i) add({Kind::Column, i, i});
  for (auto [reg, constant] : plan_.constants) add({Kind::Constant, 0, reg, constant});
  for (uint32_t at = 0; at < plan_.steps.size(); ++at) readStep(at), makeValue(at);
  for (uint32_t reg : plan_.outputs) outputs.push_back(current_[reg]);
}

/// The end of a loop reads its body; its bounds are those that the begin has read.
std::vector<uint32_t> Passes::registersRead(const Step &step) const {
  if (step.op == Op::ArgMin) return plan_.rows[step.a].registers;
  if (step.op == Op::LoopBegin) return {plan_.loops[step.a].lo, plan_.loops[step.a].hi};
  if (step.op == Op::LoopEnd) return {plan_.loops[step.a].body};
  std::vector<uint32_t> registers;
  batch::Plan none;
  Step copy = step;
  forEachRead(none, copy, [&](uint32_t reg) { registers.push_back(reg); }); // c, b, a
  std::ranges::reverse(registers);
  return registers;
}

void Passes::readStep(uint32_t at) {
  const Step &step = plan_.steps[at];
  std::vector<uint32_t> read;
  if (step.op == Op::LoopEnd) read = reads[plan_.loops[step.a].begin];
  for (uint32_t reg : registersRead(step)) read.push_back(current_[reg]);
  reads.push_back(std::move(read));
}

void Passes::makeValue(uint32_t at) {
  const Step &step = plan_.steps[at];
  if (step.op == Op::LoopEnd) return made.push_back(made[plan_.loops[step.a].begin]);
  if (step.op != Op::LoopBegin) return made.push_back(add({Kind::Step, at, step.r, 0, standsAlone(step.op)}));
  const batch::PlanLoop &loop = plan_.loops[step.a];
  indices[step.a] = add({Kind::Index, step.a, loop.index});
  made.push_back(add({Kind::Total, step.a, loop.total, 0, true}));
}

void Passes::divide() {
  for (uint32_t at = 0; at < plan_.steps.size(); ++at) {
    bool goesOn = at > 0 && !standsAlone(plan_.steps[at].op) && !standsAlone(plan_.steps[at - 1].op) &&
                  at - passes.back().begin < kLongestPass;
    if (!goesOn) passes.push_back({at, at});
    passes.back().end = at + 1;
  }
}

/// What an edge of a loop reads has to be an array, a constant or an outer index as well.
void Passes::findKept() {
  for (const Pass &pass : passes)
    for (uint32_t at = pass.begin; at < pass.end; ++at)
      for (uint32_t value : reads[at]) {
        PassValue &read = values[value];
        bool isElsewhere = read.kind == Kind::Step && !isMadeIn(value, pass);
        read.isKept |= isElsewhere || (isEdge(plan_.steps[at].op) && read.kind != Kind::Column);
      }
  places_.assign(plan_.registers, kNone);
  for (const PassValue &value : values)
    if (value.isKept && places_[value.reg] == kNone) places_[value.reg] = arrays++;
}

} // namespace mdl::emit
