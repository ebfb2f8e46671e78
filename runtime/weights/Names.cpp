//===- Names.cpp - A model's weights by a file's names --------------------===//
#include "Names.h"
#include "../Pattern.h"
#include <optional>

namespace mdl::weights {
namespace {

using Stars = std::vector<std::string_view>;

/// What each star stands for, the first as little as it can. Patterns are short and have few stars.
bool match(std::string_view pattern, std::string_view text, Stars &stars) {
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1), text.remove_prefix(star);
  for (size_t length = 0; length <= text.size(); ++length) {
    stars.push_back(text.substr(0, length));
    if (match(pattern, text.substr(length), stars)) return true;
    stars.pop_back();
  }
  return false;
}

} // namespace

std::string renamed(const std::vector<Renaming> &renamings, std::string_view text, const Renaming *&used) {
  for (const Renaming &each : renamings) {
    Stars stars;
    if (!match(each.here, text, stars)) continue;
    used = &each;
    return runtime::filled(each.there, stars);
  }
  used = nullptr;
  return std::string(text);
}

} // namespace mdl::weights
