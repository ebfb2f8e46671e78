//===- AstPrinter.h - Syntax trees as text ----------------------*- C++ -*-===//
// One line a declaration, statement, field or entry, children indented by two.
// Expressions stand on the line of their statement, with every grouping in
// parentheses, so that the precedence that was read can be seen:
//   `x = a + b * c` prints `bind x = (a + (b * c))`
// Places are left out. The text is for tests and for people; nothing reads it.
//===----------------------------------------------------------------------===//
#pragma once
#include "Ast.h"
#include <string>

namespace mdl::ast {

std::string print(llvm::ArrayRef<const Item *> items);
std::string print(const Expr &expr);
std::string print(const Type &type);
std::string print(const Label &label);

/// A string as a literal of the language: `"a \"b\""`.
std::string quoted(std::string_view text);
/// The spelling of an operator: `+`, `divides`.
std::string_view spelling(Op op);

} // namespace mdl::ast
