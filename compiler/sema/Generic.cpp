//===- Generic.cpp - Declarations by themselves ---------------------------===//
// `mdlc check` promises: every declaration of the file is checked once with a
// symbol for each dimension and each scalar parameter, parameters with a default
// of another kind at that default; both branches of a decision that the symbols
// leave open are looked at. Modules that need a list or a tensor that has no
// default are checked where they are used.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

using ast::ItemKind;

void Checker::checkDeclarations() {
  std::vector<const ast::Item *> items = main_->file->all();
  checkNamesDifferInCase(items);
  for (const ast::Item *item : items) {
    checkDeclaration(item);
    undecided_.reset();
    guards_.clear();
    modules_.clear();
    pending_.clear();
  }
}

void Checker::checkNamesDifferInCase(llvm::ArrayRef<const ast::Item *> items) {
  llvm::StringMap<const ast::Item *> byFolded;
  for (const ast::Item *item : items) {
    if (!item->name || item->kind == ItemKind::Data || item->kind == ItemKind::Import || item->kind == ItemKind::Extend)
      continue;
    auto [at, isNew] = byFolded.try_emplace(llvm::StringRef(text(item->name.name)).lower(), item);
    if (!isNew && at->second->name.name != item->name.name)
      error(DiagId::NamesDifferInCase, item->name.range,
            {std::string(text(at->second->name.name)), std::string(text(item->name.name))})
          .note(at->second->name.range, "the other is here");
  }
}

void Checker::checkDeclaration(const ast::Item *item) {
  switch (item->kind) {
  case ItemKind::Import: break;
  case ItemKind::Op:
  case ItemKind::Module:
  case ItemKind::Fn: checkGeneric(item); break;
  case ItemKind::Extend: checkExtend(item); break;
  case ItemKind::Pipeline: (void)elaborate(item, {}); break;
  case ItemKind::Record: checkRecord(item); break;
  case ItemKind::Enum: checkEnum(item); break;
  case ItemKind::Const: (void)evalConst(item); break;
  case ItemKind::Unit: (void)evalUnit(item); break;
  case ItemKind::Data: checkData(item); break;
  }
}

void Checker::checkExtend(const ast::Item *item) {
  const ast::Item *op = library_.find(item->name.name, item->range);
  if (op && op->kind == ItemKind::Op) return checkGeneric(op);
  error(DiagId::UnknownCallee, item->name.range, {std::string(text(item->name.name))})
      .hint("`extend` adds rules to an operator");
}

void Checker::checkEnum(const ast::Item *item) {
  for (size_t i = 0; i < item->cases.size(); ++i)
    for (size_t k = 0; k < i; ++k)
      if (item->cases[k].name.name == item->cases[i].name.name)
        error(DiagId::DuplicateName, item->cases[i].name.range, {std::string(text(item->cases[i].name.name))})
            .note(item->cases[k].name.range, "the first is here");
}

/// Fields have types that exist, defaults that fit, and ranges that hold their defaults.
void Checker::checkRecord(const ast::Item *item) {
  Scope scope;
  for (const ast::Field &field : item->fields) {
    if (scope.findHere(field.name.name)) {
      error(DiagId::DuplicateName, field.name.range, {std::string(text(field.name.name))});
      continue;
    }
    std::optional<Value> value = genericValue(field.type, text(field.name.name), 0);
    if (field.defaultValue && field.defaultValue->kind != ast::ExprKind::None) {
      Value given =
          coerce(evalExpected(field.defaultValue, {&scope}, field.type), field.type,
                 "the default of `" + std::string(text(field.name.name)) + "`", field.defaultValue->range, {&scope});
      if (field.allowed && !given.isError()) (void)makeInput(field);
      if (!value) value = given;
    }
    scope.set(field.name.name, value ? *value : errorValue());
  }
  for (const ast::Stmt *stmt : item->body) {
    Value value = eval(stmt->expr, {&scope});
    if (!value.isError() && wantNumber(value, "a condition", stmt->expr->range) && stmt->kind == ast::StmtKind::Require)
      facts_->assume(value.number); // the statements below it may rely on it
    undecided_.reset();
  }
}

