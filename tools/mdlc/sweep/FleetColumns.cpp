#include "FleetColumns.h"
#include "runtime/report/SizingTable.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {
namespace {

/// Names of one device, and what they are of several.
constexpr std::pair<const char *, const char *> kAliases[] = {{"time_s", "total_cost_s"},
                                                              {"memory_bytes", "memory_bytes_per_device"}};

Cell cellOf(const runtime::Number &number) {
  Cell cell;
  if (!number.isPresent()) return cell;
  cell.value = number.toDouble();
  cell.kind = number.kind == runtime::Number::Kind::Exact ? Cell::Kind::Count : Cell::Kind::Real;
  if (cell.kind == Cell::Kind::Count) cell.exact = number.exact;
  return cell;
}

Cell cellOf(const runtime::Cell &from, std::set<std::string> &texts) {
  Cell cell;
  switch (from.kind) {
  case runtime::Cell::Kind::Absent: break;
  case runtime::Cell::Kind::Number: return cellOf(from.number);
  case runtime::Cell::Kind::Boolean: return cellOf(runtime::Number::of(from.boolean ? 1 : 0));
  case runtime::Cell::Kind::Text: cell.kind = Cell::Kind::Text, cell.text = *texts.insert(from.text).first;
  }
  return cell;
}

} // namespace

FleetColumns::FleetColumns(const driver::FleetPlan &plan) : plan_(plan), rows_(runtime::columnsOf(plan.plan->request)) {
  firstShown_ = static_cast<size_t>(std::ranges::find(rows_, "total_cost_s") - rows_.begin());
}

std::optional<size_t> FleetColumns::find(const std::string &name) const {
  std::string wanted = name;
  for (auto [alias, column] : kAliases)
    if (name == alias) wanted = column;
  for (size_t i = 0; i < plan_.quantities.size(); ++i)
    if (plan_.quantities[i].name == wanted) return rows_.size() + i;
  auto at = static_cast<size_t>(std::ranges::find(rows_, wanted) - rows_.begin());
  return at < rows_.size() && (at >= firstShown_ || wanted == "effective_gpus") ? std::optional(at) : std::nullopt;
}

std::string FleetColumns::lack(size_t column) const {
  if (column < rows_.size()) return {};
  const runtime::Quantity &quantity = plan_.quantities[column - rows_.size()];
  if (!quantity.missing.empty() || !quantity.isPriced() || plan_.request.price) return quantity.missing;
  const runtime::DeviceInfo &device = *plan_.plan->request.target->device;
  return fmt::format("the price of device `{}` is not known; give it in USD an hour: --price {}=2.50", device.name,
                     device.asked);
}

std::vector<std::string> FleetColumns::names() const {
  std::vector<std::string> all;
  for (const runtime::Quantity &each : plan_.quantities) all.push_back(each.name);
  for (auto [alias, column] : kAliases) all.emplace_back(alias);
  all.insert(all.end(), rows_.begin() + static_cast<std::ptrdiff_t>(firstShown_), rows_.end());
  return all;
}

std::vector<std::string> FleetColumns::defaults() const {
  std::vector<std::string> all;
  for (size_t i = 0; i < plan_.quantities.size(); ++i)
    if (lack(rows_.size() + i).empty()) all.push_back(plan_.quantities[i].name);
  for (const char *name : {"memory_bytes", "fits", "bottleneck"}) all.emplace_back(name);
  for (const runtime::Metric &metric : plan_.plan->request.jobs.front().program->metrics)
    if (!metric.absent && metric.unit != "s") all.push_back(metric.name);
  return all;
}

std::vector<Cell> FleetColumns::cells(const runtime::FleetPoint &point, std::span<const size_t> columns,
                                      std::set<std::string> &texts) const {
  std::vector<Cell> cells;
  std::vector<runtime::Cell> row; // made only where it is read
  if (std::ranges::any_of(columns, [&](size_t column) { return column < rows_.size(); }))
    row = runtime::cellsOf(plan_.plan->request, point.row);
  for (size_t column : columns)
    cells.push_back(column < rows_.size() ? cellOf(row[column], texts)
                                          : cellOf(point.quantities[column - rows_.size()]));
  return cells;
}

} // namespace mdl::tool
