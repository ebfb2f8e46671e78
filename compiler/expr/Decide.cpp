//===- Decide.cpp - What follows from the facts ---------------------------===//
#include "Facts.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr int kMaxFactsInARow = 2;
constexpr int kMaxTries = 48;
constexpr int kMaxIntegerFacts = 3;

Truth opposite(Truth t) { return t == Truth::Open ? t : t == Truth::True ? Truth::False : Truth::True; }
Truth truthOf(bool value) { return value ? Truth::True : Truth::False; }

/// The multiples of a fact that remove a term from `a`: non-negative ones, without negative powers.
llvm::SmallVector<ExprId, 4> usefulMultiples(ExprPool &pool, ExprId a, ExprId fact) {
  llvm::SmallVector<ExprId, 4> multiples;
  for (const Term &wanted : pool.terms(a))
    for (const Term &given : pool.terms(fact)) {
      if (given.factors.empty() || wanted.coefficient.sign() != given.coefficient.sign()) continue;
      ExprId by = pool.div(pool.fromTerms(wanted), pool.fromTerms(given));
      if (pool.isOverflow(by) || llvm::is_contained(multiples, by) || !pool.provesNonNeg(by)) continue;
      if (llvm::all_of(pool.terms(by)[0].factors, [](Factor f) { return f.power > 0; })) multiples.push_back(by);
    }
  return multiples;
}

} // namespace

ExprId Facts::normal(ExprId a) {
  if ((equalities_.empty() && integers_.empty()) || pool_.isOverflow(a)) return a;
  auto at = normal_.find(a);
  if (at != normal_.end()) return at->second;
  ExprId result = withoutFloors(pool_.substitute(a, equalities_));
  normal_[a] = result;
  return result;
}

/// Floors of what is an integer by the facts go; outermost ones only.
ExprId Facts::withoutFloors(ExprId a) {
  if (integers_.empty()) return a;
  llvm::SmallVector<ExprId, 8> parts;
  for (const Term &term : pool_.terms(a)) {
    ExprId product = pool_.constant(term.coefficient);
    for (Factor f : term.factors) {
      const Atom &atom = pool_.atom(f.atom);
      ExprId value = atom.kind == AtomKind::Floor ? withoutFloor(atom.args[0]) : pool_.atomExpr(f.atom);
      product = pool_.mul(product, pool_.pow(value, pool_.constant(f.power)));
    }
    parts.push_back(product);
  }
  return pool_.add(parts);
}

// floor(p + q) -> p + floor(q) if p is an integer by the facts
ExprId Facts::withoutFloor(ExprId argument) {
  if (isInteger(argument)) return argument;
  llvm::SmallVector<Term, 8> integers, rest;
  for (const Term &term : pool_.terms(argument)) (isIntegerTerm(term, 0) ? integers : rest).push_back(term);
  return pool_.add(pool_.fromTerms(integers), pool_.floor(pool_.fromTerms(rest)));
}

bool Facts::isInteger(ExprId a) {
  if (pool_.isIntegral(a)) return true;
  a = pool_.substitute(a, equalities_);
  auto byItself = [&](const Term &term) { return isIntegerTerm(term, 0); };
  if (pool_.isIntegral(a) || llvm::all_of(pool_.terms(a), byItself)) return true;
  return llvm::any_of(integers_, [&](ExprId fact) {
    const Term &lead = pool_.terms(fact)[0];
    for (const Term &term : pool_.terms(a)) {
      Rational k = term.coefficient / lead.coefficient;
      if (term.factors != lead.factors || !k.isInteger()) continue;
      ExprId rest = pool_.sub(a, pool_.scale(fact, k));
      return pool_.isIntegral(rest) || llvm::all_of(pool_.terms(rest), byItself);
    }
    return false;
  });
}

/// An integer by its form, or an assumed one times such a term.
bool Facts::isIntegerTerm(const Term &term, int depth) {
  ExprId id = pool_.fromTerms(term);
  if (pool_.isIntegral(id)) return true;
  if (depth == kMaxIntegerFacts) return false;
  return llvm::any_of(integers_, [&](ExprId fact) {
    llvm::ArrayRef<Term> given = pool_.terms(fact);
    if (given.size() != 1 || fact == ExprId{}) return false;
    if (fact == id) return true;
    auto shared = [&](Factor f, Factor g) { return f.atom == g.atom && (f.power > 0) == (g.power > 0); };
    auto occurs = [&](Factor f) { return llvm::any_of(term.factors, [&](Factor g) { return shared(f, g); }); };
    if (llvm::none_of(given[0].factors, occurs)) return false;
    ExprId quotient = pool_.div(id, fact);
    return pool_.terms(quotient).size() == 1 && isIntegerTerm(pool_.terms(quotient)[0], depth + 1);
  });
}

