//===- Prove.cpp - Sound tests of e >= 0 ----------------------------------===//
// A polynomial whose variables are all >= 0 and whose coefficients are all >= 0
// is >= 0. The prover tries to bring an expression into that shape by changes of
// variables: atom := bound + new, new >= 0. It works on its own small polynomials
// so that nothing is left behind in the pool.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr unsigned kMaxVariables = 16;
constexpr size_t kMaxPolyTerms = 256;
constexpr int kMaxLoadedPower = 24;
constexpr int kMaxDepth = 3;

/// Exponents of 16 variables, 8 bits each, of which the highest stays 0.
using Key = UInt128;
constexpr Key kGuardBits = (Key{0x8080808080808080ull} << 64) | 0x8080808080808080ull;

constexpr Key keyOf(unsigned variable, int power) { return static_cast<Key>(power) << (8 * variable); }
int powerIn(Key key, unsigned variable) { return static_cast<int>(key >> (8 * variable) & 0xff); }

struct Monomial {
  Key key;
  Rational coefficient;
};
using Poly = llvm::SmallVector<Monomial, 8>;

bool isConstant(const Tables &t, ExprId id) {
  return id.index == 0 || (t.terms(id).size() == 1 && t.terms(id)[0].factors.empty());
}

/// Sorts and merges; false past the limits.
bool tidy(Poly &p) {
  llvm::sort(p, [](const Monomial &a, const Monomial &b) { return a.key < b.key; });
  size_t kept = 0;
  for (size_t i = 0; i < p.size();) {
    Monomial sum = p[i++];
    for (; i < p.size() && p[i].key == sum.key; ++i) sum.coefficient = sum.coefficient + p[i].coefficient;
    if (sum.coefficient.isOverflow() || (sum.key & kGuardBits) != 0) return false;
    if (!sum.coefficient.isZero()) p[kept++] = sum;
  }
  p.truncate(kept);
  return kept <= kMaxPolyTerms;
}

void appendProduct(const Poly &a, Monomial by, Poly &out) {
  for (const Monomial &m : a) out.push_back({m.key + by.key, m.coefficient * by.coefficient});
}

std::optional<Poly> product(const Poly &a, const Poly &b) {
  Poly result;
  for (const Monomial &m : b) appendProduct(a, m, result);
  return tidy(result) ? std::optional(result) : std::nullopt;
}

/// The value of a bound: a polynomial over a monomial of positive variables.
struct Fraction {
  Poly numerator;
  Key denominator = 0;
};

/// The question "poly >= 0?"; variable i stands for an atom, or for something new that is >= 0.
struct Goal {
  static constexpr uint32_t kNew = ~0u;
  Poly poly;
  llvm::SmallVector<uint32_t, kMaxVariables> atoms;
};

class Prover {
public:
  explicit Prover(const Tables &tables) : t_(tables), tries_(tables.proofSteps) {}
  bool prove(ExprId id, Rational plus);

private:
  std::optional<unsigned> variable(Goal &goal, AtomId atom);
  bool loadTerm(Goal &goal, const Term &term, Key &up, Poly &out, llvm::SmallVectorImpl<Key> &downs);
  std::optional<Fraction> load(Goal &goal, ExprId id);
  bool step(const Goal &goal, int depth);
  std::optional<Goal> shifted(const Goal &goal) const;
  bool isObvious(const Goal &goal) const;
  bool tryVariable(const Goal &goal, unsigned v, int depth);
  bool tryFloor(const Goal &goal, unsigned v, bool up, int depth);
  bool tryBound(const Goal &goal, unsigned v, ExprId bound, int sign, int depth);
  bool tryCases(const Goal &goal, unsigned v, llvm::ArrayRef<ExprId> cases, int depth);
  bool stepWith(const Goal &goal, unsigned v, const Fraction &value, int sign, int depth);
  void lowerFloor(const Goal &goal, Fraction &value) const;
  const AtomRecord *record(const Goal &goal, unsigned v) const {
    return goal.atoms[v] == Goal::kNew ? nullptr : &t_[AtomId{goal.atoms[v]}];
  }

  const Tables &t_;
  int tries_;
};

