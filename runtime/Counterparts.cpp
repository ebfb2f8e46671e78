//===- Counterparts.cpp - Ids of one model in another ---------------------===//
#include "Counterparts.h"
#include "Pattern.h"
#include <algorithm>

namespace mdl::runtime {
std::optional<std::string_view> fits(std::string_view pattern, std::string_view id, std::vector<std::string> &stars) {
  stars.clear();
  while (!pattern.empty()) {
    if (pattern.front() != '*') {
      if (id.empty() || id.front() != pattern.front()) return std::nullopt;
      pattern.remove_prefix(1), id.remove_prefix(1);
      continue;
    }
    size_t length = std::min(id.find('.'), id.size());
    if (length == 0) return std::nullopt;
    stars.emplace_back(id.substr(0, length));
    pattern.remove_prefix(1), id.remove_prefix(length);
  }
  return id.empty() || id.front() == '.' ? std::optional(id) : std::nullopt;
}

std::string renamed(const std::vector<Counterpart> &counterparts, std::string_view id) {
  const Counterpart *best = nullptr;
  std::string result(id);
  std::vector<std::string> stars;
  for (const Counterpart &each : counterparts) {
    if (each.from.empty() || each.to.empty() || (best && each.from.size() < best->from.size())) continue;
    auto rest = fits(each.from, id, stars);
    if (!rest) continue;
    best = &each;
    result = filled(each.to, stars) + std::string(*rest);
  }
  return result;
}

} // namespace mdl::runtime
