#include "Trends.h"
#include <algorithm>
#include <limits>

namespace mdl::runtime::batch {

Trend flipped(Trend trend) {
  if (trend == Trend::Rises) return Trend::Falls;
  return trend == Trend::Falls ? Trend::Rises : trend;
}

Trend both(Trend a, Trend b) {
  if (a == Trend::Constant) return b;
  return b == Trend::Constant || a == b ? a : Trend::Unknown;
}

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kWidestInteger = 0x1p126; ///< Half of what an Int holds: intervals are rounded

/// The trend of a product in one factor, the other being `other`.
Trend times(Trend trend, const Varying &other) {
  if (trend == Trend::Constant || other.isNonNegative()) return trend;
  return other.isNonPositive() ? flipped(trend) : Trend::Unknown;
}

/// offset + slope * input, exactly: a difference of such is seen to rise where its parts show nothing.
struct Line {
  Int slope, offset;
};

class Finder {
public:
  Finder(const Program &program, std::span<const Int> inputs, uint32_t input, Int lo, Int hi)
      : program_(program), exact_(program), input_(input), lo_(lo), hi_(hi), bounds_(columnValue(lo, hi)) {
    exact_.run(inputs);
  }

  std::vector<Varying> run() {
    found_.resize(program_.code.size());
    lines_.resize(program_.code.size());
    inBody_.assign(program_.code.size(), false);
    turns_.assign(program_.code.size(), 0);
    for (const Loop &loop : program_.loops)
      std::fill(inBody_.begin() + loop.bodyBegin, inBody_.begin() + loop.bodyEnd, true);
    for (Slot slot = 0; slot < found_.size(); ++slot)
      if (program_.dependsOnIndex.empty() || !program_.dependsOnIndex[slot]) found_[slot] = make(slot);
      else found_[slot].value = unknownValue();
    return std::move(found_);
  }

private:
  static Value unknownValue() {
    Value value;
    value.lo = -kInfinite, value.hi = kInfinite, value.absolute = kInfinite, value.mayFail = true;
    return value;
  }

  Varying make(Slot slot) {
    const Instr &instr = program_.code[slot];
    bool constant = instr.op != OpCode::Index && !(instr.op == OpCode::Input && instr.a == input_) && !inBody_[slot];
    forEachOperand(program_, instr, [&](Slot operand) { constant &= found_[operand].trend == Trend::Constant; });
    if (constant) return ofKnown(slot);
    Varying made = compute(instr, slot);
    bool mayFail = made.value.mayFail;
    if ((lines_[slot] = lineOf(instr))) made = ofLine(*lines_[slot]), made.value.mayFail |= mayFail;
    made.real = isRealOp(instr.op);
    if (!made.real) makeExact(made.value);
    made.value.mayFail |= !made.real && made.value.size() > kWidestInteger;
    made.value.mayFail |= !(made.value.size() < kInfinite);
    return made;
  }

  /// An integer of the evaluator has no error, whatever a batch in doubles would make of it.
  static void makeExact(Value &value) {
    value.lo -= value.absolute, value.hi += value.absolute; // of the floor of a real
    value.relative = value.absolute = 0, value.whole = true;
    if (std::isnan(value.lo) || std::isnan(value.hi)) value = unknownValue();
  }

  static Varying known(const Number &number) {
    bool real = number.kind == Number::Kind::Real;
    Varying made{Trend::Constant, constantValue(number.toDouble(), real || isDouble(number.exact), !real), real};
    made.value.mayFail = number.isOverflow();
    if (!real) makeExact(made.value);
    return made;
  }
  static bool isDouble(Int value) {
    return !value.isOverflow() && value == Int::fromRaw(static_cast<Int128>(value.toDouble()));
  }

  Varying ofKnown(Slot slot) {
    Number number = exact_.value(slot);
    if (number.kind == Number::Kind::Exact && !number.isOverflow()) lines_[slot] = Line{0, number.exact};
    return known(number);
  }

  std::optional<Line> lineOf(const Instr &instr) const {
    if (instr.op == OpCode::Input) return instr.a == input_ ? std::optional(Line{1, 0}) : std::nullopt;
    if (instr.op != OpCode::Add && instr.op != OpCode::Mul) return std::nullopt;
    const auto &a = lines_[instr.a], &b = lines_[instr.b];
    if (!a || !b) return std::nullopt;
    Line made{a->slope + b->slope, a->offset + b->offset};
    if (instr.op == OpCode::Mul) {
      if (!a->slope.isZero() && !b->slope.isZero()) return std::nullopt;
      made = {a->slope * b->offset + b->slope * a->offset, a->offset * b->offset};
    }
    if (made.slope.isOverflow() || made.offset.isOverflow()) return std::nullopt;
    return made;
  }

  /// Overflow on the way is what its operands say: they may fail.
  Varying ofLine(const Line &line) const {
    Int first = line.offset + line.slope * lo_, last = line.offset + line.slope * hi_;
    int sign = line.slope.sign();
    if (sign < 0) std::swap(first, last);
    if (first.isOverflow() || last.isOverflow()) return {Trend::Unknown, unknownValue()};
    return {sign == 0 ? Trend::Constant : sign > 0 ? Trend::Rises : Trend::Falls, columnValue(first, last)};
  }

