//===- Verify.h - A report against a measurement ----------------*- C++ -*-===//
// Joins the modules of a reference with our ids below a stage, for one
// execution of the stage: a node's work divided by the stage's calls.
//===----------------------------------------------------------------------===//
#pragma once
#include "Reference.h"
#include "Report.h"

namespace mdl::runtime {

struct VerifyOptions {
  std::string at;          ///< The node that the reference measured; may be empty when there is one stage
  double tolerance = 0;    ///< Percent; at 0 every number is equal to the last digit
  bool totalsOnly = false; ///< Compare the total and the parameters, no modules
  bool visible = false;    ///< The report leaves fused attention out: so does the total; modules are not compared
  std::string work = "flops_tensor";
  std::string params = "params";
};

/// One comparison.
struct VerifyRow {
  std::string id; ///< Ours
  std::string metric;
  Int ours; ///< For one execution, rounded down
  Int reference;
  std::optional<double> percent; ///< Nothing where the reference is 0 and ours is not
  bool passed = false;
};

/// What has no counterpart on the other side.
struct Unmatched {
  std::string id; ///< The reference's key, or our id
  std::string metric;
  Int value;
  bool fails = false;
};

struct VerifyResult {
  std::string at;
  Int calls;
  double tolerance = 0;
  std::vector<VerifyRow> rows; ///< Worst first, then by metric and id
  std::optional<VerifyRow> total, params;
  std::vector<Unmatched> unmatchedReference, unmatchedOurs;
  bool passed = false;
  std::vector<std::string> reasons; ///< Why it failed
  /// How many numbers were compared. The total is one of the rows, as the root; without rows it counts itself.
  size_t numbers() const {
    return !rows.empty() ? rows.size() : size_t{total.has_value()} + size_t{params.has_value()};
  }
  /// The largest error in percent, with its sign; nothing where some number has no reference to divide by.
  std::optional<double> largestError() const;
};

/// Compares; fails only when `options.at` names no node of the report. The report has rows.
///
/// FLOPs of a module include what is inside. A module's own parameters are those of our node
/// without the nodes below it that the reference lists, so a weight of a node that the vendor
/// has no module for counts to the module around it.
std::optional<VerifyResult> verify(const Report &report, const Reference &reference, const VerifyOptions &options,
                                   ReportError &error);

} // namespace mdl::runtime
