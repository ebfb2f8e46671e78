//===- Operator.cpp - Applying an operator --------------------------------===//
// The signature and body of an operator are interpreted once for each distinct
// tuple of arguments; equal applications share the OpApplication.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

using ast::StmtKind;

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

Value Checker::applyOperator(const ast::Item *op, const ast::Expr *call, Env env, const ast::Label *label,
                             NameId bindName) {
  auto arguments = collectArguments(op, call, env, true);
  if (!arguments) return errorValue();
  Key key = keyOf(op, *arguments);
  OpApplication *application = applicationByKey_.lookup(key);
  if (!application) {
    size_t firstGuard = guards_.size();
    application = makeApplication(op, call, *arguments);
    if (!application) return errorValue();
    keepGuards(application, firstGuard);
    applicationByKey_[keep(llvm::ArrayRef<uint64_t>(key))] = application;
  } else addGuardsOf(application);
  return instantiate(application, *arguments, env, call, label, bindName);
}

OpApplication *Checker::makeApplication(const ast::Item *op, const ast::Expr *call, const Arguments &arguments) {
  auto application = std::make_unique<OpApplication>();
  application->op = op;
  for (const Argument &argument : arguments.byParam) application->given.push_back(argument.given);
  // Operands are stand-ins of the same shape, so that applications can be shared.
  Arguments standIns = arguments;
  for (size_t i = 0; i < op->params.size(); ++i) {
    if (op->params[i].type->kind != ast::TypeKind::Tensor) continue;
    Argument &argument = standIns.byParam[i];
    bool given = argument.given && argument.value.isTensor();
    if (given) {
      const Tensor *from = argument.value.tensor;
      argument.value = tensorValue(makeTensor(from->shape, from->role, Tensor::Origin::Operand, from->range));
    }
    application->operands.push_back(given ? argument.value.tensor : nullptr);
  }
  modules_.emplace_back(op, call->range);
  bool fine =
      bindParameters(op, call, standIns, application->scope) && runOperatorBody(*application, op->body, standIns);
  for (const ast::Item *extension : library_.extensions(op->name.name))
    fine = fine && runOperatorBody(*application, extension->body, standIns);
  fine = fine && !stopped() && makeResults(*application, call->range);
  modules_.pop_back();
  if (!fine || stopped()) return nullptr;
  applications_.push_back(std::move(application));
  return applications_.back().get();
}

bool Checker::runOperatorBody(OpApplication &application, llvm::ArrayRef<const ast::Stmt *> body,
                              const Arguments &arguments) {
  for (const ast::Stmt *stmt : body)
    if (!runOperatorStmt(application, stmt, arguments) || stopped()) return false;
  return true;
}

static std::string_view statementName(StmtKind kind) {
  switch (kind) {
  case StmtKind::Let: return "`let`";
  case StmtKind::Bind: return "an instance";
  case StmtKind::Weight: return "`weight`";
  case StmtKind::State: return "`state`";
  case StmtKind::Scratch: return "`scratch`";
  case StmtKind::Require: return "`require`";
  case StmtKind::Warn: return "`warn`";
  case StmtKind::Claim: return "`claim`";
  case StmtKind::NotModelled: return "`not_modelled`";
  case StmtKind::Repeat: return "`repeat`";
  case StmtKind::Loop: return "`loop`";
  case StmtKind::When: return "`when`";
  case StmtKind::Idle: return "`idle`";
  case StmtKind::Return: return "`return`";
  case StmtKind::Stage: return "`stage`";
  case StmtKind::Cost: return "`cost`";
  case StmtKind::Traffic: return "`traffic`";
  }
  return "this";
}

void Checker::reportMisplaced(const ast::Stmt *stmt, std::string_view where) {
  error(DiagId::MisplacedStatement, stmt->range, {std::string(statementName(stmt->kind)), std::string(where)});
}

