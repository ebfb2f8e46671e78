#include "RowExpr.h"
#include "compiler/parse/Parse.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace mdl::tool {

using ast::Expr;
using ast::ExprKind;
using ast::Op;

/// `&&`, `||` and `!` as a shell user writes them, outside of strings.
static std::string inOurWords(const std::string &text) {
  std::string words;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    quoted ^= text[i] == '"';
    if (!quoted && text.compare(i, 2, "&&") == 0) words += " and ", ++i;
    else if (!quoted && text.compare(i, 2, "||") == 0) words += " or ", ++i;
    else if (!quoted && text[i] == '!' && text.compare(i, 2, "!=") != 0) words += " not ";
    else words += text[i];
  }
  return words;
}

std::unique_ptr<RowExpr> RowExpr::parse(const std::string &text, std::string &error) {
  auto made = std::make_unique<RowExpr>();
  made->text_ = text;
  made->arena_ = std::make_unique<ast::Arena>();
  FileId file = made->sources_.add("command line", inOurWords(text));
  made->expr_ = parse::parseExpr(made->sources_, made->diagnostics_, file, *made->arena_);
  if (!made->expr_) {
    auto errors = made->diagnostics_.sorted();
    error = fmt::format("`{}`: {}", text, errors.empty() ? "no expression" : errors.front()->message());
    return nullptr;
  }
  return made->check(*made->expr_, error) ? std::move(made) : nullptr;
}

/// `diffusion.time_s` is a name of two parts.
std::string RowExpr::nameOf(const Expr &expr) const {
  if (expr.kind == ExprKind::Name) return std::string(mdl::text(expr.name.name));
  if (expr.kind == ExprKind::Member && expr.operands[0]->kind == ExprKind::Name)
    return nameOf(*expr.operands[0]) + "." + std::string(mdl::text(expr.name.name));
  return {};
}

bool RowExpr::check(const Expr &expr, std::string &error) const {
  if (!nameOf(expr).empty()) return true;
  switch (expr.kind) {
  case ExprKind::Number:
    if (expr.unit)
      return error = "`" + text_ + "`: numbers stand without a unit here; columns have the unit of their name", false;
    return true;
  case ExprKind::String:
  case ExprKind::Bool: return true;
  case ExprKind::Unary:
  case ExprKind::Binary:
  case ExprKind::Choice:
    if (expr.op != Op::Divides && expr.op != Op::In)
      return std::ranges::all_of(expr.operands, [&](const Expr *each) { return check(*each, error); });
    break;
  default: break;
  }
  error = "`" + text_ + "`: only names, numbers, texts, arithmetic, comparisons and `and or not` stand here";
  return false;
}

void RowExpr::collect(const Expr &expr, std::vector<std::string> &names) const {
  if (std::string name = nameOf(expr); !name.empty()) return names.push_back(name);
  for (const Expr *each : expr.operands) collect(*each, names);
}

std::vector<std::string> RowExpr::names() const {
  std::vector<std::string> names;
  collect(*expr_, names);
  return names;
}

bool RowExpr::bind(const Axes &axes, const std::vector<std::string> &outputs, std::string &error) {
  for (const std::string &name : names()) {
    for (size_t i = 0; i < axes.all().size(); ++i)
      for (size_t k = 0; k < axes.all()[i].names().size(); ++k)
        if (axes.all()[i].names()[k] == name) found_[name] = {true, i, k};
    auto output = std::ranges::find(outputs, name);
    if (!found_.contains(name) && output != outputs.end())
      found_[name] = {false, static_cast<size_t>(output - outputs.begin()), 0};
    if (!found_.contains(name)) return error = fmt::format("`{}`: there is no axis or output `{}`", text_, name), false;
  }
  return true;
}

/// The exact result of an operation on exact numbers, if it has one that fits.
std::optional<Rational> RowExpr::exactly(Op op, const Value &left, const Value &right) {
  if (!left.exact || !right.exact) return std::nullopt;
  const Rational &a = *left.exact, &b = *right.exact;
  Rational made = Rational::overflow();
  if (op == Op::Add) made = a + b;
  if (op == Op::Sub) made = a - b;
  if (op == Op::Mul) made = a * b;
  if (op == Op::Div && !b.isZero()) made = a / b;
  return made.isOverflow() ? std::nullopt : std::optional(made);
}

