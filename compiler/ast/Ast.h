//===- Ast.h - What was written, with places --------------------*- C++ -*-===//
// Plain structs without behaviour: nothing here is resolved or checked. Every
// node lives in the arena of its `File` and is immutable after parsing, so
// pointers to nodes are plain and lists are array references.
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/numeric/Rational.h"
#include "../support/Name.h"
#include "../support/Source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Allocator.h"
#include <memory>
#include <string_view>

namespace mdl::ast {

template <class T> using List = llvm::ArrayRef<T>;

struct Expr;
struct Stmt;
struct Type;

/// An identifier where it was written.
struct Ident {
  NameId name;
  SrcRange range;
  explicit operator bool() const { return static_cast<bool>(name); }
};

//===--- Expressions -------------------------------------------------------===//

enum class ExprKind : uint8_t {
  Number,   ///< `number`, with `unit` if one is written: `96 GB`
  String,   ///< `string`
  Bool,     ///< `boolean`
  None,     ///< `none`
  Name,     ///< `name`
  List,     ///< `[a, b..., c]`: `elements`
  ListOver, ///< `[operands[0] for name in operands[1] if operands[2]]`; the condition may be absent
  Member,   ///< `operands[0].name`
  Index,    ///< `operands[0][operands[1]]`
  Call,     ///< `operands[0](args)`
  CallOver, ///< `operands[0](operands[1] for name in operands[2] if operands[3])`; condition may be absent
  Unary,    ///< `op operands[0]`
  Binary,   ///< `operands[0] op operands[1]`
  Range,    ///< `operands[0]..operands[1]`, or `..=` when `boolean`
  Choice,   ///< `operands[0] ? operands[1] : operands[2]`
};

enum class Op : uint8_t { Neg, Not, Add, Sub, Mul, Div, Mod, Pow, Eq, Ne, Lt, Le, Gt, Ge, Divides, In, And, Or };

/// An element of a list or shape; `spread` is a trailing `...`.
struct Element {
  const Expr *expr;
  bool spread;
};

/// One segment of a label: text, then optionally `{expr}`: `layer{l + 1}`.
struct LabelSegment {
  std::string_view text; ///< May be empty; `*` is a literal star.
  const Expr *index;     ///< Null when the segment is text alone.
  SrcRange range;
};

/// `as ffn.0`: the id of an instance below its module.
struct Label {
  List<LabelSegment> segments;
  SrcRange range;
};

/// An expression with the label that names its instance, if any.
struct Value {
  const Expr *expr;
  const Label *label; ///< Null without `as`.
};

struct Arg {
  Ident name; ///< Empty for a positional argument.
  Value value;
};

struct Expr {
  ExprKind kind;
  Op op = Op::Add;
  bool boolean = false;
  Ident name{};              ///< Name, Member (the field), ListOver and CallOver (the variable)
  Ident unit{};              ///< Number
  Rational number{};         ///< Number
  std::string_view string{}; ///< String, unescaped
  List<const Expr *> operands{};
  List<Element> elements{}; ///< List
  List<Arg> args{};         ///< Call
  SrcRange range{};         ///< All of it, with its parentheses
  SrcRange opRange{};       ///< The operator's token, or the opening bracket of a call or index
};

//===--- Types -------------------------------------------------------------===//

enum class TypeKind : uint8_t {
  Named,   ///< `size`, `bool`, `string`, a record, an enum
  Applied, ///< `list<size>`, `map<string, size>`, `real<B/s>`, `size<frame>`: `name`, `args` or `unit`
  Tensor,  ///< `role[dims]`, `[dims]`, `~[dims]`
};

struct Type {
  TypeKind kind;
  Ident name{};               ///< Tensor: the role, or empty
  bool broadcast = false;     ///< Tensor: `~`
  List<Element> shape{};      ///< Tensor
  List<const Type *> args{};  ///< Applied
  const Expr *unit = nullptr; ///< Applied with a unit: the unit expression, names joined by `*`, `/`, `^`
  SrcRange range{};
};

//===--- Signatures ----------------------------------------------------------===//

struct Generic {
  Ident name;
  bool spread; ///< `N...`
};

struct Param {
  Ident name;
  bool optional; ///< `name?: type`
  const Type *type;
  const Expr *defaultValue; ///< Null when required
  SrcRange range;
};

struct Result {
  Ident name; ///< May be empty
  const Type *type;
};

/// `@name(args)`
struct Annotation {
  Ident name;
  List<Arg> args;
  SrcRange range;
};

/// A field of a record: `name: type = default range a..b claimed c @note`.
struct Field {
  Ident name;
  const Type *type;
  const Expr *defaultValue; ///< Null when required
  const Expr *allowed;      ///< After `range`, or null
  const Expr *claimed;      ///< After `claimed`, or null
  List<Annotation> annotations;
  std::string_view doc;
  SrcRange range;
};

//===--- Statements ----------------------------------------------------------===//

enum class StmtKind : uint8_t {
  Let,         ///< `let name: type = expr`, or `let [pattern] = expr` (`pattern` non-empty)
  Bind,        ///< `a, b = value`; in an operator a property: `category = "linear"`
  Weight,      ///< `weight label: type when guard`
  State,       ///< `state ...`
  Scratch,     ///< `scratch ...`
  Require,     ///< `require expr, "text"`
  Warn,        ///< `warn expr, "text"`
  Claim,       ///< `claim expr, "text"`: false makes the result an extrapolation
  NotModelled, ///< `not_modelled "text"`
  Repeat,      ///< `repeat index in expr carry a, b { body }`
  Loop,        ///< `loop index in expr carry a gather name along axis { body }`
  When,        ///< `when expr { body } else { orElse }`
  Idle,        ///< `idle value`: resident, never run
  Return,      ///< `return values`
  Stage,       ///< `stage name on resident "title" = value times expr | for index in expr, when guard`
  Cost,        ///< `cost metric @tag = expr when guard`
  Traffic,     ///< `traffic @tag { moves }`
};

enum class Movement : uint8_t { Read, Write, Send };
inline constexpr const char *kMovementWords[] = {"read", "write", "send"};

/// `read weight: x times n when c`
struct Move {
  Movement movement;
  Ident role;        ///< Or a tensor whose elements are counted by `what`; empty: the role of the tensor
  const Expr *what;  ///< A tensor, or a count of elements
  const Expr *times; ///< Null: once
  const Expr *guard; ///< Null: always
  SrcRange range;
};

struct Stmt {
  StmtKind kind;
  List<Ident> names{};          ///< Let, Bind, Stage, Cost (the metric), Repeat and Loop (the index)
  List<Element> pattern{};      ///< Let with a pattern
  const Type *type = nullptr;   ///< Let, Weight, State, Scratch
  Value value{};                ///< Let, Bind, Idle, Stage
  List<Value> values{};         ///< Return
  const Expr *expr = nullptr;   ///< Require, Warn, Claim, When, Repeat, Loop (the range), Cost
  const Label *label = nullptr; ///< Weight, State, Scratch
  const Expr *guard = nullptr;  ///< Weight, State, Scratch, Stage, Cost
  std::string_view text{};      ///< Require, Warn, Claim, NotModelled, Stage (its title)
  List<const Stmt *> body{};    ///< Repeat, Loop, When
  List<const Stmt *> orElse{};  ///< When
  bool hasElse = false;
  List<Ident> carry{};         ///< Repeat, Loop
  Ident gather{};              ///< Loop: the gathered name, or empty
  const Expr *along = nullptr; ///< Loop: the axis of `gather`
  Ident resident{};            ///< Stage: after `on`, or empty
  const Expr *times = nullptr; ///< Stage: after `times`
  Ident turn{};                ///< Stage: the index after `for`, or empty
  const Expr *turns = nullptr; ///< Stage: the range after `for`
  List<Annotation> tags{};     ///< Cost, Traffic
  List<Move> moves{};          ///< Traffic
  std::string_view doc{};      ///< Stage, Weight
  SrcRange range{};
};

//===--- Items ---------------------------------------------------------------===//

enum class ItemKind : uint8_t { Import, Op, Extend, Module, Pipeline, Fn, Record, Enum, Const, Unit, Data };

/// An entry of a data block: `name key = expr @source(...)`.
struct Entry {
  Ident name;
  Ident key; ///< `fp16` in `peak fp16 = ...`, or empty
  const Expr *expr;
  List<Annotation> annotations;
  std::string_view doc;
  SrcRange range;
};

struct EnumCase {
  Ident name;
  Ident parent; ///< `expert: weight`, or empty
  std::string_view doc;
};

struct Item {
  ItemKind kind;
  Ident name{};                ///< Extend: the operator. Data: its name as text, `W-003`, `480p`.
  std::string_view doc{};      ///< The `///` comment above, lines joined by `\n`
  List<Generic> generics{};    ///< Op, Module
  List<Param> params{};        ///< Op, Module, Pipeline, Fn
  List<Result> results{};      ///< Op, Module
  const Type *type = nullptr;  ///< Fn (its result), Const
  const Expr *expr = nullptr;  ///< Fn, Const, Unit (null for a base unit)
  List<const Stmt *> body{};   ///< Op, Extend, Module, Pipeline, Record (its require, warn and claim)
  List<Field> fields{};        ///< Record
  List<EnumCase> cases{};      ///< Enum
  std::string_view path{};     ///< Import
  Ident alias{};               ///< Import: after `as`, or empty
  Ident dataKind{};            ///< Data: `workload`, `device`, `metric`...
  Ident schema{};              ///< Data: the record after `:`, or empty
  std::string_view title{};    ///< Data: the string after the name
  List<Entry> entries{};       ///< Data
  List<const Item *> nested{}; ///< Data
  SrcRange range{};
};

/// Owns the nodes of one source file.
struct Arena {
  llvm::BumpPtrAllocator allocator;

  template <class T> T *make(T node) { return new (allocator.Allocate<T>()) T(std::move(node)); }
  template <class T> List<T> list(llvm::ArrayRef<T> from) {
    if (from.empty()) return {};
    T *to = allocator.Allocate<T>(from.size());
    std::uninitialized_copy(from.begin(), from.end(), to);
    return {to, from.size()};
  }
  std::string_view string(std::string_view from) {
    char *to = allocator.Allocate<char>(from.size() + 1);
    std::copy(from.begin(), from.end(), to);
    return {to, from.size()};
  }
};

} // namespace mdl::ast
