//===- Subject.h - What a picture of one evaluation is of -------*- C++ -*-===//
#pragma once
#include "runtime/Report.h"
#include <span>
#include <string>

namespace mdl::tool {

/// Reads metrics of rows by name.
class Metrics {
public:
  explicit Metrics(const runtime::Report &report) : report_(report) {}
  bool has(std::string_view name) const { return at(name).has_value(); }
  /// 0 where it is absent.
  double of(std::span<const runtime::Number> values, std::string_view name) const;

private:
  std::optional<size_t> at(std::string_view name) const;
  const runtime::Report &report_;
};

/// Model and workload: `wan21_t2v_14b, 720p`.
std::string subjectOf(const runtime::Report &report);
/// Device, precision and utilisation, in a line.
std::string conditionsOf(const runtime::Report &report);

} // namespace mdl::tool
