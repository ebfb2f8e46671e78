//===- OpenWeights.h - A file of weights by its name ------------*- C++ -*-===//
#pragma once
#include "Checkpoints.h"

namespace mdl::tool {

/// Finds a file and reads its headers; nothing after an error, which has been reported.
std::optional<weights::Inventory> openWeights(const std::string &file, const Checkpoints &checkpoints,
                                              const DiagnosticOptions &diagnostics);

} // namespace mdl::tool
