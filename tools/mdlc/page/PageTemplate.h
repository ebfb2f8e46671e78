//===- PageTemplate.h - The text of tools/page/page.html --------*- C++ -*-===//
#pragma once

namespace mdl::tool {

/// tools/page/page.html: CMake puts it into the program.
extern const char *const kPageTemplate;

} // namespace mdl::tool
