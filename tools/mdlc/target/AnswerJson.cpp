//===- AnswerJson.cpp - A configuration for programs ----------------------===//
#include "Answer.h"
#include "runtime/report/Csv.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/JsonTarget.h"
#include <cmath>

namespace mdl::tool {
namespace {

using runtime::Members;
using runtime::Number;

Number numberOf(const Cell &cell) {
  if (cell.kind == Cell::Kind::Count) return Number::of(cell.exact);
  return cell.kind == Cell::Kind::Real ? Number::ofReal(cell.value) : Number();
}

const char *statusOf(const Candidate &candidate) {
  return candidate.answer ? "met" : candidate.error.empty() ? "not met" : "error";
}

const char *nameOf(runtime::Concern about) {
  return about == runtime::Concern::Time ? "time" : about == runtime::Concern::Budget ? "budget" : "count";
}

class Json {
public:
  Json(const Search &search, runtime::Output &out) : search_(search), out_(out) {}

  void write() {
    const Candidate &best = search_.candidates().front();
    const runtime::SizingJob &job = best.variant->fleet->plan->request.jobs.front();
    out_ << "{\n  ";
    Members members(out_, ",\n  ");
    members.text("schema", "mdlc.target/1").text("model", job.program->model).textOrNull("workload", job.workload);
    members.start("inputs"), writeInputs(job);
    members.text("target", search_.target()).text("order", search_.question().byCost ? "cost" : "devices");
    if (const auto &sharding = best.variant->compilation->targetInfo().sharding)
      members.start("sharding"), runtime::writeJsonSharding(out_, *sharding);
    members.start("devices"), writeValues(search_.question().devices);
    members.start("requests"), writeValues(search_.question().requests);
    members.boolean("met", best.answer.has_value());
    members.start("quantities"), writeQuantities();
    members.start("candidates");
    out_ << "[\n    ";
    bool first = true;
    for (const Candidate &each : search_.candidates()) {
      out_ << (first ? "" : ",\n    ");
      first = false;
      writeCandidate(each);
    }
    out_ << "\n  ]\n}\n";
  }

private:
  /// The least and the most of the values, and how many there are.
  void writeValues(const std::vector<Int> &values) {
    out_ << '{';
    Members(out_).number("least", values.front()).number("most", values.back()).number("count", Int(values.size()));
    out_ << '}';
  }

  /// All inputs of the job but the one that is searched.
  void writeInputs(const runtime::SizingJob &job) {
    out_ << '{';
    Members members(out_);
    for (size_t i = 0; i < job.inputs.size(); ++i) {
      const runtime::Input &input = job.program->inputs[i];
      if (i == job.divided) continue;
      if (input.type == runtime::InputType::Integer) members.number(input.name, job.inputs[i]);
      else if (input.type == runtime::InputType::Boolean) members.boolean(input.name, !job.inputs[i].isZero());
      else members.text(input.name, runtime::BoundInput{&input, job.inputs[i]}.text());
    }
    out_ << '}';
  }

  void writeQuantities() {
    out_ << '[';
    bool first = true;
    for (const std::string &name : search_.outputs()) {
      const runtime::Quantity *of = search_.quantity(name);
      if (!of) continue;
      out_ << (first ? "{" : ", {");
      first = false;
      Members(out_)
          .text("name", name)
          .text("title", of->title)
          .textOrNull("unit", of->unit)
          .text("about", nameOf(of->about));
      out_ << '}';
    }
    out_ << ']';
  }

  void writeCandidate(const Candidate &candidate) {
    out_ << '{';
    Members members(out_);
    for (size_t i = 0; i < search_.axes().all().size(); ++i)
      members.text(search_.axes().all()[i].names()[0], search_.axes().all()[i].text(candidate.positions[i], 0));
    members.text("status", statusOf(candidate)).textOrNull("error", candidate.error);
    members.start("counted_by"), writeStatements(*candidate.variant);
    members.start("configuration"), writeConfiguration(candidate.answer);
    members.start("nearest"), writeConfiguration(candidate.nearest);
    members.start("limits");
    runtime::writeJsonList(out_, candidate.limits, [&](const Limit &each) {
      out_ << '{';
      Members(out_).text("text", each.text).text("left", each.left).text("right", each.right).text("by", each.by);
      out_ << '}';
    });
    members.number("points", Int(candidate.asked)).boolean("proven", candidate.isProven);
    out_ << '}';
  }