std::optional<unsigned> Prover::variable(Goal &goal, AtomId atom) {
  auto *at = llvm::find(goal.atoms, atom.index);
  if (at == goal.atoms.end()) {
    if (goal.atoms.size() == kMaxVariables) return std::nullopt;
    goal.atoms.push_back(atom.index);
    at = goal.atoms.end() - 1;
  }
  return static_cast<unsigned>(at - goal.atoms.begin());
}

/// Splits a term into positive and negative powers; `up` collects the least common denominator.
bool Prover::loadTerm(Goal &goal, const Term &term, Key &up, Poly &out, llvm::SmallVectorImpl<Key> &downs) {
  Key above = 0, below = 0;
  for (Factor f : term.factors) {
    std::optional<unsigned> v = variable(goal, f.atom);
    if (!v || f.power > kMaxLoadedPower || -f.power > kMaxLoadedPower) return false;
    if (f.power < 0 && !isPositive(t_, f.atom)) return false;
    (f.power > 0 ? above : below) += keyOf(*v, f.power > 0 ? f.power : -f.power);
    if (f.power < 0 && powerIn(up, *v) < -f.power) up += keyOf(*v, -f.power - powerIn(up, *v));
  }
  out.push_back({above, term.coefficient});
  downs.push_back(below);
  return true;
}

std::optional<Fraction> Prover::load(Goal &goal, ExprId id) {
  Fraction result;
  llvm::SmallVector<Key, 8> downs;
  if (t_.terms(id).size() > kMaxPolyTerms) return std::nullopt;
  for (const Term &term : t_.terms(id))
    if (!loadTerm(goal, term, result.denominator, result.numerator, downs)) return std::nullopt;
  for (size_t i = 0; i < downs.size(); ++i) result.numerator[i].key += result.denominator - downs[i];
  return tidy(result.numerator) ? std::optional(result) : std::nullopt;
}

bool Prover::prove(ExprId id, Rational plus) {
  Goal goal;
  std::optional<Fraction> start = load(goal, id);
  if (!start) return false;
  goal.poly = start->numerator;
  if (!plus.isZero()) goal.poly.push_back({start->denominator, plus});
  return tidy(goal.poly) && step(goal, 0);
}

/// `poly` with variable v := value + sign*new, times a power of the denominator; the new variable takes the number v.
std::optional<Poly> substituted(const Poly &poly, unsigned v, const Fraction &value, int sign) {
  int highest = 0;
  for (const Monomial &m : poly) highest = std::max(highest, powerIn(m.key, v));
  Poly base = value.numerator;
  if (sign != 0) base.push_back({value.denominator + keyOf(v, 1), sign});
  if (!tidy(base)) return std::nullopt;
  llvm::SmallVector<Poly, 4> powers{{{Key{0}, Rational(1)}}};
  for (int k = 1; k <= highest; ++k) {
    std::optional<Poly> next = product(powers.back(), base);
    if (!next) return std::nullopt;
    powers.push_back(*next);
  }
  Poly result;
  for (const Monomial &m : poly) {
    int k = powerIn(m.key, v);
    std::optional<Poly> scaled = powers[static_cast<size_t>(k)];
    for (int i = k; i < highest && scaled; ++i) scaled = product(*scaled, {{value.denominator, Rational(1)}});
    if (scaled) scaled = product(*scaled, {{m.key - keyOf(v, k), m.coefficient}});
    if (!scaled || result.size() > 4 * kMaxPolyTerms) return std::nullopt;
    result.append(*scaled);
  }
  return tidy(result) ? std::optional(result) : std::nullopt;
}

/// v := low + v, by the binomial theorem; not tidy yet.
void shift(Poly &poly, unsigned v, Rational low) {
  for (size_t i = 0, end = poly.size(); i < end; ++i) {
    Monomial m = poly[i];
    for (int k = powerIn(m.key, v); k > 0; --k) {
      // C(n, k-1) = C(n, k)*k/(n-k+1)
      m.coefficient = m.coefficient * low * Rational(k, powerIn(poly[i].key, v) - k + 1);
      m.key -= keyOf(v, 1);
      poly.push_back(m);
    }
  }
}

