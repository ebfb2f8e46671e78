//===- Points.cpp - Measured times in a file ------------------------------===//
#include "Points.h"
#include "../CsvReader.h"
#include "../DataReader.h"
#include "../Side.h"
#include "compiler/support/Name.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

constexpr std::string_view kInput = "set.";
struct TimeColumn {
  std::string_view name;
  double seconds;
};
constexpr TimeColumn kTimes[] = {{"time_s", 1}, {"time_ms", 1e-3}, {"time_us", 1e-6}};
constexpr std::string_view kOthers[] = {"model", "set", "stage", "devices", "source", "note"};

const TimeColumn *timeColumn(std::string_view name) {
  auto at = std::ranges::find(kTimes, name, &TimeColumn::name);
  return at == std::end(kTimes) ? nullptr : at;
}

/// The options of a job that a column may be: all but the utilisation, which is what is looked for.
const JobOption *optionColumn(std::string_view name) {
  auto at = std::ranges::find(kJobOptions, name, &JobOption::name);
  return at == std::end(kJobOptions) || name == "utilisation" ? nullptr : at;
}

std::vector<std::string_view> columnNames() {
  std::vector<std::string_view> names(std::begin(kOthers), std::end(kOthers));
  for (const TimeColumn &each : kTimes) names.push_back(each.name);
  for (const JobOption &each : kJobOptions)
    if (optionColumn(each.name)) names.emplace_back(each.name);
  std::ranges::sort(names);
  return names;
}

