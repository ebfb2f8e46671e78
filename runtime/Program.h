//===- Program.h - A compiled model -----------------------------*- C++ -*-===//
// What remains of a model after compilation: typed inputs, a flat tape that
// computes every number, and a tree of nodes that says which number is what.
// It is plain data, needs neither LLVM nor the compiler, and never changes.
//
// The tape is in SSA form: instruction k writes slot k and reads smaller slots.
// A slot holds an exact integer or a real (a double), fixed by its opcode.
// Slots that depend on the index of a folded repeat are evaluated for one index
// at a time, by the reader of a node (Evaluate.h); all others once.
//===----------------------------------------------------------------------===//
#pragma once
#include "numeric/Rational.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mdl::runtime {

/// Names an instruction and the slot that it writes.
using Slot = uint32_t;
inline constexpr Slot kNoSlot = ~0u;

// The instructions. `a`, `b` are slots unless said otherwise; integer ops overflow as Int does.
#define MDL_OPCODES(X)                                                                                                 \
  X(Const)    /* integer constants[a] */                                                                               \
  X(Real)     /* real reals[a] */                                                                                      \
  X(Input)    /* integer input a */                                                                                    \
  X(Index)    /* integer: the current value of index a */                                                              \
  X(Param)    /* real: parameters[a] */                                                                                \
  X(Add)      /* a + b */                                                                                              \
  X(Mul)      /* a * b */                                                                                              \
  X(DivExact) /* a / b, which has no remainder; one is an internal error and yields overflow */                        \
  X(FloorDiv) /* floor(a / b), b > 0 */                                                                                \
  X(NonNeg)   /* a >= 0 ? 1 : 0 */                                                                                     \
  X(Max)      /* the larger of a and b */                                                                              \
  X(Pow)      /* a ^ b, b >= 0 */                                                                                      \
  X(Sum)      /* loops[a]: the sum of an integer body over an index */                                                 \
  X(ArgMin)   /* argmins[a]: the position of the smallest row */                                                       \
  X(ToReal)   /* real of the integer a */                                                                              \
  X(RAdd)     /* real a + b */                                                                                         \
  X(RMul)     /* real a * b */                                                                                         \
  X(RDiv)     /* real a / b */                                                                                         \
  X(RMax)     /* real larger of a and b */                                                                             \
  X(RPow)     /* real a to the integer b by repeated squaring; b < 0: its reciprocal */                                \
  X(RFloor)   /* integer: floor of the real a */                                                                       \
  X(RNonNeg)  /* integer: real a >= 0 ? 1 : 0 */                                                                       \
  X(RSum)     /* loops[a] with a real body */

enum class OpCode : uint8_t {
#define X(NAME) NAME,
  MDL_OPCODES(X)
#undef X
};
/// True for opcodes whose slot holds a real.
bool isRealOp(OpCode op);
const char *name(OpCode op);

struct Instr {
  OpCode op;
  uint32_t a = 0, b = 0;
};

/// `Sum`: for index in lo..hi, run instructions [bodyBegin, bodyEnd) and add up slot `body`.
/// The body directly precedes the Sum instruction and is skipped when reached in order.
struct Loop {
  uint32_t index;
  Slot lo, hi, body;
  Slot bodyBegin, bodyEnd;
};

/// `ArgMin`: rows of `rowLength` slots; the first of the lexicographically smallest.
struct ArgMinRows {
  uint32_t rowLength;
  std::vector<Slot> slots;
};

enum class InputType : uint8_t { Integer, Boolean, Choice };

/// What a workload may set. `fixed` inputs decide the structure and were given before compilation.
struct Input {
  std::string name;
  InputType type = InputType::Integer;
  std::string unit;                 ///< `frame`, `token`; empty for a plain count
  std::vector<std::string> choices; ///< Choice: the names; a value is a position in it
  Int value;                        ///< The default, or the value given by the chosen workload
  std::optional<Int> lo, hi;        ///< Allowed, inclusive; a value outside is an error
  std::string doc;
  bool fixed = false; ///< Compiled in; evaluating with another value needs another compilation
};

/// A condition over the inputs, checked before any number is printed.
enum class GuardKind : uint8_t { Require, Warn, Claim };
struct Guard {
  GuardKind kind;
  Slot condition;    ///< 1 or 0
  std::string text;  ///< What the author says about it, or the condition as written
  std::string place; ///< `file:line:column`
};

enum class Fold : uint8_t { Sum, Once, Peak, Each };

