//===- Page.h - report.html, the page to play with --------------*- C++ -*-===//
// A template with everything that does not depend on the model (tools/page, which
// builds it) and, in its gaps, the program of the model with what evaluates it.
// One file that opens from disk and asks no network for anything.
//===----------------------------------------------------------------------===//
#pragma once
#include "PageData.h"

namespace mdl::tool {

/// The page of a compiled job. On failure `error` says why.
std::optional<std::string> renderPage(driver::Compilation &compilation, const PageRequest &request,
                                      runtime::ReportError &error);

} // namespace mdl::tool
