//===- TimedJob.cpp - A measured job, timed at any utilisation ------------===//
#include "TimedJob.h"
#include "compiler/driver/Timing.h"
#include "compiler/support/DiagnosticText.h"
#include "compiler/support/Name.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace mdl::tool {

static driver::Request requestOf(const Point &point, const Invocation &invocation) {
  driver::Request request = point.job.request(invocation);
  request.keepsLaunch = true, request.parallel = point.count != 0;
  return request;
}

TimedJob::TimedJob(const Point &point, const Invocation &invocation)
    : point_(point), compilation_(requestOf(point, invocation)) {}

bool TimedJob::fail(const std::string &why) {
  printError({"bad-points", why, point_.place}, point_.job.diagnostics);
  return false;
}

bool TimedJob::open() {
  bool fine = compilation_.compile() && findDevices() && prepare();
  if (compilation_.diagnostics().hasErrors()) {
    TextOptions form;
    form.maxErrors = 1;
    std::string text = renderText(compilation_.sources(), compilation_.diagnostics(), form);
    return fail("this job cannot be timed: " + text.substr(0, text.find('\n')));
  }
  return fine;
}

bool TimedJob::findDevices() {
  for (const std::string &name : point_.devices) {
    const ast::Item *item = compilation_.target().find("device", name);
    if (!item) return false;
    devices_.emplace_back(text(item->name.name));
  }
  return true;
}

/// That the job is one, then a program of its time alone.
bool TimedJob::prepare() {
  runtime::Evaluator whole(compilation_.program());
  runtime::ReportError error;
  if (!runtime::makeReport(whole, compilation_.inputs(), {}, error)) return fail(error.message);
  if (point_.count != 0) return prepareDevices();
  program_ = driver::timeProgram(compilation_, point_.stage);
  if (!program_) return fail(fmt::format("the job has no stage `{}`", point_.stage));
  evaluator_.emplace(*program_);
  return true;
}

bool TimedJob::prepareDevices() {
  plan_ = driver::makePlan(compilation_, {{}, {}, point_.job.strategy});
  if (!plan_ || !driver::addJob(*plan_, compilation_, point_.job.workload, compilation_.inputs())) return false;
  runtime::Sizer sizer(plan_->request);
  const runtime::SizingJob &job = plan_->request.jobs.front();
  runtime::ReportError error;
  return sizer.latency(0, 0, 0, job.inputs[job.divided], Int(point_.count), error).has_value() || fail(error.message);
}

std::vector<std::string> TimedJob::classes() const {
  std::vector<std::string> all;
  for (const ir::Parameter &each : compilation_.costs().parameters)
    if (each.kind == ir::Parameter::Kind::TensorRate && each.utilisation.empty()) all.push_back(each.category);
  return all;
}

double TimedJob::time(const Numbers &numbers) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  sema::Reached reached = numbers.on(row, compilation_.checker());
  auto rates = compilation_.target().rates(reached, compilation_.costs().parameters);
  if (!rates) return kNone;
  if (!plan_) {
    for (uint32_t i = 0; i < rates->size(); ++i) evaluator_->setParameter(i, (*rates)[i]);
    evaluator_->run({});
    return evaluator_->value(program_->totals[0]).toDouble();
  }
  runtime::SizingJob &job = plan_->request.jobs.front();
  job.rates.front() = std::move(*rates), plan_->request.utilisations.front().link = reached.link;
  runtime::ReportError ignored;
  return runtime::Sizer(plan_->request)
      .latency(0, 0, 0, job.inputs[job.divided], Int(point_.count), ignored)
      .value_or(kNone);
}

} // namespace mdl::tool
