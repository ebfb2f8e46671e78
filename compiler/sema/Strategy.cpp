//===- Strategy.cpp - Strategies, quantities, modes of sizing runs --------===//
// The functions of a strategy or quantity take a record each; the record's fields
// say by their names what they want to know of a run (see `strategy` and `quantity`
// in core.mdl). A field becomes a symbol, a setting or its default, and the
// function's value an expression over these symbols: no formula of them is in C++.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

/// A unit of core.mdl as a quantity: `B` is 8 bits.
Value Checker::unitNamed(std::string_view name) {
  if (name.empty()) return numberValue(pool_.constant(1));
  const ast::Item *item = library_.find(intern(name), {});
  return item && item->kind == ast::ItemKind::Unit ? evalUnit(item) : numberValue(pool_.constant(1));
}

/// `attention_time_s` is the metric `time_s` of the class `attention`; `time_s` that of all.
std::optional<StrategyField> Checker::metricField(std::string_view name, Value &unit) {
  for (const Metric &metric : metrics_) {
    std::string_view key = text(metric.name);
    if (!name.ends_with(key)) continue;
    std::string_view before = name.substr(0, name.size() - key.size());
    bool ofClass = before.size() > 1 && before.ends_with('_');
    if (ofClass) before.remove_suffix(1);
    if (!before.empty() && (!ofClass || classByName_.find(intern(before).index) == classByName_.end())) continue;
    unit = unitNamed(metric.unit);
    return StrategyField{{}, StrategyField::Kind::Metric, std::string(key), std::string(before)};
  }
  return std::nullopt;
}

/// What a field's name stands for, and the unit of its number.
std::optional<StrategyField> Checker::strategyField(std::string_view name, const PipelineModel &model, Value &unit) {
  using Kind = StrategyField::Kind;
  unit = numberValue(pool_.constant(1));
  if (name == "batch") return StrategyField{{}, Kind::Batch, "", ""};
  if (name == "devices") return StrategyField{{}, Kind::Devices, "", ""};
  if (name == "link_latency") {
    unit = unitNamed("s");
    return StrategyField{{}, Kind::LinkLatency, "", ""};
  }
  if (name == "link") {
    unit = perUnit("B", "s");
    return StrategyField{{}, Kind::Link, "", ""};
  }
  if (auto metric = metricField(name, unit)) return metric;
  for (const Input &input : model.inputs)
    if (text(input.field->name.name) == name && input.type == Input::Type::Integer) {
      unit = numberValue(pool_.constant(1), input.unit);
      return StrategyField{{}, Kind::Input, std::string(name), ""};
    }
  return std::nullopt;
}

/// `B / s` as a quantity.
Value Checker::perUnit(std::string_view unit, std::string_view per) {
  Value above = unitNamed(unit), below = unitNamed(per);
  return numberValue(pool_.div(above.number, below.number), units_.divide(above.unit, below.unit));
}

/// Of a quantity: how the job is served, latencies, the price of a device, inputs.
std::optional<StrategyField> Checker::quantityField(std::string_view name, const PipelineModel &model, Value &unit) {
  using Kind = StrategyField::Kind;
  unit = numberValue(pool_.constant(1));
  if (name == "active") return StrategyField{{}, Kind::Active, "", ""};
  if (name == "price") {
    unit = perUnit("USD", "hour");
    return StrategyField{{}, Kind::Price, "", ""};
  }
  constexpr std::string_view kLatency = "latency";
  if (name.ends_with(kLatency)) {
    std::string_view stage = name.substr(0, name.size() - kLatency.size());
    if (stage.ends_with('_')) stage.remove_suffix(1);
    auto isStage = [&](const Stage &each) { return text(each.name) == stage; };
    if (!stage.empty() && llvm::none_of(model.stages, isStage)) return std::nullopt;
    unit = unitNamed("s");
    return StrategyField{{}, Kind::Latency, std::string(stage), ""};
  }
  auto known = strategyField(name, model, unit);
  bool fits = known && (known->kind == Kind::Batch || known->kind == Kind::Devices || known->kind == Kind::Input);
  return fits ? known : std::nullopt;
}

