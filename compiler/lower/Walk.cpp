//===- Walk.cpp - One walk over the schedule ------------------------------===//
#include "Walk.h"
#include "../ir/Keywords.h"

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

//===--- Booking ------------------------------------------------------------------===//

ExprId Walker::rename(ExprId id, const Place &place) {
  return place.renamed.empty() ? id : pool_.substitute(id, place.renamed);
}

/// Without an index there are `hi` turns, all alike.
Walker::Turns Walker::turnsOf(std::optional<SymbolId> index, ExprId lo, ExprId hi) {
  ExprId zero = pool_.constant(0), one = pool_.constant(1);
  if (!index) return {index, lo, hi, hi, pool_.nonNeg(pool_.sub(hi, one))};
  ExprId count = pool_.sub(hi, lo);
  return {index, lo, hi, pool_.max({count, zero}), pool_.nonNeg(pool_.sub(count, one))};
}

/// The value summed over all turns in time around the node, innermost first.
ExprId Walker::overTurns(ExprId value, const Place &place) {
  for (const Turns &turns : llvm::reverse(turns_)) {
    if (turns.index && pool_.dependsOn(value, *turns.index)) value = pool_.sum(*turns.index, turns.lo, turns.hi, value);
    else value = pool_.mul(value, turns.count);
  }
  return rename(value, place);
}

/// The largest value over the turns in time: at an end, as sizes grow or shrink with the turn.
ExprId Walker::largestOverTurns(ExprId value, const Place &place) {
  for (const Turns &turns : llvm::reverse(turns_)) {
    if (!turns.index || !pool_.dependsOn(value, *turns.index)) continue;
    ExprId first = pool_.substitute(value, *turns.index, turns.lo);
    ExprId last = pool_.substitute(value, *turns.index, pool_.sub(turns.hi, pool_.constant(1)));
    value = pool_.max({first, last});
  }
  return rename(value, place);
}

