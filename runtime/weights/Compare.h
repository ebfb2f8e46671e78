//===- Compare.h - A model's parameters against a file ----------*- C++ -*-===//
#pragma once
#include "Inventory.h"
#include "Names.h"

namespace mdl::weights {

/// A weight of a model: the path of its instance and its own name there, `blocks.0.self_attn.q.w`.
struct Parameter {
  std::string name;
  std::vector<Int> shape;
};

/// How names of a model become those of a file: the first of `names` that fits, then the first of `endings`.
struct Mapping {
  std::vector<Renaming> names, endings;
  std::vector<std::string> ignored; ///< Patterns of tensors that the model leaves out on purpose
};

/// A tensor of one side, or of both with shapes that differ.
struct Difference {
  std::string name;  ///< As the file has it
  std::string model; ///< As the model has it; empty where it has none
  std::vector<Int> ours, theirs;
};

struct WeightComparison {
  size_t equal = 0; ///< Tensors of the file with the name and shape of one of the model's
  std::vector<Difference> missing, extra, differing;
  size_t ignored = 0;
  Int ours = 0, theirs = 0; ///< Parameters: the model's; the file's without those ignored
  Int ignoredNumbers = 0;
  bool passed() const { return missing.empty() && extra.empty() && differing.empty(); }
};

/// Compares name by name. A name of the model that keeps a `*` stands for as many tensors as its first axis has elements,
/// with their numbers in place of the star: experts that the model has as one.
WeightComparison compareWeights(const std::vector<Parameter> &parameters, const Mapping &mapping,
                                const Inventory &inventory);

} // namespace mdl::weights
