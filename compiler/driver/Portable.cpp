//===- Portable.cpp - A job whose precision and device are chosen later ---===//
#include "Portable.h"
#include "../lower/EmitProgram.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::driver {

namespace {

/// A device that has every peak. Its numbers are never used: each parameter gets the value of a real one.
passes::Device anyDevice(bool overlapWhole) {
  return {"", overlapWhole, [](const ir::Parameter &, std::string &) { return std::optional(1.0); },
          [](const ir::Parameter &) -> std::optional<double> { return std::nullopt; },
          [](const ir::Parameter &) -> std::optional<double> { return std::nullopt; }};
}

std::vector<RateSource> sourcesOf(const ir::CostModule &costs, const Target &target, sema::Checker &checker) {
  std::vector<RateSource> rates;
  for (const ir::Parameter &each : costs.parameters) {
    RateSource &rate = rates.emplace_back(RateSource{each.kind, "", each.utilisation, each.category});
    if (each.kind == ir::Parameter::Kind::TensorRate)
      rate.format = text(target.computeFormat(intern(each.owner), checker.classOf(each.category)).name);
  }
  return rates;
}

/// Whether the costs behind these answers are those of the target, too: a walk with the same answers asks the same.
bool answersAlike(const Target &target, const std::vector<Target::Answer> &answers) {
  return llvm::all_of(
      answers, [&](const Target::Answer &each) { return target.bits(each.owner, each.role, each.made) == each.bits; });
}

} // namespace

std::optional<size_t> PortableJob::programIn(Target &target, bool overlapWhole) {
  auto known =
      llvm::find_if(programs_, [&](const PortableProgram &each) { return answersAlike(target, each.answers); });
  if (known != programs_.end()) return static_cast<size_t>(known - programs_.begin());
  passes::Device device = anyDevice(overlapWhole);
  auto costs = compilation_.costsIn(target, &device);
  if (!costs) return std::nullopt;
  costs->precision.clear(), costs->device.clear();
  runtime::Program program = lower::emitProgram(*costs);
  programs_.push_back({std::move(*costs), std::move(program), target.answers()});
  return programs_.size() - 1;
}

std::optional<PortablePrecision> PortableJob::precision(const std::string &name) {
  Target target(compilation_.checker(), compilation_.diagnostics(), compilation_.request().searchPaths);
  TargetRequest request = compilation_.targetRequest(name, "");
  if (!target.resolve(request, compilation_.stageNames())) return std::nullopt;
  auto program = programIn(target, request.overlap == "whole");
  if (!program) return std::nullopt;
  return PortablePrecision{target.info().precision, *program,
                           sourcesOf(programs_[*program].costs, target, compilation_.checker())};
}

std::optional<PortableDevice> PortableJob::device(const std::string &name,
                                                  const std::vector<std::string> &utilisations) {
  Target target(compilation_.checker(), compilation_.diagnostics(), compilation_.request().searchPaths);
  if (!target.resolve(compilation_.targetRequest("", name), compilation_.stageNames())) return std::nullopt;
  PortableDevice device{*target.info().device, {}};
  for (const std::string &each : utilisations) {
    auto profile = target.utilisation(each);
    if (!profile) return std::nullopt;
    PortableProfile &made = device.utilisations.emplace_back(
        PortableProfile{profile->info, profile->reached.tensor[0], profile->reached.link, {}});
    for (uint16_t i = 0; i < profile->reached.tensor.size(); ++i)
      if (double part = profile->reached.tensor[i]; part != profile->reached.tensor[0])
        made.classes.emplace_back(compilation_.checker().className({i}), part);
  }
  return device;
}

} // namespace mdl::driver
