//===- Simplify.cpp - Uses what the guards require ------------------------===//
// The canonical form knows only the bounds of the symbols. A requirement is
// checked before any number is read, so the numbers may use it:
//
//   [p >= 0]     -> 1 or 0    if the requirements decide it
//   max(p, q)    -> q         if they imply q >= p
//   floor(p)     -> p         if they imply that p is an integer
//
// Guards stay as they are. Nothing else is rewritten: an equality that is
// required does not make a formula shorter.
//===----------------------------------------------------------------------===//
#include "../expr/Facts.h"
#include "../ir/Expressions.h"
#include "../ir/Rebuild.h"
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::passes {

Pass simplify;

namespace {

using expr::AtomId;
using expr::AtomKind;
using expr::ExprId;
using expr::Truth;

/// One decision can make room for another; each round settles all atoms that are there.
constexpr unsigned kMaxRounds = 8;

/// Questions about expressions with more terms than this, nested ones included, cost more than their answers are worth.
constexpr size_t kMaxTermsAsked = 200;

bool isShort(const expr::ExprPool &pool, ExprId id) {
  size_t terms = 0;
  llvm::SmallVector<ExprId> work{id};
  while (!work.empty()) {
    ExprId at = work.pop_back_val();
    for (const expr::Term &term : pool.terms(at)) {
      if (++terms > kMaxTermsAsked) return false;
      for (expr::Factor factor : term.factors) llvm::append_range(work, pool.atom(factor.atom).args);
    }
  }
  return true;
}

class Simplifier {
public:
  explicit Simplifier(CostModule &module);

  /// Settles the atoms of the module, operands first. True when that changed one.
  bool run();

private:
  ExprId settled(AtomId id);
  bool isConcerned(AtomId id) const;
  std::optional<ExprId> decide(AtomKind kind, llvm::ArrayRef<ExprId> operands);
  std::optional<ExprId> decideBracket(ExprId argument);
  std::optional<ExprId> decideMaximum(llvm::ArrayRef<ExprId> operands);
  bool covers(ExprId larger, ExprId smaller);

  CostModule &module_;
  expr::ExprPool &pool_;
  expr::Facts facts_;
  llvm::DenseSet<uint32_t> required_; ///< Symbols that a requirement mentions
  ir::Rebuild rebuild_;
};

Simplifier::Simplifier(CostModule &module)
    : module_(module), pool_(*module.pool), facts_(pool_), rebuild_(pool_, pool_) {
  for (const ir::Guard &guard : module.guards) {
    if (guard.kind != ir::GuardKind::Require || !isShort(pool_, guard.condition)) continue;
    facts_.assume(guard.condition);
    for (expr::SymbolId each : pool_.symbols(guard.condition)) required_.insert(each.index);
  }
}

bool Simplifier::run() {
  if (required_.empty()) return false;
  ir::AtomList list(pool_);
  ir::forEachNumber(module_, [&](ExprId id) { list.add(id); });
  for (AtomId id : list.atoms())
    if (ExprId now = settled(id); now != pool_.atomExpr(id)) rebuild_.replace(id, now);
  if (!rebuild_.replacesAny()) return false;
  ir::forEachNumber(module_, [&](ExprId &id) { id = rebuild_(id); });
  return true;
}

bool Simplifier::isConcerned(AtomId id) const {
  return llvm::any_of(pool_.symbols(pool_.atomExpr(id)), [&](auto each) { return required_.contains(each.index); });
}

ExprId Simplifier::settled(AtomId id) {
  const expr::Atom &atom = pool_.atom(id);
  if (atom.kind == AtomKind::Symbol || !isConcerned(id)) return pool_.atomExpr(id);
  llvm::SmallVector<ExprId, 4> operands = rebuild_.operands(atom);
  if (std::optional<ExprId> decided = decide(atom.kind, operands)) return *decided;
  bool same = llvm::ArrayRef<ExprId>(operands) == atom.args;
  return same ? pool_.atomExpr(id) : rebuild_.make(atom, atom.symbol, operands);
}

/// What an atom over `operands` is, if the requirements say it.
std::optional<ExprId> Simplifier::decide(AtomKind kind, llvm::ArrayRef<ExprId> operands) {
  if (!llvm::all_of(operands, [&](ExprId operand) { return isShort(pool_, operand); })) return std::nullopt;
  switch (kind) {
  case AtomKind::Floor: return facts_.isInteger(operands[0]) ? std::optional(operands[0]) : std::nullopt;
  case AtomKind::NonNeg: return decideBracket(operands[0]);
  case AtomKind::Max: return decideMaximum(operands);
  default: return std::nullopt;
  }
}

std::optional<ExprId> Simplifier::decideBracket(ExprId argument) {
  switch (facts_.decide(pool_.nonNeg(argument))) {
  case Truth::True: return pool_.constant(1);
  case Truth::False: return pool_.constant(0);
  case Truth::Open: return std::nullopt;
  }
  return std::nullopt;
}

/// Drops what another operand is at least as large as; of equal ones the first stays.
std::optional<ExprId> Simplifier::decideMaximum(llvm::ArrayRef<ExprId> operands) {
  llvm::SmallVector<ExprId, 4> left(operands);
  for (size_t i = left.size(); i-- > 0;) {
    bool covered = false;
    for (size_t k = 0; k < left.size() && !covered; ++k) covered = k != i && covers(left[k], left[i]);
    if (covered) left.erase(left.begin() + static_cast<ptrdiff_t>(i));
  }
  return left.size() < operands.size() ? std::optional(pool_.max(left)) : std::nullopt;
}

/// Asks only where the difference is a short sum of single atoms: a peak compares long products, which takes
/// milliseconds and does not follow from what is required of inputs.
bool Simplifier::covers(ExprId larger, ExprId smaller) {
  ExprId excess = pool_.sub(larger, smaller);
  llvm::ArrayRef<expr::Term> terms = pool_.terms(excess);
  bool isShort = terms.size() <= 4 && llvm::all_of(terms, [](const auto &each) { return each.factors.size() <= 1; });
  return isShort && facts_.nonNeg(excess) == Truth::True;
}

} // namespace

void simplify(CostModule &module, PassContext &) {
  for (unsigned round = 0; round < kMaxRounds && Simplifier(module).run(); ++round) {
  }
}

} // namespace mdl::passes
