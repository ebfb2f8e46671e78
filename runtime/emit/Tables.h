//===- Tables.h - A program as data for JavaScript --------------*- C++ -*-===//
// The whole program, tree included, as one JSON object, and Program.js, which
// evaluates it. The totals and stages of `emitJavaScript` are code of their own;
// a tree with the numbers of every node is smaller and as fast as tables.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Program.h"
#include <string>
#include <string_view>

namespace mdl::emit {

/// The tables of a program. No `<` is in the text, so a page may hold it.
std::string programTables(const runtime::Program &program);
/// The arithmetic and Program.js: a script that defines `makeProgram(tables)` and `ModelError`.
std::string evaluatorScript();
/// Adds JSON as a page may hold it inside of a `script` element: `<` is escaped, which only strings have.
void appendInScript(std::string &page, std::string_view json);

} // namespace mdl::emit
