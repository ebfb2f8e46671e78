//===- Summary.cpp - What the pages for people show -----------------------===//
#include "Summary.h"
#include "Units.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace mdl::runtime {
namespace {

constexpr size_t kFallbackColumns = 4;
constexpr std::pair<const char *, const char *> kPageColumns[] = {
    {"flops_tensor", "FLOPs"}, {"bytes_read", "read"}, {"bytes_written", "written"},
    {"params", "params"},      {"time_s", "time"},     {"time_s_max", "measured"},
};

std::vector<Ranked> largest(const std::vector<Ranked> &entries, size_t count) {
  std::vector<size_t> order;
  for (size_t i = 0; i < entries.size(); ++i)
    if (!entries[i].value.isZero()) order.push_back(i);
  std::ranges::sort(order, [&](size_t a, size_t b) {
    const Number &x = entries[a].value, &y = entries[b].value;
    return y < x || (!(x < y) && a < b);
  });
  order.resize(std::min(order.size(), count));
  std::vector<Ranked> result;
  for (size_t i : order) result.push_back(entries[i]);
  return result;
}

template <class Visit> void forEachLeaf(const Report &report, size_t metric, Visit visit) {
  for (const FoldedRow &row : report.folded)
    if (row.node->children.empty() && row.values[metric].isPresent()) visit(row);
}

} // namespace

std::vector<Column> pageColumns(const Report &report) {
  const std::vector<Metric> &metrics = report.program->metrics;
  std::vector<Column> columns;
  for (auto [name, heading] : kPageColumns)
    for (size_t i = 0; i < metrics.size(); ++i)
      if (!metrics[i].absent && metrics[i].name == name) columns.push_back({i, heading});
  if (!columns.empty()) return columns;
  for (size_t i = 0; i < metrics.size() && columns.size() < kFallbackColumns; ++i)
    if (!metrics[i].absent) columns.push_back({i, titleOf(metrics[i])});
  return columns;
}

std::optional<size_t> rankingMetric(const Report &report) {
  const std::vector<Metric> &metrics = report.program->metrics;
  std::optional<size_t> first;
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].absent || metrics[i].fold != Fold::Sum) continue;
    if (metrics[i].name == kPageColumns[0].first) return i;
    if (!first) first = i;
  }
  return first;
}

std::vector<Ranked> topLayers(const Report &report, size_t metric, size_t count) {
  std::vector<Ranked> entries;
  forEachLeaf(report, metric,
              [&](const FoldedRow &row) { entries.push_back({row.id, row.copies, row.values[metric]}); });
  return largest(entries, count);
}

std::vector<Ranked> topCategories(const Report &report, size_t metric, size_t count) {
  std::vector<Ranked> entries;
  forEachLeaf(report, metric, [&](const FoldedRow &row) {
    const std::string &name = row.node->category.empty() ? row.node->op : row.node->category;
    auto entry = std::ranges::find(entries, name, &Ranked::name);
    if (entry == entries.end()) entries.push_back({name, 1, row.values[metric]});
    else entry->value = entry->value + row.values[metric];
  });
  return largest(entries, count);
}

const std::string &titleOf(const Metric &metric) { return metric.title.empty() ? metric.name : metric.title; }

std::string_view unitOf(const Input &input) {
  if (input.type != InputType::Integer) return {};
  return input.unit.empty() ? std::string_view("count") : std::string_view(input.unit);
}

std::vector<std::string> deviceLines(const Target &target) {
  const DeviceInfo &device = *target.device;
  auto rate = [](double value, const char *unit) { return formatSi(Number::ofReal(value), unit); };
  std::string first = "device " + device.title;
  if (device.asked != device.name) first += fmt::format(" (`{}` means `{}`)", device.asked, device.name);
  first += " · memory " + (device.memory ? formatSi(Number::of(*device.memory), "B") : std::string("not known"));
  first += " · bandwidth " + rate(device.bandwidth, "B/s");
  std::string peaks = "dense peaks";
  for (const auto &[format, peak] : device.peaks) peaks += fmt::format(" · {} {}", format, rate(peak, "FLOP/s"));
  peaks += " · vector " + rate(device.vectorPeak, "FLOP/s");
  std::vector<std::string> lines = {first, peaks};
  std::map<std::string, size_t> kinds;
  for (const Evidence &each : device.evidence) ++kinds[each.kind];
  std::string evidence;
  for (const auto &[kind, count] : kinds) evidence += fmt::format("{}{} {}", evidence.empty() ? "" : ", ", count, kind);
  if (!evidence.empty()) lines.push_back("evidence: " + evidence + " (`mdlc list devices --peaks` has the sources)");
  if (device.provisional) lines.push_back("provisional: some numbers of this device are assumptions");
  lines.push_back(fmt::format("time: {}, utilisation {} ({})",
                              target.overlapWhole ? "everything overlaps, one roofline for the whole job"
                                                  : "a roofline for each operator, one after the other",
                              target.chosen->name, target.chosen->title));
  return lines;
}

std::vector<std::string> shardingLines(const Target &target) {
  if (!target.sharding) return {};
  const ShardingInfo &sharding = *target.sharding;
  std::vector<std::string> lines = {
      fmt::format("sharding {}: every number is that of one of {} devices", sharding.name, toString(sharding.devices))};
  for (const std::string &rule : sharding.rules) lines.push_back("  " + rule);
  return lines;
}

