//===- WhyTime.cpp - Where a time comes from ------------------------------===//
#include "WhyTime.h"
#include "WhyPrecision.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

using runtime::formatExact;
using runtime::formatSi;
using runtime::Number;

constexpr size_t kParts = 5;

/// One of the terms of a roofline: the time of one resource.
struct Term {
  std::string resource;
  double seconds = 0;
  std::string work; ///< Exact, with its metric
  double rate = 0;
  std::string unit;
};

class TimeExplainer {
public:
  TimeExplainer(driver::Compilation &compilation, const Formula &formula, const runtime::Result &result,
                const ModelOptions &options, const Invocation &invocation)
      : compilation_(compilation), costs_(compilation.costs()), target_(compilation.targetInfo()), formula_(formula),
        result_(result), options_(options), invocation_(invocation) {
    for (const sema::Metric &metric : compilation.checker().metrics())
      if (text(metric.name) == formula.metric) metric_ = &metric;
  }

  std::vector<WhyBlock> build() {
    addRule();
    if (isOperator()) addTerms();
    else addLargest();
    addDevice();
    return std::move(blocks_);
  }

private:
  const ir::Node &node() const { return costs_.nodes[formula_.node]; }
  bool isOperator() const { return !formula_.total && node().children.empty(); }
  std::string stage() const { return costs_.nodes[stageOf(costs_, formula_.node)].label[0].text; }

  void addRule() {
    WhyBlock block{target_.overlapWhole ? "everything overlaps: of the sums of these the largest counts" : "rule", {}};
    auto add = [&](std::string_view name) {
      const ast::Item *fn = compilation_.checker().library().find(intern(std::string(name)), {});
      if (fn) block.lines.push_back(sourceLine(compilation_.sources(), fn->range));
    };
    if (!target_.overlapWhole) add(metric_->time);
    else
      for (NameId part : metric_->parts) add(text(part));
    blocks_.push_back(std::move(block));
  }

  /// The number of a node in the result; nothing where there is none.
  Number numberOf(const std::string &metric) const {
    auto number = result_.metric(metric);
    const runtime::ResultNode *row = result_.node(formula_.id);
    return number && row ? row->values[*number] : Number();
  }

  /// The rates are the parameters of the program: one for the class and stage, or one for all.
  std::optional<double> rate(ir::Parameter::Kind kind) const {
    for (const ir::Parameter &each : costs_.parameters) {
      bool tensor = kind == ir::Parameter::Kind::TensorRate;
      if (each.kind == kind && each.utilisation == metric_->utilisation && each.value &&
          (!tensor || (each.owner == stage() && each.category == node().category)))
        return each.value;
    }
    return std::nullopt;
  }

  /// The work that feeds a resource, under the convention that time counts; exact, unless it says that it is an expectation.
  std::string work(std::initializer_list<std::string_view> fields, driver::Compilation &timed, std::string &lines) {
    Number sum;
    std::string names;
    for (std::string_view field : fields)
      for (const sema::Metric &metric : compilation_.checker().metrics()) {
        std::string name(text(metric.name));
        if (metric.feeds != field || !has(timed, name)) continue;
        auto formula = formulaOf(timed, formula_.id, name, options_.diagnostics);
        if (!formula) continue;
        Number value = valueOf(timed, *formula);
        sum = sum.isPresent() ? sum + value : value;
        names += (names.empty() ? "" : " + ") + name;
        if (value.isZero()) continue;
        lines += fmt::format("{} = {} = {}\n", name, formula->text, formatExact(value));
        if (timed.costs().pool->isReal(formula->expr)) lines += fmt::format("  {}\n", ir::kExpectation);
        for (const std::string &line : formula->lines) lines += "  " + line + "\n";
      }
    return fmt::format("{} {}", names, sum.isPresent() ? formatExact(sum) : "0");
  }

  static bool has(const driver::Compilation &timed, std::string_view metric) {
    return std::ranges::find(timed.costs().metrics, metric, &ir::Metric::name) != timed.costs().metrics.end();
  }

