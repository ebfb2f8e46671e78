//===- ModelmeterJson.cpp - report.json in the seed's field names ---------===//
// The seed's AnalyticModelReport with its keys in order of their names and an
// indent of two. Its units are decimal here and stated in `notes`; the seed left
// most of them 0. Ids stay ours, below one root `pipeline` as the seed has it.
//===----------------------------------------------------------------------===//
#include "StaticAnalysis.h"
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mdl::runtime {
namespace {

using Json = nlohmann::json; // keys in order of their names
constexpr const char *kRoot = "pipeline";

Json number(const Number &value) {
  if (value.kind == Number::Kind::Exact && value.exact.fitsInt64()) return value.exact.toInt64();
  return value.toDouble();
}

Json integer(Int value) { return value.fitsInt64() ? Json(value.toInt64()) : Json(value.toDouble()); }

class Exporter {
public:
  explicit Exporter(const StaticAnalysis &analysis)
      : analysis_(analysis), report_(analysis.report), facts_(analysis.facts), program_(*report_.program),
        flops_(analysis.work()), read_(analysis.metric("bytes_read")), written_(analysis.metric("bytes_written")),
        weights_(analysis.metric("weight_bytes")), activations_(analysis.metric("activation_peak_bytes")),
        kv_(analysis.metric("kv_bytes")), time_(analysis.time()), byCategory_(report_.rows.size() + 1) {
    sumByCategory();
  }

  Json report() {
    Json result = {{"report_id", analysis_.id}, {"model", model()},          {"workload", workload()},
                   {"profile_run_id", nullptr}, {"layer_docs_dir", nullptr}, {"notes", notes()}};
    result["modules"] = modules();
    result["operator_categories"] = categories();
    result["module_metrics"] = metrics();
    result["predicted_total_time_ms"] = time_ ? report_.totals[*time_].toDouble() * 1e3 : 0.0;
    return result;
  }

private:
  struct Sum {
    double flops = 0, bits = 0;
    Int calls = 0;
  };

  static double valueOf(std::span<const Number> values, std::optional<size_t> metric) {
    return metric && values[*metric].isPresent() ? values[*metric].toDouble() : 0;
  }
  double bits(std::span<const Number> values) const { return 8 * (valueOf(values, read_) + valueOf(values, written_)); }

  /// What is below each row, by category; the last entry is the root. Children come after their parents.
  void sumByCategory() {
    size_t categories = analysis_.categories.totals().size(), root = report_.rows.size();
    byCategory_.assign(root + 1, std::vector<Sum>(categories));
    std::vector<size_t> parentOf(root, root);
    for (size_t i = 0; i < root; ++i)
      for (uint32_t child : analysis_.children[i]) parentOf[child] = i;
    for (size_t i = root; i-- > 0;) {
      if (auto category = analysis_.categories.of(i)) {
        const Row &row = report_.rows[i];
        byCategory_[i][*category] = {valueOf(row.values, flops_), bits(row.values), row.calls};
      }
      for (size_t k = 0; k < categories; ++k) {
        Sum &to = byCategory_[parentOf[i]][k];
        const Sum &from = byCategory_[i][k];
        to.flops += from.flops, to.bits += from.bits, to.calls += from.calls;
      }
    }
  }

  Json numberNamed(const std::string &name) const {
    for (const NamedNumber &each : facts_.numbers)
      if (each.name == name) return number(each.value);
    return nullptr;
  }

  Json model() const {
    std::error_code ignored;
    Json result = {{"model_id", program_.model},
                   {"model_variant", facts_.variant},
                   {"config_path", std::filesystem::absolute(facts_.path, ignored).lexically_normal().string()},
                   {"notes", program_.title}};
    for (const auto &[theirs, ours] : facts_.names.numbers) result[theirs] = numberNamed(ours);
    return result;
  }

  static Json inputValue(const BoundInput &bound) {
    switch (bound.input->type) {
    case InputType::Integer: return integer(bound.value);
    case InputType::Boolean: return !bound.value.isZero();
    case InputType::Choice: return bound.text();
    }
    return nullptr;
  }

  /// Inputs under the schema's names; those that it has no name for under ours.
  Json workload() const {
    Json result = {{"profile_id", report_.workload.empty() ? "defaults" : report_.workload}, {"description", ""}};
    for (const BoundInput &bound : report_.inputs) {
      std::string name = bound.input->name;
      for (const auto &[theirs, ours] : facts_.names.inputs)
        if (ours == bound.input->name) name = theirs;
      result[name] = inputValue(bound);
    }
    return result;
  }

  std::string stageName(const std::string &stage) const {
    for (const auto &[ours, theirs] : facts_.names.stages)
      if (ours == stage) return theirs;
    return stage;
  }

  static Json node(std::string_view id, std::string_view name, std::string_view op, const std::string &stage) {
    return {{"module_id", id},
            {"name", name},
            {"qualified_class_name", op},
            {"stage", stage},
            {"parent_id", nullptr},
            {"children", Json::array()},
            {"repetition", "none"},
            {"repetition_count", nullptr},
            {"constructor_params", Json::object()}};
  }

  Json rootNode() const {
    Json root = node(kRoot, program_.title.empty() ? program_.model : program_.title, program_.model, kRoot);
    for (uint32_t at : analysis_.stages()) root["children"].push_back(report_.rows[at].id);
    for (const BoundInput &bound : report_.inputs) root["constructor_params"][bound.input->name] = inputValue(bound);
    for (const NamedNumber &each : facts_.numbers) root["constructor_params"][each.name] = number(each.value);
    return root;
  }

  Json modules() const {
    Json all = Json::array({rootNode()});
    std::string stage;
    for (size_t i = 0; i < report_.rows.size(); ++i) {
      const Row &row = report_.rows[i];
      if (row.parent.empty()) stage = stageName(std::string(row.id));
      std::string_view name =
          row.parent.empty() && !row.node->title.empty() ? std::string_view(row.node->title) : row.name;
      Json one = node(row.id, name, row.node->op, stage);
      one["parent_id"] = row.parent.empty() ? std::string_view(kRoot) : row.parent;
      for (uint32_t child : analysis_.children[i]) one["children"].push_back(report_.rows[child].id);
      all.push_back(std::move(one));
    }
    return all;
  }

  Json categories() const {
    Json all = Json::array();
    for (size_t i = 0; i < analysis_.categories.totals().size(); ++i) {
      const CategoryTotal &each = analysis_.categories.totals()[i];
      std::vector<std::string> classes;
      if (i < facts_.categories.size()) classes = facts_.categories[i].operators;
      all.push_back({{"category_id", each.name},
                     {"display_name", each.title.empty() ? each.name : each.title},
                     {"description", each.title},
                     {"match_classes", classes}});
    }
    return all;
  }

  Json breakdown(size_t at, double flops) const {
    Json all = Json::array();
    for (size_t i = 0; i < byCategory_[at].size(); ++i) {
      const Sum &sum = byCategory_[at][i];
      if (sum.flops == 0 && sum.bits == 0) continue;
      all.push_back({{"category_id", analysis_.categories.totals()[i].name},
                     {"calls", integer(sum.calls)},
                     {"flops_tflops", sum.flops / 1e12},
                     {"io_tb", sum.bits / 1e12},
                     {"share_of_module_flops", flops > 0 ? sum.flops / flops : 0.0}});
    }
    return all;
  }

  Json snapshot(size_t at, std::string_view id, Int calls, std::span<const Number> values) const {
    double flops = valueOf(values, flops_);
    std::optional<size_t> shared = time_ ? time_ : flops_;
    return {{"module_id", id},
            {"profile_id", report_.workload.empty() ? "defaults" : report_.workload},
            {"calls", integer(calls)},
            {"total_time_ms", valueOf(values, time_) * 1e3},
            {"total_flops_tflops", flops / 1e12},
            {"total_io_tb", bits(values) / 1e12},
            {"memory_weights_gb", valueOf(values, weights_) / 1e9},
            {"memory_activations_gb", valueOf(values, activations_) / 1e9},
            {"memory_kvcache_gb", valueOf(values, kv_) / 1e9},
            {"share_of_model_time", shared ? analysis_.share(values, *shared) : 0.0},
            {"operator_breakdown", breakdown(at, flops)}};
  }

  Json metrics() const {
    Json all = Json::array({snapshot(report_.rows.size(), kRoot, 1, report_.totals)});
    for (size_t i = 0; i < report_.rows.size(); ++i)
      all.push_back(snapshot(i, report_.rows[i].id, report_.rows[i].calls, report_.rows[i].values));
    return all;
  }

  std::string notes() const {
    std::string text =
        "Units: *_tflops 10^12 FLOP of matrix units over the whole job (vector work is not in this schema); *_tb 10^12 "
        "bits "
        "read and written; *_gb 10^9 bytes; *_ms milliseconds. memory_* are unions by storage and a peak, not sums. "
        "calls is no multiplier: all numbers are of the whole job. ";
    text += time_ ? "share_of_model_time is the share of the predicted time. "
                  : "No device: times are 0 and share_of_model_time is the share of FLOPs. ";
    text += fmt::format("Convention {}, traffic {}. {}.", program_.convention, program_.traffic,
                        report_.target->precision.line());
    if (report_.target->device) text += " Device " + report_.target->device->name + deviceEvidence();
    for (const std::string &each : report_.assumptions) text += " Assumption: " + each + ".";
    for (const std::string &each : program_.notModelled) text += " Not modelled: " + each + ".";
    return text + " Model version " + facts_.version + ".";
  }

  std::string deviceEvidence() const {
    const DeviceInfo &device = *report_.target->device;
    std::string text = device.provisional ? ", provisional" : "";
    for (const Evidence &each : device.evidence) text += fmt::format("; {} {}", each.field, each.kind);
    return text + ".";
  }

  const StaticAnalysis &analysis_;
  const Report &report_;
  const ModelFacts &facts_;
  const Program &program_;
  std::optional<size_t> flops_, read_, written_, weights_, activations_, kv_, time_;
  std::vector<std::vector<Sum>> byCategory_;
};

} // namespace

void renderModelmeterJson(const StaticAnalysis &analysis, Output &out) {
  Json report = Exporter(analysis).report();
  out << report.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

} // namespace mdl::runtime
