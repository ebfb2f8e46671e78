//===- Formats.h - The one list of output formats ---------------*- C++ -*-===//
#pragma once
#include "../Report.h"
#include "Output.h"
#include <span>

namespace mdl::runtime {

/// What a person may choose about a rendering. Machine formats ignore it.
struct RenderOptions {
  unsigned depth = 3;  ///< Levels of the tree that the text form shows
  size_t top = 5;      ///< Length of the lists of top layers and categories
  bool colour = false; ///< ANSI colours
};

struct Format {
  const char *name; ///< As given to `--format`
  const char *summary;
  bool expands; ///< Prints one node for each id, unless the report is folded
  void (*render)(const Report &, const RenderOptions &, Output &);
};

/// All formats; the first is the default.
std::span<const Format> formats();
/// The format of that name, or null.
const Format *findFormat(std::string_view name);
/// The whole rendering as a string.
std::string render(const Format &format, const Report &report, const RenderOptions &options = {});

} // namespace mdl::runtime