  void addTerms() {
    driver::Request request = options_.request(invocation_);
    request.convention = compilation_.defaultOf("time"); // what takes time, whatever is shown
    driver::Compilation timed(request);
    if (!timed.compile()) return;
    std::string lines;
    std::vector<Term> terms;
    using Kind = ir::Parameter::Kind;
    auto add = [&](const char *resource, std::initializer_list<std::string_view> fields, Kind kind, const char *unit) {
      Term term{resource, 0, work(fields, timed, lines), rate(kind).value_or(0), unit};
      terms.push_back(std::move(term));
    };
    add("tensor", {"tensor"}, Kind::TensorRate, "FLOP/s"), add("vector", {"vector"}, Kind::VectorRate, "FLOP/s");
    add("memory", {"read", "written"}, Kind::MemoryRate, "B/s");
    if (rate(Kind::LinkRate)) add("link", {"sent"}, Kind::LinkRate, "B/s");
    for (Term &term : terms) {
      std::string digits = term.work.substr(term.work.rfind(' ') + 1);
      if (term.rate > 0) term.seconds = std::strtod(digits.c_str(), nullptr) / term.rate;
    }
    showTerms(terms);
    bool exact = lines.find(ir::kExpectation) == std::string::npos;
    WhyBlock block{std::string(exact ? "work, exact, " : "work, ") + "under convention " + timed.costs().convention,
                   {}};
    for (size_t at = 0; at < lines.size();) {
      size_t end = lines.find('\n', at);
      block.lines.push_back(lines.substr(at, end - at));
      at = end + 1;
    }
    blocks_.push_back(std::move(block));
    blocks_.push_back({"formats of what moves", movedFormats()});
  }

  std::vector<std::string> movedFormats() {
    std::vector<std::string> all;
    for (const sema::Metric &metric : compilation_.checker().metrics())
      if (sema::isTraffic(metric) && has(compilation_, text(metric.name)))
        for (std::string &line :
             bitsLines(compilation_, formula_.id, std::string(text(metric.name)), options_, invocation_))
          if (std::ranges::find(all, line) == all.end()) all.push_back(std::move(line));
    return all;
  }

  void showTerms(const std::vector<Term> &terms) {
    WhyBlock block{"terms: work over rate, of all calls together", {}};
    auto largest = std::ranges::max_element(terms, {}, &Term::seconds);
    double next = 0;
    for (const Term &term : terms)
      if (&term != &*largest) next = std::max(next, term.seconds);
    for (const Term &term : terms) {
      std::string line = fmt::format("{}: {} / {} = {}", term.resource, term.work,
                                     term.rate > 0 ? formatSi(Number::ofReal(term.rate), term.unit) : "-",
                                     formatSi(Number::ofReal(term.seconds), "s"));
      if (&term == &*largest)
        line += next > 0 ? fmt::format("  <- the largest, {:.4g} times the next", largest->seconds / next)
                         : "  <- the only one";
      block.lines.push_back(line);
    }
    if (auto latency = rate(ir::Parameter::Kind::LinkLatency))
      block.lines.push_back("link: " + formatSi(Number::ofReal(*latency), "s") + " for each message on top");
    if (auto launch = rate(ir::Parameter::Kind::Launch))
      block.lines.push_back("launch: " + formatSi(Number::ofReal(*launch), "s") + " for each run");
    Number time = numberOf(formula_.metric);
    if (time.isPresent() && !target_.overlapWhole && time.toDouble() > largest->seconds * (1 + 1e-9))
      block.lines.push_back(fmt::format("the time is {} more: the largest term counts for each run, and runs differ or "
                                        "have a launch",
                                        formatSi(Number::ofReal(time.toDouble() - largest->seconds), "s")));
    blocks_.push_back(std::move(block));
  }

