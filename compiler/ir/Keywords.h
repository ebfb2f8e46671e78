//===- Keywords.h - The words of the IR text for enumerators ----*- C++ -*-===//
// Parallel to the enums of CostModule.h; the printer and the reader use them.
//===----------------------------------------------------------------------===//
#pragma once

namespace mdl::ir {

inline constexpr const char *kInputTypeWords[] = {"integer", "boolean", "choice"};
inline constexpr const char *kGuardWords[] = {"require", "warn", "claim"};
inline constexpr const char *kParameterWords[] = {"bits",      "tensor_rate",  "vector_rate", "memory_rate",
                                                  "link_rate", "link_latency", "launch"};
inline constexpr const char *kFormalWords[] = {"tensor",      "vector",    "read",         "written",
                                               "sent",        "messages",  "tensor_rate",  "vector_rate",
                                               "memory_rate", "link_rate", "link_latency", "launch"};
inline constexpr const char *kFoldWords[] = {"sum", "once", "peak", "each"};

} // namespace mdl::ir
