//===- SuiteTable.cpp - The results of the checks, rendered ---------------===//
#include "Suite.h"
#include "runtime/report/Json.h"
#include "runtime/report/Page.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

constexpr const char *kVerdicts[] = {"pass", "FAIL", "skipped", "informative"};

size_t count(const std::vector<CheckResult> &results, Verdict verdict) {
  return static_cast<size_t>(std::ranges::count(results, verdict, &CheckResult::verdict));
}

std::string what(const Check &check) {
  std::string text = check.title.empty() ? check.name : check.title;
  return check.metric.empty() ? text : text + ": " + check.metric;
}

std::string percentText(const CheckResult &result) {
  if (!result.percent) return "-";
  return *result.percent == 0 ? "0" : fmt::format("{:+.3g}", *result.percent);
}

/// A count or a reference as it is; a measured quantity as people read it.
std::string numberText(const std::string &digits, const std::string &unit) {
  auto exact = parseInt(digits);
  if (exact && unit != "B") return digits;
  return digits.empty() ? "-"
                        : runtime::formatSi(
                              exact ? runtime::Number::of(*exact) : runtime::Number::ofReal(std::stod(digits)), unit);
}

std::string comment(const CheckResult &result) {
  const std::string &note = result.check.note;
  return result.reason + (result.reason.empty() || note.empty() ? "" : "; ") + note;
}

runtime::Section table(const std::vector<CheckResult> &results, Verdict only, const char *title) {
  using runtime::Align;
  runtime::Section section;
  section.title = title;
  section.columns = {Align::Left,  Align::Left,  Align::Right, Align::Right,
                     Align::Right, Align::Right, Align::Right, Align::Left};
  section.rows = {{"what", "result", "numbers", "ours", "theirs", "error %", "allowed %", "source"}};
  for (const CheckResult &each : results) {
    if ((each.verdict == Verdict::Informative) != (only == Verdict::Informative)) continue;
    std::string source = each.check.reference.empty() ? each.check.source : each.check.reference;
    if (std::string more = comment(each); !more.empty()) source += " (" + more + ")";
    section.rows.push_back({what(each.check), kVerdicts[static_cast<size_t>(each.verdict)],
                            std::to_string(each.numbers), numberText(each.ours, each.unit),
                            numberText(each.theirs, each.unit), percentText(each),
                            only == Verdict::Informative ? "-" : fmt::format("{}", each.check.tolerance), source});
  }
  return section;
}

std::string summary(const std::vector<CheckResult> &results) {
  size_t numbers = 0;
  for (const CheckResult &each : results)
    if (each.verdict != Verdict::Informative) numbers += each.numbers;
  return fmt::format("{} checks: {} passed, {} failed, {} skipped; {} numbers compared; {} informative comparisons",
                     results.size() - count(results, Verdict::Informative), count(results, Verdict::Pass),
                     count(results, Verdict::Fail), count(results, Verdict::Skipped), numbers,
                     count(results, Verdict::Informative));
}

runtime::Page pageOf(const std::vector<CheckResult> &results) {
  runtime::Page page;
  page.title = count(results, Verdict::Fail) == 0 ? "PASS" : "FAIL";
  page.lines = {summary(results)};
  page.sections = {table(results, Verdict::Pass, "checks"),
                   table(results, Verdict::Informative, "informative: these verify nothing")};
  return page;
}

} // namespace

void renderSuiteText(const std::vector<CheckResult> &results, bool colour, runtime::Output &out) {
  writeTextPage(pageOf(results), colour, out);
}

void renderSuiteMarkdown(const std::vector<CheckResult> &results, runtime::Output &out) {
  writeMarkdownPage(pageOf(results), out);
}

void renderSuiteJson(const std::vector<CheckResult> &results, runtime::Output &out) {
  auto text = [&](const char *key, const std::string &value) {
    out << ", \"" << key << "\": ";
    runtime::writeJsonString(out, value);
  };
  out << "{\n  \"schema\": \"mdlc.suite/1\",\n  \"passed\": "
      << (count(results, Verdict::Fail) == 0 ? "true" : "false");
  for (auto [key, verdict] : {std::pair("pass", Verdict::Pass), std::pair("fail", Verdict::Fail),
                              std::pair("skipped", Verdict::Skipped), std::pair("informative", Verdict::Informative)})
    out << ",\n  \"" << key << "\": " << Int(count(results, verdict));
  out << ",\n  \"checks\": [";
  const char *before = "\n    ";
  for (const CheckResult &each : results) {
    out << before << "{\"name\": ";
    runtime::writeJsonString(out, each.check.name);
    static constexpr const char *kKeys[] = {"pass", "fail", "skipped", "informative"};
    text("title", each.check.title), text("result", kKeys[static_cast<size_t>(each.verdict)]);
    text("model", each.check.model.file), text("workload", each.check.model.workload), text("at", each.check.at);
    text("metric", each.check.metric), text("reference", each.check.reference), text("source", each.check.source);
    text("ours", each.ours), text("theirs", each.theirs), text("unit", each.unit);
    out << ", \"numbers\": " << Int(each.numbers) << ", \"percent_error\": ";
    if (each.percent) out << *each.percent;
    else out << "null";
    out << ", \"tolerance\": " << each.check.tolerance;
    text("reason", each.reason), text("note", each.check.note);
    out << '}';
    before = ",\n    ";
  }
  out << "\n  ]\n}\n";
}

} // namespace mdl::tool
