//===- Sizing.cpp - A grid of requests and devices ------------------------===//
#include "Sizing.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

/// A time that is of no utilisation but the chosen one's resource, or the chosen total.
bool isTime(const Metric &metric) { return metric.unit == "s"; }

/// What adds up over devices: work, but not time.
bool isWork(const Metric &metric) { return metric.fold == Fold::Sum && !isTime(metric) && !metric.absent; }

Number times(const Number &value, Int count) {
  return value.kind == Number::Kind::Exact ? Number::of(value.exact * count)
                                           : Number::ofReal(value.real * count.toDouble());
}

Number larger(const Number &a, const Number &b) { return !a.isPresent() || a < b ? b : a; }

double valueOf(const Program &program, std::span<const Number> values, std::string_view name) {
  for (size_t i = 0; i < values.size(); ++i)
    if (program.metrics[i].name == name && values[i].isPresent()) return values[i].toDouble();
  return 0;
}

} // namespace

std::optional<double> workOf(const Program &program, std::span<const Number> values, std::string_view resource) {
  static constexpr std::pair<std::string_view, std::string_view> kWork[] = {
      {"tensor", "flops_tensor"}, {"vector", "flops_vector"}, {"memory", "bytes_read"}, {"memory", "bytes_written"}};
  std::optional<double> sum;
  for (auto [of, metric] : kWork)
    for (size_t i = 0; i < values.size(); ++i)
      if (of == resource && program.metrics[i].name == metric && values[i].isPresent())
        sum = sum.value_or(0) + values[i].toDouble();
  return sum;
}

const SizingNeed *SizingSummary::dominant() const {
  auto largest = std::ranges::max_element(needs, {}, &SizingNeed::ofPeaks);
  return largest == needs.end() ? nullptr : &*largest;
}

Sizer::Sizer(const SizingRequest &request) : request_(request), rules_(*request.strategy) {
  for (const SizingJob &job : request.jobs) {
    Evaluator &evaluator = evaluators_.try_emplace(job.program, *job.program).first->second;
    jobs_.push_back({&evaluator, job.inputs, {}});
    jobs_.back().evaluations.resize(request.utilisations.size());
  }
}

//===--- One amount on one device ---------------------------------------------------===//

bool Sizer::checkGuards(const Evaluator &evaluator, ReportError &error) const {
  for (const Guard &guard : evaluator.program().guards) {
    if (guard.kind != GuardKind::Require) continue;
    Int holds = evaluator.value(guard.condition).exact;
    if (!holds.isOverflow() && !holds.isZero()) continue;
    error = {holds.isOverflow() ? "overflow" : "guard-failed", guard.text, guard.place};
    return false;
  }
  return true;
}

Sizer::Evaluation *Sizer::evaluate(size_t job, size_t utilisation, Int amount, ReportError &error) {
  auto [at, isNew] = jobs_[job].evaluations[utilisation].try_emplace(amount.fitsInt64() ? amount.toInt64() : -1);
  if (!isNew) return &at->second;
  const std::vector<double> &rates = request_.jobs[job].rates[utilisation];
  for (uint32_t i = 0; i < rates.size(); ++i) jobs_[job].evaluator->setParameter(i, rates[i]);
  if (fill(job, amount, at->second, error)) return &at->second;
  jobs_[job].evaluations[utilisation].erase(at);
  return nullptr;
}

