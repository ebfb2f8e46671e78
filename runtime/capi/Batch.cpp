//===- Batch.cpp - Many jobs at once in C ---------------------------------===//
#include "../batch/Batch.h"
#include "Handles.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <thread>

using namespace mdl;
using namespace mdl::runtime;

/// The plan is made when it is first asked for after a change.
struct mdl_batch {
  explicit mdl_batch(const mdl_program &from) : program(from) { request.inputs = from.model.job; }
  mdl_batch(const mdl_batch &) = delete;
  mdl_batch &operator=(const mdl_batch &) = delete;

  const mdl_program &program;
  batch::Request request; ///< Its outputs: what is wanted
  batch::Plan plan;       ///< Its outputs: those, then the requirements
  bool isPlanned = false;
};

namespace {

bool isColumn(const mdl_batch &batch, size_t input) {
  return std::ranges::find(batch.request.columns, input, &batch::Column::input) != batch.request.columns.end();
}

bool vary(mdl_batch &batch, const char *name, int64_t low, int64_t high, ReportError &error) {
  const Program &program = batch.program.model.program;
  auto at = findInput(program, name, error);
  if (!at) return false;
  const Input &input = program.inputs[*at];
  if (isColumn(batch, *at)) return fail(error, "bad-argument", fmt::format("`{}` varies already", name));
  if (low > high) return fail(error, "bad-argument", fmt::format("`{}`: {} is above {}", name, low, high));
  if (input.fixed) return fail(error, "fixed-input", fmt::format("`{}` is compiled in: it cannot vary", name));
  if ((input.lo && Int(low) < *input.lo) || (input.hi && *input.hi < Int(high)))
    return fail(error, "out-of-range",
                fmt::format("`{}` from {} to {} is not within its range from {} to {}", name, low, high,
                            input.lo ? toString(*input.lo) : "any", input.hi ? toString(*input.hi) : "any"));
  batch.request.columns.push_back({static_cast<uint32_t>(*at), low, high});
  return batch.isPlanned = false, true;
}

bool want(mdl_batch &batch, const char *stage, std::string_view name, ReportError &error) {
  const Program &program = batch.program.model.program;
  auto metric = findMetric(program, name, error);
  if (!metric) return false;
  Slot slot = program.totals[*metric];
  if (stage) {
    auto at = std::ranges::find(batch.program.stageNames, stage);
    if (at == batch.program.stageNames.end())
      return fail(
          error, "unknown-node",
          fmt::format("there is no stage `{}`; there are {}", stage, fmt::join(batch.program.stageNames, ", ")));
    slot = program.nodes[batch.program.stages[static_cast<size_t>(at - batch.program.stageNames.begin())]]
               .metrics[*metric];
  }
  if (program.metrics[*metric].absent || slot == kNoSlot)
    return fail(error, "unknown-metric",
                fmt::format("there is no `{}`: the convention `{}` does not have it, or no device was compiled in",
                            name, program.convention));
  batch.request.outputs.push_back({slot, program.metrics[*metric].scale});
  return batch.isPlanned = false, true;
}

/// Checks what does not vary and makes the plan; inputs that vary are checked job by job.
bool prepare(mdl_batch &batch, ReportError &error) {
  if (batch.isPlanned) return true;
  const Program &program = batch.program.model.program;
  std::vector<Int> values = batch.request.inputs;
  for (const batch::Column &column : batch.request.columns) values[column.input] = column.lo;
  if (!checkInputs(program, values, error)) return false;
  batch::Request request = batch.request;
  for (const Parameter &parameter : program.parameters) request.parameters.push_back(parameter.value);
  for (const Guard &guard : program.guards)
    if (guard.kind == GuardKind::Require) request.outputs.push_back({guard.condition, 1});
  batch.plan = batch::makePlan(program, request);
  return batch.isPlanned = true;
}

bool isAllowed(const mdl_batch &batch, const double *const *inputs, size_t job) {
  for (size_t i = 0; i < batch.request.columns.size(); ++i) {
    const batch::Column &column = batch.request.columns[i];
    double value = inputs[i][job];
    if (!(column.lo.toDouble() <= value && value <= column.hi.toDouble() && value == std::floor(value))) return false;
  }
  return true;
}

/// Whether the requirements hold of a job; where a bound leaves one open, the exact evaluator decides.
class Requirements {
public:
  Requirements(const mdl_batch &batch, size_t count)
      : batch_(batch), first_(batch.request.outputs.size()),
        columns_(batch.plan.outputs.size() - first_, std::vector<double>(count)), exact_(batch.program.model.program) {
    for (size_t i = 0; i < columns_.size(); ++i) isKnown_ = isKnown_ && batch.plan.accuracy[first_ + i].isExact();
  }
  double *column(size_t i) { return columns_[i].data(); }
  size_t count() const { return columns_.size(); }

