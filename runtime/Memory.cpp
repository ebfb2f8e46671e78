//===- Memory.cpp - What a device has to hold -----------------------------===//
#include "Memory.h"
#include <algorithm>
#include <map>

namespace mdl::runtime {
namespace {

/// The value of the metric that is this part of the memory; 0 when there is none.
std::optional<Int> partOf(const Program &program, std::span<const Number> values, std::string_view part) {
  for (size_t i = 0; i < program.metrics.size(); ++i) {
    if (program.metrics[i].memory != part || program.metrics[i].absent) continue;
    if (!values[i].isPresent() || values[i].isOverflow()) return std::nullopt;
    if (values[i].kind == Number::Kind::Exact) return values[i].exact;
    double whole = std::ceil(values[i].real);
    if (!(std::fabs(whole) < 0x1p127)) return std::nullopt;
    return Int::fromRaw(static_cast<Int128>(whole));
  }
  return Int(0);
}

} // namespace

std::optional<DeviceMemory> memoryOf(const Program &program, std::span<const StageValues> stages,
                                     const ResidencyInfo &residency, std::optional<Int> capacity) {
  DeviceMemory memory;
  memory.capacity = capacity;
  struct Resident {
    Int weights;
    bool always = false; ///< One of its stages keeps it on the device
    Int kv;              ///< What its stages so far have left
  };
  std::map<std::string, Resident> residents;
  for (const StageValues &each : stages) {
    StageMemory made;
    made.stage = each.stage, made.placement = residency.of(each.stage, each.resident);
    auto weights = partOf(program, each.values, "weights"), kv = partOf(program, each.values, "kv"),
         state = partOf(program, each.values, "state"), activations = partOf(program, each.values, "activations"),
         workspace = partOf(program, each.values, "workspace");
    if (!weights || !kv || !state || !activations || !workspace) return std::nullopt;
    made.own = *weights, made.kv = *kv, made.state = *state, made.activations = *activations;
    made.workspace = *workspace;
    Resident &known = residents[each.resident];
    known.weights = std::max(known.weights, *weights);
    known.always |= made.placement == Placement::Resident;
    memory.stages.push_back(std::move(made));
  }
  for (size_t i = 0; i < stages.size(); ++i) {
    StageMemory &made = memory.stages[i];
    if (made.placement == Placement::Host) continue;
    residents[stages[i].resident].kv = std::max(residents[stages[i].resident].kv, made.kv);
    for (const auto &[name, resident] : residents) {
      bool here = name == stages[i].resident;
      if (resident.always || here) made.weights += resident.weights;
      if (resident.always && !here) made.kv += resident.kv; // kept from an earlier stage
    }
    made.total = made.weights + made.kv + made.state + made.activations;
    if (made.total.isOverflow()) return std::nullopt;
    if (memory.stage.empty() || made.total > memory.total) memory.total = made.total, memory.stage = made.stage;
  }
  return memory;
}

} // namespace mdl::runtime
