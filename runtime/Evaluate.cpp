//===- Evaluate.cpp - Exact evaluation of a program -----------------------===//
// The constructor sorts the tape into regions: what is evaluated once, each
// loop's body, and for each index of a group what depends on it. Evaluation is
// a walk over such a region.
//===----------------------------------------------------------------------===//
#include "Evaluate.h"
#include <algorithm>
#include <iterator>
#include <limits>

namespace mdl::runtime {
namespace {

constexpr uint32_t kNoOwner = ~0u;
constexpr double kRealOverflow = std::numeric_limits<double>::quiet_NaN();

IndexSet merged(const IndexSet &a, const IndexSet &b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  IndexSet all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

Int powerOf(Int base, Int exponent) {
  if (base.isOverflow() || exponent.isOverflow() || exponent.sign() < 0) return Int::overflow();
  if (exponent.fitsInt64()) return power(base, static_cast<uint64_t>(exponent.toInt64()));
  if (base.isZero() || base.isOne()) return base;
  if (base == Int(-1)) return floorMod(exponent, 2).isZero() ? 1 : -1;
  return Int::overflow();
}

/// NaN in place of an infinity, so that dividing by one does not hide it.
double finite(double value) { return std::isfinite(value) ? value : kRealOverflow; }

/// Repeated squaring from the lowest bit, the same order everywhere.
double realPower(double base, Int exponent) {
  if (std::isnan(base) || exponent.isOverflow() || !exponent.fitsInt64()) return kRealOverflow;
  double result = 1;
  for (auto rest = static_cast<uint64_t>(abs(exponent).raw()); rest != 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return finite(exponent.sign() < 0 ? 1 / result : result);
}

Int realFloor(double value) {
  double whole = std::floor(value);
  if (!(std::fabs(whole) < 0x1p127)) return Int::overflow();
  return Int::fromRaw(static_cast<Int128>(whole));
}

double toReal(Int value) { return value.isOverflow() ? kRealOverflow : value.toDouble(); }

Int larger(Int a, Int b) { return a.isOverflow() || b.isOverflow() ? Int::overflow() : a < b ? b : a; }

double larger(double a, double b) { return std::isnan(a) || std::isnan(b) ? kRealOverflow : a < b ? b : a; }

Int exactQuotient(Int a, Int b) {
  Int quotient = floorDiv(a, b);
  return quotient * b == a ? quotient : Int::overflow();
}

} // namespace

Number unscaled(const Number &value, Int scale) {
  if (scale.isOne() || !value.isPresent() || value.isOverflow()) return value;
  bool whole = value.kind == Number::Kind::Exact && floorMod(value.exact, scale).isZero();
  return whole ? Number::of(floorDiv(value.exact, scale)) : Number::ofReal(value.toDouble() / scale.toDouble());
}

Evaluator::Evaluator(const Program &program)
    : program_(program), bodies_(program.loops.size()), indexed_(program.indexCount), ints_(program.code.size()),
      reals_(program.code.size()), inputs_(program.inputs.size()), indices_(program.indexCount) {
  for (const Parameter &parameter : program.parameters) parameters_.push_back(parameter.value);
  auto end = static_cast<Slot>(program.code.size());
  std::vector<uint32_t> owners = ownersOfSlots();
  findIndices(owners);
  once_ = makeRegion(0, end, [&](Slot slot) { return owners[slot] == kNoOwner && indicesOf_[slot].empty(); });
  for (uint32_t loop = 0; loop < bodies_.size(); ++loop) {
    auto belongs = [&](Slot slot) { return owners[slot] == loop; };
    bodies_[loop] = makeRegion(program.loops[loop].bodyBegin, program.loops[loop].bodyEnd, belongs);
  }
  for (uint32_t index = 0; index < indexed_.size(); ++index)
    indexed_[index] = makeRegion(0, end, [&](Slot slot) {
      return owners[slot] == kNoOwner && std::ranges::binary_search(indicesOf_[slot], index);
    });
}

/// The loop whose body a slot belongs to directly. Inner sums come before outer ones on the tape.
std::vector<uint32_t> Evaluator::ownersOfSlots() const {
  std::vector<uint32_t> owners(program_.code.size(), kNoOwner);
  for (const Instr &instr : program_.code) {
    if (instr.op != OpCode::Sum && instr.op != OpCode::RSum) continue;
    const Loop &loop = program_.loops[instr.a];
    for (Slot slot = loop.bodyBegin; slot < loop.bodyEnd; ++slot)
      if (owners[slot] == kNoOwner) owners[slot] = instr.a;
  }
  return owners;
}

void Evaluator::findIndices(const std::vector<uint32_t> &owners) {
  indicesOf_.reserve(owners.size());
  for (const Instr &instr : program_.code) {
    IndexSet all;
    if (instr.op == OpCode::Index) {
      all = {instr.a};
    } else if (instr.op == OpCode::Sum || instr.op == OpCode::RSum) {
      const Loop &loop = program_.loops[instr.a];
      all = indicesOf_[loop.body];
      std::erase(all, loop.index);
      all = merged(all, merged(indicesOf_[loop.lo], indicesOf_[loop.hi]));
    } else {
      forEachOperand(program_, instr, [&](Slot operand) { all = merged(all, indicesOf_[operand]); });
    }
    indicesOf_.push_back(std::move(all));
  }
}

template <class Belongs> Evaluator::Region Evaluator::makeRegion(Slot begin, Slot end, Belongs belongs) {
  Region region{static_cast<uint32_t>(steps_.size()), 0};
  for (Slot slot = begin; slot < end; ++slot) {
    const Instr &instr = program_.code[slot];
    if (belongs(slot)) steps_.push_back({instr.op, instr.a, instr.b, slot});
  }
  region.end = static_cast<uint32_t>(steps_.size());
  return region;
}

void Evaluator::run(std::span<const Int> inputs) {
  std::copy_n(inputs.begin(), inputs_.size(), inputs_.begin());
  tooManyTurns_ = false;
  execute(once_);
}

Number Evaluator::value(Slot slot) const {
  if (slot == kNoSlot) return {};
  return isRealOp(program_.code[slot].op) ? Number::ofReal(reals_[slot]) : Number::of(ints_[slot]);
}

void Evaluator::setIndex(uint32_t index, Int value) {
  indices_[index] = value;
  execute(indexed_[index]);
}

const IndexSet &Evaluator::indicesOf(Slot slot) const {
  static const IndexSet none;
  return slot == kNoSlot ? none : indicesOf_[slot];
}

void Evaluator::execute(Region region) {
  Int *ints = ints_.data();
  double *reals = reals_.data();
  const Step *end = steps_.data() + region.end;
  for (const Step *step = steps_.data() + region.begin; step != end; ++step) {
    uint32_t a = step->a, b = step->b;
    Int &out = ints[step->out];
    double &realOut = reals[step->out];
    switch (step->op) {
    case OpCode::Const: out = program_.constants[a]; break;
    case OpCode::Real: realOut = program_.reals[a]; break;
    case OpCode::Param: realOut = parameters_[a]; break;
    case OpCode::Input: out = inputs_[a]; break;
    case OpCode::Index: out = indices_[a]; break;
    case OpCode::Add: out = ints[a] + ints[b]; break;
    case OpCode::Mul: out = ints[a] * ints[b]; break;
    case OpCode::DivExact: out = exactQuotient(ints[a], ints[b]); break;
    case OpCode::FloorDiv: out = floorDiv(ints[a], ints[b]); break;
    case OpCode::NonNeg: out = ints[a].isOverflow() ? Int::overflow() : Int(ints[a].sign() >= 0); break;
    case OpCode::Max: out = larger(ints[a], ints[b]); break;
    case OpCode::Pow: out = powerOf(ints[a], ints[b]); break;
    case OpCode::Sum: out = sum(a); break;
    case OpCode::ArgMin: out = argMin(program_.argmins[a]); break;
    case OpCode::ToReal: realOut = toReal(ints[a]); break;
    case OpCode::RAdd: realOut = finite(reals[a] + reals[b]); break;
    case OpCode::RMul: realOut = finite(reals[a] * reals[b]); break;
    case OpCode::RDiv: realOut = finite(reals[a] / reals[b]); break;
    case OpCode::RMax: realOut = larger(reals[a], reals[b]); break;
    case OpCode::RPow: realOut = realPower(reals[a], ints[b]); break;
    case OpCode::RFloor: out = realFloor(reals[a]); break;
    case OpCode::RNonNeg: out = std::isnan(reals[a]) ? Int::overflow() : Int(reals[a] >= 0); break;
    case OpCode::RSum: realOut = sumReal(a); break;
    }
  }
}

/// The range of a loop that can be walked: false when a bound or the number of turns is too large.
bool Evaluator::loopRange(const Loop &loop, Int &lo, Int &hi) {
  lo = ints_[loop.lo], hi = ints_[loop.hi];
  if (loopDepth_ == 0) turnsLeft_ = kMaxTurns;
  if (lo.isOverflow() || hi.isOverflow()) return false;
  if (hi <= lo) return true;
  Int turns = hi - lo;
  if (turns.isOverflow() || turns > turnsLeft_) return tooManyTurns_ = true, false;
  turnsLeft_ -= turns;
  return true;
}

Int Evaluator::sum(uint32_t number) {
  const Loop &loop = program_.loops[number];
  Int lo, hi, total = 0, before = indices_[loop.index];
  if (!loopRange(loop, lo, hi)) return Int::overflow();
  ++loopDepth_;
  for (Int i = lo; i < hi && !total.isOverflow(); i += 1) {
    indices_[loop.index] = i;
    execute(bodies_[number]);
    total += ints_[loop.body];
  }
  --loopDepth_;
  indices_[loop.index] = before;
  return total;
}

double Evaluator::sumReal(uint32_t number) {
  const Loop &loop = program_.loops[number];
  Int lo, hi, before = indices_[loop.index];
  if (!loopRange(loop, lo, hi)) return kRealOverflow;
  double total = 0;
  ++loopDepth_;
  for (Int i = lo; i < hi && std::isfinite(total); i += 1) {
    indices_[loop.index] = i;
    execute(bodies_[number]);
    total += reals_[loop.body];
  }
  --loopDepth_;
  indices_[loop.index] = before;
  return finite(total);
}

/// Keeps the first of equal rows: a later one wins only when it is smaller.
Int Evaluator::argMin(const ArgMinRows &rows) const {
  if (std::ranges::any_of(rows.slots, [&](Slot slot) { return ints_[slot].isOverflow(); })) return Int::overflow();
  size_t best = 0;
  for (size_t row = 0; row < rows.slots.size(); row += rows.rowLength) {
    auto less = [&](size_t a, size_t b) {
      for (size_t k = 0; k < rows.rowLength; ++k) {
        Int x = ints_[rows.slots[a + k]], y = ints_[rows.slots[b + k]];
        if (x != y) return x < y;
      }
      return false;
    };
    if (less(row, best)) best = row;
  }
  return best / rows.rowLength;
}

} // namespace mdl::runtime
