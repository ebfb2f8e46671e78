//===- Subject.cpp - What a picture of one evaluation is of ---------------===//
#include "Subject.h"
#include <fmt/format.h>

namespace mdl::tool {

using runtime::Report;

double Metrics::of(std::span<const runtime::Number> values, std::string_view name) const {
  auto where = at(name);
  return where && values[*where].isPresent() ? values[*where].toDouble() : 0;
}

std::optional<size_t> Metrics::at(std::string_view name) const {
  const auto &metrics = report_.program->metrics;
  for (size_t i = 0; i < metrics.size(); ++i)
    if (!metrics[i].absent && metrics[i].name == name) return i;
  return std::nullopt;
}

std::string subjectOf(const Report &report) {
  std::string text = report.program->model;
  if (!report.workload.empty()) text += ", " + report.workload;
  return text;
}

std::string conditionsOf(const Report &report) {
  std::vector<std::string> parts;
  if (report.target && report.target->device) parts.push_back(report.target->device->title);
  if (report.target) {
    parts.push_back(report.target->precision.line());
    if (report.target->chosen)
      parts.push_back(fmt::format("utilisation {}: {}", report.target->chosen->name, report.target->chosen->title));
  }
  return fmt::format("{}", fmt::join(parts, " · "));
}

} // namespace mdl::tool
