//===- Bounds.cpp - Interval arithmetic over terms and atoms --------------===//
// An end that overflows becomes unknown, which is always sound.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

using End = std::optional<Rational>;

End checked(Rational value) { return value.isOverflow() ? End() : End(value); }
bool atLeast(End end, Rational value) {
  if (!end) return false;
  if (value.isZero()) return end->sign() >= 0; // an end is never the mark of overflow
  Rational difference = *end - value;
  return difference.sign() >= 0 && !difference.isOverflow();
}
bool atMost(End end, Rational value) { return end && atLeast(End(-*end), -value); }

/// The smaller (sign 1) or the larger (sign -1); unknown if either is, or if they cannot be compared.
End extreme(End a, End b, int sign) {
  if (!a || !b || (*a - *b).isOverflow()) return {};
  return (*a - *b).sign() * sign <= 0 ? a : b;
}

End plus(End a, End b) { return a && b ? checked(*a + *b) : End(); }

Interval plus(const Interval &a, const Interval &b) { return {plus(a.lo, b.lo), plus(a.hi, b.hi)}; }

Interval negated(const Interval &a) { return {a.hi ? End(-*a.hi) : End(), a.lo ? End(-*a.lo) : End()}; }

/// Of a value from `a`, which is not negative, and one from `b`.
End product(End a, End b) {
  if ((a && a->isZero()) || (b && b->isZero())) return Rational(0);
  return a && b ? checked(*a * *b) : End();
}

Interval timesNonNeg(const Interval &a, const Interval &b) {
  return {product(atLeast(b.lo, 0) ? a.lo : a.hi, b.lo), product(atMost(b.hi, 0) ? a.lo : a.hi, b.hi)};
}

Interval timesFinite(const Interval &a, const Interval &b) {
  End products[] = {product(a.lo, b.lo), product(a.lo, b.hi), product(a.hi, b.lo), product(a.hi, b.hi)};
  Interval result{products[0], products[0]};
  for (End p : products) result = {extreme(result.lo, p, 1), extreme(result.hi, p, -1)};
  return result;
}

Interval times(const Interval &a, const Interval &b) {
  if (atLeast(a.lo, 0)) return timesNonNeg(a, b);
  if (atLeast(b.lo, 0)) return timesNonNeg(b, a);
  if (a.lo && a.hi && b.lo && b.hi) return timesFinite(a, b);
  return {};
}

End power(End base, uint64_t exponent) {
  if (!base) return {};
  return checked(Rational(power(base->num(), exponent), power(base->den(), exponent)));
}

Interval power(const Interval &base, int32_t exponent) {
  if (exponent == 1) return base;
  auto k = static_cast<uint64_t>(exponent < 0 ? -int64_t{exponent} : exponent);
  if (exponent < 0) {
    if (!atLeast(base.lo, 0) || base.lo->isZero()) return atLeast(base.lo, 0) ? Interval{Rational(0), {}} : Interval{};
    End lo = power(base.lo, k), hi = power(base.hi, k);
    return {hi ? End(1 / *hi) : End(0), lo ? End(1 / *lo) : End()};
  }
  if (atLeast(base.lo, 0) || k % 2 == 1) return {power(base.lo, k), power(base.hi, k)};
  if (atMost(base.hi, 0)) return {power(base.hi, k), power(base.lo, k)};
  return {Rational(0), extreme(power(base.lo, k), power(base.hi, k), -1)};
}

Interval boundsOfTerm(const Tables &t, const Term &term) {
  Interval result{Rational(1), Rational(1)};
  for (size_t i = 0; i < term.factors.size(); ++i) {
    Interval factor = power(t[term.factors[i].atom].bounds, term.factors[i].power);
    result = i == 0 ? factor : times(result, factor);
  }
  Int num = abs(term.coefficient.num()), den = term.coefficient.den();
  Interval scaled = num.isOne() ? result : timesNonNeg({num, num}, result);
  if (!den.isOne()) scaled = timesNonNeg({Rational(1, den), Rational(1, den)}, scaled);
  return term.coefficient.sign() < 0 ? negated(scaled) : scaled;
}

