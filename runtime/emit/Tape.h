//===- Tape.h - What an emitted file computes -------------------*- C++ -*-===//
// The numbers that a file gives out, the part of the tape that they and the
// guards need, in the order of evaluation, and its instructions as calls, which
// read the same in every language.
//===----------------------------------------------------------------------===//
#pragma once
#include "Emit.h"

namespace mdl::emit {

using runtime::Slot;

/// A number that is given out: of a stage, or of the whole job.
struct OutputNumber {
  std::string stage; ///< Empty for a total
  std::string metric, title, unit;
  Slot slot; ///< kNoSlot: the number of calls of a stage that runs once
  Int scale = 1;
  /// `diffusion.flops_tensor`; of the whole job `flops_tensor`.
  std::string name() const { return stage.empty() ? metric : stage + "." + metric; }
};

/// Stages in order, each with its calls and its metrics, then the totals.
std::vector<OutputNumber> outputNumbers(const runtime::Program &program);
/// The names of the stages, in order.
std::vector<std::string> stageNames(const runtime::Program &program);

/// A step of the evaluation. A sum is opened before its body and closed after it.
struct Step {
  enum class Kind : uint8_t { Compute, Open, Close } kind;
  Slot slot;      ///< Open, Close: that of the sum
  unsigned depth; ///< How many sums are open around it
};

/// How a language writes what stands alone, and a call.
class Notation {
public:
  virtual ~Notation() = default;
  virtual std::string integer(Int value) const = 0;
  virtual std::string real(double value) const = 0;
  virtual std::string input(uint32_t number) const = 0;
  virtual std::string parameter(uint32_t number) const = 0;
  virtual std::string call(std::string_view function, const std::vector<std::string> &arguments) const = 0;
  /// A call with a list: the smallest of rows.
  virtual std::string argMin(const std::vector<std::string> &slots, uint32_t rowLength) const = 0;
};

class Tape {
public:
  /// The part of the tape that these numbers and the guards need.
  Tape(const runtime::Program &program, const std::vector<OutputNumber> &outputs);

  std::vector<Step> steps;

  const runtime::Program &program() const { return program_; }
  bool isReal(Slot slot) const { return runtime::isRealOp(program_.code[slot].op); }
  const runtime::Loop &loop(Slot sum) const { return program_.loops[program_.code[sum].a]; }
  /// What an operand is called: `v12`, or the constant, input or index itself.
  std::string operand(Slot slot, const Notation &notation) const;
  /// The instruction of a slot, no sum.
  std::string expression(Slot slot, const Notation &notation) const;
  /// The parameters that some step reads, in order.
  std::vector<uint32_t> parameters() const;
  /// True when some step is a sum.
  bool hasSums() const;

private:
  void markLive(const std::vector<OutputNumber> &outputs);
  void findOwners();
  void walk(Slot begin, Slot end, Slot owner, unsigned depth);
  Slot sumOfIndex(Slot slot) const;

  const runtime::Program &program_;
  std::vector<bool> live_;
  std::vector<Slot> owners_; ///< Per slot: the sum whose body it belongs to directly, or kNoSlot
};

} // namespace mdl::emit
