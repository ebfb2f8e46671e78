//===- Call.cpp - Arguments, and the unification of signatures ------------===//
// Operands are unified with their declared shapes from left to right. An element
// of a pattern is a variable not yet known (bound), `N...` (takes what is left),
// a product or sum with one unknown variable (solved), or anything known (an
// equality). Nothing else, and no search.
//===----------------------------------------------------------------------===//
#include "Check.h"
#include "llvm/ADT/ScopeExit.h"

namespace mdl::sema {

using ast::ExprKind;
using ast::ItemKind;

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

Value Checker::evalValue(const ast::Value &value, Env env, NameId bindName) {
  if (value.expr->kind == ExprKind::Call && !stopped()) return evalCall(value.expr, env, value.label, bindName);
  if (value.label && !stopped()) {
    error(DiagId::BadLabel, value.label->range, {std::string(source(value.label->range))})
        .hint("only an operator or a module that is applied has an id");
    return errorValue();
  }
  return eval(value.expr, env);
}

/// The declaration that a call names; null after a mistake.
const ast::Item *Checker::resolveCallee(const ast::Expr *callee, Env env) {
  if (callee->kind == ExprKind::Member && callee->operands[0]->kind == ExprKind::Name) {
    const ast::Item *item = library_.findQualified(callee->operands[0]->name.name, callee->name.name, callee->range);
    if (item) return item;
  }
  if (callee->kind != ExprKind::Name) {
    error(DiagId::UnknownCallee, callee->range, {std::string(source(callee->range))});
    return nullptr;
  }
  const ast::Item *item = library_.find(callee->name.name, callee->range);
  if (!item && library_.isDeclared(callee->name.name, callee->range))
    return nullptr; // its syntax error has been reported
  bool callable = item && (item->kind == ItemKind::Op || item->kind == ItemKind::Module || item->kind == ItemKind::Fn ||
                           item->kind == ItemKind::Record);
  if (callable) return item;
  auto &diagnostic = error(DiagId::UnknownCallee, callee->range, {std::string(text(callee->name.name))});
  if (item) diagnostic.note(item->name.range, "it is declared here as something else");
  else if (auto near = nearest(text(callee->name.name), library_.visibleNames(callee->range)); !near.empty())
    diagnostic.hint("did you mean " + quoted(near) + "?");
  (void)env;
  return nullptr;
}

Value Checker::evalCall(const ast::Expr *expr, Env env, const ast::Label *label, NameId bindName) {
  const ast::Expr *callee = expr->operands[0];
  bool named = callee->kind == ExprKind::Name;
  if (named && isBuiltin(callee->name.name)) return evalBuiltin(expr, env);
  const ast::Item *item = resolveCallee(callee, env);
  if (!item) return errorValue();
  bool instance = item->kind == ItemKind::Op || item->kind == ItemKind::Module;
  if (label && !instance) {
    error(DiagId::BadLabel, label->range, {std::string(source(label->range))})
        .hint("only an operator or a module that is applied has an id");
    return errorValue();
  }
  if (instance && !env.frame) {
    error(DiagId::NoInstanceHere, expr->range, {std::string(text(item->name.name))});
    return errorValue();
  }
  switch (item->kind) {
  case ItemKind::Fn: return evalFunction(item, expr, env);
  case ItemKind::Record: return evalRecordCall(item, expr, env);
  case ItemKind::Op: return applyOperator(item, expr, env, label, bindName);
  default: return applyModule(item, expr, env, label, bindName);
  }
}

/// Does an operator declare a weight of this name, which a caller may tie?
static bool hasWeight(const ast::Item *op, std::string_view name) {
  return llvm::any_of(op->body, [&](const ast::Stmt *stmt) {
    return stmt->kind == ast::StmtKind::Weight && stmt->label && stmt->label->segments.size() == 1 &&
           stmt->label->segments[0].text == name;
  });
}

/// Sorts the arguments by parameter and evaluates them. nullopt after a mistake; an erroneous value is silent.
std::optional<Checker::Arguments> Checker::collectArguments(const ast::Item *item, const ast::Expr *call, Env env,
                                                            bool allowExtra) {
  Arguments arguments;
  arguments.byParam.resize(item->params.size());
  bool failed = false;
  size_t next = 0;
  for (const ast::Arg &arg : call->args) {
    size_t at = item->params.size();
    if (arg.name) {
      for (size_t i = 0; i < item->params.size(); ++i)
        if (item->params[i].name.name == arg.name.name) at = i;
    } else at = next++;
    bool extra = arg.name && at == item->params.size();
    if (extra && !(allowExtra && hasWeight(item, text(arg.name.name)))) {
      std::string has;
      std::vector<std::string_view> names;
      for (const ast::Param &param : item->params)
        has += (has.empty() ? "" : ", ") + quoted(text(param.name.name)), names.push_back(text(param.name.name));
      for (const ast::Stmt *stmt : item->body)
        if (item->kind == ItemKind::Op && stmt->kind == ast::StmtKind::Weight)
          has += ", " + quoted(stmt->label->segments[0].text), names.push_back(stmt->label->segments[0].text);
      auto &diagnostic =
          error(DiagId::UnknownParameter, arg.name.range,
                {std::string(text(item->name.name)), std::string(text(arg.name.name)), has.empty() ? "none" : has});
      if (auto near = nearest(text(arg.name.name), names); !near.empty())
        diagnostic.hint("did you mean " + quoted(near) + "?");
      failed = true;
      continue;
    }
    if (!extra && at >= item->params.size()) {
      error(
          DiagId::TooManyArguments, arg.value.expr->range,
          {std::string(text(item->name.name)), std::to_string(item->params.size()), std::to_string(call->args.size())})
          .note(item->name.range, "it is declared here");
      return std::nullopt;
    }
    Argument given;
    const ast::Type *type = extra ? nullptr : item->params[at].type;
    bool bare = type && enumOf(type) && arg.value.expr->kind == ExprKind::Name;
    given.value = bare ? evalExpected(arg.value.expr, env, type) : evalValue(arg.value, env);
    given.expr = arg.value.expr;
    given.given = true;
    failed |= given.value.isError();
    if (extra) arguments.extra.emplace_back(arg.name, given);
    else if (arguments.byParam[at].given) {
      error(DiagId::DuplicateArgument, arg.name ? arg.name.range : arg.value.expr->range,
            {std::string(text(item->params[at].name.name)), std::string(text(item->name.name))});
      failed = true;
    } else arguments.byParam[at] = given;
  }
  if (failed) return std::nullopt; // a misspelt name would also be missing
  for (size_t i = 0; i < item->params.size(); ++i) {
    const ast::Param &param = item->params[i];
    if (arguments.byParam[i].given || param.optional || param.defaultValue) continue;
    error(DiagId::MissingArgument, call->operands[0]->range,
          {std::string(text(item->name.name)), std::string(text(param.name.name))})
        .note(param.range, quoted(text(param.name.name)) + " is declared here");
    failed = true;
  }
  if (failed || stopped()) return std::nullopt;
  return arguments;
}

Checker::Key Checker::keyOf(const ast::Item *item, const Arguments &arguments) const {
  Key key;
  key.push_back(reinterpret_cast<uintptr_t>(item));
  for (const Argument &argument : arguments.byParam)
    if (argument.given) addKey(key, argument.value);
    else key.push_back(~uint64_t{0});
  for (auto &[name, argument] : arguments.extra) key.push_back(name.name.index), addKey(key, argument.value);
  return key;
}

/// Binds parameters and dims in `scope`: given values first, then operands from left to right, then defaults.
bool Checker::bindParameters(const ast::Item *item, const ast::Expr *call, const Arguments &arguments, Scope &scope) {
  Env env{&scope};
  bool fine = true;
  for (size_t i = 0; i < item->params.size(); ++i) {
    const ast::Param &param = item->params[i];
    const Argument &argument = arguments.byParam[i];
    if (param.type->kind == ast::TypeKind::Tensor || !argument.given) continue;
    std::string what = "parameter " + quoted(text(param.name.name)) + " of " + quoted(text(item->name.name));
    Value value = coerce(argument.value, param.type, what, argument.expr ? argument.expr->range : call->range, env);
    fine &= !value.isError();
    scope.set(param.name.name, value);
  }
  pending_.push_back({item, &arguments, &scope});
  for (size_t i = 0; fine && i < item->params.size(); ++i)
    if (item->params[i].type->kind == ast::TypeKind::Tensor)
      fine &= bindOperand(item, item->params[i], arguments.byParam[i], scope, call->range);
  for (size_t i = 0; fine && i < item->params.size(); ++i) {
    const ast::Param &param = item->params[i];
    if (param.type->kind == ast::TypeKind::Tensor || scope.findHere(param.name.name)) continue;
    evaluatingDefaults_.insert(&param);
    Value value = param.defaultValue ? evalExpected(param.defaultValue, env, param.type) : noneValue();
    evaluatingDefaults_.erase(&param);
    if (Value *known = scope.findHere(param.name.name)) value = *known; // another default has asked for it
    if (param.defaultValue)
      value =
          coerce(value, param.type, "the default of " + quoted(text(param.name.name)), param.defaultValue->range, env);
    fine &= !value.isError();
    scope.set(param.name.name, value);
  }
  pending_.pop_back();
  return fine && !stopped();
}

bool Checker::bindOperand(const ast::Item *item, const ast::Param &param, const Argument &argument, Scope &scope,
                          SrcRange call) {
  SrcRange at = argument.expr ? argument.expr->range : call;
  if (!argument.given || argument.value.kind == ValueKind::None) {
    if (param.optional) return scope.set(param.name.name, noneValue()), true;
    error(DiagId::NotGiven, at, {std::string(source(at))})
        .note(param.range, "`" + std::string(text(item->name.name)) + "` wants a tensor here")
        .hint("ask first: `when given(" + std::string(source(at)) + ") { ... }`");
    return false;
  }
  if (!argument.value.isTensor()) {
    error(DiagId::TypeMismatch, at,
          {"operand " + quoted(text(param.name.name)) + " of " + quoted(text(item->name.name)), "a tensor",
           show(argument.value)})
        .note(param.range, "it is declared here");
    return false;
  }
  scope.set(param.name.name, argument.value);
  if (!checkRole(item, param, argument)) return false;
  if (param.type->broadcast) return checkBroadcast(item, param, argument, scope);
  std::string what = "operand " + quoted(text(param.name.name)) + " of " + quoted(text(item->name.name));
  return unify(param.type->shape, argument.value.tensor->shape, scope,
               {item, what, at, param.range, argument.value.tensor});
}

/// An operand of role R takes tensors of R and of the roles below it; without a role it takes any.
bool Checker::checkRole(const ast::Item *item, const ast::Param &param, const Argument &argument) {
  if (!param.type->name) return true;
  auto wanted = roleOf(param.type->name, anyRole_);
  if (!wanted || isRole(argument.value.tensor->role, *wanted)) return wanted.has_value();
  error(DiagId::RoleMismatch, argument.expr ? argument.expr->range : param.range,
        {std::string(text(param.name.name)), std::string(text(item->name.name)),
         std::string(roleName(argument.value.tensor->role)), std::string(roleName(*wanted))})
      .note(param.range, "it is declared here")
      .note(argument.value.tensor->range, "the tensor comes from here");
  return false;
}

bool Checker::checkBroadcast(const ast::Item *item, const ast::Param &param, const Argument &argument, Scope &scope) {
  auto wanted = toShape(param.type->shape, {&scope}, "a dimension");
  if (!wanted) return false;
  Shape got = argument.value.tensor->shape;
  bool fits = got.size() <= wanted->size();
  for (size_t i = 0; fits && i < got.size(); ++i) {
    ExprId dim = got[i], into = (*wanted)[wanted->size() - got.size() + i];
    fits = dim == pool_.constant(1) || facts_->equal(dim, into) == Truth::True;
  }
  if (fits) return true;
  error(DiagId::BroadcastMismatch, argument.expr ? argument.expr->range : param.range,
        {std::string(text(param.name.name)), std::string(text(item->name.name)), show(got), show(*wanted)})
      .note(param.range, "it is declared here")
      .note(argument.value.tensor->range, "the tensor comes from here");
  return false;
}

//===--- Unification -----------------------------------------------------------===//

/// A dimension variable of the declaration that has no value yet.
bool Checker::isOpenDim(const ast::Expr *expr, const Scope &scope, const ast::Item *item) const {
  if (expr->kind != ExprKind::Name || scope.findHere(expr->name.name)) return false;
  if (!item) return true; // a `let` pattern: every new name is a variable
  return llvm::any_of(item->generics, [&](const ast::Generic &g) { return g.name.name == expr->name.name; });
}

bool Checker::unify(llvm::ArrayRef<ast::Element> pattern, Shape shape, Scope &scope, const Unification &how) {
  size_t openSpread = pattern.size();
  for (size_t i = 0; i < pattern.size(); ++i)
    if (pattern[i].spread && openSpread == pattern.size()) openSpread = i;
  size_t fixed = pattern.size() - (openSpread < pattern.size() ? 1 : 0);
  if (shape.size() < fixed || (openSpread == pattern.size() && shape.size() != fixed)) {
    std::string wanted = std::to_string(fixed) + (openSpread < pattern.size() ? " or more" : "");
    std::string written =
        pattern.empty() ? "[]"
                        : std::string(source({pattern.front().expr->range.begin, pattern.back().expr->range.end}));
    if (pattern.size() && pattern.back().spread) written += "...";
    auto &diagnostic =
        error(DiagId::RankMismatch, how.at,
              {how.what, quoted(show(shape)), std::to_string(shape.size()), "[" + written + "]", wanted});
    diagnostic.note(how.declared, "it is declared here");
    if (how.tensor) diagnostic.note(how.tensor->range, "the tensor comes from here");
    return false;
  }
  size_t at = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const ast::Element &element = pattern[i];
    if (!element.spread) {
      if (!unifyDim(element.expr, shape[at], scope, how, shape)) return false;
      ++at;
      continue;
    }
    size_t count = shape.size() - (pattern.size() - 1);
    llvm::SmallVector<Value> dims;
    for (ExprId dim : shape.slice(at, count)) dims.push_back(numberValue(dim));
    at += count;
    NameId name = element.expr->name.name;
    if (isOpenDim(element.expr, scope, how.item)) {
      scope.set(name, makeList(dims));
      continue;
    }
    Value known = eval(element.expr, {&scope});
    if (known.isError()) return false;
    bool same = known.isList() && known.list->elements.size() == dims.size();
    for (size_t d = 0; same && d < dims.size(); ++d)
      same = facts_->equal(known.list->elements[d].number, dims[d].number) == Truth::True;
    if (same) continue;
    error(DiagId::ShapeMismatch, how.at,
          {how.what, show(shape), quoted(std::string(text(name)) + "...") + " = " + show(known)})
        .note(how.declared, "it is declared here");
    return false;
  }
  return true;
}

