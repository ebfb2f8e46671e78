//===- PageData.cpp - What the report's page computes with ----------------===//
#include "PageData.h"
#include "PageFormulas.h"
#include "PageStrategies.h"
#include "compiler/driver/Describe.h"
#include "compiler/driver/Sizing.h"
#include "compiler/support/Name.h"
#include "runtime/emit/Tables.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/JsonTarget.h"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

namespace mdl::tool {

using runtime::Members;
using runtime::Output;
using runtime::writeJsonList;
using runtime::writeJsonNumber;
using runtime::writeJsonString;

namespace {

constexpr std::string_view kLines = ",\n";

std::string firstError(driver::Compilation &compilation) {
  for (const Diagnostic *each : compilation.diagnostics().sorted())
    if (each->severity() == Severity::Error) return each->message();
  return "it does not compile";
}

class PageWriter {
public:
  PageWriter(driver::Compilation &compilation, const PageRequest &request)
      : compilation_(compilation), request_(request), job_(compilation), formulas_(compilation) {}

  std::optional<std::string> write(runtime::ReportError &error) {
    const runtime::Target &target = compilation_.targetInfo();
    if (!findPrecisions(target, error) || !findDevices(target, error)) return std::nullopt;
    auto tables = std::async(std::launch::async, [this] { return tablesOfPrograms(); }); // needs no compiler
    out_ << '{';
    members_.text("tool", kVersion).text("run", request_.runId);
    writeModel();
    writeJob(target);
    writeSharding(target);
    writePrecisions();
    writeDevices();
    writeResidency(target.residency);
    members_.boolean("overlapWhole", target.overlapWhole);
    members_.start("numbers");
    out_ << emit::programTables(driver::numbersOf(compilation_));
    for (const driver::PortableProgram &each : job_.programs()) formulas_.add(each.costs);
    members_.start("formulas");
    out_ << formulas_.json();
    writeTerms();
    writeStrategies(); // after the programs: bounds are metrics of theirs
    std::vector<std::string> programs = tables.get();
    size_t bytes = 2;
    for (const std::string &each : programs) bytes += each.size() + kLines.size();
    out_.reserve(bytes);
    list("programs", programs, [&](const std::string &each) { out_ << each; });
    out_ << '}';
    return out_.take();
  }

private:
  template <class List, class WriteOne> void list(const char *key, const List &of, WriteOne writeOne) {
    members_.start(key);
    writeJsonList(out_, of, writeOne, kLines);
  }

  std::vector<std::string> tablesOfPrograms() const {
    std::vector<std::string> tables;
    for (const driver::PortableProgram &each : job_.programs()) tables.push_back(emit::programTables(each.program));
    return tables;
  }

  //===--- What there is to choose from -----------------------------------------------===//

  /// The names asked for, else all of the kind; the job's own is among them in either case. Aliases are left out.
  std::vector<std::string> candidates(const std::string &kind, std::vector<std::string> asked, const std::string &own) {
    if (asked.empty())
      for (const std::string &name : compilation_.target().names(kind))
        if (!compilation_.target().alias(kind, name)) asked.push_back(name);
    if (!own.empty() && std::ranges::find(asked, own) == asked.end()) asked.insert(asked.begin(), own);
    return asked;
  }

  /// Runs `make` for a block of data. What it reports is an error of a name that was asked for and nothing of one that
  /// only ships; what it warns of are the notes of the block.
  template <class Make> auto attempt(const std::string &name, bool asked, runtime::ReportError &error, Make make) {
    DiagnosticEngine &diagnostics = compilation_.diagnostics();
    DiagnosticEngine::Mark mark = diagnostics.mark();
    auto made = make();
    if (!made && asked) error = {"bad-argument", firstError(compilation_), ""};
    for (const Diagnostic *each : diagnostics.sorted())
      if (isNoteOf(*each, name)) notes_[name].push_back(each->message());
    diagnostics.rollback(mark);
    return made;
  }
  static bool isNoteOf(const Diagnostic &diagnostic, const std::string &name) {
    return diagnostic.id == DiagId::DataWarning && diagnostic.args.front() == name;
  }

  bool findPrecisions(const runtime::Target &target, runtime::ReportError &error) {
    bool asked = !request_.choices.precisions.empty();
    for (const std::string &name : candidates("precision", request_.choices.precisions, target.precision.name)) {
      auto made = attempt(name, asked, error, [&] { return job_.precision(name); });
      if (!made && asked) return false;
      if (made) precisions_.push_back(std::move(*made));
    }
    return true;
  }

