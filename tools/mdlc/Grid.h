//===- Grid.h - Axes on the command line ------------------------*- C++ -*-===//
#pragma once
#include "runtime/numeric/Int.h"
#include <map>
#include <string>
#include <vector>

namespace mdl::tool {

/// `batch=1..=32,devices=1,2,4..8`: after each name values and ranges; `a..b` leaves out b, `a..=b` has it. Values are
/// sorted, each once.
class Grid {
public:
  /// The most values that an axis may have.
  static constexpr int64_t kMostValues = 100'000;
  /// Adds what a text says; otherwise what is wrong with it.
  std::string add(const std::string &text);
  /// The values of an axis, or the default when it is not given.
  std::vector<Int> axis(const std::string &name, std::vector<Int> otherwise) const;

private:
  std::map<std::string, std::vector<Int>> axes_;
};

} // namespace mdl::tool
