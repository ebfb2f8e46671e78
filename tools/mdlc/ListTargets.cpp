//===- ListTargets.cpp - mdlc list devices, precisions... -----------------===//
#include "ListTargets.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/JsonTarget.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

using runtime::Align;
using runtime::DeviceInfo;
using runtime::Members;
using runtime::Number;
using runtime::Table;
using runtime::writeJsonList;

std::string si(double value, const char *unit) { return runtime::formatSi(Number::ofReal(value), unit); }

std::string firstLine(std::string_view doc) { return std::string(doc.substr(0, doc.find('\n'))); }

/// Opens core.mdl as the main file, so that everything is found and no model is needed.
class Listing {
public:
  Listing(const TargetListing &listing, const DiagnosticOptions &diagnostics, const Invocation &invocation)
      : listing_(listing), diagnosticOptions_(diagnostics), compilation_(request(invocation)), out_(stdout) {}

  bool run() {
    if (!compilation_.open()) return printDiagnostics(compilation_, diagnosticOptions_), false;
    if (listing_.what == "devices") return listDevices();
    if (listing_.what == "precisions") return listPrecisions();
    if (listing_.what == "utilisations") return listUtilisations();
    if (listing_.what == "residencies") return listResidencies();
    return listFormats();
  }

private:
  struct Device {
    std::string name;
    DeviceInfo info;
    std::string doc;
  };
  struct Other {
    std::string name;
    driver::Target::Alias alias;
  };
  struct Stage {
    std::string name, compute, storage;
  };

  static driver::Request request(const Invocation &invocation) {
    driver::Request request;
    request.searchPaths = driver::defaultSearchPaths(invocation.binary);
    std::error_code ignored;
    for (const std::string &folder : request.searchPaths)
      if (request.path.empty() && fs::exists(fs::path(folder) / "core.mdl", ignored))
        request.path = (fs::path(folder) / "core.mdl").string();
    return request;
  }

  sema::Checker &checker() { return compilation_.checker(); }
  driver::Target target() { return {checker(), compilation_.diagnostics(), compilation_.request().searchPaths}; }
  /// Errors go out first; then stdout stays empty. What rules say against a device is for those who use it (`-d`).
  bool fine() { return !compilation_.diagnostics().hasErrors() || printDiagnostics(compilation_, diagnosticOptions_); }

  /// Every block of a kind with its file's name; other names go to `others_`.
  std::vector<std::pair<std::string, const ast::Item *>> blocks(const std::string &kind) {
    driver::Target finder = target();
    std::vector<std::pair<std::string, const ast::Item *>> found;
    for (const std::string &name : finder.names(kind)) {
      if (auto alias = finder.alias(kind, name)) others_.push_back({name, *alias});
      else if (const ast::Item *item = finder.find(kind, name)) found.emplace_back(name, item);
    }
    return found;
  }

  void startJson() { out_ << "{\"schema\": \"mdlc.list/1\", \"kind\": \"" << listing_.what << "\",\n\"entries\": "; }
  void endJson() {
    out_ << ",\n\"aliases\": ";
    writeJsonList(
        out_, others_,
        [&](const Other &other) {
          out_ << "\n  {";
          Members(out_)
              .text("name", other.name)
              .text("means", other.alias.of)
              .text("title", other.alias.title)
              .text("about", other.alias.doc);
          out_ << '}';
        },
        ",");
    out_ << "}\n";
  }
  void write(Table &table) {
    for (const Other &other : others_)
      table.addRow({other.name, fmt::format("means {}: {}", other.alias.of, firstLine(other.alias.doc))});
    table.write(out_, runtime::Style(useColour(STDOUT_FILENO)));
  }

  //===--- Devices --------------------------------------------------------------===//

  bool listDevices() {
    std::vector<Device> devices;
    driver::Target finder = target();
    for (const auto &[name, item] : blocks("device"))
      if (auto device = checker().device(item))
        devices.push_back({name, finder.describe(*device, name), std::string(item->doc)});
    if (!fine()) return false;
    if (listing_.json) printDevicesJson(devices);
    else if (listing_.peaks) printPeaks(devices);
    else printDevices(devices);
    return out_.flush();
  }

  void printDevicesJson(const std::vector<Device> &devices) {
    startJson();
    writeJsonList(
        out_, devices,
        [&](const Device &device) {
          out_ << "\n  ";
          writeJsonDevice(out_, device.info);
        },
        ",");
    endJson();
  }

  static std::string memory(const DeviceInfo &info) {
    return info.memory ? runtime::formatSi(Number::of(*info.memory), "B") : "not known";
  }

  void printDevices(const std::vector<Device> &devices) {
    Table table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
    table.addHeading({"device", "title", "memory", "bandwidth", "largest dense peak"});
    for (const Device &device : devices) {
      const DeviceInfo &info = device.info;
      auto largest = std::ranges::max_element(info.peaks, {}, &std::pair<std::string, double>::second);
      std::string peak = largest == info.peaks.end() ? "" : largest->first + " " + si(largest->second, "FLOP/s");
      table.addRow({device.name, info.title, memory(info), si(info.bandwidth, "B/s"), peak,
                    info.provisional ? "provisional" : ""});
    }
    write(table);
  }

