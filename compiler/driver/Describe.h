//===- Describe.h - What a report says of a model ---------------*- C++ -*-===//
#pragma once
#include "../../runtime/ModelFacts.h"
#include "../../runtime/ProgramFile.h"
#include "Compile.h"

namespace mdl::driver {

/// Sources with their hashes, the pipeline's named numbers for the job, categories and names of other schemas. The
/// compilation has been compiled. Nothing (reported) when a block of these has a mistake.
std::optional<runtime::ModelFacts> describe(Compilation &compilation);
/// Of these only what an evaluation states: names, sources, version, named numbers.
runtime::ModelFacts identify(Compilation &compilation);

/// The program of the pipeline's named numbers, one total each, of the inputs of the compiled program.
runtime::Program numbersOf(Compilation &compilation);
/// All that a file of the compiled program holds. Sources that were found by a whole path are named below the folders of
/// models, so that the same command gives the same bytes wherever they lie.
runtime::CompiledModel compiledModel(Compilation &compilation);

/// The folder of a model's reports: the `family` of its defaults, else the name of the folder that holds it, plain.
std::string familyOf(Compilation &compilation);

} // namespace mdl::driver
