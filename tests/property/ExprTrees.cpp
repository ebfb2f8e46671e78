//===- ExprTrees.cpp - Trees for the property tests -----------------------===//
#include "ExprTrees.h"
#include <cstdlib>

namespace mdl::expr {

uint32_t testSeed() {
  const char *given = std::getenv("MDL_SEED");
  uint32_t value = given ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10)) : 20240607;
  printf("seed %u\n", value);
  return value;
}

bool wantsTruth(Op op) { return op == Op::And || op == Op::Or || op == Op::Not; }

bool givesTruth(Op op) {
  return wantsTruth(op) || op == Op::LessEq || op == Op::Less || op == Op::Equal || op == Op::NotEqual;
}

ExprId buildOp(ExprPool &p, Op op, llvm::ArrayRef<ExprId> x, unsigned rowLength) {
  switch (op) {
  case Op::Add: return p.add(x[0], x[1]);
  case Op::Sub: return p.sub(x[0], x[1]);
  case Op::Mul: return p.mul(x[0], x[1]);
  case Op::Div: return p.div(x[0], x[1]);
  case Op::Floor: return p.floor(x[0]);
  case Op::Ceil: return p.ceil(x[0]);
  case Op::FloorDiv: return p.floorDiv(x[0], x[1]);
  case Op::CeilDiv: return p.ceilDiv(x[0], x[1]);
  case Op::Mod: return p.mod(x[0], x[1]);
  case Op::Min: return p.min(x);
  case Op::Max: return p.max(x);
  case Op::LessEq: return p.nonNeg(p.sub(x[1], x[0]));
  case Op::Less: return p.logicalNot(p.nonNeg(p.sub(x[0], x[1])));
  case Op::Equal: return p.equal(x[0], x[1]);
  case Op::NotEqual: return p.logicalNot(p.equal(x[0], x[1]));
  case Op::And: return p.mul(x[0], x[1]);
  case Op::Or: return p.logicalOr(x[0], x[1]);
  case Op::Not: return p.logicalNot(x[0]);
  case Op::Choose: return p.choose(x[0], x[1], x[2]);
  case Op::Pow: return p.pow(x[0], x[1]);
  case Op::ArgMin: return p.argMin(x, rowLength);
  case Op::Const:
  case Op::Symbol:
  case Op::Sum: break;
  }
  return p.overflow();
}

ExprId build(ExprPool &pool, const Tree &tree) {
  if (tree.op == Op::Const) return pool.constant(tree.value);
  if (tree.op == Op::Symbol) return pool.symbol({tree.symbol});
  llvm::SmallVector<ExprId, 4> args;
  for (const Tree &arg : tree.args) args.push_back(build(pool, arg));
  if (tree.op == Op::Sum) return pool.sum({tree.symbol}, args[0], args[1], args[2]);
  return buildOp(pool, tree.op, args, tree.rowLength);
}

std::string describe(const Tree &tree) {
  static constexpr const char *kNames[] = {"",         "",        "add", "sub", "mul",    "div", "floor", "ceil",
                                           "floordiv", "ceildiv", "mod", "min", "max",    "le",  "lt",    "eq",
                                           "ne",       "and",     "or",  "not", "choose", "pow", "sum",   "argmin"};
  if (tree.op == Op::Const) return toString(tree.value);
  if (tree.op == Op::Symbol) return "s" + std::to_string(tree.symbol);
  std::string text = kNames[static_cast<size_t>(tree.op)];
  if (tree.op == Op::Sum) text += "_s" + std::to_string(tree.symbol);
  for (size_t i = 0; i < tree.args.size(); ++i) text += (i ? ", " : "(") + describe(tree.args[i]);
  return text + ")";
}

Tree TreeMaker::leaf() {
  if (below(3) == 0) return constantTree(below(9) - 3);
  return symbolTree(symbols_[static_cast<size_t>(below(static_cast<int>(symbols_.size())))]);
}

Tree TreeMaker::binary(Op op, int leaves) {
  int left = 1 + below(leaves - 1);
  return {.op = op, .args = {number(left), number(leaves - left)}};
}

Tree TreeMaker::number(int leaves) {
  if (leaves <= 1) return leaf();
  int kind = below(20);
  if (kind < 5) return binary(Op::Add, leaves);
  if (kind < 8) return binary(Op::Sub, leaves);
  if (kind < 12) return binary(Op::Mul, leaves);
  if (kind < 13) return binary(Op::Max, leaves);
  if (kind < 14) return binary(Op::Min, leaves);
  if (kind < 15) return {.op = Op::Choose, .args = {condition(leaves / 2), number(leaves / 2), number(leaves / 3)}};
  if (kind < 16) return condition(leaves);
  if (kind < 17) return {.op = Op::Pow, .args = {number(leaves - 1), constantTree(below(4))}};
  static constexpr Op kDivisions[] = {Op::FloorDiv, Op::CeilDiv, Op::Mod, Op::Div};
  Tree divisor = below(4) == 0 ? number(1) : constantTree(1 + below(8));
  return {.op = kDivisions[below(4)], .args = {number(leaves - 1), divisor}};
}

Tree TreeMaker::condition(int leaves) {
  leaves = std::max(leaves, 2);
  static constexpr Op kCompare[] = {Op::LessEq, Op::Less, Op::Equal, Op::NotEqual};
  if (leaves < 4 || below(3) != 0) return binary(kCompare[below(4)], leaves);
  int kind = below(3);
  if (kind == 0) return {.op = Op::Not, .args = {condition(leaves)}};
  return {.op = kind == 1 ? Op::And : Op::Or, .args = {condition(leaves / 2), condition(leaves - leaves / 2)}};
}

} // namespace mdl::expr
