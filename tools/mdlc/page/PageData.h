//===- PageData.h - What the report's page computes with --------*- C++ -*-===//
// One JSON object: a program for each precision (precisions with the same bits
// share one), the devices with their peaks, the job, the formulas of the nodes.
// tools/page/README.md describes it; Program.js evaluates it in the browser.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Command.h"
#include "compiler/driver/Portable.h"

namespace mdl::tool {

/// What the page lets its reader choose from; empty lists: everything shipped that applies.
struct PageChoices {
  std::vector<std::string> precisions, devices;
};

struct PageRequest {
  std::string runId, workload;
  PageChoices choices;
  const runtime::ModelFacts &facts;
};

/// The data of the page of a compiled job, as JSON. On failure `error` says which choice there is not.
std::optional<std::string> pageData(driver::Compilation &compilation, const PageRequest &request,
                                    runtime::ReportError &error);

} // namespace mdl::tool
