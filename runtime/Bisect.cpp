#include "Bisect.h"
#include <algorithm>
#include <map>

namespace mdl::runtime {
namespace {

constexpr uint64_t kEven = 64;   ///< Intervals of the grid
constexpr uint64_t kAround = 16; ///< Neighbours of a border, to each side

class Search {
public:
  Search(uint64_t count, const std::function<bool(uint64_t)> &holds) : count_(count), holds_(holds) {}

  bool ask(uint64_t point) {
    auto [at, isNew] = answers_.try_emplace(point, false);
    if (isNew) at->second = holds_(point);
    return at->second;
  }

  void askGrid() {
    uint64_t last = count_ - 1;
    for (uint64_t i = 0; i <= kEven; ++i) ask(last / kEven * i + last % kEven * i / kEven);
    for (uint64_t power = 1; power<last; power = power> last / 2 ? last : power * 2) ask(power);
  }

  std::vector<Stretch> stretches() const {
    std::vector<Stretch> found;
    for (auto [point, holds] : answers_) {
      if (found.empty() || found.back().holds != holds) found.push_back({point, point, holds});
      found.back().last = point;
    }
    return found;
  }

  /// Bisects between stretches: the outer ones first, for they are what is asked for.
  void searchBorders() {
    std::vector<Stretch> found = stretches();
    size_t borders = found.size() - 1;
    for (size_t i = 0; i < borders; ++i)
      if (i < kMostBorders / 2 || i + kMostBorders / 2 >= borders) bisect(found[i].last, found[i + 1].first);
  }

  void askAroundBorders() {
    for (const Stretch &each : stretches()) {
      if (each.last == count_ - 1) break;
      uint64_t lo = each.last > kAround ? each.last - kAround : 0, hi = std::min(count_ - 1, each.last + 1 + kAround);
      for (uint64_t point = lo; point <= hi; ++point) ask(point);
    }
  }

  uint64_t asked() const { return answers_.size(); }

private:
  /// The answers at `lo` and `hi` differ.
  void bisect(uint64_t lo, uint64_t hi) {
    bool below = ask(lo);
    while (hi - lo > 1) {
      uint64_t middle = lo + (hi - lo) / 2;
      (ask(middle) == below ? lo : hi) = middle;
    }
  }

  uint64_t count_;
  const std::function<bool(uint64_t)> &holds_;
  std::map<uint64_t, bool> answers_;
};

} // namespace

Borders findBorders(uint64_t count, const std::function<bool(uint64_t)> &holds, bool isMonotone) {
  Search search(count, holds);
  search.ask(0), search.ask(count - 1);
  if (!isMonotone) search.askGrid();
  search.searchBorders();
  if (!isMonotone && search.stretches().size() == 2) { // two that hide a third are found most likely beside the border
    search.askAroundBorders();
    search.searchBorders();
  }
  return {search.stretches(), search.asked(), isMonotone || search.asked() == count};
}

} // namespace mdl::runtime
