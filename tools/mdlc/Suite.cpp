//===- Suite.cpp - Every check that ships ---------------------------------===//
#include "Suite.h"
#include "DataReader.h"
#include "Side.h"
#include "compiler/support/DiagnosticText.h"
#include "runtime/Verify.h"
#include "runtime/report/Units.h"
#include "weights/VerifyWeights.h"
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr const char *kFileName = "checks.mdl";
constexpr std::string_view kMemory = "memory";

std::vector<std::string> checkFiles(const Invocation &invocation) {
  std::set<std::string> files;
  std::error_code ignored;
  for (const std::string &folder : driver::defaultSearchPaths(invocation.binary))
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder, ignored))
      if (entry.path().filename() == kFileName) files.insert(entry.path().string());
  return {files.begin(), files.end()};
}

/// The number of `count`, `bytes` or `time`: exact where it is whole.
std::optional<runtime::Number> numberOf(const DataReader &read) {
  for (auto [name, one] : {std::pair("count", 1), std::pair("bytes", 8), std::pair("time", 1)})
    if (auto value = read.rational(name)) {
      Rational in = *value / Rational(one); // bytes are held in bits
      return in.isInteger() ? runtime::Number::of(in.num()) : runtime::Number::ofReal(in.toDouble());
    }
  return std::nullopt;
}

Check checkOf(const ast::Item &item, const DataReader &read, const std::string &file) {
  Check check;
  check.name = text(item.name.name), check.title = item.title, check.folder = fs::path(file).parent_path().string();
  ModelOptions &model = check.model;
  model.file = read.text("model"), model.pipeline = read.text("pipeline"), model.workload = read.text("workload");
  model.settings = read.texts("set"), model.convention = read.text("convention"), model.traffic = read.text("traffic");
  model.precision = read.text("precision"), model.device = read.text("device");
  model.utilisation = read.text("utilisation"), model.residency = read.text("residency");
  check.at = read.text("at"), check.reference = read.text("reference"), check.metric = read.text("metric");
  check.weights = read.text("weights");
  check.source = read.text("source"), check.note = read.text("note");
  check.totals = read.flag("totals"), check.informative = read.flag("informative");
  if (auto tolerance = read.rational("tolerance")) check.tolerance = tolerance->toDouble();
  check.value = numberOf(read);
  return check;
}

/// A path of a check: beside its file, among the models, or beside the models folder, where a checkout has its tests.
std::string found(const std::string &name, const Check &check, const Invocation &invocation) {
  std::error_code ignored;
  std::vector<fs::path> folders{check.folder};
  for (const std::string &models : driver::defaultSearchPaths(invocation.binary))
    folders.insert(folders.end(), {fs::path(models), fs::path(models).parent_path(),
                                   fs::path(models).parent_path() / "tests" / "reference"});
  for (const fs::path &folder : folders)
    if (fs::exists(folder / name, ignored)) return (folder / name).lexically_normal().string();
  return {};
}

class Runner {
public:
  Runner(const Check &check, const Invocation &invocation) : invocation_(invocation) { result.check = check; }

  void run() {
    Check &check = result.check;
    std::string model = found(check.model.file, check, invocation_);
    if (model.empty() && !check.model.file.starts_with("tests/"))
      return fail(fmt::format("there is no model `{}`", check.model.file));
    std::string reference = check.reference.empty() ? "" : found(check.reference, check, invocation_);
    if (model.empty() || (reference.empty() && !check.reference.empty()))
      return skip(fmt::format("`{}` is not installed", model.empty() ? check.model.file : check.reference));
    if (!check.reference.empty() + check.value.has_value() + !check.weights.empty() != 1)
      return fail("a check has a reference, a file of weights or a number, one of them");
    check.model.file = model;
    if (!check.weights.empty()) return compareWeights();
    driver::Compilation compilation(request());
    if (!compilation.compile()) return fail(firstError(compilation));
    runtime::Evaluator evaluator(compilation.program());
    runtime::ReportOptions how;
    how.target = &compilation.targetInfo();
    runtime::ReportError error;
    auto report = runtime::makeReport(evaluator, compilation.inputs(), how, error);
    if (!report) return fail(error.message);
    if (reference.empty()) compareNumber(*report);
    else compareModules(*report, reference);
  }

  CheckResult result;

private:
  void fail(std::string reason) { result.verdict = Verdict::Fail, result.reason = std::move(reason); }
  void skip(std::string reason) { result.verdict = Verdict::Skipped, result.reason = std::move(reason); }

  /// Measurements are counted under the convention that `defaults` names for them.
  driver::Request request() const {
    driver::Request made = result.check.model.request(invocation_);
    made.measured = !result.check.reference.empty();
    return made;
  }

  static std::string firstError(driver::Compilation &compilation) {
    TextOptions form;
    form.maxErrors = 1;
    std::string text = renderText(compilation.sources(), compilation.diagnostics(), form);
    return text.substr(0, text.find('\n'));
  }