std::optional<RowExpr::Value> RowExpr::binary(const Expr &expr, const SweepRow &row, const Axes &axes) const {
  auto left = value(*expr.operands[0], row, axes);
  if (!left) return std::nullopt;
  if (expr.op == Op::And && left->number == 0) return Value{0, "", false};
  if (expr.op == Op::Or && left->number != 0) return Value{1, "", false};
  auto right = value(*expr.operands[1], row, axes);
  if (!right) return std::nullopt;
  if (left->isText || right->isText) {
    bool equal = left->isText && right->isText && left->text == right->text;
    if (expr.op == Op::Eq || expr.op == Op::Ne) return Value{equal == (expr.op == Op::Eq) ? 1.0 : 0.0, "", false};
    return std::nullopt;
  }
  double a = left->number, b = right->number;
  auto exact = exactly(expr.op, *left, *right);
  std::partial_ordering order = left->exact && right->exact ? *left->exact <=> *right->exact : a <=> b;
  auto is = [](bool holds) { return Value{holds ? 1.0 : 0.0, "", false}; };
  switch (expr.op) {
  case Op::Add: return Value{a + b, "", false, exact};
  case Op::Sub: return Value{a - b, "", false, exact};
  case Op::Mul: return Value{a * b, "", false, exact};
  case Op::Div: return Value{a / b, "", false, exact};
  case Op::Mod: return Value{a - std::floor(a / b) * b, "", false};
  case Op::Pow: return Value{std::pow(a, b), "", false};
  case Op::Eq: return is(order == 0);
  case Op::Ne: return is(order != 0);
  case Op::Lt: return is(order < 0);
  case Op::Le: return is(order <= 0);
  case Op::Gt: return is(order > 0);
  case Op::Ge: return is(order >= 0);
  case Op::And:
  case Op::Or: return is(b != 0);
  default: return std::nullopt;
  }
}

std::optional<RowExpr::Value> RowExpr::value(const Expr &expr, const SweepRow &row, const Axes &axes) const {
  if (std::string name = nameOf(expr); !name.empty()) {
    const Source &source = found_.at(name);
    if (!source.isAxis) {
      const Cell &cell = row.cells[source.at];
      if (cell.kind == Cell::Kind::Absent) return std::nullopt;
      if (cell.kind == Cell::Kind::Text) return Value{0, std::string(cell.text), true};
      return Value{cell.value, "", false,
                   cell.kind == Cell::Kind::Count ? std::optional<Rational>(cell.exact) : std::nullopt};
    }
    std::string text = axes.all()[source.at].text(row.positions[source.at], source.name);
    if (auto number = parseInt(text)) return Value{number->toDouble(), "", false, Rational(*number)};
    return Value{0, text, true};
  }
  switch (expr.kind) {
  case ExprKind::Number: return Value{expr.number.toDouble(), "", false, expr.number};
  case ExprKind::String: return Value{0, std::string(expr.string), true};
  case ExprKind::Bool: return Value{expr.boolean ? 1.0 : 0.0, "", false};
  case ExprKind::Choice: {
    auto condition = value(*expr.operands[0], row, axes);
    return condition ? value(*expr.operands[condition->number != 0 ? 1 : 2], row, axes) : std::nullopt;
  }
  case ExprKind::Unary: {
    auto of = value(*expr.operands[0], row, axes);
    if (!of || of->isText) return std::nullopt;
    if (expr.op == Op::Not) return Value{of->number == 0 ? 1.0 : 0.0, "", false};
    return Value{-of->number, "", false, of->exact ? std::optional(-*of->exact) : std::nullopt};
  }
  default: return binary(expr, row, axes);
  }
}

std::optional<double> RowExpr::evaluate(const SweepRow &row, const Axes &axes) const {
  if (!row.isValid()) return std::nullopt;
  auto found = value(*expr_, row, axes);
  return found && !found->isText && !std::isnan(found->number) ? std::optional(found->number) : std::nullopt;
}

void RowExpr::addFaults(const Expr &expr, const SweepRow &row, const Axes &axes, std::vector<Part> &parts) const {
  auto own = value(expr, row, axes);
  if (own && own->number != 0) return;
  bool isBinary = expr.kind == ExprKind::Binary;
  if (isBinary && (expr.op == Op::And || expr.op == Op::Or)) {
    for (const Expr *each : expr.operands) addFaults(*each, row, axes, parts);
    return;
  }
  auto shown = [&](const Expr &side) -> std::string {
    auto found = value(side, row, axes);
    if (!found) return "absent";
    if (found->isText) return found->text;
    if (found->exact && found->exact->isInteger()) return toString(found->exact->num());
    return fmt::format("{}", found->number);
  };
  Part part{std::string(sources_.text(expr.range)), "", ""};
  bool compares = isBinary && (expr.op == Op::Lt || expr.op == Op::Le || expr.op == Op::Gt || expr.op == Op::Ge ||
                               expr.op == Op::Eq || expr.op == Op::Ne);
  if (compares) part.left = shown(*expr.operands[0]), part.right = shown(*expr.operands[1]);
  parts.push_back(std::move(part));
}

