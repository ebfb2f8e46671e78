//===- Points.h - Measured times in a file ----------------------*- C++ -*-===//
// A CSV file, one measurement a row. Its heading names the columns: `model`, `device`
// and one of `time_s`, `time_ms`, `time_us`; what else `mdlc eval` is told of a job,
// by the names of its options; `set.INPUT` for an input; `source` and `note`.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Command.h"

namespace mdl::tool {

/// A measurement: a job, and how long it took.
struct Point {
  ModelOptions job;                 ///< Its first device is the one that is compiled for
  std::vector<std::string> devices; ///< As the row names them: one time may stand for several, `a800/a100`
  uint32_t count = 0;               ///< How many of them share the job; 0: one, without a strategy
  std::string stage;                ///< Empty: the whole job
  double seconds = 0;
  std::string source, note;
  std::string place; ///< `points.csv:3:1`, for what is wrong with the row

  /// The job in a line: `t2v_14b.mdl 720p steps=50, diffusion`.
  std::string title() const;
};

/// More rows are no table of measurements.
inline constexpr size_t kMostPoints = 500;

/// Reads a file. Nothing after an error, all of which have been reported (`bad-points`, with line and column).
std::optional<std::vector<Point>> readPoints(const std::string &file, const DiagnosticOptions &diagnostics,
                                             const Invocation &invocation);

} // namespace mdl::tool
