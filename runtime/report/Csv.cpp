//===- Csv.cpp - Reports as CSV -------------------------------------------===//
#include "Csv.h"
#include "StaticAnalysis.h"
#include <array>

namespace mdl::runtime {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

void writeText(Output &out, std::string_view text) { writeCsvText(out, text); }

void writeNumber(Output &out, const Number &value) {
  if (value.kind == Number::Kind::Exact) out << value.exact;
  if (value.kind == Number::Kind::Real) out << value.real;
}

void writeIdentity(Output &out, std::string_view id, std::string_view parent, std::string_view name, const Node &node) {
  for (std::string_view text : {id, parent, name, std::string_view(node.op)}) {
    writeText(out, text);
    out << ',';
  }
  writeText(out, node.category);
}

/// What every row carries, so that it can be read alone.
void writeTarget(Output &out, const Report &report, std::string_view id, std::string_view bottleneck) {
  if (!report.target) return;
  const Target &target = *report.target;
  std::string_view compute = target.precision.compute, storage = target.precision.storage;
  for (const StagePrecision &stage : target.precision.stages) // of the row's own stage, where it differs
    if (!stage.stage.empty() && id.substr(0, id.find('.')) == stage.stage)
      compute = stage.compute, storage = stage.storage;
  for (std::string_view text : {std::string_view(target.precision.name), compute, storage}) {
    out << ',';
    writeText(out, text);
  }
  if (!target.device) return;
  out << ',';
  writeText(out, target.device->name);
  out << ',';
  writeText(out, target.chosen->name);
  out << ',' << bottleneck;
}

/// Times have columns when there is a device; other metrics always, empty where the convention does not have them.
bool hasColumn(const Metric &metric) { return !metric.absent || metric.unit != "s"; }

template <class AnyRow> void writeRest(Output &out, const Report &report, const AnyRow &row) {
  std::span<const Number> values = row.values;
  Int calls = row.calls;
  bool uniform = row.uniformCalls;
  out << ',' << calls << ',' << (uniform ? "true" : "false");
  for (size_t i = 0; i < values.size(); ++i) {
    if (!hasColumn(report.program->metrics[i])) continue;
    out << ',';
    writeNumber(out, values[i]);
  }
  writeTarget(out, report, row.id, row.bottleneck);
}

/// Which model by which rules, and whether the job is in its claimed range: the same in every row.
class Origin {
public:
  explicit Origin(const Report &report, std::string_view version)
      : texts_{version, report.program->convention, report.program->traffic},
        outside_(!extrapolations(report).empty()) {}

  static constexpr std::string_view kNames = ",model_version,convention,traffic,extrapolation";

  void write(Output &out) const {
    for (std::string_view text : texts_) out << ',', writeText(out, text);
    out << ',' << (outside_ ? "true" : "false");
  }

private:
  std::array<std::string_view, 3> texts_;
  bool outside_;
};

/// The heads of what `writeRest` writes after the calls.
void writeMetricNames(Output &out, const Report &report) {
  for (const Metric &metric : report.program->metrics) {
    if (!hasColumn(metric)) continue;
    out << ',';
    writeText(out, metric.name);
  }
  if (report.target) out << ",precision,compute_precision,storage_bits";
  if (report.target && report.target->device) out << ",device,utilisation,bottleneck";
}

} // namespace

void writeCsvText(Output &out, std::string_view text) {
  bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out << (formula ? "'" : "") << text;
    return;
  }
  out << '"' << (formula ? "'" : "");
  for (char c : text) out << (c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1));
  out << '"';
}

void renderCsv(const Report &report, const RenderOptions &, Output &out) {
  bool folded = report.rows.empty();
  out << "id,parent,name,operator,category" << (folded ? ",copies" : "") << ",calls,uniform_calls";
  writeMetricNames(out, report);
  out << Origin::kNames << kLineEnd;
  Origin origin(report, report.facts ? std::string_view(report.facts->version) : std::string_view());
  for (const Row &row : report.rows) {
    writeIdentity(out, row.id, row.parent, row.name, *row.node);
    writeRest(out, report, row);
    origin.write(out);
    out << kLineEnd;
  }
  if (!folded) return;
  for (const FoldedRow &row : report.folded) {
    writeIdentity(out, row.id, row.parent, row.label, *row.node);
    out << ',' << row.copies;
    writeRest(out, report, row);
    origin.write(out);
    out << kLineEnd;
  }
}

//===--- layers.csv ---------------------------------------------------------------===//

/// Leaves only, so a sum over a column is the total. The last columns tell where the row is from.
void renderLayers(const StaticAnalysis &analysis, Output &out) {
  const Report &report = analysis.report;
  auto work = analysis.work(), time = analysis.time();
  out << "id,parent,name,operator,category,report_category" << (work ? ",share_of_flops" : "")
      << (time ? ",share_of_time" : "") << ",calls,uniform_calls";
  writeMetricNames(out, report);
  out << ",report_id" << Origin::kNames << kLineEnd;
  Origin origin(report, analysis.facts.version);
  for (size_t i = 0; i < report.rows.size(); ++i) {
    auto category = analysis.categories.of(i);
    if (!category) continue;
    const Row &row = report.rows[i];
    writeIdentity(out, row.id, row.parent, row.name, *row.node);
    out << ',';
    writeText(out, analysis.categories.totals()[*category].name);
    if (work) out << ',' << analysis.share(row.values, *work);
    if (time) out << ',' << analysis.share(row.values, *time);
    writeRest(out, report, row);
    out << ',';
    writeText(out, analysis.id);
    origin.write(out);
    out << kLineEnd;
  }
}

} // namespace mdl::runtime
