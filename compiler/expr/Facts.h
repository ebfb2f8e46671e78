//===- Facts.h - What `require` lets us assume ------------------*- C++ -*-===//
// The canonical form knows only what holds for ever. Facts are what a model
// states (`require heads divides dim`); they decide questions and never rewrite
// a stored expression. Sound and incomplete: `Open` means "state it".
//===----------------------------------------------------------------------===//
#pragma once
#include "Expr.h"

namespace mdl::expr {

class Facts {
public:
  explicit Facts(ExprPool &pool) : pool_(pool) {}
  /// Assumes `condition`, a 0/1 expression as `nonNeg`, `equal` and their products build it.
  void assume(ExprId condition);
  /// Assumes a >= 0, a == b, or that `a` is an integer.
  void assumeNonNeg(ExprId a);
  void assumeEqual(ExprId a, ExprId b);
  void assumeInteger(ExprId a);

  /// Is a 0/1 expression true, false, or open?
  Truth decide(ExprId condition);
  Truth nonNeg(ExprId a);
  Truth equal(ExprId a, ExprId b);
  bool isInteger(ExprId a);
  /// `a` with the assumed equalities applied: two expressions with equal normal forms are equal.
  ExprId normal(ExprId a);

private:
  void assumeBracket(ExprId p);
  bool assumeDivisibility(ExprId p);
  bool assumeDefinition(ExprId zero);
  void addEquality(SymbolId symbol, ExprId value);
  void renew();
  bool proves(ExprId a, int depth, int &tries);
  bool isIntegerTerm(const Term &term, int depth);
  ExprId withoutFloors(ExprId a);
  ExprId withoutFloor(ExprId argument);
  ExprId withDecidedBrackets(ExprId condition);
  Truth decideProduct(ExprId product);

  ExprPool &pool_;
  std::vector<ExprId> conditions_; ///< assumed as they are: products, and what was not understood
  std::vector<ExprId> nonNeg_;
  std::vector<ExprId> integers_;
  Replacements equalities_;               ///< symbol := an expression without any of these symbols
  llvm::DenseMap<ExprId, ExprId> normal_; ///< remembered until the next fact
};

} // namespace mdl::expr
