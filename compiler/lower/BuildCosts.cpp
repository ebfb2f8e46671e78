//===- BuildCosts.cpp - The folds over the tree of ids --------------------===//
// Sum metrics are the sum of the children, groups over their index; storage is a
// union by node and name, a tied weight once; peaks are a maximum of which only
// candidates that no other provably dominates are kept.
//===----------------------------------------------------------------------===//
#include "BuildCosts.h"
#include "Walk.h"
#include "llvm/ADT/MapVector.h"
#include <fmt/format.h>

namespace mdl::lower {

namespace {

using sema::Metric;

/// For comparing peaks: one that is dominated but not seen to be is only one operand more.
constexpr int kPeakProofSteps = 1;

class Folder {
public:
  Folder(sema::Checker &checker, SourceManager &sources, CostTree &tree, const sema::Convention &flops)
      : checker_(checker), pool_(checker.pool()), sources_(sources), tree_(tree), flops_(flops),
        zero_(pool_.constant(0)) {
    for (uint32_t i = 0; i < tree.size(); ++i) borrows_ |= !tree[i].borrowed.empty();
  }

  /// Writes the nodes of the tree below `root` into the module.
  void fold(uint32_t root, ir::CostModule &module) { (void)visit(root, ir::kNoNode, module); }
  /// Storage of each stage by resident and path: what the totals are the union of.
  /// A path that may stand in several stages, by its number: a part below another path.
  using Path = uint32_t;
  using Union = llvm::MapVector<std::pair<Path, uint32_t>, NodeStorage>; ///< By path and name
  void markStorage();
  void collect(uint32_t node, Path path, Union &into);
  Path pathBelow(Path above, std::string_view part);
  void addTotals(ir::CostModule &module, llvm::ArrayRef<std::pair<uint32_t, NameId>> stages);
  bool isAbsent(const Metric &metric) const { return llvm::is_contained(flops_.omit, metric.name); }

private:
  struct Folded {
    std::vector<ExprId> values; ///< Parallel to the metrics
    std::vector<Peak> peaks;    ///< Candidates, pruned
    std::vector<Peak> workspaces;
    bool uniform = true;
    ExprId calls;
  };
  Folded visit(uint32_t at, uint32_t parent, ir::CostModule &module);
  void addOwn(uint32_t at, Folded &folded);
  void addGroup(const TreeNode &group, Folded &folded, const Folded &inner);
  void addCandidate(std::vector<Peak> &candidates, Peak candidate);
  bool dominates(Peak large, Peak small);
  bool isAtLeast(ExprId large, ExprId small);
  ExprId largest(llvm::ArrayRef<Peak> candidates);
  std::string segmentText(uint32_t node);
  ExprId storageValue(const Metric &metric, const NodeStorage &storage) const;
  void addGroupCandidates(const TreeNode &group, std::vector<Peak> &candidates, llvm::ArrayRef<Peak> inner);
  void addBorrowed(uint32_t at, std::vector<ExprId> &values);
  std::string place(SrcRange range) const;

