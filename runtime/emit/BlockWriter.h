//===- BlockWriter.h - A plan as a C function over a block ------*- C++ -*-===//
#pragma once
#include "Passes.h"
#include <string>

namespace mdl::emit {

/// `static void PREFIXname(const double *const *in, double *const *out)`: all outputs of a plan at the points of one
/// block, whose length is the macro's. The same operations in the same order as the batch evaluator's.
std::string writeBlock(const Passes &passes, const std::string &prefix, const std::string &macro,
                       std::string_view name);

/// A double in C, NaN and infinities included.
std::string cReal(double value);

} // namespace mdl::emit