// All atoms with a constant lower bound at once: one by one could not prove (n - 1)*(m - 1) >= 0.
std::optional<Goal> Prover::shifted(const Goal &goal) const {
  Goal result = goal;
  for (unsigned v = 0; v < goal.atoms.size(); ++v) {
    const AtomRecord *atom = record(goal, v);
    if (!atom || !atom->bounds.lo) continue;
    result.atoms[v] = Goal::kNew;
    if (!atom->bounds.lo->isZero()) shift(result.poly, v, *atom->bounds.lo);
    if (result.poly.size() > kMaxPolyTerms && !tidy(result.poly)) return std::nullopt;
  }
  return tidy(result.poly) ? std::optional(std::move(result)) : std::nullopt;
}

bool Prover::isObvious(const Goal &goal) const {
  return llvm::all_of(goal.poly, [&](const Monomial &m) {
    if (m.coefficient.sign() < 0) return false;
    for (unsigned v = 0; v < goal.atoms.size(); ++v)
      if (goal.atoms[v] != Goal::kNew && powerIn(m.key, v) % 2 != 0) return false;
    return true;
  });
}

bool Prover::step(const Goal &goal, int depth) {
  if (--tries_ < 0) return false;
  std::optional<Goal> atLows = shifted(goal);
  if (atLows && isObvious(*atLows)) return true;
  if (depth == kMaxDepth) return false;
  for (unsigned v = 0; v < goal.atoms.size(); ++v)
    if (goal.atoms[v] != Goal::kNew && tryVariable(goal, v, depth)) return true;
  return false;
}

bool Prover::stepWith(const Goal &goal, unsigned v, const Fraction &value, int sign, int depth) {
  std::optional<Poly> poly = substituted(goal.poly, v, value, sign);
  if (!poly) return false;
  Goal next = goal;
  next.poly = *poly;
  next.atoms[v] = Goal::kNew;
  return step(next, depth + 1);
}

bool Prover::tryBound(const Goal &goal, unsigned v, ExprId bound, int sign, int depth) {
  Goal next = goal;
  std::optional<Fraction> value = load(next, bound);
  return value && stepWith(next, v, *value, sign, depth);
}

bool Prover::tryCases(const Goal &goal, unsigned v, llvm::ArrayRef<ExprId> cases, int depth) {
  return llvm::all_of(cases, [&](ExprId id) { return tryBound(goal, v, id, 0, depth); });
}

// q = M/(D*d) with integer M: floor(q) >= q - 1 + 1/(D*d); without such a form floor(q) >= q - 1.
void Prover::lowerFloor(const Goal &goal, Fraction &value) const {
  Int common = 1;
  for (const Monomial &m : value.numerator)
    common = floorDiv(common, gcd(common, m.coefficient.den())) * m.coefficient.den();
  bool integral = true;
  for (unsigned v = 0; v < goal.atoms.size(); ++v) {
    auto occurs = [&](const Monomial &m) { return powerIn(m.key, v) != 0; };
    const AtomRecord *atom = record(goal, v);
    if (llvm::any_of(value.numerator, occurs) || powerIn(value.denominator, v) != 0) integral &= atom && atom->integral;
  }
  if (integral) value.numerator.push_back({0, Rational(1, common)});
  value.numerator.push_back({value.denominator, -1});
}

bool Prover::tryFloor(const Goal &goal, unsigned v, bool up, int depth) {
  Goal next = goal;
  std::optional<Fraction> value = load(next, record(goal, v)->atom.args[0]);
  if (!value) return false;
  if (!up) lowerFloor(next, *value);
  return tidy(value->numerator) && stepWith(next, v, *value, up ? -1 : 1, depth);
}

