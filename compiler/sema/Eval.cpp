//===- Eval.cpp - Expressions to values -----------------------------------===//
// Operators on numbers are in Arithmetic.cpp, calls in Call.cpp.
//===----------------------------------------------------------------------===//
#include "Check.h"
#include "llvm/ADT/ScopeExit.h"

namespace mdl::sema {

using ast::ExprKind;

Diagnostic &Checker::error(DiagId id, SrcRange range, std::vector<std::string> args) {
  Diagnostic &diagnostic = diagnostics_.report(id, range, std::move(args));
  if (!diagnostic.notes.empty()) return diagnostic;
  for (size_t i = modules_.size(); i-- > 0;) { // where it is used, unless that is where the mistake stands
    auto [item, call] = modules_[i];
    bool here = call == item->name.range || (call.begin <= range.begin && range.end <= call.end);
    if (call.isValid() && !here)
      diagnostic.note(call, "in `" + std::string(text(item->name.name)) + "`, as it is used here");
  }
  return diagnostic;
}

Checker::DepthGuard::DepthGuard(Checker &checker, SrcRange range) : checker_(checker) {
  static constexpr unsigned kMaxDepth = 200;
  fine_ = ++checker.depth_ <= kMaxDepth;
  if (!fine_) checker.error(DiagId::TooDeep, range, {std::to_string(kMaxDepth)});
}

/// One step of work; false, reported once, when a file asks for more than can be done in seconds.
bool Checker::spend(size_t steps, SrcRange range) {
  if (steps <= budget_) return budget_ -= steps, true;
  if (!exhausted_) {
    DiagnosticEngine::Pin pin(diagnostics_);
    error(DiagId::TooMuchWork, range);
  }
  exhausted_ = true;
  return false;
}

Value Checker::eval(const ast::Expr *expr, Env env) {
  if (stopped() || exhausted_ || !spend(1, expr->range)) return errorValue();
  switch (expr->kind) {
  case ExprKind::Number: return evalNumber(expr);
  case ExprKind::String: {
    Value value;
    value.kind = ValueKind::String, value.string = &expr->string;
    return value;
  }
  case ExprKind::Bool: return boolValue(pool_.constant(expr->boolean ? 1 : 0));
  case ExprKind::None: return noneValue();
  case ExprKind::Name: return evalName(expr, env);
  case ExprKind::List: return evalList(expr, env);
  case ExprKind::ListOver: return evalListOver(expr, env);
  case ExprKind::Member: return evalMember(expr, env);
  case ExprKind::Index: return evalIndex(expr, env);
  case ExprKind::Call: return evalCall(expr, env, nullptr, {});
  case ExprKind::CallOver: return evalCallOver(expr, env);
  case ExprKind::Unary: return evalUnary(expr, env);
  case ExprKind::Binary: return evalBinary(expr, env);
  case ExprKind::Range: return evalRange(expr, env);
  case ExprKind::Choice: return evalChoice(expr, env);
  }
  return errorValue();
}

/// As `eval`, but a bare name may be a case of the enum that the place wants: `fold = sum`.
Value Checker::evalExpected(const ast::Expr *expr, Env env, const ast::Type *type) {
  const ast::Item *enumeration = type ? enumOf(type) : nullptr;
  if (type && !enumeration && expr->kind == ExprKind::Name && type->kind == ast::TypeKind::Named &&
      !env.scope->find(expr->name.name))
    if (const ast::Item *record = library_.find(type->name.name, type->range);
        record && record->kind == ast::ItemKind::Record && !library_.find(expr->name.name, expr->range))
      return namedData(expr, record);
  if (!enumeration || expr->kind != ExprKind::Name || env.scope->find(expr->name.name)) return eval(expr, env);
  for (uint32_t i = 0; i < enumeration->cases.size(); ++i)
    if (enumeration->cases[i].name.name == expr->name.name) {
      Value value;
      value.kind = ValueKind::Case, value.enumeration = enumeration, value.position = i;
      return value;
    }
  std::string cases;
  for (const ast::EnumCase &each : enumeration->cases)
    cases += (cases.empty() ? "`" : ", `") + std::string(text(each.name.name)) + "`";
  error(DiagId::UnknownCase, expr->range,
        {std::string(text(enumeration->name.name)), std::string(text(expr->name.name)), cases})
      .note(enumeration->name.range, "the cases are declared here");
  return errorValue();
}

Value Checker::evalNumber(const ast::Expr *expr) {
  if (expr->number.isOverflow()) return errorValue(); // reported by the parser
  ExprId number = pool_.constant(expr->number);
  if (!expr->unit) return numberValue(number);
  const ast::Item *unit = library_.find(expr->unit.name, expr->range);
  if (!unit || unit->kind != ast::ItemKind::Unit) {
    auto &diagnostic = error(DiagId::UnknownUnit, expr->unit.range, {std::string(text(expr->unit.name))});
    if (auto near = nearest(text(expr->unit.name), library_.visibleNames(expr->range)); !near.empty())
      diagnostic.hint("did you mean `" + std::string(near) + "`?");
    return errorValue();
  }
  Value one = evalUnit(unit);
  if (one.isError()) return one;
  return numberValue(pool_.mul(number, one.number), one.unit);
}

Value Checker::evalName(const ast::Expr *expr, Env env) {
  NameId name = expr->name.name;
  if (Value *bound = env.scope->find(name)) return *bound;
  for (Pending &pending : llvm::reverse(pending_)) { // a parameter whose default has not been evaluated yet
    if (pending.scope != env.scope) continue;
    for (const ast::Param &param : pending.item->params)
      if (param.name.name == name && param.defaultValue) {
        if (!evaluatingDefaults_.insert(&param).second) {
          error(DiagId::RecursiveFunction, param.name.range, {std::string(text(name))});
          return errorValue();
        }
        auto done = llvm::make_scope_exit([&] { evaluatingDefaults_.erase(&param); });
        Value value = coerce(evalExpected(param.defaultValue, env, param.type), param.type,
                             "parameter `" + std::string(text(name)) + "`", param.range, env);
        env.scope->set(name, value);
        return value;
      }
  }
  const ast::Item *item = library_.find(name, expr->range);
  if (item && item->kind == ast::ItemKind::Const) return evalConst(item);
  if (item && item->kind == ast::ItemKind::Unit) return evalUnit(item);
  if (item && item->kind == ast::ItemKind::Enum) {
    error(DiagId::TypeMismatch, expr->range, {"this place", "a value", "the enum `" + std::string(text(name)) + "`"});
    return errorValue();
  }
  if (!item && library_.isDeclared(name, expr->range)) return errorValue(); // its syntax error has been reported
  if (!modules_.empty())
    for (const ast::Generic &generic : modules_.back().first->generics)
      if (generic.name.name == name) {
        error(DiagId::UnboundDim, expr->range, {std::string(text(name))})
            .note(generic.name.range, "it is declared here");
        return errorValue();
      }
  auto &diagnostic = error(DiagId::UnknownName, expr->range, {std::string(text(name))});
  std::vector<std::string_view> candidates;
  for (Scope *scope = env.scope; scope; scope = scope->outer())
    for (NameId each : scope->names()) candidates.push_back(text(each));
  if (auto near = nearest(text(name), candidates); !near.empty())
    diagnostic.hint("did you mean `" + std::string(near) + "`?");
  return errorValue();
}

Value Checker::evalConst(const ast::Item *item) {
  if (auto known = constants_.find(item); known != constants_.end()) return known->second;
  DiagnosticEngine::Pin pin(diagnostics_); // a constant is evaluated once
  DepthGuard depth(*this, item->name.range);
  if (!depth) return errorValue();
  if (!evaluating_.insert(item).second) {
    error(DiagId::RecursiveFunction, item->name.range, {std::string(text(item->name.name))});
    return errorValue();
  }
  Scope scope;
  Value value = evalExpected(item->expr, {&scope}, item->type);
  if (item->type)
    value =
        coerce(value, item->type, "constant `" + std::string(text(item->name.name)) + "`", item->expr->range, {&scope});
  evaluating_.erase(item);
  return constants_[item] = value;
}

/// One of a unit: `byte` is 8 bit.
Value Checker::evalUnit(const ast::Item *item) {
  if (auto known = constants_.find(item); known != constants_.end()) return known->second;
  static const NameId kCount = intern("count");
  bool counting = item->expr && item->expr->kind == ExprKind::Name && item->expr->name.name == kCount;
  Value value;
  if (!item->expr || counting) value = numberValue(pool_.constant(1), units_.base(item->name.name, counting));
  else value = evalConst(item);
  return constants_[item] = value;
}

Value Checker::evalMember(const ast::Expr *expr, Env env) {
  const ast::Expr *base = expr->operands[0];
  if (base->kind == ExprKind::Name && !env.scope->find(base->name.name) &&
      library_.isAlias(base->name.name, expr->range)) {
    const ast::Item *item = library_.findQualified(base->name.name, expr->name.name, expr->range);
    if (item && item->kind == ast::ItemKind::Const) return evalConst(item);
    error(DiagId::UnknownName, expr->name.range, {std::string(source(expr->range))});
    return errorValue();
  }
  Value value = eval(base, env);
  if (value.isError()) return value;
  if (value.kind != ValueKind::Record) {
    error(DiagId::TypeMismatch, base->range, {"`.`", "a record on its left", show(value)});
    return errorValue();
  }
  if (const Value *found = field(value, text(expr->name.name))) return *found;
  std::vector<std::string_view> names;
  for (const ast::Field &each : value.record->schema->fields) names.push_back(text(each.name.name));
  auto &diagnostic =
      error(DiagId::UnknownField, expr->name.range,
            {"`" + std::string(text(value.record->schema->name.name)) + "`", std::string(text(expr->name.name))});
  if (auto near = nearest(text(expr->name.name), names); !near.empty())
    diagnostic.hint("did you mean `" + std::string(near) + "`?");
  diagnostic.note(value.record->schema->name.range, "the record is declared here");
  return errorValue();
}

const Value *Checker::field(const Value &record, std::string_view name) const {
  const auto &fields = record.record->schema->fields;
  for (size_t i = 0; i < fields.size(); ++i)
    if (text(fields[i].name.name) == name) return &record.record->fields[i];
  return nullptr;
}

Value Checker::evalIndex(const ast::Expr *expr, Env env) {
  Value base = eval(expr->operands[0], env);
  if (base.isError()) return base;
  const ast::Expr *at = expr->operands[1];
  if (base.kind == ValueKind::Map) {
    if (at->kind == ExprKind::Name || at->kind == ExprKind::String) {
      NameId key = at->kind == ExprKind::Name ? at->name.name : intern(at->string);
      for (const MapEntry &entry : base.map->entries)
        if (entry.key == key) return entry.value;
    }
    error(DiagId::UnknownField, at->range, {"this map", std::string(source(at->range))});
    return errorValue();
  }
  llvm::SmallVector<Value> dims;
  llvm::ArrayRef<Value> elements;
  if (base.isTensor()) {
    for (ExprId dim : base.tensor->shape) dims.push_back(numberValue(dim));
    elements = dims;
  } else if (base.isList()) elements = base.list->elements;
  else {
    error(DiagId::TypeMismatch, expr->operands[0]->range, {"`[ ]`", "a list", show(base)});
    return errorValue();
  }
  Value position = eval(at, env);
  if (position.isError() || !wantNumber(position, "an index", at->range)) return errorValue();
  auto constant = pool_.asConstant(position.number);
  if (constant) {
    if (constant->isInteger() && constant->sign() >= 0 && constant->num() < Int(elements.size()))
      return elements[static_cast<size_t>(constant->num().toInt64())];
    error(DiagId::IndexOutOfRange, at->range, {toString(*constant), std::to_string(elements.size())});
    return errorValue();
  }
  bool numbers =
      !elements.empty() && llvm::all_of(elements, [](const Value &v) { return v.isNumber() && v.unit.isPlain(); });
  if (dependsOnActiveIndex(position.number) || !numbers) {
    setUndecided(position.number, at->range);
    return errorValue();
  }
  ExprId picked = pool_.constant(0); // a list of numbers at a position that only the workload knows
  for (size_t i = 0; i < elements.size(); ++i)
    picked = pool_.add(picked, pool_.mul(pool_.equal(position.number, pool_.constant(Int(i))), elements[i].number));
  return number(picked, {}, expr->range);
}

Value Checker::evalList(const ast::Expr *expr, Env env) {
  llvm::SmallVector<Value> elements;
  for (const ast::Element &element : expr->elements) {
    Value value = eval(element.expr, env);
    if (value.isError()) return value;
    if (!element.spread) {
      elements.push_back(value);
      continue;
    }
    if (!value.isList()) {
      error(DiagId::TypeMismatch, element.expr->range, {"`...`", "a list before it", show(value)});
      return errorValue();
    }
    elements.append(value.list->elements.begin(), value.list->elements.end());
  }
  return makeList(elements);
}

template <class Each>
bool Checker::forEach(NameId name, const Value &over, const ast::Expr *condition, Env env, Each each) {
  llvm::SmallVector<Value> elements;
  if (over.kind == ValueKind::Range) {
    auto lo = pool_.asInteger(over.number), hi = pool_.asInteger(over.end);
    if (!lo || !hi) return false;
    Int end = over.inclusive ? *hi + 1 : *hi;
    if (end - *lo > Int(1'000'000)) return false;
    for (Int i = *lo; i < end; i += 1) elements.push_back(numberValue(pool_.constant(i)));
  } else elements.append(over.list->elements.begin(), over.list->elements.end());
  for (const Value &element : elements) {
    Scope inner(env.scope);
    inner.set(name, element);
    Env innerEnv{&inner, env.frame};
    if (condition) {
      auto holds = decide(eval(condition, innerEnv), condition->range);
      if (!holds) return true;
      if (!*holds) continue;
    }
    each(innerEnv);
    if (stopped()) return true;
  }
  return true;
}

Value Checker::evalListOver(const ast::Expr *expr, Env env) {
  Value over = eval(expr->operands[1], env);
  if (over.isError()) return over;
  if (over.kind != ValueKind::Range && !over.isList()) {
    error(DiagId::TypeMismatch, expr->operands[1]->range, {"`for ... in`", "a range or a list", show(over)});
    return errorValue();
  }
  llvm::SmallVector<Value> elements;
  bool failed = false;
  const ast::Expr *condition = expr->operands.size() > 2 ? expr->operands[2] : nullptr;
  bool known = forEach(expr->name.name, over, condition, env, [&](Env inner) {
    elements.push_back(eval(expr->operands[0], inner));
    failed |= elements.back().isError();
  });
  if (!known) {
    error(DiagId::BadRange, expr->operands[1]->range,
          {"the length of a list must be a constant of at most 1000000; " + show(over) + " is none"});
    return errorValue();
  }
  return failed || stopped() ? errorValue() : makeList(elements);
}

/// `sum(e for i in a..b)` and the like; sums may have symbolic bounds.
Value Checker::evalCallOver(const ast::Expr *expr, Env env) {
  const ast::Expr *callee = expr->operands[0];
  std::string_view name = callee->kind == ExprKind::Name ? text(callee->name.name) : "";
  if (name != "sum" && name != "prod" && name != "min" && name != "max" && name != "argmin" && name != "all" &&
      name != "any") {
    error(DiagId::UnknownCallee, callee->range, {std::string(source(callee->range))})
        .hint("over a range there are sum, prod, min, max, argmin, all and any");
    return errorValue();
  }
  Value over = eval(expr->operands[2], env);
  if (over.isError()) return over;
  if (over.kind != ValueKind::Range && !over.isList()) {
    error(DiagId::TypeMismatch, expr->operands[2]->range, {"`for ... in`", "a range or a list", show(over)});
    return errorValue();
  }
  llvm::SmallVector<Value> values;
  bool failed = false;
  const ast::Expr *condition = expr->operands.size() > 3 ? expr->operands[3] : nullptr;
  bool known = forEach(expr->name.name, over, condition, env, [&](Env inner) {
    values.push_back(eval(expr->operands[1], inner));
    failed |= values.back().isError();
  });
  if (failed || stopped()) return errorValue();
  if (known) return foldValues(name, values, expr, expr->operands[1]->range);
  if (name != "sum") {
    error(DiagId::BadRange, expr->operands[2]->range,
          {"`" + std::string(name) + "` needs a range with constant ends, found " + show(over)});
    return errorValue();
  }
  return sumOverSymbolic(expr, over, condition, env);
}

/// A sum with symbolic bounds: the body once, with a symbol for the index.
Value Checker::sumOverSymbolic(const ast::Expr *expr, const Value &over, const ast::Expr *condition, Env env) {
  ExprId hi = over.inclusive ? pool_.add(over.end, pool_.constant(1)) : over.end;
  SymbolId index =
      pool_.addSymbol({std::string(text(expr->name.name)), over.number, pool_.sub(hi, pool_.constant(1)), true});
  Scope inner(env.scope);
  inner.set(expr->name.name, numberValue(pool_.symbol(index)));
  Value body = eval(expr->operands[1], {&inner, nullptr});
  if (body.isError() || !wantNumber(body, "`sum`", expr->operands[1]->range)) return errorValue();
  ExprId term = body.number;
  if (condition) {
    Value holds = eval(condition, {&inner, nullptr});
    if (holds.isError() || !wantNumber(holds, "`if`", condition->range)) return errorValue();
    term = pool_.mul(term, holds.number);
  }
  return number(pool_.sum(index, over.number, hi, term), body.unit, expr->range);
}

Value Checker::evalRange(const ast::Expr *expr, Env env) {
  Value lo = eval(expr->operands[0], env), hi = eval(expr->operands[1], env);
  if (lo.isError() || hi.isError()) return errorValue();
  auto begin = toCount(lo, "the begin of a range", expr->operands[0]->range);
  auto end = toCount(hi, "the end of a range", expr->operands[1]->range);
  if (!begin || !end) return errorValue();
  Value value;
  value.kind = ValueKind::Range, value.number = *begin, value.end = *end, value.inclusive = expr->boolean;
  return value;
}

/// A choice of numbers by a workload is an expression; any other choice is a decision.
Value Checker::evalChoice(const ast::Expr *expr, Env env) {
  Value condition = eval(expr->operands[0], env);
  if (condition.isError() || !wantNumber(condition, "`?`", expr->operands[0]->range)) return errorValue();
  Truth known = facts_->decide(condition.number);
  if (known != Truth::Open) return eval(expr->operands[known == Truth::True ? 1 : 2], env);
  if (dependsOnActiveIndex(condition.number)) {
    setUndecided(condition.number, expr->operands[0]->range);
    return errorValue();
  }
  Value a = eval(expr->operands[1], env), b = eval(expr->operands[2], env);
  if (a.isError() || b.isError()) return errorValue();
  if (sameValue(a, b)) return a;
  if (!a.isNumber() || !b.isNumber()) {
    setUndecided(condition.number, expr->operands[0]->range);
    return errorValue();
  }
  if (!agreeUnits("choose between", expr, a, b)) return errorValue();
  Value result = number(pool_.choose(condition.number, a.number, b.number), a.unit, expr->range);
  result.boolean = a.boolean && b.boolean;
  return result;
}

std::optional<bool> Checker::decide(const Value &condition, SrcRange range) {
  if (condition.isError() || stopped() || !wantNumber(condition, "a condition", range)) return std::nullopt;
  Truth truth = facts_->decide(condition.number);
  if (truth != Truth::Open) return truth == Truth::True;
  setUndecided(condition.number, range);
  return std::nullopt;
}

bool Checker::dependsOnActiveIndex(ExprId id) const {
  return llvm::any_of(activeIndices_, [&](SymbolId index) { return pool_.dependsOn(id, index); });
}

void Checker::setUndecided(ExprId condition, SrcRange range) {
  if (!undecided_) undecided_ = Undecided{condition, range};
}

/// An optional operand that is not there: false, reported, for `none`.
bool Checker::wantGiven(const Value &value, SrcRange range) {
  if (value.kind != ValueKind::None) return true;
  error(DiagId::NotGiven, range, {std::string(source(range))}).hint("ask first: `when given(...) { ... }`");
  return false;
}

bool Checker::wantNumber(const Value &value, std::string_view what, SrcRange range) {
  if (value.isNumber()) return true;
  if (!wantGiven(value, range)) return false;
  if (!value.isError()) error(DiagId::TypeMismatch, range, {std::string(what), "a number", show(value)});
  return false;
}

/// A number, or the report that it went out of bounds.
Value Checker::number(ExprId id, UnitId unit, SrcRange range) {
  if (!pool_.isOverflow(id)) return numberValue(id, unit);
  error(DiagId::Overflow, range);
  return errorValue();
}

std::optional<ExprId> Checker::toCount(const Value &value, std::string_view what, SrcRange range) {
  if (!wantNumber(value, what, range)) return std::nullopt;
  if (!value.unit.isPlain() && !units_.isCounting(value.unit)) {
    error(DiagId::UnitWanted, range, {std::string(what), "a plain count", "`" + showQuantity(value) + "`"});
    return std::nullopt;
  }
  if (!facts_->isInteger(value.number)) {
    error(DiagId::NotInteger, range, {show(value.number)});
    return std::nullopt;
  }
  return value.number;
}

std::optional<int64_t> Checker::toConstant(const Value &value, std::string_view what, SrcRange range, int64_t lo,
                                           int64_t hi) {
  auto count = toCount(value, what, range);
  if (!count) return std::nullopt;
  auto constant = pool_.asInteger(*count);
  if (!constant) {
    setUndecided(*count, range);
    return std::nullopt;
  }
  if (*constant >= Int(lo) && *constant <= Int(hi)) return constant->toInt64();
  error(DiagId::TypeMismatch, range,
        {std::string(what), "a number from " + std::to_string(lo) + " to " + std::to_string(hi),
         "`" + toString(*constant) + "`"});
  return std::nullopt;
}

/// The dims of a shape as written; a dimension is a plain count.
std::optional<llvm::SmallVector<ExprId>> Checker::toShape(llvm::ArrayRef<ast::Element> elements, Env env,
                                                          std::string_view what) {
  llvm::SmallVector<ExprId> dims;
  for (const ast::Element &element : elements) {
    Value value = eval(element.expr, env);
    if (value.isError()) return std::nullopt;
    llvm::ArrayRef<Value> values(value);
    if (element.spread) {
      if (!value.isList()) {
        error(DiagId::TypeMismatch, element.expr->range, {"`...`", "a list before it", show(value)});
        return std::nullopt;
      }
      values = value.list->elements;
    }
    for (const Value &each : values) {
      auto dim = toCount(each, what, element.expr->range);
      if (!dim) return std::nullopt;
      dims.push_back(*dim);
    }
  }
  return dims;
}

} // namespace mdl::sema
