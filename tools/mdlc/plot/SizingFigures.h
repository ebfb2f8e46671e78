//===- SizingFigures.h - Pictures of sizing runs ----------------*- C++ -*-===//
// Each shows several scenarios as lines or panels: workloads of one run, or
// devices and precisions beside one another.
//===----------------------------------------------------------------------===//
#pragma once
#include "../SizingFile.h"
#include "Figure.h"

namespace mdl::tool {

/// A scenario by the name that it has in a picture.
struct Series {
  Scenario scenario;
  std::string name;
};

/// Scenarios by what tells them apart: device and precision, workload, mode, utilisation.
std::vector<Series> namedSeries(const std::vector<Scenario> &scenarios);

/// Titles and names of a picture: `title` says what is beside one another, `legend` what a series is.
struct SizingCaption {
  std::string name, title, legend;
};

/// Requests a second of all devices against requests at once.
Figure throughputOf(const std::vector<Series> &series, const SizingCaption &caption);
/// What part of the peaks of all devices is used against requests at once, a panel for each resource.
Figure usedRatesOf(const std::vector<Series> &series, const SizingCaption &caption);
/// What one request in one second would take of each resource, over the peaks of all devices.
Figure gapOf(const std::vector<Series> &series, const SizingCaption &caption);
/// One number of each scenario's summary as bars.
Figure barsOf(const std::vector<Series> &series, const SizingCaption &caption, const char *key,
              const std::string &unit);
/// Seconds a request at the best throughput, as bars.
Figure averageTimesOf(const std::vector<Series> &series, const SizingCaption &caption);

/// The three pictures of a run for each of its modes, MODE_Ngpu_throughput, MODE_Ngpu_used_rates and
/// MODE_1s_sla_sizing, with all workloads and utilisations as series.
std::vector<Figure> figuresOf(const std::shared_ptr<const SizingRun> &run);

} // namespace mdl::tool