  Varying compute(const Instr &instr, Slot slot) {
    auto a = [&]() -> const Varying & { return found_[instr.a]; };
    auto b = [&]() -> const Varying & { return found_[instr.b]; };
    switch (instr.op) {
    case OpCode::Input: return instr.a == input_ ? Varying{Trend::Rises, bounds_} : known(exact_.value(slot));
    case OpCode::Const:
    case OpCode::Real:
    case OpCode::Param: return ofConstant(instr);
    case OpCode::Index: return ofIndex(instr.a, slot);
    case OpCode::Add:
    case OpCode::RAdd: return {both(a().trend, b().trend), sum(a().value, b().value)};
    case OpCode::Mul:
    case OpCode::RMul: return {both(times(a().trend, b()), times(b().trend, a())), product(a().value, b().value)};
    case OpCode::DivExact:
    case OpCode::RDiv: return {quotientTrend(a(), b()), quotient(a().value, b().value)};
    case OpCode::FloorDiv: return {quotientTrend(a(), b()), floorQuotient(a().value, b().value)};
    case OpCode::NonNeg:
    case OpCode::RNonNeg: return {a().trend, nonNegative(a().value)};
    case OpCode::Max:
    case OpCode::RMax: return {both(a().trend, b().trend), larger(a().value, b().value)};
    case OpCode::Pow:
    case OpCode::RPow: return {powerTrend(instr.op, a(), b()), power(a().value, b().value, instr.op == OpCode::Pow)};
    case OpCode::ToReal: return {a().trend, ofInteger(a().value)};
    case OpCode::RFloor: return {a().trend, floorOf(a().value)};
    case OpCode::Sum:
    case OpCode::RSum: return ofSum(program_.loops[instr.a], slot);
    case OpCode::ArgMin: return {Trend::Unknown, unknownValue()};
    }
    return {};
  }

  static Value ofInteger(Value value) {
    value.relative = value.size() > kWhole ? kUnit : 0;
    return value;
  }

  /// Inside of a body, where the evaluator has no values to ask for.
  Varying ofConstant(const Instr &instr) const {
    if (instr.op == OpCode::Const) return known(Number::of(program_.constants[instr.a]));
    return known(
        Number::ofReal(instr.op == OpCode::Real ? program_.reals[instr.a] : program_.parameters[instr.a].value));
  }

  /// The index of the sum around it.
  Varying ofIndex(uint32_t index, Slot slot) const {
    for (const Loop &loop : program_.loops) {
      if (loop.index != index || slot < loop.bodyBegin || slot >= loop.bodyEnd) continue;
      Value value = sum(found_[loop.lo].value, constantValue(0, true, true));
      value.hi = std::max(value.lo, found_[loop.hi].value.hi);
      return {Trend::Constant, value};
    }
    return {Trend::Unknown, unknownValue()};
  }

  static Trend quotientTrend(const Varying &a, const Varying &b) {
    if (b.isPositive()) return both(a.trend, times(flipped(b.trend), a));
    return both(a.trend, b.trend) == Trend::Constant ? Trend::Constant : Trend::Unknown;
  }

  /// Repeated squaring keeps the order of bases >= 0; rounded, that of exponents need not be kept.
  static Trend powerTrend(OpCode op, const Varying &base, const Varying &exponent) {
    if (exponent.trend == Trend::Constant) {
      if (base.trend == Trend::Constant || (base.isNonNegative() && exponent.isNonNegative())) return base.trend;
      return base.isPositive() && exponent.isNonPositive() ? flipped(base.trend) : Trend::Unknown;
    }
    bool grows = op == OpCode::Pow && base.value.lo >= 1 && exponent.isNonNegative();
    return grows ? both(base.trend, exponent.trend) : Trend::Unknown;
  }

  Varying ofSum(const Loop &loop, Slot slot) {
    const Varying &lo = found_[loop.lo], &hi = found_[loop.hi], &body = found_[loop.body];
    double turns = std::max(0.0, hi.value.hi - lo.value.lo), inside = 1;
    for (Slot each = loop.bodyBegin; each < loop.bodyEnd; ++each) inside += turns_[each];
    turns_[slot] = turns * inside;
    Varying made;
    made.value = loopSum(body.value, std::min(turns, static_cast<double>(Evaluator::kMaxTurns)));
    made.value.mayFail |= !(turns_[slot] <= static_cast<double>(Evaluator::kMaxTurns)) || lo.value.mayFail ||
                          hi.value.mayFail || body.value.mayFail;
    Trend range = both(flipped(lo.trend), hi.trend); // of the number of turns
    bool ranges = range == Trend::Constant || body.isNonNegative();
    made.trend = ranges ? both(range, body.trend) : Trend::Unknown;
    return made;
  }

  const Program &program_;
  Evaluator exact_;
  uint32_t input_;
  Int lo_, hi_;
  Value bounds_;
  std::vector<Varying> found_;
  std::vector<std::optional<Line>> lines_; ///< Of integers
  std::vector<bool> inBody_;
  std::vector<double> turns_; ///< Of the sum in a slot, with all sums inside
};

} // namespace

std::vector<Varying> findTrends(const Program &program, std::span<const Int> inputs, uint32_t input, Int lo, Int hi) {
  return Finder(program, inputs, input, lo, hi).run();
}

} // namespace mdl::runtime::batch
