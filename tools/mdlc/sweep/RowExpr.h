//===- RowExpr.h - Expressions over the columns of a sweep ------*- C++ -*-===//
// `fits && time_s < 60` in the language's own syntax: names are axes and outputs;
// texts are compared, everything else is a double. A number that a row does not
// have makes the whole expression none.
//===----------------------------------------------------------------------===//
#pragma once
#include "Rows.h"
#include "compiler/ast/Ast.h"
#include "compiler/support/Diagnostic.h"

namespace mdl::tool {

class RowExpr {
public:
  /// Parses; otherwise `error` says what is wrong.
  static std::unique_ptr<RowExpr> parse(const std::string &text, std::string &error);
  const std::string &text() const { return text_; }
  /// The names that it reads.
  std::vector<std::string> names() const;
  /// Finds its names among axes and outputs; false: an unknown one is in `error`.
  bool bind(const Axes &axes, const std::vector<std::string> &outputs, std::string &error);
  std::optional<double> evaluate(const SweepRow &row, const Axes &axes) const;

private:
  struct Value {
    double number = 0;
    std::string text;
    bool isText = false;
  };
  struct Source {
    bool isAxis;
    size_t at, name; ///< The axis and which of its names, or the output
  };
  bool check(const ast::Expr &expr, std::string &error) const;
  void collect(const ast::Expr &expr, std::vector<std::string> &names) const;
  std::string nameOf(const ast::Expr &expr) const;
  std::optional<Value> value(const ast::Expr &expr, const SweepRow &row, const Axes &axes) const;
  std::optional<Value> binary(const ast::Expr &expr, const SweepRow &row, const Axes &axes) const;

  std::string text_;
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  std::unique_ptr<ast::Arena> arena_;
  const ast::Expr *expr_ = nullptr;
  std::map<std::string, Source> found_;
};

} // namespace mdl::tool
