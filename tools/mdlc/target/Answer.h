//===- Answer.h - What a search has found, for people and programs -*- C++ -*-===//
#pragma once
#include "Search.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// The answer, the runners-up, and how near the others come.
void writeText(const Search &search, runtime::Output &out);
/// Schema `mdlc.target/1`, runtime/report/target.schema.json.
void writeJson(const Search &search, runtime::Output &out);
/// A row for each candidate, in the order of the text.
void writeCsv(const Search &search, runtime::Output &out);

} // namespace mdl::tool
