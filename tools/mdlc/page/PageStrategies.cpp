//===- PageStrategies.cpp - Several devices on the report's page ----------===//
#include "PageStrategies.h"
#include "runtime/emit/Tables.h"
#include "runtime/report/JsonMembers.h"

namespace mdl::tool {

using runtime::Members;
using runtime::Output;
using runtime::StrategyField;
using runtime::writeJsonList;
using runtime::writeJsonString;

namespace {

const char *kindName(StrategyField::Kind kind) {
  using Kind = StrategyField::Kind;
  switch (kind) {
  case Kind::Batch: return "batch";
  case Kind::Devices: return "devices";
  case Kind::Link: return "link";
  case Kind::LinkLatency: return "latency";
  case Kind::Metric: return "metric";
  case Kind::Input: return "input";
  case Kind::Active:
  case Kind::Latency:
  case Kind::Price: break; // of quantities
  }
  return "";
}

void writeTexts(Output &out, const std::vector<std::string> &texts) {
  writeJsonList(out, texts, [&](const std::string &text) { writeJsonString(out, text); });
}

/// `[kind, name, categories]`: null where it is not of a class.
void writeFields(Output &out, const std::vector<StrategyField> &fields) {
  writeJsonList(out, fields, [&](const StrategyField &field) {
    out << "[\"" << kindName(field.kind) << "\",";
    writeJsonString(out, field.name);
    out << ',';
    if (field.ofClass.empty()) out << "null";
    else writeTexts(out, field.categories);
    out << ']';
  });
}

} // namespace

void writeStrategy(Output &out, const runtime::Strategy &strategy) {
  out << '{';
  Members members(out);
  members.text("name", strategy.name).text("title", strategy.title).text("divides", strategy.divides);
  members.text("rule", strategy.rule);
  members.start("assumptions");
  writeTexts(out, strategy.assumptions);
  members.start("inputs");
  writeFields(out, strategy.inputs);
  members.start("parameters");
  writeFields(out, strategy.parameters);
  members.start("shares");
  writeJsonList(out, strategy.shares,
                [&](const auto &share) { out << '[' << Int(share.count) << ',' << Int(share.serves) << ']'; });
  members.number("active", Int(strategy.active)).number("time", Int(strategy.time));
  if (strategy.holds) members.number("holds", Int(*strategy.holds));
  else members.null("holds");
  members.start("resources");
  writeJsonList(out, strategy.resources, [&](const auto &resource) {
    out << '[', writeJsonString(out, resource.first);
    out << ',' << Int(resource.second) << ']';
  });
  members.number("guards", Int(strategy.guardsOfInputs));
  members.start("program");
  out << emit::programTables(strategy.program) << '}';
}

void writeBounds(Output &out, const ir::CostModule &costs) {
  std::vector<const ir::Metric *> bounds;
  for (const ir::Metric &metric : costs.metrics)
    if (!metric.utilisation.empty() && metric.unit == "s") bounds.push_back(&metric);
  writeJsonList(out, bounds, [&](const ir::Metric *metric) {
    out << '[', writeJsonString(out, metric->name), out << ',';
    writeJsonString(out, metric->utilisation), out << ']';
  });
}

} // namespace mdl::tool