  /// A number of a device with its evidence.
  static std::vector<std::string> numberRow(const DeviceInfo &info, const std::string &field,
                                            const std::string &value) {
    auto found = std::ranges::find(info.evidence, field, &runtime::Evidence::field);
    if (found == info.evidence.end()) return {field, value, "not stated"};
    return {field, value, found->kind, found->date, found->source};
  }

  void printPeaks(const std::vector<Device> &devices) {
    for (const Device &device : devices) {
      const DeviceInfo &info = device.info;
      out_ << device.name << ": " << info.title << (info.provisional ? " (provisional: rests on assumptions)" : "")
           << '\n';
      Table table({Align::Left, Align::Right, Align::Left, Align::Left, Align::Left});
      table.addRow(numberRow(info, "memory", memory(info)));
      table.addRow(numberRow(info, "bandwidth", si(info.bandwidth, "B/s")));
      for (const auto &[format, peak] : info.peaks) table.addRow(numberRow(info, "peak " + format, si(peak, "FLOP/s")));
      for (const auto &[format, peak] : info.sparsePeaks)
        table.addRow(numberRow(info, "sparse_peak " + format, si(peak, "FLOP/s")));
      table.addRow(numberRow(info, "vector_peak", si(info.vectorPeak, "FLOP/s")));
      auto optional = [&](const char *field, const std::optional<double> &value, const char *unit) {
        if (value) table.addRow(numberRow(info, field, si(*value, unit)));
      };
      optional("link", info.link, "B/s"), optional("link_latency", info.linkLatency, "s");
      optional("host_link", info.hostLink, "B/s"), optional("power", info.power, "W");
      if (info.launch != 0) table.addRow(numberRow(info, "launch", si(info.launch, "s")));
      if (info.price) table.addRow(numberRow(info, "price", fmt::format("{:.2f} USD/hour", *info.price * 3600)));
      table.write(out_, runtime::Style(false), 2);
    }
    if (others_.empty()) return;
    out_ << "other names\n";
    Table table({Align::Left, Align::Left});
    for (const Other &other : others_)
      table.addRow({other.name, fmt::format("means {}: {}", other.alias.of, firstLine(other.alias.doc))});
    table.write(out_, runtime::Style(false), 2);
  }

  //===--- Precisions and formats -------------------------------------------------===//

  /// As a job would say it whose stages are those that the precision has something to say of.
  std::optional<runtime::PrecisionInfo> precisionInfo(const std::string &name, const ast::Item *item) {
    auto precision = checker().precision(item);
    if (!precision) return std::nullopt;
    std::vector<driver::StageName> stages;
    for (const auto &[stage, ignored] : precision->stage) stages.push_back({stage, stage});
    driver::Target finder = target();
    driver::TargetRequest request;
    request.precision = name, request.residency = compilation_.defaultOf("residency");
    if (!finder.resolve(request, stages)) return std::nullopt;
    return finder.info().precision;
  }

  bool listPrecisions() {
    std::vector<runtime::PrecisionInfo> all;
    for (const auto &[name, item] : blocks("precision"))
      if (auto info = precisionInfo(name, item)) all.push_back(*info);
    if (!fine()) return false;
    if (listing_.json) printPrecisionsJson(all);
    else printPrecisions(all);
    return out_.flush();
  }

  void printPrecisionsJson(const std::vector<runtime::PrecisionInfo> &all) {
    startJson();
    writeJsonList(
        out_, all,
        [&](const runtime::PrecisionInfo &each) {
          out_ << "\n  ";
          writeJsonPrecision(out_, each);
        },
        ",");
    endJson();
  }

  void printPrecisions(const std::vector<runtime::PrecisionInfo> &all) {
    Table table({Align::Left, Align::Left, Align::Left, Align::Left});
    table.addHeading({"precision", "title", "compute", "storage bits"});
    for (const runtime::PrecisionInfo &each : all) {
      table.addRow({each.name, each.title, each.compute, each.storage});
      for (const runtime::StagePrecision &stage : each.stages)
        if (!stage.stage.empty()) table.addRow({"  " + stage.stage, "", stage.compute, stage.storage});
    }
    write(table);
  }

