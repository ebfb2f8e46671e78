//===- ReportFigures.h - Pictures of one evaluation -------------*- C++ -*-===//
#pragma once
#include "Figure.h"
#include "runtime/Report.h"
#include <optional>

namespace mdl::tool {

/// Every operator with work: FLOP per byte against FLOP/s, under the rates of the units and of the memory that times
/// are made of. Without times there is nothing to show; `error` says so.
std::optional<Figure> rooflineOf(const runtime::Report &report, std::string &error);
/// The part that each stage is of the tensor FLOPs, of the bytes moved, and of the time where there is one.
std::optional<Figure> stageSharesOf(const runtime::Report &report, std::string &error);
/// What one device holds while each operator runs, in program order, a panel for each stage, and where that is most.
std::optional<Figure> memoryTimelineOf(const runtime::Report &report, std::string &error);

/// Those of the three that the report has, by the names of their files.
std::vector<Figure> figuresOf(const runtime::Report &report);

} // namespace mdl::tool
