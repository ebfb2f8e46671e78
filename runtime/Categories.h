//===- Categories.h - Leaves of a report in groups --------------*- C++ -*-===//
// Every leaf is in one category, so sums over categories are the totals.
//===----------------------------------------------------------------------===//
#pragma once
#include "ModelFacts.h"
#include "Report.h"

namespace mdl::runtime {

/// What no rule fits.
inline constexpr std::string_view kOtherCategory = "other";

struct CategoryTotal {
  std::string name, title;
  Int leaves = 0;
  Int calls = 0;              ///< Of all its leaves
  std::vector<Number> values; ///< Parallel to the metrics; those that do not add up are absent
};

/// The categories of an expanded report. Without rules they are the operators' own.
class Categories {
public:
  Categories(const Report &report, const std::vector<CategoryRule> &rules);
  /// The position in `totals` of a row's category; nothing for a row with children.
  std::optional<size_t> of(size_t row) const;
  /// In the order of the rules, `other` last; of a model without rules in program order. Empty ones are kept.
  const std::vector<CategoryTotal> &totals() const { return totals_; }

private:
  size_t place(const Row &row, const std::vector<CategoryRule> &rules);
  size_t placeOfOperator(const Node &node);
  void add(const Report &report, const Row &row, CategoryTotal &total) const;

  std::vector<CategoryTotal> totals_;
  std::vector<uint32_t> ofRow_; ///< Parallel to rows; `kNone` for a row with children
  static constexpr uint32_t kNone = ~0u;
};

} // namespace mdl::runtime