bool Checker::unifyDim(const ast::Expr *pattern, ExprId dim, Scope &scope, const Unification &how, Shape shape) {
  static const NameId kAny = intern("_");
  if (pattern->kind == ExprKind::Name && pattern->name.name == kAny) return true;
  if (isOpenDim(pattern, scope, how.item)) return scope.set(pattern->name.name, numberValue(dim)), true;
  bool handled = false;
  bool solved = solveDim(pattern, dim, scope, how, handled);
  if (handled) return solved;
  Value known = eval(pattern, {&scope});
  if (known.isError()) return false;
  auto wanted = toCount(known, "a dimension", pattern->range);
  if (!wanted) return false;
  if (*wanted == dim || facts_->equal(*wanted, dim) == Truth::True) return true;
  reportDims(dim, *wanted, pattern, how, shape);
  return false;
}

/// `a * x` or `a + x` with one unknown `x`: the exact quotient or the difference.
bool Checker::solveDim(const ast::Expr *pattern, ExprId dim, Scope &scope, const Unification &how, bool &handled) {
  bool product = pattern->kind == ExprKind::Binary && pattern->op == ast::Op::Mul;
  bool sum = pattern->kind == ExprKind::Binary && pattern->op == ast::Op::Add;
  if (!product && !sum) return false;
  bool leftOpen = isOpenDim(pattern->operands[0], scope, how.item),
       rightOpen = isOpenDim(pattern->operands[1], scope, how.item);
  if (leftOpen == rightOpen) return false;
  handled = true;
  const ast::Expr *unknown = pattern->operands[leftOpen ? 0 : 1], *known = pattern->operands[leftOpen ? 1 : 0];
  Value value = eval(known, {&scope});
  if (value.isError()) return false;
  auto count = toCount(value, "a dimension", known->range);
  if (!count || (product && !nonZero(*count, known->range))) return false;
  ExprId result = product ? pool_.div(dim, *count) : pool_.sub(dim, *count);
  if (product && pool_.asConstant(result) && !facts_->isInteger(result)) {
    auto &diagnostic = error(DiagId::ShapeMismatch, how.at,
                             {how.what + " has shape " + quoted(how.tensor ? show(how.tensor->shape) : show(dim)),
                              show(dim), std::string(source(pattern->range)) + "`, a multiple of `" + show(*count)});
    diagnostic.note(how.declared, "it is declared here");
    return false;
  }
  if (!facts_->isInteger(result)) {
    error(DiagId::NotInteger, how.at, {show(dim) + " / " + show(*count)})
        .note(how.declared, quoted(source(pattern->range)) + " is declared here")
        .hint("state it with `require " + show(*count) + " divides " + show(dim) + "`");
    return false;
  }
  scope.set(unknown->name.name, numberValue(result));
  return true;
}

