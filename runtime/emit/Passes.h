//===- Passes.h - A plan as loops over a block of points --------*- C++ -*-===//
// The interpreter takes one pass over a block for each step. A compiler keeps what
// lives from one step to the next in the machine's registers: here many steps make a
// pass, and only what another pass reads is kept in memory, an array of a block.
//===----------------------------------------------------------------------===//
#pragma once
#include "../batch/Plan.h"

namespace mdl::emit {

namespace batch = runtime::batch;

/// What a register holds from the step that writes it to the next one that does.
struct PassValue {
  enum class Kind : uint8_t { Column, Constant, Index, Total, Step } kind;
  uint32_t number = 0; ///< Of the column, of the loop (Index, Total) or of the step
  uint32_t reg = 0;
  double constant = 0;
  bool isKept = false; ///< In an array: others read it than the pass that makes it
};

/// Steps [begin, end): all of one loop over points, or one that stands alone.
struct Pass {
  uint32_t begin, end;
};

/// True for steps that are no line of a pass: the edges of loops, and what no vector unit does.
bool standsAlone(batch::Op op);

/// A plan in passes, with values instead of registers.
class Passes {
public:
  Passes(const batch::Plan &plan, uint32_t columns);

  std::vector<PassValue> values;
  std::vector<std::vector<uint32_t>>
      reads;                  ///< By step: its values a, b, c; the rows; of an edge of a loop lo, hi, body
  std::vector<uint32_t> made; ///< By step: the value that it makes; of an edge of a loop the total
  std::vector<Pass> passes;
  std::vector<uint32_t> outputs; ///< Parallel to the plan's
  std::vector<uint32_t> indices; ///< By loop: the value of its index
  uint32_t arrays = 0;

  const batch::Plan &plan() const { return plan_; }
  /// The array of a value that is kept.
  uint32_t arrayOf(uint32_t value) const { return places_[values[value].reg]; }
  /// True for a value that a pass makes, and makes within these steps.
  bool isMadeIn(uint32_t value, const Pass &pass) const;

private:
  uint32_t add(PassValue value);
  void numberValues(uint32_t columns);
  std::vector<uint32_t> registersRead(const batch::Step &step) const;
  void readStep(uint32_t at);
  void makeValue(uint32_t at);
  void divide();
  void findKept();

  const batch::Plan &plan_;
  std::vector<uint32_t> current_; ///< By register: the value in it
  std::vector<uint32_t> places_;  ///< By register: its array
};

} // namespace mdl::emit