bool Sizer::fill(size_t job, Int amount, Evaluation &made, ReportError &error) {
  const SizingJob &of = request_.jobs[job];
  const Program &program = *of.program;
  const Input &divided = program.inputs[of.divided];
  if (amount.isOverflow() || (divided.lo && amount < *divided.lo) || (divided.hi && amount > *divided.hi)) {
    error = {"out-of-range",
             fmt::format("input `{}` would be {}, outside of its range", divided.name, toString(amount)), ""};
    return false;
  }
  std::vector<Int> inputs = jobs_[job].inputs;
  inputs[of.divided] = amount;
  Evaluator &evaluator = *jobs_[job].evaluator;
  evaluator.run(inputs);
  if (!checkGuards(evaluator, error)) return false;
  auto read = [&](Slot slot, const Metric &metric, const std::string &where) {
    Number value = metric.absent || slot == kNoSlot ? Number() : unscaled(evaluator.value(slot), metric.scale);
    if (value.isPresent() && value.isOverflow() && error.slug.empty())
      error = {evaluator.tooManyTurns() ? "too-many-turns" : "overflow",
               fmt::format("`{}` of {} does not fit", metric.name, where), ""};
    return value;
  };
  for (uint32_t root : program.roots) {
    std::vector<Number> &values = made.stages.emplace_back();
    const Slot calls = program.nodes[root].calls;
    made.calls.push_back(calls == kNoSlot ? Number() : evaluator.value(calls));
    for (size_t i = 0; i < program.metrics.size(); ++i)
      values.push_back(
          read(program.nodes[root].metrics[i], program.metrics[i], "`" + program.nodes[root].label.front().text + "`"));
  }
  for (size_t i = 0; i < program.metrics.size(); ++i)
    made.totals.push_back(read(program.totals[i], program.metrics[i], "the job"));
  return error.slug.empty() && addClasses(job, inputs, made, error);
}

/// Metrics of the operators of a class, which only some strategies ask for: sums over leaves.
bool Sizer::addClasses(size_t job, const std::vector<Int> &inputs, Evaluation &made, ReportError &error) {
  const std::vector<StrategyField> &fields = request_.strategy->parameters;
  if (std::ranges::all_of(fields, [](const StrategyField &each) { return each.ofClass.empty(); })) return true;
  ReportOptions options;
  options.expand = false;
  auto report = makeReport(*jobs_[job].evaluator, inputs, options, error);
  if (!report) return false;
  const std::vector<Metric> &metrics = report->program->metrics;
  for (const FoldedRow &row : report->folded) {
    if (row.depth == 0) made.ofClasses.emplace_back(fields.size());
    if (!row.node->children.empty()) continue;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (std::ranges::find(fields[i].categories, row.node->category) == fields[i].categories.end()) continue;
      for (size_t k = 0; k < metrics.size(); ++k)
        if (metrics[k].name == fields[i].name && row.values[k].isPresent())
          made.ofClasses.back()[i] += row.values[k].toDouble();
    }
  }
  return true;
}

const std::vector<std::vector<Number>> *Sizer::stages(size_t job, size_t utilisation, Int amount, ReportError &error) {
  Evaluation *of = evaluate(job, utilisation, amount, error);
  return of ? &of->stages : nullptr;
}

void Sizer::setInputs(size_t job, const std::vector<Int> &inputs) {
  constexpr size_t kMostKept = 4096;
  JobState &state = jobs_[job];
  bool same = state.inputs == inputs;
  for (auto &evaluations : state.evaluations)
    if (!same || evaluations.size() > kMostKept) evaluations.clear();
  if (!same) state.inputs = inputs;
}

const std::vector<Number> &Sizer::calls(size_t job, size_t utilisation, Int amount) const {
  return jobs_[job].evaluations[utilisation].at(amount.toInt64()).calls;
}

Sizer::Notes Sizer::notes(size_t job, Int amount) {
  const SizingJob &of = request_.jobs[job];
  std::vector<Int> inputs = jobs_[job].inputs;
  inputs[of.divided] = amount;
  Evaluator &evaluator = *jobs_[job].evaluator;
  evaluator.run(inputs);
  Notes notes;
  for (const Guard &guard : of.program->guards) {
    if (guard.kind == GuardKind::Require || !evaluator.value(guard.condition).isZero()) continue;
    if (guard.kind == GuardKind::Warn) notes.warnings.push_back(guard.text);
    else notes.extrapolations.push_back("extrapolation: " + guard.text);
  }
  return notes;
}

//===--- Some stages together --------------------------------------------------------===//