/// 1 when the turns around the node are taken at all: what is in a loop of no turns has no state and no peak.
ExprId Walker::whetherRun(const Place &place) {
  ExprId runs = pool_.constant(1);
  for (const Turns &turns : turns_) runs = pool_.mul(runs, turns.any);
  return rename(runs, place);
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

//===--- Loops ----------------------------------------------------------------------------===//

/// Pieces of a loop in time must split an inner repeat alike, else its ids would be counted twice.
void Walker::checkSplits(const LoopNode &loop, const Place &place) {
  std::vector<std::pair<ExprId, ExprId>> ranges;
  for (const sema::Piece &piece : loop.pieces) ranges.emplace_back(piece.lo, piece.hi);
  for (auto &[node, statement, known] : splits_)
    if (node == place.node && statement == loop.range && known != ranges) {
      unfolded_.push_back(loop.range);
      return;
    }
  splits_.emplace_back(place.node, loop.range, std::move(ranges));
}

Walker::Work Walker::walkLoop(const LoopNode &loop, Actuals &actuals, const Place &place,
                              llvm::ArrayRef<Actual *> dying) {
  if (!loop.inTime && !unfolds(loop.range)) checkSplits(loop, place);
  std::vector<Actual *> carried;
  for (const Tensor *tensor : loop.initial) carried.push_back(actualOf(tensor, actuals));
  if (loop.gathered) {
    const sema::Piece &last = loop.pieces.back();
    auto outside = [&](const Tensor *other) { return bitsOf(other->role, {}); };
    allocate(make(loop.gathered, actuals, bitsInside(last.body, last.gathered, outside)));
  }
  ExprId around = devices_;
  if (loop.devices != ExprId()) devices_ = loop.devices;
  Work sum(checker_.metrics().size(), pool_.constant(0));
  for (const sema::Piece &piece : loop.pieces) {
    Work work = walkPiece(loop, piece, actuals, carried, place, dying);
    for (size_t i = 0; i < sum.size(); ++i) sum[i] = pool_.add(sum[i], work[i]);
  }
  devices_ = around;
  for (size_t i = 0; i < loop.results.size(); ++i) actuals[loop.results[i]] = carried[i];
  return sum;
}

/// One piece: folded, or turn by turn when its repeat has to be unfolded. Returns its work, all turns.
Walker::Work Walker::walkPiece(const LoopNode &loop, const sema::Piece &piece, Actuals &actuals,
                               std::vector<Actual *> &carried, const Place &place, llvm::ArrayRef<Actual *> dying) {
  Place at = place;
  ExprId one = pool_.constant(1);
  if (!piece.index) {
    bool first = &piece == &loop.pieces.front();
    firstTurn_.push_back(first ? one : pool_.constant(0));
    if (loop.inTime) turns_.push_back(turnsOf(std::nullopt, pool_.constant(0), one));
    Work work = walkTurn(piece, actuals, carried, at, dying);
    if (loop.inTime) turns_.pop_back();
    firstTurn_.pop_back();
    return work;
  }
  auto turns = pool_.asInteger(pool_.sub(piece.hi, piece.lo));
  auto lo = pool_.asInteger(piece.lo);
  if (!loop.inTime && turns && lo && unfolds(loop.range)) {
    Work sum(checker_.metrics().size(), pool_.constant(0));
    for (Int i = 0; i < *turns; i += 1) {
      at.renamed[piece.index->index] = pool_.constant(*lo + i);
      firstTurn_.push_back(pool_.constant(i.isZero() && &piece == &loop.pieces.front() ? 1 : 0));
      Work work = walkTurn(piece, actuals, carried, at, dying);
      firstTurn_.pop_back();
      for (size_t k = 0; k < sum.size(); ++k) sum[k] = pool_.add(sum[k], rename(work[k], at));
    }
    return sum;
  }
  ExprId index = pool_.symbol(*piece.index);
  bool first = &piece == &loop.pieces.front();
  firstTurn_.push_back(first ? pool_.equal(index, piece.lo) : pool_.constant(0));
  if (loop.inTime) turns_.push_back(turnsOf(piece.index, piece.lo, piece.hi));
  else at.open.push_back({*piece.index, piece.lo, piece.hi, loop.range});
  Work work = walkTurn(piece, actuals, carried, at, dying);
  if (loop.inTime) turns_.pop_back();
  firstTurn_.pop_back();
  for (ExprId &each : work) each = pool_.sum(*piece.index, piece.lo, piece.hi, each);
  return work;
}

/// The body once, in its steady state. `carried` are the values before, then those after.
Walker::Work Walker::walkTurn(const sema::Piece &piece, Actuals &actuals, std::vector<Actual *> &carried,
                              const Place &place, llvm::ArrayRef<Actual *> dying) {
  llvm::DenseSet<Actual *> donated;
  // In the steady state a carried value is stored as the turn before has left it.
  std::vector<ExprId> steady;
  for (size_t i = 0; i < carried.size() && piece.index; ++i) {
    auto outside = [&](const Tensor *other) {
      for (size_t k = 0; k < carried.size(); ++k)
        if (piece.carriedIn[k] == other) return carried[k]->bits;
      return actualOf(other, actuals)->bits;
    };
    bool same = i < piece.carriedOut.size();
    steady.push_back(same ? bitsInside(piece.body, piece.carriedOut[i], outside) : carried[i]->bits);
  }
  for (size_t i = 0; i < carried.size(); ++i) {
    Actual *before = carried[i];
    bool mayFree =
        before->level > firstTurn_.size() - 1 || llvm::is_contained(dying, before) || carriedHere_.contains(before);
    if (!mayFree && piece.index) { // from the second turn on the carried value is the loop's own, beside the caller's
      Actual *own = make(piece.carriedIn[i], actuals, steady[i]);
      own->materialised = true;
      allocate(own);
      donated.insert(own);
      continue;
    }
    if (piece.index) { // each turn carries in a value of its own: it is read again in each
      Actual *own = make(piece.carriedIn[i], actuals, steady[i]);
      if (before->live) release(before), allocate(own); // in the format of the steady state
      donated.insert(own);
      continue;
    }
    actuals[piece.carriedIn[i]] = before;
    if (mayFree) donated.insert(before);
  }
  std::vector<const Tensor *> kept(piece.carriedOut);
  if (piece.gathered) kept.push_back(piece.gathered);
  Work work = walkRegion(piece.body, kept, actuals, donated, place);
  carried.clear(); // a carried list may have grown or shrunk
  for (const Tensor *tensor : piece.carriedOut) {
    carried.push_back(actualOf(tensor, actuals));
    carriedHere_.insert(carried.back());
  }
  if (piece.gathered) {
    Actual *out = actualOf(piece.gathered, actuals); // copied into the gathered buffer
    if (!llvm::is_contained(carried, out)) release(out);
  }
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
