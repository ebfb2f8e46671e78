#include "Axes.h"
#include <algorithm>

namespace mdl::tool {
namespace {

constexpr uint64_t kMostPoints = uint64_t{1} << 53;

std::vector<std::string> split(const std::string &text, char at) {
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == at) parts.emplace_back();
    else parts.back() += c;
  return parts;
}

} // namespace

/// `lo..hi`, `lo..=hi`, with `/step` behind; `isOne` is false when the text is no range.
std::string Axis::readRange(const std::string &text, bool &isOne) {
  size_t dots = text.find("..");
  isOne = dots != std::string::npos;
  if (!isOne) return {};
  std::string above = text.substr(dots + 2);
  bool inclusive = above.starts_with('=');
  if (inclusive) above.erase(0, 1);
  size_t slash = std::min(above.find('/'), above.size());
  auto lo = parseInt(text.substr(0, dots)), hi = parseInt(above.substr(0, slash));
  auto step = slash < above.size() ? parseInt(above.substr(slash + 1)) : Int(1);
  if (!lo || !hi || !step || !lo->fitsInt64() || !hi->fitsInt64() || !step->fitsInt64())
    return "`" + text + "` is no range: write `a..b` (without b), `a..=b` or `a..=b/step`";
  if (step->sign() <= 0) return "`" + text + "`: the step is at least 1";
  Int turns = floorDiv(*hi - *lo + (inclusive ? *step : *step - 1), *step);
  if (turns.sign() <= 0) return "`" + text + "` is empty";
  lo_ = *lo, step_ = *step, turns_ = static_cast<uint64_t>(turns.toInt64());
  return {};
}

std::string Axis::addValues(const std::string &list) {
  for (const std::string &value : split(list, ',')) {
    if (value.empty()) return "a value is missing in `" + list + "`";
    bool isRange = false;
    Axis range;
    if (names_.size() == 1)
      if (std::string wrong = range.readRange(value, isRange); !wrong.empty()) return wrong;
    if (isRange && list == value) return readRange(value, isRange);
    if (isRange && range.turns_ > 1'000'000)
      return "`" + value + "` has too many values to stand in a list; give it alone";
    for (uint64_t i = 0; isRange && i < range.turns_; ++i) values_.push_back(toString(range.number(i)));
    if (isRange) continue;
    auto parts = names_.size() == 1 ? std::vector<std::string>{value} : split(value, 'x');
    if (parts.size() != names_.size())
      return "`" + value + "` has " + std::to_string(parts.size()) + " parts for " + std::to_string(names_.size()) +
             " names: write `480x832`";
    for (std::string &part : parts) values_.push_back(std::move(part));
  }
  return {};
}

std::string Axis::parse(const std::string &text, Axis &axis) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return "`" + text + "` is no axis: write `height,width=480x832,720x1280` or `batch=1..=32`";
  axis.names_ = split(text.substr(0, equals), ',');
  for (const std::string &name : axis.names_)
    if (name.empty()) return "a name is missing in `" + text + "`";
  return axis.addValues(text.substr(equals + 1));
}

std::string Axis::text(uint64_t point, size_t name) const {
  return isRange() ? toString(number(point)) : values_[point * names_.size() + name];
}

std::string Axes::add(const std::string &text) {
  Axis axis;
  if (std::string wrong = Axis::parse(text, axis); !wrong.empty()) return wrong;
  for (const Axis &other : axes_)
    for (const std::string &name : axis.names())
      if (std::ranges::find(other.names(), name) != other.names().end()) return "`" + name + "` stands on two axes";
  if (size_ > kMostPoints / axis.size()) return "the sweep has more than 2^53 points";
  size_ *= axis.size();
  axes_.push_back(std::move(axis));
  return {};
}

void Axes::locate(uint64_t point, std::vector<uint64_t> &positions) const {
  positions.resize(axes_.size());
  for (size_t i = axes_.size(); i-- > 0; point /= axes_[i].size()) positions[i] = point % axes_[i].size();
}

} // namespace mdl::tool
