//===- CompiledFile.h - Commands on a compiled program ----------*- C++ -*-===//
// `wan.mdlp` in place of `wan.mdl`: no compiler runs. What only the compiler can
// do is an error that says what was compiled in and what would help.
//===----------------------------------------------------------------------===//
#pragma once
#include "Command.h"
#include "runtime/ProgramFile.h"

namespace mdl::tool {

/// True for a file that is named `.mdlp` or begins as a compiled program does.
bool isCompiledFile(const std::string &path);
/// Reads it; nothing after an error, which is printed.
std::optional<runtime::CompiledModel> loadCompiled(const ModelOptions &options);
/// Whether all that is asked for can be had without the compiler: `compiled-in` for the first option that cannot.
bool needsNoCompiler(const ModelOptions &options, const runtime::CompiledModel &model, runtime::ReportError &error);
/// Gives the settings to the job: numbers, truth values and names of choices, as an expression takes the compiler. An error
/// for one that no input takes, or that a fixed input has otherwise.
bool applySettings(const ModelOptions &options, runtime::CompiledModel &model, runtime::ReportError &error);
/// `compiled-in`: what is asked for, what the file has instead, and how to get it.
runtime::ReportError compiledInError(const ModelOptions &options, const std::string &asked, const std::string &has,
                                     const std::string &remedy);

} // namespace mdl::tool