/// The value of a field: a setting, else a symbol; an error value where the record's default is to count.
Value Checker::strategyValue(const ast::Field &field, StrategyContext &context) {
  std::string_view name = text(field.name.name);
  Scope scope;
  for (const Setting &setting : context.settings)
    if (setting.name == name) {
      context.used.insert(std::string(name)), context.names.insert(std::string(name));
      return coerce(evalExpected(setting.expr, {&scope}, field.type), field.type,
                    "`strategy." + std::string(name) + "`", setting.range, {&scope});
    }
  Value unit;
  auto known = (this->*context.resolve)(name, *context.model, unit);
  if (!known) {
    context.names.insert(std::string(name));
    if (!field.defaultValue) context.missing.insert(std::string(name));
    return errorValue();
  }
  std::vector<StrategyField> &fields = *context.fields;
  auto at = std::ranges::find_if(fields, [&](const StrategyField &each) {
    return each.kind == known->kind && each.name == known->name && each.ofClass == known->ofClass;
  });
  if (at == fields.end()) {
    using Kind = StrategyField::Kind;
    bool whole = known->kind == Kind::Batch || known->kind == Kind::Devices || known->kind == Kind::Input ||
                 known->kind == Kind::Active;
    bool positive = whole || known->kind == Kind::Link;
    known->symbol = pool_.addSymbol(
        {.name = std::string(name), .lo = pool_.constant(positive ? 1 : 0), .integer = whole, .real = !whole});
    at = fields.insert(fields.end(), *known);
  }
  Value value = numberValue(pool_.mul(pool_.symbol(at->symbol), unit.number), unit.unit);
  return coerce(value, field.type, quoted(text(field.name.name)), field.range, {&scope});
}

/// What the function `name` says, over the symbols of the strategy's fields.
std::optional<ExprId> Checker::strategyRule(std::string_view name, StrategyContext &context) {
  SrcRange from = context.item->name.range;
  const ast::Item *rule = library_.find(intern(name), from);
  const ast::Item *record = nullptr;
  if (rule && rule->kind == ast::ItemKind::Fn && rule->params.size() == 1)
    record = library_.find(rule->params[0].type->name.name, rule->range);
  if (!record || record->kind != ast::ItemKind::Record) {
    error(DiagId::UnknownName, from, {"rule " + std::string(name)})
        .hint("a rule is `fn name(p: RECORD) -> real<s>`, `-> real` or `-> nat`");
    return std::nullopt;
  }
  Scope fields;
  for (const ast::Field &each : record->fields)
    if (Value value = strategyValue(each, context); !value.isError()) fields.set(each.name.name, value);
  if (!context.missing.empty()) return pool_.constant(1); // reported together, by the caller
  Value run = diagnostics_.hasErrors() ? errorValue() : makeRecord(record, fields, from);
  if (run.isError()) return std::nullopt;
  Scope scope;
  scope.set(rule->params[0].name.name, run);
  Value value =
      coerce(evalExpected(rule->expr, {&scope}, rule->type), rule->type, quoted(name), rule->expr->range, {&scope});
  if (value.isError()) return std::nullopt;
  return value.number;
}

/// Settings that are needed and not given; settings that no rule asks for.
bool Checker::checkStrategySettings(const StrategyContext &context) {
  auto list = [](const std::set<std::string, std::less<>> &names) {
    std::string all;
    for (const std::string &each : names) all += (all.empty() ? "`" : ", `") + each + "`";
    return all;
  };
  std::string name(text(context.item->name.name));
  if (!context.missing.empty()) {
    error(DiagId::StrategyNeeds, context.item->name.range,
          {name, list(context.missing), std::string(text(context.model->pipeline->name.name))})
        .hint("give each with --set strategy." + *context.missing.begin() + "=VALUE");
    return false;
  }
  for (const Setting &setting : context.settings)
    if (!context.used.contains(setting.name)) {
      std::string there = context.names.empty() ? "it has none" : "it has " + list(context.names);
      error(DiagId::UnknownTarget, setting.range,
            {"setting", "strategy." + setting.name, "of `" + name + "`: " + there});
      return false;
    }
  return true;
}