void Checker::reportDims(ExprId got, ExprId wanted, const ast::Expr *pattern, const Unification &how, Shape shape) {
  std::string written(source(pattern->range)), canonical = show(wanted);
  std::string expected = quoted(written) + (written == canonical ? "" : " = " + quoted(canonical));
  auto &diagnostic = error(DiagId::ShapeMismatch, how.at,
                           {how.what + " has shape " + quoted(show(shape)), show(got),
                            written == canonical ? canonical : written + "` = `" + canonical});
  if (how.tensor) diagnostic.note(how.tensor->range, "the tensor comes from here");
  diagnostic.note(how.declared, "it is declared here");
  ExprId difference = pool_.sub(got, wanted);
  if (facts_->equal(got, wanted) == Truth::False)
    diagnostic.hint("they differ by " + quoted(show(difference)) + ", which is never 0");
  else
    diagnostic.hint("equal if " + quoted(show(got) + " == " + show(wanted)) + "; state it with `require " + show(got) +
                    " == " + show(wanted) + "`");
}

//===--- Functions and records --------------------------------------------------===//

Value Checker::evalFunction(const ast::Item *fn, const ast::Expr *call, Env env) {
  auto arguments = collectArguments(fn, call, env, false);
  if (!arguments) return errorValue();
  if (!evaluating_.insert(fn).second) {
    error(DiagId::RecursiveFunction, fn->name.range, {std::string(text(fn->name.name))});
    return errorValue();
  }
  auto done = llvm::make_scope_exit([&] { evaluating_.erase(fn); });
  DepthGuard depth(*this, call->range);
  if (!depth) return errorValue();
  Scope scope;
  if (!bindParameters(fn, call, *arguments, scope)) return errorValue();
  Value value = evalExpected(fn->expr, {&scope}, fn->type);
  return coerce(value, fn->type, "the result of " + quoted(text(fn->name.name)), fn->expr->range, {&scope});
}

