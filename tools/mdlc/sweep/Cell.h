//===- Cell.h - One number of a row -----------------------------*- C++ -*-===//
#pragma once
#include "runtime/numeric/Int.h"
#include <string_view>

namespace mdl::tool {

struct Cell {
  enum class Kind : uint8_t {
    Absent, ///< The variant does not have it, or the row has no numbers
    Count,  ///< A whole number, exact
    Near,   ///< A whole number, within the plan's bound
    Real,
    Text, ///< Such as the resource that takes longest
  } kind = Kind::Absent;
  double value = 0;
  Int exact;                  ///< Of a count
  std::string_view text = {}; ///< Lives as long as the maker of the row
};

} // namespace mdl::tool
