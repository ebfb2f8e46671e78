#include "AstPrinter.h"
#include <fmt/format.h>
#include <iterator>

namespace mdl::ast {

namespace {

/// Writes lines with the indentation of their nesting.
class Printer {
public:
  std::string run(llvm::ArrayRef<const Item *> items);

private:
  void item(const Item &item);
  void signature(const Item &item);
  void parts(const Item &item);
  void field(const Field &field);
  void entry(const Entry &entry);
  void stmt(const Stmt &stmt);
  void head(const Stmt &stmt);
  void stage(const Stmt &stmt);
  void repeat(const Stmt &stmt);
  void body(List<const Stmt *> stmts);
  void move(const Move &move);
  void annotations(List<Annotation> annotations);
  void doc(std::string_view doc);
  void optional(std::string_view before, const Expr *expr) {
    if (expr) add("{}{}", before, print(*expr));
  }
  void optional(std::string_view before, std::string_view text) {
    if (!text.empty()) add("{}{}", before, quoted(text));
  }
  void value(const Value &value);
  void names(List<Ident> names);

  template <class... Args> void add(fmt::format_string<Args...> form, Args &&...args) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Args>(args)...);
  }
  /// Begins a line.
  void line() {
    if (!out_.empty()) out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  std::string out_;
  size_t depth_ = 0;
};

constexpr std::string_view kItemWords[] = {"import", "op",   "extend", "module", "pipeline", "fn",
                                           "record", "enum", "const",  "unit",   "data"};
constexpr std::string_view kStmtWords[] = {"let",  "bind",   "weight",       "state",  "scratch", "require",
                                           "warn", "claim",  "not_modelled", "repeat", "loop",    "when",
                                           "idle", "return", "stage",        "cost",   "traffic"};

void Printer::doc(std::string_view doc) {
  for (size_t at = 0; !doc.empty() && at <= doc.size();) {
    size_t end = std::min(doc.find('\n', at), doc.size());
    line(), add("/// {}", doc.substr(at, end - at));
    at = end + 1;
  }
}

void Printer::names(List<Ident> names) {
  for (const Ident &name : names) add("{}{}", &name == names.begin() ? " " : ", ", text(name.name));
}

void Printer::value(const Value &value) {
  add("{}", print(*value.expr));
  if (value.label) add(" as {}", print(*value.label));
}

void Printer::annotations(List<Annotation> annotations) {
  for (const Annotation &note : annotations) {
    add(" @{}", text(note.name.name));
    for (const Arg &arg : note.args) {
      add("{}", &arg == note.args.begin() ? "(" : ", ");
      if (arg.name) add("{}: ", text(arg.name.name));
      value(arg.value);
    }
    if (!note.args.empty()) add(")");
  }
}

void Printer::signature(const Item &item) {
  for (const Generic &generic : item.generics)
    add("{}{}{}", &generic == item.generics.begin() ? "<" : ", ", text(generic.name.name), generic.spread ? "..." : "");
  if (!item.generics.empty()) add(">");
  for (const Param &param : item.params) {
    add("{}{}{}: {}", &param == item.params.begin() ? "(" : ", ", text(param.name.name), param.optional ? "?" : "",
        print(*param.type));
    optional(" = ", param.defaultValue);
  }
  if (!item.params.empty()) add(")");
  for (const Result &result : item.results) {
    add("{}", &result == item.results.begin() ? " -> " : ", ");
    if (result.name) add("{}: ", text(result.name.name));
    add("{}", print(*result.type));
  }
}

void Printer::field(const Field &field) {
  doc(field.doc);
  line(), add("field {}: {}", text(field.name.name), print(*field.type));
  optional(" = ", field.defaultValue);
  optional(" range ", field.allowed);
  optional(" claimed ", field.claimed);
  annotations(field.annotations);
}

void Printer::entry(const Entry &entry) {
  doc(entry.doc);
  line(), add("entry {}", text(entry.name.name));
  if (entry.key) add(" {}", text(entry.key.name));
  optional(" = ", entry.expr);
  annotations(entry.annotations);
}

void Printer::parts(const Item &item) {
  ++depth_;
  for (const EnumCase &enumCase : item.cases) {
    doc(enumCase.doc);
    line(), add("case {}", text(enumCase.name.name));
    if (enumCase.parent) add(": {}", text(enumCase.parent.name));
  }
  for (const Field &each : item.fields) field(each);
  for (const Entry &each : item.entries) entry(each);
  for (const Item *each : item.nested) this->item(*each);
  --depth_;
  body(item.body);
}

void Printer::item(const Item &item) {
  doc(item.doc);
  line(), add("{}", kItemWords[static_cast<size_t>(item.kind)]);
  if (item.dataKind) add(" {}", text(item.dataKind.name));
  if (item.name) add(" {}", text(item.name.name));
  optional(" ", item.path);
  if (item.alias) add(" as {}", text(item.alias.name));
  signature(item);
  if (item.type) add("{}{}", item.kind == ItemKind::Fn ? " -> " : ": ", print(*item.type));
  optional(" ", item.title);
  if (item.schema) add(": {}", text(item.schema.name));
  optional(" = ", item.expr);
  parts(item);
}

void Printer::body(List<const Stmt *> stmts) {
  ++depth_;
  for (const Stmt *each : stmts) stmt(*each);
  --depth_;
}

void Printer::move(const Move &move) {
  line(), add("{} ", kMovementWords[static_cast<size_t>(move.movement)]);
  if (move.role) add("{}: ", text(move.role.name));
  add("{}", print(*move.what));
  optional(" times ", move.times);
  optional(" when ", move.guard);
}

void Printer::stage(const Stmt &stmt) {
  if (stmt.resident) add(" on {}", text(stmt.resident.name));
  optional(" ", stmt.text);
  add(" = "), value(stmt.value);
  optional(" times ", stmt.times);
  if (stmt.turn) add(" for {} in {}", text(stmt.turn.name), print(*stmt.turns));
}

void Printer::repeat(const Stmt &stmt) {
  add(" in {}", print(*stmt.expr));
  if (!stmt.carry.empty()) add(" carry"), names(stmt.carry);
  if (stmt.gather) add(" gather {} along {}", text(stmt.gather.name), print(*stmt.along));
}

/// What stands on the line of a statement, after its word and names.
void Printer::head(const Stmt &stmt) {
  switch (stmt.kind) {
  case StmtKind::Stage: return stage(stmt);
  case StmtKind::Repeat:
  case StmtKind::Loop: return repeat(stmt);
  case StmtKind::Let:
    for (const Element &each : stmt.pattern)
      add("{}{}{}", &each == stmt.pattern.begin() ? " [" : ", ", print(*each.expr), each.spread ? "..." : "");
    if (!stmt.pattern.empty()) add("]");
    if (stmt.type) add(": {}", print(*stmt.type));
    return optional(" = ", stmt.value.expr);
  case StmtKind::Bind: add(" = "); return value(stmt.value);
  case StmtKind::Idle: add(" "); return value(stmt.value);
  case StmtKind::Return:
    for (const Value &each : stmt.values) add("{}", &each == stmt.values.begin() ? " " : ", "), value(each);
    return;
  case StmtKind::Weight:
  case StmtKind::State:
  case StmtKind::Scratch: return add(" {}: {}", print(*stmt.label), print(*stmt.type));
  case StmtKind::Cost: annotations(stmt.tags); return optional(" = ", stmt.expr);
  case StmtKind::Traffic: return annotations(stmt.tags);
  default: optional(" ", stmt.expr); optional(stmt.expr ? ", " : " ", stmt.text);
  }
}

void Printer::stmt(const Stmt &stmt) {
  doc(stmt.doc);
  line(), add("{}", kStmtWords[static_cast<size_t>(stmt.kind)]);
  names(stmt.names);
  head(stmt);
  optional(" when ", stmt.guard);
  body(stmt.body);
  if (stmt.hasElse) line(), add("else"), body(stmt.orElse);
  ++depth_;
  for (const Move &each : stmt.moves) move(each);
  --depth_;
}

std::string Printer::run(llvm::ArrayRef<const Item *> items) {
  for (const Item *each : items) item(*each);
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

} // namespace

std::string print(llvm::ArrayRef<const Item *> items) { return Printer().run(items); }

} // namespace mdl::ast
