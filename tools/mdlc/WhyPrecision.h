//===- WhyPrecision.h - Which formats entered a number ----------*- C++ -*-===//
#pragma once
#include "Formula.h"

namespace mdl::tool {

/// The bits that the formula of a number has, one line each: what is stored, its format, and the line of `.mdl` (or the
/// setting) that chose it. Empty when the number does not depend on formats.
std::vector<std::string> bitsLines(driver::Compilation &compilation, const std::string &id, const std::string &metric,
                                   const ModelOptions &options, const Invocation &invocation);
/// The same for the format whose peak counts for operators of a class in a stage.
std::string computeLine(driver::Compilation &compilation, const std::string &stage, const std::string &category);

} // namespace mdl::tool
