//===- Plan.cpp - From a program to steps ---------------------------------===//
// The tape is walked once, in its order. A slot becomes a number when nothing in
// it varies (hoisting: the exact evaluator has computed it), else a step with the
// bounds of its value. Registers are virtual here; Schedule.h makes them few.
//===----------------------------------------------------------------------===//
#include "Plan.h"
#include "../Evaluate.h"
#include "Bounds.h"
#include "Grouping.h"
#include "Schedule.h"
#include <algorithm>
#include <bit>
#include <map>

namespace mdl::runtime::batch {
namespace {

constexpr uint32_t kNone = ~0u;
constexpr double kLeast = std::numeric_limits<double>::denorm_min();
constexpr double kWidest = 0x1p127; ///< Beyond it the exact evaluator says overflow

/// What a slot is: a number, or a virtual register.
struct Operand {
  uint32_t reg = kNone;
  double number = 0;
  Value value;
  bool isNumber() const { return reg == kNone; }
};

bool isPowerOfTwo(double s) {
  int exponent = 0;
  return std::isfinite(s) && std::frexp(std::fabs(s), &exponent) == 0.5;
}

class Planner {
public:
  Planner(const Program &program, const Request &request);
  /// The steps with sums and products as the tape has them, or as `grouping` does.
  Plan run(const Grouping *grouping = nullptr);
  /// After a `run`: what the tape's sums are when factored.
  Grouping grouped() const;

private:
  void evaluateExactly();
  void findNeeded();
  void findOwners();
  bool varies(Slot slot) const { return varies_[slot] || !indices_.indicesOf(slot).empty(); }
  void emitRange(Slot begin, Slot end, uint32_t owner);
  Operand emitSum(const Sum &sum);
  const Operand &variable(uint32_t number);
  bool groups(Slot slot) const;
  Operand emit(const Instr &instr, Slot slot);
  Operand emitLoop(uint32_t loop);
  Operand emitArgMin(const ArgMinRows &rows);
  Operand add(const Operand &a, const Operand &b);
  Operand mul(const Operand &a, const Operand &b);
  Operand div(const Operand &a, const Operand &b, bool whole);
  Operand divExactly(const Operand &a, const Operand &b, Value value);
  Operand floorDiv(const Operand &a, const Operand &b);
  Operand max(const Operand &a, const Operand &b);
  Operand unary(Op op, const Operand &a, const Value &value);
  Operand binary(Op op, const Operand &a, const Operand &b, const Value &value);
  Operand scaled(const Operand &a, double s, const Value &value);
  Operand bounded(Operand made);
  static Operand number(double value, bool isExact, bool whole);
  static Operand number(const Number &value);
  uint32_t inRegister(const Operand &operand);
  uint32_t push(Step step);
  uint32_t fresh() { return registers_++; }
  void addOutput(const Output &output);

