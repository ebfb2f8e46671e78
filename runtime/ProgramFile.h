//===- ProgramFile.h - A compiled model as a file ---------------*- C++ -*-===//
// `wan.mdlp`: the program and everything that an evaluation states besides its
// numbers, so that it prints what it would print from the source, without the
// compiler. README.md, "The file", has the layout and the rule of versions.
//===----------------------------------------------------------------------===//
#pragma once
#include "Report.h"
#include "file/Version.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::runtime {

/// A model, compiled: what is in a file.
struct CompiledModel {
  Program program;
  Program numbers; ///< The pipeline's named numbers as totals, of the same inputs (`evaluateNumbers`)
  Target target;
  ModelFacts facts;               ///< Without `numbers`
  std::string source, workload;   ///< As they were given to the compiler
  std::vector<Int> job;           ///< The values of the inputs that were given to the compiler
  std::vector<std::string> notes; ///< What the compiler warned of: assumptions of every evaluation
};

/// The bytes of a file: the same for the same model.
std::string encode(const CompiledModel &model);

/// The model that a file has. On failure `error` says what is wrong with the bytes and what helps: `bad-program` for
/// bytes that `encode` did not make, `newer-program` for a later format. What is returned may be evaluated: `verify`
/// has passed.
std::optional<CompiledModel> decode(std::string_view bytes, ReportError &error);

/// True for bytes that begin as a compiled program does, whole or not. No text begins so.
bool isProgramFile(std::string_view bytes);

/// Reads and decodes a file; `error.place` is its path.
std::optional<CompiledModel> readProgramFile(const std::string &path, ReportError &error);

} // namespace mdl::runtime