void Checker::checkData(const ast::Item *item) {
  static const NameId kWorkload = intern("workload");
  NameId schemaName = item->schema ? item->schema.name : item->dataKind.name;
  SrcRange at = item->schema ? item->schema.range : item->dataKind.range;
  const ast::Item *schema = library_.find(schemaName, item->range);
  if (!schema || schema->kind != ItemKind::Record) {
    if (item->dataKind.name == kWorkload && !item->schema) {
      error(DiagId::MissingField, item->name.range, {"a workload", ": JobRecord"})
          .hint("write `workload " + std::string(text(item->name.name)) + " : JobRecord { ... }`");
      return;
    }
    auto &diagnostic = error(DiagId::UnknownKind, at, {std::string(text(schemaName))});
    if (auto near = nearest(text(schemaName), library_.visibleNames(item->range)); !near.empty())
      diagnostic.hint("did you mean `" + std::string(near) + "`?");
    return;
  }
  if (item->dataKind.name == kWorkload) return checkWorkload(item, schema);
  (void)evalData(item, schema);
}

void Checker::checkWorkload(const ast::Item *item, const ast::Item *job) {
  for (size_t i = 0; i < item->entries.size(); ++i) {
    const ast::Entry &entry = item->entries[i];
    const ast::Field *field = nullptr;
    std::vector<std::string_view> names;
    for (const ast::Field &each : job->fields) {
      names.push_back(text(each.name.name));
      if (each.name.name == entry.name.name) field = &each;
    }
    if (!field) {
      auto &diagnostic = error(DiagId::UnknownField, entry.name.range,
                               {"`" + std::string(text(job->name.name)) + "`", std::string(text(entry.name.name))});
      if (auto near = nearest(text(entry.name.name), names); !near.empty())
        diagnostic.hint("did you mean `" + std::string(near) + "`?");
      continue;
    }
    for (size_t k = 0; k < i; ++k)
      if (item->entries[k].name.name == entry.name.name)
        error(DiagId::DuplicateField, entry.range, {std::string(text(entry.name.name))});
    auto input = makeInput(*field);
    if (!input) continue;
    auto value = settingValue({std::string(text(entry.name.name)), entry.expr, entry.expr->range}, *input);
    if (value) (void)checkInRange(*input, *value, entry.expr->range);
  }
}

//===--- Operators, modules and functions with symbols ------------------------------===//

/// A value of a type that stands for all of them; nullopt where there is none (lists, strings).
std::optional<Value> Checker::genericValue(const ast::Type *type, std::string_view name, unsigned depth) {
  if (type->kind == ast::TypeKind::Tensor || depth > 8) return std::nullopt;
  std::string_view kind = text(type->name.name);
  if (kind == "size" || kind == "nat" || kind == "int" || kind == "real" || kind == "bool") {
    expr::SymbolInfo info{std::string(name), {}, {}, kind != "real"};
    if (kind == "size") info.lo = pool_.constant(1);
    if (kind == "nat" || kind == "bool") info.lo = pool_.constant(0);
    if (kind == "bool") info.hi = pool_.constant(1);
    Value value = numberValue(pool_.symbol(pool_.addSymbol(std::move(info))), unitOf(type));
    value.boolean = kind == "bool";
    return value;
  }
  const ast::Item *item = type->kind == ast::TypeKind::Named ? library_.find(type->name.name, type->range) : nullptr;
  if (!item || item->kind != ItemKind::Record) return std::nullopt;
  Scope scope;
  for (const ast::Field &field : item->fields) {
    auto value = genericValue(field.type, std::string(name) + "." + std::string(text(field.name.name)), depth + 1);
    if (!value && !field.defaultValue) return std::nullopt;
    if (value) scope.set(field.name.name, *value);
  }
  Value record = makeRecord(item, scope, item->name.range);
  if (record.isError()) return std::nullopt;
  return record;
}

/// Does the type exist, with what is in its brackets? Reports the first name that does not.
bool Checker::checkType(const ast::Type *type) {
  if (type->kind == ast::TypeKind::Tensor) return true;
  static constexpr std::string_view kKnown[] = {"size",   "nat",   "int",  "real", "bool",
                                                "string", "shape", "list", "map",  "name"};
  std::string_view name = text(type->name.name);
  bool known = llvm::is_contained(kKnown, name);
  if (!known) {
    const ast::Item *item = library_.find(type->name.name, type->range);
    known = item && (item->kind == ItemKind::Record || item->kind == ItemKind::Enum);
    if (!item && library_.isDeclared(type->name.name, type->range)) return false;
  }
  if (!known) {
    error(DiagId::UnknownType, type->name.range, {std::string(name)});
    return false;
  }
  bool container = name == "list" || name == "map";
  return !container || llvm::all_of(type->args, [&](const ast::Type *arg) { return checkType(arg); });
}

