//===- Labels.h - Labels of a plot that cover nothing -----------*- C++ -*-===//
// Vega-Lite places every text where its datum is. Where several names may meet,
// their places are found here: in pixels of the plot, from the top left corner.
//===----------------------------------------------------------------------===//
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace mdl::tool {

struct LabelBox {
  double left, top, right, bottom;
};

/// Where a label stands beside its point.
struct LabelPlace {
  double before; ///< The part of the text that is left of the point: 0, 0.5 or 1
  double down;   ///< Of its middle, in pixels; negative is above
  const char *align() const { return before == 0 ? "left" : before == 1 ? "right" : "center"; }
};

class LabelPlaces {
public:
  LabelPlaces(double width, double height) : width_(width), height_(height) {}

  void take(const LabelBox &box) { taken_.push_back(box); }
  /// What a text takes, a part of which is left of x, and whose middle is at y.
  static LabelBox boxOf(const std::string &text, double x, double y, double before);
  /// The free place nearest to a mark of this radius, which is taken from now on; above it first.
  std::optional<LabelPlace> find(const std::string &text, double x, double y, double radius);

private:
  bool isFree(const LabelBox &box) const;

  double width_, height_;
  std::vector<LabelBox> taken_;
};

} // namespace mdl::tool
