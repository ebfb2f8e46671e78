//===- Walk.cpp - One walk over the schedule ------------------------------===//
#include "Walk.h"

namespace mdl::lower {

using sema::CallNode;
using sema::LoopNode;
using sema::OpNode;
using sema::Tensor;

Walker::Walker(sema::Checker &checker, CostTree &tree, const sema::Convention &flops, const sema::Convention &traffic,
               const sema::Convention *time, Formats &formats, std::vector<SrcRange> unfolded)
    : checker_(checker), pool_(checker.pool()), tree_(tree), flops_(flops), traffic_(traffic), time_(time),
      formats_(formats), live_(pool_.constant(0)), devices_(pool_.constant(1)), unfolded_(std::move(unfolded)) {}

//===--- Tensors at run time ------------------------------------------------------===//

ExprId Walker::bytesOf(ExprId elements, ExprId bits) {
  auto [at, isNew] = eighths_.try_emplace(bits.index);
  if (isNew) at->second = pool_.scale(bits, Rational(1, 8));
  return pool_.mul(elements, at->second);
}

/// Weights and state are stored as what is resident says, everything else as the stage says.
ExprId Walker::bitsOf(sema::RoleId role, sema::ClassId made) {
  return formats_.bits(checker_.isStorageRole(role) ? resident_ : stage_, role, made);
}

Actual *Walker::make(const Tensor *tensor, Actuals &actuals, ExprId bits) {
  Actual *actual = &all_.emplace_back();
  actual->bits = bits;
  actual->bytes = bytesOf(pool_.mul(tensor->shape), bits);
  actual->level = firstTurn_.size();
  return actuals[tensor] = actual;
}

/// The run-time tensor behind a value; made on first sight when it is an input of the stage.
Actual *Walker::actualOf(const Tensor *tensor, Actuals &actuals) {
  const Tensor *base = sema::root(tensor);
  if (auto known = actuals.find(base); known != actuals.end()) return known->second;
  return make(base, actuals);
}

void Walker::allocate(Actual *actual) {
  if (actual->live) return;
  actual->live = true;
  live_ = pool_.add(live_, actual->bytes);
}

void Walker::release(Actual *actual) {
  if (!actual->live) return;
  actual->live = false;
  live_ = pool_.sub(live_, actual->bytes);
}

//===--- Regions ----------------------------------------------------------------------===//

namespace {
/// The values that a node uses, loops with what their bodies capture.
void usesOf(const sema::Node &node, llvm::function_ref<void(const Tensor *)> use);

void usesOfRegion(const sema::Region &region, llvm::function_ref<void(const Tensor *)> use) {
  for (const sema::Node &node : region.nodes) usesOf(node, use);
}

void usesOf(const sema::Node &node, llvm::function_ref<void(const Tensor *)> use) {
  auto each = [&](llvm::ArrayRef<const Tensor *> tensors) {
    for (const Tensor *tensor : tensors)
      if (tensor) use(sema::root(tensor));
  };
  if (auto *op = std::get_if<OpNode>(&node)) each(op->operands), each(op->tied);
  else if (auto *call = std::get_if<CallNode>(&node)) each(call->operands);
  else {
    const LoopNode &loop = *std::get<std::unique_ptr<LoopNode>>(node);
    each(loop.initial);
    for (const sema::Piece &piece : loop.pieces) {
      usesOfRegion(piece.body,
                   [&](const Tensor *tensor) { // an input that only the body uses is made there, turn by turn
                     if (tensor->origin != Tensor::Origin::Input) use(tensor);
                   });
      each(piece.carriedOut);
    }
  }
}
} // namespace

/// Walks the nodes in order. `donated` are operands that this region may free; `kept` outlive it.
Walker::Work Walker::walkRegion(const sema::Region &region, llvm::ArrayRef<const Tensor *> kept, Actuals &actuals,
                                const llvm::DenseSet<Actual *> &donated, const Place &place) {
  addStorage(place.node, region.storage, actuals, place, region.storedOver);
  llvm::DenseMap<const Tensor *, size_t> lastUse;
  llvm::DenseMap<const Tensor *, unsigned> readers;
  for (size_t i = 0; i < region.nodes.size(); ++i)
    usesOf(region.nodes[i], [&](const Tensor *tensor) {
      lastUse[tensor] = i;
      auto *op = std::get_if<OpNode>(&region.nodes[i]);
      bool renames = op && op->application->aliasOf >= 0 &&
                     sema::root(op->operands[static_cast<size_t>(op->application->aliasOf)]) == tensor;
      if (!renames) ++readers[tensor]; // a view reads nothing; those who read the view do
      if (tensor->origin == Tensor::Origin::Input && !actuals.contains(tensor)) make(tensor, actuals);
    });
  if (!place.idle)
    for (const auto &[tensor, at] : lastUse)
      if (tensor->origin == Tensor::Origin::Input) allocate(actuals[tensor]);
  for (const Tensor *tensor : kept)
    if (tensor) lastUse[sema::root(tensor)] = region.nodes.size(), readers[sema::root(tensor)] += 2;
  llvm::DenseMap<size_t, llvm::SmallVector<const Tensor *>> dyingAt;
  for (const auto &[tensor, at] : lastUse) dyingAt[at].push_back(tensor);

  llvm::DenseSet<Actual *> mine; // made here, so freed here
  Work sum(checker_.metrics().size(), pool_.constant(0));
  for (size_t i = 0; i < region.nodes.size(); ++i) {
    llvm::SmallVector<Actual *> dying;
    for (const Tensor *tensor : dyingAt[i]) {
      Actual *actual = actualOf(tensor, actuals);
      if (mine.contains(actual) || donated.contains(actual) || tensor->origin == Tensor::Origin::Input)
        dying.push_back(actual);
    }
    Work work;
    llvm::ArrayRef<const Tensor *> results;
    if (auto *op = std::get_if<OpNode>(&region.nodes[i])) {
      unsigned count = op->results.size() == 1 ? readers[sema::root(op->results[0])] : 2;
      work = walkOp(*op, actuals, place, dying, count);
      results = op->results;
    } else if (auto *call = std::get_if<CallNode>(&region.nodes[i])) {
      work = walkCall(*call, actuals, place, dying);
      results = call->results;
    } else {
      const LoopNode &loop = *std::get<std::unique_ptr<LoopNode>>(region.nodes[i]);
      work = walkLoop(loop, actuals, place, dying);
      results = loop.results;
      if (loop.gathered) mine.insert(actualOf(loop.gathered, actuals));
    }
    for (const Tensor *result : results)
      if (!result->alias) {
        Actual *actual = actualOf(result, actuals);
        mine.insert(actual);
        if (!lastUse.contains(result)) release(actual); // nobody reads it
      }
    for (Actual *actual : dying) release(actual);
    for (size_t k = 0; k < sum.size(); ++k) sum[k] = pool_.add(sum[k], work[k]);
  }
  return sum;
}

Walker::Work Walker::walkCall(const CallNode &call, Actuals &actuals, const Place &place,
                              llvm::ArrayRef<Actual *> dying) {
  Place at = place;
  at.node = tree_.place(place.node, call.label, at.open, at.renamed);
  at.idle |= call.idle;
  if (!call.label.empty()) tree_[at.node].op = text(call.callee->module->name.name);
  if (!tree_[at.node].range.isValid()) tree_[at.node].range = call.range;
  Actuals inner;
  llvm::DenseSet<Actual *> donated;
  for (size_t i = 0; i < call.operands.size(); ++i)
    if (call.operands[i]) {
      Actual *actual = actualOf(call.operands[i], actuals);
      inner[call.callee->operands[i]] = actual;
      if (llvm::is_contained(dying, actual)) donated.insert(actual);
    }
  Work work = walkRegion(call.callee->region, call.callee->results, inner, donated, at);
  for (size_t i = 0; i < call.results.size(); ++i)
    if (!call.results[i]->alias) actuals[call.results[i]] = actualOf(call.callee->results[i], inner);
  if (at.idle) work.assign(work.size(), pool_.constant(0));
  if (!call.label.empty()) book(at.node, work, at);
  return work;
}

//===--- Stages -----------------------------------------------------------------------------===//

std::vector<SrcRange> Walker::walkStage(const sema::Stage &stage, uint32_t root) {
  live_ = pool_.constant(0);
  splits_.clear();
  stage_ = stage.name, resident_ = stage.resident;
  turns_.clear();
  firstTurn_.clear();
  Turns turns = turnsOf(stage.turn, stage.lo, stage.hi);
  ExprId one = pool_.constant(1);
  bool guarded = stage.guard != one;
  if (guarded) turns_.push_back(turnsOf(std::nullopt, pool_.constant(0), stage.guard));
  turns_.push_back(turns);
  Place place{root, {}, expr::Replacements(), false};
  tree_[root].range = stage.range;
  Actuals actuals;
  Work work = walkRegion(stage.region, stage.results, actuals, {}, place);
  book(root, work, place);
  turns_.clear();
  std::vector<SrcRange> folded;
  for (const auto &[node, statement, ranges] : splits_) folded.push_back(statement);
  return folded;
}

} // namespace mdl::lower
