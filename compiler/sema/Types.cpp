//===- Types.cpp - Does a value have a type? ------------------------------===//
// There is no conversion but three: an integer is a real, a counting unit is
// dropped where a plain count is wanted (and taken on where it is wanted), and a
// list of dims is a shape.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

std::string Checker::show(const ast::Type *type) {
  std::string out;
  switch (type->kind) {
  case ast::TypeKind::Named: return std::string(text(type->name.name));
  case ast::TypeKind::Applied:
    for (const ast::Type *arg : type->args) out += (out.empty() ? "" : ", ") + show(arg);
    return std::string(text(type->name.name)) + "<" + out + ">";
  case ast::TypeKind::Tensor: return std::string(text(type->name.name)) + "[...]";
  }
  return out;
}

const ast::Item *Checker::enumOf(const ast::Type *type) {
  if (type->kind != ast::TypeKind::Named) return nullptr;
  const ast::Item *item = library_.find(type->name.name, type->range);
  return item && item->kind == ast::ItemKind::Enum ? item : nullptr;
}

namespace {
/// The number types and the lower bound that each states.
struct NumberType {
  std::string_view name;
  bool integer;
  std::optional<int> lo;
};
constexpr NumberType kNumberTypes[] = {
    {"size", true, 1}, {"nat", true, 0}, {"int", true, {}}, {"real", false, {}}, {"bool", true, 0}};
const NumberType *numberType(std::string_view name) {
  for (const NumberType &type : kNumberTypes)
    if (type.name == name) return &type;
  return nullptr;
}
} // namespace

/// The unit in `real<B/s>` or `size<frame>`; plain without one.
UnitId Checker::unitOf(const ast::Type *type) {
  if (type->kind != ast::TypeKind::Applied) return {};
  Scope scope;
  if (type->unit) {
    Value value = eval(type->unit, {&scope});
    return value.isNumber() ? value.unit : UnitId{};
  }
  if (type->args.size() != 1 || type->args[0]->kind != ast::TypeKind::Named) return {};
  const ast::Item *item = library_.find(type->args[0]->name.name, type->range);
  if (item && item->kind == ast::ItemKind::Unit) return evalUnit(item).unit;
  error(DiagId::UnknownUnit, type->args[0]->range, {show(type->args[0])});
  return {};
}

Value Checker::coerce(Value value, const ast::Type *type, std::string_view what, SrcRange range, Env env) {
  if (value.isError()) return value;
  if (type->kind == ast::TypeKind::Tensor) return value; // operands are unified, not coerced
  if (numberType(text(type->name.name))) return coerceNumber(value, type, what, range);
  if (type->kind == ast::TypeKind::Applied) return coerceApplied(value, type, what, range, env);
  return coerceNamed(value, type, what, range);
}

Value Checker::coerceNumber(Value value, const ast::Type *type, std::string_view what, SrcRange range) {
  const NumberType &wanted = *numberType(text(type->name.name));
  if (!value.isNumber() || (wanted.name == "bool" && !value.boolean)) {
    error(DiagId::TypeMismatch, range, {std::string(what), "a `" + show(type) + "`", show(value)})
        .note(type->range, "the type is declared here");
    return errorValue();
  }
  UnitId unit = unitOf(type);
  bool fits = value.unit == unit || (value.unit.isPlain() && units_.isCounting(unit)) ||
              (unit.isPlain() && units_.isCounting(value.unit));
  if (!fits) {
    std::string found =
        value.unit.isPlain() ? "the plain number `" + show(value.number) + "`" : "`" + showQuantity(value) + "`";
    error(DiagId::UnitWanted, range, {std::string(what), unit.isPlain() ? "a plain number" : units_.print(unit), found})
        .note(type->range, "the type is declared here");
    return errorValue();
  }
  value.unit = unit;
  if (wanted.integer && !facts_->isInteger(value.number)) {
    error(DiagId::NotInteger, range, {show(value.number)})
        .note(type->range, "`" + show(type) + "` is declared here")
        .hint("state the divisibility that makes it one, for example `require b divides a`");
    return errorValue();
  }
  if (!wanted.lo) return value;
  ExprId above = pool_.sub(value.number, pool_.constant(*wanted.lo));
  if (facts_->nonNeg(above) == Truth::False) {
    error(DiagId::NotPositive, range, {std::string(what), show(value.number), std::to_string(*wanted.lo)})
        .note(type->range, "`" + show(type) + "` is declared here");
    return errorValue();
  }
  return value;
}

Value Checker::coerceNamed(Value value, const ast::Type *type, std::string_view what, SrcRange range) {
  std::string_view name = text(type->name.name);
  auto mismatch = [&](std::string wanted) {
    error(DiagId::TypeMismatch, range, {std::string(what), std::move(wanted), show(value)})
        .note(type->range, "the type is declared here");
    return errorValue();
  };
  if (name == "string") return value.kind == ValueKind::String ? value : mismatch("a string");
  if (name == "shape") return value.isList() ? value : mismatch("a shape");
  const ast::Item *item = library_.find(type->name.name, type->range);
  if (item && item->kind == ast::ItemKind::Record)
    return value.kind == ValueKind::Record && value.record->schema == item ? value
                                                                           : mismatch("a `" + std::string(name) + "`");
  if (item && item->kind == ast::ItemKind::Enum)
    return value.kind == ValueKind::Case && value.enumeration == item
               ? value
               : mismatch("a case of `" + std::string(name) + "`");
  error(DiagId::UnknownType, type->range, {show(type)});
  return errorValue();
}

Value Checker::coerceApplied(Value value, const ast::Type *type, std::string_view what, SrcRange range, Env env) {
  std::string_view name = text(type->name.name);
  if (name == "list" && type->args.size() == 1) {
    if (!value.isList()) {
      error(DiagId::TypeMismatch, range, {std::string(what), "a `" + show(type) + "`", show(value)})
          .note(type->range, "the type is declared here");
      return errorValue();
    }
    llvm::SmallVector<Value> elements;
    for (const Value &element : value.list->elements) {
      elements.push_back(coerce(element, type->args[0], "an element of " + std::string(what), range, env));
      if (elements.back().isError()) return errorValue();
    }
    return makeList(elements);
  }
  if (name == "map" && value.kind == ValueKind::Map) return value;
  error(DiagId::UnknownType, type->range, {show(type)});
  return errorValue();
}

//===--- Roles ---------------------------------------------------------------===//

std::optional<RoleId> Checker::roleOf(const ast::Ident &name, RoleId otherwise) {
  if (!name) return otherwise;
  std::vector<std::string_view> names;
  for (uint16_t i = 0; roles_ && i < roles_->cases.size(); ++i) {
    if (roles_->cases[i].name.name == name.name) return RoleId{i};
    names.push_back(text(roles_->cases[i].name.name));
  }
  auto &diagnostic = error(DiagId::UnknownRole, name.range, {std::string(text(name.name))});
  if (auto near = nearest(text(name.name), names); !near.empty())
    diagnostic.hint("did you mean `" + std::string(near) + "`?");
  return std::nullopt;
}

std::string_view Checker::roleName(RoleId role) const {
  return roles_ && role.index < roles_->cases.size() ? text(roles_->cases[role.index].name.name) : "any";
}

bool Checker::isRole(RoleId role, RoleId ancestor) const {
  while (role != ancestor) {
    uint16_t parent = role.index < roleParent_.size() ? roleParent_[role.index] : role.index;
    if (parent == role.index) return false;
    role.index = parent;
  }
  return true;
}

} // namespace mdl::sema