  void compareModules(const runtime::Report &report, const std::string &file) {
    DiagnosticOptions quiet;
    auto text = readFile(file, "bad-reference", quiet);
    std::string why;
    auto reference = text ? runtime::parseReference(*text, why) : std::nullopt;
    if (!reference) return fail(why);
    runtime::VerifyOptions how;
    how.at = result.check.at, how.tolerance = result.check.tolerance, how.totalsOnly = result.check.totals;
    how.visible = result.check.model.convention == "torch_visible";
    runtime::ReportError error;
    auto verified = runtime::verify(report, *reference, how, error);
    if (!verified) return fail(error.message);
    result.numbers = verified->numbers();
    result.percent = verified->largestError();
    const auto &shown = verified->total ? verified->total : verified->params;
    if (shown) result.ours = toString(shown->ours), result.theirs = toString(shown->reference);
    result.unit = verified->total ? "FLOP" : "";
    conclude(verified->passed);
    for (const std::string &reason : verified->reasons) result.reason += (result.reason.empty() ? "" : "; ") + reason;
  }

  /// Where the file is, its checkpoint says; without it there is nothing to compare.
  void compareWeights() {
    const Check &check = result.check;
    DiagnosticOptions diagnostics;
    Checkpoints checkpoints;
    if (!checkpoints.load(invocation_, diagnostics)) return fail("a file of checkpoints has an error");
    std::string why;
    auto file = checkpoints.locate(check.weights, why);
    if (!file) return skip(fmt::format("`{}`: {}", check.weights, why));
    driver::Compilation compilation(request());
    if (!compilation.open() || !compilation.elaborate()) return fail(firstError(compilation));
    VerifyWeightsOptions how;
    how.at = check.at;
    auto verified = verifyWeights(how, *file, compilation, checkpoints);
    if (!verified) return fail("the file cannot be compared");
    const weights::WeightComparison &found = verified->comparison;
    result.numbers = found.equal;
    result.ours = toString(found.ours), result.theirs = toString(found.theirs);
    result.percent =
        found.passed() ? 0 : (found.ours.toDouble() - found.theirs.toDouble()) / found.theirs.toDouble() * 100;
    conclude(found.passed());
    if (!found.passed())
      result.reason = fmt::format("{} missing, {} extra, {} of another shape", found.missing.size(), found.extra.size(),
                                  found.differing.size());
  }

  void conclude(bool passed) {
    result.verdict = result.check.informative ? Verdict::Informative : passed ? Verdict::Pass : Verdict::Fail;
  }

  /// The number of the job or of a stage that a check is about.
  runtime::Number ourNumber(const runtime::Report &report) {
    const Check &check = result.check;
    if (check.metric == kMemory) {
      result.unit = "B";
      return report.memory ? runtime::Number::of(report.memory->total) : runtime::Number();
    }
    const auto &metrics = report.program->metrics;
    for (size_t i = 0; i < metrics.size(); ++i) {
      if (metrics[i].name != check.metric || metrics[i].absent) continue;
      result.unit = metrics[i].unit;
      if (check.at.empty()) return report.totals[i];
      for (const runtime::Row &row : report.rows)
        if (row.id == check.at) return row.values[i];
    }
    return {};
  }

  void compareNumber(const runtime::Report &report) {
    runtime::Number ours = ourNumber(report), theirs = *result.check.value;
    if (!ours.isPresent())
      return fail(fmt::format("there is no `{}` at `{}`", result.check.metric,
                              result.check.at.empty() ? "the whole job" : result.check.at));
    result.numbers = 1;
    result.ours = runtime::formatExact(ours), result.theirs = runtime::formatExact(theirs);
    bool equal =
        runtime::Number::areExact(ours, theirs) ? ours.exact == theirs.exact : ours.toDouble() == theirs.toDouble();
    result.percent = equal ? 0 : (ours.toDouble() - theirs.toDouble()) / theirs.toDouble() * 100;
    bool passed = equal || std::fabs(*result.percent) <= result.check.tolerance;
    conclude(passed);
    if (!passed && !result.check.informative) result.reason = fmt::format("{:+.4g} % off", *result.percent);
  }

  const Invocation &invocation_;
};

} // namespace

std::optional<std::vector<Check>> readChecks(const Invocation &invocation, const DiagnosticOptions &diagnostics) {
  std::vector<Check> checks;
  for (const std::string &file : checkFiles(invocation)) {
    driver::Request request;
    request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation.binary);
    driver::Compilation compilation(request);
    bool opened = compilation.open();
    sema::Checker &checker = compilation.checker();
    if (opened)
      for (const ast::Item *item : checker.library().data("check", checker.mainFile()))
        if (sema::Value value = checker.dataValue(item); !value.isError())
          checks.push_back(checkOf(*item, DataReader(checker, value), file));
    if (!printDiagnostics(compilation, diagnostics) || !opened) return std::nullopt;
  }
  return checks;
}

CheckResult runCheck(const Check &check, const Invocation &invocation) {
  Runner runner(check, invocation);
  runner.run();
  return std::move(runner.result);
}

int runSuite(const std::string &format, const Invocation &invocation, const DiagnosticOptions &diagnostics) {
  auto checks = readChecks(invocation, diagnostics);
  if (!checks) return kWrong;
  if (checks->empty())
    return printError({"file-not-found", "no file `checks.mdl` below the models", ""}, diagnostics), kWrong;
  std::vector<CheckResult> results;
  bool failed = false;
  for (const Check &check : *checks) {
    results.push_back(runCheck(check, invocation));
    failed |= results.back().verdict == Verdict::Fail;
  }
  runtime::Output out(stdout);
  if (format == "json") renderSuiteJson(results, out);
  else if (format == "md") renderSuiteMarkdown(results, out);
  else renderSuiteText(results, useColour(STDOUT_FILENO), out);
  return out.flush() && !failed ? kOk : kWrong;
}

} // namespace mdl::tool
