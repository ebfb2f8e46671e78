#include "AstPrinter.h"
#include <fmt/format.h>

namespace mdl::ast {

std::string_view spelling(Op op) {
  static constexpr std::string_view kSpellings[] = {
      "-", "not ", "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "divides", "in", "and", "or"};
  return kSpellings[static_cast<size_t>(op)];
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else if (c == '"' || c == '\\') result += {'\\', c};
    else result += c;
  }
  return result + "\"";
}

static std::string print(List<Element> elements) {
  std::string result = "[";
  for (const Element &element : elements) {
    if (result.size() > 1) result += ", ";
    result += print(*element.expr);
    if (element.spread) result += "...";
  }
  return result + "]";
}

static std::string print(const Value &value) {
  std::string result = print(*value.expr);
  return value.label ? fmt::format("{} as {}", result, print(*value.label)) : result;
}

static std::string print(List<Arg> args) {
  std::string result = "(";
  for (const Arg &arg : args) {
    if (result.size() > 1) result += ", ";
    if (arg.name) result += fmt::format("{}: ", text(arg.name.name));
    result += print(arg.value);
  }
  return result + ")";
}

/// ` for i in xs if c`, from operand `first` on.
static std::string printOver(const Expr &expr, size_t first) {
  std::string result = fmt::format(" for {} in {}", text(expr.name.name), print(*expr.operands[first]));
  if (first + 1 < expr.operands.size()) result += fmt::format(" if {}", print(*expr.operands[first + 1]));
  return result;
}

static std::string printNumber(const Expr &expr) {
  std::string result = toString(expr.number);
  return expr.unit ? fmt::format("{} {}", result, text(expr.unit.name)) : result;
}

std::string print(const Expr &expr) {
  auto operand = [&](size_t index) { return print(*expr.operands[index]); };
  switch (expr.kind) {
  case ExprKind::Number: return printNumber(expr);
  case ExprKind::String: return quoted(expr.string);
  case ExprKind::Bool: return expr.boolean ? "true" : "false";
  case ExprKind::None: return "none";
  case ExprKind::Name: return std::string(text(expr.name.name));
  case ExprKind::List: return print(expr.elements);
  case ExprKind::ListOver: return fmt::format("[{}{}]", operand(0), printOver(expr, 1));
  case ExprKind::Member: return fmt::format("{}.{}", operand(0), text(expr.name.name));
  case ExprKind::Index: return fmt::format("{}[{}]", operand(0), operand(1));
  case ExprKind::Call: return operand(0) + print(expr.args);
  case ExprKind::CallOver: return fmt::format("{}({}{})", operand(0), operand(1), printOver(expr, 2));
  case ExprKind::Unary: return fmt::format("({}{})", spelling(expr.op), operand(0));
  case ExprKind::Binary: return fmt::format("({} {} {})", operand(0), spelling(expr.op), operand(1));
  case ExprKind::Range: return fmt::format("({}{}{})", operand(0), expr.boolean ? "..=" : "..", operand(1));
  case ExprKind::Choice: return fmt::format("({} ? {} : {})", operand(0), operand(1), operand(2));
  }
  return {};
}

std::string print(const Label &label) {
  std::string result;
  for (const LabelSegment &segment : label.segments) {
    if (!result.empty()) result += '.';
    result += segment.text;
    if (segment.index) result += fmt::format("{{{}}}", print(*segment.index));
  }
  return result;
}

std::string print(const Type &type) {
  std::string name(text(type.name.name));
  if (type.kind == TypeKind::Named) return name;
  if (type.kind == TypeKind::Tensor) return (type.broadcast ? "~" : "") + name + print(type.shape);
  std::string args;
  for (const Type *arg : type.args) args += (args.empty() ? "" : ", ") + print(*arg);
  if (type.unit) args += "unit " + print(*type.unit);
  return fmt::format("{}<{}>", name, args);
}

} // namespace mdl::ast
