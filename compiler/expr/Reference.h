//===- Reference.h - The slow and obvious meaning of expressions -*- C++ -*-===//
// A syntax tree as it is written, and its value by the definition of each
// operator. Nothing is simplified, and nothing is shared with the pool: the
// property tests judge the pool by it.
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/numeric/Rational.h"
#include <optional>
#include <span>
#include <vector>

namespace mdl::expr::reference {

enum class Op : uint8_t {
  Const,  ///< `value`
  Symbol, ///< the symbol with number `symbol`
  Add,
  Sub,
  Mul,
  Div,
  Floor,
  Ceil,
  FloorDiv,
  CeilDiv,
  Mod, ///< a - b*floor(a/b)
  Min,
  Max,
  LessEq, ///< comparisons and logic: 0 or 1
  Less,
  Equal,
  NotEqual,
  And,
  Or,
  Not,
  Choose, ///< args[0] != 0 ? args[1] : args[2]; both must have a value
  Pow,    ///< an integer exponent
  Sum,    ///< over symbol `symbol` in args[0]..args[1] of args[2]
  ArgMin, ///< `rowLength` values a row
};

struct Tree {
  Op op = Op::Const;
  Rational value = 0;
  unsigned symbol = 0;
  unsigned rowLength = 1;
  std::vector<Tree> args = {};
};

/// The value of an operator other than Const, Symbol and Sum; nullopt where it has none, or does not fit.
std::optional<Rational> apply(Op op, std::span<const Rational> args, unsigned rowLength = 1);
/// The value of a tree where symbol k has the value `symbols[k]`; sums set theirs while they run.
std::optional<Rational> evaluate(const Tree &tree, std::vector<Rational> &symbols);

} // namespace mdl::expr::reference
