#include "Front.h"
#include <algorithm>
#include <limits>

namespace mdl::runtime {
namespace {

constexpr double kNothing = std::numeric_limits<double>::infinity();

/// Points are positions; all are different, in lexicographic order, so that no point beats one before it.
class Search {
public:
  Search(std::span<const double> values, size_t aims, std::vector<char> &beaten)
      : values_(values), aims_(aims), beaten_(beaten) {}

  /// Marks what another of these points beats.
  void maxima(std::span<const size_t> points) {
    if (aims_ <= 2) return sweep(points);
    if (points.size() < 2) return;
    auto low = points.first(points.size() / 2), high = points.subspan(low.size());
    maxima(low), maxima(high);
    filter(kept(low), kept(high), 1);
  }

private:
  double value(size_t point, size_t aim) const { return values_[point * aims_ + aim]; }

  /// One or two aims: the smallest of the last one so far decides.
  void sweep(std::span<const size_t> points) {
    double least = kNothing;
    bool isFirst = true;
    for (size_t point : points) {
      double last = value(point, aims_ - 1);
      if (!isFirst && least <= last) beaten_[point] = true;
      least = isFirst ? last : std::min(least, last), isFirst = false;
    }
  }

  std::vector<size_t> kept(std::span<const size_t> points) const {
    std::vector<size_t> all;
    for (size_t point : points)
      if (!beaten_[point]) all.push_back(point);
    return all;
  }

  bool isNowhereLarger(size_t a, size_t b, size_t from) const {
    for (size_t i = from; i < aims_; ++i)
      if (value(a, i) > value(b, i)) return false;
    return true;
  }

  /// Marks those of `below` that one of `above` beats; in the aims before `from` all of `above` are as good.
  void filter(std::vector<size_t> above, std::vector<size_t> below, size_t from) {
    constexpr size_t kFew = 8;
    if (above.empty() || below.empty()) return;
    if (above.size() <= kFew || below.size() <= kFew) return filterEach(above, below, from);
    if (from + 2 >= aims_) return filterSorted(above, below, from);
    auto [least, middle, most] = spread(above, below, from);
    if (least == most) return filter(std::move(above), std::move(below), from + 1);
    if (middle == most) middle = beneath(most, above, below, from);
    auto isLow = [&](size_t point) { return value(point, from) <= middle; };
    std::vector<size_t> highAbove, highBelow;
    auto split = [&](std::vector<size_t> &points, std::vector<size_t> &high) {
      auto border = std::ranges::stable_partition(points, isLow);
      high.assign(border.begin(), border.end());
      points.erase(border.begin(), border.end());
    };
    split(above, highAbove), split(below, highBelow);
    filter(above, below, from);
    filter(std::move(above), kept(highBelow), from + 1);
    filter(std::move(highAbove), kept(highBelow), from);
  }

  void filterEach(const std::vector<size_t> &above, const std::vector<size_t> &below, size_t from) {
    for (size_t point : below)
      for (size_t other : above)
        if (isNowhereLarger(other, point, from)) {
          beaten_[point] = true;
          break;
        }
  }

  /// One or two aims are left: both sides in the order of the first of them.
  void filterSorted(std::vector<size_t> &above, std::vector<size_t> &below, size_t from) {
    auto bySide = [&](size_t point) { return value(point, from); };
    std::ranges::sort(above, {}, bySide);
    std::ranges::sort(below, {}, bySide);
    double least = kNothing;
    bool any = false;
    size_t next = 0;
    for (size_t point : below) {
      for (; next < above.size() && value(above[next], from) <= value(point, from); ++next, any = true)
        least = std::min(least, value(above[next], aims_ - 1));
      if (any && least <= value(point, aims_ - 1)) beaten_[point] = true;
    }
  }

  struct Spread {
    double least, middle, most;
  };
  Spread spread(const std::vector<size_t> &above, const std::vector<size_t> &below, size_t aim) const {
    std::vector<double> all;
    for (const auto *points : {&above, &below})
      for (size_t point : *points) all.push_back(value(point, aim));
    auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::ranges::nth_element(all, middle);
    return {*std::ranges::min_element(all.begin(), middle + 1), *middle, *std::ranges::max_element(middle, all.end())};
  }
  /// The largest value below `most`: there is one.
  double beneath(double most, const std::vector<size_t> &above, const std::vector<size_t> &below, size_t aim) const {
    double found = -kNothing;
    for (const auto *points : {&above, &below})
      for (size_t point : *points)
        if (value(point, aim) < most) found = std::max(found, value(point, aim));
    return found;
  }

  std::span<const double> values_;
  size_t aims_;
  std::vector<char> &beaten_;
};

} // namespace

std::vector<size_t> unbeaten(std::span<const double> values, size_t aims) {
  auto at = [&](size_t point) { return values.subspan(point * aims, aims); };
  std::vector<size_t> sorted(values.size() / aims);
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
  std::ranges::sort(sorted, [&](size_t a, size_t b) { return std::ranges::lexicographical_compare(at(a), at(b)); });
  auto isSame = [&](size_t a, size_t b) { return std::ranges::equal(at(a), at(b)); };
  std::vector<size_t> different;
  std::ranges::unique_copy(sorted, std::back_inserter(different), isSame);
  std::vector<char> beaten(sorted.size());
  Search(values, aims, beaten).maxima(different);
  for (size_t i = 1; i < sorted.size(); ++i)
    if (isSame(sorted[i - 1], sorted[i])) beaten[sorted[i]] = beaten[sorted[i - 1]];
  std::erase_if(sorted, [&](size_t point) { return beaten[point] != 0; });
  std::ranges::sort(sorted);
  return sorted;
}

} // namespace mdl::runtime
