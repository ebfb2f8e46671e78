//===- ModelFacts.h - What a report says of a model -------------*- C++ -*-===//
// Besides its numbers: where it is from, what its pipeline calls its sizes, how
// its layers are grouped. Plain data, made by the compiler's driver.
//===----------------------------------------------------------------------===//
#pragma once
#include "Evaluate.h"
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mdl::runtime {

/// One `.mdl` file that the model was compiled from.
struct ModelSource {
  std::string path;    ///< Below the folder of models, so that it is the same everywhere
  std::string sha256;  ///< Of its bytes, in hexadecimal digits
  std::string vendor;  ///< What its first comment says after `Source:`; may be empty
  std::string commit;  ///< The commit that is named there; may be empty
  bool ofModel = true; ///< Else of what it runs on and in: its device, precision, utilisation, residency
};

/// A number that the pipeline has a name for: `T`, or `cfg.dim` of a record.
struct NamedNumber {
  std::string name;
  Number value;
  /// Fields of records and elements of lists configure the model; others are its geometry for the workload.
  bool isConfiguration() const { return name.find('.') != std::string::npos; }
};

/// A group of leaves: those whose id fits one of `ids` and whose operator or category is one of `operators`.
struct CategoryRule {
  std::string name, title;
  std::vector<std::string> ids, operators; ///< An empty list asks nothing
};

/// What another schema calls ours: pairs of its name and ours (of stages: ours and its).
struct SchemaNames {
  using Names = std::vector<std::pair<std::string, std::string>>;
  Names stages, numbers, inputs;
};

struct ModelFacts {
  std::string path;    ///< The model's file as it was asked for
  std::string family;  ///< A plain name, the folder of its reports: `wan2_1`
  std::string variant; ///< The name of its file: `t2v_14b`
  std::string version; ///< SHA-256 over `PATH SHA256\n` of the model's own sources, ordered by path
  std::vector<ModelSource> sources;
  std::string vendor, commit; ///< Of the model's own file
  std::vector<NamedNumber> numbers;
  std::vector<Int> defaults; ///< Parallel to the program's inputs
  std::vector<CategoryRule> categories;
  SchemaNames names;
};

/// The named numbers of a job, which a program of their own has as totals; those that do not fit are left out.
std::vector<NamedNumber> evaluateNumbers(const Program &numbers, std::span<const Int> inputs);

} // namespace mdl::runtime
