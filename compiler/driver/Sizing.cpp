//===- Sizing.cpp - What a sizing run needs of a compilation --------------===//
#include "Sizing.h"
#include "../lower/EmitProgram.h"
#include "SourceNames.h"
#include <fmt/format.h>

namespace mdl::driver {

using runtime::StrategyField;

//===--- Strategies ----------------------------------------------------------------------===//

namespace {

bool isInput(sema::StrategyField::Kind kind) {
  using Kind = sema::StrategyField::Kind;
  return kind == Kind::Batch || kind == Kind::Devices || kind == Kind::Input || kind == Kind::Active;
}

/// The categories of the program's operators that belong to a class.
std::vector<std::string> categoriesOf(Compilation &compilation, const std::string &className) {
  std::vector<std::string> found;
  sema::Checker &checker = compilation.checker();
  for (const runtime::Node &node : compilation.program().nodes)
    if (!node.category.empty() && checker.isClass(checker.classOf(node.category), className) &&
        std::ranges::find(found, node.category) == found.end())
      found.push_back(node.category);
  return found;
}

/// Rules as a cost module without nodes: its totals are the rules.
class RuleModule {
public:
  RuleModule(Compilation &compilation, NameId name, const std::vector<sema::StrategyField> &fields)
      : compilation_(compilation) {
    module_.pool = &compilation.checker().pool();
    module_.model = text(name);
    for (const sema::StrategyField &field : fields) addField(field);
  }

  /// Adds a rule; its position among the totals.
  size_t add(const std::string &name, expr::ExprId rule) {
    ir::Metric metric;
    metric.name = name, metric.fold = ir::Fold::Each;
    module_.metrics.push_back(std::move(metric));
    module_.totals.push_back(rule);
    return module_.totals.size() - 1;
  }

  /// Adds guards, those that take inputs alone first; how many these are.
  size_t addGuards(const std::vector<sema::Guard> &guards) {
    size_t ofInputs = 0;
    for (bool inputsAlone : {true, false})
      for (const sema::Guard &guard : guards) {
        bool alone = llvm::none_of(module_.parameters, [&](const ir::Parameter &each) {
          return module_.pool->dependsOn(guard.condition, each.symbol);
        });
        if (alone != inputsAlone) continue;
        module_.guards.push_back({static_cast<ir::GuardKind>(guard.kind), guard.condition, guard.text, {}});
        ofInputs += alone;
      }
    return ofInputs;
  }

  runtime::Program emit() { return lower::emitProgram(module_); }

  std::vector<StrategyField> inputs, parameters; ///< Parallel to the program's

private:
  void addField(const sema::StrategyField &field) {
    StrategyField made{static_cast<StrategyField::Kind>(field.kind), field.name, field.ofClass, {}};
    if (!field.ofClass.empty()) made.categories = categoriesOf(compilation_, field.ofClass);
    if (isInput(field.kind)) {
      ir::Input input;
      input.name = field.name, input.value = 1, input.symbol = field.symbol;
      module_.inputs.push_back(std::move(input));
      inputs.push_back(std::move(made));
    } else {
      ir::Parameter parameter;
      parameter.symbol = field.symbol, parameter.value = 1;
      module_.parameters.push_back(std::move(parameter));
      parameters.push_back(std::move(made));
    }
  }

