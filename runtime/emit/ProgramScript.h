//===- ProgramScript.h - The text of Program.js -----------------*- C++ -*-===//
#pragma once

namespace mdl::emit {

/// Program.js, as it lies beside this file: CMake puts it into the library.
extern const char *const kProgramScript;

} // namespace mdl::emit
