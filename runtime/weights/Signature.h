//===- Signature.h - What the tensors of a file say of a model --*- C++ -*-===//
// A signature is a list of names with numbers left open and shapes with sizes left
// open, `blocks.{layers}.ffn.0.weight` of `[d_ff, d_model]`. It fits a file when
// every row has a tensor and every name of a size is one number wherever it
// stands. What it is then, the sizes say.
//===----------------------------------------------------------------------===//
#pragma once
#include "Inventory.h"

namespace mdl::weights {

/// Tensors of one kind.
struct TensorRow {
  /// `{layers}` stands for a number; how many different ones there are is the size `layers`. `{}` is any number.
  std::string name;
  /// Axis by axis: a number; `_`, any; a size by name; `widths...`, a list of sizes that gets one for each tensor of the row.
  std::vector<std::string> shape;
  bool optional = false; ///< A file without it fits, too; its counts are 0
};

/// A size, or a list of them, by name.
struct NamedSize {
  std::string name;
  bool list = false;
  std::vector<Int> values;
};

/// The sizes in the order in which the rows name them; nothing when the signature does not fit, and `why`.
std::optional<std::vector<NamedSize>> matchSignature(const std::vector<TensorRow> &rows, const Inventory &inventory,
                                                     std::string &why);

} // namespace mdl::weights
