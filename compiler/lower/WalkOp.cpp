//===- WalkOp.cpp - One operator of the walk ------------------------------===//
// Its formats, what it moves, its storage, and what is booked on its node.
//===----------------------------------------------------------------------===//
#include "../ir/Keywords.h"
#include "Walk.h"

namespace mdl::lower {

using sema::CallNode;
using sema::LoopNode;
using sema::OpNode;
using sema::Tensor;

//===--- Booking ------------------------------------------------------------------===//

ExprId Walker::rename(ExprId id, const Place &place) {
  return place.renamed.empty() ? id : pool_.substitute(id, place.renamed);
}

void Walker::book(uint32_t node, const Work &perExecution, const Place &place) {
  TreeNode &at = tree_[node];
  at.instance = true;
  ExprId calls = place.idle ? pool_.constant(0) : overTurns(pool_.constant(1), place);
  at.calls = pool_.add(at.calls, calls);
  if (place.idle) return;
  Work signature;
  for (ExprId each : perExecution) {
    signature.push_back(rename(each, place));
    for (const Turns &turns : turns_)
      if (turns.index && pool_.dependsOn(each, *turns.index)) at.uniform = false;
  }
  if (at.perCall.empty()) at.perCall.assign(signature.begin(), signature.end());
  else if (!std::equal(signature.begin(), signature.end(), at.perCall.begin(), at.perCall.end())) at.uniform = false;
}

/// Adds the own work of an operator.
static void addOwn(expr::ExprPool &pool, TreeNode &node, llvm::ArrayRef<ExprId> work) {
  if (node.own.empty()) node.own.assign(work.size(), pool.constant(0));
  for (size_t i = 0; i < work.size(); ++i) node.own[i] = pool.add(node.own[i], work[i]);
}

void Walker::addPeak(uint32_t node, ExprId bytes, const Place &place) {
  if (place.idle) return;
  tree_[node].peaks.push_back({largestOverTurns(bytes, place), whetherRun(place)});
}

/// `storedOver`: weights are stored in parts, in so many of them, each of whole elements; 0 is one.
void Walker::addStorage(uint32_t node, llvm::ArrayRef<sema::Storage> storage, Actuals &actuals, const Place &place,
                        ExprId storedOver) {
  for (const sema::Storage &each : storage) {
    if (each.kind == sema::StorageKind::Scratch) continue;
    Actual *actual = make(each.tensor, actuals);
    actual->owner = node, actual->name = each.name;
    actual->bytes = pool_.constant(0); // not an activation
    if (place.idle && each.kind == sema::StorageKind::State) continue;
    ExprId elements = largestOverTurns(pool_.mul(each.tensor->shape), place);
    if (storedOver != ExprId() && each.kind == sema::StorageKind::Weight)
      elements = pool_.negate(pool_.floor(pool_.negate(pool_.div(elements, storedOver))));
    auto &known = tree_[node].storage;
    auto same = llvm::find_if(known, [&](const NodeStorage &s) { return s.name == each.name; });
    if (same != known.end() && same->elements == elements) continue;
    if (each.kind == sema::StorageKind::State) elements = pool_.mul(elements, whetherRun(place));
    if (same == known.end()) known.push_back({each.name, each.tensor->role, elements, bitsOf(each.tensor->role, {})});
    else same->elements = pool_.max({same->elements, elements}); // another turn of the same instance
  }
}

//===--- Operators ------------------------------------------------------------------===//

const sema::OpCosts &Walker::costsOf(const sema::OpApplication &application) {
  auto [at, isNew] = costs_.try_emplace(&application);
  if (isNew) at->second = checker_.costs(application, flops_, traffic_);
  return at->second;
}

/// Convention `once`: a whole operand is read by its first reader, in the first turn of the loops between.
bool Walker::countsMove(const OpNode &op, const sema::MoveCost &move, Actuals &actuals, ExprId &factor) {
  if (traffic_.booking != sema::Convention::Booking::Once || move.operand < 0) return true;
  const Tensor *operand = op.operands[static_cast<size_t>(move.operand)];
  Actual *actual = operand ? actualOf(operand, actuals) : nullptr;
  if (!actual) return true;
  if (!actual->materialised || actual->read) return false;
  actual->read = true;
  for (size_t level = actual->level; level < firstTurn_.size(); ++level) factor = pool_.mul(factor, firstTurn_[level]);
  return true;
}

/// An operator that only moves numbers stores them as its first operand is stored; others as the precision says.
ExprId Walker::bitsOfResult(const OpNode &op, const Tensor *result, Actuals &actuals) {
  sema::ClassId made = checker_.classOf(op.application->category);
  if (checker_.isMovement(made) && result->role == checker_.actRole())
    for (const Tensor *operand : op.operands)
      if (operand) return actualOf(operand, actuals)->bits;
  return bitsOf(result->role, made);
}

/// The bits of a tensor that a region makes, by the operator that makes it, before the region has been walked; of any
/// other tensor what `outside` says.
ExprId Walker::bitsInside(const sema::Region &region, const Tensor *tensor,
                          llvm::function_ref<ExprId(const Tensor *)> outside) {
  const Tensor *base = sema::root(tensor);
  auto inside = [&](const Tensor *other) { return bitsInside(region, other, outside); };
  for (const sema::Node &node : region.nodes) {
    if (auto *op = std::get_if<OpNode>(&node)) {
      if (!llvm::is_contained(op->results, base)) continue;
      sema::ClassId made = checker_.classOf(op->application->category);
      if (checker_.isMovement(made) && base->role == checker_.actRole())
        for (const Tensor *operand : op->operands)
          if (operand) return inside(operand);
      return bitsOf(base->role, made);
    }
    if (auto *call = std::get_if<CallNode>(&node)) {
      auto at = llvm::find(call->results, base);
      if (at == call->results.end()) continue;
      const sema::Template &callee = *call->callee;
      return bitsInside(callee.region, callee.results[static_cast<size_t>(at - call->results.begin())],
                        [&](const Tensor *operand) {
                          for (size_t i = 0; i < callee.operands.size(); ++i)
                            if (callee.operands[i] == operand && call->operands[i]) return inside(call->operands[i]);
                          return bitsOf(operand->role, {});
                        });
    }
    const LoopNode &loop = *std::get<std::unique_ptr<LoopNode>>(node);
    auto at = llvm::find(loop.results, base);
    if (loop.pieces.empty() || (at == loop.results.end() && loop.gathered != base)) continue;
    const sema::Piece &last = loop.pieces.back();
    const Tensor *made =
        loop.gathered == base ? last.gathered : last.carriedOut[static_cast<size_t>(at - loop.results.begin())];
    return bitsInside(last.body, made, [&](const Tensor *other) {
      for (size_t i = 0; i < last.carriedIn.size() && i < loop.initial.size(); ++i)
        if (last.carriedIn[i] == other) return inside(loop.initial[i]);
      return inside(other);
    });
  }
  return outside(base);
}

ExprId Walker::bitsOfMove(const OpNode &op, const sema::MoveCost &move, Actuals &actuals) {
  for (size_t i = 0; move.of && i < op.operands.size(); ++i)
    if (op.application->operands[i] == move.of) return actualOf(op.operands[i], actuals)->bits;
  for (size_t i = 0; move.of && i < op.results.size(); ++i)
    if (op.application->results[i] == move.of) return actualOf(op.results[i], actuals)->bits;
  return bitsOf(move.role, checker_.classOf(op.application->category));
}

/// Records how often the operator runs and its work each time, for the time rules.
void Walker::addRun(const OpNode &op, const Work &work, const Place &place) {
  if (!time_ || place.idle) return;
  auto metrics = checker_.metrics();
  const std::vector<ExprId> *flops = nullptr;
  if (time_ != &flops_) {
    auto [at, isNew] = timeCosts_.try_emplace(op.application);
    if (isNew) at->second = checker_.costs(*op.application, *time_, traffic_).values;
    flops = &at->second;
  }
  ir::Run run;
  run.category = checker_.className(checker_.classOf(op.application->category));
  bool any = false;
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].feeds.empty()) continue;
    bool rule = metrics[i].source == sema::Metric::Source::Rule;
    ExprId value = rename(rule && flops ? (*flops)[i] : work[i], place);
    any |= value != ExprId();
    for (size_t k = 0; k < ir::kWorks; ++k)
      if (metrics[i].feeds == ir::kFormalWords[k]) run.work[k] = value;
  }
  if (!any) return; // a view: no kernel
  run.times = devices_;
  for (const Turns &turns : llvm::reverse(turns_)) {
    auto depends = [&](ExprId id) { return turns.index && pool_.dependsOn(id, *turns.index); };
    bool bound = llvm::any_of(run.turns, [&](const ir::Run::Turn &t) { return depends(t.lo) || depends(t.hi); });
    if (bound || llvm::any_of(run.work, depends) || depends(run.times))
      run.turns.push_back({*turns.index, rename(turns.lo, place), rename(turns.hi, place)});
    else
      run.times =
          pool_.mul(run.times, turns.index ? pool_.max({pool_.sub(turns.hi, turns.lo), pool_.constant(0)}) : turns.hi);
  }
  run.times = rename(run.times, place);
  tree_[place.node].runs.push_back(std::move(run));
}