/// The dims of an operand's pattern with symbols for its variables: `[B, heads * hd]`.
std::optional<llvm::SmallVector<ExprId>> Checker::genericShape(const ast::Item *item, const ast::Type *type,
                                                               Scope &scope) {
  for (const ast::Element &element : type->shape) {
    if (element.expr->kind != ast::ExprKind::Name) continue;
    bindGenericDim(item, element, scope);
  }
  for (const ast::Element &element : type->shape) // variables inside products
    if (element.expr->kind == ast::ExprKind::Binary)
      for (const ast::Expr *operand : element.expr->operands)
        if (operand->kind == ast::ExprKind::Name) bindGenericDim(item, {operand, false}, scope);
  return toShape(type->shape, {&scope}, "a dimension");
}

void Checker::bindGenericDim(const ast::Item *item, const ast::Element &element, Scope &scope) {
  NameId name = element.expr->name.name;
  for (const ast::Generic &generic : item->generics) {
    if (generic.name.name != name || scope.findHere(name)) continue;
    auto symbol = [&](const std::string &label) {
      return numberValue(pool_.symbol(pool_.addSymbol({label, pool_.constant(1), {}, true})));
    };
    if (generic.spread)
      scope.set(name, makeList({symbol(std::string(text(name)) + "0"), symbol(std::string(text(name)) + "1")}));
    else scope.set(name, symbol(std::string(text(name))));
  }
}

void Checker::checkGeneric(const ast::Item *item) {
  generic_ = true;
  Scope scope;
  Region region;
  Frame frame;
  frame.region = &region;
  Arguments arguments;
  arguments.byParam.resize(item->params.size());
  bool complete = true;
  for (size_t i = 0; i < item->params.size(); ++i) {
    const ast::Param &param = item->params[i];
    if (param.type->kind == ast::TypeKind::Tensor) continue;
    if (!checkType(param.type)) complete = false;
    auto value = genericValue(param.type, text(param.name.name), 0);
    if (!value && !param.defaultValue && !param.optional) complete = false;
    if (!value) continue;
    arguments.byParam[i] = {*value, nullptr, true};
    scope.set(param.name.name, *value);
  }
  if (complete) checkGenericBody(item, arguments, scope, frame);
  if (item->kind == ItemKind::Op) checkRuleNames(item);
  generic_ = false;
}

void Checker::checkGenericBody(const ast::Item *item, Arguments &arguments, Scope &scope, Frame &frame) {
  pending_.push_back({item, &arguments, &scope});
  bool fine = true;
  for (size_t i = 0; fine && i < item->params.size(); ++i) {
    const ast::Param &param = item->params[i];
    if (param.type->kind != ast::TypeKind::Tensor) continue;
    auto dims = genericShape(item, param.type, scope);
    auto role = roleOf(param.type->name, actRole_);
    fine = dims && role;
    if (fine)
      arguments.byParam[i] = {tensorValue(makeTensor(*dims, *role, Tensor::Origin::Operand, param.range)), nullptr,
                              true};
  }
  pending_.pop_back();
  if (!fine || stopped()) return;
  for (const ast::Generic &generic : item->generics)
    if (!scope.findHere(generic.name.name)) {
      error(DiagId::UnboundDim, generic.name.range, {std::string(text(generic.name.name))});
      return;
    }
  ast::Expr callee{ast::ExprKind::Name};
  callee.name = item->name, callee.range = item->name.range;
  const ast::Expr *operands[] = {syntax_.make(callee)};
  ast::Expr call{ast::ExprKind::Call};
  call.operands = syntax_.list<const ast::Expr *>(operands), call.range = item->name.range;
  const ast::Expr *made = syntax_.make(call);
  if (item->kind == ItemKind::Module) (void)makeTemplate(item, made, arguments);
  else if (item->kind == ItemKind::Op) {
    if (OpApplication *application = makeApplication(item, made, arguments)) checkRules(*application);
  } else {
    Scope inner;
    if (bindParameters(item, made, arguments, inner))
      (void)coerce(evalExpected(item->expr, {&inner}, item->type), item->type,
                   "the result of `" + std::string(text(item->name.name)) + "`", item->expr->range, {&inner});
  }
  (void)frame;
}

} // namespace mdl::sema
