//===- ApplyDevice.cpp - Makes times of the runs --------------------------===//
// A time metric has a rule over the fields of a run. For each run of an operator
// the rule gets the run's work and the rates of the device; over loops in time,
// over copies and over children times add up. When everything overlaps, only the
// parts of a time add up, and of their sums the largest counts at each node.
//
// Rates are parameters with a value, so that a program can be asked for another
// utilisation without another compilation. The runs are dropped afterwards.
//===----------------------------------------------------------------------===//
#include "../ir/Keywords.h"
#include "../support/Name.h"
#include "Pass.h"
#include <fmt/format.h>
#include <map>

namespace mdl::passes {

Pass applyDevice;

namespace {

using expr::ExprId;
using ir::Formal;
using ir::Parameter;

class Timer {
public:
  Timer(CostModule &module, PassContext &context)
      : module_(module), pool_(*module.pool), context_(context), device_(*context.options.device) {}

  void run() {
    findStages();
    findCategories();
    checkLink();
    for (size_t i = 0; i < module_.metrics.size(); ++i)
      if (module_.metrics[i].rule) time(i);
    for (ir::Node &node : module_.nodes) node.runs.clear();
    for (ir::Metric &metric : module_.metrics) metric.rule.reset(), metric.parts.clear();
    module_.formals.clear();
    module_.device = device_.title;
  }

private:
  /// The stage that each node is in: rates depend on it.
  void findStages() {
    stage_.resize(module_.nodes.size());
    for (uint32_t i = 0; i < module_.nodes.size(); ++i) {
      uint32_t parent = module_.nodes[i].parent;
      stage_[i] = parent == ir::kNoNode ? i : stage_[parent];
    }
  }

  void findCategories() {
    categories_.resize(module_.nodes.size());
    for (size_t i = 0; i < module_.nodes.size(); ++i)
      for (const ir::Run &run : module_.nodes[i].runs) categories_[i].push_back(intern(run.category));
  }

  /// On a device without a link only jobs that send nothing have a time.
  void checkLink() {
    std::string error;
    bool sends = llvm::any_of(module_.nodes, [](const ir::Node &node) {
      return llvm::any_of(node.runs, [](const ir::Run &run) { return run.of(Formal::Sent) != ExprId(); });
    });
    if (!sends || device_.value({Parameter::Kind::LinkRate, {}, "", "", "", "", {}, {}, {}}, error)) return;
    hasLink_ = false;
    ExprId sent = sums(pool_.symbol(module_.formals[static_cast<size_t>(Formal::Sent)]), "").back();
    if (pool_.asConstant(sent)) context_.errors.push_back(error);
    else
      module_.guards.push_back({ir::GuardKind::Require, pool_.nonNeg(pool_.scale(sent, -1)),
                                fmt::format("device `{}` has no link, and this job sends", device_.title), ""});
  }

  void time(size_t metric) {
    ir::Metric &of = module_.metrics[metric];
    of.absent = false;
    std::vector<ExprId> values;
    if (!device_.overlapWhole || of.parts.empty()) values = sums(*of.rule, of.utilisation);
    else {
      std::vector<std::vector<ExprId>> parts;
      for (ExprId part : of.parts) parts.push_back(sums(part, of.utilisation));
      values.resize(module_.nodes.size() + 1);
      for (size_t i = 0; i < values.size(); ++i) {
        std::vector<ExprId> operands;
        for (const std::vector<ExprId> &part : parts) operands.push_back(part[i]);
        values[i] = largest(operands);
      }
      of.fold = ir::Fold::Each;
    }
    for (uint32_t i = 0; i < module_.nodes.size(); ++i)
      if (!module_.nodes[i].group) module_.nodes[i].metrics[metric] = values[i];
    module_.totals[metric] = values.back();
  }

  ExprId largest(std::vector<ExprId> &of) {
    llvm::erase(of, ExprId());
    return of.empty() ? ExprId() : pool_.max(of);
  }

  /// The rule summed up to each node; the last one is the whole job.
  std::vector<ExprId> sums(ExprId rule, const std::string &utilisation) {
    NameId reached = intern(utilisation);
    for (size_t i = 0; i < module_.formals.size(); ++i) mentioned_[i] = pool_.dependsOn(rule, module_.formals[i]);
    std::vector<ExprId> values(module_.nodes.size() + 1);
    std::vector<llvm::SmallVector<ExprId, 4>> addends(values.size()); // of each node: of its runs and children
    for (uint32_t i = static_cast<uint32_t>(module_.nodes.size()); i-- > 0;) {
      const ir::Node &node = module_.nodes[i];
      for (size_t k = 0; k < node.runs.size(); ++k)
        addends[i].push_back(timeOf(node.runs[k], rule, {stage_[i], categories_[i][k], reached}));
      values[i] = pool_.add(addends[i]);
      ExprId all = node.group ? pool_.sum(node.index, node.lo, node.hi, values[i]) : values[i];
      addends[node.parent == ir::kNoNode ? module_.nodes.size() : node.parent].push_back(all);
    }
    values.back() = pool_.add(addends.back());
    return values;
  }

