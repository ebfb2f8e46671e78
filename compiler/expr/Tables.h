//===- Tables.h - The store behind ExprPool ---------------------*- C++ -*-===//
// Hash-consing: each expression and each atom is stored once, in an arena, and
// found again through an open-addressing table. Nothing is ever freed or
// changed, so references to terms and arguments stay good. What the other files
// ask often (is it an integer, which symbols, which constant bounds) is computed
// once, when an atom or expression is stored; atoms come after their operands,
// so this needs no recursion.
//===----------------------------------------------------------------------===//
#pragma once
#include "Expr.h"
#include "llvm/ADT/StringMap.h"
#include <array>
#include <deque>
#include <map>
#include <unordered_map>

namespace mdl::expr {

/// Constant bounds, inclusive; an end that is not known is absent.
struct Interval {
  std::optional<Rational> lo;
  std::optional<Rational> hi;
};

enum class Known : uint8_t { No, Yes, NotAsked };

/// How many points every atom is looked at.
inline constexpr size_t kSamples = 12;
/// Values at the sample points, within a rounding of doubles; not a number where it is not known.
using Samples = std::array<double, kSamples>;

/// The values of a sum at the sample points, and the magnitudes of its terms.
struct SampledSum {
  Samples values{}, magnitudes{};
};

struct AtomRecord {
  Atom atom;
  ExprId self;                      ///< the expression that is this atom alone
  llvm::ArrayRef<SymbolId> symbols; ///< the free ones, sorted
  Interval bounds;
  uint64_t mask = 0; ///< one bit for each free symbol, modulo 64
  Samples samples;
  uint8_t depth = 1;
  bool integral = false;
  bool real = false;
};

struct ExprRecord {
  const Term *terms = nullptr;
  uint32_t size = 0;
  uint8_t depth = 0;
  bool integralTerms = true; ///< integer coefficients and integral monomials
  bool real = false;
  Known integerValued = Known::NotAsked;
  Known nonNeg = Known::NotAsked;
  uint64_t mask = 0;
};

/// Maps the hash of something stored to its number.
class IdTable {
public:
  IdTable() : slots_(1024) {}
  /// The number for which `same(number)` holds, or the one that `make()` returns, which is then kept.
  template <class Same, class Make> uint32_t findOrMake(uint32_t hash, Same same, Make make);

private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t numberPlusOne = 0;
  };
  void grow();
  std::vector<Slot> slots_;
  size_t count_ = 0;
};

template <class Same, class Make> uint32_t IdTable::findOrMake(uint32_t hash, Same same, Make make) {
  if (2 * count_ >= slots_.size()) grow();
  size_t at = hash & (slots_.size() - 1);
  for (; slots_[at].numberPlusOne != 0; at = (at + 1) & (slots_.size() - 1))
    if (slots_[at].hash == hash && same(slots_[at].numberPlusOne - 1)) return slots_[at].numberPlusOne - 1;
  uint32_t number = make();
  slots_[at] = {hash, number + 1};
  ++count_;
  return number;
}

/// Remembers recent results of operations; a collision just forgets.
class RecentResults {
public:
  enum Op : uint32_t { None, Add, Sub, Mul, Floor, NonNeg };
  ExprId *find(Op op, ExprId a, ExprId b) {
    Entry &e = entry(op, a, b);
    return e.op == op && e.a == a && e.b == b ? &e.result : nullptr;
  }
  void keep(Op op, ExprId a, ExprId b, ExprId result) { entry(op, a, b) = {op, a, b, result}; }

private:
  struct Entry {
    Op op = None;
    ExprId a, b, result;
  };
  Entry &entry(Op op, ExprId a, ExprId b) {
    uint32_t h = (a.index * 0x9E3779B1u) ^ (b.index * 0x85EBCA77u) ^ (op * 0xC2B2AE3Du);
    return entries_[(h ^ h >> 15) % entries_.size()];
  }
  std::array<Entry, 4096> entries_;
};

/// Whether `intern` has to copy the factors of the terms, because they are not in the arena yet.
enum class Factors { InArena, Copy };

/// How many changes of variables a proof may try.
inline constexpr int kMaxProofSteps = 48;

struct Tables {
  Tables();

