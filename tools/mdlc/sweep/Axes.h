//===- Axes.h - The points of a sweep ---------------------------*- C++ -*-===//
// An axis has one or more names and a list of points with a value for each name:
// `height,width=480x832,720x1280`. Axes are crossed, the last one fastest; names of
// one axis go together. A range is not written out, so an axis may have 10^9 points.
//===----------------------------------------------------------------------===//
#pragma once
#include "runtime/numeric/Int.h"
#include <string>
#include <vector>

namespace mdl::tool {

class Axis {
public:
  /// Reads `names=values`; otherwise what is wrong with it.
  static std::string parse(const std::string &text, Axis &axis);

  const std::vector<std::string> &names() const { return names_; }
  uint64_t size() const { return isRange() ? turns_ : values_.size() / names_.size(); }
  bool isRange() const { return turns_ != 0; }
  /// The value of a name at a point, as written.
  std::string text(uint64_t point, size_t name) const;
  /// Of a range.
  Int number(uint64_t point) const { return lo_ + Int(point) * step_; }

private:
  std::string addValues(const std::string &list);
  std::string readRange(const std::string &text, bool &isOne);
  std::vector<std::string> names_, values_; ///< Values by point, then by name
  Int lo_, step_;
  uint64_t turns_ = 0;
};

/// All axes crossed.
class Axes {
public:
  /// Adds an axis; otherwise what is wrong with it.
  std::string add(const std::string &text);
  const std::vector<Axis> &all() const { return axes_; }
  /// The number of points.
  uint64_t size() const { return size_; }
  /// The position on each axis of a point.
  void locate(uint64_t point, std::vector<uint64_t> &positions) const;

private:
  std::vector<Axis> axes_;
  uint64_t size_ = 1;
};

} // namespace mdl::tool
