//===- Latex.h - Expressions for documents ----------------------*- C++ -*-===//
#pragma once
#include "compiler/expr/Expr.h"
#include <functional>

namespace mdl::tool {

/// Names for expressions that a reader knows: `T` for floor((frames + 3)/4). Empty where there is none.
using Abbreviations = std::function<std::string(expr::ExprId)>;

/// The expression in LaTeX math, without dollar signs. Both write what all terms share once: `(guidance + 1)*steps*(...)`.
std::string latex(expr::ExprPool &pool, expr::ExprId id, const Abbreviations &names);

/// The expression as text with abbreviations in place: `8*B*T*d^2`.
std::string plain(expr::ExprPool &pool, expr::ExprId id, const Abbreviations &names);

} // namespace mdl::tool
