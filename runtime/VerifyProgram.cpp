//===- VerifyProgram.cpp - The structure that evaluation relies on --------===//
// Checks in order of dependence: an operand is only read once the tables that
// it goes through are known to be sound. The first fault ends the check.
//===----------------------------------------------------------------------===//
#include "Program.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mdl::runtime {
namespace {

constexpr uint32_t kNone = ~0u;
// Sums and nodes are walked by recursion. The compiler nests less: it stops at 256 blocks and 200 calls.
constexpr uint32_t kDeepestSum = 500, kDeepestNode = 1000;

class Verifier {
public:
  explicit Verifier(const Program &program) : program_(program) {}

  std::string verify() {
    checkTables();
    for (Slot slot = 0; slot < program_.code.size() && fault_.empty(); ++slot) checkInstruction(slot);
    if (fault_.empty()) checkBodies();
    if (fault_.empty()) checkReaders();
    if (fault_.empty()) checkTree();
    return fault_;
  }

private:
  template <class... Args> bool expect(bool condition, fmt::format_string<Args...> format, Args &&...args) {
    if (!condition && fault_.empty()) fault_ = fmt::format(format, std::forward<Args>(args)...);
    return condition;
  }

  void checkTables() {
    size_t metrics = program_.metrics.size(), slots = program_.code.size();
    expect(program_.totals.size() == metrics, "{} totals for {} metrics", program_.totals.size(), metrics);
    expect(program_.dependsOnIndex.empty() || program_.dependsOnIndex.size() == slots,
           "dependsOnIndex has {} entries for {} slots", program_.dependsOnIndex.size(), slots);
    expect(program_.indexCount <= slots + program_.nodes.size(), "{} indices for {} slots and {} nodes",
           program_.indexCount, slots, program_.nodes.size());
    std::set<std::string> inputs, names;
    for (const Input &input : program_.inputs) {
      checkInput(input);
      expect(inputs.insert(input.name).second, "input `{}` is there twice", input.name);
    }
    for (const Metric &metric : program_.metrics) {
      expect(names.insert(metric.name).second, "metric `{}` is there twice", metric.name);
      expect(metric.scale >= 1, "metric `{}` has the scale {}", metric.name, toString(metric.scale));
    }
  }

  void checkInput(const Input &input) {
    bool choice = input.type == InputType::Choice;
    expect(choice == !input.choices.empty(), "input `{}`: only a choice has names, and it has some", input.name);
    expect(!choice || (input.value.sign() >= 0 && input.value < Int(input.choices.size())),
           "input `{}` has no choice {}", input.name, toString(input.value));
  }

  void checkInstruction(Slot slot) {
    const Instr &instr = program_.code[slot];
    if (!expect(instr.a < tableSize(instr.op), "%{}: {} {} does not exist", slot, name(instr.op), instr.a)) return;
    if (instr.op == OpCode::ArgMin && !checkRows(slot, program_.argmins[instr.a])) return;
    forEachOperand(program_, instr, [&](Slot operand) {
      expect(operand < slot, "%{} reads %{}, which is not before it", slot, operand);
    });
    if (fault_.empty()) checkTypes(slot, instr);
  }

  /// How many things the first operand of an instruction chooses from.
  size_t tableSize(OpCode op) const {
    switch (op) {
    case OpCode::Const: return program_.constants.size();
    case OpCode::Real: return program_.reals.size();
    case OpCode::Param: return program_.parameters.size();
    case OpCode::Input: return program_.inputs.size();
    case OpCode::Index: return program_.indexCount;
    case OpCode::Sum:
    case OpCode::RSum: return program_.loops.size();
    case OpCode::ArgMin: return program_.argmins.size();
    default: return program_.code.size();
    }
  }

  bool checkRows(Slot slot, const ArgMinRows &rows) {
    return expect(rows.rowLength != 0 && !rows.slots.empty() && rows.slots.size() % rows.rowLength == 0,
                  "%{}: {} slots are no rows of {}", slot, rows.slots.size(), rows.rowLength);
  }

  bool isReal(Slot slot) const { return isRealOp(program_.code[slot].op); }
  void expectType(Slot slot, Slot operand, bool real) {
    expect(isReal(operand) == real, "%{} reads %{} as {}", slot, operand, real ? "a real" : "an integer");
  }

  void checkTypes(Slot slot, const Instr &instr) {
    switch (instr.op) {
    case OpCode::Sum:
    case OpCode::RSum: {
      const Loop &loop = program_.loops[instr.a];
      expectType(slot, loop.lo, false), expectType(slot, loop.hi, false);
      return expectType(slot, loop.body, instr.op == OpCode::RSum);
    }
    case OpCode::RPow: return expectType(slot, instr.a, true), expectType(slot, instr.b, false);
    case OpCode::RFloor:
    case OpCode::RNonNeg: return expectType(slot, instr.a, true);
    default: {
      bool real = isRealOp(instr.op) && instr.op != OpCode::ToReal;
      forEachOperand(program_, instr, [&](Slot operand) { expectType(slot, operand, real); });
    }
    }
  }

  /// Bodies directly precede their sums, nest, and are read from inside only.
  void checkBodies() {
    owners_.assign(program_.code.size(), kNone);
    parents_.assign(program_.loops.size(), kNone);
    heights_.assign(program_.loops.size(), 1);
    std::vector<bool> used(program_.loops.size());
    for (Slot slot = 0; slot < program_.code.size() && fault_.empty(); ++slot) {
      const Instr &instr = program_.code[slot];
      if (instr.op != OpCode::Sum && instr.op != OpCode::RSum) continue;
      expect(!used[instr.a], "%{}: loop {} has two sums", slot, instr.a);
      used[instr.a] = true;
      claimBody(slot, instr.a);
    }
    for (size_t i = 0; i < used.size(); ++i) expect(used[i], "loop {} has no sum", i);
    for (Slot slot = 0; slot < program_.code.size() && fault_.empty(); ++slot) checkScope(slot);
  }

