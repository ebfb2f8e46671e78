//===- Comparison.cpp - Comparisons of two results, rendered --------------===//
#include "Comparison.h"
#include "Page.h"
#include "Units.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

constexpr const char *kNothing = "-";
constexpr std::pair<std::string_view, std::string_view> kMemoryParts[] = {
    {"stage_weight_bytes", "weights of the stage"},
    {"weight_bytes", "weights on the device"},
    {"kv_bytes", "KV cache"},
    {"state_bytes", "state"},
    {"activation_peak_bytes", "activations"},
    {"workspace_bytes", "workspace"},
    {"total_bytes", "total"},
};

std::string shown(const Number &value, const std::string &unit) {
  return value.isPresent() ? formatSi(value, unit) : kNothing;
}

std::string changeText(const Pair &pair, const std::string &unit) {
  Number change = pair.change();
  if (change.isZero()) return "0";
  return (change.toDouble() > 0 ? "+" : "") + formatSi(change, unit);
}

/// Both sides; with all digits when four do not tell them apart.
std::pair<std::string, std::string> sides(const Pair &pair, const std::string &unit) {
  std::string a = shown(pair.a, unit), b = shown(pair.b, unit);
  if (a == b && pair.differs()) return {formatExact(pair.a), formatExact(pair.b)};
  return {a, b};
}

std::string ratioText(const Pair &pair) {
  auto ratio = pair.ratio();
  return ratio ? fmt::format("{:.4g}", *ratio) : std::string(kNothing);
}

/// A part of a change: parts may have the other sign.
std::string shareText(const Number &part, const Number &whole) {
  if (!part.isPresent() || !whole.isPresent() || whole.isZero()) return {};
  double percent = part.toDouble() / whole.toDouble() * 100;
  return percent != 0 && std::fabs(percent) < 0.05 ? "<0.1 %" : fmt::format("{:.1f} %", percent);
}

/// A setting's unit is in its name.
std::string settingText(const std::string &name, const std::string &value) {
  if (value.empty()) return kNothing;
  auto exact = parseInt(value);
  auto ends = [&](std::string_view end) { return name.ends_with(end); };
  std::string unit;
  if (ends("flops_per_s") || name.find("flops_per_s.") != std::string::npos) unit = "FLOP/s";
  else if (ends("bytes_per_s")) unit = "B/s";
  else if (ends("_bytes")) unit = "B";
  if (unit.empty()) return value;
  return formatSi(exact ? Number::of(*exact) : Number::ofReal(std::strtod(value.c_str(), nullptr)), unit);
}

std::string titleOf(const ResultMetric &metric) { return metric.title.empty() ? metric.name : metric.title; }

std::string describe(const char *name, const Result &result) {
  std::string line = fmt::format("{}  {}", name, result.model);
  if (!result.file.empty()) line += fmt::format(" ({})", result.file);
  if (!result.workloadName.empty()) line += " · workload " + result.workloadName;
  if (!result.selected.empty()) line += " · selected " + result.selected;
  for (const char *setting : {"precision.name", "device.name"})
    if (auto value = result.setting(setting); !value.empty()) line += fmt::format(" · {}", value);
  return line;
}

class Builder {
public:
  Builder(const Comparison &comparison, const ComparisonOptions &options)
      : comparison_(comparison), options_(options) {}

  Page build() {
    Page page;
    page.title = comparison_.isEqual() ? "no number differs" : "what differs between A and B";
    page.lines = {describe("A", *comparison_.a), describe("B", *comparison_.b)};
    for (const std::string &note : comparison_.notes) page.lines.push_back("note: " + note);
    page.sections = {settings(), totals(), memory()};
    for (const MetricChange &metric : comparison_.metrics)
      if (metric.side == Side::Both && (metric.total.differs() || !metric.nodes.empty()))
        page.sections.push_back(metricSection(metric));
    page.sections.push_back(texts("assumptions", comparison_.assumptionsA, comparison_.assumptionsB));
    page.sections.push_back(texts("not modelled", comparison_.notModelledA, comparison_.notModelledB));
    return page;
  }

private:
  Section settings() const {
    Section section{"settings", {}, {Align::Left, Align::Left, Align::Left}, {{"", "A", "B"}}, true, {}};
    for (const SettingChange &each : comparison_.settings)
      section.rows.push_back({each.name, settingText(each.name, each.a), settingText(each.name, each.b)});
    return section;
  }

  static Section numbers(std::string title, std::vector<std::string> heading) {
    Section section;
    section.title = std::move(title);
    section.columns.assign(heading.size(), Align::Right);
    section.columns[0] = Align::Left;
    section.rows = {std::move(heading)};
    return section;
  }

  Section totals() const {
    Section section = numbers("totals", {"", "A", "B", "change", "B/A"});
    std::string same;
    for (const MetricChange &metric : comparison_.metrics) {
      if (!metric.total.differs()) {
        same += (same.empty() ? "" : " · ") + titleOf(metric.metric);
        continue;
      }
      auto [a, b] = sides(metric.total, metric.metric.unit);
      bool both = metric.side == Side::Both;
      section.rows.push_back({titleOf(metric.metric), a, b,
                              both ? changeText(metric.total, metric.metric.unit) : kNothing, ratioText(metric.total)});
    }
    if (const auto &memory = comparison_.memory; memory && memory->differs())
      section.rows.push_back({"memory of one device", formatSi(memory->a, "B"), formatSi(memory->b, "B"),
                              changeText(*memory, "B"), ratioText(*memory)});
    if (section.rows.size() == 1) section.rows.clear(); // a heading of nothing
    if (!same.empty()) section.after.push_back("equal: " + same);
    return section;
  }