  /// What the rates of a run depend on.
  struct Rates {
    uint32_t stage;
    NameId category, utilisation;
    auto operator<=>(const Rates &) const = default;
  };

  ExprId timeOf(const ir::Run &run, ExprId rule, Rates rates) {
    std::array<uint32_t, ir::kWorks> work{};
    for (size_t i = 0; i < work.size(); ++i) work[i] = run.work[i].index;
    auto [at, isNew] = known_.try_emplace({rule.index, work, rates});
    if (isNew) {
      expr::Replacements by;
      auto put = [&](Formal formal, ExprId value) {
        auto i = static_cast<size_t>(formal);
        if (mentioned_[i]) by[module_.formals[i].index] = value;
      };
      for (size_t i = 0; i < ir::kWorks; ++i) put(static_cast<Formal>(i), run.work[i]);
      bool tensor = run.of(Formal::Tensor) != ExprId(), sends = hasLink_ && run.of(Formal::Sent) != ExprId();
      NameId owner = intern(module_.nodes[rates.stage].label[0].text), reached = rates.utilisation;
      if (tensor || mentioned_[static_cast<size_t>(Formal::TensorRate)])
        put(Formal::TensorRate, rate(Parameter::Kind::TensorRate, owner, rates.category, reached, tensor));
      put(Formal::VectorRate, rate(Parameter::Kind::VectorRate, {}, {}, reached, true));
      put(Formal::MemoryRate, rate(Parameter::Kind::MemoryRate, {}, {}, reached, true));
      put(Formal::LinkRate, rate(Parameter::Kind::LinkRate, {}, {}, reached, sends));
      put(Formal::LinkLatency, rate(Parameter::Kind::LinkLatency, {}, {}, reached, sends));
      put(Formal::Launch, rate(Parameter::Kind::Launch, {}, {}, reached, true));
      at->second = pool_.substitute(rule, by);
    }
    ExprId value = at->second;
    for (const ir::Run::Turn &turn : run.turns) value = pool_.sum(turn.index, turn.lo, turn.hi, value);
    return pool_.mul(value, run.times);
  }

  /// The parameter of a rate. Without matrix work the rate does not matter: any number does.
  ExprId rate(Parameter::Kind kind, NameId owner, NameId category, NameId utilisation, bool needed) {
    if (!needed) return pool_.constant(1);
    auto [at, isNew] = rates_.try_emplace({kind, owner, category, utilisation});
    if (!isNew) return at->second;
    Parameter parameter{
        kind, {}, std::string(text(owner)), "", std::string(text(category)), std::string(text(utilisation)), {},
        {},   {}};
    std::string error;
    parameter.value = device_.value(parameter, error);
    if (!parameter.value) context_.errors.push_back(error);
    if (device_.best) parameter.best = device_.best(parameter);
    if (device_.worst) parameter.worst = device_.worst(parameter);
    std::string shown = ir::kParameterWords[static_cast<size_t>(kind)];
    for (NameId part : {owner, category, utilisation})
      if (part) shown += "." + std::string(text(part));
    bool isDelay = (kind == Parameter::Kind::Launch && !device_.keepsLaunch) || kind == Parameter::Kind::LinkLatency;
    if (isDelay && parameter.value == 0.0 && !parameter.worst) return at->second = pool_.constant(0);
    parameter.symbol = pool_.addSymbol({.name = shown, .lo = pool_.constant(0), .integer = false, .real = true});
    module_.parameters.push_back(parameter);
    return at->second = pool_.symbol(parameter.symbol);
  }

  CostModule &module_;
  expr::ExprPool &pool_;
  PassContext &context_;
  const Device &device_;
  bool hasLink_ = true;
  std::array<bool, ir::kFormals> mentioned_{};  ///< By the rule that is summed up
  std::vector<uint32_t> stage_;                 ///< Per node: the root above it
  std::vector<std::vector<NameId>> categories_; ///< Per node: of its runs
  std::map<std::tuple<uint32_t, std::array<uint32_t, ir::kWorks>, Rates>, ExprId> known_; ///< By rule and work
  /// By owner, category and utilisation.
  std::map<std::tuple<Parameter::Kind, NameId, NameId, NameId>, ExprId> rates_;
};

} // namespace

void applyDevice(CostModule &module, PassContext &context) {
  if (!context.options.device) return;
  if (module.formals.size() != ir::kFormals) {
    context.errors.push_back("the module has no time rules: it was made without runs, or a device has been applied");
    return;
  }
  Timer(module, context).run();
}

} // namespace mdl::passes
