//===- FleetColumns.h - Columns of a job on several devices -----*- C++ -*-===//
// The columns of a sizing run's rows by their names there, and the quantities of
// `models/quantities`. What one device calls `time_s` and `memory_bytes` is here the
// latency of the job and the memory of one device, so a sweep keeps its columns.
//===----------------------------------------------------------------------===//
#pragma once
#include "Cell.h"
#include "compiler/driver/Sizing.h"
#include <set>

namespace mdl::tool {

class FleetColumns {
public:
  explicit FleetColumns(const driver::FleetPlan &plan);

  /// The position of a column; nothing for an unknown name.
  std::optional<size_t> find(const std::string &name) const;
  /// Why a column never has a value; empty: it may have one.
  std::string lack(size_t column) const;
  std::vector<std::string> names() const;
  /// Those that a sweep shows when nothing is asked for: quantities with a value, memory, the bottleneck, work and storage.
  std::vector<std::string> defaults() const;
  /// The cells of these columns at a point. Texts are kept in `texts`.
  std::vector<Cell> cells(const runtime::FleetPoint &point, std::span<const size_t> columns,
                          std::set<std::string> &texts) const;

private:
  const driver::FleetPlan &plan_;
  std::vector<std::string> rows_; ///< The columns of a sizing run; those of quantities follow
  size_t firstShown_ = 0;         ///< Before it are columns that say which row it is
};

} // namespace mdl::tool
