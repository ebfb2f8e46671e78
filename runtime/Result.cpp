//===- Result.cpp - A saved result, read back -----------------------------===//
#include "Result.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mdl::runtime {
namespace {

using json = nlohmann::ordered_json;

/// The schemas that are understood: each has `totals` and `nodes`.
constexpr std::string_view kSchemas[] = {"mdlc.eval/1", "mdlc.report/1"};
/// Keys of the header that are no settings, and keys of settings that only repeat others in words.
constexpr std::string_view kNoSettings[] = {
    "schema",    "model",    "source",        "workload",   "workload_name", "memory",      "assumptions",
    "metrics",   "totals",   "nodes",         "modules",    "not_modelled",  "totals_best", "extrapolation",
    "report_id", "geometry", "configuration", "categories", "artifacts",     "provenance"};
constexpr std::string_view kWords[] = {"title", "line", "evidence", "asked", "vendor", "of_this_device"};
constexpr std::pair<std::string_view, Fold> kFolds[] = {
    {"sum", Fold::Sum}, {"once", Fold::Once}, {"peak", Fold::Peak}, {"each", Fold::Each}};

template <class List> bool contains(const List &list, std::string_view name) {
  return std::ranges::find(list, name) != std::end(list);
}

std::string textOf(const json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string textAt(const json &object, const char *key) {
  auto at = object.find(key);
  return at == object.end() || at->is_null() ? std::string() : textOf(*at);
}

/// A number, or a string of digits where it is too large for one; absent for everything else.
Number numberOf(const json &value) {
  if (value.is_number_unsigned()) return Number::of(value.get<uint64_t>());
  if (value.is_number_integer()) return Number::of(value.get<int64_t>());
  if (value.is_number()) return Number::ofReal(value.get<double>());
  if (value.is_string())
    if (auto exact = parseInt(value.get_ref<const std::string &>()); exact && !exact->isOverflow())
      return Number::of(*exact);
  return {};
}

Number numberAt(const json &object, const char *key) {
  auto at = object.find(key);
  return at == object.end() ? Number() : numberOf(*at);
}

class Reader {
public:
  Reader(const json &root, Result &result, std::string &error) : root_(root), result_(result), error_(error) {}

  bool read() {
    if (!root_.is_object()) return fail("a result is a JSON object");
    result_.schema = textAt(root_, "schema");
    if (!contains(kSchemas, result_.schema))
      return fail(fmt::format("its schema is `{}`, not {}", result_.schema, fmt::join(kSchemas, " or ")));
    if (!root_.contains("totals") || !root_["totals"].is_object()) return fail("it has no object `totals`");
    readHeader();
    readMetrics();
    readNodes();
    if (auto memory = root_.find("memory"); memory != root_.end() && memory->is_object()) readMemory(*memory);
    return true;
  }

private:
  bool fail(std::string message) { return error_ = std::move(message), false; }

  void readHeader() {
    readModel(), readWorkload();
    result_.selected = textAt(root_, "selected");
    for (const auto &[name, value] : result_.inputs) result_.settings.push_back({"input " + name, value});
    for (const auto &[key, value] : root_.items())
      if (!contains(kNoSettings, key)) addSettings(key, value);
    readTexts("assumptions", result_.assumptions), readTexts("not_modelled", result_.notModelled);
  }

  /// `"model": "NAME"` with its `source`; in a report an object, which names the file among its sources.
  void readModel() {
    result_.model = textAt(root_, "model");
    if (auto source = root_.find("source"); source != root_.end() && source->is_object())
      result_.file = textAt(*source, "file"), result_.pipeline = textAt(*source, "pipeline");
    auto model = root_.find("model");
    if (model == root_.end() || !model->is_object()) return;
    result_.model = result_.pipeline = textAt(*model, "name");
    std::string file = textAt(*model, "variant") + ".mdl";
    if (auto sources = model->find("sources"); sources != model->end() && sources->is_array())
      for (const json &source : *sources)
        if (std::string path = textAt(source, "path"); path == file || path.ends_with("/" + file)) result_.file = path;
  }

  /// `"workload": {"height": 720}` with `workload_name`; in a report an object with its name and a list of inputs.
  void readWorkload() {
    result_.workloadName = textAt(root_, "workload_name");
    auto workload = root_.find("workload");
    if (workload == root_.end() || !workload->is_object()) return;
    auto listed = workload->find("inputs");
    if (listed == workload->end() || !listed->is_array()) {
      for (const auto &[name, value] : workload->items()) result_.inputs.emplace_back(name, textOf(value));
      return;
    }
    result_.workloadName = textAt(*workload, "name");
    for (const json &input : *listed) result_.inputs.emplace_back(textAt(input, "name"), textAt(input, "value"));
  }

  void addSettings(const std::string &path, const json &value) {
    if (value.is_object()) {
      for (const auto &[key, inner] : value.items())
        if (!contains(kWords, key)) addSettings(path + "." + key, inner);
    } else if (value.is_array()) {
      std::string joined;
      for (const json &each : value)
        if (each.is_string()) joined += (joined.empty() ? "" : ", ") + each.get<std::string>();
      if (!joined.empty()) result_.settings.push_back({path, joined});
    } else if (!value.is_null()) {
      result_.settings.push_back({path, textOf(value)});
    }
  }

  void readTexts(const char *key, std::vector<std::string> &into) {
    if (auto at = root_.find(key); at != root_.end() && at->is_array())
      for (const json &text : *at) into.push_back(textOf(text));
  }

  void readMetrics() {
    const json &totals = root_["totals"];
    if (auto described = root_.find("metrics"); described != root_.end() && described->is_array()) {
      for (const json &each : *described) {
        if (textAt(each, "absent") == "true") continue;
        ResultMetric metric{textAt(each, "name"), textAt(each, "title"), textAt(each, "unit"), {}};
        if (metric.unit == "count") metric.unit.clear();
        for (auto [name, fold] : kFolds)
          if (textAt(each, "fold") == name) metric.fold = fold;
        result_.metrics.push_back(std::move(metric));
      }
    } else {
      for (const auto &[name, value] : totals.items())
        if (numberOf(value).isPresent()) result_.metrics.push_back({name, name, unitByName(name), {}});
    }
    result_.totals = valuesOf(totals);
  }

  std::vector<Number> valuesOf(const json &object) const {
    std::vector<Number> values;
    for (const ResultMetric &metric : result_.metrics) values.push_back(numberAt(object, metric.name.c_str()));
    return values;
  }

  /// `nodes` with their numbers, or a report's `modules` with a `metrics` each.
  void readNodes() {
    for (const char *key : {"nodes", "modules"}) {
      auto nodes = root_.find(key);
      if (nodes == root_.end() || !nodes->is_array()) continue;
      for (const json &node : *nodes) {
        if (!node.is_object()) continue;
        auto inner = node.find("metrics");
        const json &numbers = inner != node.end() && inner->is_object() ? *inner : node;
        result_.nodes.push_back({textAt(node, "id"), textAt(node, "parent"), valuesOf(numbers)});
      }
    }
  }

  void readMemory(const json &memory) {
    ResultMemory read{textAt(memory, "residency"),
                      {},
                      numberAt(memory, "total_bytes"),
                      numberAt(memory, "capacity_bytes"),
                      textAt(memory, "at")};
    if (auto stages = memory.find("stages"); stages != memory.end() && stages->is_array())
      for (const json &each : *stages) {
        ResultStageMemory stage{textAt(each, "stage"), textAt(each, "placement"), {}};
        for (const auto &[key, value] : each.items())
          if (Number number = numberOf(value); number.isPresent()) stage.parts.emplace_back(key, number);
        read.stages.push_back(std::move(stage));
      }
    if (!read.residency.empty()) result_.settings.push_back({"residency", read.residency});
    result_.memory = std::move(read);
  }

  const json &root_;
  Result &result_;
  std::string &error_;
};

} // namespace

Number ResultStageMemory::part(std::string_view key) const {
  for (const auto &[name, value] : parts)
    if (name == key) return value;
  return {};
}

std::optional<size_t> Result::metric(std::string_view name) const {
  auto found = std::ranges::find(metrics, name, &ResultMetric::name);
  return found == metrics.end() ? std::nullopt : std::optional(static_cast<size_t>(found - metrics.begin()));
}

const ResultNode *Result::node(std::string_view id) const {
  auto found = std::ranges::find(nodes, id, &ResultNode::id);
  return found == nodes.end() ? nullptr : &*found;
}

std::string_view Result::setting(std::string_view name) const {
  auto found = std::ranges::find(settings, name, &ResultSetting::name);
  return found == settings.end() ? std::string_view() : std::string_view(found->value);
}

std::string unitByName(std::string_view name) {
  if (name.ends_with("bytes") || name.starts_with("bytes_")) return "B";
  if (name.starts_with("flops")) return "FLOP";
  return name.ends_with("_s") || name.find("_s_") != std::string_view::npos ? "s" : "";
}

std::optional<Result> parseResult(std::string_view text, std::string &error) {
  try {
    json root = json::parse(text);
    Result result;
    if (Reader(root, result, error).read()) return result;
  } catch (const json::exception &exception) { // the library's way to tell where a text is wrong
    error = exception.what();
  }
  return std::nullopt;
}

} // namespace mdl::runtime