/// Work adds up, peaks are maxima, storage counts once for each resident. A time that does not add up (everything
/// overlaps) is the largest of its resources' sums.
std::vector<Number> Sizer::together(const SizingJob &job, const std::vector<size_t> &stages,
                                    const Evaluation &of) const {
  const Program &program = *job.program;
  std::vector<Number> values(program.metrics.size());
  for (size_t i = 0; i < values.size(); ++i) {
    std::map<std::string, Number> residents;
    for (size_t stage : stages) {
      const Number &value = of.stages[stage][i];
      if (!value.isPresent()) continue;
      Number &resident = residents[program.nodes[program.roots[stage]].resident];
      switch (program.metrics[i].fold) {
      case Fold::Sum: values[i] = values[i].isPresent() ? values[i] + value : value; break;
      case Fold::Once: resident = larger(resident, value); break;
      case Fold::Peak: values[i] = larger(values[i], value); break;
      case Fold::Each: break;
      }
    }
    if (program.metrics[i].fold == Fold::Once)
      for (const auto &[name, value] : residents) values[i] = values[i].isPresent() ? values[i] + value : value;
  }
  for (size_t i = 0; i < values.size(); ++i)
    if (program.metrics[i].fold == Fold::Each && !program.metrics[i].absent)
      for (size_t k = 0; k < values.size(); ++k)
        if (!program.metrics[k].resource.empty() && values[k].isPresent()) values[i] = larger(values[i], values[k]);
  return values;
}

const ShareNumbers &Sizer::numbers(size_t job, size_t mode, Evaluation &of) {
  auto [at, isNew] = of.ofMode.try_emplace(mode);
  if (!isNew) return at->second;
  const SizingJob &from = request_.jobs[job];
  const std::vector<size_t> &chosen = from.stages[mode];
  const Program &program = *from.program;
  at->second.values = chosen.empty()       ? of.totals
                      : chosen.size() == 1 ? of.stages[chosen[0]]
                                           : together(from, chosen, of);
  std::vector<StageValues> stages;
  for (size_t i = 0; i < of.stages.size(); ++i) {
    if (!chosen.empty() && std::ranges::find(chosen, i) == chosen.end()) continue;
    const Node &root = program.nodes[program.roots[i]];
    stages.push_back({root.label.front().text, root.resident, of.stages[i]});
  }
  std::optional<Int> capacity;
  if (request_.target->device) capacity = request_.target->device->memory;
  at->second.memory = memoryOf(program, stages, request_.target->residency, capacity);
  return at->second;
}

//===--- One point of the grid --------------------------------------------------------===//

/// The times of the division last asked for, whose largest share is `amount`.
std::optional<ParallelTime> Sizer::timeOf(size_t job, size_t mode, size_t utilisation, Int amount, ReportError &error) {
  Evaluation *of = evaluate(job, utilisation, amount, error);
  if (!of) return std::nullopt;
  const SizingJob &from = request_.jobs[job];
  const std::vector<Number> &values = numbers(job, mode, *of).values;
  std::vector<double> parameters;
  const std::vector<StrategyField> &fields = request_.strategy->parameters;
  for (size_t i = 0; i < fields.size(); ++i) {
    const DeviceInfo &device = *request_.target->device;
    double &value = parameters.emplace_back(0);
    if (fields[i].kind == StrategyField::Kind::Link)
      value = device.link.value_or(0) * request_.utilisations[utilisation].link;
    else if (fields[i].kind == StrategyField::Kind::LinkLatency) value = device.linkLatency.value_or(0);
    else if (fields[i].ofClass.empty()) value = valueOf(*from.program, values, fields[i].name);
    else
      for (size_t k = 0; k < of->ofClasses.size(); ++k)
        if (const auto &chosen = from.stages[mode]; chosen.empty() || std::ranges::find(chosen, k) != chosen.end())
          value += of->ofClasses[k][i];
  }
  auto made = rules_.times(parameters);
  if (!made || !(made->total > 0)) error = {"no-latency", rules_.why(), ""};
  return made && made->total > 0 ? made : std::nullopt;
}

