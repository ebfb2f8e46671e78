//===- JsonTarget.cpp - Precision, device and memory as JSON --------------===//
#include "JsonTarget.h"
#include "Json.h"
#include "JsonMembers.h"

namespace mdl::runtime {
namespace {

void writePeaks(Output &out, const std::vector<std::pair<std::string, double>> &peaks) {
  Members members(out);
  out << '{';
  for (const auto &[format, peak] : peaks) members.number(format, peak);
  out << '}';
}

void writeFitted(Output &out, const FittedInfo &of, const std::string &device) {
  out << '{';
  Members members(out);
  members.number("tensor", of.tensor).start("class");
  writePeaks(out, of.classes);
  members.number("link", of.link).number("launch_s", of.launch).start("evidence");
  writeJsonList(out, of.evidence, [&](const std::string &text) { writeJsonString(out, text); });
  members.boolean("saw_this_device", of.saw(device));
  out << '}';
}

void writeUtilisation(Output &out, const UtilisationInfo &of, const std::string &device) {
  out << '{';
  Members members(out);
  members.text("name", of.name).text("title", of.title);
  members.number("tensor_low", of.tensorLow).number("tensor_high", of.tensorHigh);
  members.number("vector", of.vector).number("memory", of.memory).boolean("of_this_device", of.ofDevice);
  if (of.fitted) members.start("fitted"), writeFitted(out, *of.fitted, device);
  out << '}';
}

} // namespace

void writeJsonPrecision(Output &out, const PrecisionInfo &precision) {
  Members members(out);
  out << '{';
  members.text("name", precision.name).text("title", precision.title);
  members.text("compute_precision", precision.compute).text("storage_bits", precision.storage);
  members.text("line", precision.line());
  members.start("stages");
  Members stages(out);
  out << '{';
  for (const StagePrecision &stage : precision.stages) {
    if (stage.stage.empty()) continue;
    stages.start(stage.stage);
    out << '{';
    Members(out).text("compute_precision", stage.compute).text("storage_bits", stage.storage);
    out << '}';
  }
  out << '}';
  members.start("overrides");
  writeJsonList(out, precision.overrides, [&](const std::string &text) { writeJsonString(out, text); });
  out << '}';
}

void writeJsonDevice(Output &out, const DeviceInfo &device) {
  Members members(out);
  out << '{';
  members.text("name", device.name).text("asked", device.asked).text("title", device.title);
  members.text("vendor", device.vendor);
  if (device.memory) members.number("memory_bytes", *device.memory);
  else members.null("memory_bytes");
  members.number("bandwidth_bytes_per_s", device.bandwidth);
  members.start("dense_peaks_flops_per_s");
  writePeaks(out, device.peaks);
  members.start("sparse_peaks_flops_per_s");
  writePeaks(out, device.sparsePeaks);
  members.number("vector_peak_flops_per_s", device.vectorPeak).number("launch_s", device.launch);
  members.number("link_bytes_per_s", device.link).number("link_latency_s", device.linkLatency);
  members.number("host_link_bytes_per_s", device.hostLink).number("power_w", device.power);
  members.number("price_usd_per_s", device.price).boolean("provisional", device.provisional);
  members.start("evidence");
  writeJsonList(out, device.evidence, [&](const Evidence &each) {
    out << '{';
    Members(out).text("field", each.field).text("kind", each.kind).text("source", each.source).text("date", each.date);
    out << '}';
  });
  out << '}';
}

void writeJsonSharding(Output &out, const ShardingInfo &sharding) {
  out << '{';
  Members members(out);
  members.text("name", sharding.name).number("devices", sharding.devices).start("rules");
  writeJsonList(out, sharding.rules, [&](const std::string &rule) { writeJsonString(out, rule); });
  out << '}';
}

void writeJsonTarget(Output &out, const Target &target) {
  out << ",\n  \"precision\": ";
  writeJsonPrecision(out, target.precision);
  if (target.sharding) {
    out << ",\n  \"sharding\": ";
    writeJsonSharding(out, *target.sharding);
  }
  if (!target.device) return;
  out << ",\n  \"device\": ";
  writeJsonDevice(out, *target.device);
  out << ",\n  \"utilisation\": {\"chosen\": ";
  writeUtilisation(out, *target.chosen, target.device->name);
  out << ", \"optimistic\": ";
  writeUtilisation(out, *target.optimistic, target.device->name);
  out << ", \"measured\": ";
  writeUtilisation(out, *target.measured, target.device->name);
  out << "},\n  \"overlap\": \"" << (target.overlapWhole ? "whole" : "operator") << '"';
}

void writeJsonParallel(Output &out, const ParallelReport &parallel) {
  Members members(out);
  out << '{';
  members.text("strategy", parallel.name).text("title", parallel.title).text("rule", parallel.rule);
  members.text("divided", parallel.divided).number("batch_size", parallel.batch);
  members.number("device_num", parallel.devices).number("effective_gpus", parallel.active);
  members.number("largest_share", parallel.largest).number("total_cost_s", parallel.latency);
  members.number("requests_per_s", parallel.requestsPerSecond);
  members.number("s_per_request", parallel.latency / parallel.batch.toDouble());
  for (const auto &[resource, value] : parallel.resources) members.number(resource + "_cost_s", value);
  for (const auto &[name, value] : parallel.bounds) members.number(name, value);
  members.text("bottleneck", parallel.bottleneck);
  if (parallel.memory) members.number("memory_bytes_per_device", *parallel.memory);
  else members.null("memory_bytes_per_device");
  if (parallel.fits) members.boolean("fits", *parallel.fits);
  else members.null("fits");
  members.start("assumptions");
  writeJsonList(out, parallel.assumptions, [&](const std::string &text) { writeJsonString(out, text); });
  out << '}';
}

void writeJsonMemory(Output &out, const DeviceMemory &memory, std::string_view residency) {
  static constexpr const char *kPlacements[] = {"resident", "offloaded", "host"};
  Members members(out);
  out << '{';
  members.text("residency", residency);
  members.start("stages");
  writeJsonList(out, memory.stages, [&](const StageMemory &stage) {
    out << '{';
    Members each(out);
    each.text("stage", stage.stage).text("placement", kPlacements[static_cast<size_t>(stage.placement)]);
    each.number("stage_weight_bytes", stage.own).number("weight_bytes", stage.weights).number("kv_bytes", stage.kv);
    each.number("state_bytes", stage.state).number("activation_peak_bytes", stage.activations);
    each.number("workspace_bytes", stage.workspace).number("total_bytes", stage.total);
    out << '}';
  });
  members.number("total_bytes", memory.total).text("at", memory.stage);
  if (memory.capacity) {
    members.number("capacity_bytes", *memory.capacity).boolean("fits", memory.fits());
    members.number(memory.fits() ? "left_bytes" : "missing_bytes", memory.margin());
  } else members.null("capacity_bytes").null("fits");
  out << '}';
}

} // namespace mdl::runtime
