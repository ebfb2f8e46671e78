//===- Builtins.cpp - Functions that the language itself has --------------===//
#include "Check.h"

namespace mdl::sema {

namespace {
enum class Builtin {
  Prod,
  Sum,
  Min,
  Max,
  Abs,
  Len,
  Fill,
  Reversed,
  Last,
  Front,
  Replace,
  Floor,
  Ceil,
  Zeros,
  Indices,
  Argmin,
  Elements,
  Broadcast,
  All,
  Any
};
struct BuiltinInfo {
  std::string_view name;
  Builtin which;
  unsigned least, most;
};
// The one list of built-in functions.
constexpr BuiltinInfo kBuiltins[] = {
    {"prod", Builtin::Prod, 1, 1},     {"sum", Builtin::Sum, 1, 1},           {"min", Builtin::Min, 1, 64},
    {"max", Builtin::Max, 1, 64},      {"abs", Builtin::Abs, 1, 1},           {"len", Builtin::Len, 1, 1},
    {"fill", Builtin::Fill, 2, 2},     {"reversed", Builtin::Reversed, 1, 1}, {"last", Builtin::Last, 1, 1},
    {"front", Builtin::Front, 1, 1},   {"replace", Builtin::Replace, 3, 3},   {"floor", Builtin::Floor, 1, 1},
    {"ceil", Builtin::Ceil, 1, 1},     {"zeros", Builtin::Zeros, 1, 1},       {"indices", Builtin::Indices, 1, 1},
    {"argmin", Builtin::Argmin, 1, 1}, {"elements", Builtin::Elements, 1, 1}, {"broadcast", Builtin::Broadcast, 2, 2},
    {"all", Builtin::All, 1, 1},       {"any", Builtin::Any, 1, 1},
};
const BuiltinInfo *findBuiltin(std::string_view name) {
  for (const BuiltinInfo &info : kBuiltins)
    if (info.name == name) return &info;
  return nullptr;
}
} // namespace

bool Checker::isBuiltin(NameId name) const { return text(name) == "given" || findBuiltin(text(name)); }

Value Checker::evalBuiltin(const ast::Expr *call, Env env) {
  const ast::Expr *callee = call->operands[0];
  std::string_view name = text(callee->name.name);
  if (name == "given") return evalGiven(call, env);
  const BuiltinInfo &info = *findBuiltin(name);
  if (call->args.size() < info.least || call->args.size() > info.most) {
    std::string wanted = std::to_string(info.least) + (info.most > info.least ? " or more" : "");
    error(DiagId::TooManyArguments, callee->range, {std::string(name), wanted, std::to_string(call->args.size())});
    return errorValue();
  }
  llvm::SmallVector<Value> args;
  for (const ast::Arg &arg : call->args) {
    if (arg.name) {
      error(DiagId::UnknownParameter, arg.name.range,
            {std::string(name), std::string(text(arg.name.name)), "positional arguments only"});
      return errorValue();
    }
    args.push_back(eval(arg.value.expr, env));
    if (args.back().isError()) return errorValue();
  }
  SrcRange first = call->args[0].value.expr->range;
  auto wantList = [&](size_t i) {
    if (args[i].isTensor()) {
      llvm::SmallVector<Value> dims;
      for (ExprId dim : args[i].tensor->shape) dims.push_back(numberValue(dim));
      args[i] = makeList(dims);
    }
    if (args[i].isList()) return true;
    if (!wantGiven(args[i], call->args[i].value.expr->range)) return false;
    error(DiagId::TypeMismatch, call->args[i].value.expr->range,
          {"`" + std::string(name) + "`", "a list", show(args[i])});
    return false;
  };
  switch (info.which) {
  case Builtin::Prod:
  case Builtin::Sum:
  case Builtin::All:
  case Builtin::Any:
  case Builtin::Argmin: return wantList(0) ? foldValues(name, args[0].list->elements, call, first) : errorValue();
  case Builtin::Min:
  case Builtin::Max:
    if (args.size() == 1) return wantList(0) ? foldValues(name, args[0].list->elements, call, first) : errorValue();
    return foldValues(name, args, call, first);
  case Builtin::Abs:
    if (!wantNumber(args[0], "`abs`", first)) return errorValue();
    return numberValue(pool_.max({args[0].number, pool_.negate(args[0].number)}), args[0].unit);
  case Builtin::Len:
    return wantList(0) ? numberValue(pool_.constant(Int(args[0].list->elements.size()))) : errorValue();
  case Builtin::Fill: {
    auto count = toConstant(args[1], "the length of `fill`", call->args[1].value.expr->range, 0, 1'000'000);
    return count ? makeList(llvm::SmallVector<Value>(static_cast<size_t>(*count), args[0])) : errorValue();
  }
  case Builtin::Reversed: {
    if (!wantList(0)) return errorValue();
    llvm::SmallVector<Value> elements(llvm::reverse(args[0].list->elements));
    return makeList(elements);
  }
  case Builtin::Last:
  case Builtin::Front:
    if (!wantList(0)) return errorValue();
    if (args[0].list->elements.empty()) {
      error(DiagId::IndexOutOfRange, first, {"-1", "0"});
      return errorValue();
    }
    return info.which == Builtin::Last ? args[0].list->elements.back() : makeList(args[0].list->elements.drop_back());
  case Builtin::Replace: {
    if (!wantList(0)) return errorValue();
    llvm::SmallVector<Value> elements(args[0].list->elements);
    auto at = toConstant(args[1], "the position in `replace`", call->args[1].value.expr->range, 0, int64_t{1} << 30);
    if (!at) return errorValue();
    if (static_cast<size_t>(*at) >= elements.size()) {
      error(DiagId::IndexOutOfRange, call->args[1].value.expr->range,
            {std::to_string(*at), std::to_string(elements.size())});
      return errorValue();
    }
    elements[static_cast<size_t>(*at)] = args[2];
    return makeList(elements);
  }
  case Builtin::Floor:
  case Builtin::Ceil:
    if (!wantNumber(args[0], "`" + std::string(name) + "`", first)) return errorValue();
    return number(info.which == Builtin::Floor ? pool_.floor(args[0].number) : pool_.ceil(args[0].number), args[0].unit,
                  call->range);
  case Builtin::Zeros:
  case Builtin::Indices: {
    if (!wantList(0)) return errorValue();
    llvm::SmallVector<ExprId> dims;
    for (const Value &each : args[0].list->elements) {
      auto dim = toCount(each, "a dimension", first);
      if (!dim) return errorValue();
      checkResultDim(*dim, nullptr, first);
      dims.push_back(*dim);
    }
    return tensorValue(
        makeTensor(dims, info.which == Builtin::Zeros ? actRole_ : indexRole_, Tensor::Origin::Input, call->range));
  }
  case Builtin::Elements: {
    if (!wantGiven(args[0], first)) return errorValue();
    if (!args[0].isTensor()) {
      error(DiagId::TypeMismatch, first, {"`elements`", "a tensor", show(args[0])});
      return errorValue();
    }
    return number(pool_.mul(args[0].tensor->shape), {}, call->range);
  }
  case Builtin::Broadcast: return wantList(0) && wantList(1) ? broadcastShapes(args[0], args[1], call) : errorValue();
  }
  return errorValue();
}

/// `given(x)`: was the optional operand passed?
/// `given(bias)`, `given(peak[fp8])`: is an optional operand, field or entry there?
Value Checker::evalGiven(const ast::Expr *call, Env env) {
  if (call->args.size() == 1 && call->args[0].value.expr->kind == ast::ExprKind::Index) {
    const ast::Expr *index = call->args[0].value.expr;
    Value map = eval(index->operands[0], env);
    const ast::Expr *key = index->operands[1];
    if (map.isError()) return map;
    if (map.kind == ValueKind::Map && key->kind == ast::ExprKind::Name)
      return boolValue(pool_.constant(
          llvm::any_of(map.map->entries, [&](const MapEntry &entry) { return entry.key == key->name.name; }) ? 1 : 0));
  }
  if (call->args.size() != 1 || call->args[0].value.expr->kind != ast::ExprKind::Name) {
    error(DiagId::BadArgument, call->range, {"`given` takes the name of an optional operand"});
    return errorValue();
  }
  Value value = eval(call->args[0].value.expr, env);
  if (value.isError()) return value;
  return boolValue(pool_.constant(value.kind == ValueKind::None ? 0 : 1));
}

/// The shape that two shapes broadcast to, as torch does: aligned at the last axis.
Value Checker::broadcastShapes(const Value &a, const Value &b, const ast::Expr *call) {
  auto left = a.list->elements, right = b.list->elements;
  if (left.size() < right.size()) std::swap(left, right);
  llvm::SmallVector<Value> dims(left);
  size_t offset = left.size() - right.size();
  ExprId one = pool_.constant(1);
  for (size_t i = 0; i < right.size(); ++i) {
    Value &dim = dims[offset + i];
    if (right[i].number == one || facts_->equal(dim.number, right[i].number) == Truth::True) continue;
    if (dim.number == one) {
      dim = right[i];
      continue;
    }
    error(DiagId::BroadcastMismatch, call->range, {"2", "broadcast", show(b), show(a)});
    return errorValue();
  }
  return makeList(dims);
}

Value Checker::foldValues(std::string_view name, llvm::ArrayRef<Value> values, const ast::Expr *at, SrcRange range) {
  if (name == "argmin") return argMin(values, at);
  for (const Value &value : values)
    if (!wantNumber(value, "`" + std::string(name) + "`", range)) return errorValue();
  bool product = name == "prod" || name == "all", logic = name == "all" || name == "any";
  if (values.empty()) {
    if (name == "min" || name == "max") {
      error(DiagId::BadArgument, range, {"`" + std::string(name) + "` of no values"});
      return errorValue();
    }
    Value none = numberValue(pool_.constant(product ? 1 : 0));
    none.boolean = logic;
    return none;
  }
  Value result = values[0];
  llvm::SmallVector<ExprId> numbers{result.number};
  for (Value value : values.drop_front()) {
    if (product) result.unit = units_.multiply(result.unit, value.unit);
    else if (!agreeUnits(name == "sum" ? "add" : "compare", at, result, value)) return errorValue();
    numbers.push_back(value.number);
  }
  ExprId folded = numbers[0];
  if (name == "sum") folded = pool_.add(numbers);
  else if (product) folded = pool_.mul(numbers);
  else if (name == "max") folded = pool_.max(numbers);
  else if (name == "min") folded = pool_.min(numbers);
  else
    for (ExprId each : llvm::ArrayRef<ExprId>(numbers).drop_front()) folded = pool_.logicalOr(folded, each);
  Value value = number(folded, result.unit, range);
  value.boolean = logic;
  return value;
}

/// The position of the smallest key, or of the lexicographically smallest list of keys; the first of equals.
Value Checker::argMin(llvm::ArrayRef<Value> rows, const ast::Expr *at) {
  llvm::SmallVector<ExprId> keys;
  size_t length = 0;
  for (const Value &row : rows) {
    llvm::ArrayRef<Value> parts(row);
    if (row.isList()) parts = row.list->elements;
    if (length == 0) length = parts.size();
    if (parts.size() != length || length == 0) {
      error(DiagId::BadArgument, at->range, {"`argmin` compares keys of one length"});
      return errorValue();
    }
    for (const Value &part : parts) {
      if (!wantNumber(part, "`argmin`", at->range)) return errorValue();
      keys.push_back(part.number);
    }
  }
  if (rows.empty()) {
    error(DiagId::BadArgument, at->range, {"`argmin` of no values"});
    return errorValue();
  }
  return number(pool_.argMin(keys, static_cast<unsigned>(length)), {}, at->range);
}

} // namespace mdl::sema
