//===- Expr.h - Hash-consed symbolic expressions ----------------*- C++ -*-===//
// An expression is a canonical sum of terms; a term is a rational coefficient
// times a product of atoms to non-zero integer powers; an atom is a symbol or
// one of the few things that are not polynomials: floor, a comparison with 0,
// max, a symbolic power, a sum without closed form, the reciprocal of a sum,
// the position of a minimum. Everything else is rewritten into these when it is
// built. Equal ids mean equal expressions, and equal expressions that the
// canonical form covers have equal ids. CANONICAL.md is the specification.
//
//   ExprPool pool;
//   ExprId n = pool.symbol(pool.addSymbol({.name = "n", .lo = 1}));
//   pool.add(pool.mul(n, pool.constant(2)), n)      is  3*n
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/numeric/Rational.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Allocator.h"
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::expr {

/// Names one expression of one pool. The zero expression is id 0.
struct ExprId {
  uint32_t index = 0;
  friend auto operator<=>(ExprId, ExprId) = default;
};
/// Names one atom of one pool.
struct AtomId {
  uint32_t index = 0;
  friend auto operator<=>(AtomId, AtomId) = default;
};
/// Names one symbol of one pool, in the order of declaration.
struct SymbolId {
  uint32_t index = 0;
  friend auto operator<=>(SymbolId, SymbolId) = default;
};

enum class AtomKind : uint8_t {
  Symbol,  ///< `symbol`
  Floor,   ///< floor(args[0]); the argument is no integer by its form
  NonNeg,  ///< 1 if args[0] >= 0 else 0 (an Iverson bracket)
  Max,     ///< the largest of args, at least two, none dominated
  Power,   ///< args[0] ^ args[1], the exponent no constant integer
  Inverse, ///< 1 / args[0], a sum of several terms that is not 0
  Sum,     ///< the sum of args[2] for `symbol` in args[0]..args[1] (half open), without closed form
  ArgMin,  ///< the position of the smallest row; `symbol.index` is the row length, args the rows one after the other
};

/// A factor of a term: an atom to a power, which is not 0 and may be negative.
struct Factor {
  AtomId atom;
  int32_t power;
  friend bool operator==(const Factor &, const Factor &) = default;
};

/// A coefficient, not 0, times factors in the order of atoms.
struct Term {
  Rational coefficient;
  llvm::ArrayRef<Factor> factors;
};

struct Atom {
  AtomKind kind;
  SymbolId symbol;
  llvm::ArrayRef<ExprId> args;
};

/// What is known of a symbol for ever. Bounds are inclusive; they may mention earlier symbols.
struct SymbolInfo {
  std::string name = {};
  std::optional<ExprId> lo = std::nullopt;
  std::optional<ExprId> hi = std::nullopt;
  bool integer = true;
  bool real = false; ///< Its value is a double: expressions with it are computed as reals
};

/// What `decide` can say.
enum class Truth : uint8_t { False, True, Open };

/// Limits of one expression; past them an operation yields `overflow()`.
inline constexpr size_t kMaxTerms = 4096;
inline constexpr unsigned kMaxAtomDepth = 64;
inline constexpr size_t kMaxOperands = 1024; ///< of a max, after dominated ones have gone

struct Tables;

/// What a substitution puts for symbols, by their numbers. Mostly one or two.
using Replacements = llvm::SmallDenseMap<uint32_t, ExprId, 4>;

/// Owns expressions. The smart constructors are the only way to make one and return the canonical form.
class ExprPool {
public:
  ExprPool();
  ExprPool(const ExprPool &) = delete;
  ~ExprPool();

  /// Declares a symbol. Two may have the same name; `findSymbol` finds the first.
  SymbolId addSymbol(SymbolInfo info);
  const SymbolInfo &symbolInfo(SymbolId id) const;
  /// All symbols, also the ones that `sum` and `substitute` declare for themselves.
  size_t symbolCount() const;
  std::optional<SymbolId> findSymbol(std::string_view name) const;

  ExprId constant(Rational value);
  ExprId symbol(SymbolId id);
  ExprId add(ExprId a, ExprId b) { return a == ExprId() ? b : b == ExprId() ? a : sumOf(a, b); } // most add a 0
  ExprId sub(ExprId a, ExprId b);
  ExprId negate(ExprId a);
  ExprId mul(ExprId a, ExprId b);
  ExprId scale(ExprId a, Rational by);
  ExprId add(llvm::ArrayRef<ExprId> terms);
  ExprId mul(llvm::ArrayRef<ExprId> factors);
  /// The exact quotient. The caller has shown that the value of `b` is never 0; the zero expression yields overflow.
  ExprId div(ExprId a, ExprId b);
  ExprId floor(ExprId a);
  ExprId ceil(ExprId a);
  ExprId floorDiv(ExprId a, ExprId b) { return floor(div(a, b)); }
  ExprId ceilDiv(ExprId a, ExprId b) { return ceil(div(a, b)); }
  ExprId mod(ExprId a, ExprId b); ///< a - b*floor(a/b)
  ExprId max(llvm::ArrayRef<ExprId> of);
  /// The same of operands of which none can be shown to be at least another: they are not compared again.
  ExprId maxOfIncomparable(llvm::ArrayRef<ExprId> of);
  ExprId min(llvm::ArrayRef<ExprId> of);
  /// base ^ exponent; a constant integer exponent is multiplied out or makes negative powers.
  ExprId pow(ExprId base, ExprId exponent);
  ExprId nonNeg(ExprId a);                             ///< [a >= 0]
  ExprId equal(ExprId a, ExprId b);                    ///< [a == b]; integers only
  ExprId logicalNot(ExprId a);                         ///< 1 - a
  ExprId logicalOr(ExprId a, ExprId b);                ///< a + b - a*b
  ExprId choose(ExprId condition, ExprId a, ExprId b); ///< b + condition*(a - b)
  /// The sum of `body` for `index` in lo..hi (half open; empty when hi <= lo); closed where CANONICAL.md says so.
  /// The range lies within the declared bounds of `index`: they have already been used in `body`.
  ExprId sum(SymbolId index, ExprId lo, ExprId hi, ExprId body);
  /// The position, from 0, of the lexicographically smallest row; the first of equals.
  ExprId argMin(llvm::ArrayRef<ExprId> rows, unsigned rowLength);
  /// The mark of a result that is too large (a coefficient, a number of terms, a depth). It absorbs.
  ExprId overflow() const { return {1}; }
  bool isOverflow(ExprId id) const { return id == overflow(); }

  /// The sum of `terms` in any order; the factors of each in the order of atoms, as `terms(id)` gives them.
  ExprId fromTerms(llvm::ArrayRef<Term> terms);
  /// The expression that is one atom of this pool.
  ExprId atomExpr(AtomId id) const;
  llvm::ArrayRef<Term> terms(ExprId id) const;
  const Atom &atom(AtomId id) const;
  std::optional<Rational> asConstant(ExprId id) const;
  std::optional<Int> asInteger(ExprId id) const;
  /// The symbol, if the expression is just one.
  std::optional<SymbolId> asSymbol(ExprId id) const;
  /// True when its value is an integer whatever the symbols are, by its form and nothing else.
  bool isIntegral(ExprId id) const;
  /// True when it contains a power of a fraction: its value is then a real number (a double), not an exact one.
  bool isReal(ExprId id) const;
  bool dependsOn(ExprId id, SymbolId symbol) const;
  /// All symbols it mentions, in declaration order.
  llvm::SmallVector<SymbolId> symbols(ExprId id) const;
  /// Replaces symbols by expressions, at once. An expression lies within the bounds of the symbol it replaces;
  /// bounds of the symbols that stay are not changed.
  ExprId substitute(ExprId id, const Replacements &bySymbol);
  ExprId substitute(ExprId id, SymbolId symbol, ExprId with);
  /// Sound test of `id >= 0` for all values of the symbols within their bounds. False means "not proved".
  bool provesNonNeg(ExprId id);
  /// False when `a` is less than `b` at one of a few points: then nobody needs to ask for a proof.
  bool mayBeAtLeast(ExprId a, ExprId b) const;
  /// Bounds the effort of proofs from now on: for questions that often have no answer and whose answer only makes a
  /// result shorter. Without an argument, the usual effort.
  void limitProofs(std::optional<int> steps = std::nullopt);
  /// If id = k*symbol + rest with k a constant, not 0, and rest free of it: the two.
  std::optional<std::pair<Rational, ExprId>> linearIn(ExprId id, SymbolId symbol);

  /// The structural order of terms and operands: the same in every run, whatever was built first.
  int compare(ExprId a, ExprId b) const;
  /// The number of expressions built so far.
  size_t size() const;

private:
  friend class Summation;
  friend class Substitution;
  ExprId makeAtom(AtomKind kind, SymbolId symbol, llvm::ArrayRef<ExprId> args);
  ExprId sumOf(ExprId a, ExprId b);
  ExprId mulByTerm(ExprId a, Term by);
  ExprId powInteger(ExprId base, uint64_t exponent);
  ExprId divByTerm(ExprId a, Term by);
  ExprId divBySum(ExprId a, ExprId b);
  ExprId mulByArgument(ExprId a, AtomId inverse, int32_t times);
  std::optional<ExprId> divExactly(ExprId a, ExprId b);
  ExprId withoutPositiveContent(ExprId a);
  ExprId bracketOf(ExprId a);
  ExprId floorOfFraction(ExprId a);
  SymbolId boundCopy(SymbolId of, std::optional<ExprId> lo, std::optional<ExprId> hi, unsigned nth);

  std::unique_ptr<Tables> tables_;
};

/// `3*n^2 + floor((n + 3)/4) - 1`. `parse` reads it back to the same id.
std::string print(const ExprPool &pool, ExprId id);
/// The same with symbols by their names alone, also where two share one: for messages, not to be read back.
std::string printForPeople(const ExprPool &pool, ExprId id);
/// Reads the printed form; symbols by name, which must be declared. On failure nullopt and a message.
std::optional<ExprId> parse(ExprPool &pool, std::string_view text, std::string *error);

} // namespace mdl::expr

template <> struct llvm::DenseMapInfo<mdl::expr::ExprId> {
  static mdl::expr::ExprId getEmptyKey() { return {~0u}; }
  static mdl::expr::ExprId getTombstoneKey() { return {~0u - 1}; }
  static unsigned getHashValue(mdl::expr::ExprId id) { return id.index * 0x9E3779B1u; }
  static bool isEqual(mdl::expr::ExprId a, mdl::expr::ExprId b) { return a == b; }
};
