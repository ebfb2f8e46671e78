//===- Module.cpp - Modules and their statements --------------------------===//
#include "Check.h"
#include "llvm/ADT/ScopeExit.h"

namespace mdl::sema {

using ast::StmtKind;

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

Value Checker::applyModule(const ast::Item *module, const ast::Expr *call, Env env, const ast::Label *label,
                           NameId bindName) {
  for (size_t i = 0; i < modules_.size(); ++i)
    if (modules_[i].first == module) {
      std::string path;
      for (size_t k = i; k < modules_.size(); ++k) path += std::string(text(modules_[k].first->name.name)) + " -> ";
      bool known = false;
      for (size_t k = i; k < modules_.size(); ++k) known |= !recursive_.insert(modules_[k].first).second;
      if (known) return errorValue(); // the cycle has been reported at another of its calls
      error(DiagId::RecursiveModule, call->operands[0]->range,
            {std::string(text(module->name.name)), path + std::string(text(module->name.name))});
      return errorValue();
    }
  DepthGuard depth(*this, call->range);
  if (!depth) return errorValue();
  auto arguments = collectArguments(module, call, env, false);
  if (!arguments) return errorValue();
  Key key = keyOf(module, *arguments);
  Template *made = templateByKey_.lookup(key);
  if (!made) {
    size_t firstGuard = guards_.size();
    made = makeTemplate(module, call, *arguments);
    if (!made) return errorValue();
    keepGuards(made, firstGuard);
    templateByKey_[keep(llvm::ArrayRef<uint64_t>(key))] = made;
  } else addGuardsOf(made);
  return instantiate(made, *arguments, env, call, label, bindName);
}

Template *Checker::makeTemplate(const ast::Item *module, const ast::Expr *call, const Arguments &arguments) {
  auto owned = std::make_unique<Template>();
  Template &made = *owned;
  made.module = module;
  Arguments standIns = arguments;
  for (size_t i = 0; i < module->params.size(); ++i) {
    if (module->params[i].type->kind != ast::TypeKind::Tensor) continue;
    Argument &argument = standIns.byParam[i];
    bool given = argument.given && argument.value.isTensor();
    if (given)
      argument.value = tensorValue(makeTensor(argument.value.tensor->shape, argument.value.tensor->role,
                                              Tensor::Origin::Operand, argument.value.tensor->range));
    made.operands.push_back(given ? argument.value.tensor : nullptr);
  }
  modules_.emplace_back(module, call->range);
  Scope scope;
  Frame frame;
  frame.region = &made.region;
  frame.boundary = nullptr;
  size_t errorsBefore = diagnostics_.errorCount();
  bool fine = bindParameters(module, call, standIns, scope);
  if (fine) {
    Results results = runBody(module->body, {&scope, &frame}, module);
    fine = !stopped() && checkResults(module, results, scope, made, call->range);
  }
  modules_.pop_back();
  if (!fine || stopped() || diagnostics_.errorCount() != errorsBefore) return nullptr;
  templates_.push_back(std::move(owned));
  return templates_.back().get();
}

/// What is returned has the shapes that the header declares; a result may name dims that the body defines.
bool Checker::checkResults(const ast::Item *module, Results &results, Scope &scope, Template &made, SrcRange) {
  std::string name(text(module->name.name));
  if (!results) {
    if (module->results.empty()) return true;
    error(DiagId::MissingReturn, module->name.range, {name});
    return false;
  }
  if (results->size() != module->results.size()) {
    error(DiagId::ResultCount, module->name.range,
          {name, std::to_string(results->size()), std::to_string(module->results.size())});
    return false;
  }
  for (size_t i = 0; i < results->size(); ++i) {
    const Value &value = (*results)[i];
    if (value.isError()) return false;
    const ast::Result &declared = module->results[i];
    if (!value.isTensor()) {
      error(DiagId::TypeMismatch, declared.type->range, {"the result of " + quoted(name), "a tensor", show(value)});
      return false;
    }
    if (declared.type->kind != ast::TypeKind::Tensor) {
      error(DiagId::TypeMismatch, declared.type->range,
            {"the result of a module", "a shape", quoted(show(declared.type))});
      return false;
    }
    auto wanted = toShape(declared.type->shape, {&scope}, "a dimension");
    if (!wanted) return false;
    Shape got = value.tensor->shape;
    bool same = got.size() == wanted->size();
    for (size_t d = 0; same && d < got.size(); ++d) same = facts_->equal(got[d], (*wanted)[d]) == Truth::True;
    if (!same) {
      reportResult(name, value.tensor, *wanted, declared.type->range);
      return false;
    }
    made.results.push_back(value.tensor);
  }
  return true;
}

void Checker::reportResult(const std::string &name, const Tensor *tensor, llvm::ArrayRef<ExprId> wanted,
                           SrcRange declared) {
  auto &diagnostic = error(DiagId::ResultMismatch, declared, {name, show(tensor->shape), show(wanted)});
  diagnostic.note(tensor->range, "what is returned comes from here");
  for (size_t d = 0; tensor->shape.size() == wanted.size() && d < wanted.size(); ++d) {
    ExprId got = tensor->shape[d];
    Truth same = facts_->equal(got, wanted[d]);
    if (same == Truth::True) continue;
    if (same == Truth::False)
      diagnostic.hint("axis " + std::to_string(d) + ": " + quoted(show(got)) + " is never " + quoted(show(wanted[d])));
    else
      diagnostic.hint("equal if " + quoted(show(got) + " == " + show(wanted[d])) + "; state it with `require " +
                      show(got) + " == " + show(wanted[d]) + "`");
  }
}

Value Checker::instantiate(const Template *callee, const Arguments &arguments, Env env, const ast::Expr *call,
                           const ast::Label *label, NameId bindName) {
  CallNode node;
  node.callee = callee;
  node.range = call->range;
  node.label = makeLabel(label, bindName, callee->module->name.name, env, call->range);
  size_t at = 0;
  for (size_t i = 0; i < callee->module->params.size(); ++i) {
    if (callee->module->params[i].type->kind != ast::TypeKind::Tensor) continue;
    node.operands.push_back(callee->operands[at++] ? arguments.byParam[i].value.tensor : nullptr);
  }
  llvm::SmallVector<Value> values;
  for (const Tensor *result : callee->results) {
    // A result that renames an operand or is one keeps that storage in the caller.
    const Tensor *alias = nullptr;
    for (size_t i = 0; i < callee->operands.size(); ++i)
      if (callee->operands[i] && root(result) == callee->operands[i]) alias = node.operands[i];
    node.results.push_back(makeTensor(result->shape, result->role, Tensor::Origin::Result, call->range, alias));
    values.push_back(tensorValue(node.results.back()));
  }
  env.frame->region->nodes.emplace_back(std::move(node));
  return values.size() == 1 ? values[0] : makeList(values);
}

//===--- Statements -------------------------------------------------------------===//

Checker::Results Checker::runBody(llvm::ArrayRef<const ast::Stmt *> body, Env env, const ast::Item *owner) {
  Results results;
  bool returned = false;
  for (const ast::Stmt *stmt : body) {
    if (returned) {
      error(DiagId::AfterReturn, stmt->range);
      break;
    }
    Results made = runStmt(stmt, env, owner, returned);
    if (stopped()) return std::nullopt;
    if (returned) results = std::move(made);
  }
  return results;
}

Checker::Results Checker::runStmt(const ast::Stmt *stmt, Env env, const ast::Item *owner, bool &returned) {
  Results results;
  switch (stmt->kind) {
  case StmtKind::Let:
    runLet(stmt, env);
    if (owner->kind == ast::ItemKind::Pipeline && !stopped()) dealOutLet(stmt, *env.scope);
    break;
  case StmtKind::Bind: runBind(stmt, env); break;
  case StmtKind::Require:
  case StmtKind::Warn:
  case StmtKind::Claim: (void)runRequire(stmt, env); break;
  case StmtKind::Weight:
  case StmtKind::State:
    if (takeLabelText(source(stmt->label->range), *env.frame, stmt->label->range))
      (void)declareStorage(stmt, *env.scope, env.frame->region->storage, {});
    break;
  case StmtKind::NotModelled: addNotModelled(stmt->text); break;
  case StmtKind::When: runWhen(stmt, env, owner, results, returned); break;
  case StmtKind::Repeat:
  case StmtKind::Loop: runLoop(stmt, env, owner); break;
  case StmtKind::Idle: runIdle(stmt, env); break;
  case StmtKind::Return:
    returned = true;
    results.emplace();
    for (const ast::Value &value : stmt->values) results->push_back(evalValue(value, env));
    break;
  case StmtKind::Stage:
    if (owner->kind == ast::ItemKind::Pipeline && model_) {
      runStage(stmt, env, *model_);
      break;
    }
    [[fallthrough]];
  default: reportMisplaced(stmt, owner->kind == ast::ItemKind::Pipeline ? "a pipeline" : "a module"); break;
  }
  return results;
}

void Checker::addNotModelled(std::string_view what) {
  if (model_ && !llvm::is_contained(model_->notModelled, what)) model_->notModelled.emplace_back(what);
}

void Checker::runIdle(const ast::Stmt *stmt, Env env) {
  const ast::Expr *call = stmt->value.expr;
  const ast::Item *item = call->kind == ast::ExprKind::Call ? resolveCallee(call->operands[0], env) : nullptr;
  bool instance = item && (item->kind == ast::ItemKind::Module || item->kind == ast::ItemKind::Op);
  if (call->kind != ast::ExprKind::Call || (item && !instance)) {
    error(DiagId::BadArgument, call->range, {"`idle` takes a module or an operator that is applied"});
    return;
  }
  size_t before = env.frame->region->nodes.size();
  if (evalValue(stmt->value, env).isError() || env.frame->region->nodes.size() == before) return;
  Node &node = env.frame->region->nodes.back();
  if (auto *made = std::get_if<CallNode>(&node)) made->idle = true;
  else std::get<OpNode>(node).idle = true;
}

void Checker::runLet(const ast::Stmt *stmt, Env env) {
  if (stmt->pattern.empty()) {
    Value value = stmt->type ? evalExpected(stmt->value.expr, env, stmt->type) : evalValue(stmt->value, env, {});
    if (stmt->type) value = coerce(value, stmt->type, quoted(text(stmt->names[0].name)), stmt->value.expr->range, env);
    assign(stmt->names[0], value, env);
    return;
  }
  Value value = evalValue(stmt->value, env, {});
  if (value.isError()) {
    for (const ast::Element &element : stmt->pattern)
      if (element.expr->kind == ast::ExprKind::Name) env.scope->set(element.expr->name.name, errorValue());
    return;
  }
  if (!value.isTensor() && !value.isList()) {
    error(DiagId::PatternMismatch, stmt->value.expr->range, {show(value)});
    return;
  }
  llvm::SmallVector<ExprId> dims;
  if (value.isTensor()) dims.append(value.tensor->shape.begin(), value.tensor->shape.end());
  else
    for (const Value &element : value.list->elements) {
      if (!wantNumber(element, "a pattern", stmt->value.expr->range)) return;
      dims.push_back(element.number);
    }
  Scope bound(env.scope);
  SrcRange range{stmt->pattern.front().expr->range.begin, stmt->pattern.back().expr->range.end};
  Unification how{nullptr, quoted(source(stmt->value.expr->range)), range, stmt->value.expr->range,
                  value.isTensor() ? value.tensor : nullptr};
  bool fine = unify(stmt->pattern, dims, bound, how);
  for (size_t i = 0; i < bound.names().size(); ++i)
    env.scope->set(bound.names()[i], fine ? bound.values()[i] : errorValue());
}

void Checker::runBind(const ast::Stmt *stmt, Env env) {
  // The variable names the instance if this is its first binding in the module.
  bool first = stmt->names.size() == 1 && !env.scope->find(stmt->names[0].name) &&
               !isTaken(text(stmt->names[0].name), *env.frame);
  Value value = evalValue(stmt->value, env, first ? stmt->names[0].name : NameId{});
  if (stmt->names.size() == 1) return assign(stmt->names[0], value, env);
  if (!value.isError() && (!value.isList() || value.list->elements.size() != stmt->names.size())) {
    std::string count = value.isList() ? std::to_string(value.list->elements.size()) : "1";
    error(DiagId::ResultCount, stmt->value.expr->range,
          {std::string(source(stmt->value.expr->range)), count, std::to_string(stmt->names.size())});
    value = errorValue();
  }
  for (size_t i = 0; i < stmt->names.size(); ++i)
    assign(stmt->names[i], value.isError() ? value : value.list->elements[i], env);
}

/// Sets a name. In a loop, a name from outside must be carried.
void Checker::assign(const ast::Ident &name, Value value, Env env) {
  if (env.frame && env.frame->boundary && !env.scope->findHere(name.name)) {
    bool outside = false;
    for (Scope *scope = env.scope->outer(); scope && !outside; scope = scope->outer())
      outside = scope->findHere(name.name) != nullptr;
    if (outside && !llvm::any_of(env.frame->carried, [&](const ast::Ident &each) { return each.name == name.name; }))
      error(DiagId::NotCarried, name.range, {std::string(text(name.name))})
          .hint("write `carry " + std::string(text(name.name)) + "` after the range");
  }
  env.scope->set(name.name, value);
}

void Checker::runWhen(const ast::Stmt *stmt, Env env, const ast::Item *owner, Results &results, bool &returned) {
  Value condition = eval(stmt->expr, env);
  if (generic_ && condition.isNumber() && facts_->decide(condition.number) == Truth::Open &&
      !dependsOnActiveIndex(condition.number))
    return runBothBranches(stmt, condition.number, env, owner);
  auto taken = decide(condition, stmt->expr->range);
  if (!taken) return;
  for (const ast::Stmt *inner : *taken ? stmt->body : stmt->orElse) {
    if (returned) {
      error(DiagId::AfterReturn, inner->range);
      return;
    }
    Results made = runStmt(inner, env, owner, returned);
    if (stopped()) return;
    if (returned) results = std::move(made);
  }
}

/// A module by itself: both branches are checked; a name keeps its value where both agree.
void Checker::runBothBranches(const ast::Stmt *stmt, ExprId condition, Env env, const ast::Item *owner) {
  auto runBranch = [&](llvm::ArrayRef<const ast::Stmt *> body, Scope &scope, ExprId holds) {
    auto outer = std::make_unique<expr::Facts>(*facts_); // the condition holds in the branch and not after it
    std::swap(facts_, outer);
    auto back = llvm::make_scope_exit([&] { std::swap(facts_, outer); });
    facts_->assume(holds);
    Region region;
    Frame frame;
    frame.region = &region, frame.outer = env.frame, frame.boundary = nullptr;
    bool returned = false;
    for (const ast::Stmt *inner : body) {
      (void)runStmt(inner, {&scope, &frame}, owner, returned);
      if (stopped() || returned) return;
    }
  };
  Scope then(env.scope), otherwise(env.scope);
  runBranch(stmt->body, then, condition);
  if (!stopped()) runBranch(stmt->orElse, otherwise, pool_.logicalNot(condition));
  if (stopped()) return;
  auto merge = [&](NameId name, const Value &value, Scope &other) {
    Value *same = other.findHere(name);
    if (!same) same = env.scope->find(name);
    env.scope->set(name, same && sameValue(*same, value) ? value : errorValue());
  };
  for (size_t i = 0; i < then.names().size(); ++i) merge(then.names()[i], then.values()[i], otherwise);
  for (size_t i = 0; i < otherwise.names().size(); ++i)
    if (!then.findHere(otherwise.names()[i])) merge(otherwise.names()[i], otherwise.values()[i], then);
}

//===--- Conditions -------------------------------------------------------------===//

/// `require`, `warn`, `claim`: decided here, or left to the workload. False after an error.
bool Checker::runRequire(const ast::Stmt *stmt, Env env) {
  Value value = eval(stmt->expr, env);
  if (value.isError() || !wantNumber(value, "a condition", stmt->expr->range)) return false;
  GuardKind kind = stmt->kind == StmtKind::Require ? GuardKind::Require
                   : stmt->kind == StmtKind::Warn  ? GuardKind::Warn
                                                   : GuardKind::Claim;
  std::string written(source(stmt->expr->range));
  std::string says = stmt->text.empty() ? "`" + written + "` does not hold" : std::string(stmt->text);
  Truth truth = facts_->decide(value.number);
  if (truth == Truth::True) return true;
  if (kind != GuardKind::Require) {
    if (!generic_) addGuard(kind, value.number, says, stmt->range);
    return true;
  }
  if (truth == Truth::False) {
    bool elsewhere = !modules_.empty() || dataRange_.isValid();
    SrcRange at = dataRange_.isValid() ? dataRange_
                  : modules_.empty()   ? stmt->expr->range
                                       : callRange(stmt->expr->range);
    auto &diagnostic = error(DiagId::RequireFails, at, {says});
    if (elsewhere) diagnostic.note(stmt->expr->range, "it is required here: `" + written + "`");
    return false;
  }
  if (!mayDeferGuard(value.number)) {
    error(DiagId::RequireOpen, stmt->expr->range, {written}).hint("it is " + quoted(show(value.number)));
    return false;
  }
  facts_->assume(value.number);
  addGuard(GuardKind::Require, value.number, says, stmt->range);
  return true;
}

/// Where the innermost operator or module that is being checked was applied.
SrcRange Checker::callRange(SrcRange otherwise) const {
  return modules_.empty() || !modules_.back().second.isValid() ? otherwise : modules_.back().second;
}

/// A guard mentions inputs only: a condition on a loop index must be decided while checking.
bool Checker::mayDeferGuard(ExprId condition) const { return !dependsOnActiveIndex(condition); }

/// Remembers the guards from `first` on as needed by an application or template.
void Checker::keepGuards(const void *owner, size_t first) {
  if (first < guards_.size()) guardsOf_[owner].assign(guards_.begin() + static_cast<ptrdiff_t>(first), guards_.end());
}

void Checker::addGuardsOf(const void *owner) {
  auto at = guardsOf_.find(owner);
  if (at == guardsOf_.end()) return;
  for (const Guard &guard : at->second) addGuard(guard.kind, guard.condition, guard.text, guard.range);
}

void Checker::addGuard(GuardKind kind, ExprId condition, std::string text, SrcRange range) {
  for (const Guard &known : guards_)
    if (known.kind == kind && known.condition == condition && known.range == range) return;
  guards_.push_back({kind, condition, std::move(text), range});
}

} // namespace mdl::sema
