//===- Verify.cpp - A report against a measurement ------------------------===//
#include "Verify.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <tuple>
#include <unordered_map>

namespace mdl::runtime {
namespace {

constexpr size_t kNoRow = ~size_t{0};
constexpr const char *kRoot = "(root)";

Int exactOf(const Number &value) {
  if (value.kind == Number::Kind::Exact) return value.exact;
  return value.real == std::floor(value.real) && std::fabs(value.real) < 0x1p53 ? Int(static_cast<int64_t>(value.real))
                                                                                : Int::overflow();
}

bool isNamed(const std::pair<std::string, Int> &module) {
  return module.first != kRoot && !module.first.starts_with("?");
}

/// What never runs has no work to divide.
Int perExecution(Int value, Int executions) { return executions.isZero() ? value : floorDiv(value, executions); }

double size(const VerifyRow &row) {
  return row.percent ? std::fabs(*row.percent) : std::numeric_limits<double>::infinity();
}

class Comparison {
public:
  Comparison(const Report &report, const Reference &reference, const VerifyOptions &options)
      : report_(report), reference_(reference), options_(options) {
    for (size_t i = 0; i < report.rows.size(); ++i) rowById_.emplace(report.rows[i].id, i);
    work_ = metricNamed(options.work), params_ = metricNamed(options.params);
  }

  bool start(ReportError &error) {
    std::string at = options_.at.empty() ? onlyStage() : options_.at;
    auto found = rowById_.find(at);
    if (found == rowById_.end()) return error = unknownNode(at), false;
    at_ = found->second;
    size_t stage = at_;
    while (!report_.rows[stage].parent.empty() && rowById_.contains(report_.rows[stage].parent))
      stage = rowById_.at(report_.rows[stage].parent);
    result.at = at;
    result.calls = report_.rows[stage].calls;
    result.tolerance = options_.tolerance;
    return true;
  }

  void compare() {
    compareTotals();
    bool modules = !options_.totalsOnly && !options_.visible;
    if (modules && work_) compareWork();
    if (!options_.totalsOnly && params_) compareOwnParams();
    std::ranges::sort(result.rows, [](const VerifyRow &a, const VerifyRow &b) {
      return std::make_tuple(-size(a), std::tie(a.metric, a.id)) < std::make_tuple(-size(b), std::tie(b.metric, b.id));
    });
    conclude();
  }

  VerifyResult result;

private:
  std::optional<size_t> metricNamed(const std::string &name) const {
    const std::vector<Metric> &metrics = report_.program->metrics;
    for (size_t i = 0; i < metrics.size(); ++i)
      if (metrics[i].name == name && !metrics[i].absent) return i;
    return std::nullopt;
  }

  std::string onlyStage() const {
    auto isStage = [](const Row &row) { return row.parent.empty(); };
    if (std::ranges::count_if(report_.rows, isStage) != 1) return {};
    return std::string(std::ranges::find_if(report_.rows, isStage)->id);
  }

  ReportError unknownNode(const std::string &at) const {
    std::string stages;
    for (const Row &row : report_.rows)
      if (row.parent.empty()) stages += fmt::format("{}`{}`", stages.empty() ? "" : ", ", row.id);
    if (at.empty()) return {"ambiguous-stage", "the model has several stages, name one: " + stages, {}};
    return {"unknown-node", fmt::format("no node is named `{}`; the stages are {}", at, stages), {}};
  }

  /// The row that a name of the reference means, or `kNoRow`.
  size_t rowOf(const std::string &module) const {
    if (module == kRoot) return at_;
    auto found = rowById_.find(result.at + "." + module);
    return found == rowById_.end() ? kNoRow : found->second;
  }

  Int valueAt(size_t row, size_t metric) const { return exactOf(report_.rows[row].values[metric]); }

  /// `ours` is of `executions` executions.
  VerifyRow compareOne(size_t row, const std::string &metric, Int ours, Int executions, Int reference) const {
    VerifyRow line{std::string(report_.rows[row].id), metric, perExecution(ours, executions), reference, 0.0, false};
    Int expected = reference * executions;
    line.passed = !ours.isOverflow() && ours == expected;
    if (line.passed) return line;
    line.percent.reset();
    if (ours.isOverflow() || expected.isOverflow() || expected.isZero()) return line;
    line.percent = (ours - expected).toDouble() / expected.toDouble() * 100;
    line.passed = options_.tolerance > 0 && std::fabs(*line.percent) <= options_.tolerance;
    return line;
  }

  void compareTotals() {
    if (reference_.totalFlops && work_) {
      Int hidden = options_.visible ? reference_.attentionFlops : 0;
      result.total =
          compareOne(at_, options_.work, valueAt(at_, *work_), result.calls, *reference_.totalFlops - hidden);
    }
    if (reference_.params && params_)
      result.params = compareOne(at_, options_.params, valueAt(at_, *params_), 1, *reference_.params);
  }