/// A column of the result.
struct Metric {
  std::string name;  ///< The JSON key: `flops_tensor`
  std::string title; ///< `tensor FLOPs`
  std::string unit;  ///< `FLOP`, `byte`, or empty for a count
  Fold fold = Fold::Sum;
  bool absent = false;       ///< The convention does not have it
  std::string resource = {}; ///< Time: of which resource (`tensor`); empty is of all together
  std::string memory = {};   ///< What it is of the memory of a device: `weights`, `activations`
  Int scale = 1; ///< Slots hold that many times the value: formats of less than a byte leave fractions (`unscaled`)
};

/// One piece of a label: `text` followed by the value of `index`, if there is one: `layer{l + 1}`.
struct LabelPart {
  std::string text;
  Slot index = kNoSlot;
};

/// A node of the result, or a folded repeat (`group`): its children once for each value of an index.
struct Node {
  uint32_t parent = ~0u;        ///< Index of the parent in `nodes`, groups included; ~0 for a stage
  std::vector<LabelPart> label; ///< Below the nearest ancestor that is no group; empty for a group
  bool group = false;
  uint32_t index = ~0u;            ///< Group: which index it binds
  Slot lo = kNoSlot, hi = kNoSlot; ///< Group: half-open range of the index
  std::string op;                  ///< The operator, module or `stage`
  std::string category;            ///< `linear`, `attention`...; empty for a module
  std::string title;               ///< Stage: its title
  std::string resident;            ///< Stage: what it shares its weights with
  std::string place;               ///< `file:line:column` of the instance
  Slot calls = kNoSlot;
  Slot uniform = kNoSlot;    ///< 1 when all its calls cost the same
  std::vector<Slot> metrics; ///< Parallel to `Program::metrics`; kNoSlot where there is none
  std::vector<uint32_t> children;
  bool varies = false; ///< Some slot of it depends on the index of an enclosing group
};

/// A number of the device: a rate in FLOP/s or B/s, or the launch in s.
struct Parameter {
  std::string name; ///< `tensor_rate.diffusion.linear`
  double value = 0;
  double best = 0, worst = 0; ///< The ends, when the utilisation has a range; else `value`
};

struct Program {
  std::string model; ///< The pipeline's name
  std::string title;
  std::string convention;        ///< FLOP convention
  std::string traffic;           ///< Traffic convention
  std::string precision, device; ///< What has been applied, in words; empty for nothing
  std::vector<Input> inputs;
  std::vector<Parameter> parameters;
  uint32_t indexCount = 0;
  std::vector<Int> constants;
  std::vector<double> reals;
  std::vector<Instr> code;
  std::vector<Loop> loops;
  std::vector<ArgMinRows> argmins;
  std::vector<Guard> guards;
  std::vector<Metric> metrics;
  std::vector<Node> nodes;              ///< Parents before children
  std::vector<uint32_t> roots;          ///< The stages, in order
  std::vector<Slot> totals;             ///< Parallel to `metrics`
  std::vector<std::string> notModelled; ///< `not_modelled` declarations, in order
  std::vector<std::string> assumptions; ///< Rules and conventions that a reader must know
  std::vector<bool> dependsOnIndex;     ///< Per slot: needs the index of a group
};

/// Calls `visit(slot)` for each slot that an instruction reads; a sum reads its bounds and its body's result.
template <class Visit> void forEachOperand(const Program &program, const Instr &instr, Visit visit) {
  switch (instr.op) {
  case OpCode::Const:
  case OpCode::Real:
  case OpCode::Param:
  case OpCode::Input:
  case OpCode::Index: return;
  case OpCode::NonNeg:
  case OpCode::ToReal:
  case OpCode::RFloor:
  case OpCode::RNonNeg: visit(instr.a); return;
  case OpCode::Add:
  case OpCode::Mul:
  case OpCode::DivExact:
  case OpCode::FloorDiv:
  case OpCode::Max:
  case OpCode::Pow:
  case OpCode::RAdd:
  case OpCode::RMul:
  case OpCode::RDiv:
  case OpCode::RMax:
  case OpCode::RPow: visit(instr.a), visit(instr.b); return;
  case OpCode::Sum:
  case OpCode::RSum: {
    const Loop &loop = program.loops[instr.a];
    visit(loop.lo), visit(loop.hi), visit(loop.body);
    return;
  }
  case OpCode::ArgMin:
    for (Slot slot : program.argmins[instr.a].slots) visit(slot);
    return;
  }
}

/// The text form of `mdlc compile --emit=program`: the same bytes for the same program.
std::string print(const Program &program);

/// What is wrong with the structure of a program, as a message, or nothing. The compiler
/// never makes such a program; evaluating one is undefined.
std::string verify(const Program &program);

} // namespace mdl::runtime
