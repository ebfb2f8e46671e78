#include "Schedule.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime::batch {
namespace {

constexpr uint32_t kNone = ~0u;

/// How often each register is read.
std::vector<uint32_t> countReads(Plan &plan) {
  std::vector<uint32_t> reads(plan.registers);
  for (Step &step : plan.steps) forEachRead(plan, step, [&](uint32_t reg) { ++reads[reg]; });
  for (uint32_t output : plan.outputs) ++reads[output];
  return reads;
}

/// Joins a product with the only sum or maximum that reads it.
class Joiner {
public:
  explicit Joiner(Plan &plan) : plan_(plan), reads_(countReads(plan)), writer_(plan.registers, kNone) {}

  void run() {
    std::vector<Step> joined;
    for (Step step : plan_.steps) {
      steps_ = &joined;
      join(step);
      if (step.op == Op::LoopBegin || step.op == Op::LoopEnd) {
        std::ranges::fill(writer_, kNone); // nothing moves across the edge of a loop
      } else writer_[step.r] = static_cast<uint32_t>(joined.size());
      joined.push_back(step);
    }
    std::erase_if(joined, [](const Step &step) { return step.op == Op::Copy; });
    plan_.steps = std::move(joined);
    placeLoops();
  }

private:
  /// The step that made a register which nobody else reads.
  Step *only(uint32_t reg, Op op) {
    if (writer_[reg] == kNone || reads_[reg] != 1) return nullptr;
    Step &made = (*steps_)[writer_[reg]];
    return made.op == op ? &made : nullptr;
  }
  void drop(Step &step) { step.op = Op::Copy; }

  void join(Step &step) {
    if (step.op == Op::Add) joinSum(step);
    if (step.op == Op::MulSAdd) joinTerms(step);
    if (step.op == Op::Add) joinSums(step);
    if (step.op == Op::Max) joinMax(step);
  }
  void joinSum(Step &step) {
    for (int side = 0; side < 2; ++side, std::swap(step.a, step.b)) {
      if (Step *made = only(step.a, Op::MulS)) {
        Step fused{Op::MulSAdd, step.r, made->a, step.b, 0, made->s, 0};
        return drop(*made), void(step = fused);
      }
      if (Step *made = only(step.a, Op::Mul)) {
        Step fused{Op::MulAdd, step.r, made->a, made->b, step.b, 0, 0};
        return drop(*made), void(step = fused);
      }
    }
  }
  /// Two terms of a sum: what is added to the second is the first and what stands before it.
  void joinTerms(Step &step) {
    Step *made = only(step.b, Op::MulSAdd);
    if (!made) return;
    Step fused{Op::MulS2Add, step.r, step.a, made->a, made->b, step.s, made->s};
    drop(*made), step = fused;
  }
  void joinSums(Step &step) {
    for (int side = 0; side < 2; ++side, std::swap(step.a, step.b)) {
      if (Step *made = only(step.a, Op::MulSAdd)) {
        Step fused{Op::MulSAddAdd, step.r, made->a, made->b, step.b, made->s, 0};
        return drop(*made), void(step = fused);
      }
      if (Step *made = only(step.a, Op::Add)) {
        Step fused{Op::Add3, step.r, step.b, made->a, made->b, 0, 0};
        return drop(*made), void(step = fused);
      }
    }
  }
  void joinMax(Step &step) { // the order of the operands stays: one that may be no number is second
    Step *a = only(step.a, Op::MulS), *b = only(step.b, Op::MulS);
    if (a && b && a != b) {
      step = {Op::MaxMulS, step.r, a->a, b->a, 0, a->s, b->s};
      return drop(*a), drop(*b);
    }
    if (!a) return;
    step = {Op::MaxMul1, step.r, a->a, step.b, 0, a->s, 0};
    drop(*a);
  }
  void placeLoops() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step &step = plan_.steps[i];
      if (step.op == Op::LoopBegin) plan_.loops[step.a].begin = static_cast<uint32_t>(i);
      if (step.op == Op::LoopEnd) plan_.loops[step.a].end = static_cast<uint32_t>(i);
    }
  }

  Plan &plan_;
  std::vector<uint32_t> reads_;
  std::vector<uint32_t> writer_;
  std::vector<Step> *steps_ = nullptr;
};

//===--- Registers --------------------------------------------------------------------===//

class Allocator {
public:
  Allocator(Plan &plan, uint32_t columns)
      : plan_(plan), made_(plan.registers, kNone), lastUse_(plan.registers, kNone), place_(plan.registers, kNone),
        endsAt_(plan.steps.size()) {
    for (uint32_t i = 0; i < columns; ++i) place_[i] = next_++;
    for (auto &[reg, number] : plan.constants) place_[reg] = next_++;
  }