/// a >= 0, or a minus multiples of facts is.
bool Facts::proves(ExprId a, int depth, int &tries) {
  if (pool_.isOverflow(a) || --tries < 0) return false;
  if (pool_.provesNonNeg(a)) return true;
  if (depth == kMaxFactsInARow) return false;
  return llvm::any_of(nonNeg_, [&](ExprId fact) {
    if (proves(pool_.sub(a, fact), kMaxFactsInARow, tries)) return true;
    return llvm::any_of(usefulMultiples(pool_, a, fact),
                        [&](ExprId by) { return proves(pool_.sub(a, pool_.mul(by, fact)), depth + 1, tries); });
  });
}

Truth Facts::nonNeg(ExprId a) {
  ExprId bracket = pool_.nonNeg(normal(a));
  if (std::optional<Rational> value = pool_.asConstant(bracket)) return truthOf(!value->isZero());
  if (pool_.isOverflow(bracket) || nonNeg_.empty()) return Truth::Open;
  llvm::SmallVector<Factor> factors(pool_.terms(bracket)[0].factors);
  if (pool_.terms(bracket).size() != 1 || factors.size() != 1) return Truth::Open;
  ExprId p = pool_.atom(factors[0].atom).args[0];
  int tries = kMaxTries;
  if (proves(p, 0, tries)) return Truth::True;
  tries = kMaxTries;
  return proves(pool_.sub(pool_.constant(-1), p), 0, tries) ? Truth::False : Truth::Open;
}

Truth Facts::equal(ExprId a, ExprId b) {
  if (a == b && !pool_.isOverflow(a)) return Truth::True;
  ExprId difference = normal(pool_.sub(a, b));
  if (std::optional<Rational> value = pool_.asConstant(difference)) return truthOf(value->isZero());
  if (pool_.isOverflow(difference)) return Truth::Open;
  if (pool_.equal(difference, {}) == ExprId{}) return Truth::False;
  Truth notBelow = nonNeg(difference), notAbove = nonNeg(pool_.negate(difference));
  if (notBelow == Truth::False || notAbove == Truth::False) return Truth::False;
  return notBelow == Truth::True && notAbove == Truth::True ? Truth::True : Truth::Open;
}

ExprId Facts::withDecidedBrackets(ExprId condition) {
  llvm::SmallVector<ExprId, 8> parts;
  for (const Term &term : pool_.terms(condition)) {
    ExprId product = pool_.constant(term.coefficient);
    for (Factor f : term.factors) {
      const Atom &atom = pool_.atom(f.atom);
      Truth truth = atom.kind == AtomKind::NonNeg ? nonNeg(atom.args[0]) : Truth::Open;
      ExprId value = truth == Truth::Open ? pool_.pow(pool_.atomExpr(f.atom), pool_.constant(f.power))
                                          : pool_.constant(truth == Truth::True ? 1 : 0);
      product = pool_.mul(product, value);
    }
    parts.push_back(product);
  }
  return pool_.add(parts);
}

/// Two brackets of the product that say p == 0 are decided together.
Truth Facts::decideProduct(ExprId product) {
  llvm::ArrayRef<Term> terms = pool_.terms(product);
  if (llvm::is_contained(conditions_, product)) return Truth::True;
  if (llvm::is_contained(conditions_, pool_.logicalNot(product))) return Truth::False;
  if (terms.size() != 1 || !terms[0].coefficient.isOne()) return Truth::Open;
  for (Factor f : terms[0].factors) {
    const Atom &atom = pool_.atom(f.atom);
    if (atom.kind != AtomKind::NonNeg) return Truth::Open;
    ExprId both = pool_.equal(atom.args[0], {});
    bool hasBoth = pool_.terms(both).size() == 1 && llvm::all_of(pool_.terms(both)[0].factors, [&](Factor g) {
                     return llvm::is_contained(terms[0].factors, g);
                   });
    if (hasBoth && equal(atom.args[0], {}) == Truth::False) return Truth::False;
  }
  return Truth::Open;
}

Truth Facts::decide(ExprId condition) {
  if (pool_.isOverflow(condition)) return Truth::Open;
  if (decideProduct(condition) == Truth::True) return Truth::True;
  condition = withDecidedBrackets(normal(condition));
  if (std::optional<Rational> value = pool_.asConstant(condition)) return truthOf(!value->isZero());
  Truth truth = decideProduct(condition);
  return truth != Truth::Open ? truth : opposite(decideProduct(pool_.logicalNot(condition)));
}

} // namespace mdl::expr