  /// The children of a module, or the stages of the job, by their time.
  void addLargest() {
    auto number = result_.metric(formula_.metric);
    std::vector<std::pair<double, std::string>> parts;
    std::string parent = formula_.total ? "" : formula_.id;
    for (const runtime::ResultNode &row : result_.nodes)
      if (row.parent == parent && number && row.values[*number].isPresent())
        parts.emplace_back(row.values[*number].toDouble(), row.id);
    std::ranges::stable_sort(parts, [](const auto &a, const auto &b) { return a.first > b.first; });
    WhyBlock block{"parts, the longest first", {}};
    for (size_t i = 0; i < std::min(parts.size(), kParts); ++i)
      block.lines.push_back(formatSi(Number::ofReal(parts[i].first), "s") + "  " + parts[i].second);
    if (parts.size() > kParts) block.lines.push_back(fmt::format("and {} more", parts.size() - kParts));
    if (!parts.empty()) block.lines.push_back(fmt::format("go on with `{} {}`", parts[0].second, formula_.metric));
    blocks_.push_back(std::move(block));
  }

  void addDevice() {
    const runtime::DeviceInfo &device = *target_.device;
    std::string asked = device.asked == device.name ? "" : fmt::format(" (`{}` means `{}`)", device.asked, device.name);
    WhyBlock block{"device " + device.title + asked, {}};
    std::string format;
    if (isOperator())
      format = text(
          compilation_.target().computeFormat(intern(stage()), compilation_.checker().classOf(node().category)).name);
    for (const auto &[name, peak] : device.peaks)
      if (format.empty() || name == format)
        addEvidence("peak " + name, formatSi(Number::ofReal(peak), "FLOP/s"), block);
    addEvidence("vector_peak", formatSi(Number::ofReal(device.vectorPeak), "FLOP/s"), block);
    addEvidence("bandwidth", formatSi(Number::ofReal(device.bandwidth), "B/s"), block);
    if (device.link && rate(ir::Parameter::Kind::LinkRate))
      addEvidence("link", formatSi(Number::ofReal(*device.link), "B/s"), block);
    if (device.launch > 0) addEvidence("launch", formatSi(Number::ofReal(device.launch), "s"), block);
    if (isOperator()) block.lines.push_back(computeLine(compilation_, stage(), node().category));
    blocks_.push_back(std::move(block));
    addUtilisation();
  }

  void addEvidence(const std::string &field, const std::string &value, WhyBlock &block) {
    std::string from;
    for (const runtime::Evidence &each : target_.device->evidence)
      if (each.field == field) from = fmt::format("{}: {} ({})", each.kind, each.source, each.date);
    block.lines.push_back(field + " " + value + (from.empty() ? "" : "  " + from));
  }

  void addUtilisation() {
    const auto &chosen = metric_->utilisation == target_.optimistic->name ? target_.optimistic
                         : metric_->utilisation == target_.measured->name ? target_.measured
                                                                          : target_.chosen;
    std::string range = fmt::format("{:g} of the matrix peak", chosen->tensorLow);
    if (chosen->tensorLow != chosen->tensorHigh)
      range = fmt::format("{:g} to {:g} of the matrix peak, at {:g} here", chosen->tensorLow, chosen->tensorHigh,
                          chosen->fitted ? chosen->fitted->tensor : chosen->tensorLow);
    if (chosen->fitted)
      for (const auto &[name, part] : chosen->fitted->classes)
        range += fmt::format(", {:g} for {} where a device has no row", part, name);
    blocks_.push_back(
        {"utilisation " + chosen->name,
         {fmt::format("{}, {:g} of the vector peak, {:g} of the bandwidth", range, chosen->vector, chosen->memory),
          chosen->title}});
  }

  driver::Compilation &compilation_;
  const ir::CostModule &costs_;
  const runtime::Target &target_;
  const Formula &formula_;
  const runtime::Result &result_;
  const ModelOptions &options_;
  const Invocation &invocation_;
  const sema::Metric *metric_ = nullptr;
  std::vector<WhyBlock> blocks_;
};

} // namespace

std::vector<WhyBlock> timeBlocks(driver::Compilation &compilation, const Formula &formula,
                                 const runtime::Result &result, const ModelOptions &options,
                                 const Invocation &invocation) {
  return TimeExplainer(compilation, formula, result, options, invocation).build();
}

} // namespace mdl::tool
