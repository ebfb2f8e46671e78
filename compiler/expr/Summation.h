//===- Summation.h - Closed forms of sums -----------------------*- C++ -*-===//
// One `Summation` answers one call of `ExprPool::sum`. A closed form is tried
// for each product that depends on the index; the number of tries is limited.
//===----------------------------------------------------------------------===//
#pragma once
#include "Tables.h"

namespace mdl::expr {

/// Where a sum runs: lo..hi, half open.
struct Range {
  SymbolId index;
  ExprId lo;
  ExprId hi;
};

class Summation {
public:
  explicit Summation(ExprPool &pool) : pool_(pool) {}
  /// The sum over `range`, perhaps empty; products without closed form stay as Sum atoms.
  ExprId sum(const Range &range, ExprId body);

private:
  /// The terms of a body with the same factors that depend on the index; `rest` is what they are multiplied by.
  struct Group {
    FactorList factors;
    llvm::SmallVector<Term, 4> rest;
  };
  using Groups = llvm::SmallVector<Group, 4>;

  Groups groupsOf(const Range &range, ExprId body) const;
  bool dependsOnIndex(const Range &range, Factor factor) const;
  /// The closed form over a range with hi >= lo, or nullopt.
  std::optional<ExprId> close(const Range &range, ExprId body, int depth);
  std::optional<ExprId> closeGroup(const Range &range, const Group &group, int depth);
  ExprId leaveOpen(const Range &range, ExprId body);

  std::optional<int32_t> powerOfIndex(const Group &group) const;
  ExprId powerSum(const Range &range, int32_t power);
  ExprId powerSumUpTo(ExprId n, int32_t power);

  //===--- SumSplit.cpp ----------------------------------------------------===//
  std::optional<Factor> factorToSplit(const Range &range, const Group &group) const;
  std::optional<ExprId> split(const Range &range, const Group &group, Factor at, int depth);
  std::optional<ExprId> splitAtSign(const Range &range, ExprId p, ExprId ifNonNeg, ExprId ifNegative, int depth);
  std::optional<ExprId> splitMax(const Range &range, ExprId others, Factor at, int depth);
  SymbolId freshIndex(const Range &range, ExprId body);
  std::optional<ExprId> splitResidues(const Range &range, ExprId body, Factor at, int depth);

  ExprPool &pool_;
  int tries_ = 0; ///< left for the product at hand: whether it closes does not depend on the others
};

} // namespace mdl::expr