  const Program &program_;
  const Request &request_;
  const Grouping *grouping_ = nullptr;
  Evaluator indices_;              ///< Knows which slots depend on an index
  Program flat_;                   ///< Without the sums that have to be run for each point
  std::optional<Evaluator> exact_; ///< Of `flat_`: the values of what does not vary
  std::vector<bool> needed_, varies_;
  std::vector<uint32_t> owners_;      ///< The loop that a slot belongs to
  std::vector<Operand> of_;           ///< By slot
  std::map<uint32_t, Operand> parts_; ///< Of the grouping
  std::map<uint32_t, Value> indexBounds_;
  std::map<uint32_t, uint32_t> indexRegisters_;
  std::map<uint64_t, uint32_t> constants_;           ///< By their bits: one may be no number
  std::map<std::array<uint64_t, 5>, uint32_t> made_; ///< The registers of steps
  unsigned loopDepth_ = 0;
  uint32_t registers_ = 0;
  Plan plan_;
};

//===--- What is needed, what varies ------------------------------------------------===//

void Planner::evaluateExactly() {
  std::vector<Int> inputs = request_.inputs;
  for (const Column &column : request_.columns) inputs[column.input] = column.lo;
  std::vector<bool> isColumn(program_.inputs.size());
  for (const Column &column : request_.columns) isColumn[column.input] = true;
  varies_.resize(program_.code.size());
  for (Slot slot = 0; slot < program_.code.size(); ++slot) {
    const Instr &instr = program_.code[slot];
    bool any = instr.op == OpCode::Input && isColumn[instr.a];
    forEachOperand(program_, instr, [&](Slot operand) { any = any || varies_[operand]; });
    varies_[slot] = any;
  }
  // What does not vary inside such a sum has a value, too, even where the sum itself takes no turn.
  for (Slot slot = 0; slot < program_.code.size(); ++slot)
    if (bool isSum = program_.code[slot].op == OpCode::Sum || program_.code[slot].op == OpCode::RSum;
        isSum && varies(slot))
      flat_.code[slot] = {program_.code[slot].op == OpCode::Sum ? OpCode::Index : OpCode::ToReal, 0, 0};
  exact_.emplace(flat_);
  for (uint32_t i = 0; i < request_.parameters.size(); ++i) exact_->setParameter(i, request_.parameters[i]);
  exact_->run(inputs);
}

void Planner::findNeeded() {
  needed_.assign(program_.code.size(), false);
  for (const Output &output : request_.outputs) needed_[output.slot] = true;
  for (size_t i = program_.code.size(); i-- > 0;)
    if (needed_[i] && varies(static_cast<Slot>(i)))
      forEachOperand(program_, program_.code[i], [&](Slot operand) { needed_[operand] = true; });
}

void Planner::findOwners() {
  owners_.assign(program_.code.size(), kNone);
  for (const Instr &instr : program_.code) {
    if (instr.op != OpCode::Sum && instr.op != OpCode::RSum) continue;
    const Loop &loop = program_.loops[instr.a];
    for (Slot slot = loop.bodyBegin; slot < loop.bodyEnd; ++slot)
      if (owners_[slot] == kNone) owners_[slot] = instr.a;
  }
}

//===--- Steps -----------------------------------------------------------------------===//

/// Of a tape each step is another one; of factored sums one that is there is not made again. What a loop makes stays in it.
uint32_t Planner::push(Step step) {
  std::array<uint64_t, 5> key{static_cast<uint64_t>(step.op), step.a, step.b, std::bit_cast<uint64_t>(step.s),
                              std::bit_cast<uint64_t>(step.t)};
  if (auto known = made_.find(key); grouping_ && known != made_.end()) return known->second;
  step.r = fresh();
  plan_.steps.push_back(step);
  if (grouping_ && loopDepth_ == 0) made_[key] = step.r;
  return step.r;
}

/// A register for an operand that a step has no room for as a number.
uint32_t Planner::inRegister(const Operand &operand) {
  if (!operand.isNumber()) return operand.reg;
  auto [at, isNew] = constants_.try_emplace(std::bit_cast<uint64_t>(operand.number), registers_);
  if (isNew) plan_.constants.emplace_back(fresh(), operand.number);
  return at->second;
}

Operand Planner::number(double value, bool isExact, bool whole) {
  return {kNone, value, constantValue(value, isExact, whole)};
}

/// What the exact evaluator has computed; an integer may be none that a double can hold.
Operand Planner::number(const Number &value) {
  if (value.isOverflow()) return number(std::numeric_limits<double>::quiet_NaN(), false, false);
  if (value.kind == Number::Kind::Real) return number(value.real, true, false);
  double nearest = value.toDouble();
  bool isExact = std::fabs(nearest) < kWidest && value.exact == Int::fromRaw(static_cast<Int128>(nearest));
  return number(nearest, isExact, true);
}

/// Where a value may leave what the exact evaluator can hold, it becomes no number, as there.
Operand Planner::bounded(Operand made) {
  bool fits = made.value.whole ? made.value.size() < kWidest : made.value.size() < 0x1p1023;
  if (fits || made.isNumber()) return made;
  double widest = made.value.whole ? kWidest : std::numeric_limits<double>::infinity();
  made.reg = push({Op::Bounded, 0, made.reg, 0, 0, widest, 0});
  made.value.mayFail = true;
  made.value.lo = std::max(made.value.lo, -widest), made.value.hi = std::min(made.value.hi, widest);
  return made;
}

Operand Planner::unary(Op op, const Operand &a, const Value &value) {
  return {push({op, 0, inRegister(a), 0, 0, 0, 0}), 0, value};
}

Operand Planner::binary(Op op, const Operand &a, const Operand &b, const Value &value) {
  return {push({op, 0, inRegister(a), inRegister(b), 0, 0, 0}), 0, value};
}

Operand Planner::scaled(const Operand &a, double s, const Value &value) {
  return {push({Op::MulS, 0, a.reg, 0, 0, s, 0}), 0, value};
}

Operand Planner::add(const Operand &a, const Operand &b) {
  if (a.isNumber()) return b.isNumber() ? bounded(binary(Op::Add, a, b, sum(a.value, b.value))) : add(b, a);
  if (b.isNumber() && b.number == 0 && b.value.isExact()) return a;
  Value value = sum(a.value, b.value);
  if (!b.isNumber()) return bounded(binary(Op::Add, a, b, value));
  return bounded({push({Op::AddS, 0, a.reg, 0, 0, b.number, 0}), 0, value});
}

Operand Planner::mul(const Operand &a, const Operand &b) {
  if (a.isNumber()) return b.isNumber() ? bounded(binary(Op::Mul, a, b, product(a.value, b.value))) : mul(b, a);
  if (b.isNumber() && b.number == 1 && b.value.isExact()) return a;
  Value value = product(a.value, b.value);
  return bounded(b.isNumber() ? scaled(a, b.number, value) : binary(Op::Mul, a, b, value));
}

/// A division by a number is a multiplication by its reciprocal, one rounding more.
Operand Planner::div(const Operand &a, const Operand &b, bool whole) {
  Value value = quotient(a.value, b.value);
  if (whole) return divExactly(a, b, value);
  if (b.isNumber() && !a.isNumber() && std::isfinite(1 / b.number)) {
    bool isExact = b.value.isExact() && isPowerOfTwo(b.number);
    return bounded(mul(a, number(1 / b.number, isExact, false)));
  }
  return bounded(binary(Op::Div, a, b, value));
}

/// A remainder is no number: where the operands are exact it shows, as in floorQuotient; elsewhere it may hide.
Operand Planner::divExactly(const Operand &a, const Operand &b, Value value) {
  value.whole = true;
  bool isExact = a.value.isExact() && b.value.isExact() && a.value.size() <= kWhole;
  if (isExact) {
    value.relative = value.absolute = 0;
    value.lo = std::max(value.lo, -a.value.size()), value.hi = std::min(value.hi, a.value.size());
  }
  value.plain = value.isExact();
  value.mayFail = true;
  Operand made = bounded(binary(Op::Div, a, b, value));
  return isExact ? unary(Op::Whole, made, value) : made;
}

Operand Planner::floorDiv(const Operand &a, const Operand &b) {
  Value value = floorQuotient(a.value, b.value);
  if (!b.isNumber() || a.isNumber()) return bounded(binary(Op::FloorDiv, a, b, value)); // by 0, perhaps
  if (b.number == 1) return a;
  bool shift = isPowerOfTwo(b.number);
  Step step{shift ? Op::FloorMulS : Op::FloorDivS, 0, a.reg, 0, 0, shift ? 1 / b.number : b.number, 0};
  return bounded({push(step), 0, value});
}

Operand Planner::max(const Operand &a, const Operand &b) {
  Value value = larger(a.value, b.value);
  if (a.value.mayFail && b.value.mayFail) return binary(Op::MaxSafe, a, b, value);
  if (a.isNumber()) return b.isNumber() || b.value.mayFail ? binary(Op::MaxSafe, a, b, value) : max(b, a);
  if (a.value.mayFail) return binary(Op::Max, b, a, value); // what may be no number stands second
  if (!b.isNumber() || b.value.mayFail) return binary(Op::Max, a, b, value);
  return {push({Op::MaxS, 0, a.reg, 0, 0, b.number, 0}), 0, value};
}

Operand Planner::emitArgMin(const ArgMinRows &rows) {
  PlanRows made{rows.rowLength, {}};
  Value value;
  value.lo = 0, value.hi = static_cast<double>(rows.slots.size() / rows.rowLength - 1);
  for (Slot slot : rows.slots) {
    made.registers.push_back(inRegister(of_[slot]));
    value.mayFail |= of_[slot].value.mayFail;
    const Value &row = of_[slot].value;
    if (row.isExact()) continue;
    value.plain = false;
    double wrong = std::isfinite(row.error()) ? std::max(value.hi, kLeast) : row.error(); // one row may hide a failure
    value.absolute = std::max(value.absolute, wrong);
  }
  plan_.rows.push_back(std::move(made));
  return {push({Op::ArgMin, 0, static_cast<uint32_t>(plan_.rows.size() - 1), 0, 0, 0, 0}), 0, value};
}

/// The body is run for every index that some point of the block takes; each adds up its own.
Operand Planner::emitLoop(uint32_t number) {
  const Loop &loop = program_.loops[number];
  const Operand &lo = of_[loop.lo], &hi = of_[loop.hi];
  auto place = static_cast<uint32_t>(plan_.loops.size());
  plan_.loops.push_back({fresh(), inRegister(lo), inRegister(hi), 0, fresh(), 0, 0});
  Value index;
  index.lo = lo.value.lo, index.hi = std::max(lo.value.lo, hi.value.hi - 1), index.plain = index.lo >= 0;
  indexBounds_[loop.index] = index, indexRegisters_[loop.index] = plan_.loops[place].index;
  plan_.loops[place].begin = static_cast<uint32_t>(plan_.steps.size());
  plan_.steps.push_back({Op::LoopBegin, plan_.loops[place].index, place, 0, 0, 0, 0});
  ++loopDepth_;
  emitRange(loop.bodyBegin, loop.bodyEnd, number);
  --loopDepth_;
  PlanLoop &made = plan_.loops[place];
  made.body = inRegister(of_[loop.body]), made.end = static_cast<uint32_t>(plan_.steps.size());
  plan_.steps.push_back({Op::LoopEnd, made.total, place, 0, 0, 0, 0});
  double turns = std::max(0.0, hi.value.hi - lo.value.lo);
  Value value = loopSum(of_[loop.body].value, std::min(turns, static_cast<double>(Evaluator::kMaxTurns)));
  bool rangeIsExact = lo.value.isExact() && hi.value.isExact();
  if (!rangeIsExact) value.absolute = std::numeric_limits<double>::infinity();
  value.mayFail |= turns > static_cast<double>(Evaluator::kMaxTurns) || lo.value.mayFail || hi.value.mayFail;
  return bounded({made.total, 0, value});
}

Operand Planner::emit(const Instr &instr, Slot slot) {
  if (!varies(slot)) {
    return number(exact_->value(slot));
  }
  auto a = [&]() -> const Operand & { return of_[instr.a]; };
  auto b = [&]() -> const Operand & { return of_[instr.b]; };
  switch (instr.op) {
  case OpCode::Input: {
    auto column = std::ranges::find(request_.columns, instr.a, &Column::input);
    return {static_cast<uint32_t>(column - request_.columns.begin()), 0, columnValue(column->lo, column->hi)};
  }
  case OpCode::Index: return {indexRegisters_[instr.a], 0, indexBounds_[instr.a]};
  case OpCode::Add:
  case OpCode::RAdd: return add(a(), b());
  case OpCode::Mul:
  case OpCode::RMul: return mul(a(), b());
  case OpCode::DivExact: return div(a(), b(), true);
  case OpCode::RDiv: return div(a(), b(), false);
  case OpCode::FloorDiv: return floorDiv(a(), b());
  case OpCode::NonNeg:
  case OpCode::RNonNeg: return unary(Op::NonNeg, a(), nonNegative(a().value));
  case OpCode::Max:
  case OpCode::RMax: return max(a(), b());
  case OpCode::Pow:
  case OpCode::RPow: return bounded(binary(Op::Pow, a(), b(), power(a().value, b().value, instr.op == OpCode::Pow)));
  case OpCode::RFloor: return bounded(unary(Op::Floor, a(), floorOf(a().value)));
  case OpCode::ToReal: {
    Operand same = a();
    if (same.value.size() > kWhole && same.value.isExact()) same.value.relative = kUnit;
    return same;
  }
  case OpCode::Sum:
  case OpCode::RSum: return emitLoop(instr.a);
  case OpCode::ArgMin: return emitArgMin(program_.argmins[instr.a]);
  case OpCode::Const:
  case OpCode::Real:
  case OpCode::Param: break; // they do not vary
  }
  return {};
}

void Planner::emitRange(Slot begin, Slot end, uint32_t owner) {
  for (Slot slot = begin; slot < end; ++slot) {
    if (!needed_[slot] || owners_[slot] != owner || (grouping_ && grouping_->inside[slot])) continue;
    bool isSum = grouping_ && grouping_->sumOf[slot] != kNoSum;
    of_[slot] = isSum ? emitSum(grouping_->factored.sums[grouping_->sumOf[slot]]) : emit(program_.code[slot], slot);
  }
}

//===--- Sums of products ------------------------------------------------------------===//

/// A double computes it as Int does: neither it nor what it is made of leaves what Int holds.
bool Planner::groups(Slot slot) const {
  OpCode op = program_.code[slot].op;
  if ((op != OpCode::Add && op != OpCode::Mul) || owners_[slot] != kNone || !varies_[slot]) return false;
  const Value &value = of_[slot].value;
  return !of_[slot].isNumber() && !value.mayFail && indices_.indicesOf(slot).empty();
}

Grouping Planner::grouped() const {
  Groupable tape{program_,
                 {},
                 [&](Slot slot) { return needed_[slot]; },
                 [&](Slot slot) { return groups(slot); },
                 [&](Slot slot) { return varies(slot); },
                 [&](Slot slot) {
                   Number number = exact_->value(slot);
                   return number.kind == Number::Kind::Exact ? number.exact : Int::overflow();
                 }};
  for (const Output &output : request_.outputs) tape.outputs.push_back(output.slot);
  return group(tape);
}

Operand Planner::emitSum(const Sum &sum) {
  std::optional<Operand> made;
  for (const Term &term : sum) {
    Operand product = number(Number::of(term.coefficient));
    if (!term.variables.empty()) {
      Operand all = variable(term.variables[0]);
      for (size_t i = 1; i < term.variables.size(); ++i) all = mul(all, variable(term.variables[i]));
      product = mul(all, product);
    }
    made = made ? add(*made, product) : product;
  }
  return made.value_or(number(0, true, true));
}

const Operand &Planner::variable(uint32_t number) {
  const std::vector<Slot> &slots = grouping_->variables;
  if (number < slots.size()) return of_[slots[number]];
  auto known = parts_.find(number);
  if (known == parts_.end())
    known = parts_.emplace(number, emitSum(grouping_->factored.parts[number - slots.size()])).first;
  return known->second;
}

void Planner::addOutput(const Output &output) {
  Operand made = of_[output.slot];
  if (!output.scale.isOne()) {
    double scale = output.scale.toDouble();
    if (made.isNumber()) {
      made = number(unscaled(exact_->value(output.slot), output.scale));
    } else if (isPowerOfTwo(scale)) {
      Value value = product(made.value, constantValue(1 / scale, true, false));
      if (made.value.isExact()) value.relative = value.absolute = 0; // a shift
      made = scaled(made, 1 / scale, value);
    } else {
      Value value = quotient(made.value, constantValue(scale, true, true));
      made = {push({Op::DivS, 0, made.reg, 0, 0, scale, 0}), 0, value};
    }
  }
  bool real = isRealOp(program_.code[output.slot].op);
  // The exact evaluator's reals are doubles, too, and as far from the true value as ours.
  double twice = real ? 2 : 1;
  plan_.outputs.push_back(inRegister(made));
  plan_.accuracy.push_back({made.value.relative * twice, made.value.absolute * twice, made.value.plain && !real});
}

Planner::Planner(const Program &program, const Request &request)
    : program_(program), request_(request), indices_(program), flat_(program) {
  evaluateExactly();
  findNeeded();
  findOwners();
}

Plan Planner::run(const Grouping *grouping) {
  grouping_ = grouping;
  plan_ = {}, constants_.clear(), parts_.clear(), made_.clear();
  registers_ = static_cast<uint32_t>(request_.columns.size());
  of_.assign(program_.code.size(), {});
  emitRange(0, static_cast<Slot>(program_.code.size()), kNone);
  for (const Output &output : request_.outputs) addOutput(output);
  plan_.registers = registers_;
  return std::move(plan_);
}

} // namespace

const char *name(Op op) {
  static constexpr const char *kNames[] = {
#define X(NAME) #NAME,
      MDL_BATCH_OPS(X)
#undef X
  };
  return kNames[static_cast<size_t>(op)];
}

/// Whether the factored plan is to be taken: it has fewer steps in the end, and nothing in it may overflow that could not.
static bool isBetter(const Plan &factored, const Plan &plan) {
  auto guards = [](const Plan &of) { return std::ranges::count(of.steps, Op::Bounded, &Step::op); };
  return factored.steps.size() < plan.steps.size() && guards(factored) <= guards(plan);
}

Plan makePlan(const Program &program, const Request &request, const PlanWatcher &after) {
  auto say = [&](std::string_view pass, const Plan &plan) {
    if (after) after(pass, plan);
  };
  auto joined = [](Plan plan) { return joinSteps(plan), plan; };
  Planner planner(program, request);
  Plan plan = planner.run();
  say("plan", plan);
  Grouping grouping = planner.grouped();
  Plan factored = planner.run(&grouping), made = joined(plan), other = joined(factored);
  bool better = isBetter(other, made);
  say("factor", better ? factored : plan);
  if (better) made = std::move(other);
  say("join", made);
  assignRegisters(made, static_cast<uint32_t>(request.columns.size()));
  say("registers", made);
  return made;
}

} // namespace mdl::runtime::batch