Walker::Work Walker::workOf(const OpNode &op, const sema::OpCosts &costs, Actuals &actuals, const Place &) {
  auto metrics = checker_.metrics();
  Work work(costs.values.begin(), costs.values.end());
  bool fused = op.application->fuse && traffic_.booking == sema::Convention::Booking::Once && costs.byConvention;
  using ast::Movement;
  std::array<ExprId, 3> moved;
  moved.fill(pool_.constant(0));
  for (const sema::MoveCost &move : costs.moves) {
    ExprId factor = pool_.constant(1);
    bool ownResult = costs.byConvention && move.movement == Movement::Write;
    if (move.movement != Movement::Send && !countsMove(op, move, actuals, factor)) continue;
    if (fused && ownResult && !op.results.empty() && !actualOf(op.results[0], actuals)->materialised) continue;
    ExprId bits = bitsOfMove(op, move, actuals);
    ExprId bytes = bytesOf(pool_.mul(move.elements, factor), bits);
    ExprId &sum = moved[static_cast<size_t>(move.movement)];
    sum = pool_.add(sum, bytes);
  }
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (sema::isTraffic(metrics[i]))
      work[i] = moved[static_cast<size_t>(metrics[i].source) - static_cast<size_t>(sema::Metric::Source::Read)];
  }
  return work;
}

