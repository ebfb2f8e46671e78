//===- RandomTape.h - Programs made at random -------------------*- C++ -*-===//
// Tapes of every instruction, sums one inside another included, many of whose slots
// are given out as totals.
//===----------------------------------------------------------------------===//
#pragma once
#include "RuntimeProgram.h"
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <random>

namespace mdl {

using runtime::OpCode;
using runtime::Slot;

class RandomTape {
public:
  /// `bits` is the size of the largest constants and inputs.
  explicit RandomTape(uint64_t seed, unsigned bits = 127) : random_(seed), bits_(bits) {
    for (int i = 0; i < 4; ++i) ints_.push_back(b.input(fmt::format("x{}", i), i, -largest(), largest()));
    for (int i = 0; i < 12; ++i) addConstants();
    while (b.program.code.size() < 260) addInstruction();
    addSums();
    giveOut();
  }
  /// Large and small numbers of both signs.
  Int integer() {
    unsigned bits = random_() % 3 == 0 ? static_cast<unsigned>(random_() % (bits_ + 1)) : std::min(bits_, 6U);
    UInt128 value = static_cast<UInt128>(random_()) << 64 | random_();
    Int size = Int::fromRaw(static_cast<Int128>(value >> 1 >> (127 - bits)));
    return random_() % 3 == 0 ? -size : size;
  }
  Int largest() const { return (power(2, bits_ - 1) - 1) * 2 + 1; }

  runtime::ProgramBuilder b;
  std::map<OpCode, int> used; ///< How often each instruction was made

private:
  void addConstants() {
    static constexpr double kReals[] = {0, -0.0, 0.1, -2.5, 1e300, -1e-300, 3e38, 1.5e17, 7};
    ints_.push_back(b.constant(integer()));
    reals_.push_back(random_() % 3 != 0 ? b.real(kReals[random_() % std::size(kReals)])
                                        : b.real(std::ldexp(static_cast<double>(random_() % 1000), 40)));
  }
  Slot any(const std::vector<Slot> &of) { return of[random_() % of.size()]; }

  Slot addInstruction() {
    static constexpr OpCode kOps[] = {OpCode::Add,    OpCode::Mul,  OpCode::DivExact, OpCode::FloorDiv,
                                      OpCode::NonNeg, OpCode::Max,  OpCode::Pow,      OpCode::ArgMin,
                                      OpCode::ToReal, OpCode::RAdd, OpCode::RMul,     OpCode::RDiv,
                                      OpCode::RMax,   OpCode::RPow, OpCode::RFloor,   OpCode::RNonNeg};
    OpCode op = kOps[random_() % std::size(kOps)];
    Slot out = op == OpCode::ArgMin ? addArgMin() : b.emit(op, operand(op, 0), operand(op, 1));
    (runtime::isRealOp(op) ? reals_ : ints_).push_back(out);
    ++used[op];
    return out;
  }
  Slot operand(OpCode op, int position) {
    bool real = (runtime::isRealOp(op) && op != OpCode::ToReal) || op == OpCode::RFloor || op == OpCode::RNonNeg;
    return any(real && !(op == OpCode::RPow && position == 1) ? reals_ : ints_);
  }
  Slot addArgMin() {
    auto length = static_cast<uint32_t>(1 + random_() % 3);
    runtime::ArgMinRows rows{length, {}};
    for (uint64_t i = 0, count = length * (1 + random_() % 4); i < count; ++i) rows.slots.push_back(any(ints_));
    b.program.argmins.push_back(rows);
    return b.emit(OpCode::ArgMin, static_cast<uint32_t>(b.program.argmins.size() - 1));
  }

  /// What is made in a body is forgotten after it.
  Slot addSum(OpCode op, Slot lo, Slot hi, int depth) {
    size_t ints = ints_.size(), reals = reals_.size();
    Slot out = b.sum(
        lo, hi,
        [&](Slot index) {
          ints_.push_back(index);
          for (int i = 0; i < 5; ++i) addInstruction();
          if (depth > 0) ints_.push_back(addSum(OpCode::Sum, any(ints_), index, depth - 1));
          Slot scaled = b.mul(index, any(ints_)), real = b.emit(OpCode::ToReal, scaled);
          return op == OpCode::Sum ? scaled : b.emit(OpCode::RAdd, real, any(reals_));
        },
        op);
    ints_.resize(ints), reals_.resize(reals);
    (op == OpCode::Sum ? ints_ : reals_).push_back(out);
    ++used[op];
    return out;
  }
  void addSums() {
    Slot zero = b.constant(0);
    for (int i = 0; i < 8; ++i) {
      Slot few = b.constant(static_cast<int>(random_() % 40)); // mostly bounds that can be walked
      addSum(i % 2 == 0 ? OpCode::Sum : OpCode::RSum, i < 6 ? zero : any(ints_), i < 7 ? few : any(ints_), i % 3);
    }
  }

  void giveOut() {
    std::vector<Slot> all = ints_;
    all.insert(all.end(), reals_.begin(), reals_.end());
    for (Slot slot : all) {
      b.metric(fmt::format("m{}", slot), "", "", runtime::Fold::Sum);
      b.program.totals.back() = slot;
      b.program.metrics.back().scale = random_() % 4 == 0 ? 8 : 1;
    }
  }

  std::mt19937_64 random_;
  unsigned bits_;
  std::vector<Slot> ints_, reals_;
};

} // namespace mdl