  /// Stores a canonical sum: terms sorted, different, coefficients not 0. Checks the limits.
  ExprId intern(llvm::ArrayRef<Term> terms, Factors factors);
  /// Stores an atom; nullopt if it is nested too deep.
  std::optional<AtomId> internAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args);
  /// Sorts terms of a sum, merges equal ones, and stores it.
  ExprId normalise(llvm::SmallVectorImpl<Term> &terms, Factors factors);

  const ExprRecord &operator[](ExprId id) const { return exprs[id.index]; }
  ExprRecord &operator[](ExprId id) { return exprs[id.index]; }
  const AtomRecord &operator[](AtomId id) const { return *atoms[id.index]; }
  llvm::ArrayRef<Term> terms(ExprId id) const { return {exprs[id.index].terms, exprs[id.index].size}; }
  bool isIntegral(llvm::ArrayRef<Factor> factors) const;
  bool isIntegral(ExprId id);

  ExprId one; ///< The constant 1
  llvm::BumpPtrAllocator arena;
  llvm::BumpPtrAllocator scratch; ///< factors of the product under construction
  std::vector<ExprRecord> exprs;
  std::vector<AtomRecord *> atoms;
  std::deque<SymbolInfo> symbols;
  std::vector<Interval> symbolBounds;
  std::vector<ExprId> symbolExprs;
  llvm::StringMap<SymbolId> symbolByName;
  std::map<std::array<uint32_t, 4>, SymbolId> boundCopies; ///< by original, bounds, number
  RecentResults recent;
  std::unordered_map<uint32_t, SampledSum> sampledSums; ///< Of expressions that were compared
  int proofSteps = kMaxProofSteps;

private:
  uint32_t store(llvm::ArrayRef<Term> terms, Factors factors);
  uint32_t storeAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args, uint8_t depth);
  llvm::ArrayRef<SymbolId> freeSymbols(const Atom &atom);
  void describe(AtomRecord &record);
  IdTable exprTable_;
  IdTable atomTable_;
};

//===--- Order.cpp ---------------------------------------------------------===//
int compareAtoms(const Tables &tables, AtomId a, AtomId b);
/// Negative when a term with factors `a` stands before one with `b`.
int compareMonomials(const Tables &tables, llvm::ArrayRef<Factor> a, llvm::ArrayRef<Factor> b);
int compareExprs(const Tables &tables, ExprId a, ExprId b);

//===--- Monomial.cpp ------------------------------------------------------===//
using FactorList = llvm::SmallVector<Factor, 8>;
/// Appends the product to `out`; false if a power is too large.
bool multiply(const Tables &tables, llvm::ArrayRef<Factor> a, llvm::ArrayRef<Factor> b,
              llvm::SmallVectorImpl<Factor> &out);
/// The m for which `e` is m times an expression without negative powers and without common factor; only of the atoms
/// that `take` accepts.
FactorList commonFactors(const Tables &tables, ExprId e, llvm::function_ref<bool(AtomId)> take);
/// The factors with negated powers.
FactorList reciprocal(llvm::ArrayRef<Factor> factors);
/// The power of `atom` among the factors, or 0.
int32_t powerOf(llvm::ArrayRef<Factor> factors, AtomId atom);
/// The factors but `atom`.
FactorList without(llvm::ArrayRef<Factor> factors, AtomId atom);

//===--- Coefficients.cpp --------------------------------------------------===//
/// The least common denominator of the coefficients. With `Constant::Skip` the constant term is not looked at.
enum class Constant { Take, Skip };
Int commonDenominator(llvm::ArrayRef<Term> terms, Constant constant);
/// The positive c for which all coefficients are integers without common factor times c.
Rational commonFactor(llvm::ArrayRef<Term> terms, Constant constant);
/// The coefficient of the constant term, or 0.
Rational constantTerm(llvm::ArrayRef<Term> terms);
/// True when all monomials have integer values.
bool hasIntegralMonomials(const Tables &tables, llvm::ArrayRef<Term> terms);
/// True when a polynomial with fractional coefficients takes integer values only: `(n^2 + n)/2`.
bool isIntegerValued(const Tables &tables, ExprId id);

//===--- Bounds.cpp --------------------------------------------------------===//
Interval boundsOf(const Tables &tables, ExprId id);
/// Of an atom whose operands are stored.
Interval boundsOf(Tables &tables, const Atom &atom);
bool isPositive(const Tables &tables, AtomId atom);

//===--- Sample.cpp ---------------------------------------------------------===//
/// The values of an atom whose operands are stored.
Samples samplesOf(const Tables &tables, const Atom &atom);
/// True when `id + plus` is less than 0 at a sample point, beyond all doubt of rounding.
bool isNegativeSomewhere(const Tables &tables, ExprId id, Rational plus);
bool isLessSomewhere(Tables &tables, ExprId a, ExprId b);

//===--- Prove.cpp ---------------------------------------------------------===//
/// Proves `id + plus >= 0`.
bool provesNonNeg(const Tables &tables, ExprId id, Rational plus);

} // namespace mdl::expr