  bool hold(const double *const *inputs, size_t job) {
    if (!isAllowed(batch_, inputs, job)) return false;
    if (!isKnown_) return holdExactly(inputs, job);
    return std::ranges::all_of(columns_, [&](const std::vector<double> &column) { return column[job] == 1; });
  }

private:
  bool holdExactly(const double *const *inputs, size_t job) {
    std::vector<Int> values = batch_.request.inputs;
    for (size_t i = 0; i < batch_.request.columns.size(); ++i)
      values[batch_.request.columns[i].input] = static_cast<int64_t>(inputs[i][job]);
    exact_.run(values);
    GuardNotes notes;
    ReportError error;
    return checkGuards(exact_, notes, error);
  }

  const mdl_batch &batch_;
  size_t first_; ///< Of the plan's outputs
  std::vector<std::vector<double>> columns_;
  bool isKnown_ = true;
  Evaluator exact_;
};

bool run(mdl_batch &batch, size_t count, const double *const *inputs, double *const *results, unsigned char *valid,
         unsigned threads, ReportError &error) {
  if (!prepare(batch, error)) return false;
  std::vector<double *> outputs(results, results + batch.request.outputs.size());
  outputs.resize(batch.plan.outputs.size(), nullptr);
  std::optional<Requirements> requirements;
  if (valid) requirements.emplace(batch, count);
  for (size_t i = 0; valid && i < requirements->count(); ++i)
    outputs[batch.request.outputs.size() + i] = requirements->column(i);
  std::vector<const double *> columns(inputs, inputs + batch.request.columns.size());
  batch::BatchOptions options;
  options.threads = threads;
  batch::Batch(batch.plan, options).run(columns, outputs, count);
  for (size_t job = 0; valid && job < count; ++job) valid[job] = requirements->hold(inputs, job) ? 1 : 0;
  return true;
}

} // namespace

extern "C" {

mdl_batch *mdl_batch_create(const mdl_program *program, mdl_error *error) {
  return guarded(error, [&](ReportError &found) -> mdl_batch * {
    if (!program) return fail(found, "bad-argument", "no program"), nullptr;
    return new mdl_batch(*program);
  });
}

void mdl_batch_free(mdl_batch *batch) { delete batch; }

mdl_status mdl_batch_set_int64(mdl_batch *batch, const char *input, int64_t value, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    if (!batch || !input) return fail(found, "bad-argument", "no batch or no name of an input");
    auto at = findInput(batch->program.model.program, input, found);
    if (!at) return false;
    if (isColumn(*batch, *at)) return fail(found, "bad-argument", fmt::format("`{}` varies", input));
    batch->request.inputs[*at] = value;
    return batch->isPlanned = false, true;
  });
}

mdl_status mdl_batch_vary(mdl_batch *batch, const char *input, int64_t low, int64_t high, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    return batch && input ? vary(*batch, input, low, high, found)
                          : fail(found, "bad-argument", "no batch or no name of an input");
  });
}

mdl_status mdl_batch_want(mdl_batch *batch, const char *stage, const char *metric, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    return batch && metric ? want(*batch, stage, metric, found)
                           : fail(found, "bad-argument", "no batch or no name of a metric");
  });
}

mdl_status mdl_batch_accuracy(mdl_batch *batch, size_t result, mdl_accuracy *accuracy, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    if (!batch || !accuracy || result >= batch->request.outputs.size())
      return fail(found, "bad-argument", "no batch, no such result, or no place for its accuracy");
    if (!prepare(*batch, found)) return false;
    const batch::Accuracy &known = batch->plan.accuracy[result];
    *accuracy = {known.relative, known.absolute, known.exactBelow2p53 ? 1 : 0};
    return true;
  });
}

mdl_status mdl_batch_run(mdl_batch *batch, size_t count, const double *const *inputs, double *const *results,
                         unsigned char *valid, unsigned threads, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    bool complete = batch && (inputs || batch->request.columns.empty()) && (results || batch->request.outputs.empty());
    for (size_t i = 0; complete && i < batch->request.columns.size(); ++i) complete = inputs[i] != nullptr;
    if (!complete) return fail(found, "bad-argument", "no batch, no columns, or no room for the results");
    return run(*batch, count, inputs, results, valid, threads, found);
  });
}

} // extern "C"
