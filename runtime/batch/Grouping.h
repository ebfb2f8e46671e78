//===- Grouping.h - The sums of products of a tape --------------*- C++ -*-===//
// Integer additions and multiplications of a tape, written out as sums of
// products of the slots that are neither, and factored anew over all of them.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Evaluate.h"
#include "Factor.h"
#include <functional>

namespace mdl::runtime::batch {

struct Grouping {
  Factored factored;
  std::vector<Slot> variables; ///< The slots that the variables of `factored` are
  std::vector<uint32_t> sumOf; ///< By slot: its sum in `factored`; kNoSum where there is none
  std::vector<bool> inside;    ///< By slot: only sums read it
};
inline constexpr uint32_t kNoSum = ~0u;

/// What a grouping has to know of a tape.
struct Groupable {
  const Program &program;
  std::vector<Slot> outputs;
  std::function<bool(Slot)> needed;
  /// An addition or multiplication, outside of loops, of which no operand can leave what Int holds.
  std::function<bool(Slot)> groups;
  /// The exact value of a slot that does not vary; overflow when it has none.
  std::function<bool(Slot)> varies;
  std::function<Int(Slot)> number;
};
Grouping group(const Groupable &tape);

} // namespace mdl::runtime::batch
