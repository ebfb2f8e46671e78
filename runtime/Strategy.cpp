//===- Strategy.cpp - How several devices share a job ---------------------===//
#include "Strategy.h"

namespace mdl::runtime {

StrategyRules::StrategyRules(const Strategy &strategy)
    : strategy_(strategy), evaluator_(strategy.program), inputs_(strategy.inputs.size(), Int(1)) {
  for (uint32_t i = 0; i < strategy.parameters.size(); ++i) evaluator_.setParameter(i, 1);
}

void StrategyRules::setInput(std::string_view name, Int value) {
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (strategy_.inputs[i].kind == StrategyField::Kind::Input && strategy_.inputs[i].name == name) inputs_[i] = value;
}

/// A rule that counts: an exact number that is not negative.
std::optional<Int> StrategyRules::count(size_t rule) const {
  Number value = unscaled(evaluator_.value(strategy_.program.totals[rule]), strategy_.program.metrics[rule].scale);
  if (value.kind != Number::Kind::Exact || value.isOverflow() || value.exact.sign() < 0) return std::nullopt;
  return value.exact;
}

bool StrategyRules::checkGuards(size_t begin, size_t end) {
  for (const Guard &guard : std::span(strategy_.program.guards).subspan(begin, end - begin))
    if (Int holds = evaluator_.value(guard.condition).exact; holds.isOverflow() || holds.isZero())
      return why_ = "strategy `" + strategy_.name + "`: " + guard.text, false;
  return true;
}

std::optional<Shares> StrategyRules::shares(Int batch, Int devices) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (strategy_.inputs[i].kind == StrategyField::Kind::Batch) inputs_[i] = batch;
    if (strategy_.inputs[i].kind == StrategyField::Kind::Devices) inputs_[i] = devices;
  }
  evaluator_.run(inputs_);
  if (!checkGuards(0, strategy_.guardsOfInputs)) return std::nullopt;
  why_ = "strategy `" + strategy_.name + "` gives no device any work";
  Shares made;
  auto active = count(strategy_.active);
  if (!active || active->isZero()) return std::nullopt;
  made.active = *active;
  for (const Strategy::Share &share : strategy_.shares) {
    auto many = count(share.count), each = count(share.serves);
    if (!many || !each) return std::nullopt;
    if (!many->isZero() && !each->isZero()) made.of.emplace_back(*many, *each);
  }
  if (made.of.empty()) return std::nullopt;
  if (strategy_.holds && !(made.holds = count(*strategy_.holds))) return std::nullopt;
  return made;
}

std::optional<ParallelTime> StrategyRules::times(std::span<const double> parameters) {
  for (uint32_t i = 0; i < parameters.size(); ++i) evaluator_.setParameter(i, parameters[i]);
  evaluator_.run(inputs_);
  if (!checkGuards(strategy_.guardsOfInputs, strategy_.program.guards.size())) return std::nullopt;
  why_ = "strategy `" + strategy_.name + "` gives no latency: a time is not finite, or nothing takes time";
  ParallelTime made;
  auto read = [&](size_t rule) {
    return unscaled(evaluator_.value(strategy_.program.totals[rule]), strategy_.program.metrics[rule].scale);
  };
  Number total = read(strategy_.time);
  bool fine = !total.isOverflow() && total.toDouble() >= 0;
  made.total = total.toDouble();
  for (const auto &[resource, rule] : strategy_.resources) {
    Number value = read(rule);
    fine = fine && !value.isOverflow() && value.toDouble() >= 0;
    made.resources.push_back(value.toDouble());
  }
  if (!fine) return std::nullopt;
  return made;
}

} // namespace mdl::runtime