  void claimBody(Slot sum, uint32_t number) {
    const Loop &loop = program_.loops[number];
    expect(loop.index < program_.indexCount, "%{}: index i{} does not exist", sum, loop.index);
    expect(loop.bodyBegin <= loop.bodyEnd && loop.bodyEnd == sum, "%{}: its body does not end just before it", sum);
    for (Slot slot = loop.bodyBegin; slot < loop.bodyEnd && fault_.empty(); ++slot) {
      uint32_t outermost = owners_[slot];
      if (outermost == kNone) {
        owners_[slot] = number;
        continue;
      }
      while (parents_[outermost] != kNone && parents_[outermost] != number) outermost = parents_[outermost];
      expect(program_.loops[outermost].bodyBegin >= loop.bodyBegin, "%{}: its body cuts another one", sum);
      parents_[outermost] = number;
      heights_[number] = std::max(heights_[number], heights_[outermost] + 1);
    }
    expect(heights_[number] <= kDeepestSum, "%{}: sums are nested deeper than {}", sum, kDeepestSum);
  }

  void checkScope(Slot slot) {
    const Instr &instr = program_.code[slot];
    if (instr.op != OpCode::Sum && instr.op != OpCode::RSum) {
      forEachOperand(program_, instr, [&](Slot operand) { expectVisible(slot, operand, owners_[slot]); });
      return;
    }
    const Loop &loop = program_.loops[instr.a];
    expectVisible(slot, loop.lo, owners_[slot]), expectVisible(slot, loop.hi, owners_[slot]);
    expectVisible(slot, loop.body, loop.bodyBegin == loop.bodyEnd ? owners_[slot] : instr.a);
  }

  /// What is read lies in the loop `from` or around it.
  void expectVisible(Slot slot, Slot operand, uint32_t from) {
    while (from != kNone && owners_[operand] != from) from = parents_[from];
    expect(owners_[operand] == from, "%{} reads %{}, which is inside the body of another sum", slot, operand);
  }

  /// A slot that a guard, a total or a node reads lies in no body.
  void expectReadable(Slot slot, const std::string &reader, bool integer) {
    if (slot == kNoSlot) return;
    if (!expect(slot < program_.code.size(), "{} reads %{}, which does not exist", reader, slot)) return;
    expect(owners_[slot] == kNone, "{} reads %{}, which is inside the body of a sum", reader, slot);
    expect(!integer || !isReal(slot), "{} reads %{} as an integer", reader, slot);
  }

  void checkReaders() {
    for (const Guard &guard : program_.guards) {
      expect(guard.condition != kNoSlot, "a guard has no condition");
      expectReadable(guard.condition, "a guard", true);
    }
    for (Slot total : program_.totals) expectReadable(total, "a total", false);
    for (size_t i = 0; i < program_.nodes.size(); ++i) {
      const Node &node = program_.nodes[i];
      std::string reader = fmt::format("node {}", i);
      for (Slot slot : {node.calls, node.uniform, node.lo, node.hi}) expectReadable(slot, reader, true);
      for (Slot slot : node.metrics) expectReadable(slot, reader, false);
      for (const LabelPart &part : node.label) expectReadable(part.index, reader, true);
    }
  }

  void checkTree() {
    std::vector<unsigned> reached(program_.nodes.size());
    depths_.assign(program_.nodes.size(), 1);
    for (uint32_t root : program_.roots) reach(root, kNone, reached);
    for (uint32_t i = 0; i < program_.nodes.size() && fault_.empty(); ++i) checkNode(i, reached);
    for (size_t i = 0; i < reached.size(); ++i)
      expect(reached[i] == 1, "node {} is in {} lists of children", i, reached[i]);
  }

  void reach(uint32_t child, uint32_t parent, std::vector<unsigned> &reached) {
    if (!expect(child < program_.nodes.size(), "node {} does not exist", child)) return;
    ++reached[child];
    expect(program_.nodes[child].parent == parent, "node {} names another parent", child);
  }

  void checkNode(uint32_t number, std::vector<unsigned> &reached) {
    const Node &node = program_.nodes[number];
    expect(node.parent == kNone || node.parent < number, "node {} comes before its parent", number);
    if (node.parent != kNone && node.parent < number) depths_[number] = depths_[node.parent] + 1;
    expect(depths_[number] <= kDeepestNode, "node {} lies deeper than {}", number, kDeepestNode);
    for (uint32_t child : node.children) reach(child, number, reached);
    if (node.group) {
      expect(node.index < program_.indexCount, "node {}: index i{} does not exist", number, node.index);
      expect(node.lo != kNoSlot && node.hi != kNoSlot, "node {} is a group without a range", number);
      expect(node.label.empty(), "node {} is a group with a label", number);
    } else {
      expect(!node.label.empty(), "node {} has no label", number);
      expect(node.metrics.size() == program_.metrics.size(), "node {} has {} metrics of {}", number,
             node.metrics.size(), program_.metrics.size());
    }
  }

  const Program &program_;
  std::string fault_;
  std::vector<uint32_t> owners_;  ///< Per slot: the loop whose body it belongs to directly
  std::vector<uint32_t> parents_; ///< Per loop: the loop around it
  std::vector<uint32_t> heights_; ///< Per loop: how many sums are nested in it, itself included
  std::vector<uint32_t> depths_;  ///< Per node: how many nodes there are from the stage to it
};

} // namespace

std::string verify(const Program &program) { return Verifier(program).verify(); }

} // namespace mdl::runtime
