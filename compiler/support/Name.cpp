#include "Name.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cctype>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace mdl {

namespace {
/// The process-wide table. Texts live in a deque, so views of them stay valid. The views stand in blocks, each twice as
/// long as the one before, that never move: who has a name reads its text without the lock.
class NameTable {
public:
  NameTable() { (void)intern({}); }

  uint32_t intern(std::string_view text) {
    std::lock_guard lock(mutex_);
    if (auto known = ids_.find(text); known != ids_.end()) return known->second;
    std::string_view kept = texts_.emplace_back(text);
    auto index = static_cast<uint32_t>(ids_.size());
    auto [block, at] = place(index);
    if (at == 0) {
      owned_.push_back(std::make_unique<std::string_view[]>(size_t{1} << block));
      blocks_[block].store(owned_.back().get(), std::memory_order_release);
    }
    blocks_[block].load(std::memory_order_relaxed)[at] = kept;
    ids_.emplace(kept, index);
    return index;
  }
  std::string_view text(uint32_t index) const {
    auto [block, at] = place(index);
    return blocks_[block].load(std::memory_order_acquire)[at];
  }

private:
  static std::pair<size_t, size_t> place(uint32_t index) {
    size_t number = size_t{index} + 1, block = static_cast<size_t>(std::bit_width(number)) - 1;
    return {block, number - (size_t{1} << block)};
  }

  std::mutex mutex_;
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, uint32_t> ids_;
  std::vector<std::unique_ptr<std::string_view[]>> owned_;
  std::array<std::atomic<std::string_view *>, 33> blocks_{};
};

NameTable &table() {
  static NameTable theTable;
  return theTable;
}
} // namespace

NameId intern(std::string_view text) { return {table().intern(text)}; }

std::string_view text(NameId name) { return table().text(name.index); }

static char folded(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

unsigned editDistance(std::string_view a, std::string_view b, unsigned limit) {
  size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference >= limit) return limit;
  std::vector<unsigned> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<unsigned>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    beforeLast.swap(last), last.swap(row);
    row[0] = static_cast<unsigned>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0u : 1u)});
      bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) >= limit) return limit;
  }
  return std::min(row.back(), limit);
}

} // namespace mdl
