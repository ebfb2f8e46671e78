//===- OpenWeights.cpp - A file of weights by its name --------------------===//
#include "OpenWeights.h"
#include "runtime/weights/Read.h"
#include <fmt/format.h>

namespace mdl::tool {

std::optional<weights::Inventory> openWeights(const std::string &file, const Checkpoints &checkpoints,
                                              const DiagnosticOptions &diagnostics) {
  std::string why;
  auto path = checkpoints.locate(file, why);
  if (!path) {
    printError({"file-not-found", fmt::format("`{}`: {}", weights::shownPath(file), why), ""}, diagnostics);
    return std::nullopt;
  }
  weights::Fault fault;
  auto inventory = weights::readInventory(*path, fault);
  if (inventory) return inventory;
  std::string place = weights::shownPath(fault.file) + (fault.place.empty() ? "" : ": " + fault.place);
  printError({"bad-weights", fault.what, place}, diagnostics);
  return std::nullopt;
}

} // namespace mdl::tool
