//===- Plan.h - A program for many points at once ---------------*- C++ -*-===//
// From a Program, the outputs that are wanted and the inputs that vary: a short
// list of steps over registers, each a block of points in doubles. What does not
// depend on an input that varies has been computed, exactly; what no output needs
// is gone. Every output says how far it can be from the exact evaluator's value.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Program.h"
#include <array>
#include <functional>
#include <span>

namespace mdl::runtime::batch {

/// An input that has a value for each point, between two bounds (inclusive).
struct Column {
  uint32_t input = 0;
  Int lo, hi;
};

/// A number that is wanted of each point: a slot that depends on no group's index, over `scale` (Metric::scale).
struct Output {
  Slot slot = kNoSlot;
  Int scale = 1;
};

struct Request {
  std::vector<Int> inputs;        ///< Parallel to the program's; those of columns are not read
  std::vector<double> parameters; ///< Parallel to the program's
  std::vector<Column> columns;
  std::vector<Output> outputs;
};

/// For all points within the columns' bounds: |computed - exact| <= relative * |exact| + absolute.
struct Accuracy {
  double relative = 0, absolute = 0;
  /// All steps below add and multiply whole numbers that are not negative: a value below 2^53 is exact even when the
  /// bound does not say so. (The first sum or product beyond 2^53 makes everything after it at least as large, or 0.)
  bool exactBelow2p53 = false;
  bool isExact() const { return relative == 0 && absolute == 0; }
  /// Whether a computed value is known to be the exact one.
  bool isExact(double value) const { return isExact() || (exactBelow2p53 && value < 0x1p53); }
};

// The steps: r is the register written; a, b, c are registers; s, t are numbers of the step.
#define MDL_BATCH_OPS(X)                                                                                               \
  X(Copy)       /* a */                                                                                                \
  X(Add)        /* a + b */                                                                                            \
  X(AddS)       /* a + s */                                                                                            \
  X(Mul)        /* a * b */                                                                                            \
  X(MulS)       /* a * s */                                                                                            \
  X(MulAdd)     /* a * b + c, rounded twice */                                                                         \
  X(MulSAdd)    /* a * s + b, rounded twice */                                                                         \
  X(MulS2Add)   /* a * s + (b * t + c), rounded each time */                                                           \
  X(MulSAddAdd) /* (a * s + b) + c, rounded each time */                                                               \
  X(Add3)       /* a + (b + c), rounded twice */                                                                       \
  X(Max)        /* the larger of a and b; b when one is no number */                                                   \
  X(MaxS)       /* the larger of a and s */                                                                            \
  X(MaxMulS)    /* the larger of a * s and b * t */                                                                    \
  X(MaxMul1)    /* the larger of a * s and b */                                                                        \
  X(MaxSafe)    /* the larger of a and b, no number when one is none */                                                \
  X(Div)        /* a / b */                                                                                            \
  X(DivS)       /* a / s */                                                                                            \
  X(FloorDiv)   /* floor(a / b) */                                                                                     \
  X(FloorDivS)  /* floor(a / s) */                                                                                     \
  X(FloorMulS)  /* floor(a * s), s a power of two */                                                                   \
  X(Floor)      /* floor(a) */                                                                                         \
  X(NonNeg)     /* 1 when a >= 0, else 0 */                                                                            \
  X(Pow)        /* a ^ b by repeated squaring */                                                                       \
  X(Bounded)    /* a, or no number when |a| >= s */                                                                    \
  X(Whole)      /* a, or no number when it is no whole one */                                                          \
  X(ArgMin)     /* rows[a]: the position of the smallest row */                                                        \
  X(LoopBegin)  /* loops[a] begins: r is the index */                                                                  \
  X(LoopEnd)    /* loops[a] ends: r is the sum */

enum class Op : uint8_t {
#define X(NAME) NAME,
  MDL_BATCH_OPS(X)
#undef X
};
const char *name(Op op);

struct Step {
  Op op = Op::Copy;
  uint32_t r = 0, a = 0, b = 0, c = 0;
  double s = 0, t = 0;
};

/// A sum over an index whose bounds are of each point; `body` is added up, `total` is where.
struct PlanLoop {
  uint32_t index, lo, hi, body, total;
  uint32_t begin, end; ///< Its LoopBegin and LoopEnd
};

struct PlanRows {
  uint32_t rowLength;
  std::vector<uint32_t> registers;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<PlanLoop> loops;
  std::vector<PlanRows> rows;
  uint32_t registers = 0;                             ///< The first ones are the columns, in order
  std::vector<std::pair<uint32_t, double>> constants; ///< Registers that hold one number, never written
  std::vector<uint32_t> outputs;                      ///< A register each
  std::vector<Accuracy> accuracy;                     ///< Parallel to the outputs
};

/// What a plan is after each pass, by its name: `plan` (what no output needs is gone, what does not vary is computed),
/// `factor`, `join`, `registers`.
using PlanWatcher = std::function<void(std::string_view pass, const Plan &plan)>;
inline constexpr const char *kPlanPasses[] = {"plan", "factor", "join", "registers"};
Plan makePlan(const Program &program, const Request &request, const PlanWatcher &after = {});
/// One line a step.
std::string print(const Plan &plan);

} // namespace mdl::runtime::batch
