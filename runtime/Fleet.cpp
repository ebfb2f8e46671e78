#include "Fleet.h"
#include <algorithm>

namespace mdl::runtime {

bool Quantity::isPriced() const {
  return std::ranges::find(parameters, StrategyField::Kind::Price, &StrategyField::kind) != parameters.end();
}

Fleet::Fleet(const FleetRequest &request) : request_(request), sizer_(*request.request) {
  evaluators_.reserve(request.quantities->size());
  for (const Quantity &each : *request.quantities) evaluators_.emplace_back(each.program);
}

std::optional<FleetPoint> Fleet::at(const std::vector<Int> &inputs, Int amount, Int devices, ReportError &error) {
  sizer_.setInputs(0, inputs);
  auto row = sizer_.point(0, 0, 0, amount, devices, error);
  if (!row) return std::nullopt;
  FleetPoint made{std::move(*row), {}};
  latencies_.assign(request_.request->modes.size(), std::nullopt);
  latencies_[0] = made.row.time.total;
  for (size_t i = 0; i < evaluators_.size(); ++i) made.quantities.push_back(value(i, inputs, made.row));
  return made;
}

std::string Fleet::bottleneck(const Quantity &quantity, const FleetPoint &point) {
  std::string_view found = point.row.bottleneck;
  double longest = 0;
  for (const StrategyField &each : quantity.parameters) {
    if (each.kind != StrategyField::Kind::Latency || each.name.empty()) continue;
    ReportError ignored;
    auto row = sizer_.point(0, modeOf(each), 0, point.row.batch, point.row.devices, ignored);
    if (row && row->time.total > longest) longest = row->time.total, found = row->bottleneck;
  }
  return std::string(found);
}

/// The mode of a latency: 0 for the whole job.
size_t Fleet::modeOf(const StrategyField &field) const {
  const std::vector<SizingMode> &modes = request_.request->modes;
  size_t mode = 0;
  while (!field.name.empty() && modes[mode].name != field.name) ++mode;
  return mode;
}

/// A latency, or the price if there is one.
std::optional<double> Fleet::parameter(const StrategyField &field, const SizingRow &row) {
  if (field.kind == StrategyField::Kind::Price) return request_.price;
  ReportError ignored; // a stage that does not run has no latency
  size_t mode = modeOf(field);
  if (!latencies_[mode]) latencies_[mode] = sizer_.latency(0, mode, 0, row.batch, row.devices, ignored);
  return latencies_[mode];
}

Number Fleet::value(size_t quantity, const std::vector<Int> &inputs, const SizingRow &row) {
  const Quantity &of = (*request_.quantities)[quantity];
  if (!of.missing.empty()) return {};
  const std::vector<Input> &names = request_.request->jobs.front().program->inputs;
  std::vector<Int> values;
  for (const StrategyField &field : of.inputs) {
    using Kind = StrategyField::Kind;
    auto input = std::ranges::find(names, field.name, &Input::name);
    values.push_back(field.kind == Kind::Batch     ? row.batch
                     : field.kind == Kind::Devices ? row.devices
                     : field.kind == Kind::Active  ? row.active
                                                   : inputs[static_cast<size_t>(input - names.begin())]);
  }
  Evaluator &evaluator = evaluators_[quantity];
  for (uint32_t i = 0; i < of.parameters.size(); ++i) {
    auto known = parameter(of.parameters[i], row);
    if (!known) return {};
    evaluator.setParameter(i, *known);
  }
  evaluator.run(values);
  for (const Guard &guard : of.program.guards)
    if (Int holds = evaluator.value(guard.condition).exact; holds.isOverflow() || holds.isZero()) return {};
  Number made = unscaled(evaluator.value(of.program.totals[0]), of.program.metrics[0].scale);
  return made.isOverflow() ? Number() : made;
}

} // namespace mdl::runtime
