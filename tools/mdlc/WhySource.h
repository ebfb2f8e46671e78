//===- WhySource.h - What `mdlc why` is asked about -------------*- C++ -*-===//
// A number by its id and metric, of a saved result or of a model with options.
// A saved result is compiled again, for exactly its job.
//===----------------------------------------------------------------------===//
#pragma once
#include "Side.h"

namespace mdl::tool {

struct WhyQuestion {
  ModelOptions model;                   ///< The model, for the job of the result
  std::optional<runtime::Result> saved; ///< Of a saved result
  std::string id, metric;               ///< `total` for the whole job
};

/// The options that give a saved result again. Its file is found, or `file` is empty.
ModelOptions optionsOf(const runtime::Result &result, const std::string &savedIn, const DiagnosticOptions &diagnostics,
                       const Invocation &invocation);
/// The id and the metric of `diffusion.blocks.7 time_s`, `diffusion.blocks.7.time_s`, `total.params` or `params`.
std::pair<std::string, std::string> splitNumber(const std::vector<std::string> &words,
                                                const std::vector<std::string> &metrics);

} // namespace mdl::tool
