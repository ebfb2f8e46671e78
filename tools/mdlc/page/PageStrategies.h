//===- PageStrategies.h - Several devices on the report's page --*- C++ -*-===//
// The rules of a strategy as tables, with what each of their inputs and parameters
// stands for: fleet.js makes of them what Sizer.cpp does.
//===----------------------------------------------------------------------===//
#pragma once
#include "compiler/ir/CostModule.h"
#include "runtime/Strategy.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// `{ name, title, divides, rule, assumptions, inputs, parameters, shares, active, time, holds, resources, guards,
/// program }`; numbers are positions among the program's totals, `guards` counts those that take inputs alone.
void writeStrategy(runtime::Output &out, const runtime::Strategy &strategy);

/// `[[metric, utilisation]...]`: the times that a latency is bounded by.
void writeBounds(runtime::Output &out, const ir::CostModule &costs);

} // namespace mdl::tool
