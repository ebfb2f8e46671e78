//===- Portable.cpp - A job whose precision and device are chosen later ---===//
#include "Portable.h"
#include "../lower/EmitProgram.h"

namespace mdl::driver {

namespace {

/// A device that has every peak. Its numbers are never used: each parameter gets the value of a real one.
passes::Device anyDevice(bool overlapWhole) {
  return {"", overlapWhole, [](const ir::Parameter &, std::string &) { return std::optional(1.0); },
          [](const ir::Parameter &) -> std::optional<double> { return std::nullopt; }};
}

std::vector<RateSource> sourcesOf(const ir::CostModule &costs, const Target &target, sema::Checker &checker) {
  std::vector<RateSource> rates;
  for (const ir::Parameter &each : costs.parameters) {
    RateSource &rate = rates.emplace_back(RateSource{each.kind, "", each.utilisation});
    if (each.kind == ir::Parameter::Kind::TensorRate)
      rate.format = text(target.computeFormat(intern(each.owner), checker.classOf(each.category)).name);
  }
  return rates;
}

} // namespace

std::optional<PortableProgram> portableProgram(Compilation &compilation, const std::string &precision) {
  Target target(compilation.checker(), compilation.diagnostics(), compilation.request().searchPaths);
  TargetRequest request = compilation.targetRequest(precision, "");
  if (!target.resolve(request, compilation.stageNames())) return std::nullopt;
  passes::Device device = anyDevice(request.overlap == "whole");
  auto costs = compilation.costsIn(target, &device);
  if (!costs) return std::nullopt;
  costs->device.clear();
  runtime::Program program = lower::emitProgram(*costs);
  std::vector<RateSource> rates = sourcesOf(*costs, target, compilation.checker());
  return PortableProgram{target.info().precision, std::move(*costs), std::move(program), std::move(rates)};
}

std::optional<PortableDevice> portableDevice(Compilation &compilation, const std::string &device,
                                             const std::vector<std::string> &utilisations) {
  Target target(compilation.checker(), compilation.diagnostics(), compilation.request().searchPaths);
  if (!target.resolve(compilation.targetRequest("", device), compilation.stageNames())) return std::nullopt;
  auto profiles = target.utilisations(utilisations);
  if (!profiles) return std::nullopt;
  return PortableDevice{*target.info().device, std::move(*profiles)};
}

} // namespace mdl::driver
