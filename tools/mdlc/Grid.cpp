//===- Grid.cpp - Axes on the command line --------------------------------===//
#include "Grid.h"
#include <algorithm>
#include <cctype>

namespace mdl::tool {

/// Adds `7`, `1..4` or `1..=4` to `values`; otherwise what is wrong.
static std::string addValues(const std::string &text, std::vector<Int> &values) {
  size_t dots = text.find("..");
  bool range = dots != std::string::npos, inclusive = range && text.substr(dots + 2).starts_with('=');
  auto lo = parseInt(text.substr(0, dots));
  auto hi = range ? parseInt(text.substr(dots + (inclusive ? 3 : 2))) : lo;
  if (!lo || !hi || lo->isOverflow() || hi->isOverflow()) return "`" + text + "` is no number, `a..b` or `a..=b`";
  if (range && !inclusive) hi = *hi - 1;
  if (*hi < *lo) return "`" + text + "` is empty";
  if (lo->sign() <= 0) return "`" + text + "`: values are at least 1";
  if (*hi - *lo >= Int(Grid::kMostValues))
    return "`" + text + "` has more than " + std::to_string(Grid::kMostValues) + " values";
  for (Int each = *lo; each <= *hi; each += 1) values.push_back(each);
  return {};
}

std::string Grid::add(const std::string &text) {
  static const char *const kNames[] = {"batch", "devices"};
  std::string name, rest = text + ",";
  for (size_t comma; (comma = rest.find(',')) != std::string::npos; rest.erase(0, comma + 1)) {
    std::string piece = rest.substr(0, comma);
    if (!piece.empty() && std::isalpha(static_cast<unsigned char>(piece[0]))) {
      size_t equals = std::min(piece.find('='), piece.size());
      name = piece.substr(0, equals), piece = equals < piece.size() ? piece.substr(equals + 1) : "";
      if (std::ranges::find(kNames, name) == std::end(kNames))
        return "there is no axis `" + name + "`; there are `batch` and `devices`";
      if (axes_.contains(name)) return "axis `" + name + "` is given twice";
    }
    if (name.empty()) return "`" + piece + "` has no axis before it: an axis is `batch=1..=32`";
    if (std::string wrong = addValues(piece, axes_[name]); !wrong.empty()) return "axis `" + name + "`: " + wrong;
  }
  for (auto &[axis, values] : axes_) {
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return {};
}

std::vector<Int> Grid::axis(const std::string &name, std::vector<Int> otherwise) const {
  auto at = axes_.find(name);
  return at == axes_.end() ? otherwise : at->second;
}

} // namespace mdl::tool
