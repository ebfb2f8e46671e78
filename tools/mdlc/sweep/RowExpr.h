//===- RowExpr.h - Expressions over the columns of a sweep ------*- C++ -*-===//
// `fits && time_s < 60` in the language's own syntax: names are axes and outputs;
// texts are compared, everything else is a double, but a comparison of two sides that
// are made of counts and literals by + - * / is exact. A number that a row does not
// have makes the whole expression none.
//===----------------------------------------------------------------------===//
#pragma once
#include "Rows.h"
#include "compiler/ast/Ast.h"
#include "compiler/support/Diagnostic.h"
#include "runtime/batch/Trends.h"

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

  /// A part of a condition: a comparison with its two sides, or a truth value, whose sides are empty.
  struct Part {
    std::string text, left, right;
  };
  /// The parts because of which a condition does not hold at a row with numbers.
  std::vector<Part> faults(const SweepRow &row, const Axes &axes) const;

  /// By what factor a row misses the condition: 1 where it holds; of parts that are all wanted the largest, of
  /// alternatives the smallest; infinite where no factor would help.
  double shortfall(const SweepRow &row, const Axes &axes) const { return shortfall(*expr_, row, axes); }

  /// What a name is when the first axis goes up.
  using Trends = std::function<runtime::batch::Varying(const std::string &name)>;
  /// Whether the condition can only begin (Rises) or only end (Falls) to hold when the first axis goes up; Unknown where
  /// that is not seen.
  runtime::batch::Trend trend(const Trends &of) const { return truth(*expr_, of); }

private:
  struct Side { ///< Of a comparison
    runtime::batch::Trend trend = runtime::batch::Trend::Unknown;
    bool real = false;     ///< Compared as a double, always
    bool computed = false; ///< Exact only as long as it fits
  };
  Side side(const ast::Expr &expr, const Trends &of) const;
  runtime::batch::Trend truth(const ast::Expr &expr, const Trends &of) const;
  struct Value {
    double number = 0;
    std::string text;
    bool isText = false;
    std::optional<Rational> exact = {}; ///< The number itself, where it is known
  };
  struct Source {
    bool isAxis;
    size_t at, name; ///< The axis and which of its names, or the output
  };
  bool check(const ast::Expr &expr, std::string &error) const;
  void collect(const ast::Expr &expr, std::vector<std::string> &names) const;
  std::string nameOf(const ast::Expr &expr) const;
  std::optional<Value> value(const ast::Expr &expr, const SweepRow &row, const Axes &axes) const;
  static std::optional<Rational> exactly(ast::Op op, const Value &left, const Value &right);
  void addFaults(const ast::Expr &expr, const SweepRow &row, const Axes &axes, std::vector<Part> &parts) const;
  double shortfall(const ast::Expr &expr, const SweepRow &row, const Axes &axes) const;
  std::optional<Value> binary(const ast::Expr &expr, const SweepRow &row, const Axes &axes) const;

  std::string text_;
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  std::unique_ptr<ast::Arena> arena_;
  const ast::Expr *expr_ = nullptr;
  std::map<std::string, Source> found_;
};

} // namespace mdl::tool