  bool findDevices(const runtime::Target &target, runtime::ReportError &error) {
    utilisations_ = compilation_.target().names("utilisation");
    bool asked = !request_.choices.devices.empty();
    for (const std::string &name :
         candidates("device", request_.choices.devices, target.device ? target.device->name : std::string())) {
      auto made = attempt(name, asked, error, [&] { return job_.device(name, utilisations_); });
      if (!made && asked) return false;
      if (made) devices_.push_back(std::move(*made));
    }
    return true;
  }

  //===--- Writing --------------------------------------------------------------------===//

  void writeModel() {
    const runtime::ModelFacts &facts = request_.facts;
    members_.start("source");
    out_ << '{';
    Members(out_).text("file", facts.path).text("version", facts.version).textOrNull("commit", facts.commit);
    out_ << '}';
  }

  void writeValues(const std::vector<Int> &values) {
    writeJsonList(out_, values, [&](Int value) { writeJsonNumber(out_, value); }, ",");
  }

  void writeJob(const runtime::Target &target) {
    members_.start("job");
    out_ << '{';
    Members members(out_);
    members.text("workload", request_.workload).text("precision", target.precision.name);
    members.text("device", target.device ? target.device->name : "");
    members.text("utilisation", compilation_.defaultOf("utilisation", compilation_.request().utilisation));
    members.start("inputs");
    writeValues(compilation_.inputs());
    out_ << '}';
    writeNotes();
    writeWorkloads();
  }

  /// Of several devices that share the model: the numbers are those of one.
  void writeSharding(const runtime::Target &target) {
    if (!target.sharding) return void(members_.null("sharding"));
    members_.start("sharding");
    runtime::writeJsonSharding(out_, *target.sharding);
  }

  /// What the compiler warned of, whatever the precision and the device.
  void writeNotes() {
    std::vector<std::string> notes;
    for (const Diagnostic *each : compilation_.diagnostics().sorted()) {
      bool ofBlock = std::ranges::any_of(notes_, [&](const auto &block) { return isNoteOf(*each, block.first); });
      if (each->severity() == Severity::Warning && !ofBlock) notes.push_back(each->message());
    }
    list("notes", notes, [&](const std::string &note) { writeJsonString(out_, note); });
  }
  void writeNotes(Members &members, const std::string &name) {
    members.start("notes");
    writeJsonList(out_, notes_[name], [&](const std::string &note) { writeJsonString(out_, note); });
  }

  /// Those whose structure is that of this job: another one takes another compilation.
  void writeWorkloads() {
    std::vector<std::string> names;
    for (const ast::Item *item : compilation_.checker().workloads(compilation_.pipeline()))
      names.emplace_back(text(item->name.name));
    std::vector<std::pair<std::string, std::vector<Int>>> known;
    for (const std::string &name : names) {
      bool other = false;
      runtime::ReportError ignored;
      auto values = attempt(name, false, ignored, [&] { return compilation_.inputsOf(name, other); });
      if (values && !other) known.emplace_back(name, std::move(*values));
    }
    list("workloads", known, [&](const auto &each) {
      out_ << '{';
      Members members(out_);
      members.text("name", each.first).text("title", compilation_.workloadTitle(each.first));
      members.start("inputs");
      writeValues(each.second);
      out_ << '}';
    });
  }

  void writePrecisions() {
    list("precisions", precisions_, [&](const driver::PortablePrecision &each) {
      out_ << '{';
      Members members(out_);
      members.text("name", each.info.name).text("title", each.info.title).text("line", each.info.line());
      members.text("compute", each.info.compute).text("storage", each.info.storage);
      members.start("stages");
      writeJsonList(out_, each.info.stages, [&](const runtime::StagePrecision &stage) {
        out_ << '[', writeJsonString(out_, stage.stage), out_ << ',';
        writeJsonString(out_, stage.compute), out_ << ',', writeJsonString(out_, stage.storage), out_ << ']';
      });
      members.number("program", Int(each.program));
      writeNotes(members, each.info.name);
      members.start("rates");
      writeJsonList(out_, each.rates, [&](const driver::RateSource &rate) { writeRate(rate); }, ",");
      out_ << '}';
    });
  }

  static const char *kindName(ir::Parameter::Kind kind) {
    switch (kind) {
    case ir::Parameter::Kind::Bits: break; // has its value
    case ir::Parameter::Kind::TensorRate: return "tensor";
    case ir::Parameter::Kind::VectorRate: return "vector";
    case ir::Parameter::Kind::MemoryRate: return "memory";
    case ir::Parameter::Kind::LinkRate: return "link";
    case ir::Parameter::Kind::LinkLatency: return "latency";
    case ir::Parameter::Kind::Launch: return "launch";
    }
    return "bits";
  }

  void writeRate(const driver::RateSource &rate) {
    out_ << "[\"" << kindName(rate.kind) << "\",";
    writeJsonString(out_, rate.format);
    out_ << ',';
    writeJsonString(out_, rate.utilisation);
    if (!rate.category.empty()) out_ << ',', writeJsonString(out_, rate.category);
    out_ << ']';
  }

