#include "MemorySlots.h"
#include <algorithm>
#include <map>

namespace mdl::runtime::batch {
namespace {

Slot addCode(Program &program, OpCode op, uint32_t a, uint32_t b = 0) {
  program.code.push_back({op, a, b});
  program.dependsOnIndex.push_back(false);
  return static_cast<Slot>(program.code.size() - 1);
}

Slot addConstant(Program &program, Int value) {
  program.constants.push_back(value);
  return addCode(program, OpCode::Const, static_cast<uint32_t>(program.constants.size() - 1));
}

class MemoryWriter {
public:
  MemoryWriter(Program &program, const ResidencyInfo &residency) : program_(program), residency_(residency) {}
  Slot run();

private:
  struct Stage {
    std::string resident;
    Placement placement;
    Slot weights, kv, state, activations;
  };
  struct Resident {
    Slot weights = kNoSlot;
    bool always = false; ///< One of its stages keeps it on the device
    Slot kv = kNoSlot;   ///< What its stages so far have left
  };

  Slot code(OpCode op, uint32_t a, uint32_t b = 0) { return addCode(program_, op, a, b); }
  Slot constant(Int value) { return addConstant(program_, value); }
  Slot sum(Slot a, Slot b) { return a == kNoSlot ? b : b == kNoSlot ? a : code(OpCode::Add, a, b); }
  Slot larger(Slot a, Slot b) { return a == kNoSlot ? b : b == kNoSlot ? a : code(OpCode::Max, a, b); }
  Slot partOf(const Node &stage, std::string_view part);
  Slot wholeBytes(Slot slot, Int scale);
  void readStages();
  Slot heldDuring(size_t stage);

  Program &program_;
  const ResidencyInfo &residency_;
  std::vector<Stage> stages_;
  std::map<std::string, Resident> residents_;
};

/// slot / scale, rounded up to whole bytes.
Slot MemoryWriter::wholeBytes(Slot slot, Int scale) {
  if (isRealOp(program_.code[slot].op)) {
    program_.reals.push_back(-1 / scale.toDouble());
    Slot minus = code(OpCode::Real, static_cast<uint32_t>(program_.reals.size() - 1));
    return code(OpCode::Mul, code(OpCode::RFloor, code(OpCode::RMul, slot, minus)), constant(-1));
  }
  if (scale.isOne()) return slot;
  Slot minus = constant(-1), down = code(OpCode::FloorDiv, code(OpCode::Mul, slot, minus), constant(scale));
  return code(OpCode::Mul, down, minus);
}

Slot MemoryWriter::partOf(const Node &stage, std::string_view part) {
  for (size_t i = 0; i < program_.metrics.size(); ++i)
    if (program_.metrics[i].memory == part && !program_.metrics[i].absent && stage.metrics[i] != kNoSlot)
      return wholeBytes(stage.metrics[i], program_.metrics[i].scale);
  return kNoSlot;
}

void MemoryWriter::readStages() {
  for (uint32_t root : program_.roots) {
    const Node stage = program_.nodes[root];
    Placement placement = residency_.of(stage.label.front().text, stage.resident);
    stages_.push_back({stage.resident, placement, partOf(stage, "weights"), partOf(stage, "kv"), partOf(stage, "state"),
                       partOf(stage, "activations")});
    Resident &known = residents_[stage.resident];
    known.weights = larger(known.weights, stages_.back().weights);
    known.always |= placement == Placement::Resident;
  }
}

Slot MemoryWriter::heldDuring(size_t at) {
  const Stage &stage = stages_[at];
  Resident &own = residents_[stage.resident];
  own.kv = larger(own.kv, stage.kv);
  Slot total = sum(sum(stage.kv, stage.state), stage.activations);
  for (const auto &[name, resident] : residents_) {
    bool here = name == stage.resident;
    if (resident.always || here) total = sum(total, resident.weights);
    if (resident.always && !here) total = sum(total, resident.kv); // kept from an earlier stage
  }
  return total;
}

Slot MemoryWriter::run() {
  readStages();
  Slot most = kNoSlot;
  for (size_t i = 0; i < stages_.size(); ++i)
    if (stages_[i].placement != Placement::Host) most = larger(most, heldDuring(i));
  return most;
}

} // namespace

Slot addMemory(Program &program, const ResidencyInfo &residency) { return MemoryWriter(program, residency).run(); }

Slot addFits(Program &program, Slot memory, Int capacity) {
  Slot minus = addCode(program, OpCode::Mul, memory, addConstant(program, -1));
  return addCode(program, OpCode::NonNeg, addCode(program, OpCode::Add, minus, addConstant(program, capacity)));
}

} // namespace mdl::runtime::batch