bool Checker::runOperatorStmt(OpApplication &application, const ast::Stmt *stmt, const Arguments &arguments) {
  Env env{&application.scope};
  switch (stmt->kind) {
  case StmtKind::Let: runLet(stmt, env); return !stopped();
  case StmtKind::Require:
  case StmtKind::Warn:
  case StmtKind::Claim: return runRequire(stmt, env);
  case StmtKind::Bind: return setProperty(application, stmt);
  case StmtKind::Weight:
    for (const auto &[name, argument] : arguments.extra)
      if (stmt->label && stmt->label->segments.size() == 1 && stmt->label->segments[0].text == text(name.name))
        return tieWeight(application, stmt, name, argument);
    [[fallthrough]];
  case StmtKind::State:
  case StmtKind::Scratch: return declareStorage(stmt, application.scope, application.storage, {});
  case StmtKind::Cost:
  case StmtKind::Traffic: return true; // evaluated when a convention asks
  default: reportMisplaced(stmt, "an operator"); return false;
  }
}

/// `linear(x, out: V, w: table)`: the weight is another one's; its shape must be what the operator declares.
bool Checker::tieWeight(OpApplication &application, const ast::Stmt *stmt, const ast::Ident &name,
                        const Argument &argument) {
  if (!argument.value.isTensor()) {
    error(DiagId::TypeMismatch, argument.expr->range,
          {"weight " + quoted(text(name.name)), "a tensor", show(argument.value)});
    return false;
  }
  auto wanted = toShape(stmt->type->shape, {&application.scope}, "a dimension");
  if (!wanted) return false;
  const Tensor *given = argument.value.tensor;
  if (reapplying_) given = makeTensor(*wanted, given->role, Tensor::Origin::Operand, given->range); // its part of it
  bool same = wanted->size() == given->shape.size();
  for (size_t i = 0; same && i < wanted->size(); ++i)
    same = facts_->equal((*wanted)[i], given->shape[i]) == Truth::True;
  if (!same) {
    error(DiagId::ShapeMismatch, argument.expr->range,
          {"weight " + quoted(text(name.name)) + " of " + quoted(text(application.op->name.name)), show(given->shape),
           show(*wanted)})
        .note(stmt->range, "it is declared here");
    return false;
  }
  const Tensor *standIn = makeTensor(given->shape, given->role, Tensor::Origin::Operand, given->range);
  application.tied.push_back(standIn);
  application.scope.set(name.name, tensorValue(standIn));
  return true;
}

bool Checker::setProperty(OpApplication &application, const ast::Stmt *stmt) {
  std::string_view name = text(stmt->names[0].name);
  const ast::Expr *expr = stmt->value.expr;
  if (name != "alias" && name != "inplace" && name != "fuse" && name != "category" && name != "whole" &&
      name != "partial") {
    error(DiagId::UnknownProperty, stmt->names[0].range, {std::string(name)});
    return false;
  }
  if (name == "whole" || name == "partial") return checkDimList(application.op, expr, name); // shard/ reads them
  if (name == "category") {
    if (expr->kind == ast::ExprKind::String) return application.category = expr->string, true;
    error(DiagId::BadProperty, expr->range, {"a category is a string"});
    return false;
  }
  Value value = eval(expr, {&application.scope});
  if (value.isError()) return false;
  if (name == "fuse") {
    auto on = decide(value, expr->range);
    if (on) application.fuse = *on;
    return on.has_value();
  }
  if (value.kind == ValueKind::None) return true;
  int operand = -1;
  for (size_t i = 0; value.isTensor() && i < application.operands.size(); ++i)
    if (application.operands[i] == value.tensor) operand = static_cast<int>(i);
  bool state =
      value.isTensor() && llvm::any_of(application.storage, [&](const Storage &s) { return s.tensor == value.tensor; });
  if (operand < 0 && !(state && name == "alias")) {
    error(DiagId::BadProperty, expr->range,
          {quoted(name) + " names an operand" + (name == "alias" ? " or a state" : "")});
    return false;
  }
  if (name == "inplace") application.inplaceOf = operand;
  else if (state) application.aliasState = true;
  else application.aliasOf = operand;
  return true;
}

