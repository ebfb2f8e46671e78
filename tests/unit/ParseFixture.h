//===- ParseFixture.h - Parsing text in tests -------------------*- C++ -*-===//
// One file of text, what was found in it and what was said about it.
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/ast/AstPrinter.h"
#include "compiler/parse/Parse.h"
#include "compiler/support/Diagnostic.h"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

namespace mdl::test {

/// A text that has been outlined and parsed whole.
struct Parsed {
  explicit Parsed(std::string text) : file(sources, diagnostics, sources.add("test.mdl", std::move(text))) {
    items = file.all();
  }

  /// The syntax tree as text.
  std::string printed() const { return ast::print(items); }
  /// `line:column message [slug]`, a line each; notes indented.
  std::string errors() const {
    std::string result;
    for (const Diagnostic *diagnostic : diagnostics.sorted()) {
      result += place(diagnostic->range) + diagnostic->message() + fmt::format(" [{}]\n", diagnostic->slug());
      for (const DiagNote &note : diagnostic->notes) result += "  " + place(note.range) + note.text + "\n";
    }
    return result;
  }
  std::string place(SrcRange range) const {
    if (!range.isValid()) return {};
    LineColumn at = sources.lineColumn(range.begin);
    return fmt::format("{}:{} ", at.line, at.column);
  }

  SourceManager sources;
  DiagnosticEngine diagnostics;
  parse::File file;
  std::vector<const ast::Item *> items;
};

/// The printed expression of `const X = TEXT`, or its errors.
inline std::string parsedExpr(const std::string &text) {
  Parsed parsed("const X = " + text);
  return parsed.diagnostics.empty() ? ast::print(*parsed.items.at(0)->expr) : parsed.errors();
}

/// The printed statements of a module with this body, or the errors.
inline std::string parsedBody(const std::string &text) {
  Parsed parsed("module M(x: [1]) -> [1] {\n" + text + "\n}\n");
  if (!parsed.diagnostics.empty()) return parsed.errors();
  std::string printed = parsed.printed();
  return printed.substr(printed.find('\n') + 1);
}

} // namespace mdl::test
