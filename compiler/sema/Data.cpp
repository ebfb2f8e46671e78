//===- Data.cpp - Data blocks, and the vocabulary made of them ------------===//
// A data block `KIND name { field = value }` is a value of the record KIND. The
// compiler finds roles, metrics, conventions and the default storage by looking
// at the blocks of those kinds; it knows no metric and no convention by name.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

/// The data block `name` of a kind as seen from `from`, or null.
const ast::Item *Checker::findData(std::string_view kind, NameId name, SrcRange from) {
  LoadedFile *file = library_.fileOf(from);
  for (const ast::Item *item : library_.data(kind, file ? file : library_.prelude()))
    if (item->name.name == name) return item;
  return nullptr;
}

/// The value of a data block, made once.
Value Checker::dataValue(const ast::Item *data) {
  if (auto known = constants_.find(data); known != constants_.end()) return known->second;
  const ast::Ident &kind = data->schema ? data->schema : data->dataKind;
  const ast::Item *schema = library_.find(kind.name, data->range);
  if (!schema || schema->kind != ast::ItemKind::Record) {
    error(DiagId::UnknownKind, kind.range, {std::string(text(kind.name))});
    return errorValue();
  }
  if (!evaluating_.insert(data).second) {
    error(DiagId::RecursiveFunction, data->name.range, {std::string(text(data->name.name))});
    return errorValue();
  }
  Value value = evalData(data, schema);
  evaluating_.erase(data);
  if (value.kind == ValueKind::Record) dataOf_[value.record] = data;
  return constants_[data] = value;
}

/// A bare name where a record is wanted is a data block of that kind: `storage act = fp8`.
Value Checker::namedData(const ast::Expr *expr, const ast::Item *record) {
  std::string_view kind = text(record->name.name);
  if (const ast::Item *item = findData(kind, expr->name.name, expr->range)) return dataValue(item);
  std::vector<std::string_view> names;
  LoadedFile *file = library_.fileOf(expr->range);
  for (const ast::Item *item : library_.data(kind, file ? file : library_.prelude()))
    names.push_back(text(item->name.name));
  auto &diagnostic =
      error(DiagId::UnknownName, expr->range, {std::string(kind) + " " + std::string(text(expr->name.name))});
  if (auto near = nearest(text(expr->name.name), names); !near.empty())
    diagnostic.hint("did you mean " + quoted(near) + "?");
  return errorValue();
}

static bool isNone(const ast::Expr *expr) { return expr && expr->kind == ast::ExprKind::None; }

/// Keys of a map are cases of an enum, names of data blocks, or any names.
bool Checker::checkKey(const ast::Ident &key, const ast::Type *type) {
  if (text(type->name.name) == "name") return true;
  const ast::Item *item = library_.find(type->name.name, type->range);
  if (!item) return checkType(type);
  std::vector<std::string_view> names;
  if (item->kind == ast::ItemKind::Enum)
    for (const ast::EnumCase &each : item->cases) names.push_back(text(each.name.name));
  else
    for (const ast::Item *data : library_.data(text(item->name.name), library_.fileOf(key.range)))
      names.push_back(text(data->name.name));
  if (llvm::is_contained(names, text(key.name))) return true;
  std::string kind(text(item->name.name));
  auto &diagnostic = error(DiagId::UnknownName, key.range, {kind + " " + std::string(text(key.name))});
  if (auto near = nearest(text(key.name), names); !near.empty()) diagnostic.hint("did you mean " + quoted(near) + "?");
  diagnostic.note(item->name.range, "the " + std::string(item->kind == ast::ItemKind::Enum ? "cases" : "fields") +
                                        " of `" + kind + "` are declared here");
  return false;
}

