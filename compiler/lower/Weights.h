//===- Weights.h - The weights of a model by name ---------------*- C++ -*-===//
#pragma once
#include "../sema/Check.h"

namespace mdl::lower {

/// A weight: the path of its instance below the stage and its name there, `blocks.7.self_attn.q.w`, and its shape.
struct NamedWeight {
  std::string name;
  std::vector<Int> shape;
};

/// Every weight that the stages on `resident` own, repeats unrolled, each once, in program order: also what is resident
/// and never runs. A tied weight is its owner's. Nothing when there are more than `most`, or a repeat of weights has no
/// constant number of turns, which the checker refuses.
std::optional<std::vector<NamedWeight>> listWeights(expr::ExprPool &pool, const sema::PipelineModel &model,
                                                    NameId resident, size_t most = 1'000'000);

} // namespace mdl::lower
