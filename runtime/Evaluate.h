//===- Evaluate.h - Exact evaluation of a program ---------------*- C++ -*-===//
// One pass over the tape for one binding of the inputs. Integers are checked
// and reals are doubles; a number that does not fit is a sticky mark that the
// reader of a result finds (`Number::isOverflow`). An Evaluator keeps the
// program's address, so the program outlives it.
//===----------------------------------------------------------------------===//
#pragma once
#include "Program.h"
#include <cmath>
#include <span>

namespace mdl::runtime {

/// A number of the result: an exact integer, a real, or nothing.
struct Number {
  enum class Kind : uint8_t { Absent, Exact, Real };
  Int exact;
  double real = 0;
  Kind kind = Kind::Absent;

  static Number of(Int value) { return {value, 0, Kind::Exact}; }
  static Number ofReal(double value) { return {0, value, Kind::Real}; }
  bool isPresent() const { return kind != Kind::Absent; }
  /// True for an integer beyond 2^127 and for a real that is not finite.
  bool isOverflow() const { return kind == Kind::Exact ? exact.isOverflow() : !std::isfinite(real); }
  bool isZero() const { return kind == Kind::Exact ? exact.isZero() : real == 0; }
  double toDouble() const { return kind == Kind::Exact ? exact.toDouble() : real; }
  bool operator==(const Number &) const = default;
  /// Exact when both are, else of reals; both are present.
  friend Number operator+(const Number &a, const Number &b) {
    return areExact(a, b) ? of(a.exact + b.exact) : ofReal(a.toDouble() + b.toDouble());
  }
  friend bool operator<(const Number &a, const Number &b) {
    return areExact(a, b) ? a.exact < b.exact : a.toDouble() < b.toDouble();
  }
  static bool areExact(const Number &a, const Number &b) { return a.kind == Kind::Exact && b.kind == Kind::Exact; }
};

/// The value of which a slot of a metric with this scale holds the multiple: an integer where it is one.
Number unscaled(const Number &value, Int scale);

/// The indices that a slot depends on, in increasing order.
using IndexSet = std::vector<uint32_t>;

/// The working memory of an evaluation, reused between evaluations of one program.
class Evaluator {
public:
  /// The most turns that one sum may take, nested sums included.
  static constexpr int64_t kMaxTurns = 10'000'000;

  explicit Evaluator(const Program &program);
  /// Runs the tape for these inputs (parallel to `program.inputs`). No allocation.
  void run(std::span<const Int> inputs);
  /// The value of a slot: of one without indices after `run`, of another for the indices last set.
  Number value(Slot slot) const;
  /// Sets the index of a group and re-evaluates what depends on it.
  void setIndex(uint32_t index, Int value);
  Int index(uint32_t index) const { return indices_[index]; }
  /// Another value for a parameter, from the next `run` on.
  void setParameter(uint32_t parameter, double value) { parameters_[parameter] = value; }
  /// The group indices that a slot depends on; none for `kNoSlot`.
  const IndexSet &indicesOf(Slot slot) const;
  /// True when a sum since the last `run` was given up for `kMaxTurns`; its slot holds overflow.
  bool tooManyTurns() const { return tooManyTurns_; }
  const Program &program() const { return program_; }

private:
  struct Step { // an instruction and its slot, so that a region is one straight run
    OpCode op;
    uint32_t a, b;
    Slot out;
  };
  struct Region {
    uint32_t begin = 0, end = 0;
  };

  std::vector<uint32_t> ownersOfSlots() const;
  void findIndices(const std::vector<uint32_t> &owners);
  template <class Belongs> Region makeRegion(Slot begin, Slot end, Belongs belongs);
  void execute(Region region);
  bool loopRange(const Loop &loop, Int &lo, Int &hi);
  Int sum(uint32_t loop);
  double sumReal(uint32_t loop);
  Int argMin(const ArgMinRows &rows) const;

  const Program &program_;
  std::vector<Step> steps_;
  Region once_;                 ///< What depends on no index
  std::vector<Region> bodies_;  ///< Per loop: its body without the bodies inside
  std::vector<Region> indexed_; ///< Per index: what is to be done again when it changes
  std::vector<IndexSet> indicesOf_;
  std::vector<Int> ints_;
  std::vector<double> reals_;
  std::vector<Int> inputs_;
  std::vector<double> parameters_;
  std::vector<Int> indices_;
  Int turnsLeft_;
  unsigned loopDepth_ = 0;
  bool tooManyTurns_ = false;
};

} // namespace mdl::runtime
