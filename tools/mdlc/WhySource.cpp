//===- WhySource.cpp - What `mdlc why` is asked about ---------------------===//
#include "WhySource.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::tool {

namespace {

/// `precision.compute=fp8, precision.storage_bits=8`, as results list overrides.
void addOverrides(std::string_view list, std::vector<std::string> &settings) {
  while (!list.empty()) {
    size_t end = std::min(list.find(", "), list.size());
    settings.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 2, list.size()));
  }
}

} // namespace

ModelOptions optionsOf(const runtime::Result &result, const std::string &savedIn, const DiagnosticOptions &diagnostics,
                       const Invocation &invocation) {
  ModelOptions options;
  auto setting = [&](const char *name) { return std::string(result.setting(name)); };
  options.diagnostics = diagnostics;
  options.file = sourceOf(result, savedIn, invocation), options.pipeline = result.pipeline;
  for (const auto &[name, value] : result.inputs) options.settings.push_back(name + "=" + value);
  options.convention = setting("convention"), options.traffic = setting("traffic");
  options.precision = setting("precision.name"), options.device = setting("device.name");
  options.utilisation = setting("utilisation.chosen.name"), options.overlap = setting("overlap");
  options.residency = setting("residency");
  addOverrides(result.setting("precision.overrides"), options.settings);
  return options;
}

std::pair<std::string, std::string> splitNumber(const std::vector<std::string> &words,
                                                const std::vector<std::string> &metrics) {
  auto isMetric = [&](const std::string &name) { return llvm::is_contained(metrics, name); };
  std::string first = words[0].starts_with("totals.") ? "total" + words[0].substr(6) : words[0];
  if (words.size() > 1) return {first, words[1]};
  if (isMetric(first)) return {"total", first};
  size_t dot = first.rfind('.');
  if (dot != std::string::npos && isMetric(first.substr(dot + 1))) return {first.substr(0, dot), first.substr(dot + 1)};
  return {first, ""};
}

} // namespace mdl::tool
