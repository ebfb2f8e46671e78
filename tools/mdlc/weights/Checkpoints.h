//===- Checkpoints.h - Kinds of files of weights ----------------*- C++ -*-===//
// A kind is data: `checkpoint NAME { ... }` in a file called checkpoints.mdl below
// a models folder. It says how to know such a file, which sizes its tensors tell,
// and what they are called there.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Command.h"
#include "runtime/weights/Compare.h"
#include "runtime/weights/Signature.h"
#include <memory>

namespace mdl::tool {

/// A `checkpoint` block of core.mdl's record.
struct Checkpoint {
  std::string name, title;
  std::vector<weights::TensorRow> tensors;
  std::vector<std::string> lacks, stages, folders;
  std::string sizes;
  weights::Mapping mapping;
  driver::Compilation *source; ///< Of its file
  SrcRange range;              ///< Of its name there
};

/// A size that the tensors of a file tell, or that follows from those that they tell.
struct ToldSize {
  weights::NamedSize size;
  std::string doc;
};

/// All kinds that the models folders and `MDL_PATH` have.
class Checkpoints {
public:
  /// False after an error in a file of theirs, which has been reported.
  bool load(const Invocation &invocation, const DiagnosticOptions &diagnostics);
  const std::vector<Checkpoint> &all() const { return all_; }

  /// Whether a file is of this kind; else `why` not.
  static std::optional<std::vector<weights::NamedSize>> match(const Checkpoint &checkpoint,
                                                              const weights::Inventory &inventory, std::string &why);
  /// With what the kind's record derives; nothing (reported) when the sizes are against the record.
  static std::optional<std::vector<ToldSize>> derive(const Checkpoint &checkpoint,
                                                     const std::vector<weights::NamedSize> &sizes,
                                                     const DiagnosticOptions &diagnostics);

  /// The path of a file of weights: as it stands, else below one of the folders of the kinds. The message that there is none
  /// names the variables that say where they are.
  std::optional<std::string> locate(const std::string &file, std::string &why) const;

private:
  bool isKnown(std::string_view name) const;

  std::vector<std::unique_ptr<driver::Compilation>> files_;
  std::vector<Checkpoint> all_;
};

} // namespace mdl::tool
