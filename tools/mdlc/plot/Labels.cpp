//===- Labels.cpp - Labels of a plot that cover nothing -------------------===//
#include "Labels.h"
#include <algorithm>

namespace mdl::tool {

namespace {
constexpr double kLetter = 7, kLine = 15, kGap = 4; // of a bold text of 11 pixels
}

LabelBox LabelPlaces::boxOf(const std::string &text, double x, double y, double before) {
  double width = kLetter * static_cast<double>(text.size()), left = x - before * width;
  return {left - kGap, y - kLine / 2, left + width + kGap, y + kLine / 2};
}

bool LabelPlaces::isFree(const LabelBox &box) const {
  bool inside = box.left >= -kGap && box.right <= width_ + kGap && box.top >= 0 && box.bottom <= height_;
  return inside && std::ranges::none_of(taken_, [&](const LabelBox &other) {
           return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
         });
}

std::optional<LabelPlace> LabelPlaces::find(const std::string &text, double x, double y, double radius) {
  constexpr int kLines = 4;
  for (int line = 0; line < kLines; ++line)
    for (double way : {-1.0, 1.0})
      for (double before : {0.5, 1.0, 0.0}) {
        double down = way * (radius + kLine / 2 + 2 + kLine * line);
        LabelBox box = boxOf(text, x, y + down, before);
        if (!isFree(box)) continue;
        take(box);
        return LabelPlace{before, down};
      }
  return std::nullopt;
}

} // namespace mdl::tool
