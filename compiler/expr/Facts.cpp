//===- Facts.cpp - What is assumed ----------------------------------------===//
#include "Facts.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

bool isAtom(const ExprPool &pool, Factor factor, AtomKind kind) { return pool.atom(factor.atom).kind == kind; }

/// The operands of the brackets whose product `id` is; none if it is no such product.
llvm::SmallVector<ExprId, 4> bracketsOf(const ExprPool &pool, ExprId id) {
  llvm::SmallVector<ExprId, 4> operands;
  llvm::ArrayRef<Term> terms = pool.terms(id);
  if (terms.size() != 1 || !terms[0].coefficient.isOne()) return {};
  for (Factor f : terms[0].factors) {
    if (!isAtom(pool, f, AtomKind::NonNeg)) return {};
    operands.push_back(pool.atom(f.atom).args[0]);
  }
  return operands;
}

llvm::SmallVector<Factor, 4> withoutFactor(const Term &term, AtomId atom) {
  llvm::SmallVector<Factor, 4> rest;
  llvm::copy_if(term.factors, std::back_inserter(rest), [&](Factor f) { return f.atom != atom; });
  return rest;
}

} // namespace

// Anything new may change every normal form; facts are brought into the new one.
void Facts::renew() {
  normal_.clear();
  for (ExprId &f : nonNeg_) f = normal(f);
  for (ExprId &f : integers_) f = pool_.substitute(f, equalities_);
  llvm::erase_if(integers_, [&](ExprId f) { return pool_.isIntegral(f) || pool_.isOverflow(f); });
}

void Facts::assume(ExprId condition) {
  if (pool_.asConstant(condition) || pool_.isOverflow(condition)) return;
  if (llvm::is_contained(conditions_, condition)) return;
  conditions_.push_back(condition);
  llvm::SmallVector<ExprId, 4> all = bracketsOf(pool_, condition);
  while (!all.empty()) {
    ExprId p = all.pop_back_val();
    auto *opposite = llvm::find(all, pool_.negate(p));
    if (opposite == all.end()) {
      assumeBracket(p);
    } else {
      all.erase(opposite);
      assumeEqual(p, {});
    }
  }
  llvm::SmallVector<ExprId, 4> denied = bracketsOf(pool_, pool_.logicalNot(condition));
  if (denied.size() != 1) return;
  ExprId negative = pool_.negate(denied[0]);
  assumeNonNeg(pool_.isIntegral(negative) ? pool_.sub(negative, pool_.constant(1)) : negative);
}

void Facts::assumeBracket(ExprId p) {
  if (!assumeDivisibility(p)) assumeNonNeg(p);
}

// [m*floor(q) - m*q >= 0], which is what `m divides m*q` becomes
bool Facts::assumeDivisibility(ExprId p) {
  for (const Term &term : pool_.terms(p))
    for (Factor f : term.factors) {
      if (f.power != 1 || term.coefficient.sign() < 0 || !isAtom(pool_, f, AtomKind::Floor)) continue;
      llvm::SmallVector<Factor, 4> cofactors = withoutFactor(term, f.atom);
      ExprId m = pool_.fromTerms(Term{term.coefficient, cofactors}), floor = pool_.atomExpr(f.atom);
      if (nonNeg(m) != Truth::True) continue;
      ExprId q = pool_.sub(floor, pool_.div(p, m));
      if (pool_.floor(q) != floor) continue;
      assumeInteger(q);
      return true;
    }
  return false;
}

void Facts::assumeNonNeg(ExprId a) {
  a = normal(a);
  if (pool_.provesNonNeg(a) || llvm::is_contained(nonNeg_, a)) return;
  if (llvm::is_contained(nonNeg_, pool_.negate(a))) return assumeEqual(a, {});
  nonNeg_.push_back(a);
}

void Facts::assumeInteger(ExprId a) {
  a = pool_.substitute(a, equalities_);
  if (pool_.isIntegral(a) || pool_.isOverflow(a) || llvm::is_contained(integers_, a)) return;
  integers_.push_back(a);
  renew();
}

void Facts::assumeEqual(ExprId a, ExprId b) {
  ExprId zero = normal(pool_.sub(a, b));
  if (pool_.asConstant(zero) || pool_.isOverflow(zero)) return;
  if (assumeDivisibility(zero) || assumeDivisibility(pool_.negate(zero))) return;
  if (assumeDefinition(zero)) return;
  for (ExprId side : {zero, pool_.negate(zero)})
    if (!llvm::is_contained(nonNeg_, side)) nonNeg_.push_back(side);
}

// c*m*s + rest == 0 defines s as -rest/(c*m), if m is positive and s is nowhere else; the latest such symbol.
bool Facts::assumeDefinition(ExprId zero) {
  llvm::SmallVector<SymbolId> symbols = pool_.symbols(zero);
  for (SymbolId s : llvm::reverse(symbols)) {
    AtomId atom = pool_.terms(pool_.symbol(s))[0].factors[0].atom;
    for (const Term &term : pool_.terms(zero)) {
      ExprId alone = pool_.fromTerms(term), rest = pool_.sub(zero, alone);
      llvm::SmallVector<Factor, 4> others = withoutFactor(term, atom);
      ExprId m = pool_.fromTerms(Term{1, others});
      if (pool_.div(alone, pool_.scale(m, term.coefficient)) != pool_.symbol(s)) continue;
      if (pool_.dependsOn(rest, s) || pool_.dependsOn(m, s)) break;
      if (!pool_.provesNonNeg(m) || pool_.equal(m, {}) != pool_.constant(0)) break;
      addEquality(s, pool_.negate(pool_.div(rest, pool_.scale(m, term.coefficient))));
      return true;
    }
  }
  return false;
}

// What is declared of the symbol becomes facts about its value.
void Facts::addEquality(SymbolId symbol, ExprId value) {
  if (pool_.isOverflow(value)) return;
  for (auto &pair : equalities_) pair.second = pool_.substitute(pair.second, symbol, value);
  equalities_[symbol.index] = value;
  renew();
  const SymbolInfo info = pool_.symbolInfo(symbol);
  if (info.integer) assumeInteger(value);
  if (info.lo) assumeNonNeg(pool_.sub(value, *info.lo));
  if (info.hi) assumeNonNeg(pool_.sub(*info.hi, value));
}

} // namespace mdl::expr
