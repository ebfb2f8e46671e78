//===- PrintModel.h - The checked graph as text -----------------*- C++ -*-===//
// Stages first, then every template once, numbered by module in the order of
// first use. A tensor is `%n` within its stage or template; a dimension whose
// formula would fill pages is a number in angle brackets.
//
//   stage diffusion on diffusion times 2*steps
//     %0 = input act[batch, 512, 4096]
//     %1 = @Block.1(%0)
//
//   module @Block.1(%0: act[batch, 512, 4096])
//     %1 = linear(%0) as ffn.0: act[batch, 512, 1024]
//       weight w: weight[1024, 4096]
//     return %1
//===----------------------------------------------------------------------===//
#pragma once
#include "Check.h"

namespace mdl::sema {

/// The text of `mdlc compile --emit=checked`: the same bytes for the same model.
std::string print(Checker &checker, const PipelineModel &model);

} // namespace mdl::sema
