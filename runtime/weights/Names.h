//===- Names.h - A model's weights by a file's names ------------*- C++ -*-===//
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mdl::weights {

/// A name here and in a file; `*` is any text, and what the first of them stands for here is the first there.
/// `*.w` is `*.weight`: `blocks.0.q.w` into `blocks.0.q.weight`.
struct Renaming {
  std::string here, there;
  bool squeezed = false;   ///< The file's shape has axes of length 1 that the model's lacks
  bool transposed = false; ///< The file has the axes in reverse order
};

/// The text with the first renaming that fits applied; `used` is that one, or null.
std::string renamed(const std::vector<Renaming> &renamings, std::string_view text, const Renaming *&used);

} // namespace mdl::weights