std::optional<Strategy> Checker::strategy(const ast::Item *item, const PipelineModel &model,
                                          llvm::ArrayRef<Setting> settings) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Strategy made;
  made.name = item->name.name, made.title = item->title;
  made.divides = fieldText(value, "over"), made.rule = fieldText(value, "rule");
  made.saturation = *quantity(value, "saturation", 1);
  auto texts = [&](std::string_view name) {
    std::vector<std::string> list;
    for (const Value &each : field(value, name)->list->elements) list.emplace_back(*each.string);
    return list;
  };
  made.assumptions = texts("assumptions");
  StrategyContext context{item, &model, settings, &made.fields, &Checker::strategyField, {}, {}, {}};
  size_t firstGuard = guards_.size();
  bool fine = true;
  auto rule = [&](std::string_view name) {
    auto id = strategyRule(name, context);
    fine &= id.has_value();
    return id.value_or(ExprId());
  };
  made.active = rule(fieldText(value, "active"));
  std::vector<std::string> shares = texts("shares"), serves = texts("serves");
  if (shares.empty() || shares.size() != serves.size()) {
    error(DiagId::BadArgument, item->name.range, {"`shares` and `serves` of a strategy are pairs, at least one"});
    return std::nullopt;
  }
  for (size_t i = 0; i < shares.size(); ++i) made.shares.emplace_back(rule(shares[i]), rule(serves[i]));
  if (std::string_view holds = fieldText(value, "holds"); !holds.empty()) made.holds = rule(holds);
  made.time = rule(fieldText(value, "time"));
  for (const MapEntry &entry : field(value, "resource")->map->entries)
    made.resources.emplace_back(text(entry.key), rule(*entry.value.string));
  if (!checkStrategySettings(context) || !fine) return std::nullopt;
  made.guards.assign(guards_.begin() + static_cast<ptrdiff_t>(firstGuard), guards_.end());
  return made;
}

std::optional<Quantity> Checker::quantity(const ast::Item *item, const PipelineModel &model) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Quantity made;
  made.name = item->name.name, made.title = item->title;
  made.unit = fieldText(value, "unit"), made.about = fieldText(value, "about");
  StrategyContext context{item, &model, {}, &made.fields, &Checker::quantityField, {}, {}, {}};
  size_t firstGuard = guards_.size();
  auto rule = strategyRule(fieldText(value, "value"), context);
  if (!rule) return std::nullopt;
  made.value = *rule;
  made.guards.assign(guards_.begin() + static_cast<ptrdiff_t>(firstGuard), guards_.end());
  made.missing.assign(context.missing.begin(), context.missing.end());
  return made;
}

//===--- Modes and schemas -----------------------------------------------------------===//

std::optional<Mode> Checker::mode(const ast::Item *item) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Mode made{std::string(text(item->name.name)), std::string(item->title), {}};
  for (const Value &each : field(value, "stages")->list->elements) made.stages.emplace_back(*each.string);
  return made;
}

std::optional<Schema> Checker::schema(const ast::Item *item) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Schema made{std::string(text(item->name.name)), {}};
  auto per = quantities(value, "per");
  for (const MapEntry &entry : field(value, "column")->map->entries) {
    made.columns.push_back({std::string(text(entry.key)), std::string(*entry.value.string), 1});
    for (auto [name, divisor] : per)
      if (name == entry.key) made.columns.back().per = divisor;
  }
  return made;
}

} // namespace mdl::sema
