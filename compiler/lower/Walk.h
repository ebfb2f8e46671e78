//===- Walk.h - One walk over the schedule ----------------------*- C++ -*-===//
// Visits every operator of a stage in program order, folded repeats once, and
// books on the tree: work (folded over the turns in time around it), storage,
// and the bytes that are live while it runs.
//
// Liveness: a tensor is live from its operator to its last use; an operand of a
// module lives on in the caller unless this call is its last use (it is donated).
// In a folded loop the body is walked once in its steady state: what is carried
// in is freed inside, what is captured lives throughout.
//===----------------------------------------------------------------------===//
#pragma once
#include "CostTree.h"
#include "Formats.h"
#include <deque>

namespace mdl::lower {

/// A tensor at run time: what its stand-ins in templates stand for.
struct Actual {
  ExprId bytes;
  ExprId bits; ///< Of an element
  bool live = false;
  bool materialised = true;     ///< False for the result of a fused operator with one reader
  bool read = false;            ///< Convention `once`: somebody has paid for it
  size_t level = 0;             ///< How many repeats and loops were around when it was made
  uint32_t owner = ir::kNoNode; ///< A weight: the node that owns it
  std::string_view name;        ///< A weight: its name there
};

class Walker {
public:
  /// `time` is the convention whose FLOPs take time; null when no run is recorded. `unfolded` are repeats to unfold.
  Walker(sema::Checker &checker, CostTree &tree, const sema::Convention &flops, const sema::Convention &traffic,
         const sema::Convention *time, Formats &formats, std::vector<SrcRange> unfolded);
  /// Returns the repeats that it walked folded.
  std::vector<SrcRange> walkStage(const sema::Stage &stage, uint32_t root);
  /// True for a repeat that pieces of a loop split differently: what was walked with it folded is to be walked again, and
  /// then it is unfolded.
  bool unfolds(SrcRange repeat) const { return llvm::is_contained(unfolded_, repeat); }
  const std::vector<SrcRange> &unfolded() const { return unfolded_; }
  /// Sum metrics in the order of the checker's metrics; others hold 0.
  using Work = llvm::SmallVector<ExprId, 24>;

private:
  using Actuals = llvm::DenseMap<const sema::Tensor *, Actual *>;
  /// A loop in time around the current node: what is inside runs once for each index in lo..hi.
  struct Turns {
    std::optional<SymbolId> index;
    ExprId lo, hi;
    ExprId count; ///< How many there are, at least 0
    ExprId any;   ///< 1 if there is one, else 0
  };
  Turns turnsOf(std::optional<SymbolId> index, ExprId lo, ExprId hi);
  /// Where the walk is.
  struct Place {
    uint32_t node;
    std::vector<OpenGroup> open;
    expr::Replacements renamed; ///< Index symbols that stand for another or a constant
    bool idle = false;
  };
  struct Owned {
    const sema::Region *region;
    Actuals *actuals;
  };

  Work walkRegion(const sema::Region &region, llvm::ArrayRef<const sema::Tensor *> kept, Actuals &actuals,
                  const llvm::DenseSet<Actual *> &donated, const Place &place);
  Work walkOp(const sema::OpNode &op, Actuals &actuals, const Place &place, llvm::ArrayRef<Actual *> dying,
              unsigned readers);
  Work walkCall(const sema::CallNode &call, Actuals &actuals, const Place &place, llvm::ArrayRef<Actual *> dying);
  Work walkLoop(const sema::LoopNode &loop, Actuals &actuals, const Place &place, llvm::ArrayRef<Actual *> dying);
  Work walkPiece(const sema::LoopNode &loop, const sema::Piece &piece, Actuals &actuals, std::vector<Actual *> &carried,
                 const Place &place, llvm::ArrayRef<Actual *> dying);
  Work walkTurn(const sema::Piece &piece, Actuals &actuals, std::vector<Actual *> &carried, const Place &place,
                llvm::ArrayRef<Actual *> dying);
  void checkSplits(const sema::LoopNode &loop, const Place &place);

  Work workOf(const sema::OpNode &op, const sema::OpCosts &costs, Actuals &actuals, const Place &place);
  bool countsMove(const sema::OpNode &op, const sema::MoveCost &move, Actuals &actuals, ExprId &factor);
  void book(uint32_t node, const Work &perExecution, const Place &place);
  ExprId overTurns(ExprId value, const Place &place);
  ExprId largestOverTurns(ExprId value, const Place &place);
  ExprId whetherRun(const Place &place);
  void addPeak(uint32_t node, ExprId bytes, const Place &place);
  void addRun(const sema::OpNode &op, const Work &work, const Place &place);
  ExprId bitsOf(sema::RoleId role, sema::ClassId made);
  ExprId bitsInside(const sema::Region &region, const sema::Tensor *tensor,
                    llvm::function_ref<ExprId(const sema::Tensor *)> outside);
  ExprId bitsOfResult(const sema::OpNode &op, const sema::Tensor *result, Actuals &actuals);
  ExprId bitsOfMove(const sema::OpNode &op, const sema::MoveCost &move, Actuals &actuals);
  void addStorage(uint32_t node, llvm::ArrayRef<sema::Storage> storage, Actuals &actuals, const Place &place,
                  ExprId storedOver);
  Actual *actualOf(const sema::Tensor *tensor, Actuals &actuals);
  Actual *make(const sema::Tensor *tensor, Actuals &actuals, ExprId bits);
  Actual *make(const sema::Tensor *tensor, Actuals &actuals) { return make(tensor, actuals, bitsOf(tensor->role, {})); }
  void allocate(Actual *actual);
  void release(Actual *actual);
  ExprId bytesOf(ExprId elements, ExprId bits);
  ExprId rename(ExprId id, const Place &place);
  const sema::OpCosts &costsOf(const sema::OpApplication &application);

  sema::Checker &checker_;
  expr::ExprPool &pool_;
  CostTree &tree_;
  const sema::Convention &flops_, &traffic_;
  const sema::Convention *time_;
  Formats &formats_;
  llvm::DenseMap<uint32_t, ExprId> eighths_; ///< Of bits: bytes
  NameId stage_, resident_;
  std::deque<Actual> all_;
  std::unordered_map<const sema::OpApplication *, sema::OpCosts> costs_;
  std::unordered_map<const sema::OpApplication *, std::vector<ExprId>> timeCosts_; ///< Under `time_`
  std::vector<Turns> turns_;
  std::vector<ExprId> firstTurn_; ///< For each repeat or loop around: 1 in its first turn, else 0
  ExprId live_;
  ExprId devices_;                       ///< Of a pipeline around: each run takes so many times as long
  llvm::DenseSet<Actual *> carriedHere_; ///< Values that a turn of some loop left to the next one
  std::vector<SrcRange> unfolded_;       ///< Of all stages
  /// The folded repeats of this stage, by node and statement.
  std::vector<std::tuple<uint32_t, SrcRange, std::vector<std::pair<ExprId, ExprId>>>> splits_;
};

} // namespace mdl::lower