Walker::Work Walker::walkOp(const OpNode &op, Actuals &actuals, const Place &place, llvm::ArrayRef<Actual *> dying,
                            unsigned readers) {
  Place at = place;
  at.idle |= op.idle;
  at.node = tree_.place(place.node, op.label, at.open, at.renamed);
  tree_[at.node].op = text(op.application->op->name.name);
  tree_[at.node].category = op.application->category;
  tree_[at.node].range = op.range;
  const sema::OpCosts &costs = costsOf(*op.application);

  // Storage: the application's stand-ins are shared, so names are looked up per instance.
  Actuals own;
  addStorage(at.node, op.application->storage, own, at, op.storedOver);
  size_t state = 0;
  for (const sema::Storage &each : op.application->storage)
    if (each.kind == sema::StorageKind::State && state < op.states.size())
      actuals[op.states[state++]] = own.lookup(each.tensor);
  for (const Tensor *tied : op.tied)
    if (Actual *owner = actualOf(tied, actuals); owner->owner != ir::kNoNode && owner->owner != at.node)
      tree_[at.node].borrowed.push_back({owner->owner, owner->name});
  for (const Tensor *operand : op.operands) // a weight that is passed as an operand is used here, too
    if (operand)
      if (Actual *owner = actualOf(operand, actuals); owner->owner != ir::kNoNode && owner->owner != at.node)
        tree_[at.node].borrowed.push_back({owner->owner, owner->name});

  // Results: an alias is its operand; an operator in place takes over a dying operand of the same size.
  const sema::OpApplication &application = *op.application;
  const Tensor *inplace =
      application.inplaceOf >= 0 ? op.operands[static_cast<size_t>(application.inplaceOf)] : nullptr;
  for (const Tensor *result : op.results) {
    if (result->alias) continue;
    Actual *taken = inplace ? actualOf(inplace, actuals) : nullptr;
    Actual *made = make(result, actuals, bitsOfResult(op, result, actuals));
    bool takesOver = taken && llvm::is_contained(dying, taken) && taken->live && taken->bytes == made->bytes;
    made->materialised = !(application.fuse && readers == 1);
    if (takesOver) taken->live = false, made->live = true;
    else if (!at.idle) allocate(made);
  }
  Work work = workOf(op, costs, actuals, at);
  if (at.idle) work.assign(work.size(), pool_.constant(0));
  book(at.node, work, at);
  Work total;
  for (ExprId each : work) total.push_back(overTurns(each, at));
  addOwn(pool_, tree_[at.node], total);
  ExprId around = devices_;
  if (op.devices != ExprId()) devices_ = op.devices;
  addRun(op, work, at);
  devices_ = around;
  ExprId workspace = pool_.constant(0);
  sema::ClassId made = checker_.classOf(op.application->category);
  for (const Tensor *scratch : costs.scratch)
    workspace = pool_.add(workspace, bytesOf(pool_.mul(scratch->shape), bitsOf(scratch->role, made)));
  addPeak(at.node, pool_.add(live_, workspace), at);
  if (workspace != ExprId() && !at.idle)
    tree_[at.node].workspace = pool_.max({tree_[at.node].workspace, largestOverTurns(workspace, at)});
  return work;
}

} // namespace mdl::lower
