//===- SizingJson.cpp - A sizing run as JSON ------------------------------===//
#include "Json.h"
#include "JsonTarget.h"
#include "SizingReport.h"
#include <algorithm>

namespace mdl::runtime {
namespace {

/// What rows and summaries mean, for a reader who has nothing but the file.
constexpr std::pair<const char *, const char *> kMeanings[] = {
    {"units", "SI: s, FLOP, B, per s; a column of another schema has that schema's units"},
    {"total_cost_s", "latency of all requests of the row, by the rule of the strategy"},
    {"tensor_cost_s, cuda_cost_s, io_cost_s, com_cost_s",
     "what matrix units, vector units, memory and links need, each by itself"},
    {"flops_*, bytes_*", "work of all devices together"},
    {"weight_bytes, params, kv_bytes, state_bytes, activation_peak_bytes, workspace_bytes, memory_bytes_per_device",
     "of one device; empty where the strategy does not say what a device holds"},
    {"used_*", "work of all devices over latency"},
    {"bottleneck", "the resource whose time by itself is longest"},
    {"required_*_per_s", "one request in one second; _vs_peak: over the peaks of all devices"},
    {"saturation_batch_size", "the smallest batch with nearly the best throughput (`saturation` of the strategy)"},
};

class Writer {
public:
  Writer(const SizingDocument &document, Output &out)
      : document_(document), result_(*document.result), request_(*result_.request),
        program_(*request_.jobs.front().program), out_(out) {}

  void writeMetadata() {
    out_ << "\n  \"metadata\": {\n    \"run_id\": ";
    text(document_.runId);
    key("model"), text(program_.model);
    key("title"), text(program_.title);
    key("request"), text(request_.unit);
    key("strategy"), writeStrategy();
    Output target;
    writeJsonTarget(target, *request_.target);
    indent(target.take());
    key("residency"), text(request_.target->residency.name);
    key("utilisations"), list(std::span(request_.utilisations).first(request_.asked),
                              [&](const SizingUtilisation &each) { text(each.info.name); });
    key("modes"), list(request_.modes, [&](const SizingMode &each) {
      out_ << "{\"name\": ";
      text(each.name);
      out_ << ", \"title\": ";
      text(each.title);
      member("stages"), writeStagesOf(static_cast<size_t>(&each - request_.modes.data()));
      out_ << '}';
    });
    key("workloads");
    list(request_.jobs, [&](const SizingJob &each) {
      writeWorkload(each, document_.breakdowns[static_cast<size_t>(&each - request_.jobs.data())].notes);
    });
    key("batch_sizes"), list(request_.batches, [&](Int each) { writeJsonNumber(out_, each); });
    key("device_nums"), list(request_.devices, [&](Int each) { writeJsonNumber(out_, each); });
    key("conventions");
    out_ << "{\"flops\": ";
    text(program_.convention);
    out_ << ", \"traffic\": ";
    text(program_.traffic);
    for (auto [name, meaning] : kMeanings) {
      out_ << ",\n      ";
      text(name);
      out_ << ": ";
      text(meaning);
    }
    out_ << '}';
    key("assumptions"), list(program_.assumptions, [&](const std::string &each) { text(each); });
    key("not_modelled"), list(program_.notModelled, [&](const std::string &each) { text(each); });
    out_ << "\n  }";
  }

  /// Each stage at one request: work, storage and times.
  void writeBreakdown() {
    out_ << ",\n  \"stage_breakdown\": {";
    for (size_t i = 0; i < request_.jobs.size(); ++i) {
      out_ << (i == 0 ? "\n    " : ",\n    ");
      text(nameOf(request_.jobs[i]));
      out_ << ": {";
      const Program &program = *request_.jobs[i].program;
      for (size_t k = 0; k < program.roots.size(); ++k) {
        out_ << (k == 0 ? "\n      " : ",\n      ");
        text(program.nodes[program.roots[k]].label.front().text);
        out_ << ": ";
        writeNumbers(program, document_.breakdowns[i].calls[k], document_.breakdowns[i].stages[k]);
      }
      out_ << "\n    }";
    }
    out_ << "\n  }";
  }

  void writeSummaries() {
    out_ << ",\n  \"summaries\": ";
    list(result_.summaries, [&](const SizingSummary &each) {
      out_ << "\n    {\"workload\": ";
      text(nameOf(request_.jobs[each.job]));
      member("model_mode"), text(request_.modes[each.mode].name);
      member("util_profile"), text(request_.utilisations[each.utilisation].info.name);
      member("device_num"), writeJsonNumber(out_, each.devices);
      member("primary_bottleneck"), text(each.bottleneck);
      member("latency_batch1_s"), out_ << each.latencyOfOne;
      member("peak_requests_per_s"), out_ << each.best->requestsPerSecond();
      member("peak_batch_size"), writeJsonNumber(out_, each.best->batch);
      member("peak_fits"), out_ << (each.best->fits() ? "true" : "false");
      member("saturation_batch_size"), writeJsonNumber(out_, each.saturationBatch);
      for (const SizingNeed &need : each.needs) {
        member("required_" + need.resource + "_per_s"), writeJsonNumber(out_, Number::ofReal(need.perSecond));
        member("required_" + need.resource + "_vs_peak"), out_ << need.ofPeaks;
        member("used_" + need.resource + "_vs_peak_at_peak_throughput");
        out_ << need.ofPeaks * each.best->requestsPerSecond();
      }
      if (const SizingNeed *most = each.dominant())
        member("dominant_gap_resource"), text(most->resource), member("required_dominant_vs_peak"),
            out_ << most->ofPeaks;
      out_ << '}';
    });
  }

