//===- Read.h - A cost module from its text ---------------------*- C++ -*-===//
#pragma once
#include "CostModule.h"
#include <string_view>

namespace mdl::ir {

/// Reads what `print` (Print.h) writes into a module with a pool of its own. The text is not trusted: on a mistake the
/// result is nullopt and `error` says `line N: what`. The module that is returned passes `verify` (Verify.h).
std::optional<CostModule> read(std::string_view text, std::string *error);

} // namespace mdl::ir