/// `whole = D`, `whole = [Sk, N[axis]]` name dims of the signature; `partial = x`, `partial = [a, b]` operands.
bool Checker::checkDimList(const ast::Item *op, const ast::Expr *expr, std::string_view property) {
  auto isOne = [&](const ast::Expr *each) {
    bool whole = property == "whole";
    if (whole && each->kind == ast::ExprKind::Index) each = each->operands[0];
    if (each->kind != ast::ExprKind::Name) return false;
    NameId name = each->name.name;
    bool dim = llvm::any_of(op->generics, [&](const ast::Generic &g) { return g.name.name == name; });
    bool param = llvm::any_of(op->params, [&](const ast::Param &p) {
      return p.name.name == name && (whole || p.type->kind == ast::TypeKind::Tensor);
    });
    return (whole && dim) || param;
  };
  bool fine = expr->kind == ast::ExprKind::List
                  ? llvm::all_of(expr->elements, [&](const ast::Element &e) { return isOne(e.expr); })
                  : isOne(expr);
  if (!fine)
    error(DiagId::BadProperty, expr->range,
          {quoted(property) + (property == "whole" ? " names dims of the signature" : " names operands")});
  return fine;
}

/// `weight w: [out, K] when bias`, of an operator or a module.
bool Checker::declareStorage(const ast::Stmt *stmt, Scope &scope, std::vector<Storage> &into, std::string_view) {
  StorageKind kind = stmt->kind == StmtKind::Weight  ? StorageKind::Weight
                     : stmt->kind == StmtKind::State ? StorageKind::State
                                                     : StorageKind::Scratch;
  Env env{&scope};
  std::string_view label = source(stmt->label->range);
  NameId name = intern(label);
  if (stmt->guard) {
    Value guard = eval(stmt->guard, env);
    auto wanted = decide(guard, stmt->guard->range);
    if (!wanted) return false;
    if (!*wanted) return scope.set(name, noneValue()), true;
  }
  if (stmt->type->kind != ast::TypeKind::Tensor) {
    error(DiagId::TypeMismatch, stmt->type->range, {"storage", "a shape", quoted(show(stmt->type))});
    return false;
  }
  scope.set(name, errorValue()); // until it is known to be right
  RoleId usual = kind == StorageKind::Weight ? weightRole_ : kind == StorageKind::State ? stateRole_ : actRole_;
  auto role = roleOf(stmt->type->name, usual);
  auto dims = toShape(stmt->type->shape, env, "a dimension");
  if (!role || !dims) return false;
  if (kind == StorageKind::Weight && !checkWeightShape(*dims, label, stmt->range)) return false;
  const Tensor *tensor = makeTensor(*dims, *role, Tensor::Origin::Owned, stmt->range);
  into.push_back({kind, keepText(label), tensor, stmt->range});
  scope.set(name, tensorValue(tensor));
  return true;
}

/// A weight's size is fixed with the model: no input of the job may reach it.
bool Checker::checkWeightShape(llvm::ArrayRef<ExprId> dims, std::string_view label, SrcRange range) {
  if (!model_) return true;
  for (ExprId dim : dims)
    for (const Input &input : model_->inputs)
      if (!input.ofBuild && input.symbol && pool_.dependsOn(dim, *input.symbol)) {
        error(DiagId::WeightVaries, range, {std::string(label), std::string(text(input.field->name.name))})
            .note(input.field->range, "the input is declared here")
            .hint("its shape is " + show(dims) +
                  "; what a model is built with is a field of the pipeline's second parameter");
        return false;
      }
  return true;
}