  void compareWork() {
    std::vector<bool> joined(report_.rows.size());
    for (const auto &[module, count] : reference_.flops) {
      size_t row = rowOf(module);
      bool nameless = module.starts_with("?");
      if (row == kNoRow || nameless) {
        result.unmatchedReference.push_back({module, options_.work, count, !nameless && !count.isZero()});
        continue;
      }
      joined[row] = true;
      if (module != kRoot) ++joined_;
      result.rows.push_back(compareOne(row, options_.work, valueAt(row, *work_), result.calls, count));
    }
    if (!reference_.flops.empty()) listOurs(joined);
  }

  /// Our nodes with work that the reference does not list, as attention cores are.
  void listOurs(const std::vector<bool> &joined) {
    std::string prefix = result.at + ".";
    for (size_t row = 0; row < joined.size(); ++row) {
      if (joined[row] || !report_.rows[row].id.starts_with(prefix)) continue;
      Int value = valueAt(row, *work_);
      if (!value.isZero())
        result.unmatchedOurs.push_back(
            {std::string(report_.rows[row].id), options_.work, perExecution(value, result.calls), false});
    }
  }

  void compareOwnParams() {
    std::vector<bool> listed(report_.rows.size());
    for (const auto &[module, count] : reference_.ownParams)
      if (size_t row = rowOf(module); row != kNoRow) listed[row] = true;
    std::vector<Int> own = ownParams(listed);
    for (const auto &[module, count] : reference_.ownParams) {
      size_t row = rowOf(module);
      if (row == kNoRow) {
        bool nameless = module.starts_with("?");
        result.unmatchedReference.push_back({module, options_.params, count, !nameless && !count.isZero()});
        continue;
      }
      if (module != kRoot) ++joined_;
      result.rows.push_back(compareOne(row, options_.params, own[row], 1, count));
    }
    if (!reference_.ownParams.empty() && !listed[at_] && own[at_] > 0)
      result.unmatchedOurs.push_back({result.at, options_.params, own[at_], false});
  }

  /// Per row: its parameters without those of the nearest listed rows below it.
  std::vector<Int> ownParams(const std::vector<bool> &listed) const {
    std::vector<Int> own(report_.rows.size());
    std::vector<size_t> around(report_.rows.size(), at_); // the nearest listed row above, else the stage
    std::string prefix = result.at + ".";
    own[at_] = valueAt(at_, *params_);
    for (size_t row = 0; row < own.size(); ++row) {
      if (!report_.rows[row].id.starts_with(prefix)) continue;
      size_t parent = rowById_.at(report_.rows[row].parent);
      around[row] = listed[parent] ? parent : around[parent];
      if (!listed[row]) continue;
      own[row] += valueAt(row, *params_);
      own[around[row]] -= valueAt(row, *params_);
    }
    return own;
  }

  void conclude() {
    size_t over = static_cast<size_t>(std::ranges::count(result.rows, false, &VerifyRow::passed));
    for (const auto *row : {&result.total, &result.params})
      if (*row && !(*row)->passed) ++over;
    size_t missing = static_cast<size_t>(std::ranges::count(result.unmatchedReference, true, &Unmatched::fails));
    if (over != 0) addReason("{} numbers differ by more than {} %", over, options_.tolerance);
    if (missing != 0) addReason("{} modules of the reference have no counterpart", missing);
    bool work = result.total || (!reference_.flops.empty() && !options_.totalsOnly && !options_.visible);
    if (work && result.calls.isZero()) addReason("`{}` never runs", result.at);
    if (!work_ && (reference_.totalFlops || !reference_.flops.empty()))
      addReason("the report has no `{}`", options_.work);
    if (!params_ && (reference_.params || !reference_.ownParams.empty()))
      addReason("the report has no `{}`", options_.params);
    if (isNothingJoined()) addReason("nothing joined");
    result.passed = result.reasons.empty();
  }

  /// No named module found its counterpart, or there was nothing to compare at all.
  bool isNothingJoined() const {
    bool flops = work_ && !options_.totalsOnly && !options_.visible;
    bool own = params_ && !options_.totalsOnly;
    bool named = (flops && std::ranges::any_of(reference_.flops, isNamed)) ||
                 (own && std::ranges::any_of(reference_.ownParams, isNamed));
    return named ? joined_ == 0 : !result.total && !result.params && result.rows.empty();
  }

  template <class... Args> void addReason(fmt::format_string<Args...> format, Args &&...args) {
    result.reasons.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  const Report &report_;
  const Reference &reference_;
  const VerifyOptions &options_;
  std::unordered_map<std::string_view, size_t> rowById_;
  std::optional<size_t> work_, params_;
  size_t at_ = kNoRow;
  size_t joined_ = 0;
};

} // namespace

std::optional<double> VerifyResult::largestError() const {
  std::optional<double> largest = 0;
  auto take = [&](const VerifyRow &row) {
    if (!row.percent) largest.reset();
    else if (largest && std::fabs(*row.percent) > std::fabs(*largest)) largest = *row.percent;
  };
  for (const VerifyRow &row : rows) take(row);
  for (const auto *row : {&total, &params})
    if (*row) take(**row);
  return largest;
}

std::optional<VerifyResult> verify(const Report &report, const Reference &reference, const VerifyOptions &options,
                                   ReportError &error) {
  Comparison comparison(report, reference, options);
  if (!comparison.start(error)) return std::nullopt;
  comparison.compare();
  return std::move(comparison.result);
}

} // namespace mdl::runtime
