//===- Print.h - A cost module as text --------------------------*- C++ -*-===//
// One fact a line; `read` (Read.h) gives the module back, and the same module
// gives the same bytes. A thing begins a line, its properties follow indented,
// those that have their default value are left out:
//
//   mdl.ir 1
//   model "mlp"
//   symbol n >= 1 <= 4096
//   symbol i >= 0 <= n - 1
//   input "n" integer
//     symbol n
//     value 8
//   metric flops sum
//   node 0
//     label "forward"
//     op "stage"
//     flops = 2*n^2
//   group 1 in 0
//     index i
//     hi n
//   total flops = 2*n^2
//
// A large part of an expression has a name: `let _1 = argmin(...)`, and `_1` is
// written for it below. Strings are in quotes; what is not a word is written as a string. Everything
// behind `=`, `symbol`'s bounds, `lo`, `hi`, `calls` and a label's text is an
// expression of CANONICAL.md. A line that begins with `//` is a comment.
//===----------------------------------------------------------------------===//
#pragma once
#include "CostModule.h"

namespace mdl::ir {

/// The module in the form above.
std::string print(const CostModule &module);

/// The closed formulas for people: one line for each metric of the totals and of each node, in the order of the tree.
/// `diffusion.blocks.{i}.norm.flops_vector = 5*batch for i in 0..40`
std::string printFormulas(const CostModule &module);

} // namespace mdl::ir