Value Checker::evalData(const ast::Item *data, const ast::Item *schema) {
  Scope scope;
  bool failed = false;
  llvm::DenseMap<uint32_t, llvm::SmallVector<MapEntry>> maps;
  for (const ast::Entry &entry : data->entries) {
    const ast::Field *field = nullptr;
    std::vector<std::string_view> names;
    for (const ast::Field &each : schema->fields) {
      names.push_back(text(each.name.name));
      if (each.name.name == entry.name.name) field = &each;
    }
    if (!field) {
      auto &diagnostic = error(DiagId::UnknownField, entry.name.range,
                               {quoted(text(schema->name.name)), std::string(text(entry.name.name))});
      if (auto near = nearest(text(entry.name.name), names); !near.empty())
        diagnostic.hint("did you mean " + quoted(near) + "?");
      diagnostic.note(schema->name.range, "the fields are declared here");
      failed = true;
      continue;
    }
    bool isMap = field->type->kind == ast::TypeKind::Applied && text(field->type->name.name) == "map" &&
                 field->type->args.size() == 2;
    const ast::Type *type = isMap ? field->type->args[1] : field->type;
    std::string what = quoted(text(entry.name.name)) + (entry.key ? " " + quoted(text(entry.key.name)) : "");
    if (isMap != static_cast<bool>(entry.key)) {
      error(
          DiagId::BadArgument, entry.name.range,
          {what + (isMap ? " needs a key: `" + std::string(text(entry.name.name)) + " KEY = value`" : " has no keys")})
          .note(field->range, "it is declared here");
      failed = true;
      continue;
    }
    Value value = evalExpected(entry.expr, {&scope}, type);
    bool left = value.kind == ValueKind::None && isNone(field->defaultValue);
    if (!left) value = coerce(value, type, what, entry.expr->range, {&scope});
    failed |= value.isError() || (isMap && !checkKey(entry.key, field->type->args[0]));
    auto &map = maps[entry.name.name.index];
    bool twice = isMap ? llvm::any_of(map, [&](const MapEntry &e) { return e.key == entry.key.name; })
                       : scope.findHere(entry.name.name) != nullptr;
    if (twice) {
      error(DiagId::DuplicateField, entry.range,
            {std::string(text(entry.name.name)) + (entry.key ? " " + std::string(text(entry.key.name)) : "")});
      failed = true;
    } else if (isMap) map.push_back({entry.key.name, value});
    else scope.set(entry.name.name, value);
  }
  if (failed) return errorValue();
  for (const ast::Field &field : schema->fields) {
    bool isMap = field.type->kind == ast::TypeKind::Applied && text(field.type->name.name) == "map";
    if (!isMap || scope.findHere(field.name.name)) continue;
    Value value;
    value.kind = ValueKind::Map;
    value.map = new (arena_.Allocate<MapValue>()) MapValue{keep(llvm::ArrayRef<MapEntry>(maps[field.name.name.index]))};
    scope.set(field.name.name, value);
  }
  SrcRange before = std::exchange(dataRange_, data->name.range);
  Value made = makeRecord(schema, scope, data->name.range);
  dataRange_ = before;
  if (!made.isError()) warnOfData(data, schema, scope);
  return made;
}

/// What the record warns of is said at the block that it is wrong for.
void Checker::warnOfData(const ast::Item *data, const ast::Item *schema, Scope &scope) {
  std::string all;
  llvm::SmallVector<const ast::Stmt *> broken;
  for (const ast::Stmt *stmt : schema->body) {
    if (stmt->kind != ast::StmtKind::Warn) continue;
    Value holds = eval(stmt->expr, {&scope});
    auto known = holds.isNumber() ? pool_.asConstant(holds.number) : std::nullopt;
    if (!known || !known->isZero()) continue;
    all += all.empty() ? "" : "; ";
    all += stmt->text.empty() ? source(stmt->expr->range) : stmt->text;
    broken.push_back(stmt);
  }
  if (broken.empty()) return;
  auto &diagnostic = error(DiagId::DataWarning, data->name.range, {std::string(text(data->name.name)), all});
  for (const ast::Stmt *stmt : broken) diagnostic.note(stmt->range, "a rule is here");
}

Value Checker::recordValue(std::string_view name, SrcRange from,
                           llvm::ArrayRef<std::pair<std::string_view, Value>> fields) {
  const ast::Item *record = library_.find(intern(name), from);
  if (!record || record->kind != ast::ItemKind::Record) {
    error(DiagId::UnknownType, from, {std::string(name)});
    return errorValue();
  }
  Scope scope;
  for (const ast::Field &field : record->fields)
    for (const auto &[given, value] : fields) {
      if (given != text(field.name.name)) continue;
      Value fitting = coerce(value, field.type, quoted(given), from, {&scope});
      if (fitting.isError()) return fitting;
      scope.set(field.name.name, fitting);
    }
  return makeRecord(record, scope, from);
}

//===--- Vocabulary -------------------------------------------------------------===//

std::string_view Checker::fieldText(const Value &record, std::string_view name) const {
  const Value *value = field(record, name);
  if (!value) return {};
  if (value->kind == ValueKind::String) return *value->string;
  if (value->kind == ValueKind::Case) return text(value->enumeration->cases[value->position].name.name);
  return {};
}

void Checker::loadRoles() {
  roles_ = library_.find(intern("role"), {});
  if (!roles_ || roles_->kind != ast::ItemKind::Enum || roles_->cases.empty()) {
    error(DiagId::UnknownName, {}, {"role"}).hint("core.mdl declares `enum role`");
    roles_ = nullptr;
    return;
  }
  for (uint16_t i = 0; i < roles_->cases.size(); ++i) {
    uint16_t parent = i;
    for (uint16_t k = 0; k < i; ++k)
      if (roles_->cases[k].name.name == roles_->cases[i].parent.name && roles_->cases[i].parent) parent = k;
    roleParent_.push_back(parent);
    std::string_view name = text(roles_->cases[i].name.name);
    if (name == "act") actRole_ = {i};
    if (name == "any") anyRole_ = {i};
    if (name == "weight") weightRole_ = {i};
    if (name == "state") stateRole_ = {i};
    if (name == "index") indexRole_ = {i};
    if (name == "kv") kvRole_ = {i};
  }
}

