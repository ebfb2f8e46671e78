//===- Value.h - What expressions of the language denote --------*- C++ -*-===//
// Values are small, immutable and passed by value; what they point to lives in
// the arena of the checked model. A number is a symbolic expression with a unit;
// a bool is a number that is 0 or 1. `Error` is the value of a mistake that has
// been reported: everything accepts it silently, so one mistake gives one error.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ast/Ast.h"
#include "../expr/Expr.h"
#include "Unit.h"

namespace mdl::expr {
inline llvm::hash_code hash_value(ExprId id) { return llvm::hash_value(id.index); }
} // namespace mdl::expr

namespace mdl::sema {

using expr::ExprId;
using expr::SymbolId;
using Shape = llvm::ArrayRef<ExprId>;

/// A case of the enum `role`.
struct RoleId {
  uint16_t index = 0;
  friend auto operator<=>(RoleId, RoleId) = default;
};

/// A tensor value of the graph: one definition, any number of uses. Identity is the pointer.
struct Tensor {
  Shape shape;
  RoleId role;
  /// The tensor whose storage this one renames, or null when it has storage of its own.
  const Tensor *alias = nullptr;
  enum class Origin : uint8_t { Operand, Input, Result, Owned, Carried } origin = Origin::Result;
  SrcRange range; ///< Where it is declared or made, for notes
};

/// The tensor that owns the storage.
inline const Tensor *root(const Tensor *tensor) {
  while (tensor->alias) tensor = tensor->alias;
  return tensor;
}

struct Value;
struct ListValue {
  llvm::ArrayRef<Value> elements;
};
struct RecordValue {
  const ast::Item *schema;      ///< The record
  llvm::ArrayRef<Value> fields; ///< Parallel to `schema->fields`
};
struct MapEntry;
struct MapValue {
  llvm::ArrayRef<MapEntry> entries;
};

enum class ValueKind : uint8_t { Error, None, Number, String, Case, List, Record, Map, Tensor, Range, Unit };

struct Value {
  ValueKind kind = ValueKind::Error;
  bool boolean = false;   ///< Number: it is a truth value
  bool inclusive = false; ///< Range
  UnitId unit;            ///< Number
  ExprId number;          ///< Number; Range: its begin; Case: unused
  ExprId end;             ///< Range
  uint32_t position = 0;  ///< Case: which
  union {
    const void *none = nullptr;
    const ast::Item *enumeration; ///< Case
    const ListValue *list;
    const RecordValue *record;
    const MapValue *map;
    const Tensor *tensor;
    const std::string_view *string;
  };

  bool isError() const { return kind == ValueKind::Error; }
  bool isNumber() const { return kind == ValueKind::Number; }
  bool isTensor() const { return kind == ValueKind::Tensor; }
  bool isList() const { return kind == ValueKind::List; }
};
struct MapEntry {
  NameId key;
  Value value;
};

inline Value errorValue() { return {}; }
inline Value noneValue() {
  Value v;
  v.kind = ValueKind::None;
  return v;
}
inline Value numberValue(ExprId id, UnitId unit = {}) {
  Value v;
  v.kind = ValueKind::Number, v.number = id, v.unit = unit;
  return v;
}
inline Value boolValue(ExprId id) {
  Value v = numberValue(id);
  v.boolean = true;
  return v;
}
inline Value tensorValue(const Tensor *t) {
  Value v;
  v.kind = ValueKind::Tensor, v.tensor = t;
  return v;
}

/// Names bound in a block, with the enclosing block. Few names: searched from the back.
class Scope {
public:
  explicit Scope(Scope *outer = nullptr) : outer_(outer) {}
  Value *find(NameId name) {
    for (Scope *scope = this; scope; scope = scope->outer_)
      if (Value *value = scope->findHere(name)) return value;
    return nullptr;
  }
  const Value *findHere(NameId name) const {
    for (size_t i = names_.size(); i-- > 0;)
      if (names_[i] == name) return &values_[i];
    return nullptr;
  }
  Value *findHere(NameId name) { return const_cast<Value *>(std::as_const(*this).findHere(name)); }
  void set(NameId name, Value value) {
    if (Value *old = findHere(name)) *old = value;
    else names_.push_back(name), values_.push_back(value);
  }
  Scope *outer() const { return outer_; }
  llvm::ArrayRef<NameId> names() const { return names_; }
  llvm::ArrayRef<Value> values() const { return values_; }

private:
  Scope *outer_;
  llvm::SmallVector<NameId, 12> names_;
  llvm::SmallVector<Value, 12> values_;
};

} // namespace mdl::sema
