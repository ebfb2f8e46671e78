//===- SizingSummary.cpp - A sizing run as a page of tables ---------------===//
#include "Markdown.h"
#include "SizingReport.h"
#include "Summary.h"
#include "Units.h"
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

/// `1..32`, or the numbers themselves where some are left out.
std::string rangeText(const std::vector<Int> &values) {
  bool whole = values.size() > 2;
  for (size_t i = 1; i < values.size(); ++i) whole = whole && values[i] == values[i - 1] + 1;
  if (whole) return toString(values.front()) + " to " + toString(values.back());
  std::string text;
  for (Int each : values) text += (text.empty() ? "" : ", ") + toString(each);
  return text;
}

class Page {
public:
  Page(const SizingDocument &document, Output &out)
      : document_(document), result_(*document.result), request_(*result_.request),
        program_(*request_.jobs.front().program), out_(out) {}

  void write() {
    out_ << fmt::format("# Sizing of {} on {}\n\n", escapeMarkdown(program_.model),
                        escapeMarkdown(request_.target->device->title));
    if (!program_.title.empty()) out_ << escapeMarkdown(program_.title) << "\n\n";
    writeSettings();
    for (const SizingSummary &summary : result_.summaries) writeSummary(summary);
    writeAssumptions();
    if (!document_.figures.empty()) out_ << "\n## Figures\n";
    for (const std::string &file : document_.figures)
      out_ << fmt::format("\n![{}]({})\n", escapeMarkdown(file.substr(file.find('/') + 1)), file);
  }

private:
  void item(const std::string &text) { out_ << "- " << escapeMarkdown(text) << '\n'; }

  void writeSettings() {
    const Strategy &strategy = *request_.strategy;
    out_ << "## Key settings\n\n";
    item("Run: " + document_.runId);
    item(request_.target->precision.line());
    for (const std::string &line : deviceLines(*request_.target)) item(capital(line));
    const DeviceInfo &device = *request_.target->device;
    item("Interconnect: " + (device.link ? formatSi(Number::ofReal(*device.link), "B/s") + " in each direction"
                                         : std::string("not known")));
    item(fmt::format("Strategy: {} ({}): {}", strategy.title, strategy.name, strategy.rule));
    for (const std::string &each : strategy.assumptions) out_ << "  ", item(each);
    for (size_t i = 0; i < request_.asked; ++i) {
      const UtilisationInfo &of = request_.utilisations[i].info;
      item(fmt::format("Utilisation {}: {}", of.name, of.title));
    }
    for (size_t i = 0; i < request_.jobs.size(); ++i) {
      item("Workload " + nameOf(request_.jobs[i]) + ": " + inputsOf(request_.jobs[i]));
      for (const std::string &each : document_.breakdowns[i].notes) out_ << "  ", item(each);
    }
    for (const SizingMode &mode : request_.modes) item("Mode " + mode.name + ": " + mode.title);
    item("Requests at once: " + rangeText(request_.batches) + "; devices: " + rangeText(request_.devices));
    item(fmt::format("Conventions: FLOPs {}, traffic {}", program_.convention, program_.traffic));
    item("Memory: " + request_.target->residency.title);
  }

  void writeSummary(const SizingSummary &summary) {
    const SizingJob &job = request_.jobs[summary.job];
    out_ << fmt::format("\n## {}, {}, {}: {} {}\n\n", escapeMarkdown(nameOf(job)),
                        escapeMarkdown(request_.modes[summary.mode].name),
                        escapeMarkdown(request_.utilisations[summary.utilisation].info.name), toString(summary.devices),
                        summary.devices == 1 ? "device" : "devices");
    item("Primary bottleneck: " + summary.bottleneck);
    item(fmt::format("One request: {:.6f} s", summary.latencyOfOne));
    item(fmt::format("Best: {:.9f} requests/s, one in {:.6f} s, with {} requests at once{}",
                     summary.best->requestsPerSecond(), 1 / summary.best->requestsPerSecond(),
                     toString(summary.best->batch), summary.best->fits() ? "" : " (no batch fits into memory)"));
    item("Saturation: from " + toString(summary.saturationBatch) + " requests at once");
    for (const SizingNeed &need : summary.needs)
      item(fmt::format("One request a second takes {} of {}: {:.3f} times the peak of all devices{}",
                       formatSi(Number::ofReal(need.perSecond), need.resource == "memory" ? "B/s" : "FLOP/s"),
                       need.resource, need.ofPeaks, summary.dominant() == &need ? ", the largest gap" : ""));
    out_ << "\n| batch | devices at work | latency (s) | requests/s | s/request | bound by | memory of a device | fits "
            "|\n| ---: | ---: | ---: | ---: | ---: | --- | ---: | --- |\n";
    for (const SizingRow &row : result_.rows)
      if (row.job == summary.job && row.mode == summary.mode && row.utilisation == summary.utilisation &&
          row.devices == summary.devices)
        writeRow(row);
  }

  void writeRow(const SizingRow &row) {
    const DeviceMemory *memory = row.held && row.held->memory ? &*row.held->memory : nullptr;
    std::string fits = !memory || !memory->capacity ? "not known" : memory->fits() ? "yes" : "no";
    out_ << fmt::format("| {} | {} | {:.6f} | {:.9f} | {:.6f} | {} | {} | {} |\n", toString(row.batch),
                        toString(row.active), row.time.total, row.requestsPerSecond(),
                        row.time.total / row.batch.toDouble(), row.bottleneck,
                        memory ? formatSi(Number::of(memory->total), "B") : "not known", fits);
  }

  void writeAssumptions() {
    out_ << "\n## Assumptions\n\n";
    for (const std::string &each : program_.assumptions) item(each);
    item("bottleneck: the resource whose time by itself is longest");
    if (program_.notModelled.empty()) return;
    out_ << "\n## Not modelled\n\n";
    for (const std::string &each : program_.notModelled) item(each);
  }

  static std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
  }
  static std::string nameOf(const SizingJob &job) { return job.workload.empty() ? "default" : job.workload; }
  static std::string inputsOf(const SizingJob &job) {
    std::string text;
    for (size_t i = 0; i < job.inputs.size(); ++i)
      if (i != job.divided)
        text += (text.empty() ? "" : ", ") + job.program->inputs[i].name + " " +
                BoundInput{&job.program->inputs[i], job.inputs[i]}.text();
    return text;
  }

  const SizingDocument &document_;
  const SizingResult &result_;
  const SizingRequest &request_;
  const Program &program_;
  Output &out_;
};

} // namespace

void writeSizingSummary(const SizingDocument &document, Output &out) { Page(document, out).write(); }

} // namespace mdl::runtime