bool Sizer::addWork(size_t job, size_t mode, size_t utilisation, const Shares &shares, SizingRow &row,
                    ReportError &error) {
  const std::vector<Metric> &metrics = request_.jobs[job].program->metrics;
  row.work.resize(metrics.size());
  for (auto [count, amount] : shares.of) {
    Evaluation *of = evaluate(job, utilisation, amount, error);
    if (!of) return false;
    const std::vector<Number> &values = numbers(job, mode, *of).values;
    for (size_t i = 0; i < metrics.size(); ++i) {
      if (!isWork(metrics[i])) continue;
      Number all = times(values[i], count * request_.perModel());
      row.work[i] = row.work[i].isPresent() ? row.work[i] + all : all;
      if (row.work[i].isOverflow()) {
        error = {"overflow", fmt::format("`{}` of all devices is beyond 2^127", metrics[i].name), ""};
        return false;
      }
    }
  }
  if (!shares.holds) return true;
  Evaluation *held = evaluate(job, utilisation, *shares.holds, error);
  if (held) row.held = &numbers(job, mode, *held);
  return held;
}

std::optional<SizingRow> Sizer::row(size_t job, size_t mode, size_t utilisation, Int batch, Int devices,
                                    ReportError &error) {
  auto made = point(job, mode, utilisation, batch, devices, error);
  if (made) return made;
  const SizingJob &of = request_.jobs[job];
  error.message += fmt::format(" (row: workload `{}`, mode `{}`, utilisation `{}`, {} {} on {} devices)",
                               of.workload.empty() ? "default" : of.workload, request_.modes[mode].name,
                               request_.utilisations[utilisation].info.name, of.program->inputs[of.divided].name,
                               toString(batch), toString(devices));
  return std::nullopt;
}

std::optional<Shares> Sizer::share(size_t job, Int batch, Int devices, ReportError &error) {
  const SizingJob &of = request_.jobs[job];
  for (size_t i = 0; i < of.program->inputs.size(); ++i)
    rules_.setInput(of.program->inputs[i].name, jobs_[job].inputs[i]);
  Int each = request_.perModel();
  Int groups = floorDiv(devices, each);
  if (groups * each != devices) {
    error = {"no-share",
             fmt::format("{} devices are no multiple of the {} that share a model by `{}`", toString(devices),
                         toString(each), request_.target->sharding->name),
             ""};
    return std::nullopt;
  }
  auto shares = rules_.shares(batch, groups);
  if (shares) shares->active = shares->active * each;
  if (!shares) error = {"no-share", rules_.why(), ""};
  return shares;
}

std::optional<double> Sizer::latency(size_t job, size_t mode, size_t utilisation, Int batch, Int devices,
                                     ReportError &error) {
  auto shares = share(job, batch, devices, error);
  auto time = shares ? timeOf(job, mode, utilisation, shares->of.front().second, error) : std::nullopt;
  return time ? std::optional(time->total) : std::nullopt;
}

std::optional<SizingRow> Sizer::point(size_t job, size_t mode, size_t utilisation, Int batch, Int devices,
                                      ReportError &error) {
  auto shares = share(job, batch, devices, error);
  if (!shares) return std::nullopt;
  SizingRow row;
  row.job = job, row.mode = mode, row.utilisation = utilisation;
  row.batch = batch, row.devices = devices, row.active = shares->active;
  Int largest = row.largest = shares->of.front().second;
  auto time = timeOf(job, mode, utilisation, largest, error);
  if (!time) return std::nullopt;
  row.time = std::move(*time);
  for (const SizingBound &bound : request_.bounds) {
    auto other = timeOf(job, mode, bound.utilisation, largest, error);
    if (!other) return std::nullopt;
    row.bounds.push_back(other->total);
  }
  if (!addWork(job, mode, utilisation, *shares, row, error)) return std::nullopt;
  auto slowest = std::ranges::max_element(row.time.resources);
  if (slowest != row.time.resources.end())
    row.bottleneck = request_.strategy->resources[static_cast<size_t>(slowest - row.time.resources.begin())].first;
  return row;
}

