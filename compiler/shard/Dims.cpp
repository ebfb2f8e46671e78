//===- Dims.cpp - What a signature says of dividing an operator -----------===//
#include "Dims.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mdl::shard {

using ast::ExprKind;

std::string show(const Dim &dim) {
  std::string name(text(dim.name));
  return dim.at < 0 ? name : name + "." + std::to_string(dim.at);
}

std::optional<expr::ExprId> valueOf(const Dim &dim, const sema::Scope &scope) {
  const sema::Value *value = scope.findHere(dim.name);
  if (!value) return std::nullopt;
  if (dim.at < 0) return value->isNumber() ? std::optional(value->number) : std::nullopt;
  auto at = static_cast<size_t>(dim.at);
  if (!value->isList() || at >= value->list->elements.size()) return std::nullopt;
  return value->list->elements[at].number;
}

/// The first factor that is a name: the part of a product that is cut into contiguous pieces.
static std::optional<Dim> outermost(const ast::Expr *expr) {
  while (expr->kind == ExprKind::Binary && expr->op == ast::Op::Mul) expr = expr->operands[0];
  if (expr->kind != ExprKind::Name) return std::nullopt;
  return Dim{expr->name.name, -1};
}

std::vector<std::optional<Dim>> dimsOf(const ast::Type &type, const sema::Scope &scope, size_t rank) {
  std::vector<std::optional<Dim>> dims;
  for (const ast::Element &element : type.shape) {
    if (!element.spread) {
      dims.push_back(outermost(element.expr));
      continue;
    }
    const sema::Value *list = element.expr->kind == ExprKind::Name ? scope.findHere(element.expr->name.name) : nullptr;
    size_t others = type.shape.size() - 1;
    size_t count = list && list->isList() ? list->list->elements.size() : rank > others ? rank - others : 0;
    for (size_t i = 0; i < count; ++i)
      dims.push_back(list ? std::optional(Dim{element.expr->name.name, static_cast<int>(i)}) : std::nullopt);
  }
  if (dims.size() > rank) dims.erase(dims.begin(), dims.end() - static_cast<ptrdiff_t>(rank)); // broadcast
  dims.resize(rank);
  return dims;
}

std::vector<std::optional<Dim>> operandDims(const sema::OpApplication &application, size_t index) {
  size_t tensors = 0;
  for (const ast::Param &param : application.op->params) {
    if (param.type->kind != ast::TypeKind::Tensor || tensors++ != index) continue;
    const sema::Tensor *operand = application.operands[index];
    return operand ? dimsOf(*param.type, application.scope, operand->shape.size()) : std::vector<std::optional<Dim>>();
  }
  return {};
}

std::optional<Dim> dimNamed(const sema::OpApplication &application, std::string_view name) {
  size_t dot = name.rfind('.');
  Dim dim{intern(name.substr(0, dot)), -1};
  if (dot != std::string_view::npos && llvm::StringRef(name.substr(dot + 1)).getAsInteger(10, dim.at))
    return std::nullopt;
  return valueOf(dim, application.scope) ? std::optional(dim) : std::nullopt;
}

/// Calls `each` for the expressions of a property: `name = a`, `name = [a, b]`.
static void forProperty(const ast::Item *op, std::string_view name, llvm::function_ref<void(const ast::Expr *)> each) {
  for (const ast::Stmt *stmt : op->body) {
    if (stmt->kind != ast::StmtKind::Bind || text(stmt->names[0].name) != name) continue;
    const ast::Expr *expr = stmt->value.expr;
    if (expr->kind != ExprKind::List) each(expr);
    else
      for (const ast::Element &element : expr->elements) each(element.expr);
  }
}

/// `N[axis]`: whether that is the element `at`. An index that is not a constant may be any.
static bool mayBe(expr::ExprPool &pool, const ast::Expr *index, const sema::Scope &scope, int at) {
  if (index->kind == ExprKind::Number) return index->number == Rational(at);
  const sema::Value *value = index->kind == ExprKind::Name ? scope.findHere(index->name.name) : nullptr;
  auto constant = value && value->isNumber() ? pool.asInteger(value->number) : std::nullopt;
  return !constant || *constant == Int(at);
}

bool isWhole(expr::ExprPool &pool, const sema::OpApplication &application, const Dim &dim) {
  bool whole = false;
  forProperty(application.op, "whole", [&](const ast::Expr *expr) {
    bool indexed = expr->kind == ExprKind::Index;
    const ast::Expr *name = indexed ? expr->operands[0] : expr;
    if (name->name.name == dim.name) whole |= !indexed || mayBe(pool, expr->operands[1], application.scope, dim.at);
  });
  return whole;
}

std::vector<size_t> summands(const sema::OpApplication &application) {
  std::vector<size_t> positions;
  forProperty(application.op, "partial", [&](const ast::Expr *expr) {
    size_t tensors = 0;
    for (const ast::Param &param : application.op->params) {
      if (param.type->kind != ast::TypeKind::Tensor) continue;
      if (param.name.name == expr->name.name) positions.push_back(tensors);
      ++tensors;
    }
  });
  return positions;
}

static bool mentions(const ast::Expr *expr, NameId name) {
  if (expr->kind == ExprKind::Name && expr->name.name == name) return true;
  auto inOperands = [&](const ast::Expr *each) { return each && mentions(each, name); };
  return llvm::any_of(expr->operands, inOperands) ||
         llvm::any_of(expr->elements, [&](const ast::Element &e) { return mentions(e.expr, name); }) ||
         llvm::any_of(expr->args, [&](const ast::Arg &a) { return mentions(a.value.expr, name); });
}

bool isInResults(const sema::OpApplication &application, const Dim &dim) {
  const ast::Item *op = application.op;
  std::vector<NameId> names{dim.name}; // and the lets that depend on it
  for (const ast::Stmt *stmt : op->body)
    if (stmt->kind == ast::StmtKind::Let && !stmt->names.empty() &&
        llvm::any_of(names, [&](NameId name) { return mentions(stmt->value.expr, name); }))
      names.push_back(stmt->names[0].name);
  for (const ast::Result &result : op->results)
    for (const ast::Element &element : result.type->shape)
      if (llvm::any_of(names, [&](NameId name) { return mentions(element.expr, name); })) return true;
  return false;
}

} // namespace mdl::shard
