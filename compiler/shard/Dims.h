//===- Dims.h - What a signature says of dividing an operator ---*- C++ -*-===//
// A dim is a variable of the signature: `K`, one of a list (`N.1`), or a size
// that the call gives (`out`, `heads`). An axis of an operand has the dim that its
// declared shape names; of a product the first factor, as the other is contiguous.
//===----------------------------------------------------------------------===//
#pragma once
#include "../sema/Model.h"

namespace mdl::shard {

/// A variable of a signature, or an element of a list of them.
struct Dim {
  NameId name;
  int at = -1;
  friend bool operator==(const Dim &, const Dim &) = default;
};
std::string show(const Dim &dim);

/// The dims of the axes of operand `index`; no dim where an axis can not be divided by name.
std::vector<std::optional<Dim>> operandDims(const sema::OpApplication &application, size_t index);
/// The dims of the axes of a declared shape over the values of `scope`; `rank` is that of the tensor.
std::vector<std::optional<Dim>> dimsOf(const ast::Type &type, const sema::Scope &scope, size_t rank);
/// The value of a dim in an application; nullopt when it has none.
std::optional<expr::ExprId> valueOf(const Dim &dim, const sema::Scope &scope);
/// The dim of this name, `K` or `N.1`, if the operator has it.
std::optional<Dim> dimNamed(const sema::OpApplication &application, std::string_view name);

/// Whether the operator says that the dim is never divided: `whole = D`.
bool isWhole(expr::ExprPool &pool, const sema::OpApplication &application, const Dim &dim);
/// The operands of which partial sums make a partial sum of the result, `partial = [a, b]`; by position.
std::vector<size_t> summands(const sema::OpApplication &application);
/// Whether a result's shape depends on the dim by name: if not, dividing it leaves partial sums.
bool isInResults(const sema::OpApplication &application, const Dim &dim);

} // namespace mdl::shard