  static std::string fitText(const char *side, const Result &result) {
    const ResultMemory &memory = *result.memory;
    std::string text = fmt::format("{} needs {} at {}", side, formatSi(memory.total, "B"), memory.at);
    if (!memory.capacity.isPresent()) return text;
    bool fits = !(memory.capacity < memory.total);
    Pair margin{fits ? memory.total : memory.capacity, fits ? memory.capacity : memory.total};
    return text + fmt::format(" of {}: {}", formatSi(memory.capacity, "B"),
                              fits ? "fits, " + formatSi(margin.change(), "B") + " left"
                                   : "does not fit, " + formatSi(margin.change(), "B") + " too much");
  }

  Section memory() const {
    Section section = numbers("memory of one device", {"while it runs", "", "A", "B", "change", "B/A"});
    section.columns[1] = Align::Left;
    if (!comparison_.memory) return section;
    Pair capacities{comparison_.a->memory->capacity, comparison_.b->memory->capacity};
    if (comparison_.memoryParts.empty() && !capacities.differs()) return section;
    if (comparison_.memoryParts.empty()) section.rows.clear();
    section.before = {fitText("A", *comparison_.a), fitText("B", *comparison_.b)};
    std::string last;
    for (const MemoryChange &each : comparison_.memoryParts) {
      std::string part = each.part;
      for (auto [key, title] : kMemoryParts)
        if (key == each.part) part = title;
      auto [a, b] = sides(each.bytes, "B");
      section.rows.push_back(
          {each.stage == last ? "" : each.stage, part, a, b, changeText(each.bytes, "B"), ratioText(each.bytes)});
      last = each.stage;
    }
    return section;
  }

  std::vector<std::string> contribution(const Contribution &one, const MetricChange &of) const {
    std::string name = one.id;
    if (one.copies > 1) name += "  ×" + groupDigits(one.copies);
    if (one.shared) name += ", beyond what is below it";
    std::string side = one.side == Side::OnlyA ? "only in A" : one.side == Side::OnlyB ? "only in B" : "";
    if (!one.why.empty()) side += (side.empty() ? "" : ": ") + one.why;
    auto [a, b] = sides(one.values, of.metric.unit);
    return {name, a, b, changeText(one.values, of.metric.unit), shareText(one.values.change(), of.total.change()),
            side};
  }

  Section metricSection(const MetricChange &of) const {
    std::string title = fmt::format("{}: {}", titleOf(of.metric), changeText(of.total, of.metric.unit));
    if (Number change = of.total.change(); change.kind == Number::Kind::Exact && !of.metric.unit.empty())
      title += fmt::format(" ({}{})", change.exact.sign() > 0 ? "+" : "", toString(change.exact));
    Section section = numbers(title, {"from", "A", "B", "change", "share", ""});
    section.columns.back() = Align::Left;
    if (!of.adds) return addPeaks(section, of), section;
    for (const Contribution &stage : of.stages)
      if (of.stages.size() > 1 && stage.values.differs()) section.rows.push_back(contribution(stage, of));
    auto isStage = [&](const Contribution &node) {
      return std::ranges::find(of.stages, node.id, &Contribution::id) != of.stages.end();
    };
    bool whole = of.stages.size() > 1 && std::ranges::all_of(of.nodes, isStage);
    if (!whole) addNodes(section, of);
    if (!of.rest.isZero())
      section.after.push_back(fmt::format("{} of it is of no stage: what stages share counts once",
                                          changeText({Number::of(0), of.rest}, of.metric.unit)));
    return section;
  }

  void addNodes(Section &section, const MetricChange &of) const {
    if (section.rows.size() > 1) section.rows.push_back({"by node"});
    Pair others{Number::of(0), Number::of(0)};
    for (size_t i = 0; i < of.nodes.size(); ++i) {
      if (i < options_.top) section.rows.push_back(contribution(of.nodes[i], of));
      else others.b = others.b + of.nodes[i].values.change();
    }
    if (of.nodes.size() > options_.top)
      section.rows.push_back({fmt::format("{} lines more", of.nodes.size() - options_.top), "", "",
                              changeText(others, of.metric.unit), shareText(others.change(), of.total.change())});
  }

  static void addPeaks(Section &section, const MetricChange &of) {
    section.columns.resize(2), section.columns[1] = Align::Left;
    section.headed = false, section.rows.clear();
    section.before.push_back("the largest, not a sum:");
    section.rows = {{"A  " + shown(of.total.a, of.metric.unit), of.peakA.empty() ? "" : "at " + of.peakA},
                    {"B  " + shown(of.total.b, of.metric.unit), of.peakB.empty() ? "" : "at " + of.peakB}};
  }

  static Section texts(std::string title, const std::vector<std::string> &a, const std::vector<std::string> &b) {
    Section section{std::move(title), {}, {Align::Left}, {}, false, {}};
    for (const std::string &text : a) section.after.push_back("only in A: " + text);
    for (const std::string &text : b) section.after.push_back("only in B: " + text);
    return section;
  }

  const Comparison &comparison_;
  const ComparisonOptions &options_;
};

} // namespace

void renderComparisonText(const Comparison &comparison, const ComparisonOptions &options, Output &out) {
  writeTextPage(Builder(comparison, options).build(), options.colour, out);
}

void renderComparisonMarkdown(const Comparison &comparison, const ComparisonOptions &options, Output &out) {
  writeMarkdownPage(Builder(comparison, options).build(), out);
}

} // namespace mdl::runtime