/// A dimension that may come out below 1 for some workload is a condition of the program.
void Checker::checkResultDim(ExprId dim, const ast::Item *op, SrcRange call) {
  ExprId above = pool_.sub(dim, pool_.constant(1));
  Truth truth = facts_->nonNeg(above);
  if (truth == Truth::True) return;
  std::string what = op ? "a result dimension of " + quoted(text(op->name.name)) : "this dimension";
  if (truth == Truth::False) {
    if (pool_.asConstant(dim)) error(DiagId::NotPositive, call, {what, show(dim), "1"});
    return;
  }
  if (mayDeferGuard(above))
    addGuard(GuardKind::Require, pool_.nonNeg(above), what + " would be less than 1: " + show(dim), call);
}

bool Checker::makeResults(OpApplication &application, SrcRange call) {
  const ast::Item *op = application.op;
  Env env{&application.scope};
  for (const ast::Result &result : op->results) {
    if (result.type->kind != ast::TypeKind::Tensor) {
      error(DiagId::TypeMismatch, result.type->range,
            {"the result of an operator", "a shape", quoted(show(result.type))});
      return false;
    }
    // A renaming keeps its operand's role: a slice of a cache is still one.
    const Tensor *renamed =
        application.aliasOf >= 0 ? application.operands[static_cast<size_t>(application.aliasOf)] : nullptr;
    auto role = roleOf(result.type->name, renamed ? renamed->role : actRole_);
    auto dims = toShape(result.type->shape, env, "a dimension");
    if (!role || !dims) return false;
    for (ExprId dim : *dims) checkResultDim(dim, op, call);
    const Tensor *tensor = makeTensor(*dims, *role, Tensor::Origin::Result, result.type->range);
    application.results.push_back(tensor);
    if (result.name) application.scope.set(result.name.name, tensorValue(tensor));
  }
  return true;
}

static Value resultValue(llvm::ArrayRef<const Tensor *> results,
                         llvm::function_ref<Value(llvm::ArrayRef<Value>)> list) {
  if (results.size() == 1) return tensorValue(results[0]);
  llvm::SmallVector<Value> values;
  for (const Tensor *tensor : results) values.push_back(tensorValue(tensor));
  return list(values);
}

Value Checker::instantiate(const OpApplication *application, const Arguments &arguments, Env env, const ast::Expr *call,
                           const ast::Label *label, NameId bindName) {
  OpNode node;
  node.application = application;
  node.range = call->range;
  node.label = makeLabel(label, bindName, application->op->name.name, env, call->range);
  for (size_t i = 0; i < application->op->params.size(); ++i) {
    if (application->op->params[i].type->kind != ast::TypeKind::Tensor) continue;
    const Value &value = arguments.byParam[i].value;
    node.operands.push_back(arguments.byParam[i].given && value.isTensor() ? value.tensor : nullptr);
  }
  for (const ast::Stmt *stmt : application->op->body) // ties in the order of the application's
    if (stmt->kind == StmtKind::Weight)
      for (const auto &[name, argument] : arguments.extra)
        if (stmt->label->segments[0].text == text(name.name)) node.tied.push_back(argument.value.tensor);
  for (const Storage &storage : application->storage)
    if (storage.kind == StorageKind::State)
      node.states.push_back(
          makeTensor(storage.tensor->shape, storage.tensor->role, Tensor::Origin::Owned, call->range));
  for (const Tensor *result : application->results) {
    const Tensor *alias = nullptr;
    if (application->aliasOf >= 0) alias = node.operands[static_cast<size_t>(application->aliasOf)];
    else if (application->aliasState && !node.states.empty()) alias = node.states[0];
    node.results.push_back(makeTensor(result->shape, result->role, Tensor::Origin::Result, call->range, alias));
  }
  Value value = resultValue(node.results, [&](llvm::ArrayRef<Value> values) { return makeList(values); });
  env.frame->region->nodes.emplace_back(std::move(node));
  return value;
}

} // namespace mdl::sema
