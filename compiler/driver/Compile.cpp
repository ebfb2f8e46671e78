//===- Compile.cpp - The whole compiler on one page -----------------------===//
#include "Compile.h"
#include "../lower/BuildCosts.h"
#include "../lower/EmitProgram.h"
#include "../parse/Parse.h"
#include "../passes/Passes.h"
#include "../shard/Shard.h"
#include <cstdlib>
#include <filesystem>

namespace fs = std::filesystem;

namespace mdl::driver {

Compilation::Compilation(Request request) : request_(std::move(request)) {}
Compilation::~Compilation() = default;

bool Compilation::compile() { return open() && elaborate() && build() && emit(); }

bool Compilation::open() {
  checker_ = std::make_unique<sema::Checker>(sources_, diagnostics_, request_.searchPaths);
  return checker_->open(request_.path) && !diagnostics_.hasErrors();
}

void Compilation::check() { checker_->checkDeclarations(); }

bool Compilation::elaborate() {
  pipeline_ = choosePipeline();
  if (!pipeline_ || !readSettings(pipeline_) || !readLayout()) return false;
  model_ = checker_->elaborate(pipeline_, settings_);
  unfolded_.clear();
  if (!model_ || diagnostics_.hasErrors()) return false;
  auto values = checker_->bind(*model_, settings_);
  if (values) inputs_ = std::move(*values);
  return values && divide() && resolveTarget();
}

/// `cfg2*ulysses4`: the block of each, found as devices are.
bool Compilation::readLayout() {
  if (request_.sharding.empty()) return true;
  auto parts = shard::parseLayout(request_.sharding);
  if (!parts) {
    diagnostics_.report(
        DiagId::BadArgument, {},
        {"a sharding is names with numbers of devices, such as `cfg2*ulysses4`; found `" + request_.sharding + "`"});
    return false;
  }
  Target finder(*checker_, diagnostics_, request_.searchPaths);
  for (const shard::Named &part : *parts) {
    shard::MeshAxis axis;
    axis.degree = part.degree;
    for (const std::string &name : part.names) {
      const ast::Item *item = finder.find("sharding", name);
      if (!item || !shard::addSharding(*checker_, item, axis)) return false;
    }
    for (const std::string &pass : axis.passes) checker_->dealOut(pass, axis.divider());
    layout_.push_back(std::move(axis));
  }
  return !diagnostics_.hasErrors();
}

/// The model of one device.
bool Compilation::divide() {
  if (layout_.empty()) return true;
  using Family = sema::Convention::Family;
  const sema::Convention *flops = checker_->convention(Family::Flops, defaultOf("time"));
  const sema::Convention *traffic = checker_->convention(Family::Traffic, defaultOf("traffic", request_.traffic));
  if (!flops || !traffic) return false;
  return shard::Sharder(*checker_, diagnostics_, layout_, *flops, *traffic).run(*model_) && !diagnostics_.hasErrors();
}

bool Compilation::resolveTarget() {
  for (const auto &[option, value] :
       {std::pair("--utilisation", request_.utilisation), {"--overlap", request_.overlap}})
    if (!value.empty() && request_.device.empty() && !request_.parametric) {
      diagnostics_.report(DiagId::BadArgument, {}, {std::string(option) + " is about times, which need a --device"});
      return false;
    }
  target_ = std::make_unique<Target>(*checker_, diagnostics_, request_.searchPaths);
  if (!target_->resolve(targetRequest(request_.precision, request_.device), stageNames())) return false;
  if (layout_.empty()) return true;
  runtime::ShardingInfo sharding;
  for (const shard::MeshAxis &axis : layout_) {
    sharding.name += (sharding.name.empty() ? "" : "*") + axis.text();
    sharding.devices = sharding.devices * axis.degree;
    for (const std::string &rule : axis.rules) sharding.rules.push_back(rule);
  }
  target_->setSharding(std::move(sharding));
  return true;
}

TargetRequest Compilation::targetRequest(const std::string &precision, const std::string &device) {
  return {defaultOf("precision", precision),
          device,
          defaultOf("utilisation", request_.utilisation),
          defaultOf("overlap", request_.overlap),
          defaultOf("residency", request_.residency),
          overrides_,
          request_.keepsLaunch};
}

std::vector<StageName> Compilation::stageNames() const {
  std::vector<StageName> stages;
  for (const sema::Stage &each : model_->stages) stages.push_back({each.name, each.resident});
  return stages;
}

bool Compilation::build() {
  passes::Device device;
  bool timed = !request_.parametric && target_->hasDevice();
  if (timed) device = target_->devicePass();
  auto costs = costsIn(*target_, timed ? &device : nullptr);
  if (costs) costs_ = std::make_unique<ir::CostModule>(std::move(*costs));
  return costs_ != nullptr;
}

std::optional<ir::CostModule> Compilation::costsIn(Target &target, const passes::Device *device) {
  using Family = sema::Convention::Family;
  lower::CostOptions options;
  options.flops =
      checker_->convention(Family::Flops, defaultOf(request_.measured ? "verify" : "convention", request_.convention));
  options.traffic = checker_->convention(Family::Traffic, defaultOf("traffic", request_.traffic));
  if (!options.flops || !options.traffic) return std::nullopt;
  bool timed = device || request_.parametric;
  if (timed && !(options.time = checker_->convention(Family::Flops, defaultOf("time")))) return std::nullopt;
  if (!request_.parametric) options.bitsOf = &target.bitsOf();
  options.sharded = !layout_.empty();
  options.unfolded = &unfolded_;
  ir::CostModule costs = lower::buildCosts(*checker_, sources_, *model_, options);
  if (diagnostics_.hasErrors()) return std::nullopt;
  for (const shard::MeshAxis &axis : layout_) llvm::append_range(costs.assumptions, axis.notes());
  passes::Precision precision = target.precisionPass();
  passes::PassOptions passes;
  if (!request_.parametric) passes.precision = &precision;
  passes.device = device;
  for (const std::string &error : passes::runPipeline(costs, passes)) target.reportPassError(error);
  lower::addEstimates(costs);
  return diagnostics_.hasErrors() ? std::nullopt : std::optional(std::move(costs));
}

bool Compilation::emit() {
  program_ = std::make_unique<runtime::Program>(lower::emitProgram(*costs_));
  return true;
}

runtime::Program emit(const ir::CostModule &module) { return lower::emitProgram(module); }

//===--- What is asked for ----------------------------------------------------===//

const ast::Item *Compilation::choosePipeline() {
  auto pipelines = checker_->pipelines();
  std::string names;
  for (const ast::Item *each : pipelines) {
    if (request_.pipeline.empty() ? pipelines.size() == 1 : text(each->name.name) == request_.pipeline) return each;
    names += (names.empty() ? "`" : ", `") + std::string(text(each->name.name)) + "`";
  }
  std::string says = pipelines.empty() ? "`" + request_.path + "` declares no pipeline"
                     : request_.pipeline.empty()
                         ? "`" + request_.path + "` has several pipelines: " + names + "; choose one with --pipeline"
                         : "`" + request_.path + "` has no pipeline `" + request_.pipeline + "`; it has " + names;
  if (!diagnostics_.hasErrors()) diagnostics_.report(DiagId::UnknownPipeline, {}, {says});
  return nullptr;
}

/// The workload's settings, then those of the command line: the last one counts.
bool Compilation::readSettings(const ast::Item *pipeline) {
  if (!request_.workload.empty()) {
    auto workload = checker_->workload(request_.workload, pipeline);
    if (!workload) return false;
    settings_ = std::move(*workload);
  }
  givenAt_ = settings_.size();
  for (const std::string &setting : request_.settings) (void)readSetting(setting);
  return !diagnostics_.hasErrors();
}

std::optional<std::vector<Int>> Compilation::inputsOf(const std::string &workload, bool &other) {
  std::vector<sema::Setting> settings;
  if (!workload.empty()) {
    auto found = checker_->workload(workload, pipeline_);
    if (!found) return std::nullopt;
    settings = std::move(*found);
  }
  settings.insert(settings.end(), settings_.begin() + static_cast<std::ptrdiff_t>(givenAt_), settings_.end());
  auto values = checker_->bind(*model_, settings);
  if (!values) return std::nullopt;
  other = false;
  for (size_t i = 0; i < values->size(); ++i) {
    const sema::Input &input = model_->inputs[i];
    bool given =
        llvm::any_of(settings, [&](const sema::Setting &each) { return each.name == text(input.field->name.name); });
    if (input.fixed && (given ? (*values)[i] : input.defaultValue) != input.fixedValue) other = true;
  }
  return values;
}

std::string Compilation::workloadTitle(const std::string &workload) {
  for (const ast::Item *item : checker_->workloads(pipeline_))
    if (text(item->name.name) == workload) return std::string(item->title);
  return {};
}

/// Old names are data: `former bits { now = "precision.storage_bits" }`. A dotted name may have an old first part
/// (`vae.storage_bits`) and an old rest (`vae.bits`).
std::string Compilation::presentName(const std::string &name) {
  auto newNameOf = [&](const std::string &old) -> std::string {
    for (const ast::Item *item : checker_->library().data("former", checker_->mainFile()))
      if (text(item->name.name) == old)
        if (sema::Value value = checker_->dataValue(item); !value.isError())
          return std::string(checker_->fieldText(value, "now"));
    return {};
  };
  std::string now = newNameOf(name);
  if (size_t dot = name.find('.'); now.empty() && dot != std::string::npos) {
    std::string head = newNameOf(name.substr(0, dot)), rest = newNameOf(name.substr(dot + 1));
    if (head.empty()) return name;
    now = head + "." + (rest.empty() ? name.substr(dot + 1) : rest.substr(rest.rfind('.') + 1));
  }
  if (now.empty()) return name;
  diagnostics_.report(DiagId::OldSetting, {}, {name, now});
  return now;
}

bool Compilation::readSetting(const std::string &setting) {
  size_t equals = setting.find('=');
  std::string written = setting.substr(0, equals);
  FileId file = sources_.add("--set " + written, setting.substr(equals == std::string::npos ? 0 : equals + 1));
  SrcLoc begin{sources_.file(file).base};
  SrcRange range{begin, {begin.offset + static_cast<uint32_t>(sources_.file(file).text.size())}};
  if (equals == std::string::npos || equals == 0) {
    diagnostics_.report(DiagId::BadArgument, range, {"a setting is `name=value`, found `" + setting + "`"});
    return false;
  }
  static constexpr std::string_view kPrecision = "precision.";
  std::string name = presentName(written);
  if (name.starts_with(kPrecision)) {
    overrides_.emplace_back(name.substr(kPrecision.size()), setting.substr(equals + 1));
    return true;
  }
  static constexpr std::string_view kStrategy = "strategy.";
  bool ofStrategy = name.starts_with(kStrategy);
  if (ofStrategy && !request_.parallel) {
    diagnostics_.report(DiagId::BadArgument, range, {"`" + name + "` has no meaning here: one device has no strategy"});
    return false;
  }
  const ast::Expr *value = parse::parseExpr(sources_, diagnostics_, file, arena_);
  if (value && ofStrategy) strategySettings_.push_back({name.substr(kStrategy.size()), value, range});
  else if (value) settings_.push_back({name, value, range});
  return value != nullptr;
}

/// What is asked for; else what the file's `defaults PIPELINE { ... }` says; else what core.mdl says.
std::string Compilation::defaultOf(std::string_view field, const std::string &asked) {
  if (!asked.empty()) return asked;
  std::string fallback;
  for (const ast::Item *item : checker_->library().data("defaults", checker_->mainFile())) {
    bool own = pipeline_ && item->name.name == pipeline_->name.name, any = text(item->name.name) == "any";
    for (const ast::Entry &entry : item->entries) {
      if (text(entry.name.name) != field || entry.expr->kind != ast::ExprKind::String) continue;
      if (own) return std::string(entry.expr->string);
      if (any) fallback = entry.expr->string;
    }
  }
  return fallback;
}

std::vector<std::string> defaultSearchPaths(const std::string &binary) {
  std::vector<std::string> paths;
  if (const char *set = std::getenv("MDL_PATH")) {
    std::string all(set);
    for (size_t at = 0; at <= all.size();) {
      size_t colon = std::min(all.find(':', at), all.size());
      if (colon > at) paths.push_back(all.substr(at, colon - at));
      at = colon + 1;
    }
  }
  std::error_code ignored;
  for (fs::path folder = fs::weakly_canonical(binary, ignored).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    for (const char *models : {"models", "share/mdlc/models"})
      if (fs::exists(folder / models / "core.mdl", ignored)) return paths.push_back((folder / models).string()), paths;
    if (folder == folder.root_path()) break;
  }
  return paths;
}

} // namespace mdl::driver