  sema::Checker &checker_;
  expr::ExprPool &pool_;
  SourceManager &sources_;
  CostTree &tree_;
  const sema::Convention &flops_;
  ExprId zero_;
  bool borrows_ = false;                                        ///< Some node uses a weight of another
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, bool> atLeast_; ///< The candidates of a node meet again above it
  std::vector<bool> holdsStorage_;
  llvm::DenseMap<std::pair<Path, uint32_t>, Path> paths_;
  std::vector<SymbolId> depths_; ///< A symbol for each depth of groups: what indices are called in paths
};

std::string Folder::place(SrcRange range) const {
  if (!range.isValid()) return {};
  LineColumn at = sources_.lineColumn(range.begin);
  return fmt::format("{}:{}:{}", at.path, at.line, at.column);
}

ExprId Folder::storageValue(const Metric &metric, const NodeStorage &storage) const {
  if (metric.source != Metric::Source::Storage || !checker_.isRole(storage.role, metric.storageRole)) return zero_;
  return metric.inBytes ? pool_.scale(pool_.mul(storage.elements, storage.bits), Rational(1, 8)) : storage.elements;
}

/// Proved, but asked only where samples do not already say no: most pairs are incomparable, and proofs cost.
bool Folder::dominates(Peak large, Peak small) {
  if (large.when != small.when && large.when != pool_.constant(1))
    return false; // it may be absent when the other is not
  return large.bytes == small.bytes || isAtLeast(large.bytes, small.bytes);
}

bool Folder::isAtLeast(ExprId large, ExprId small) {
  auto [at, isNew] = atLeast_.try_emplace({large.index, small.index}, false);
  if (isNew) at->second = pool_.mayBeAtLeast(large, small) && pool_.provesNonNeg(pool_.sub(large, small));
  return at->second;
}

ExprId Folder::largest(llvm::ArrayRef<Peak> candidates) {
  std::vector<ExprId> values;
  bool always = true;
  for (Peak each : candidates) {
    values.push_back(pool_.mul(each.bytes, each.when));
    always &= each.when == pool_.constant(1);
  }
  if (values.empty()) return zero_;
  pool_.limitProofs(0); // what is left has been compared
  ExprId result = always ? pool_.maxOfIncomparable(values) : pool_.max(values);
  pool_.limitProofs(kPeakProofSteps);
  return result;
}

/// Keeps a candidate unless another is provably at least as large; drops those that it dominates.
void Folder::addCandidate(std::vector<Peak> &candidates, Peak candidate) {
  if (llvm::any_of(candidates, [&](Peak known) { return dominates(known, candidate); })) return;
  llvm::erase_if(candidates, [&](Peak known) { return dominates(candidate, known); });
  candidates.push_back(candidate);
}

void Folder::addOwn(uint32_t at, Folded &folded) {
  const TreeNode &node = tree_[at];
  auto metrics = checker_.metrics();
  for (size_t i = 0; i < node.own.size(); ++i) folded.values[i] = pool_.add(folded.values[i], node.own[i]);
  for (const NodeStorage &storage : node.storage)
    for (size_t i = 0; i < metrics.size(); ++i)
      folded.values[i] = pool_.add(folded.values[i], storageValue(metrics[i], storage));
  for (Peak peak : node.peaks) addCandidate(folded.peaks, peak);
  if (node.workspace != zero_) addCandidate(folded.workspaces, {node.workspace, pool_.constant(1)});
}

/// The copies of a group: sums over the index; the largest copy is at an end of the range.
void Folder::addGroup(const TreeNode &group, Folded &folded, const Folded &inner) {
  for (size_t i = 0; i < inner.values.size(); ++i)
    folded.values[i] = pool_.add(folded.values[i], pool_.sum(group.index, group.lo, group.hi, inner.values[i]));
  addGroupCandidates(group, folded.peaks, inner.peaks);
  addGroupCandidates(group, folded.workspaces, inner.workspaces);
}

void Folder::addGroupCandidates(const TreeNode &group, std::vector<Peak> &candidates, llvm::ArrayRef<Peak> inner) {
  auto at = [&](Peak peak, ExprId index) {
    return Peak{pool_.substitute(peak.bytes, group.index, index), pool_.substitute(peak.when, group.index, index)};
  };
  for (Peak each : inner) {
    if (!pool_.dependsOn(each.bytes, group.index) && !pool_.dependsOn(each.when, group.index)) {
      addCandidate(candidates, each);
      continue;
    }
    addCandidate(candidates, at(each, group.lo));
    addCandidate(candidates, at(each, pool_.sub(group.hi, pool_.constant(1))));
  }
}

/// Weights that this node uses and another owns: counted here, unless the owner is below.
void Folder::addBorrowed(uint32_t at, std::vector<ExprId> &values) {
  if (!borrows_) return;
  llvm::DenseSet<std::pair<uint32_t, uint32_t>> seen;
  std::vector<uint32_t> below{at};
  auto metrics = checker_.metrics();
  std::vector<Borrowed> borrowed;
  llvm::DenseSet<uint32_t> inside;
  for (size_t i = 0; i < below.size(); ++i) {
    inside.insert(below[i]);
    borrowed.insert(borrowed.end(), tree_[below[i]].borrowed.begin(), tree_[below[i]].borrowed.end());
    below.insert(below.end(), tree_[below[i]].children.begin(), tree_[below[i]].children.end());
  }
  for (const Borrowed &each : borrowed) {
    if (inside.contains(each.owner) || !seen.insert({each.owner, intern(each.name).index}).second) continue;
    for (const NodeStorage &storage : tree_[each.owner].storage)
      if (storage.name == each.name)
        for (size_t i = 0; i < metrics.size(); ++i) values[i] = pool_.add(values[i], storageValue(metrics[i], storage));
  }
}

Folder::Folded Folder::visit(uint32_t at, uint32_t parent, ir::CostModule &module) {
  auto id = static_cast<uint32_t>(module.nodes.size());
  module.nodes.emplace_back();
  if (parent == ir::kNoNode) module.roots.push_back(id);
  else module.nodes[parent].children.push_back(id);
  Folded folded;
  folded.values.assign(checker_.metrics().size(), zero_);
  folded.uniform = tree_[at].uniform;
  folded.calls = tree_[at].calls;
  if (!tree_[at].group) addOwn(at, folded);
  // The part of a path that is no instance is run with the instance around it.
  if (!tree_[at].instance && !tree_[at].group && parent != ir::kNoNode) {
    uint32_t above = parent;
    while (module.nodes[above].group) above = module.nodes[above].parent;
    folded.calls = module.nodes[above].calls;
  }
  {
    ir::Node &node = module.nodes[id];
    const TreeNode &from = tree_[at];
    node.parent = parent, node.group = from.group, node.calls = folded.calls;
    node.index = from.index, node.lo = from.lo, node.hi = from.hi;
    if (!from.group) node.label.push_back(from.segment);
    node.op = from.op, node.category = from.category, node.place = place(from.range);
    node.runs = tree_[at].runs;
  }
  for (uint32_t child : std::vector<uint32_t>(tree_[at].children)) {
    Folded inner = visit(child, id, module);
    if (tree_[child].group) addGroup(tree_[child], folded, inner);
    else {
      for (size_t i = 0; i < inner.values.size(); ++i) folded.values[i] = pool_.add(folded.values[i], inner.values[i]);
      for (Peak peak : inner.peaks) addCandidate(folded.peaks, peak);
      for (Peak each : inner.workspaces) addCandidate(folded.workspaces, each);
    }
    folded.uniform &= inner.uniform || tree_[child].group;
  }
  std::vector<ExprId> shown = folded.values;
  if (!tree_[at].group) addBorrowed(at, shown);
  auto metrics = checker_.metrics();
  for (size_t i = 0; i < metrics.size(); ++i) {
    bool workspace = metrics[i].source == Metric::Source::Workspace;
    if (!workspace && metrics[i].source != Metric::Source::Liveness) continue;
    shown[i] = folded.values[i] = largest(workspace ? folded.workspaces : folded.peaks);
  }
  ir::Node &node = module.nodes[id];
  if (!node.group)
    node.metrics = std::move(shown),
    node.uniform = tree_[at].instance || parent == ir::kNoNode ? tree_[at].uniform : folded.uniform;
  return folded;
}

/// A segment as text that is the same in every stage: the indices around it by their depth, whatever their symbols.
std::string Folder::segmentText(uint32_t node) {
  const TreeNode &at = tree_[node];
  if (!at.segment.index) return at.segment.text;
  ExprId index = *at.segment.index;
  size_t depth = 0;
  for (uint32_t up = node; up != ir::kNoNode; up = tree_[up].parent) {
    if (!tree_[up].group) continue;
    if (depth == depths_.size()) depths_.push_back(pool_.addSymbol({"@" + std::to_string(depth), {}, {}, true}));
    index = pool_.substitute(index, tree_[up].index, pool_.symbol(depths_[depth++]));
  }
  return at.segment.text + "{" + expr::print(pool_, index) + "}";
}

/// Notes which nodes have storage, or a node below that has: those after it, as a node is made before what is below.
void Folder::markStorage() {
  holdsStorage_.assign(tree_.size(), false);
  for (size_t i = tree_.size(); i-- > 0;) {
    uint32_t above = tree_[static_cast<uint32_t>(i)].parent;
    if (!tree_[static_cast<uint32_t>(i)].storage.empty()) holdsStorage_[i] = true;
    if (holdsStorage_[i] && above != ir::kNoNode) holdsStorage_[above] = true;
  }
}

Folder::Path Folder::pathBelow(Path above, std::string_view part) {
  return paths_.try_emplace({above, intern(part).index}, static_cast<Path>(paths_.size() + 1)).first->second;
}

void Folder::collect(uint32_t node, Path path, Union &into) {
  const TreeNode &at = tree_[node];
  for (const NodeStorage &storage : at.storage) {
    NodeStorage all = storage;
    ExprId &elements = all.elements;
    for (uint32_t up = node; up != ir::kNoNode; up = tree_[up].parent) // all copies of the groups around
      if (tree_[up].group) elements = pool_.sum(tree_[up].index, tree_[up].lo, tree_[up].hi, elements);
    auto [known, isNew] = into.insert({{path, intern(storage.name).index}, all});
    if (!isNew) known->second.elements = pool_.max({known->second.elements, elements});
  }
  for (uint32_t child : at.children) {
    if (!holdsStorage_[child]) continue;
    const TreeNode &below = tree_[child];
    if (!below.group && !below.segment.index) {
      collect(child, pathBelow(path, below.segment.text), into);
      continue;
    }
    std::string part = below.group ? fmt::format("[{}..{}]", expr::print(pool_, below.lo), expr::print(pool_, below.hi))
                                   : segmentText(child);
    collect(child, pathBelow(path, part), into);
  }
}

/// Work of all stages adds up; storage is one union for each resident; the peak is that of the largest stage.
void Folder::addTotals(ir::CostModule &module, llvm::ArrayRef<std::pair<uint32_t, NameId>> stages) {
  auto metrics = checker_.metrics();
  Union all;
  markStorage();
  for (auto [root, resident] : stages) collect(root, pathBelow(0, text(resident)), all);
  for (size_t i = 0; i < metrics.size(); ++i) {
    ExprId total = zero_;
    std::vector<Peak> peaks;
    for (uint32_t root : module.roots) {
      if (metrics[i].fold == Metric::Fold::Peak)
        addCandidate(peaks, {module.nodes[root].metrics[i], pool_.constant(1)});
      else if (metrics[i].fold == Metric::Fold::Sum) total = pool_.add(total, module.nodes[root].metrics[i]);
    }
    if (metrics[i].fold == Metric::Fold::Once)
      for (const auto &[path, storage] : all) total = pool_.add(total, storageValue(metrics[i], storage));
    module.totals.push_back(peaks.empty() ? total : largest(peaks));
  }
}

void addInputs(const sema::PipelineModel &model, sema::Checker &checker, ir::CostModule &module) {
  for (const sema::Input &from : model.inputs) {
    ir::Input input;
    input.name = text(from.field->name.name);
    input.type = static_cast<ir::InputType>(from.type);
    input.unit = from.unit.isPlain() ? "" : checker.units().print(from.unit);
    if (from.enumeration)
      for (const ast::EnumCase &each : from.enumeration->cases) input.choices.emplace_back(text(each.name.name));
    input.value = from.fixed ? from.fixedValue : from.defaultValue;
    input.lo = from.lo, input.hi = from.hi;
    input.doc = from.field->doc;
    input.symbol = from.symbol;
    module.inputs.push_back(std::move(input));
  }
}

/// What a reader of the numbers has to know, in a fixed order.
void addAssumptions(const sema::Convention &flops, const sema::Convention &traffic, ir::CostModule &module) {
  auto says = [](const sema::Convention &c) {
    return std::string(text(c.name)) + (c.title.empty() ? "" : " (" + std::string(c.title) + ")");
  };
  module.assumptions.push_back("FLOPs: " + says(flops));
  module.assumptions.push_back("traffic: " + says(traffic));
  module.assumptions.push_back(
      "activation peak: tensors live in program order, an estimate; no recomputation, no fragmentation");
}

/// The formulas of time metrics, over the fields of a run.
void addMetrics(sema::Checker &checker, const Folder &folder, bool timed, ir::CostModule &module) {
  SrcRange from = checker.library().prelude()->file->outline().empty()
                      ? SrcRange{}
                      : checker.library().prelude()->file->outline()[0].range;
  llvm::DenseMap<uint32_t, std::optional<ExprId>> rules; // metrics share them
  auto ruleOf = [&](NameId name) {
    auto [at, isNew] = rules.try_emplace(name.index);
    if (isNew) at->second = checker.timeRule(text(name), from);
    return at->second;
  };
  for (const Metric &metric : checker.metrics()) {
    ir::Metric made{std::string(text(metric.name)),
                    std::string(metric.title),
                    std::string(metric.unit),
                    static_cast<ir::Fold>(metric.fold),
                    folder.isAbsent(metric),
                    {},
                    {},
                    std::string(metric.utilisation),
                    std::string(metric.resource),
                    std::string(metric.memory)};
    if (metric.source == Metric::Source::Time) {
      made.absent = true;
      if (timed) made.rule = ruleOf(intern(metric.time));
      for (NameId part : metric.parts)
        if (timed)
          if (auto rule = ruleOf(part)) made.parts.push_back(*rule);
    }
    module.metrics.push_back(std::move(made));
  }
  if (timed) module.formals.assign(checker.runSymbols().begin(), checker.runSymbols().end());
}

/// Metrics that need another one which is 0 in this model are not the model's.
void dropUnneeded(sema::Checker &checker, ir::CostModule &module) {
  auto isZero = [&](std::string_view name) {
    for (size_t i = 0; i < module.metrics.size(); ++i)
      if (module.metrics[i].name == name)
        return module.totals[i] == ExprId() || module.totals[i] == checker.pool().constant(0);
    return true;
  };
  std::vector<size_t> dropped;
  for (size_t i = 0; i < module.metrics.size(); ++i)
    if (std::string_view needs = checker.metrics()[i].needs; !needs.empty() && isZero(needs)) dropped.push_back(i);
  auto drop = [&](auto &list) {
    for (size_t i : llvm::reverse(dropped))
      if (i < list.size()) list.erase(list.begin() + static_cast<ptrdiff_t>(i));
  };
  if (dropped.empty()) return;
  for (ir::Node &node : module.nodes) drop(node.metrics);
  drop(module.totals), drop(module.metrics);
}

/// True when a condition mentions more than inputs: the index of a loop that the walk has left.
bool mentionsIndex(sema::Checker &checker, const sema::PipelineModel &model, ExprId condition) {
  for (SymbolId symbol : checker.pool().symbols(condition))
    if (llvm::none_of(model.inputs, [&](const sema::Input &input) { return input.symbol == symbol; })) return true;
  return false;
}

/// Walks all stages; those again that met a repeat folded which has to be unfolded. Their roots, and residents.
std::vector<std::pair<uint32_t, NameId>> walkStages(sema::Checker &checker, const sema::PipelineModel &model,
                                                    const CostOptions &options, CostTree &tree, Formats &formats) {
  Walker walker(checker, tree, *options.flops, *options.traffic, options.time, formats,
                options.unfolded ? *options.unfolded : std::vector<SrcRange>());
  std::vector<std::pair<uint32_t, NameId>> roots(model.stages.size());
  std::vector<std::vector<SrcRange>> folded(model.stages.size());
  auto walk = [&](size_t i) {
    roots[i] = {tree.addRoot(text(model.stages[i].name)), model.stages[i].resident};
    folded[i] = walker.walkStage(model.stages[i], roots[i].first);
  };
  for (size_t i = 0; i < roots.size(); ++i) walk(i);
  auto isStale = [&](const auto &repeats) {
    return llvm::any_of(repeats, [&](SrcRange repeat) { return walker.unfolds(repeat); });
  };
  for (auto stale = llvm::find_if(folded, isStale); stale != folded.end(); stale = llvm::find_if(folded, isStale))
    walk(static_cast<size_t>(stale - folded.begin()));
  if (options.unfolded) *options.unfolded = walker.unfolded();
  return roots;
}

} // namespace

ir::CostModule buildCosts(sema::Checker &checker, SourceManager &sources, const sema::PipelineModel &model,
                          const CostOptions &options) {
  const sema::Convention &flops = *options.flops, &traffic = *options.traffic;
  CostTree tree(checker.pool());
  Formats formats(checker, options.bitsOf);
  std::vector<std::pair<uint32_t, NameId>> stages = walkStages(checker, model, options, tree, formats);
  ir::CostModule module;
  module.pool = &checker.pool();
  module.model = text(model.pipeline->name.name);
  module.title = model.pipeline->doc.substr(0, model.pipeline->doc.find('\n'));
  module.convention = text(flops.name), module.traffic = text(traffic.name);
  addInputs(model, checker, module);
  Folder folder(checker, sources, tree, flops);
  module.parameters = formats.takeParameters();
  module.nodes.reserve(tree.size());
  addMetrics(checker, folder, options.time != nullptr, module);
  checker.pool().limitProofs(kPeakProofSteps);
  for (size_t i = 0; i < stages.size(); ++i) {
    folder.fold(stages[i].first, module);
    ir::Node &root = module.nodes[module.roots.back()];
    root.op = "stage", root.title = model.stages[i].title;
    root.resident = text(model.stages[i].resident);
  }
  folder.addTotals(module, stages);
  checker.pool().limitProofs();
  std::vector<sema::Guard> guards = model.guards;
  for (const sema::Guard &guard : checker.ruleGuards())
    if (!mentionsIndex(checker, model, guard.condition)) guards.push_back(guard);
  for (const sema::Guard &guard : guards) {
    LineColumn at = sources.lineColumn(guard.range.begin);
    module.guards.push_back({static_cast<ir::GuardKind>(guard.kind), guard.condition, guard.text,
                             fmt::format("{}:{}:{}", at.path, at.line, at.column)});
  }
  module.notModelled = model.notModelled;
  addAssumptions(flops, traffic, module);
  if (!options.sharded) dropUnneeded(checker, module);
  return module;
}

void addEstimates(ir::CostModule &module) {
  auto isTime = [&](ExprId id) {
    return llvm::any_of(module.pool->symbols(id), [&](SymbolId each) { return module.pool->symbolInfo(each).real; });
  };
  for (size_t i = 0; i < module.metrics.size(); ++i)
    if (!module.metrics[i].absent && module.pool->isReal(module.totals[i]) && !isTime(module.totals[i]))
      module.assumptions.push_back(fmt::format("{}: {}", module.metrics[i].name, ir::kExpectation));
}

} // namespace mdl::lower
