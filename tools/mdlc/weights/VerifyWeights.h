//===- VerifyWeights.h - mdlc verify --weights ------------------*- C++ -*-===//
#pragma once
#include "Checkpoints.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

struct VerifyWeightsOptions {
  ModelOptions model;
  std::vector<std::string> files;
  std::string at;         ///< A stage; empty: that of the checkpoint
  std::string checkpoint; ///< By name; empty: the one that fits the file
  std::string format = "text";
  size_t rows = 20;
};

/// What one file was compared with.
struct VerifiedWeights {
  std::string file, checkpoint, title, at;
  weights::WeightComparison comparison;
};

/// Compares the weights of an elaborated model with those of one file; nothing after an error, which has been reported.
std::optional<VerifiedWeights> verifyWeights(const VerifyWeightsOptions &options, const std::string &file,
                                             driver::Compilation &model, const Checkpoints &checkpoints);

void renderVerifiedText(const std::vector<VerifiedWeights> &all, size_t rows, bool colour, runtime::Output &out);
/// Schema `mdlc.verify-weights/1`, described by runtime/report/verify-weights.schema.json.
void renderVerifiedJson(const std::vector<VerifiedWeights> &all, runtime::Output &out);

/// Compares the weights of the model with those of each file; the exit code.
int runVerifyWeights(const VerifyWeightsOptions &options, const Invocation &invocation);

} // namespace mdl::tool
