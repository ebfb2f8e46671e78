#include "Prober.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

bool Prober::open(const std::string &axis, const std::string &where, std::string &error) {
  if (!axis.empty())
    if (error = axes_.add(axis); !error.empty()) return false;
  if (!where.empty() && !(where_ = RowExpr::parse(where, error))) return error = "--where " + error, false;
  return variants_.open(error) && chooseOutputs(error);
}

bool Prober::chooseOutputs(std::string &error) {
  auto has = [&](const std::string &name) { return std::ranges::find(outputs_, name) != outputs_.end(); };
  std::string solved = axes_.all().empty() ? "" : axes_.all().front().names().front();
  if (where_)
    for (const std::string &name : where_->names())
      if (name != solved && !has(name)) outputs_.push_back(name);
  read_ = outputs_.size();
  std::vector<std::string> known = variants_.defaults();
  for (const char *name : {"time_s", "memory_bytes", "fits"})
    if (std::ranges::find(known, name) != known.end() && !has(name)) outputs_.emplace_back(name);
  if (!variants_.want(outputs_, error)) return false;
  return !where_ || (where_->bind(axes_, outputs_, error) && haveValues(error));
}

/// A condition on what the job does not have would hold nowhere, for no reason that one could see.
bool Prober::haveValues(std::string &error) {
  const Variant &made = variant();
  if (!made.compilation) return error = made.error, false;
  for (size_t i = 0; i < read_; ++i) {
    if (made.quantities[i].slot != runtime::kNoSlot) continue;
    bool needsDevice = outputs_[i] == "fits" && !made.compilation->targetInfo().device;
    error = fmt::format("`{}` has no value here: {}", outputs_[i],
                        needsDevice             ? "it needs a device: --device h20"
                        : outputs_[i] == "fits" ? "the memory of the device is not known"
                                                : "the model does not have what it is made of");
    return false;
  }
  return true;
}

bool Prober::isMonotone() {
  using runtime::batch::Trend;
  const Variant &made = variant();
  const SweptInput &swept = made.inputs.front();
  const runtime::Input &input = made.program.inputs[swept.input];
  Int lo = at(0), hi = at(size() - 1);
  if ((input.lo && lo < *input.lo) || (input.hi && *input.hi < hi)) return false;
  auto trends = runtime::batch::findTrends(made.program, made.compilation->inputs(), swept.input, lo, hi);
  auto ofName = [&](const std::string &name) -> runtime::batch::Varying {
    auto output = std::ranges::find(outputs_, name);
    if (output == outputs_.end()) return {Trend::Rises, runtime::batch::columnValue(lo, hi)};
    const Quantity &quantity = made.quantities[static_cast<size_t>(output - outputs_.begin())];
    runtime::batch::Varying found = trends[quantity.slot];
    if (quantity.scale != 1 && !found.real) found.trend = Trend::Unknown; // now a count, now a fraction
    return found;
  };
  Trend trend = where_->trend(ofName);
  for (const Quantity &quantity : made.quantities)
    if (quantity.slot != runtime::kNoSlot && trends[quantity.slot].value.mayFail) return false;
  for (const runtime::Guard &guard : made.program.guards) {
    if (guard.kind != runtime::GuardKind::Require) continue;
    if (trends[guard.condition].value.mayFail) return false;
    trend = runtime::batch::both(trend, trends[guard.condition].trend);
  }
  return trend != Trend::Unknown;
}

const SweepRow &Prober::row(uint64_t point) {
  ++evaluations_;
  return maker_.make(point, point + 1).front();
}

bool Prober::holds(uint64_t point) { return where_->evaluate(row(point), axes_).value_or(0) != 0; }

} // namespace mdl::tool
