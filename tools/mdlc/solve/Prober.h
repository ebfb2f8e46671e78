//===- Prober.h - One job, or one input of it, asked exactly ----*- C++ -*-===//
// The points of a solve: a sweep with at most one axis, of which single rows are
// made by the exact evaluator, with the rates of the device or others.
//===----------------------------------------------------------------------===//
#pragma once
#include "tools/mdlc/sweep/RowExpr.h"

namespace mdl::tool {

class Prober {
public:
  explicit Prober(driver::Request request) : request_(request), variants_(std::move(request), axes_) {}

  /// Compiles. `axis` is the input and its values, or empty; `where` a condition, or empty. False: why, in `error`.
  bool open(const std::string &axis, const std::string &where, std::string &error);

  uint64_t size() const { return axes_.size(); }
  Int at(uint64_t point) const { return axes_.all().front().number(point); }
  /// The row of a point; valid until the next call.
  const SweepRow &row(uint64_t point);
  /// Whether the condition holds; a point that is not allowed or has no numbers does not.
  bool holds(uint64_t point);
  /// Why it does not: the status of a row without numbers, else the parts of the condition.
  std::vector<RowExpr::Part> faults(const SweepRow &row) const { return where_->faults(row, axes_); }
  /// True when the program shows that the condition changes at most once: its outputs and the model's own conditions only
  /// rise or fall with the input, and no number leaves what the evaluator holds.
  bool isMonotone();
  const std::string &where() const { return where_->text(); }

  const Variant &variant() { return variants_.at(std::vector<uint64_t>(axes_.all().size(), 0)); }
  /// Names of the cells of a row: what the condition reads, then time and memory.
  const std::vector<std::string> &outputs() const { return outputs_; }
  /// Other rates, for all that is asked from now on; parallel to the program's parameters.
  void setParameters(std::vector<double> values) { maker_.setParameters(std::move(values)); }
  uint64_t evaluations() const { return evaluations_; }

private:
  bool chooseOutputs(std::string &error);
  bool haveValues(std::string &error);

  driver::Request request_;
  Axes axes_;
  Variants variants_;
  RowMaker maker_{variants_, axes_, true};
  std::unique_ptr<RowExpr> where_;
  std::vector<std::string> outputs_;
  size_t read_ = 0; ///< So many of the outputs are read by the condition
  uint64_t evaluations_ = 0;
};

} // namespace mdl::tool
