//===- CalibrationReport.h - A calibration as text, JSON and .mdl -*- C++ -*-===//
#pragma once
#include "Calibration.h"
#include "runtime/report/Output.h"

namespace mdl::tool {

/// What is written of a calibration, besides its numbers.
struct CalibrationNames {
  std::string points; ///< The file of measurements, as it was given
  std::string name;   ///< Of the utilisation
  std::string date;   ///< ISO 8601
};

void writeCalibrationText(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names, bool colour,
                          runtime::Output &out);
/// Schema `mdlc.calibrate/1`.
void writeCalibrationJson(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names,
                          runtime::Output &out);
/// The block `utilisation` with its evidence.
std::string calibrationSource(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names);

/// `leave-one-out error 12.0 % on average, 43.9 % at most`, or why there is none.
std::string errorSentence(const Calibration &made);
/// Why a number is held.
const char *reasonOf(runtime::fit::Standing standing);

} // namespace mdl::tool
