//===- TimedJob.h - A measured job, timed at any utilisation ----*- C++ -*-===//
#pragma once
#include "Parameters.h"
#include "Points.h"
#include "compiler/driver/Sizing.h"

namespace mdl::tool {

/// A point with its job, compiled once.
class TimedJob {
public:
  /// The point outlives it.
  TimedJob(const Point &point, const Invocation &invocation);

  /// Compiles it. False after an error, which is reported with the row's place.
  bool open();
  const Point &point() const { return point_; }
  /// The devices that the time stands for, by the names of their blocks.
  const std::vector<std::string> &devices() const { return devices_; }
  /// The name under which they share a row of a utilisation: the caller says which.
  std::string row;
  /// Classes of operators that matrix units run in this job.
  std::vector<std::string> classes() const;
  const sema::Checker &checker() { return compilation_.checker(); }
  /// Seconds; not finite where there is no time.
  double time(const Numbers &numbers);

private:
  bool fail(const std::string &why);
  bool findDevices();
  bool prepare();
  bool prepareDevices();

  const Point &point_;
  driver::Compilation compilation_;
  std::vector<std::string> devices_;
  std::optional<runtime::Program> program_;
  std::optional<runtime::Evaluator> evaluator_;
  std::unique_ptr<driver::SizingPlan> plan_; ///< Of several devices
};

} // namespace mdl::tool
