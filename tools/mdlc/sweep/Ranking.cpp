#include "Ranking.h"
#include "runtime/Front.h"
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
  std::vector<double> values;
  for (const Aim &aim : aims_) {
    auto value = aim.of->evaluate(row, axes);
    if (!value) return;
    values.push_back(aim.larger ? -*value : *value);
  }
  rows_.push_back(row);
  values_.insert(values_.end(), values.begin(), values.end());
  if (rows_.size() < checkAt_) return;
  dropBeaten();
  checkAt_ = std::max(checkAt_, 2 * rows_.size());
}

void Pareto::dropBeaten() {
  size_t aims = aims_.size(), next = 0;
  for (size_t kept : runtime::unbeaten(values_, aims)) {
    if (kept != next) rows_[next] = std::move(rows_[kept]);
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(kept * aims), aims,
                values_.begin() + static_cast<std::ptrdiff_t>(next * aims));
    ++next;
  }
  rows_.resize(next), values_.resize(next * aims);
}

std::vector<SweepRow> Pareto::rows() {
  dropBeaten();
  std::vector<size_t> sorted(rows_.size());
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
  auto valuesOf = [&](size_t row) { return std::span(values_).subspan(row * aims_.size(), aims_.size()); };
  std::ranges::stable_sort(
      sorted, [&](size_t a, size_t b) { return std::ranges::lexicographical_compare(valuesOf(a), valuesOf(b)); });
  std::vector<SweepRow> rows;
  for (size_t row : sorted) rows.push_back(std::move(rows_[row]));
  rows_.clear(), values_.clear();
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
