//===- Sizing.h - What a sizing run needs of a compilation ------*- C++ -*-===//
// Finds strategies, modes and schemas by name and compiles what they say, so that
// the runtime can evaluate a grid without the compiler.
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/Fleet.h"
#include "../../runtime/report/SizingReport.h"
#include "Compile.h"

namespace mdl::driver {

/// The strategy of this name (empty: the default) for the compiled model. Nullopt, reported, when there is none, when the
/// model or the device lacks what it needs, or when a setting of it is wrong. `anyDevice`: the device is chosen later.
std::optional<runtime::Strategy> makeStrategy(Compilation &compilation, const std::string &name,
                                              bool anyDevice = false);

/// The mode of this name, and the positions of its stages among the program's roots; none for all.
std::optional<std::pair<runtime::SizingMode, std::vector<size_t>>> findMode(Compilation &compilation,
                                                                            const std::string &name);

/// The columns of another tool by the name of their schema.
std::optional<runtime::SizingSchema> findSchema(Compilation &compilation, const std::string &name);

/// What is asked for: names, in order. Without modes it is all stages; without utilisations the compilation's own.
struct SizingNames {
  std::vector<std::string> modes, utilisations;
  std::string strategy;
};

/// A request with everything it points to.
struct SizingPlan {
  runtime::Strategy strategy;
  runtime::SizingRequest request;
};

/// The request of one compilation's job; more jobs are added with `addJob`. Null after an error, which is reported.
std::unique_ptr<SizingPlan> makePlan(Compilation &compilation, const SizingNames &names);
/// Adds a workload of the compilation with these inputs; false after an error, which is reported.
bool addJob(SizingPlan &plan, Compilation &compilation, const std::string &workload, std::vector<Int> inputs);

/// The names of the quantities that a model may be asked for, those of its own file last.
std::vector<std::string> quantityNames(Compilation &compilation);
/// The quantity of this name for the compiled model; `missing` says why the model has none. Nullopt after an error, which is
/// reported.
std::optional<runtime::Quantity> makeQuantity(Compilation &compilation, const std::string &name);

/// The points of one compilation's job on several devices, with everything they point to.
struct FleetPlan {
  std::unique_ptr<SizingPlan> plan;
  std::vector<runtime::Quantity> quantities; ///< All that there are, in the order of `quantityNames`
  runtime::FleetRequest request;
};

/// Null after an error, which is reported.
std::unique_ptr<FleetPlan> makeFleet(Compilation &compilation, const std::string &strategy);

/// All files that a compilation has read, by names that do not depend on the machine, with their hashes.
std::vector<runtime::SizingProvenance::File> filesOf(Compilation &compilation);

} // namespace mdl::driver
