//===- Evaluate.h - Exact values of expressions -----------------*- C++ -*-===//
// The simple evaluator: tests and constant results use it; programs are emitted
// for everything that has to be quick.
//===----------------------------------------------------------------------===//
#pragma once
#include "Expr.h"

namespace mdl::expr {

enum class EvalStatus : uint8_t {
  Ok,
  Overflow,       ///< a number that does not fit, or the overflow expression
  DivisionByZero, ///< a negative power of 0
  Inexact,        ///< a power whose value is no rational number, or with an exponent too large
  Unbound,        ///< a symbol without value
  TooLong,        ///< a sum of more than 10^6 turns
};

struct EvalResult {
  EvalStatus status = EvalStatus::Ok;
  Rational value;
  bool ok() const { return status == EvalStatus::Ok; }
};

/// The value of `id` where symbol k has the value `bySymbol[k]`.
EvalResult evaluate(const ExprPool &pool, ExprId id, llvm::ArrayRef<Rational> bySymbol);

} // namespace mdl::expr
