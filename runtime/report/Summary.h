//===- Summary.h - What the pages for people show ---------------*- C++ -*-===//
// The choice of columns and the rankings that text and Markdown share.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Report.h"

namespace mdl::runtime {

/// A metric that a page has room for, with its short heading.
struct Column {
  size_t metric;
  std::string heading;
};

/// The columns of a page: the well-known metrics that the program has, or its first four.
std::vector<Column> pageColumns(const Report &report);
/// The metric that shares and rankings are of: tensor FLOPs, or else the first that sums up.
std::optional<size_t> rankingMetric(const Report &report);

/// An entry of a ranking: a leaf with all its copies, or a category.
struct Ranked {
  std::string name;
  Int copies = 1;
  Number value;
};

/// The leaves with the largest value, all copies together; ties in program order, zeros left out.
std::vector<Ranked> topLayers(const Report &report, size_t metric, size_t count);
/// The same of categories (of the operator where a leaf has none).
std::vector<Ranked> topCategories(const Report &report, size_t metric, size_t count);

/// `title`, or `name` where there is none.
const std::string &titleOf(const Metric &metric);
/// What an input counts: its unit, `count`, or nothing for a choice.
std::string_view unitOf(const Input &input);
/// The device with its evidence and the utilisations, line by line.
std::vector<std::string> deviceLines(const Target &target);
/// The sharding, with its rules; nothing for one device.
std::vector<std::string> shardingLines(const Target &target);
/// The link that a program's operators send over; nothing when they send nothing.
std::vector<std::string> linkLines(const Target &target, const Program &program);
/// The job on several devices: its rule, then latency and throughput; nothing for one device.
std::vector<std::string> parallelLines(const Report &report);
/// What a reader of times has to know: the bounds, the range of a utilisation.
std::vector<std::string> timeNotes(const Report &report);
/// Whether it fits, and by how much.
std::string fitText(const DeviceMemory &memory);
/// `batch 1`, `guidance true`: the inputs in order.
std::vector<std::string> inputTexts(const Report &report);
/// `tokens 75600`: the pipeline's named sizes for the job, without its configuration.
std::vector<std::string> geometryTexts(const ModelFacts &facts);
/// The first digits of the version, and the commit of the vendor's code where the model names it.
std::string versionText(const ModelFacts &facts);

} // namespace mdl::runtime
