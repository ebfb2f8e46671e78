//===- ListTargets.h - mdlc list devices, precisions... ---------*- C++ -*-===//
// What a job can run on and in, found by their files as `--device` finds them.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"

namespace mdl::tool {

struct TargetListing {
  std::string what;   ///< devices, precisions, utilisations, residencies or formats
  bool peaks = false; ///< Devices: every number with where it is from
  bool json = false;
};

/// The kinds of `TargetListing::what`.
bool isTargetListing(const std::string &what);
/// Prints the list. False after errors, which have been printed; then nothing is on stdout.
bool listTargets(const TargetListing &listing, const DiagnosticOptions &diagnostics, const Invocation &invocation);

} // namespace mdl::tool