  void writeDevices() {
    members_.start("utilisations");
    writeJsonList(out_, utilisations_, [&](const std::string &name) { writeJsonString(out_, name); });
    list("devices", devices_, [&](const driver::PortableDevice &each) { writeDevice(each); });
  }

  void writeDevice(const driver::PortableDevice &device) {
    const runtime::DeviceInfo &info = device.info;
    out_ << '{';
    Members members(out_);
    members.text("name", info.name).text("title", info.title).text("vendor", info.vendor);
    if (info.memory) members.number("memory", *info.memory);
    else members.null("memory");
    members.number("bandwidth", info.bandwidth).number("vector", info.vectorPeak).number("launch", info.launch);
    members.number("link", info.link).number("latency", info.linkLatency);
    members.boolean("provisional", info.provisional);
    writeNotes(members, info.name);
    members.start("peaks");
    out_ << '{';
    Members peaks(out_);
    for (const auto &[format, peak] : info.peaks) peaks.number(format, peak);
    out_ << '}';
    members.start("utilisations");
    writeJsonList(out_, device.utilisations, [&](const driver::PortableProfile &each) {
      const runtime::UtilisationInfo &of = each.info;
      out_ << '{';
      Members profile(out_);
      profile.text("title", of.title)
          .number("tensor", each.tensor)
          .number("best", of.tensorHigh)
          .number("vector", of.vector)
          .number("memory", of.memory)
          .number("link", each.link)
          .boolean("own", of.ofDevice);
      if (of.fitted) writeFitted(profile, each);
      out_ << '}';
    });
    out_ << '}';
  }

  /// What models/documents calls the texts of models in Chinese; without it they stay as they are.
  void writeTerms() {
    members_.start("terms");
    nlohmann::json terms;
    for (const std::string &folder : compilation_.request().searchPaths)
      if (std::ifstream file(std::filesystem::path(folder) / "documents/terms.cn.json", std::ios::binary);
          file && terms.is_null())
        terms = nlohmann::json::parse(file, nullptr, false);
    bool isFine = terms.is_object() && terms.contains("terms") && terms["terms"].is_object();
    out_ << (isFine ? terms["terms"].dump() : "{}");
  }

  /// Those that the model has what they ask for, whatever the device; none where devices share the model: they would deal
  /// requests out to groups of such devices (`mdlc size`).
  void writeStrategies() {
    std::vector<runtime::Strategy> strategies;
    runtime::ReportError ignored;
    std::vector<std::string> names;
    if (!compilation_.targetInfo().sharding) names = candidates("strategy", {}, compilation_.defaultOf("strategy"));
    for (const std::string &name : names)
      if (auto made = attempt(name, false, ignored, [&] { return driver::makeStrategy(compilation_, name, true); }))
        strategies.push_back(std::move(*made));
    list("strategies", strategies, [&](const runtime::Strategy &each) { writeStrategy(out_, each); });
    members_.text("strategy", compilation_.defaultOf("strategy"));
    members_.start("bounds");
    writeBounds(out_, job_.programs().front().costs);
  }

  /// What only a fitted profile has.
  void writeFitted(Members &profile, const driver::PortableProfile &of) {
    profile.number("launch", of.info.fitted->launch).start("classes");
    out_ << '{';
    Members classes(out_);
    for (const auto &[name, part] : of.classes) classes.number(name, part);
    out_ << '}';
  }

  void writeResidency(const runtime::ResidencyInfo &residency) {
    static constexpr const char *kPlacements[] = {"resident", "offloaded", "host"};
    members_.start("residency");
    out_ << '{';
    Members members(out_);
    members.text("name", residency.name).text("title", residency.title);
    members.text("others", kPlacements[static_cast<size_t>(residency.others)]);
    members.start("place");
    writeJsonList(out_, residency.place, [&](const auto &each) {
      out_ << '[', writeJsonString(out_, each.first);
      out_ << ",\"" << kPlacements[static_cast<size_t>(each.second)] << "\"]";
    });
    out_ << '}';
  }

  driver::Compilation &compilation_;
  const PageRequest &request_;
  driver::PortableJob job_;
  PageFormulas formulas_;
  std::vector<driver::PortablePrecision> precisions_;
  std::vector<driver::PortableDevice> devices_;
  std::vector<std::string> utilisations_;
  std::map<std::string, std::vector<std::string>> notes_; ///< By the name of a block
  Output out_;
  Members members_{out_, kLines};
};

} // namespace

std::optional<std::string> pageData(driver::Compilation &compilation, const PageRequest &request,
                                    runtime::ReportError &error) {
  return PageWriter(compilation, request).write(error);
}

} // namespace mdl::tool
