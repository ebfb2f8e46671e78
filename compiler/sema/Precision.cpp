//===- Precision.cpp - Precisions, devices, time rules --------------------===//
// All of it is data: records of core.mdl, blocks in files of their own. What a
// block leaves out is inherited here, so that the rest of the compiler looks up
// a class or a role and never walks a tree.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

/// Parents of the cases of an enum, a case without one its own.
static std::vector<uint16_t> parentsOf(const ast::Item &enumeration) {
  std::vector<uint16_t> parents;
  for (uint16_t i = 0; i < enumeration.cases.size(); ++i) {
    uint16_t parent = i;
    for (uint16_t k = 0; k < i && enumeration.cases[i].parent; ++k)
      if (enumeration.cases[k].name.name == enumeration.cases[i].parent.name) parent = k;
    parents.push_back(parent);
  }
  return parents;
}

void Checker::loadClasses() {
  classes_ = library_.find(intern("class"), {});
  if (!classes_ || classes_->kind != ast::ItemKind::Enum) {
    classes_ = nullptr;
    return;
  }
  classParent_ = parentsOf(*classes_);
  for (uint16_t i = 0; i < classes_->cases.size(); ++i) {
    classByName_[classes_->cases[i].name.name.index] = i;
    if (text(classes_->cases[i].name.name) == "movement") movementClass_ = {i};
  }
}

ClassId Checker::classOf(std::string_view category) const {
  auto at = classByName_.find(intern(category).index);
  return at == classByName_.end() ? ClassId{} : ClassId{at->second};
}

std::string_view Checker::className(ClassId id) const {
  return classes_ && id.index < classes_->cases.size() ? text(classes_->cases[id.index].name.name) : "any";
}

bool Checker::isClass(ClassId id, std::string_view name) const {
  while (className(id) != name) {
    if (parentOf(id) == id) return false;
    id = parentOf(id);
  }
  return true;
}

bool Checker::isRoleNamed(RoleId role, std::string_view name) const {
  for (uint16_t i = 0; i < roleCount(); ++i)
    if (roleName({i}) == name) return isRole(role, {i});
  return false;
}

bool Checker::isMovement(ClassId id) const {
  while (id != movementClass_) {
    if (parentOf(id) == id) return false;
    id = parentOf(id);
  }
  return true;
}

bool Checker::isStorageRole(RoleId role) const {
  return isRole(role, weightRole_) || isRole(role, kvRole_) || isRole(role, stateRole_);
}

//===--- Formats and precisions ---------------------------------------------------===//

Format Checker::formatOf(const Value &value) {
  Format format;
  auto at = dataOf_.find(value.record);
  if (at != dataOf_.end()) format.name = at->second->name.name;
  auto number = [&](std::string_view name) {
    const Value *each = field(value, name);
    auto known = each ? pool_.asConstant(each->number) : std::nullopt;
    return known ? *known : Rational(0);
  };
  format.bits = number("bits") + number("shared") / number("block");
  return format;
}

/// What `map` says of each case of an enum, inherited from the parent where it says nothing.
std::vector<std::optional<Format>> Checker::formatsByCase(const Value *map, const ast::Item *enumeration) {
  std::vector<uint16_t> parents = parentsOf(*enumeration);
  std::vector<std::optional<Format>> formats(enumeration->cases.size());
  for (size_t i = 0; i < formats.size(); ++i) {
    if (parents[i] != i) formats[i] = formats[parents[i]];
    if (!map) continue;
    for (const MapEntry &entry : map->map->entries)
      if (entry.key == enumeration->cases[i].name.name) formats[i] = formatOf(entry.value);
  }
  return formats;
}

std::optional<Precision> Checker::precision(const ast::Item *item) {
  Value value = classes_ && roles_ ? dataValue(item) : errorValue();
  if (value.isError()) return std::nullopt;
  Precision made;
  made.name = item->name.name, made.title = item->title;
  auto all = [&](std::string_view name, const ast::Item *enumeration, std::vector<Format> &into) {
    for (const std::optional<Format> &each : formatsByCase(field(value, name), enumeration)) {
      if (!each) return false;
      into.push_back(*each);
    }
    return true;
  };
  if (!all("compute", classes_, made.compute) || !all("storage", roles_, made.storage)) {
    error(DiagId::MissingField, item->name.range,
          {"precision `" + std::string(text(item->name.name)) + "`", "compute any` and `storage any"});
    return std::nullopt;
  }
  made.results = formatsByCase(field(value, "results"), classes_);
  if (const Value *stages = field(value, "stage"))
    for (const MapEntry &entry : stages->map->entries) {
      auto of = dataOf_.find(entry.value.record);
      auto other = of == dataOf_.end() ? std::nullopt : precision(of->second);
      if (!other) return std::nullopt;
      made.stage.push_back({entry.key, std::move(*other)});
    }
  return made;
}

const ast::Item *Checker::formatItem(std::string_view name) { return findData("format", intern(name), {}); }