  void writeStatements(const Variant &variant) {
    out_ << '{';
    Members members(out_);
    for (const auto &[name, value] : variant.statements)
      if (name != "devices") members.text(name, value);
    out_ << '}';
  }

  void writeConfiguration(const std::optional<Configuration> &of) {
    if (!of) return void(out_ << "null");
    out_ << '{';
    Members members(out_);
    members.number("devices", of->devices).number("requests", of->requests).text("status", of->status);
    if (std::isfinite(of->shortfall)) members.number("shortfall", of->shortfall);
    else members.null("shortfall");
    members.start("quantities"), writeCells(*of);
    members.textOrNull("bottleneck", of->at ? of->at->row.bottleneck : "");
    members.start("memory"), writeMemory(of->memory);
    members.start("notes");
    runtime::writeJsonList(out_, of->notes, [&](const std::string &each) { runtime::writeJsonString(out_, each); });
    out_ << '}';
  }

  void writeCells(const Configuration &of) {
    out_ << '{';
    Members members(out_);
    for (size_t i = 0; i < of.row.cells.size(); ++i)
      if (search_.quantity(search_.outputs()[i])) members.number(search_.outputs()[i], numberOf(of.row.cells[i]));
    out_ << '}';
  }

  void writeMemory(const std::optional<runtime::DeviceMemory> &memory) {
    if (!memory) return void(out_ << "null");
    out_ << '{';
    Members members(out_);
    for (const runtime::StageMemory &stage : memory->stages)
      if (stage.stage == memory->stage)
        members.text("stage", stage.stage)
            .number("weights", stage.weights)
            .number("kv", stage.kv)
            .number("state", stage.state)
            .number("activations", stage.activations);
    members.number("total", memory->total);
    if (memory->capacity) members.number("capacity", *memory->capacity).boolean("fits", memory->fits());
    else members.null("capacity").null("fits");
    members.text("largest", largestPart(*memory));
    out_ << '}';
  }

  const Search &search_;
  runtime::Output &out_;
};

} // namespace

void writeJson(const Search &search, runtime::Output &out) { Json(search, out).write(); }

//===--- CSV --------------------------------------------------------------------------------===//

void writeCsv(const Search &search, runtime::Output &out) {
  std::vector<size_t> shown;
  for (size_t i = 0; i < search.outputs().size(); ++i)
    if (search.quantity(search.outputs()[i])) shown.push_back(i);
  for (const Axis &axis : search.axes().all()) runtime::writeCsvText(out, axis.names()[0]), out << ',';
  for (const std::string &name : search.statementNames())
    if (name != "devices") out << name << ',';
  out << "status,device_num,requests,shortfall";
  for (size_t i : shown) out << ',', runtime::writeCsvText(out, search.outputs()[i]);
  out << ",memory_bytes_per_device,bottleneck,limits,error\r\n";
  for (const Candidate &each : search.candidates()) {
    for (size_t i = 0; i < search.axes().all().size(); ++i)
      runtime::writeCsvText(out, search.axes().all()[i].text(each.positions[i], 0)), out << ',';
    for (const std::string &name : search.statementNames()) {
      if (name == "devices") continue;
      for (const auto &[stated, value] : each.variant->statements)
        if (stated == name) runtime::writeCsvText(out, value);
      out << ',';
    }
    const auto &at = each.answer ? each.answer : each.nearest;
    out << statusOf(each) << ',';
    if (at) out << at->devices << ',' << at->requests << ',';
    else out << ",,";
    if (at && std::isfinite(at->shortfall)) out << at->shortfall;
    for (size_t i : shown) {
      out << ',';
      if (!at || i >= at->row.cells.size()) continue;
      if (Number value = numberOf(at->row.cells[i]); value.kind == Number::Kind::Exact) out << value.exact;
      else if (value.isPresent()) out << value.real;
    }
    out << ',';
    if (at && at->memory) out << at->memory->total;
    out << ',';
    if (at && at->at) runtime::writeCsvText(out, at->at->row.bottleneck);
    std::string limits;
    for (const Limit &limit : each.limits) limits += (limits.empty() ? "" : "; ") + limit.text + ": " + limit.by;
    out << ',', runtime::writeCsvText(out, limits);
    out << ',', runtime::writeCsvText(out, each.error);
    out << "\r\n";
  }
}

} // namespace mdl::tool
