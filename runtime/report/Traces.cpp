//===- Traces.cpp - Reports for viewers of profiles -----------------------===//
#include "Traces.h"
#include "JsonMembers.h"
#include <map>

namespace mdl::runtime {
namespace {

/// A row of either tree.
struct TraceRow {
  std::string_view id, parent, label;
  const Node *node;
  Int copies, calls;
  std::span<const Number> values;
  size_t depth = 0;
  bool isLeaf = true;
};

/// In the order of the report; the depth follows from the parents.
std::vector<TraceRow> rowsOf(const Report &report) {
  std::vector<TraceRow> rows;
  for (const Row &row : report.rows) rows.push_back({row.id, row.parent, row.name, row.node, 1, row.calls, row.values});
  if (rows.empty())
    for (const FoldedRow &row : report.folded)
      rows.push_back({row.id, row.parent, row.label, row.node, row.copies, row.calls, row.values});
  std::vector<size_t> around;
  for (size_t i = 0; i < rows.size(); ++i) {
    while (!around.empty() && rows[around.back()].id != rows[i].parent) around.pop_back();
    rows[i].depth = around.size();
    if (!around.empty()) rows[around.back()].isLeaf = false;
    around.push_back(i);
  }
  return rows;
}

double widthOf(const TraceRow &row, size_t metric) {
  return row.values[metric].isPresent() ? row.values[metric].toDouble() : 0;
}

std::string frameName(const TraceRow &row) {
  std::string name(row.label);
  if (row.copies != Int(1)) name += " ×" + toString(row.copies);
  if (!row.node->op.empty() && row.node->op != "stage") name += " · " + row.node->op;
  return name;
}

/// `models/wan2.1/dit.mdl` and `27` of `models/wan2.1/dit.mdl:27:16`.
std::pair<std::string, std::string> sourceOf(const Node &node) {
  size_t column = node.place.rfind(':');
  size_t line = column == std::string::npos || column == 0 ? std::string::npos : node.place.rfind(':', column - 1);
  if (line == std::string::npos) return {};
  return {node.place.substr(0, line), node.place.substr(line + 1, column - line - 1)};
}

std::string titleOf(const Report &report) {
  std::string title = report.program->model;
  if (!report.workload.empty()) title += " " + report.workload;
  if (report.target) title += ", " + report.target->precision.name;
  if (report.target && report.target->device)
    title += " on " + report.target->device->name + ", " + report.target->chosen->name;
  return title;
}

/// Frames with the same name and place are one, so that a viewer adds up the copies of an operator.
class Speedscope {
public:
  Speedscope(const Report &report, Output &out)
      : report_(report), metric_(*traceMetric(report)), rows_(rowsOf(report)), out_(out) {}

  void write() {
    findFrames();
    const Metric &metric = report_.program->metrics[metric_];
    out_ << '{';
    Members members(out_, ",\n");
    members.text("$schema", "https://www.speedscope.app/file-format-schema.json");
    members.text("name", titleOf(report_)).text("exporter", "mdlc").number("activeProfileIndex", Int(0));
    members.start("shared");
    out_ << "{\"frames\": ";
    writeJsonList(out_, frames_, [&](const TraceRow *row) { writeFrame(*row); }, ",\n");
    out_ << "}";
    members.start("profiles");
    out_ << "[{";
    Members profile(out_, ",\n");
    profile.text("type", "sampled").text("name", metric.unit == "s" ? metric.title : metric.title + " (FLOP)");
    profile.text("unit", metric.unit == "s" ? "seconds" : "none").number("startValue", Int(0));
    profile.number("endValue", total_);
    profile.start("samples");
    writeJsonList(
        out_, samples_,
        [&](const std::vector<size_t> &stack) {
          writeJsonList(out_, stack, [&](size_t frame) { out_ << Int(frame); }, ",");
        },
        ",\n");
    profile.start("weights");
    writeJsonList(out_, weights_, [&](double weight) { out_ << weight; }, ",\n");
    out_ << "}]}\n";
  }

private:
  void findFrames() {
    std::vector<size_t> stack;
    for (const TraceRow &row : rows_) {
      stack.resize(row.depth);
      stack.push_back(frameOf(row));
      double width = widthOf(row, metric_);
      if (!row.isLeaf || width == 0) continue;
      samples_.push_back(stack), weights_.push_back(width), total_ += width;
    }
  }
  size_t frameOf(const TraceRow &row) {
    auto [at, isNew] = known_.try_emplace(frameName(row) + '\n' + row.node->place, frames_.size());
    if (isNew) frames_.push_back(&row);
    return at->second;
  }
  void writeFrame(const TraceRow &row) {
    auto [file, line] = sourceOf(*row.node);
    out_ << '{';
    Members frame(out_);
    frame.text("name", frameName(row));
    if (!file.empty()) frame.text("file", file).number("line", parseInt(line).value_or(0));
    out_ << '}';
  }

