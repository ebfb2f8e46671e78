//===- Schedule.h - Fewer passes over memory, fewer registers ---*- C++ -*-===//
#pragma once
#include "Plan.h"

namespace mdl::runtime::batch {

/// Joins a product with the sum or the maximum that alone reads it: one pass over a block instead of two, and the same
/// digits.
void joinSteps(Plan &plan);

/// Gives values that do not live at the same time the same register, the last one freed first, so that a block of
/// points stays in the nearest cache. The first registers are the columns.
void assignRegisters(Plan &plan, uint32_t columns);

/// Calls `visit(register)` for each register that a step reads; the end of a loop reads its bounds and its body.
template <class Visit> void forEachRead(Plan &plan, Step &step, Visit visit) {
  switch (step.op) {
  case Op::MulAdd:
  case Op::MulS2Add:
  case Op::MulSAddAdd:
  case Op::Add3: visit(step.c); [[fallthrough]];
  case Op::Add:
  case Op::Mul:
  case Op::MulSAdd:
  case Op::Max:
  case Op::MaxMulS:
  case Op::MaxMul1:
  case Op::MaxSafe:
  case Op::Div:
  case Op::FloorDiv:
  case Op::Pow: visit(step.b); [[fallthrough]];
  case Op::Copy:
  case Op::AddS:
  case Op::MulS:
  case Op::MaxS:
  case Op::DivS:
  case Op::FloorDivS:
  case Op::FloorMulS:
  case Op::Floor:
  case Op::NonNeg:
  case Op::Bounded:
  case Op::Whole: visit(step.a); return;
  case Op::ArgMin:
    for (uint32_t &each : plan.rows[step.a].registers) visit(each);
    return;
  case Op::LoopBegin: visit(plan.loops[step.a].lo), visit(plan.loops[step.a].hi); return;
  case Op::LoopEnd: visit(plan.loops[step.a].body); return;
  }
}

} // namespace mdl::runtime::batch