std::vector<RowExpr::Part> RowExpr::faults(const SweepRow &row, const Axes &axes) const {
  std::vector<Part> parts;
  addFaults(*expr_, row, axes, parts);
  return parts;
}

double RowExpr::shortfall(const Expr &expr, const SweepRow &row, const Axes &axes) const {
  auto own = value(expr, row, axes);
  if (own && !own->isText && own->number != 0) return 1;
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (expr.kind != ExprKind::Binary) return kNever;
  auto of = [&](size_t side) { return shortfall(*expr.operands[side], row, axes); };
  if (expr.op == Op::And) return std::max(of(0), of(1));
  if (expr.op == Op::Or) return std::min(of(0), of(1));
  auto left = value(*expr.operands[0], row, axes), right = value(*expr.operands[1], row, axes);
  if (!left || !right || !(left->number > 0) || !(right->number > 0)) return kNever;
  double factor = expr.op == Op::Lt || expr.op == Op::Le   ? left->number / right->number
                  : expr.op == Op::Gt || expr.op == Op::Ge ? right->number / left->number
                                                           : kNever;
  return std::max(factor, std::nextafter(1.0, 2.0)); // `a < a` misses by next to nothing
}

//===--- Trends -----------------------------------------------------------------------===//

using runtime::batch::both;
using runtime::batch::flipped;
using runtime::batch::Trend;

/// Sums and differences; a product or quotient of a side with a number > 0.
RowExpr::Side RowExpr::side(const Expr &expr, const Trends &of) const {
  if (std::string name = nameOf(expr); !name.empty()) {
    auto known = of(name);
    return {known.trend, known.real, false};
  }
  if (expr.kind == ExprKind::Number || expr.kind == ExprKind::Bool) return {Trend::Constant, false, false};
  if (expr.kind != ExprKind::Binary) return {};
  Side left = side(*expr.operands[0], of), right = side(*expr.operands[1], of);
  Side made{Trend::Unknown, left.real || right.real, true};
  auto isFactor = [](const Expr &each) { return each.kind == ExprKind::Number && each.number.sign() > 0; };
  if (left.trend == Trend::Constant && right.trend == Trend::Constant)
    made.trend = Trend::Constant, made.computed = false; // it fits or not, everywhere

  else if (expr.op == Op::Add) made.trend = both(left.trend, right.trend);
  else if (expr.op == Op::Sub) made.trend = both(left.trend, flipped(right.trend));
  else if ((expr.op == Op::Mul || expr.op == Op::Div) && isFactor(*expr.operands[1])) made.trend = left.trend;
  else if (expr.op == Op::Mul && isFactor(*expr.operands[0])) made.trend = right.trend;
  return made;
}

Trend RowExpr::truth(const Expr &expr, const Trends &of) const {
  if (std::string name = nameOf(expr); !name.empty()) {
    auto known = of(name);
    return known.isNonNegative() ? known.trend : Trend::Unknown; // true is any number but 0
  }
  if (expr.kind == ExprKind::Bool) return Trend::Constant;
  if (expr.kind == ExprKind::Unary) return expr.op == Op::Not ? flipped(truth(*expr.operands[0], of)) : Trend::Unknown;
  if (expr.kind != ExprKind::Binary) return Trend::Unknown;
  if (expr.op == Op::And || expr.op == Op::Or) return both(truth(*expr.operands[0], of), truth(*expr.operands[1], of));
  Side left = side(*expr.operands[0], of), right = side(*expr.operands[1], of);
  Trend rises = both(left.trend, flipped(right.trend)); // of left - right
  if (rises == Trend::Constant) return rises;
  // Where an exact side may stop to fit, two ways of comparing would meet.
  if ((left.computed || right.computed) && !left.real && !right.real) return Trend::Unknown;
  if (expr.op == Op::Gt || expr.op == Op::Ge) return rises;
  return expr.op == Op::Lt || expr.op == Op::Le ? flipped(rises) : Trend::Unknown;
}

} // namespace mdl::tool