  const Report &report_;
  size_t metric_;
  std::vector<TraceRow> rows_;
  Output &out_;
  std::vector<const TraceRow *> frames_;
  std::map<std::string, size_t> known_;
  std::vector<std::vector<size_t>> samples_;
  std::vector<double> weights_;
  double total_ = 0;
};

/// Of FLOPs, which viewers have no unit for, 10^15 are drawn as a second.
constexpr double kFlopsInMicrosecond = 1e9, kMicroseconds = 1e6;

class ChromeTrace {
public:
  ChromeTrace(const Report &report, Output &out)
      : report_(report), metric_(*traceMetric(report)), rows_(rowsOf(report)), out_(out) {}

  void write() {
    place();
    bool timed = report_.program->metrics[metric_].unit == "s";
    out_ << "{\"displayTimeUnit\": \"ms\",\n\"otherData\": {";
    Members about(out_);
    about.text("exporter", "mdlc").text("about", titleOf(report_));
    about.text("width", timed ? "time" : "tensor FLOPs: a second stands for 10^15 FLOP");
    out_ << "},\n\"traceEvents\": [\n";
    writeName("process_name", titleOf(report_));
    out_ << ",\n";
    writeName("thread_name", timed ? "operators" : "operators, 1 s = 1 PFLOP");
    for (size_t i = 0; i < rows_.size(); ++i)
      if (end_[i] > begin_[i]) out_ << ",\n", writeEvent(rows_[i], begin_[i], end_[i]);
    out_ << "\n]}\n";
  }

private:
  /// Leaves stand one after the other; a module lasts from its first to its last leaf, whatever the rounding.
  void place() {
    begin_.resize(rows_.size()), end_.resize(rows_.size());
    bool timed = report_.program->metrics[metric_].unit == "s";
    double now = 0;
    std::vector<size_t> around;
    for (size_t i = 0; i < rows_.size(); ++i) {
      around.resize(rows_[i].depth);
      around.push_back(i);
      begin_[i] = now;
      if (!rows_[i].isLeaf) continue;
      double width = widthOf(rows_[i], metric_);
      now += timed ? width * kMicroseconds : width / kFlopsInMicrosecond;
      for (size_t each : around) end_[each] = now;
    }
  }

  void writeName(const char *what, const std::string &name) {
    out_ << "{\"ph\": \"M\", \"pid\": 1, \"tid\": 1, \"name\": \"" << what << "\", \"args\": {\"name\": ";
    writeJsonString(out_, name);
    out_ << "}}";
  }

  void writeEvent(const TraceRow &row, double begin, double end) {
    out_ << '{';
    Members event(out_);
    event.text("name", frameName(row)).text("cat", row.node->category.empty() ? "module" : row.node->category);
    event.text("ph", "X").number("pid", Int(1)).number("tid", Int(1)).number("ts", begin).number("dur", end - begin);
    event.start("args");
    out_ << '{';
    Members arguments(out_);
    arguments.text("id", row.id).number("calls", row.calls);
    for (size_t i = 0; i < row.values.size(); ++i)
      if (row.values[i].isPresent()) arguments.number(report_.program->metrics[i].name, row.values[i]);
    out_ << "}}";
  }

  const Report &report_;
  size_t metric_;
  std::vector<TraceRow> rows_;
  Output &out_;
  std::vector<double> begin_, end_; ///< In microseconds, parallel to the rows
};

} // namespace

std::optional<size_t> traceMetric(const Report &report) {
  const std::vector<Metric> &metrics = report.program->metrics;
  for (const char *name : {"time_s", "flops_tensor"})
    for (size_t i = 0; i < metrics.size(); ++i)
      if (metrics[i].name == name && !metrics[i].absent)
        return metrics[i].fold == Fold::Sum ? std::optional(i) : std::nullopt;
  return std::nullopt;
}

void renderSpeedscope(const Report &report, const RenderOptions &, Output &out) { Speedscope(report, out).write(); }
void renderChromeTrace(const Report &report, const RenderOptions &, Output &out) { ChromeTrace(report, out).write(); }

} // namespace mdl::runtime