ParallelReport Sizer::describe(const SizingRow &row) {
  const Strategy &strategy = *request_.strategy;
  ParallelReport made;
  made.name = strategy.name, made.title = strategy.title, made.rule = strategy.rule;
  made.assumptions = strategy.assumptions, made.divided = strategy.divides;
  made.batch = row.batch, made.devices = row.devices, made.active = row.active;
  made.largest = row.largest;
  made.latency = row.time.total, made.requestsPerSecond = row.requestsPerSecond();
  for (size_t i = 0; i < row.time.resources.size(); ++i)
    made.resources.emplace_back(strategy.resources[i].first, row.time.resources[i]);
  for (size_t i = 0; i < row.bounds.size(); ++i) made.bounds.emplace_back(request_.bounds[i].column, row.bounds[i]);
  made.bottleneck = row.bottleneck;
  if (!row.held || !row.held->memory) return made;
  made.memory = row.held->memory->total;
  if (row.held->memory->capacity) made.fits = row.held->memory->fits();
  return made;
}

//===--- The grid ------------------------------------------------------------------------===//

bool Sizer::run(SizingResult &result, ReportError &error) {
  result.request = &request_;
  result.rows.reserve(request_.jobs.size() * request_.modes.size() * request_.asked * request_.devices.size() *
                      request_.batches.size());
  for (size_t job = 0; job < request_.jobs.size(); ++job)
    for (size_t mode = 0; mode < request_.modes.size(); ++mode)
      for (size_t utilisation = 0; utilisation < request_.asked; ++utilisation)
        for (Int devices : request_.devices)
          for (Int batch : request_.batches) {
            auto made = row(job, mode, utilisation, batch, devices, error);
            if (!made) return false;
            result.rows.push_back(std::move(*made));
          }
  return summarise(result, error);
}

/// Of each group of rows at the largest number of devices.
bool Sizer::summarise(SizingResult &result, ReportError &error) {
  size_t perDevices = request_.batches.size(), group = perDevices * request_.devices.size();
  for (size_t end = group; end <= result.rows.size(); end += group) {
    std::span<const SizingRow> rows(result.rows.data() + (end - perDevices), perDevices);
    SizingSummary summary;
    summary.job = rows[0].job, summary.mode = rows[0].mode, summary.utilisation = rows[0].utilisation;
    summary.devices = rows[0].devices;
    constexpr double kMore = 1 + 1e-12; // what rounding makes of equal throughputs is no difference
    auto isBetter = [&](const SizingRow &row) {
      if (!summary.best || row.fits() != summary.best->fits()) return !summary.best || row.fits();
      return row.requestsPerSecond() > kMore * summary.best->requestsPerSecond();
    };
    for (const SizingRow &row : rows)
      if (isBetter(row)) summary.best = &row;
    auto nearly = [&](const SizingRow &row) {
      return row.requestsPerSecond() >= request_.strategy->saturation * summary.best->requestsPerSecond();
    };
    summary.saturationBatch = std::ranges::find_if(rows, nearly)->batch;
    auto one = row(summary.job, summary.mode, summary.utilisation, 1, summary.devices, error);
    if (!one) return false;
    summary.latencyOfOne = one->time.total, summary.bottleneck = one->bottleneck;
    if (!addNeeds(summary, error)) return false;
    result.summaries.push_back(std::move(summary));
  }
  return true;
}

/// One request in one second: its work, and its time at the peaks of one device over the number of devices.
bool Sizer::addNeeds(SizingSummary &summary, ReportError &error) {
  const Program &program = *request_.jobs[summary.job].program;
  Evaluation *of = evaluate(summary.job, request_.peaks, 1, error);
  if (!of) return false;
  const std::vector<Number> &values = numbers(summary.job, summary.mode, *of).values;
  for (size_t i = 0; i < program.metrics.size(); ++i)
    if (const Metric &metric = program.metrics[i]; !metric.resource.empty() && values[i].isPresent())
      if (auto work = workOf(program, values, metric.resource))
        summary.needs.push_back({metric.resource, *work * request_.perModel().toDouble(),
                                 values[i].toDouble() * request_.perModel().toDouble() / summary.devices.toDouble()});
  return true;
}

} // namespace mdl::runtime