  void writeProvenance() {
    out_ << ",\n  \"provenance\": {\"tool\": ";
    text(document_.provenance.tool);
    out_ << ",\n    \"files\": ";
    list(document_.provenance.files, [&](const SizingProvenance::File &each) {
      out_ << "\n      {\"path\": ";
      text(each.path);
      member("sha256"), text(each.sha256);
      out_ << '}';
    });
    out_ << '}';
  }

private:
  void text(std::string_view value) { writeJsonString(out_, value); }
  void key(std::string_view name) {
    out_ << ",\n    ";
    text(name);
    out_ << ": ";
  }
  void member(std::string_view name) {
    out_ << ", ";
    text(name);
    out_ << ": ";
  }
  template <class List, class WriteOne> void list(const List &items, WriteOne writeOne) {
    out_ << '[';
    bool first = true;
    for (const auto &item : items) {
      if (!first) out_ << ", ";
      first = false;
      writeOne(item);
    }
    out_ << ']';
  }
  /// Members that were written for the outermost object, two blanks deeper.
  void indent(const std::string &members) {
    for (char c : members) {
      out_ << c;
      if (c == '\n') out_ << "  ";
    }
  }
  static std::string_view nameOf(const SizingJob &job) {
    return job.workload.empty() ? std::string_view("default") : std::string_view(job.workload);
  }

  void writeStrategy() {
    const Strategy &strategy = *request_.strategy;
    out_ << "{\"name\": ";
    text(strategy.name);
    member("title"), text(strategy.title);
    member("divides"), text(strategy.divides);
    member("rule"), text(strategy.rule);
    member("assumptions"), list(strategy.assumptions, [&](const std::string &each) { text(each); });
    out_ << '}';
  }

  /// The names of a mode's stages, in the order of the program.
  void writeStagesOf(size_t mode) {
    const std::vector<size_t> &chosen = request_.jobs.front().stages[mode];
    std::vector<std::string_view> names;
    for (size_t i = 0; i < program_.roots.size(); ++i)
      if (chosen.empty() || std::ranges::find(chosen, i) != chosen.end())
        names.push_back(program_.nodes[program_.roots[i]].label.front().text);
    list(names, [&](std::string_view each) { text(each); });
  }

  void writeWorkload(const SizingJob &job, const std::vector<std::string> &notes) {
    out_ << "{\"name\": ";
    text(nameOf(job));
    member("title"), text(job.title);
    member("inputs");
    out_ << '{';
    bool first = true;
    for (size_t i = 0; i < job.inputs.size(); ++i) {
      if (i == job.divided) continue;
      const Input &input = job.program->inputs[i];
      if (!first) out_ << ", ";
      first = false;
      text(input.name);
      out_ << ": ";
      BoundInput bound{&input, job.inputs[i]};
      if (input.type == InputType::Integer) writeJsonNumber(out_, job.inputs[i]);
      else if (input.type == InputType::Boolean) out_ << bound.text();
      else text(bound.text());
    }
    out_ << '}';
    member("notes"), list(notes, [&](const std::string &each) { text(each); });
    out_ << '}';
  }

  void writeNumbers(const Program &program, const Number &calls, const std::vector<Number> &values) {
    out_ << '{';
    bool first = !calls.isPresent();
    if (!first) out_ << "\"calls\": ", writeJsonNumber(out_, calls);
    for (size_t i = 0; i < values.size(); ++i) {
      if (!values[i].isPresent()) continue;
      if (!first) out_ << ", ";
      first = false;
      text(program.metrics[i].name);
      out_ << ": ";
      writeJsonNumber(out_, values[i]);
    }
    out_ << '}';
  }

  const SizingDocument &document_;
  const SizingResult &result_;
  const SizingRequest &request_;
  const Program &program_;
  Output &out_;
};

} // namespace

void writeSizingJson(const SizingDocument &document, const SizingTable &table, Output &out) {
  out << "{\n  \"schema\": \"mdlc.size/1\",";
  if (!document.rowSchema.empty()) {
    out << "\n  \"row_schema\": ";
    writeJsonString(out, document.rowSchema);
    out << ',';
  }
  Writer writer(document, out);
  writer.writeMetadata();
  writer.writeBreakdown();
  writer.writeSummaries();
  out << ",\n  \"rows\": ";
  writeJson(table, out);
  writer.writeProvenance();
  out << "\n}\n";
}

} // namespace mdl::runtime
