//===- Emit.h - A program as a source file of another language --*- C++ -*-===//
// The totals of the job and the numbers of each stage as one file without
// dependencies, for those who want the numbers of one model inside a program of
// their own. It computes what Evaluate.h computes, with the same digits and the
// same refusals; the tree below the stages is left out, and so is all of the
// tape that only the tree needs. The same program gives the same bytes.
//===----------------------------------------------------------------------===//
#pragma once
#include "../batch/Plan.h"
#include <string>
#include <string_view>
#include <vector>

namespace mdl::emit {

/// What a file says of itself and the program does not know. Empty texts are left out.
struct Facts {
  std::string prefix;                         ///< C: what every name begins with; empty: the model's name
  std::string version, commit;                ///< Of the model's sources; of the vendor's code
  std::string workload;                       ///< The job whose inputs are the defaults
  std::string precision, device, utilisation; ///< In words; `precision` says so itself
  std::vector<std::string> assumptions;       ///< All of the model and of the job
  std::vector<Int> defaults;                  ///< Parallel to `Program::inputs`
};

/// A number that a file for many points gives out.
struct NamedOutput {
  std::string name, title, unit;
  runtime::batch::Output output;
};

/// What a file for many points is of: inputs that have a column, between bounds; the others are compiled in.
struct ManyPoints {
  std::vector<runtime::batch::Column> columns;
  std::vector<NamedOutput> outputs;
  runtime::batch::PlanWatcher after = {}; ///< Sees the plan of the outputs after each pass
};

/// True for what may begin the names of a C file: a letter, then letters, digits and `_`.
bool isPrefix(std::string_view text);

/// C11 for compilers with `__int128`.
std::string emitC(const runtime::Program &program, const Facts &facts);
/// C99: columns in, columns out, in doubles. The digits are those of the batch evaluator.
std::string emitBatchC(const runtime::Program &program, const Facts &facts, const ManyPoints &points);
/// An ES module; integers are BigInts.
std::string emitJavaScript(const runtime::Program &program, const Facts &facts);
/// An ES module with the numbers of every node: the tables of the program and what evaluates them (Tables.h).
std::string emitJavaScriptTree(const runtime::Program &program, const Facts &facts);

} // namespace mdl::emit
