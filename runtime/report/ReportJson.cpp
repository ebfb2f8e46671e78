//===- ReportJson.cpp - report.json ---------------------------------------===//
// One line for each module, so that the form can be searched and compared by line.
//===----------------------------------------------------------------------===//
#include "JsonMembers.h"
#include "JsonTarget.h"
#include "StaticAnalysis.h"
#include "Summary.h"

namespace mdl::runtime {
namespace {

constexpr std::string_view kLine = ",\n    ";
constexpr const char *kFolds[] = {"sum", "once", "peak", "each"};

class ReportWriter {
public:
  ReportWriter(const StaticAnalysis &analysis, Output &out)
      : analysis_(analysis), report_(analysis.report), facts_(analysis.facts), program_(*analysis.report.program),
        out_(out) {}

  void write() {
    out_ << "{\n  \"schema\": \"mdlc.report/1\"";
    key("report_id"), writeJsonString(out_, analysis_.id);
    key("model"), writeModel();
    key("workload"), writeWorkload();
    key("convention"), writeJsonString(out_, program_.convention);
    key("traffic"), writeJsonString(out_, program_.traffic);
    if (report_.target) writeJsonTarget(out_, *report_.target);
    key("geometry"), writeNumbers(false);
    key("configuration"), writeNumbers(true);
    key("assumptions"), writeStrings(report_.assumptions);
    key("extrapolation"), writeStrings(analysis_.extrapolations());
    key("not_modelled"), writeStrings(program_.notModelled);
    key("metrics"), writeDefinitions();
    key("totals"), writeTotals();
    if (!report_.bestTotals.empty()) key("totals_best"), writeEnd(report_.bestTotals);
    if (!report_.worstTotals.empty()) key("totals_worst"), writeEnd(report_.worstTotals);
    if (report_.memory) key("memory"), writeJsonMemory(out_, *report_.memory, report_.target->residency.name);
    key("categories"), writeCategories();
    key("modules"), writeModules();
    key("artifacts"), writeStrings(analysis_.artifacts);
    if (analysis_.provenance) key("provenance"), writeProvenance();
    out_ << "\n}\n";
  }

private:
  void key(std::string_view name) {
    out_ << ",\n  ";
    writeJsonString(out_, name);
    out_ << ": ";
  }

  void writeStrings(const std::vector<std::string> &strings) {
    writeJsonList(out_, strings, [&](const std::string &text) { writeJsonString(out_, text); });
  }

  void writeSource(const ModelSource &source) {
    out_ << '{';
    Members(out_)
        .text("path", source.path)
        .text("sha256", source.sha256)
        .textOrNull("vendor", source.vendor)
        .textOrNull("commit", source.commit)
        .boolean("of_model", source.ofModel);
    out_ << '}';
  }

  void writeModel() {
    Members members(out_);
    out_ << '{';
    members.text("name", program_.model).text("title", program_.title).text("family", facts_.family);
    members.text("variant", facts_.variant).text("version", facts_.version);
    members.textOrNull("vendor", facts_.vendor).textOrNull("commit", facts_.commit);
    members.start("sources");
    out_ << "[\n    ";
    bool first = true;
    for (const ModelSource &source : facts_.sources) {
      if (!first) out_ << kLine;
      first = false;
      writeSource(source);
    }
    out_ << "\n  ]}";
  }

  void writeInputValue(Members &members, std::string_view name, const BoundInput &bound) {
    switch (bound.input->type) {
    case InputType::Integer: members.number(name, bound.value); return;
    case InputType::Boolean: members.boolean(name, !bound.value.isZero()); return;
    case InputType::Choice: members.text(name, bound.text());
    }
  }

  void writeInput(const BoundInput &bound, Int otherwise) {
    Members members(out_);
    out_ << '{';
    members.text("name", bound.input->name);
    writeInputValue(members, "value", bound);
    writeInputValue(members, "default", {bound.input, otherwise});
    members.textOrNull("unit", unitOf(*bound.input));
    bool counts = bound.input->type == InputType::Integer;
    if (counts && bound.input->lo) members.number("least", *bound.input->lo);
    if (counts && bound.input->hi) members.number("most", *bound.input->hi);
    members.text("about", bound.input->doc);
    out_ << '}';
  }

  void writeWorkload() {
    out_ << "{\"name\": ";
    if (report_.workload.empty()) out_ << "null";
    else writeJsonString(out_, report_.workload);
    out_ << ", \"inputs\": [";
    for (size_t i = 0; i < report_.inputs.size(); ++i) {
      out_ << (i == 0 ? "\n    " : kLine);
      writeInput(report_.inputs[i], facts_.defaults[i]);
    }
    out_ << (report_.inputs.empty() ? "]}" : "\n  ]}");
  }