  bool listFormats() {
    struct Entry {
      std::string name, title;
      double bits = 0;
      Int block = 1;
      double stored = 0;
    };
    std::vector<Entry> all;
    for (const ast::Item *item : checker().library().data("format", checker().mainFile())) {
      sema::Value value = checker().dataValue(item);
      auto format = checker().format(text(item->name.name));
      if (value.isError() || !format) continue;
      auto number = [&](const char *field) {
        return *checker().pool().asConstant(checker().field(value, field)->number);
      };
      all.push_back({std::string(text(item->name.name)), std::string(item->title), number("bits").toDouble(),
                     number("block").floor(), format->bits.toDouble()});
    }
    if (!fine()) return false;
    if (listing_.json) {
      startJson();
      writeJsonList(
          out_, all,
          [&](const Entry &each) {
            out_ << "\n  {";
            Members(out_)
                .text("name", each.name)
                .text("title", each.title)
                .number("bits", each.bits)
                .number("block", each.block)
                .number("stored_bits", each.stored);
            out_ << '}';
          },
          ",");
      endJson();
      return out_.flush();
    }
    Table table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right});
    table.addHeading({"format", "title", "bits", "block", "stored bits"});
    for (const Entry &each : all)
      table.addRow(
          {each.name, each.title, fmt::format("{}", each.bits), toString(each.block), fmt::format("{}", each.stored)});
    write(table);
    return out_.flush();
  }

  //===--- Utilisations and residencies --------------------------------------------===//

  bool listUtilisations() {
    struct Entry {
      sema::Utilisation of;
      std::vector<std::pair<std::string, double>> devices;
    };
    std::vector<Entry> all;
    for (const auto &[name, item] : blocks("utilisation")) {
      auto made = checker().utilisation(item, "");
      sema::Value value = checker().dataValue(item);
      if (!made || value.isError()) continue;
      Entry entry{*made, {}};
      for (const sema::MapEntry &row : checker().field(value, "device")->map->entries)
        if (auto constant = checker().pool().asConstant(row.value.number))
          entry.devices.emplace_back(text(row.key), constant->toDouble());
      all.push_back(std::move(entry));
    }
    if (!fine()) return false;
    if (listing_.json) {
      startJson();
      writeJsonList(
          out_, all,
          [&](const Entry &each) {
            out_ << "\n  {";
            Members members(out_);
            members.text("name", text(each.of.name)).text("title", each.of.title);
            members.number("tensor_low", each.of.tensorLow.toDouble())
                .number("tensor_high", each.of.tensorHigh.toDouble());
            members.number("vector", each.of.vector.toDouble()).number("memory", each.of.memory.toDouble());
            members.number("link", each.of.link.toDouble());
            members.start("devices");
            Members devices(out_);
            out_ << '{';
            for (const auto &[device, of] : each.devices) devices.number(device, of);
            out_ << "}}";
          },
          ",");
      endJson();
      return out_.flush();
    }
    auto percent = [](double of) { return fmt::format("{:.1f} %", 100 * of); };
    Table table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right});
    table.addHeading({"utilisation", "title", "matrix peak", "vector peak", "bandwidth"});
    for (const Entry &each : all) {
      double low = each.of.tensorLow.toDouble(), high = each.of.tensorHigh.toDouble();
      std::string range = low == high ? percent(low) : fmt::format("{:.1f} to {}", 100 * low, percent(high));
      table.addRow({std::string(text(each.of.name)), std::string(each.of.title), range,
                    percent(each.of.vector.toDouble()), percent(each.of.memory.toDouble())});
      for (const auto &[device, of] : each.devices) table.addRow({"  " + device, "", percent(of)});
    }
    write(table);
    return out_.flush();
  }

  bool listResidencies() {
    constexpr const char *kPlacements[] = {"resident", "offloaded", "host"};
    auto named = [&](sema::Placement of) { return kPlacements[static_cast<size_t>(of)]; };
    std::vector<sema::Residency> all;
    for (const auto &[name, item] : blocks("residency"))
      if (auto made = checker().residency(item)) all.push_back(*made);
    if (!fine()) return false;
    if (listing_.json) {
      startJson();
      writeJsonList(
          out_, all,
          [&](const sema::Residency &each) {
            out_ << "\n  {";
            Members members(out_);
            members.text("name", text(each.name)).text("title", each.title).text("others", named(each.others));
            members.start("place");
            Members place(out_);
            out_ << '{';
            for (const auto &[stage, of] : each.place) place.text(text(stage), named(of));
            out_ << "}}";
          },
          ",");
      endJson();
      return out_.flush();
    }
    Table table({Align::Left, Align::Left, Align::Left});
    table.addHeading({"residency", "title", "stages"});
    for (const sema::Residency &each : all) {
      std::string stages;
      for (const auto &[stage, of] : each.place) stages += fmt::format("{} {}, ", text(stage), named(of));
      table.addRow({std::string(text(each.name)), std::string(each.title),
                    stages + (each.place.empty() ? "all " : "others ") + named(each.others)});
    }
    write(table);
    return out_.flush();
  }

  const TargetListing &listing_;
  const DiagnosticOptions &diagnosticOptions_;
  driver::Compilation compilation_;
  runtime::Output out_;
  std::vector<Other> others_;
};

} // namespace

bool isTargetListing(const std::string &what) {
  static constexpr const char *kKinds[] = {"devices", "precisions", "utilisations", "residencies", "formats"};
  return std::ranges::find(kKinds, what) != std::end(kKinds);
}

bool listTargets(const TargetListing &listing, const DiagnosticOptions &diagnostics, const Invocation &invocation) {
  return Listing(listing, diagnostics, invocation).run();
}

} // namespace mdl::tool