/// The parts of a text between any of these characters, without empty ones.
std::vector<std::string> parts(const std::string &text, const char *between) {
  std::vector<std::string> all;
  for (size_t at = 0; (at = text.find_first_not_of(between, at)) != std::string::npos;) {
    size_t end = std::min(text.find_first_of(between, at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end;
  }
  return all;
}

template <class Value> std::optional<Value> numberOf(const std::string &text) {
  Value value{};
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

class PointReader {
public:
  PointReader(const std::string &file, const DiagnosticOptions &diagnostics, const Invocation &invocation)
      : file_(file), diagnostics_(diagnostics), invocation_(invocation) {}

  std::optional<std::vector<Point>> read() {
    auto text = readFile(file_, "bad-points", diagnostics_);
    if (!text) return std::nullopt;
    if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3); // the mark that spreadsheets put before UTF-8
    CsvCell open;
    auto records = readCsv(*text, &open);
    if (!records) fail(open, "this quoted cell has no end");
    else if (records->size() < 2) fail({}, "there is no row below a heading of columns: model, device, time_s ...");
    else if (records->size() - 1 > kMostPoints)
      fail((*records)[kMostPoints + 1].front(), fmt::format("there are more than {} rows", kMostPoints));
    else if (readHeading(records->front()))
      for (size_t i = 1; i < records->size(); ++i) readRow((*records)[i]);
    return failures_ == 0 ? std::optional(std::move(points_)) : std::nullopt;
  }

private:
  std::string placeOf(const CsvCell &cell) const { return fmt::format("{}:{}:{}", file_, cell.line, cell.column); }
  void fail(const CsvCell &cell, std::string message) {
    if (++failures_ > diagnostics_.maxErrors && diagnostics_.maxErrors != 0) return;
    printError({"bad-points", std::move(message), placeOf(cell)}, diagnostics_);
  }

  bool readHeading(const CsvRecord &record) {
    heading_ = record;
    for (const CsvCell &cell : record) {
      auto same = std::ranges::find(record, cell.text, &CsvCell::text);
      if (&*same != &cell) fail(cell, fmt::format("there are two columns `{}`", cell.text));
      else checkColumn(cell);
    }
    for (const char *needed : {"model", "device"})
      if (std::ranges::find(record, needed, &CsvCell::text) == record.end())
        fail(record.front(), fmt::format("there is no column `{}`", needed));
    auto times = std::ranges::count_if(record, [](const CsvCell &cell) { return timeColumn(cell.text) != nullptr; });
    if (times != 1)
      fail(record.front(),
           fmt::format("there are {} columns of times: one of time_s, time_ms and time_us is wanted", times));
    return failures_ == 0;
  }

  void checkColumn(const CsvCell &cell) {
    auto names = columnNames();
    bool isInput = cell.text.starts_with(kInput) && cell.text.size() > kInput.size();
    if (isInput || std::ranges::find(names, cell.text) != names.end()) return;
    std::string near(nearest(cell.text, names));
    fail(cell, fmt::format("there is no column `{}`; {}", cell.text,
                           near.empty() ? fmt::format("there are {} and set.INPUT", fmt::join(names, ", "))
                                        : fmt::format("did you mean `{}`?", near)));
  }

  void readRow(const CsvRecord &record) {
    if (record.size() != heading_.size())
      return fail(record.front(), fmt::format("{} cells, where the heading has {}", record.size(), heading_.size()));
    Point point;
    point.place = placeOf(record.front()), point.job.diagnostics = diagnostics_;
    size_t before = failures_;
    for (size_t i = 0; i < record.size(); ++i) {
      bool isPrintable =
          std::ranges::none_of(record[i].text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
      if (!isPrintable) fail(record[i], fmt::format("a cell of column `{}` has a control character", heading_[i].text));
      else if (!record[i].text.empty()) readCell(heading_[i].text, record[i], point);
      else if (heading_[i].text == "model" || heading_[i].text == "device" || timeColumn(heading_[i].text))
        fail(record[i], fmt::format("the column `{}` has no value in this row", heading_[i].text));
    }
    if (!point.job.strategy.empty() && point.count == 0)
      fail(record.front(), "a strategy is one of several devices: the column `devices` says how many");
    if (!point.stage.empty() && point.count != 0)
      fail(record.front(), "several devices share a whole job, not a stage of it");
    if (failures_ == before) points_.push_back(std::move(point));
  }

  void readCell(const std::string &column, const CsvCell &cell, Point &point) {
    const std::string &text = cell.text;
    if (const TimeColumn *time = timeColumn(column)) readTime(cell, time->seconds, point);
    else if (column == "model") point.job.file = fileBeside(file_, text, invocation_);
    else if (column == "set")
      for (std::string &setting : parts(text, " ;")) point.job.settings.push_back(std::move(setting));
    else if (column.starts_with(kInput)) point.job.settings.push_back(column.substr(kInput.size()) + "=" + text);
    else if (column == "devices") readCount(cell, point);
    else if (column == "device") {
      point.devices = parts(text, "/");
      if (point.devices.empty()) return fail(cell, "this names no device");
      point.job.device = point.devices.front();
    } else if (column == "stage") point.stage = text;
    else if (column == "source") point.source = text;
    else if (column == "note") point.note = text;
    else point.job.*optionColumn(column)->given = text;
  }

  void readTime(const CsvCell &cell, double unit, Point &point) {
    auto value = numberOf<double>(cell.text);
    if (!value || !std::isfinite(*value)) return fail(cell, fmt::format("`{}` is no number", cell.text));
    point.seconds = *value * unit;
    if (!std::isnormal(point.seconds) || point.seconds < 0)
      fail(cell, fmt::format("`{}`: a measured time is more than 0", cell.text));
  }

  void readCount(const CsvCell &cell, Point &point) {
    constexpr uint32_t kMost = 1'000'000;
    auto value = numberOf<uint32_t>(cell.text);
    if (!value || *value == 0 || *value > kMost)
      return fail(cell, fmt::format("`{}` is no number of devices from 1 to {}", cell.text, kMost));
    point.count = *value;
  }

  const std::string &file_;
  const DiagnosticOptions &diagnostics_;
  const Invocation &invocation_;
  CsvRecord heading_;
  std::vector<Point> points_;
  size_t failures_ = 0;
};

} // namespace

std::string Point::title() const {
  std::string text = std::filesystem::path(job.file).filename().string();
  for (const std::string *each : {&job.pipeline, &job.workload, &job.precision})
    if (!each->empty()) text += " " + *each;
  for (const std::string &each : job.settings) text += " " + each;
  if (!stage.empty()) text += ", " + stage;
  if (count > 1) text += fmt::format(", {} devices", count);
  return text;
}

std::optional<std::vector<Point>> readPoints(const std::string &file, const DiagnosticOptions &diagnostics,
                                             const Invocation &invocation) {
  return PointReader(file, diagnostics, invocation).read();
}

} // namespace mdl::tool
