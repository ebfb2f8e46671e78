//===- WalkLoop.cpp - Repeats and loops in time of the walk ---------------===//
// Folded where all turns are alike: the body is walked once, in its steady state.
//===----------------------------------------------------------------------===//
#include "Walk.h"

namespace mdl::lower {

using sema::LoopNode;
using sema::Tensor;

//===--- Turns ------------------------------------------------------------------===//

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

} // namespace mdl::lower
