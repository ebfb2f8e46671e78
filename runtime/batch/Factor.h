//===- Factor.h - Sums of products in fewer operations ----------*- C++ -*-===//
// Greedy algebraic factoring: again and again the sum of two terms that saves the
// most operations, wherever it is a factor, becomes a variable of its own, then
// the products of two variables that several products share. The method is that
// of kernels and cubes in logic synthesis (Rajski and Vasudevamurthy, "The
// testability-preserving concurrent decomposition and factorization of Boolean
// expressions", 1992), for polynomials (Hosangadi, Fallah and Kastner, 2006).
//===----------------------------------------------------------------------===//
#pragma once
#include "../numeric/Int.h"
#include <cstdint>
#include <vector>

namespace mdl::runtime::batch {

/// A number, not 0, times variables, which are in increasing order; one that is there twice is a square.
struct Term {
  Int coefficient = 1;
  std::vector<uint32_t> variables;
  friend bool operator==(const Term &, const Term &) = default;
};
/// No two terms have the same variables.
using Sum = std::vector<Term>;

struct Factored {
  std::vector<Sum> sums;  ///< Those given, in their order
  std::vector<Sum> parts; ///< What a variable beyond those given stands for; none reads itself, directly or not
};

/// The same sums, over `variables` variables and the parts.
Factored factor(std::vector<Sum> sums, uint32_t variables);

} // namespace mdl::runtime::batch
