//===- BundleFigures.h - The pictures of a bundle ---------------*- C++ -*-===//
#pragma once
#include "../plot/SizingFigures.h"
#include "Selection.h"

namespace mdl::tool {

/// Those of each scenario, NAME_MODE_Ngpu_throughput and its like, where NAME is the device, or `DEVICE-PRECISION` when
/// the bundle has several precisions; then those that compare. `data` gets the names of the files for the documents:
/// `figures` of the bundle and of each scenario.
std::vector<Figure> figuresOf(BundleKind kind, const std::vector<Scenario> &scenarios, Json &data);

} // namespace mdl::tool
