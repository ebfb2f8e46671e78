//===- ExprTrees.h - Trees for the property tests ---------------*- C++ -*-===//
// A tree goes two ways: the reference evaluates it as it is, and the pool builds
// it through the smart constructors. The tests compare the two.
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/expr/Evaluate.h"
#include "compiler/expr/Reference.h"
#include <random>

namespace mdl::expr {

using reference::Op;
using reference::Tree;

inline Tree constantTree(Rational value) { return {.op = Op::Const, .value = value}; }
inline Tree symbolTree(unsigned symbol) { return {.op = Op::Symbol, .symbol = symbol}; }
inline Tree sumTree(unsigned index, Tree lo, Tree hi, Tree body) {
  return {.op = Op::Sum, .symbol = index, .args = {std::move(lo), std::move(hi), std::move(body)}};
}

/// What the language makes of an operator; symbol k of a tree is symbol k of the pool.
ExprId buildOp(ExprPool &pool, Op op, llvm::ArrayRef<ExprId> args, unsigned rowLength = 1);
ExprId build(ExprPool &pool, const Tree &tree);
std::string describe(const Tree &tree);

/// The seed of this run, which it prints; the environment's MDL_SEED repeats another one.
uint32_t testSeed();

/// True for operators whose operands are 0 or 1.
bool wantsTruth(Op op);
/// True for operators whose values are 0 or 1.
bool givesTruth(Op op);

/// Random trees over `symbols`, with `leaves` leaves or fewer.
class TreeMaker {
public:
  TreeMaker(uint32_t seed, std::vector<unsigned> symbols) : random_(seed), symbols_(std::move(symbols)) {}
  Tree number(int leaves);
  Tree condition(int leaves);
  int below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  std::mt19937 &random() { return random_; }

private:
  Tree leaf();
  Tree binary(Op op, int leaves);
  std::mt19937 random_;
  std::vector<unsigned> symbols_;
};

} // namespace mdl::expr
