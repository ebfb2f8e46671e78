#include "Ranking.h"
#include <algorithm>

namespace mdl::tool {
namespace {

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

/// At commas that stand in no bracket.
std::vector<std::string> parts(const std::string &text) {
  std::vector<std::string> found(1);
  int depth = 0;
  for (char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) found.emplace_back();
    else found.back() += c;
  }
  return found;
}

bool isAtLeastAsGood(const std::vector<double> &a, const std::vector<double> &b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] > b[i]) return false;
  return true;
}

} // namespace

std::unique_ptr<Pareto> Pareto::parse(const std::string &text, std::string &error) {
  auto made = std::make_unique<Pareto>();
  for (const std::string &part : parts(text)) {
    std::string aim = trimmed(part), way = aim.substr(0, 4);
    if (way != "min " && way != "max ")
      return error = "`" + aim + "` is no aim: write `min time_s, max batch`", nullptr;
    auto of = RowExpr::parse(trimmed(aim.substr(4)), error);
    if (!of) return nullptr;
    made->aims_.push_back({way == "max ", std::move(of)});
  }
  return made;
}

std::vector<RowExpr *> Pareto::expressions() {
  std::vector<RowExpr *> all;
  for (Aim &aim : aims_) all.push_back(aim.of.get());
  return all;
}

void Pareto::add(const SweepRow &row, const Axes &axes) {
  Kept next;
  for (const Aim &aim : aims_) {
    auto value = aim.of->evaluate(row, axes);
    if (!value) return;
    next.values.push_back(aim.larger ? -*value : *value);
  }
  for (const Kept &kept : front_)
    if (isAtLeastAsGood(kept.values, next.values) && kept.values != next.values) return;
  std::erase_if(front_, [&](const Kept &kept) {
    return isAtLeastAsGood(next.values, kept.values) && kept.values != next.values;
  });
  next.row = row;
  front_.push_back(std::move(next));
}

std::vector<SweepRow> Pareto::rows() const {
  std::vector<const Kept *> sorted;
  for (const Kept &kept : front_) sorted.push_back(&kept);
  std::ranges::stable_sort(sorted, [](const Kept *a, const Kept *b) { return a->values < b->values; });
  std::vector<SweepRow> rows;
  for (const Kept *kept : sorted) rows.push_back(kept->row);
  return rows;
}

std::unique_ptr<Top> Top::parse(const std::string &text, std::string &error) {
  auto made = std::make_unique<Top>();
  size_t by = text.find(" by ");
  auto count = parseInt(trimmed(text.substr(0, by)));
  if (by == std::string::npos || !count || count->sign() <= 0 || *count > Int(1'000'000))
    return error = "`" + text + "` is no ranking: write `10 by batch / time_s`, up to 1000000", nullptr;
  made->count_ = static_cast<size_t>(count->toInt64());
  made->by_ = RowExpr::parse(trimmed(text.substr(by + 4)), error);
  return made->by_ ? std::move(made) : nullptr;
}

void Top::add(const SweepRow &row, const Axes &axes) {
  auto value = by_->evaluate(row, axes);
  if (!value || (best_.size() == count_ && *value <= best_.back().first)) return;
  auto place = std::ranges::upper_bound(best_, *value, std::greater<>(), &std::pair<double, SweepRow>::first);
  best_.insert(place, {*value, row});
  if (best_.size() > count_) best_.pop_back();
}

std::vector<SweepRow> Top::rows() const {
  std::vector<SweepRow> rows;
  for (const auto &[value, row] : best_) rows.push_back(row);
  return rows;
}

} // namespace mdl::tool
