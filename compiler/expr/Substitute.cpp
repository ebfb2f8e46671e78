//===- Substitute.cpp - Symbols replaced by expressions -------------------===//
// Atoms that mention a replaced symbol are built again by the smart
// constructors; everything else is kept. Recursion follows the nesting of atoms,
// at most kMaxAtomDepth levels.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

/// The declaration of a symbol that is bound by a sum, copied with other bounds: `i'1`.
SymbolId ExprPool::boundCopy(SymbolId of, std::optional<ExprId> lo, std::optional<ExprId> hi, unsigned nth) {
  std::array<uint32_t, 4> key{of.index, lo ? lo->index : ~0u, hi ? hi->index : ~0u, nth};
  auto [at, isNew] = tables_->boundCopies.try_emplace(key);
  if (!isNew) return at->second;
  std::string base = symbolInfo(of).name + "'";
  unsigned number = 1;
  while (findSymbol(base + std::to_string(number))) ++number;
  at->second = addSymbol({base + std::to_string(number), lo, hi, true});
  return at->second;
}

class Substitution {
public:
  /// For `id` and what it is made of: symbols that it does not mention need no replacement.
  Substitution(ExprPool &pool, const Replacements &by, ExprId id) : pool_(pool) {
    for (const auto &[symbol, with] : by)
      if (pool.dependsOn(id, SymbolId{symbol})) by_.push_back({symbol, with});
  }
  ExprId of(ExprId id);

private:
  bool touches(llvm::ArrayRef<Factor> factors) const;
  bool touches(ExprId id) const;
  ExprId ofTerm(const Term &term);
  ExprId of(AtomId id);
  ExprId rebuilt(const Atom &atom);
  ExprId ofSum(const Atom &sum);
  bool captures(SymbolId index) const;
  SymbolId freshIndex(const Atom &sum);

  ExprPool &pool_;
  /// A list: there are few, and each is asked for of each atom.
  llvm::SmallVector<std::pair<uint32_t, ExprId>, 4> by_;
  Replacements done_;
};

bool Substitution::touches(ExprId id) const {
  return llvm::any_of(by_, [&](const auto &pair) { return pool_.dependsOn(id, SymbolId{pair.first}); });
}

bool Substitution::touches(llvm::ArrayRef<Factor> factors) const {
  return llvm::any_of(factors, [&](Factor f) { return touches(pool_.atomExpr(f.atom)); });
}

ExprId Substitution::of(ExprId id) {
  if (!touches(id)) return id;
  llvm::SmallVector<Term, 8> kept;
  llvm::SmallVector<ExprId, 8> parts;
  for (const Term &term : pool_.terms(id))
    if (touches(term.factors)) parts.push_back(ofTerm(term));
    else kept.push_back(term);
  parts.push_back(pool_.fromTerms(kept));
  return pool_.add(parts);
}

ExprId Substitution::ofTerm(const Term &term) {
  ExprId product = pool_.constant(term.coefficient);
  for (Factor f : term.factors) product = pool_.mul(product, pool_.pow(of(f.atom), pool_.constant(f.power)));
  return product;
}

ExprId Substitution::of(AtomId id) {
  if (!touches(pool_.atomExpr(id))) return pool_.atomExpr(id);
  auto at = done_.find(id.index);
  if (at != done_.end()) return at->second;
  ExprId result = rebuilt(pool_.atom(id));
  done_[id.index] = result;
  return result;
}

ExprId Substitution::rebuilt(const Atom &atom) {
  if (atom.kind == AtomKind::Symbol)
    return llvm::find_if(by_, [&](auto &pair) { return pair.first == atom.symbol.index; })->second;
  if (atom.kind == AtomKind::Sum) return ofSum(atom);
  llvm::SmallVector<ExprId, 8> args;
  for (ExprId arg : atom.args) args.push_back(of(arg));
  switch (atom.kind) {
  case AtomKind::Floor: return pool_.floor(args[0]);
  case AtomKind::NonNeg: return pool_.nonNeg(args[0]);
  case AtomKind::Max: return pool_.max(args);
  case AtomKind::Power: return pool_.pow(args[0], args[1]);
  case AtomKind::Inverse: return pool_.div(pool_.constant(1), args[0]);
  case AtomKind::ArgMin: return pool_.argMin(args, atom.symbol.index);
  case AtomKind::Symbol:
  case AtomKind::Sum: break;
  }
  return pool_.overflow();
}

bool Substitution::captures(SymbolId index) const {
  return llvm::any_of(by_, [&](const auto &pair) { return pool_.dependsOn(pair.second, index); });
}

/// The index of the new sum: another one if a replacement mentions it, or if its bounds are no longer the same.
SymbolId Substitution::freshIndex(const Atom &sum) {
  SymbolInfo info = pool_.symbolInfo(sum.symbol);
  bool boundsChange = (info.lo && touches(*info.lo)) || (info.hi && touches(*info.hi));
  if (!captures(sum.symbol) && !boundsChange) return sum.symbol;
  if (info.lo) info.lo = of(*info.lo);
  if (info.hi) info.hi = of(*info.hi);
  for (unsigned nth = 0;; ++nth) {
    SymbolId fresh = pool_.boundCopy(sum.symbol, info.lo, info.hi, nth);
    if (!captures(fresh) && !pool_.dependsOn(sum.args[2], fresh)) return fresh;
  }
}

ExprId Substitution::ofSum(const Atom &sum) {
  SymbolId index = freshIndex(sum);
  Replacements inner;
  inner.insert(by_.begin(), by_.end());
  inner.erase(sum.symbol.index);
  if (index != sum.symbol) inner[sum.symbol.index] = pool_.symbol(index);
  ExprId body = Substitution(pool_, inner, sum.args[2]).of(sum.args[2]);
  return pool_.sum(index, of(sum.args[0]), of(sum.args[1]), body);
}

ExprId ExprPool::substitute(ExprId id, const Replacements &bySymbol) {
  bool isFree = (*tables_)[id].mask == 0; // mentions no symbol
  return isFree || bySymbol.empty() ? id : Substitution(*this, bySymbol, id).of(id);
}

ExprId ExprPool::substitute(ExprId id, SymbolId symbol, ExprId with) {
  if (!dependsOn(id, symbol)) return id;
  Replacements one;
  one[symbol.index] = with;
  return substitute(id, one);
}

} // namespace mdl::expr
