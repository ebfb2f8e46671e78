//===- Arena.cpp - Values that live as long as the model ------------------===//
#include "Check.h"

namespace mdl::sema {

template <class T> llvm::ArrayRef<T> Checker::keep(llvm::ArrayRef<T> values) {
  if (values.empty()) return {};
  T *to = arena_.Allocate<T>(values.size());
  std::uninitialized_copy(values.begin(), values.end(), to);
  return {to, values.size()};
}
template llvm::ArrayRef<Value> Checker::keep(llvm::ArrayRef<Value>);
template llvm::ArrayRef<uint64_t> Checker::keep(llvm::ArrayRef<uint64_t>);
template llvm::ArrayRef<ExprId> Checker::keep(llvm::ArrayRef<ExprId>);
template llvm::ArrayRef<MapEntry> Checker::keep(llvm::ArrayRef<MapEntry>);
template llvm::ArrayRef<LabelSegment> Checker::keep(llvm::ArrayRef<LabelSegment>);

Shape Checker::internShape(llvm::ArrayRef<ExprId> dims) {
  if (auto known = shapes_.find(dims); known != shapes_.end()) return known->second;
  Shape kept = keep(dims);
  shapes_[kept] = kept;
  return kept;
}

const Tensor *Checker::makeTensor(Shape shape, RoleId role, Tensor::Origin origin, SrcRange range,
                                  const Tensor *alias) {
  return new (arena_.Allocate<Tensor>()) Tensor{internShape(shape), role, alias, origin, range};
}

Value Checker::makeList(llvm::ArrayRef<Value> elements) {
  if (!spend(elements.size(), {})) return errorValue();
  Value value;
  value.kind = ValueKind::List;
  value.list = new (arena_.Allocate<ListValue>()) ListValue{keep(elements)};
  return value;
}

std::string_view Checker::keepText(std::string_view from) { return syntax_.string(from); }

/// Appends what tells a value from others: two values are the same iff their keys are.
void Checker::addKey(Key &key, const Value &value) const {
  key.push_back(static_cast<uint64_t>(value.kind));
  switch (value.kind) {
  case ValueKind::Error:
  case ValueKind::None: return;
  case ValueKind::Number:
  case ValueKind::Unit:
    key.push_back(uint64_t{value.number.index} << 32 | value.unit.index << 1 | (value.boolean ? 1u : 0u));
    return;
  case ValueKind::Range:
    key.push_back(uint64_t{value.number.index} << 32 | value.end.index);
    key.push_back(value.inclusive);
    return;
  case ValueKind::String: key.push_back(intern(*value.string).index); return;
  case ValueKind::Case:
    key.push_back(reinterpret_cast<uintptr_t>(value.enumeration));
    key.push_back(value.position);
    return;
  case ValueKind::Tensor: // shapes are interned: the address is the identity
    key.push_back(reinterpret_cast<uintptr_t>(value.tensor->shape.data()));
    key.push_back(value.tensor->shape.size() << 16 | value.tensor->role.index);
    return;
  case ValueKind::List:
    key.push_back(value.list->elements.size());
    for (const Value &element : value.list->elements) addKey(key, element);
    return;
  case ValueKind::Record:
    key.push_back(reinterpret_cast<uintptr_t>(value.record->schema));
    for (const Value &each : value.record->fields) addKey(key, each);
    return;
  case ValueKind::Map:
    key.push_back(value.map->entries.size());
    for (const MapEntry &entry : value.map->entries) key.push_back(entry.key.index), addKey(key, entry.value);
    return;
  }
}

bool Checker::sameValue(const Value &a, const Value &b) const {
  Key left, right;
  addKey(left, a), addKey(right, b);
  return left == right;
}

Value Checker::fresh(const Value &value, Tensor::Origin origin, std::vector<const Tensor *> &made) {
  if (value.isTensor()) {
    const Tensor *tensor = makeTensor(value.tensor->shape, value.tensor->role, origin, value.tensor->range);
    made.push_back(tensor);
    return tensorValue(tensor);
  }
  if (!value.isList()) return value;
  llvm::SmallVector<Value> elements;
  for (const Value &element : value.list->elements) elements.push_back(fresh(element, origin, made));
  return makeList(elements);
}

void Checker::collectTensors(const Value &value, std::vector<const Tensor *> &into) const {
  if (value.isTensor()) into.push_back(value.tensor);
  if (value.isList())
    for (const Value &element : value.list->elements) collectTensors(element, into);
}

//===--- Text ----------------------------------------------------------------===//

std::string Checker::show(Shape shape) const {
  std::string text = "[";
  for (ExprId dim : shape) text += (text.size() > 1 ? ", " : "") + show(dim);
  return text + "]";
}

std::string Checker::showQuantity(const Value &value) const {
  std::string text = show(value.number);
  return value.unit.isPlain() ? text : text + " " + units_.print(value.unit);
}

static std::string joined(llvm::ArrayRef<std::string> parts) {
  std::string text;
  for (const std::string &part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string Checker::show(const Value &value) const {
  switch (value.kind) {
  case ValueKind::Error: return "an error";
  case ValueKind::None: return "`none`";
  case ValueKind::Number:
    if (auto constant = pool_.asConstant(value.number); constant && value.boolean)
      return constant->isZero() ? "`false`" : "`true`";
    return "`" + showQuantity(value) + "`";
  case ValueKind::String: return "\"" + std::string(*value.string) + "\"";
  case ValueKind::Case: return "`" + std::string(text(value.enumeration->cases[value.position].name.name)) + "`";
  case ValueKind::List: {
    std::vector<std::string> parts;
    for (const Value &element : value.list->elements) parts.push_back(show(element));
    return "the list [" + joined(parts) + "]";
  }
  case ValueKind::Record: return "a `" + std::string(text(value.record->schema->name.name)) + "`";
  case ValueKind::Map: return "a map";
  case ValueKind::Tensor: return "a tensor `" + show(value.tensor->shape) + "`";
  case ValueKind::Range:
    return "the range `" + show(value.number) + (value.inclusive ? "..=" : "..") + show(value.end) + "`";
  case ValueKind::Unit: return "the unit `" + units_.print(value.unit) + "`";
  }
  return {};
}

} // namespace mdl::sema
