//===- Categories.cpp - Leaves of a report in groups ----------------------===//
#include "Categories.h"
#include "Pattern.h"
#include <algorithm>

namespace mdl::runtime {
namespace {

bool fits(const CategoryRule &rule, const Row &row) {
  auto isNamed = [&](const std::string &name) { return name == row.node->op || name == row.node->category; };
  if (!rule.operators.empty() && std::ranges::none_of(rule.operators, isNamed)) return false;
  auto fitsId = [&](const std::string &pattern) { return matchesPattern(pattern, row.id); };
  return rule.ids.empty() || std::ranges::any_of(rule.ids, fitsId);
}

} // namespace

Categories::Categories(const Report &report, const std::vector<CategoryRule> &rules) {
  for (const CategoryRule &rule : rules) totals_.push_back({rule.name, rule.title, 0, 0, {}});
  if (!rules.empty()) totals_.push_back({std::string(kOtherCategory), "all other operators", 0, 0, {}});
  for (const Row &row : report.rows) {
    if (!row.node->children.empty()) {
      ofRow_.push_back(kNone);
      continue;
    }
    size_t at = place(row, rules);
    ofRow_.push_back(static_cast<uint32_t>(at));
    add(report, row, totals_[at]);
  }
  for (CategoryTotal &total : totals_) total.values.resize(report.program->metrics.size());
}

std::optional<size_t> Categories::of(size_t row) const {
  return ofRow_[row] == kNone ? std::nullopt : std::optional<size_t>(ofRow_[row]);
}

size_t Categories::place(const Row &row, const std::vector<CategoryRule> &rules) {
  if (rules.empty()) return placeOfOperator(*row.node);
  auto rule = std::ranges::find_if(rules, [&](const CategoryRule &each) { return fits(each, row); });
  return static_cast<size_t>(rule - rules.begin()); // the end of the rules is `other`
}

size_t Categories::placeOfOperator(const Node &node) {
  const std::string &name = node.category.empty() ? node.op : node.category;
  auto known = std::ranges::find(totals_, name, &CategoryTotal::name);
  if (known == totals_.end()) known = totals_.insert(known, {name, "", 0, 0, {}});
  return static_cast<size_t>(known - totals_.begin());
}

void Categories::add(const Report &report, const Row &row, CategoryTotal &total) const {
  total.leaves += 1, total.calls += row.calls;
  total.values.resize(row.values.size());
  for (size_t i = 0; i < row.values.size(); ++i) {
    if (report.program->metrics[i].fold != Fold::Sum || !row.values[i].isPresent()) continue;
    total.values[i] = total.values[i].isPresent() ? total.values[i] + row.values[i] : row.values[i];
  }
}

} // namespace mdl::runtime