/// `WanConfig(dim: 5120)`: fields by name; a default may use the fields before it.
Value Checker::evalRecordCall(const ast::Item *record, const ast::Expr *call, Env env) {
  Scope scope;
  bool failed = false;
  for (const ast::Arg &arg : call->args) {
    const ast::Field *field = nullptr;
    std::vector<std::string_view> names;
    for (const ast::Field &each : record->fields) {
      names.push_back(text(each.name.name));
      if (each.name.name == arg.name.name) field = &each;
    }
    if (!field) {
      auto &diagnostic =
          error(DiagId::UnknownField, arg.name ? arg.name.range : arg.value.expr->range,
                {quoted(text(record->name.name)),
                 arg.name ? std::string(text(arg.name.name)) : std::string(source(arg.value.expr->range))});
      if (auto near = nearest(text(arg.name.name), names); !near.empty())
        diagnostic.hint("did you mean " + quoted(near) + "?");
      if (!arg.name) diagnostic.hint("fields are given by name: `field: value`");
      failed = true;
      continue;
    }
    Value value = evalExpected(arg.value.expr, env, field->type);
    value = coerce(value, field->type, "field " + quoted(text(field->name.name)), arg.value.expr->range, env);
    failed |= value.isError();
    if (scope.findHere(field->name.name)) {
      error(DiagId::DuplicateArgument, arg.name.range,
            {std::string(text(arg.name.name)), std::string(text(record->name.name))});
      failed = true;
    }
    scope.set(field->name.name, value);
  }
  return failed || stopped() ? errorValue() : makeRecord(record, scope, call->range);
}

