//===- Pattern.cpp - Ids by pattern ---------------------------------------===//
#include "Pattern.h"

namespace mdl::runtime {

/// Goes back to the last star only, which is enough: an earlier star has matched as little as it can.
bool matchesPattern(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') star = p++, resume = t;
    else if (p < pattern.size() && pattern[p] == text[t]) ++p, ++t;
    else if (star != std::string_view::npos) p = star + 1, t = ++resume;
    else return false;
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

} // namespace mdl::runtime
