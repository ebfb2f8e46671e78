//===- Tables.cpp - Hash-consing of atoms and expressions -----------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace mdl::expr {

namespace {

constexpr uint64_t kMix = 0x9E3779B97F4A7C15ull;
constexpr size_t kMaxExprs = (size_t{1} << 31) - 1;

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * kMix;
  return hash ^ hash >> 29;
}

uint64_t mix(uint64_t hash, Int value) {
  auto raw = static_cast<UInt128>(value.raw());
  return mix(hash, static_cast<uint64_t>(raw) ^ static_cast<uint64_t>(raw >> 64) * 31);
}

uint32_t hashOf(llvm::ArrayRef<Term> terms) {
  uint64_t hash = terms.size();
  for (const Term &term : terms) {
    hash = mix(hash, term.coefficient.num());
    if (!term.coefficient.den().isOne()) hash = mix(hash, term.coefficient.den());
    for (Factor factor : term.factors)
      hash = mix(hash, uint64_t{factor.atom.index} << 32 | static_cast<uint32_t>(factor.power));
  }
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

uint32_t hashOf(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args) {
  uint64_t hash = mix(static_cast<uint64_t>(kind), symbol.index);
  for (ExprId arg : args) hash = mix(hash, arg.index);
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

bool sameTerms(llvm::ArrayRef<Term> a, llvm::ArrayRef<Term> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Term &x, const Term &y) {
    return x.coefficient == y.coefficient && x.factors == y.factors;
  });
}

template <class T> llvm::ArrayRef<T> copyTo(llvm::BumpPtrAllocator &arena, llvm::ArrayRef<T> list) {
  return list.empty() ? list : list.copy(arena);
}

} // namespace

void IdTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (Slot slot : old) {
    if (slot.numberPlusOne == 0) continue;
    size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].numberPlusOne != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

// Number 0 is the zero expression; number 1, which no sum can be equal to, is the overflow mark.
Tables::Tables() {
  exprs.reserve(1024);
  intern({}, Factors::InArena);
  Term mark{Rational::overflow(), {}};
  store(mark, Factors::InArena);
  exprs.back().integralTerms = false;
  one = intern(Term{Rational(1), {}}, Factors::InArena);
}

ExprId Tables::intern(llvm::ArrayRef<Term> list, Factors factors) {
  if (list.size() > kMaxTerms || exprs.size() >= kMaxExprs) return {1};
  for (const Term &term : list)
    if (term.coefficient.isOverflow()) return {1};
  auto same = [&](uint32_t number) { return sameTerms(terms({number}), list); };
  return {exprTable_.findOrMake(hashOf(list), same, [&] { return store(list, factors); })};
}

uint32_t Tables::store(llvm::ArrayRef<Term> list, Factors factors) {
  ExprRecord record;
  llvm::MutableArrayRef<Term> own(arena.Allocate<Term>(list.size()), list.size());
  std::uninitialized_copy(list.begin(), list.end(), own.begin());
  record.terms = own.data();
  record.size = static_cast<uint32_t>(list.size());
  for (Term &term : own) {
    if (factors == Factors::Copy) term.factors = copyTo(arena, term.factors);
    record.integralTerms &= term.coefficient.isInteger() && isIntegral(term.factors);
    for (Factor factor : term.factors) {
      const AtomRecord &atom = *atoms[factor.atom.index];
      record.depth = std::max(record.depth, atom.depth);
      record.real |= atom.real;
      record.mask |= atom.mask;
    }
  }
  exprs.push_back(record);
  return static_cast<uint32_t>(exprs.size() - 1);
}

bool Tables::isIntegral(llvm::ArrayRef<Factor> factors) const {
  return llvm::all_of(factors, [&](Factor f) { return f.power > 0 && atoms[f.atom.index]->integral; });
}

bool Tables::isIntegral(ExprId id) {
  ExprRecord &record = exprs[id.index];
  if (record.integralTerms) return true;
  if (record.integerValued == Known::NotAsked)
    record.integerValued = isIntegerValued(*this, id) ? Known::Yes : Known::No;
  return record.integerValued == Known::Yes;
}