Interval rounded(const Interval &a) { return {a.lo ? End(a.lo->floor()) : End(), a.hi ? End(a.hi->floor()) : End()}; }

// The dependency between operands is lost by intervals, so the prover is asked too.
Interval boundsOfFloor(const Tables &t, ExprId q) {
  Interval result = rounded(boundsOf(t, q));
  if (!atLeast(result.lo, 0) && provesNonNeg(t, q, 0)) result.lo = Rational(0);
  if (result.lo == Rational(0) && provesNonNeg(t, q, -1)) result.lo = Rational(1);
  return result;
}

Interval boundsOfMax(const Tables &t, llvm::ArrayRef<ExprId> of) {
  Interval result = boundsOf(t, of[0]);
  for (ExprId id : of.drop_front()) {
    Interval other = boundsOf(t, id);
    End lo = extreme(result.lo, other.lo, -1);
    result = {lo ? lo : result.lo ? result.lo : other.lo, extreme(result.hi, other.hi, -1)};
  }
  auto nonNeg = [&](ExprId id) { return provesNonNeg(t, id, 0); };
  if (!atLeast(result.lo, 0) && llvm::any_of(of, nonNeg)) result.lo = Rational(0);
  return result;
}

Interval boundsOfPower(const Tables &t, ExprId base, ExprId exponent) {
  Interval b = boundsOf(t, base), e = boundsOf(t, exponent);
  if (atLeast(b.lo, 1) && atLeast(e.lo, 0)) {
    Int k = e.lo->floor();
    End lo = k <= 64 ? power(b.lo, static_cast<uint64_t>(k.toInt64())) : End();
    return {lo ? lo : End(1), {}};
  }
  return atLeast(b.lo, 0) ? Interval{Rational(0), {}} : Interval{};
}

// The operand is not 0, so a value that is not negative is positive.
Interval boundsOfInverse(const Tables &t, ExprId of) {
  Interval result = power(boundsOf(t, of), -1);
  if (!result.lo && provesNonNeg(t, of, 0)) result.lo = Rational(0);
  return result;
}

Interval boundsOfSymbol(const Tables &t, const SymbolInfo &info) {
  Interval result{info.lo ? boundsOf(t, *info.lo).lo : End(), info.hi ? boundsOf(t, *info.hi).hi : End()};
  return info.integer ? Interval{negated(rounded(negated({result.lo, result.lo}))).lo, rounded(result).hi} : result;
}

} // namespace

Interval boundsOf(const Tables &t, ExprId id) {
  if (id.index == 1) return {};
  Interval sum{Rational(0), Rational(0)};
  for (const Term &term : t.terms(id)) sum = plus(sum, boundsOfTerm(t, term));
  return sum;
}

Interval boundsOf(Tables &t, const Atom &atom) {
  switch (atom.kind) {
  case AtomKind::Symbol: return boundsOfSymbol(t, t.symbols[atom.symbol.index]);
  case AtomKind::Floor: return boundsOfFloor(t, atom.args[0]);
  case AtomKind::NonNeg: return {Rational(0), Rational(1)};
  case AtomKind::Max: return boundsOfMax(t, atom.args);
  case AtomKind::Power: return boundsOfPower(t, atom.args[0], atom.args[1]);
  case AtomKind::Inverse: return boundsOfInverse(t, atom.args[0]);
  case AtomKind::Sum: return provesNonNeg(t, atom.args[2], 0) ? Interval{Rational(0), {}} : Interval{};
  case AtomKind::ArgMin: return {Rational(0), Rational(Int(atom.args.size() / atom.symbol.index) - 1)};
  }
  return {};
}

bool isPositive(const Tables &t, AtomId atom) {
  const AtomRecord &record = t[atom];
  if (!record.bounds.lo) return false;
  return record.bounds.lo->sign() > 0 || (record.atom.kind == AtomKind::Inverse && record.bounds.lo->isZero());
}

} // namespace mdl::expr
