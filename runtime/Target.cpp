//===- Target.cpp - What a job runs on, in words and numbers --------------===//
#include "Target.h"
#include <algorithm>

namespace mdl::runtime {

std::string PrecisionInfo::line() const {
  std::string text = "Precision: compute " + compute + ", storage " + storage + " bit";
  if (!name.empty()) text += " (" + name + ")";
  for (const StagePrecision &stage : stages)
    if (!stage.stage.empty())
      text += "; " + stage.stage + ": compute " + stage.compute + ", storage " + stage.storage + " bit";
  for (size_t i = 0; i < overrides.size(); ++i) text += (i == 0 ? "; overrides: " : ", ") + overrides[i];
  return text;
}

Placement ResidencyInfo::of(const std::string &stage, const std::string &resident) const {
  for (const std::string &wanted : {stage, resident})
    for (const auto &[known, placement] : place)
      if (known == wanted) return placement;
  return others;
}

bool FittedInfo::saw(const std::string &device) const { return std::ranges::find(evidence, device) != evidence.end(); }

} // namespace mdl::runtime