std::vector<std::string> linkLines(const Target &target, const Program &program) {
  if (std::ranges::find(program.metrics, "link", &Metric::resource) == program.metrics.end()) return {};
  const DeviceInfo &device = *target.device;
  std::string latency =
      device.linkLatency ? formatSi(Number::ofReal(*device.linkLatency), "s") : "not stated, taken as 0 s";
  if (!device.link) return {"link not known: only jobs that send nothing have a time"};
  return {fmt::format("link {} in each direction · latency of a message {}",
                      formatSi(Number::ofReal(*device.link), "B/s"), latency)};
}

std::vector<std::string> parallelLines(const Report &report) {
  if (!report.parallel) return {};
  const ParallelReport &of = *report.parallel;
  auto seconds = [](double value) { return formatSi(Number::ofReal(value), "s"); };
  std::string bounds;
  for (const auto &[name, value] : of.bounds) bounds += (bounds.empty() ? " (" : ", ") + name + " " + seconds(value);
  std::string fits = !of.fits ? "" : *of.fits ? ", fits" : ", does not fit";
  std::vector<std::string> lines;
  lines.push_back(
      fmt::format("{} {}, {}: {}", toString(of.devices), of.devices == 1 ? "device" : "devices", of.title, of.rule));
  lines.push_back(
      fmt::format("  {} at work, the largest share is {} {}", toString(of.active), of.divided, toString(of.largest)));
  lines.push_back(fmt::format("  latency {}{}, bound by {}", seconds(of.latency), bounds + (bounds.empty() ? "" : ")"),
                              of.bottleneck));
  lines.push_back(fmt::format("  throughput {:.6g} requests/s, one in {}", of.requestsPerSecond,
                              seconds(of.latency / of.batch.toDouble())));
  if (of.memory) lines.push_back(fmt::format("  memory of one {}{}", formatSi(Number::of(*of.memory), "B"), fits));
  lines.emplace_back("  what follows is the whole job on one device");
  return lines;
}

/// What a fitted utilisation makes of the whole time, and how far it can be trusted there.
static std::vector<std::string> fittedNotes(const Report &report) {
  const Target &target = *report.target;
  if (!target.chosen->fitted) return {};
  const FittedInfo &of = *target.chosen->fitted;
  const std::vector<Metric> &metrics = report.program->metrics;
  auto at = std::ranges::find(metrics, "time_s", &Metric::name) - metrics.begin();
  auto shown = [&](const std::vector<Number> &totals) {
    return formatSi((totals.empty() ? report.totals : totals)[static_cast<size_t>(at)], "s");
  };
  std::vector<std::string> notes;
  if (report.selected.empty())
    notes.push_back(
        fmt::format("[optimistic, calibrated, pessimistic] = [{}, {}, {}]: every fitted number at its better "
                    "end, as fitted, at its worse end",
                    shown(report.bestTotals), shown(report.totals), shown(report.worstTotals)));
  if (!of.saw(target.device->name))
    notes.push_back(fmt::format("calibrated on {}; {} is none of them: how far off the time is there is not known",
                                fmt::join(of.evidence, ", "), target.device->name));
  return notes;
}

std::vector<std::string> timeNotes(const Report &report) {
  if (report.bottleneck.empty() || !report.target || !report.target->measured) return {};
  const UtilisationInfo &measured = *report.target->measured;
  std::vector<std::string> notes = fittedNotes(report);
  auto percent = [](double value) { return fmt::format("{:.1f}", 100 * value); };
  std::string range = percent(measured.tensorLow);
  if (measured.tensorLow != measured.tensorHigh) range += " to " + percent(measured.tensorHigh);
  std::string note = "bounds: optimistic = peaks reached in full; measured = " + range + " % of the matrix peak, " +
                     (measured.ofDevice ? measured.title : "the range of other devices: none was measured");
  for (size_t i = 0; i < report.bestTotals.size() && !report.target->chosen->fitted; ++i)
    if (report.bestTotals[i].isPresent() && report.bestTotals[i] != report.totals[i])
      note += ", " + formatSi(report.bestTotals[i], report.program->metrics[i].unit) + " to " +
              formatSi(report.totals[i], report.program->metrics[i].unit);
  notes.push_back(note);
  return notes;
}

std::string fitText(const DeviceMemory &memory) {
  if (memory.stage.empty()) return "nothing is on the device: every stage runs on the host";
  std::string text = "needs " + formatSi(Number::of(memory.total), "B") + " at " + memory.stage;
  if (!memory.capacity) return text;
  text += " of " + formatSi(Number::of(*memory.capacity), "B") + ": ";
  return text + (memory.fits() ? "fits, " + formatSi(Number::of(memory.margin()), "B") + " left"
                               : "does not fit, " + formatSi(Number::of(memory.margin()), "B") + " too much");
}

std::vector<std::string> geometryTexts(const ModelFacts &facts) {
  std::vector<std::string> texts;
  for (const NamedNumber &each : facts.numbers)
    if (!each.isConfiguration()) texts.push_back(each.name + " " + formatExact(each.value));
  return texts;
}

std::string versionText(const ModelFacts &facts) {
  return facts.version.substr(0, 16) + (facts.commit.empty() ? "" : ", vendor's code at " + facts.commit);
}

std::vector<std::string> inputTexts(const Report &report) {
  std::vector<std::string> texts;
  for (const BoundInput &bound : report.inputs) texts.push_back(bound.input->name + " " + bound.text());
  return texts;
}

} // namespace mdl::runtime