// Equal monomials merge; sorting first keeps the result independent of the order given.
ExprId Tables::normalise(llvm::SmallVectorImpl<Term> &list, Factors factors) {
  auto before = [&](const Term &a, const Term &b) { return compareMonomials(*this, a.factors, b.factors) < 0; };
  llvm::sort(list, before);
  size_t kept = 0;
  for (size_t i = 0; i < list.size();) {
    Term sum = list[i++];
    for (; i < list.size() && list[i].factors == sum.factors; ++i)
      sum.coefficient = sum.coefficient + list[i].coefficient;
    if (!sum.coefficient.isZero()) list[kept++] = sum;
  }
  list.truncate(kept);
  return intern(list, factors);
}

std::optional<AtomId> Tables::internAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args) {
  unsigned depth = 0;
  for (ExprId arg : args) depth = std::max<unsigned>(depth, exprs[arg.index].depth);
  if (depth >= kMaxAtomDepth || exprs.size() >= kMaxExprs) return std::nullopt;
  auto same = [&](uint32_t number) {
    const Atom &other = atoms[number]->atom;
    return other.kind == kind && other.symbol == symbol && other.args == args;
  };
  auto make = [&] { return storeAtom(kind, symbol, args, static_cast<uint8_t>(depth + 1)); };
  return AtomId{atomTable_.findOrMake(hashOf(kind, symbol, args), same, make)};
}

uint32_t Tables::storeAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args, uint8_t depth) {
  auto number = static_cast<uint32_t>(atoms.size());
  auto *record = new (arena.Allocate<AtomRecord>()) AtomRecord;
  record->atom = {kind, symbol, copyTo(arena, args)};
  record->depth = depth;
  describe(*record);
  atoms.push_back(record);
  Factor factor{{number}, 1};
  Term term{1, factor};
  record->self = intern(term, Factors::Copy);
  return number;
}

void Tables::describe(AtomRecord &record) {
  const Atom &atom = record.atom;
  record.symbols = freeSymbols(atom);
  for (SymbolId symbol : record.symbols) record.mask |= uint64_t{1} << symbol.index % 64;
  record.real = llvm::any_of(atom.args, [&](ExprId arg) { return exprs[arg.index].real; });
  auto integral = [&](ExprId arg) { return isIntegral(arg); };
  switch (atom.kind) {
  case AtomKind::Symbol:
    record.integral = symbols[atom.symbol.index].integer;
    record.real = symbols[atom.symbol.index].real;
    break;
  case AtomKind::Floor:
  case AtomKind::NonNeg:
  case AtomKind::ArgMin: record.integral = true; break;
  case AtomKind::Max: record.integral = llvm::all_of(atom.args, integral); break;
  case AtomKind::Power:
    record.integral = integral(atom.args[0]) && integral(atom.args[1]) && provesNonNeg(*this, atom.args[1], 0);
    record.real |= !record.integral;
    break;
  case AtomKind::Inverse: break;
  case AtomKind::Sum: record.integral = integral(atom.args[2]); break;
  }
  record.bounds = boundsOf(*this, atom);
  record.samples = samplesOf(*this, atom);
}

llvm::ArrayRef<SymbolId> Tables::freeSymbols(const Atom &atom) {
  llvm::SmallVector<SymbolId, 16> all;
  if (atom.kind == AtomKind::Symbol) all.push_back(atom.symbol);
  for (size_t i = 0; i < atom.args.size(); ++i)
    for (const Term &term : terms(atom.args[i]))
      for (Factor factor : term.factors)
        for (SymbolId symbol : atoms[factor.atom.index]->symbols)
          if (atom.kind != AtomKind::Sum || i != 2 || symbol != atom.symbol) all.push_back(symbol);
  std::sort(all.begin(), all.end()); // llvm::sort is qsort
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return copyTo(arena, llvm::ArrayRef<SymbolId>(all));
}

} // namespace mdl::expr