void Checker::loadMetric(const ast::Item *item) {
  const ast::Item *schema = library_.find(item->dataKind.name, item->range);
  Value value = schema ? evalData(item, schema) : errorValue();
  if (value.isError()) return;
  Metric metric;
  metric.name = item->name.name, metric.title = item->title, metric.doc = item->doc;
  metric.unit = fieldText(value, "unit");
  std::string_view fold = fieldText(value, "fold"), moves = fieldText(value, "moves"),
                   measure = fieldText(value, "measure");
  metric.fold = fold == "once"   ? Metric::Fold::Once
                : fold == "peak" ? Metric::Fold::Peak
                : fold == "each" ? Metric::Fold::Each
                                 : Metric::Fold::Sum;
  if (moves == "read") metric.source = Metric::Source::Read;
  if (moves == "write") metric.source = Metric::Source::Write;
  if (moves == "send") metric.source = Metric::Source::Send;
  metric.needs = fieldText(value, "needs");
  if (measure == "elements" || measure == "bytes") metric.source = Metric::Source::Storage;
  if (metric.fold == Metric::Fold::Peak)
    metric.source = measure == "workspace" ? Metric::Source::Workspace : Metric::Source::Liveness;
  metric.feeds = fieldText(value, "feeds"), metric.time = fieldText(value, "time");
  metric.utilisation = fieldText(value, "utilisation");
  metric.resource = fieldText(value, "resource"), metric.memory = fieldText(value, "memory");
  if (!metric.time.empty()) metric.source = Metric::Source::Time;
  if (const Value *parts = field(value, "parts"))
    for (const Value &part : parts->list->elements) metric.parts.push_back(intern(*part.string));
  metric.inBytes = measure == "bytes";
  if (const Value *role = field(value, "storage")) metric.storageRole = {static_cast<uint16_t>(role->position)};
  metrics_.push_back(metric);
}

void Checker::loadConvention(const ast::Item *item) {
  const ast::Item *schema = library_.find(item->dataKind.name, item->range);
  Value value = schema ? evalData(item, schema) : errorValue();
  if (value.isError()) return;
  Convention convention;
  convention.name = item->name.name, convention.title = item->title;
  convention.family = fieldText(value, "family") == "traffic" ? Convention::Family::Traffic : Convention::Family::Flops;
  auto names = [&](std::string_view fieldName) {
    std::vector<NameId> list;
    if (const Value *each = field(value, fieldName))
      for (const Value &name : each->list->elements) list.push_back(intern(*name.string));
    return list;
  };
  convention.use = names("use"), convention.omit = names("omit");
  std::string_view booking = fieldText(value, "default");
  convention.booking = booking == "once"   ? Convention::Booking::Once
                       : booking == "each" ? Convention::Booking::Each
                                           : Convention::Booking::None;
  conventions_.push_back(convention);
}

bool Checker::loadVocabulary() {
  loadRoles();
  if (!roles_) return false;
  loadClasses();
  for (const ast::Item *item : library_.data("metric", main_)) loadMetric(item);
  for (const ast::Item *item : library_.data("convention", main_)) loadConvention(item);
  return true;
}

Checker::Checker(SourceManager &sources, DiagnosticEngine &diagnostics, std::vector<std::string> searchPaths)
    : sources_(sources), diagnostics_(diagnostics), library_(sources, diagnostics, std::move(searchPaths)),
      facts_(std::make_unique<expr::Facts>(pool_)) {}
Checker::~Checker() = default;

bool Checker::open(const std::string &path) {
  if (!library_.loadPrelude()) return false;
  main_ = library_.load(path, {});
  return main_ && loadVocabulary();
}

const Convention *Checker::convention(Convention::Family family, std::string_view name) {
  std::string all;
  for (const Convention &each : conventions_) {
    if (each.family != family) continue;
    if (text(each.name) == name) return &each;
    all += (all.empty() ? "`" : ", `") + std::string(text(each.name)) + "`";
  }
  error(DiagId::UnknownConvention, {}, {std::string(name), all});
  return nullptr;
}

std::vector<const Convention *> Checker::conventions(Convention::Family family) const {
  std::vector<const Convention *> found;
  for (const Convention &each : conventions_)
    if (each.family == family) found.push_back(&each);
  return found;
}

} // namespace mdl::sema
