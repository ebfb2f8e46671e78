//===- Timing.h - The time of a job as a function of rates ------*- C++ -*-===//
#pragma once
#include "Compile.h"

namespace mdl::driver {

/// A program without inputs whose one total is the time of the compiled job, or of one stage of it, over the parameters of
/// the compilation (`costs().parameters`, in order). It does nothing but that time, so that a fit can ask it thousands of times.
/// Nothing when the compilation has no device or no such stage.
std::optional<runtime::Program> timeProgram(Compilation &compilation, const std::string &stage);

} // namespace mdl::driver