std::optional<Format> Checker::format(std::string_view name) {
  const ast::Item *item = formatItem(name);
  Value value = item ? dataValue(item) : errorValue();
  return value.isError() ? std::nullopt : std::optional(formatOf(value));
}

//===--- Devices and residencies ------------------------------------------------------===//

/// A number in the base units of its type: bits are given out as bytes.
std::optional<Rational> Checker::quantity(const Value &record, std::string_view name, Rational one) {
  const Value *value = field(record, name);
  if (!value || !value->isNumber()) return std::nullopt;
  auto number = pool_.asConstant(value->number);
  return number ? std::optional(*number / one) : std::nullopt;
}

std::vector<std::pair<NameId, Rational>> Checker::quantities(const Value &record, std::string_view name) {
  std::vector<std::pair<NameId, Rational>> all;
  if (const Value *map = field(record, name))
    for (const MapEntry &entry : map->map->entries)
      if (auto number = pool_.asConstant(entry.value.number)) all.emplace_back(entry.key, *number);
  return all;
}

std::optional<Device> Checker::device(const ast::Item *item) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  constexpr int kBitsOfByte = 8;
  Device made;
  made.name = item->name.name, made.title = item->title, made.doc = item->doc, made.item = item;
  made.vendor = fieldText(value, "vendor");
  made.memory = quantity(value, "memory", kBitsOfByte), made.bandwidth = *quantity(value, "bandwidth", kBitsOfByte);
  made.vectorPeak = *quantity(value, "vector_peak", 1), made.launch = *quantity(value, "launch", 1);
  made.peaks = quantities(value, "peak"), made.sparsePeaks = quantities(value, "sparse_peak");
  for (auto [format, peak] : made.peaks)
    if (peak < Rational(1)) {
      error(DiagId::RequireFails, item->name.range, {"the peak of `" + std::string(text(format)) + "` is more than 0"});
      return std::nullopt;
    }
  made.link = quantity(value, "link", kBitsOfByte), made.hostLink = quantity(value, "host_link", kBitsOfByte);
  made.linkLatency = quantity(value, "link_latency", 1);
  made.power = quantity(value, "power", 1), made.price = quantity(value, "price", 1);
  made.provisional = !pool_.asConstant(field(value, "provisional")->number)->isZero();
  return made;
}

std::optional<Residency> Checker::residency(const ast::Item *item) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Residency made;
  made.name = item->name.name, made.title = item->title;
  made.others = static_cast<Placement>(field(value, "others")->position);
  for (const MapEntry &entry : field(value, "place")->map->entries)
    made.place.emplace_back(entry.key, static_cast<Placement>(entry.value.position));
  return made;
}

//===--- Time rules ---------------------------------------------------------------------===//

/// The fields of `record Run`, in the order that the IR gives them.
struct RunField {
  const char *name;
  bool isBytes = false; ///< Counted in bytes, where the base unit of its type is the bit
};
static constexpr RunField kRunFields[] = {
    {"tensor"},      {"vector"},      {"read", true},        {"written", true},   {"sent", true},   {"messages"},
    {"tensor_rate"}, {"vector_rate"}, {"memory_rate", true}, {"link_rate", true}, {"link_latency"}, {"launch"}};

llvm::ArrayRef<SymbolId> Checker::runSymbols() {
  if (runSymbols_.empty())
    for (const RunField &field : kRunFields) {
      std::string_view name = field.name;
      ExprId least = pool_.constant(name.ends_with("rate") ? 1 : 0);
      runSymbols_.push_back(pool_.addSymbol({.name = "run." + std::string(name), .lo = least, .integer = false}));
    }
  return runSymbols_;
}

std::optional<ExprId> Checker::timeRule(std::string_view name, SrcRange from) {
  const ast::Item *record = library_.find(intern("Run"), from), *rule = library_.find(intern(name), from);
  if (!record || record->kind != ast::ItemKind::Record || !rule || rule->kind != ast::ItemKind::Fn ||
      rule->params.size() != 1) {
    error(DiagId::UnknownName, from, {"time rule " + std::string(name)}).hint("it is `fn name(run: Run) -> real<s>`");
    return std::nullopt;
  }
  Scope fields;
  for (const ast::Field &each : record->fields)
    for (size_t i = 0; i < std::size(kRunFields); ++i)
      if (text(each.name.name) == kRunFields[i].name) {
        UnitId unit = unitOf(each.type);
        ExprId symbol = pool_.symbol(runSymbols()[i]);
        fields.set(each.name.name, numberValue(kRunFields[i].isBytes ? pool_.scale(symbol, 8) : symbol, unit));
      }
  Value run = makeRecord(record, fields, from);
  if (run.isError()) return std::nullopt;
  Scope scope;
  scope.set(rule->params[0].name.name, run);
  Value value = coerce(evalExpected(rule->expr, {&scope}, rule->type), rule->type, "`" + std::string(name) + "`",
                       rule->expr->range, {&scope});
  return value.isError() ? std::nullopt : std::optional(value.number);
}

} // namespace mdl::sema