  void writeNumbers(bool configuration) {
    Members members(out_);
    out_ << '{';
    for (const NamedNumber &each : facts_.numbers)
      if (each.isConfiguration() == configuration) members.number(each.name, each.value);
    out_ << '}';
  }

  void writeDefinitions() {
    out_ << '[';
    for (size_t i = 0; i < program_.metrics.size(); ++i) {
      const Metric &metric = program_.metrics[i];
      out_ << (i == 0 ? "\n    {" : ",\n    {");
      Members members(out_);
      members.text("name", metric.name).text("title", metric.title);
      members.text("unit", metric.unit.empty() ? "count" : metric.unit);
      members.text("fold", kFolds[static_cast<size_t>(metric.fold)]).boolean("absent", metric.absent);
      members.boolean("exact", report_.totals[i].kind == Number::Kind::Exact);
      out_ << '}';
    }
    out_ << "\n  ]";
  }

  void writeValues(Members &members, std::span<const Number> values) {
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i].isPresent()) members.number(program_.metrics[i].name, values[i]);
  }

  void writeShares(Members &members, std::span<const Number> values) {
    if (auto work = analysis_.work()) members.number("share_of_flops", analysis_.share(values, *work));
    if (auto time = analysis_.time()) members.number("share_of_time", analysis_.share(values, *time));
  }

  void writeTotals() {
    Members members(out_);
    out_ << '{';
    writeValues(members, report_.totals);
    if (!report_.peakAt.empty()) members.text("activation_peak_at", report_.peakAt);
    if (!report_.bottleneck.empty()) members.text("bottleneck", report_.bottleneck);
    out_ << '}';
  }

  void writeEnd(const std::vector<Number> &totals) {
    Members members(out_);
    out_ << '{';
    for (size_t i = 0; i < totals.size(); ++i)
      if (totals[i].isPresent() && totals[i] != report_.totals[i]) members.number(program_.metrics[i].name, totals[i]);
    out_ << '}';
  }

  void writeCategories() {
    out_ << '[';
    bool first = true;
    for (const CategoryTotal &total : analysis_.categories.totals()) {
      out_ << (first ? "\n    {" : ",\n    {");
      first = false;
      Members members(out_);
      members.text("name", total.name).text("title", total.title).number("leaves", total.leaves);
      members.number("calls", total.calls);
      members.start("metrics");
      Members metrics(out_);
      out_ << '{';
      writeValues(metrics, total.values);
      out_ << '}';
      writeShares(members, total.values);
      out_ << '}';
    }
    out_ << (first ? "]" : "\n  ]");
  }

  void writeModule(uint32_t at, const std::string &stage) {
    const Row &row = report_.rows[at];
    Members members(out_);
    out_ << "\n    {";
    members.text("id", row.id).textOrNull("parent", row.parent);
    members.start("children");
    writeJsonList(out_, analysis_.children[at], [&](uint32_t child) { writeJsonString(out_, report_.rows[child].id); });
    members.text("name", row.name).text("operator", row.node->op).text("stage", stage);
    members.text("category", row.node->category);
    auto category = analysis_.categories.of(at);
    members.textOrNull("report_category", category ? analysis_.categories.totals()[*category].name : "");
    members.number("calls", row.calls).boolean("uniform_calls", row.uniformCalls);
    members.start("metrics");
    Members metrics(out_);
    out_ << '{';
    writeValues(metrics, row.values);
    out_ << '}';
    writeShares(members, row.values);
    if (!row.bottleneck.empty()) members.text("bottleneck", row.bottleneck);
    out_ << '}';
  }

  void writeModules() {
    out_ << '[';
    std::string stage;
    for (uint32_t i = 0; i < report_.rows.size(); ++i) {
      if (report_.rows[i].parent.empty()) stage = report_.rows[i].id;
      if (i != 0) out_ << ',';
      writeModule(i, stage);
    }
    out_ << "\n  ]";
  }

  void writeProvenance() {
    const Provenance &from = *analysis_.provenance;
    out_ << '{';
    Members(out_).text("tool", from.tool).text("time", from.time).text("host", from.host).text("command", from.command);
    out_ << '}';
  }

  const StaticAnalysis &analysis_;
  const Report &report_;
  const ModelFacts &facts_;
  const Program &program_;
  Output &out_;
};

} // namespace

void renderReportJson(const StaticAnalysis &analysis, Output &out) { ReportWriter(analysis, out).write(); }

} // namespace mdl::runtime