/// A record from the fields bound in `scope`; the others take their defaults.
Value Checker::makeRecord(const ast::Item *record, Scope &scope, SrcRange range) {
  if (!evaluating_.insert(record).second) {
    error(DiagId::RecursiveFunction, record->name.range, {std::string(text(record->name.name))});
    return errorValue();
  }
  auto done = llvm::make_scope_exit([&] { evaluating_.erase(record); });
  llvm::SmallVector<Value> fields;
  for (const ast::Field &field : record->fields) {
    Value *given = scope.findHere(field.name.name);
    Value value = given ? *given : errorValue();
    if (!given && !field.defaultValue) {
      error(DiagId::MissingField, range, {quoted(text(record->name.name)), std::string(text(field.name.name))})
          .note(field.range, "it is declared here");
      return errorValue();
    }
    if (!given && field.defaultValue->kind == ast::ExprKind::None) value = noneValue();
    else if (!given)
      value = coerce(evalExpected(field.defaultValue, {&scope}, field.type), field.type,
                     "the default of " + quoted(text(field.name.name)), field.defaultValue->range, {&scope});
    if (value.isError()) return value;
    scope.set(field.name.name, value);
    fields.push_back(value);
  }
  for (const ast::Stmt *stmt : record->body)
    if (stmt->kind == ast::StmtKind::Require) runRequire(stmt, {&scope});
  Value value;
  value.kind = ValueKind::Record;
  value.record = new (arena_.Allocate<RecordValue>()) RecordValue{record, keep(llvm::ArrayRef<Value>(fields))};
  return value;
}

} // namespace mdl::sema