bool Prover::tryVariable(const Goal &goal, unsigned v, int depth) {
  bool positive = false, negative = false;
  for (const Monomial &m : goal.poly)
    if (powerIn(m.key, v) != 0) (m.coefficient.sign() > 0 ? positive : negative) = true;
  if (!positive && !negative) return false;
  const AtomRecord &atom = *record(goal, v);
  switch (atom.atom.kind) {
  case AtomKind::Symbol: {
    const SymbolInfo &info = t_.symbols[atom.atom.symbol.index];
    if (negative && info.hi && tryBound(goal, v, *info.hi, -1, depth)) return true;
    bool shifted = !info.lo || isConstant(t_, *info.lo);
    return positive && !shifted && tryBound(goal, v, *info.lo, 1, depth);
  }
  case AtomKind::Floor:
    return (negative && tryFloor(goal, v, true, depth)) || (positive && tryFloor(goal, v, false, depth));
  case AtomKind::Max:
    if (tryCases(goal, v, atom.atom.args, depth)) return true;
    return positive && llvm::any_of(atom.atom.args, [&](ExprId id) { return tryBound(goal, v, id, 1, depth); });
  case AtomKind::NonNeg: {
    Fraction zero, one{{{Key{0}, Rational(1)}}, 0};
    return stepWith(goal, v, zero, 0, depth) && stepWith(goal, v, one, 0, depth);
  }
  case AtomKind::ArgMin:
  case AtomKind::Power:
  case AtomKind::Inverse:
  case AtomKind::Sum: break;
  }
  if (!negative || !atom.bounds.hi) return false;
  return stepWith(goal, v, {{{Key{0}, *atom.bounds.hi}}, 0}, -1, depth);
}

bool isTermNonNeg(const Tables &t, const Term &term) {
  return term.coefficient.sign() > 0 && llvm::all_of(term.factors, [&](Factor f) {
           return f.power > 0 ? t[f.atom].bounds.lo && t[f.atom].bounds.lo->sign() >= 0 : isPositive(t, f.atom);
         });
}

/// A symbol to a positive power that has a constant lower bound and no upper one. (An upper bound that is no constant
/// may exclude the least values of others: `c` in 1..T-1 is empty at T = 1.)
bool isUnbounded(const Tables &t, Factor f) {
  const AtomRecord &record = t[f.atom];
  if (record.atom.kind != AtomKind::Symbol || f.power < 0 || f.power > 4) return false;
  const SymbolInfo &info = t.symbols[record.atom.symbol.index];
  return info.lo && !info.hi && isConstant(t, *info.lo);
}

/// The value where the symbols of `large` are 1000 above their least values, and the others at them.
Rational valueAt(const Tables &t, llvm::ArrayRef<Term> terms, llvm::ArrayRef<Factor> large) {
  Rational sum;
  for (const Term &term : terms) {
    Rational product = term.coefficient;
    for (Factor f : term.factors) {
      Rational x = *t[f.atom].bounds.lo + Rational(powerOf(large, f.atom) != 0 ? 1000 : 0);
      for (int32_t k = 0; k < f.power; ++k) product = product * x;
    }
    sum = sum + product;
  }
  return sum;
}

/// Most questions are about plain polynomials, and most answers are no: a point with a negative value tells at once.
bool hasCounterexample(const Tables &t, llvm::ArrayRef<Term> terms, Rational plus) {
  for (const Term &term : terms)
    if (!llvm::all_of(term.factors, [&](Factor f) { return isUnbounded(t, f); })) return false;
  auto fails = [&](llvm::ArrayRef<Factor> large) {
    Rational value = valueAt(t, terms, large) + plus;
    return value.sign() < 0 && !value.isOverflow();
  };
  return fails({}) ||
         llvm::any_of(terms, [&](const Term &term) { return term.coefficient.sign() < 0 && fails(term.factors); });
}

} // namespace

bool provesNonNeg(const Tables &t, ExprId id, Rational plus) {
  llvm::ArrayRef<Term> terms = t.terms(id);
  if (plus.sign() >= 0 && llvm::all_of(terms, [&](const Term &term) { return isTermNonNeg(t, term); })) return true;
  if (hasCounterexample(t, terms, plus) || isNegativeSomewhere(t, id, plus)) return false;
  if (std::optional<Rational> lo = boundsOf(t, id).lo; lo && !(*lo + plus).isOverflow() && (*lo + plus).sign() >= 0)
    return true;
  return t.proofSteps > 0 && terms.size() + (plus.isZero() ? 0 : 1) > 1 && Prover(t).prove(id, plus);
}

} // namespace mdl::expr
