//===- SourceLine.h - A source line with marks under it ---------*- C++ -*-===//
// The two lines that a text diagnostic shows below its message.
//===----------------------------------------------------------------------===//
#pragma once
#include "Source.h"

namespace mdl {

/// The text with `?` for what no terminal should get: control characters and bytes that are no UTF-8.
std::string printable(std::string_view text);

/// The line of `primary` and a line of marks under it, both with a gutter; empty for a place outside of the line's text.
/// `related` ranges that lie on that line are marked with `~`. Shows at most `width` characters of the line.
std::string renderLine(const SourceManager &sources, SrcRange primary, const std::vector<SrcRange> &related,
                       size_t width);

/// The number of characters (code points) of UTF-8 text; every byte that begins none counts too.
size_t characterCount(std::string_view text);

} // namespace mdl
