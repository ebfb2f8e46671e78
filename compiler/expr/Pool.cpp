//===- Pool.cpp - Symbols, constants, and what can be asked ---------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace mdl::expr {

ExprPool::ExprPool() : tables_(std::make_unique<Tables>()) {}
ExprPool::~ExprPool() = default;

SymbolId ExprPool::addSymbol(SymbolInfo info) {
  Tables &t = *tables_;
  SymbolId id{static_cast<uint32_t>(t.symbols.size())};
  t.symbolByName.try_emplace(info.name, id);
  t.symbols.push_back(std::move(info));
  AtomId atom = *t.internAtom(AtomKind::Symbol, id, {});
  t.symbolExprs.push_back(t[atom].self);
  return id;
}

const SymbolInfo &ExprPool::symbolInfo(SymbolId id) const { return tables_->symbols[id.index]; }
size_t ExprPool::symbolCount() const { return tables_->symbols.size(); }
size_t ExprPool::size() const { return tables_->exprs.size(); }
ExprId ExprPool::symbol(SymbolId id) { return tables_->symbolExprs[id.index]; }
llvm::ArrayRef<Term> ExprPool::terms(ExprId id) const { return tables_->terms(id); }
const Atom &ExprPool::atom(AtomId id) const { return (*tables_)[id].atom; }
ExprId ExprPool::atomExpr(AtomId id) const { return (*tables_)[id].self; }

std::optional<SymbolId> ExprPool::findSymbol(std::string_view name) const {
  auto at = tables_->symbolByName.find(name);
  return at == tables_->symbolByName.end() ? std::nullopt : std::optional(at->second);
}

ExprId ExprPool::constant(Rational value) {
  if (value.isZero()) return {};
  if (value.isOne()) return tables_->one;
  return tables_->intern(Term{value, {}}, Factors::InArena);
}

ExprId ExprPool::makeAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args) {
  if (llvm::is_contained(args, overflow())) return overflow();
  std::optional<AtomId> atom = tables_->internAtom(kind, symbol, args);
  return atom ? atomExpr(*atom) : overflow();
}

std::optional<Rational> ExprPool::asConstant(ExprId id) const {
  llvm::ArrayRef<Term> list = terms(id);
  if (list.empty()) return Rational(0);
  if (list.size() > 1 || !list[0].factors.empty() || isOverflow(id)) return std::nullopt;
  return list[0].coefficient;
}

std::optional<Int> ExprPool::asInteger(ExprId id) const {
  std::optional<Rational> value = asConstant(id);
  return value && value->isInteger() ? std::optional(value->num()) : std::nullopt;
}

std::optional<SymbolId> ExprPool::asSymbol(ExprId id) const {
  llvm::ArrayRef<Term> list = terms(id);
  if (list.size() != 1 || list[0].factors.size() != 1 || !list[0].coefficient.isOne()) return std::nullopt;
  const Atom &only = atom(list[0].factors[0].atom);
  if (only.kind != AtomKind::Symbol || list[0].factors[0].power != 1) return std::nullopt;
  return only.symbol;
}

bool ExprPool::isIntegral(ExprId id) const { return tables_->isIntegral(id); }
bool ExprPool::isReal(ExprId id) const { return (*tables_)[id].real; }

bool ExprPool::dependsOn(ExprId id, SymbolId symbol) const {
  if (((*tables_)[id].mask >> symbol.index % 64 & 1) == 0) return false;
  for (const Term &term : terms(id))
    for (Factor factor : term.factors)
      if (llvm::binary_search((*tables_)[factor.atom].symbols, symbol)) return true;
  return false;
}

llvm::SmallVector<SymbolId> ExprPool::symbols(ExprId id) const {
  llvm::SmallVector<SymbolId> all;
  for (const Term &term : terms(id))
    for (Factor factor : term.factors) llvm::append_range(all, (*tables_)[factor.atom].symbols);
  std::sort(all.begin(), all.end()); // llvm::sort is qsort
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::optional<std::pair<Rational, ExprId>> ExprPool::linearIn(ExprId id, SymbolId symbol) {
  llvm::ArrayRef<Term> line = terms(this->symbol(symbol));
  Rational slope;
  llvm::SmallVector<Term, 8> rest;
  for (const Term &term : terms(id))
    if (term.factors == line[0].factors) slope = term.coefficient;
    else rest.push_back(term);
  if (slope.isZero()) return std::nullopt;
  ExprId other = tables_->intern(rest, Factors::InArena);
  if (dependsOn(other, symbol)) return std::nullopt;
  return std::pair(slope, other);
}

bool ExprPool::mayBeAtLeast(ExprId a, ExprId b) const { return !isLessSomewhere(*tables_, a, b); }

void ExprPool::limitProofs(std::optional<int> steps) { tables_->proofSteps = steps.value_or(kMaxProofSteps); }

// The bounds are in the operands' records, so the prover needs to run once for an expression.
bool ExprPool::provesNonNeg(ExprId id) {
  Known &known = (*tables_)[id].nonNeg;
  if (known == Known::NotAsked) {
    bool proved = !isOverflow(id) && expr::provesNonNeg(*tables_, id, 0);
    known = proved ? Known::Yes : Known::No;
  }
  return known == Known::Yes;
}

} // namespace mdl::expr
