#include "Name.h"
#include <algorithm>
#include <cctype>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace mdl {

namespace {
/// The process-wide table. Texts live in a deque, so views of them stay valid.
struct NameTable {
  std::mutex mutex;
  std::deque<std::string> texts{std::string()};
  std::unordered_map<std::string_view, uint32_t> ids{{texts.front(), 0}};
};
NameTable &table() {
  static NameTable theTable;
  return theTable;
}
} // namespace

NameId intern(std::string_view text) {
  NameTable &names = table();
  std::lock_guard lock(names.mutex);
  if (auto it = names.ids.find(text); it != names.ids.end()) return {it->second};
  const std::string &kept = names.texts.emplace_back(text);
  auto index = static_cast<uint32_t>(names.texts.size() - 1);
  names.ids.emplace(kept, index);
  return {index};
}

std::string_view text(NameId name) {
  NameTable &names = table();
  std::lock_guard lock(names.mutex);
  return names.texts[name.index];
}

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