  Compilation &compilation_;
  ir::CostModule module_;
};

void emitRules(Compilation &compilation, const sema::Strategy &from, runtime::Strategy &made) {
  RuleModule rules(compilation, from.name, from.fields);
  made.active = rules.add("active", from.active);
  for (auto [count, serves] : from.shares) {
    size_t first = rules.add("share", count);
    made.shares.push_back({first, rules.add("serves", serves)});
  }
  if (from.holds) made.holds = rules.add("holds", *from.holds);
  made.time = rules.add("time", from.time);
  for (const auto &[resource, rule] : from.resources) made.resources.emplace_back(resource, rules.add(resource, rule));
  made.guardsOfInputs = rules.addGuards(from.guards);
  made.program = rules.emit();
  made.inputs = std::move(rules.inputs), made.parameters = std::move(rules.parameters);
}

std::string quotedList(const std::vector<std::string> &names) {
  std::string all;
  for (const std::string &each : names) all += (all.empty() ? "`" : ", `") + each + "`";
  return all;
}

/// What the strategy takes for granted and this model has not.
void checkModel(Compilation &compilation, const sema::Strategy &strategy) {
  DiagnosticEngine &diagnostics = compilation.diagnostics();
  std::string name = "strategy `" + std::string(text(strategy.name)) + "`", model = compilation.program().model;
  auto inputs = compilation.program().inputs;
  auto divided = std::ranges::find(inputs, std::string(strategy.divides), &runtime::Input::name);
  if (divided == inputs.end() || divided->type != runtime::InputType::Integer || divided->fixed)
    diagnostics.report(DiagId::BadArgument, {},
                       {name + " divides the input `" + std::string(strategy.divides) + "`; `" + model +
                        "` has no such number among its inputs"});
}

/// What it takes for granted and this device has not.
void checkDevice(Compilation &compilation, const sema::Strategy &strategy) {
  const auto &device = compilation.targetInfo().device;
  for (const sema::StrategyField &field : strategy.fields) {
    bool lacks = device && ((field.kind == sema::StrategyField::Kind::Link && !device->link) ||
                            (field.kind == sema::StrategyField::Kind::LinkLatency && !device->linkLatency));
    const char *what = field.kind == sema::StrategyField::Kind::Link ? "link" : "link_latency";
    if (lacks)
      compilation.diagnostics().report(DiagId::BadArgument, {},
                                       {"strategy `" + std::string(text(strategy.name)) + "` needs the `" + what +
                                        "` of device `" + device->name +
                                        "`, which is not known; give it with --set strategy." + what + "=VALUE"});
  }
}

/// Before the rules are read: what they ask for may only be missing because the model is not of their kind.
bool checkClasses(Compilation &compilation, const ast::Item *item) {
  sema::Value value = compilation.checker().dataValue(item);
  const sema::Value *needs = value.isError() ? nullptr : compilation.checker().field(value, "needs");
  if (!needs) return false;
  for (const sema::Value &each : needs->list->elements) {
    std::string wanted(*each.string);
    if (!categoriesOf(compilation, wanted).empty()) continue;
    compilation.diagnostics().report(DiagId::BadArgument, {},
                                     {"strategy `" + std::string(text(item->name.name)) +
                                      "` is for models with operators of class `" + wanted + "`; `" +
                                      compilation.program().model + "` has none"});
    return false;
  }
  return true;
}

} // namespace

std::optional<runtime::Strategy> makeStrategy(Compilation &compilation, const std::string &name, bool anyDevice) {
  const ast::Item *item = compilation.target().find("strategy", compilation.defaultOf("strategy", name));
  if (!item || !checkClasses(compilation, item)) return std::nullopt;
  auto checked = compilation.checker().strategy(item, compilation.model(), compilation.strategySettings());
  if (!checked) return std::nullopt;
  checkModel(compilation, *checked);
  if (!anyDevice) checkDevice(compilation, *checked);
  if (compilation.diagnostics().hasErrors()) return std::nullopt;
  runtime::Strategy made;
  made.name = text(checked->name), made.title = checked->title;
  made.divides = checked->divides, made.rule = checked->rule;
  made.assumptions = checked->assumptions, made.saturation = checked->saturation.toDouble();
  for (const sema::Setting &setting : compilation.strategySettings())
    made.assumptions.push_back(fmt::format("set: {} = {}", setting.name, compilation.sources().text(setting.range)));
  emitRules(compilation, *checked, made);
  return made;
}

//===--- Quantities ------------------------------------------------------------------------===//

std::vector<std::string> quantityNames(Compilation &compilation) {
  std::vector<std::string> names = compilation.target().names("quantity");
  sema::Checker &checker = compilation.checker();
  for (const ast::Item *item : checker.library().data("quantity", checker.mainFile()))
    if (std::string name(text(item->name.name)); !llvm::is_contained(names, name)) names.push_back(name);
  return names;
}

std::optional<runtime::Quantity> makeQuantity(Compilation &compilation, const std::string &name) {
  const ast::Item *item = compilation.target().find("quantity", name);
  auto checked = item ? compilation.checker().quantity(item, compilation.model()) : std::nullopt;
  if (!checked) return std::nullopt;
  runtime::Quantity made;
  made.name = text(checked->name), made.title = checked->title, made.unit = checked->unit;
  made.about = checked->about == "time"     ? runtime::Concern::Time
               : checked->about == "budget" ? runtime::Concern::Budget
                                            : runtime::Concern::Count;
  if (!checked->missing.empty()) {
    made.missing =
        fmt::format("it is made of {}, which `{}` has not", quotedList(checked->missing), compilation.program().model);
    return made;
  }
  RuleModule rules(compilation, checked->name, checked->fields);
  rules.add(made.name, checked->value);
  rules.addGuards(checked->guards);
  made.program = rules.emit();
  made.inputs = std::move(rules.inputs), made.parameters = std::move(rules.parameters);
  return made;
}

//===--- Modes and schemas -------------------------------------------------------------------===//

std::optional<std::pair<runtime::SizingMode, std::vector<size_t>>> findMode(Compilation &compilation,
                                                                            const std::string &name) {
  sema::Checker &checker = compilation.checker();
  std::vector<std::string> names, stages;
  const ast::Item *found = nullptr;
  for (const ast::Item *item : checker.library().data("mode", checker.mainFile())) {
    names.emplace_back(text(item->name.name));
    if (names.back() == name) found = item;
  }
  auto unknown = [&](const char *what, const std::string &which, const std::string &says) {
    compilation.diagnostics().report(DiagId::UnknownTarget, {}, {what, which, says});
    return std::nullopt;
  };
  if (!found) return unknown("mode", name, "there are " + quotedList(names));
  auto mode = checker.mode(found);
  if (!mode) return std::nullopt;
  const runtime::Program &program = compilation.program();
  for (uint32_t root : program.roots) stages.push_back(program.nodes[root].label.front().text);
  std::vector<size_t> positions;
  for (const std::string &each : mode->stages) {
    auto at = std::ranges::find(stages, each);
    if (at == stages.end())
      return unknown("stage", each, "mode `" + name + "` names it; the stages are " + quotedList(stages));
    positions.push_back(static_cast<size_t>(at - stages.begin()));
  }
  return std::pair(runtime::SizingMode{mode->name, mode->title}, std::move(positions));
}

std::optional<runtime::SizingSchema> findSchema(Compilation &compilation, const std::string &name) {
  const ast::Item *item = compilation.target().find("schema", name);
  auto schema = item ? compilation.checker().schema(item) : std::nullopt;
  if (!schema) return std::nullopt;
  runtime::SizingSchema made{schema->name, {}};
  for (const sema::Schema::Column &each : schema->columns)
    made.columns.push_back({each.name, each.text, each.per.toDouble()});
  return made;
}

//===--- Plans -----------------------------------------------------------------------------------===//

namespace {

/// The position of a utilisation in the request; added when it is new; nullopt after an error.
std::optional<size_t> addUtilisation(runtime::SizingRequest &request, Compilation &compilation,
                                     const std::string &name) {
  for (size_t i = 0; i < request.utilisations.size(); ++i)
    if (request.utilisations[i].info.name == name) return i;
  auto made = compilation.target().utilisation(name);
  if (!made) return std::nullopt;
  request.utilisations.push_back({made->info, made->reached.link});
  return request.utilisations.size() - 1;
}

} // namespace

std::unique_ptr<SizingPlan> makePlan(Compilation &compilation, const SizingNames &names) {
  auto strategy = makeStrategy(compilation, names.strategy);
  if (!strategy) return nullptr;
  auto plan = std::make_unique<SizingPlan>();
  plan->strategy = std::move(*strategy);
  runtime::SizingRequest &request = plan->request;
  request.strategy = &plan->strategy, request.target = &compilation.targetInfo();
  request.unit = compilation.defaultOf("request");
  for (const std::string &name : names.modes) {
    auto mode = findMode(compilation, name);
    if (!mode) return nullptr;
    request.modes.push_back(std::move(mode->first));
  }
  if (names.modes.empty()) request.modes.push_back({"", "all stages"});
  std::vector<std::string> asked = names.utilisations;
  if (asked.empty()) asked.push_back(compilation.defaultOf("utilisation", compilation.request().utilisation));
  for (const std::string &name : asked)
    if (!addUtilisation(request, compilation, name)) return nullptr;
  request.asked = request.utilisations.size();
  for (const ir::Metric &metric : compilation.costs().metrics) {
    if (metric.utilisation.empty() || metric.unit != "s") continue;
    auto at = addUtilisation(request, compilation, metric.utilisation);
    if (!at) return nullptr;
    request.bounds.push_back({metric.name, *at});
  }
  auto peaks = addUtilisation(request, compilation, compilation.targetInfo().optimistic->name);
  if (!peaks) return nullptr;
  request.peaks = *peaks;
  return plan;
}

bool addJob(SizingPlan &plan, Compilation &compilation, const std::string &workload, std::vector<Int> inputs) {
  runtime::SizingJob job;
  job.workload = workload, job.program = &compilation.program(), job.inputs = std::move(inputs);
  job.title = compilation.workloadTitle(workload);
  for (size_t i = 0; i < job.inputs.size(); ++i)
    if (job.program->inputs[i].name == plan.strategy.divides) job.divided = i;
  for (const runtime::SizingMode &mode : plan.request.modes) {
    auto found =
        mode.name.empty() ? std::optional(std::pair(mode, std::vector<size_t>())) : findMode(compilation, mode.name);
    if (!found) return false;
    job.stages.push_back(std::move(found->second));
  }
  for (const runtime::SizingUtilisation &each : plan.request.utilisations) {
    auto rates = compilation.target().rates(each.info.name, compilation.costs().parameters);
    if (!rates) return false;
    job.rates.push_back(std::move(*rates));
  }
  plan.request.jobs.push_back(std::move(job));
  return true;
}

std::unique_ptr<FleetPlan> makeFleet(Compilation &compilation, const std::string &strategy) {
  auto fleet = std::make_unique<FleetPlan>();
  fleet->plan = makePlan(compilation, {{}, {}, strategy});
  if (!fleet->plan || !addJob(*fleet->plan, compilation, compilation.request().workload, compilation.inputs()))
    return nullptr;
  runtime::SizingRequest &request = fleet->plan->request;
  const runtime::Program &program = compilation.program();
  for (size_t i = 0; i < program.roots.size(); ++i) {
    request.modes.push_back({program.nodes[program.roots[i]].label.front().text, ""});
    request.jobs.front().stages.push_back({i});
  }
  for (const std::string &name : quantityNames(compilation)) {
    auto quantity = makeQuantity(compilation, name);
    if (!quantity) return nullptr;
    fleet->quantities.push_back(std::move(*quantity));
  }
  fleet->request = {&request, &fleet->quantities, compilation.target().price()};
  return fleet;
}

//===--- Provenance ----------------------------------------------------------------------------===//

std::vector<runtime::SizingProvenance::File> filesOf(Compilation &compilation) {
  std::vector<runtime::SizingProvenance::File> files;
  for (const auto &loaded : compilation.checker().library().files()) {
    const std::string &bytes = compilation.sources().file(loaded->file->id()).text;
    files.push_back({pathBelow(loaded->path, compilation.request().searchPaths), sha256(bytes)});
  }
  std::ranges::sort(files, {}, &runtime::SizingProvenance::File::path);
  return files;
}

} // namespace mdl::driver
