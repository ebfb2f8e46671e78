//===- BatchFile.h - What an emitted file for many points is of -*- C++ -*-===//
#pragma once
#include "compiler/driver/Compile.h"
#include "runtime/Report.h"
#include "runtime/emit/Emit.h"

namespace mdl::tool {

/// An input that has a column: `height=16..=2048`, or `height` for its whole range; `*` is
/// each of the others that no setting (`--set`) gives a value.
struct AskedColumn {
  std::string name;
  std::optional<std::pair<Int, Int>> range;
};
/// What is wrong with the text, or nothing.
std::string parseColumn(const std::string &text, AskedColumn &column);

struct BatchWish {
  std::vector<AskedColumn> columns;
  std::vector<std::string> settings; ///< Those of the job: `frames=81`
  /// Names of numbers: of a total, `diffusion.flops_tensor` of a stage, `memory_bytes`, `fits`; none: what a sweep shows.
  std::vector<std::string> outputs;
};

struct BatchFile {
  runtime::Program program; ///< With the memory of a device
  emit::ManyPoints points;
};

/// Finds the columns and the numbers in the model. On failure `error` is that of the first that is not there or not
/// allowed.
bool readBatch(driver::Compilation &compilation, const BatchWish &wish, BatchFile &file, runtime::ReportError &error);

} // namespace mdl::tool