  void run() {
    findLastUses();
    for (uint32_t reg = 0; reg < lastUse_.size(); ++reg)
      if (made_[reg] != kNone && lastUse_[reg] < endsAt_.size()) endsAt_[lastUse_[reg]].push_back(reg);
    for (uint32_t at = 0; at < plan_.steps.size(); ++at) place(plan_.steps[at], at);
    for (auto &[reg, number] : plan_.constants) reg = place_[reg];
    for (uint32_t &output : plan_.outputs) output = place_[output];
    plan_.registers = next_;
  }

private:
  void findLastUses() {
    for (uint32_t at = 0; at < plan_.steps.size(); ++at) {
      Step &step = plan_.steps[at];
      forEachRead(plan_, step, [&](uint32_t reg) { lastUse_[reg] = at; });
      if (step.op == Op::LoopBegin) made_[plan_.loops[step.a].index] = made_[plan_.loops[step.a].total] = at;
      else if (step.op == Op::LoopEnd) useLoop(plan_.loops[step.a], at);
      else made_[step.r] = at;
    }
    for (size_t i = plan_.loops.size(); i-- > 0;) keepThrough(plan_.loops[i]); // inner loops stand after outer ones
    for (uint32_t output : plan_.outputs) lastUse_[output] = kNone;
  }
  void useLoop(const PlanLoop &loop, uint32_t at) {
    for (uint32_t reg : {loop.lo, loop.hi, loop.index, loop.total}) lastUse_[reg] = at;
  }
  /// What was made before a loop and is read in it is read again in its next turn.
  void keepThrough(const PlanLoop &loop) {
    for (uint32_t reg = 0; reg < lastUse_.size(); ++reg)
      if (made_[reg] < loop.begin && lastUse_[reg] > loop.begin && lastUse_[reg] < loop.end) lastUse_[reg] = loop.end;
  }

  void place(Step &step, uint32_t at) {
    forEachRead(plan_, step, [&](uint32_t &reg) { reg = place_[reg]; });
    if (step.op == Op::LoopBegin) {
      PlanLoop &loop = plan_.loops[step.a];
      loop.index = take(loop.index), loop.total = take(loop.total), step.r = loop.index;
    }
    if (step.op == Op::LoopEnd) step.r = plan_.loops[step.a].total;
    for (uint32_t reg : endsAt_[at]) free_.push_back(place_[reg]);
    if (step.op != Op::LoopBegin && step.op != Op::LoopEnd) step.r = take(step.r);
  }
  uint32_t take(uint32_t reg) {
    if (free_.empty()) return place_[reg] = next_++;
    uint32_t place = free_.back();
    free_.pop_back();
    return place_[reg] = place;
  }

  Plan &plan_;
  std::vector<uint32_t> made_, lastUse_, place_, free_;
  std::vector<std::vector<uint32_t>> endsAt_;
  uint32_t next_ = 0;
};

} // namespace

void joinSteps(Plan &plan) { Joiner(plan).run(); }

void assignRegisters(Plan &plan, uint32_t columns) { Allocator(plan, columns).run(); }

//===--- As text ----------------------------------------------------------------------===//

std::string print(const Plan &constPlan) {
  Plan plan = constPlan;
  std::string text = fmt::format("batch {} steps, {} registers\n", plan.steps.size(), plan.registers);
  for (auto [reg, number] : plan.constants) text += fmt::format("r{} = {}\n", reg, number);
  for (Step &step : plan.steps) {
    text += fmt::format("r{} = {}", step.r, name(step.op));
    std::vector<uint32_t> reads;
    forEachRead(plan, step, [&](uint32_t reg) { reads.push_back(reg); });
    std::ranges::reverse(reads); // a, b, c
    for (uint32_t reg : reads) text += fmt::format(" r{}", reg);
    if (step.s != 0) text += fmt::format(" {}", step.s);
    if (step.t != 0) text += fmt::format(" {}", step.t);
    text += '\n';
  }
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const Accuracy &accuracy = plan.accuracy[i];
    std::string absolute = accuracy.absolute == 0 ? "" : fmt::format(" and {:.3g}", accuracy.absolute);
    std::string how =
        accuracy.isExact() ? "exact" : fmt::format("within {:.3g} of the value{}", accuracy.relative, absolute);
    if (!accuracy.isExact() && accuracy.exactBelow2p53) how += ", exact below 2^53";
    text += fmt::format("output r{} {}\n", plan.outputs[i], how);
  }
  return text;
}

} // namespace mdl::runtime::batch
