//===- Selection.h - Scenarios that may stand beside one another -*- C++ -*-===//
// A bundle compares scenarios: a device and a precision, each from a saved sizing
// run. What they have in common by the kind of the bundle is checked before
// anything is computed; what differs is named.
//===----------------------------------------------------------------------===//
#pragma once
#include "../SizingFile.h"

namespace mdl::tool {

enum class BundleKind : uint8_t {
  Detailed,  ///< Several devices at one precision
  PerDevice, ///< One device at several precisions
  Selected   ///< Any devices and precisions
};

struct BundleRequest {
  BundleKind kind = BundleKind::Detailed;
  std::vector<std::string> results; ///< results.json, folders with one, or folders of runs
  SizingChoice choice;              ///< Empty names: those of the first summary of the first run
  std::vector<std::string> except;  ///< Devices that are left out
  bool givenOrder = false;          ///< As the results are given, else by device and precision
};

/// Reads, chooses and orders. Empty with `error` filled: a file that cannot be read, a run without the summary, too few
/// scenarios, one twice, or scenarios that cannot be compared, with every dimension that differs.
std::vector<Scenario> select(const BundleRequest &request, std::string &error);

} // namespace mdl::tool
