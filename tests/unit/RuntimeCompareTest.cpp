//===- RuntimeCompareTest.cpp - Two results, number by number -------------===//
#include "runtime/Compare.h"
#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace mdl;
using namespace mdl::runtime;

namespace {

/// A result with one metric `work`, a sum, and nodes `id, parent, value`.
Result resultOf(std::string_view total, std::vector<std::array<std::string, 3>> nodes, std::string_view header = "") {
  std::string json =
      fmt::format(R"({{"schema": "mdlc.eval/1", "model": "m", {}"metrics": [{{"name": "work", )"
                  R"("title": "work", "unit": "FLOP", "fold": "sum"}}], "totals": {{"work": {}}}, "nodes": [)",
                  header, total);
  const char *comma = "";
  for (const auto &[id, parent, value] : nodes) {
    json += fmt::format(R"({}{{"id": "{}", "parent": {}, "work": {}}})", comma, id,
                        parent.empty() ? "null" : fmt::format("\"{}\"", parent), value);
    comma = ", ";
  }
  std::string error;
  auto result = parseResult(json + "]}", error);
  EXPECT_TRUE(result) << error;
  return result ? *result : Result();
}

/// `id change` of each contribution, with the side if it is one.
std::vector<std::string> shown(const MetricChange &change) {
  std::vector<std::string> lines;
  for (const Contribution &one : change.nodes) {
    std::string line = fmt::format("{} {}", one.id, toString(one.values.change().exact));
    if (one.side != Side::Both) line += one.side == Side::OnlyA ? " A" : " B";
    if (one.shared) line += " beyond";
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Result, KeepsLargeIntegersExact) {
  Result result = resultOf("\"309279991133011968\"", {});
  EXPECT_EQ(toString(result.totals[0].exact), "309279991133011968");
}

TEST(Result, RefusesWhatIsNone) {
  for (const char *text : {"", "[]", "{}", R"({"schema": "other/1", "totals": {}})", R"({"schema": "mdlc.eval/1"})"}) {
    std::string error;
    EXPECT_FALSE(parseResult(text, error)) << text;
    EXPECT_FALSE(error.empty()) << text;
  }
}

TEST(Result, TellsUnitsByNameWithoutADescription) {
  std::string error;
  auto result = parseResult(
      R"({"schema": "mdlc.report/1", "totals": {"bytes_read": 1, "flops_tensor": 2, "time_s": 0.5, "params": 3}})",
      error);
  ASSERT_TRUE(result) << error;
  Lines units;
  for (const ResultMetric &metric : result->metrics) units.push_back(metric.unit);
  EXPECT_EQ(units, (Lines{"B", "FLOP", "s", ""}));
}

TEST(Result, ReadsAReport) {
  std::string error;
  auto result = parseResult(
      R"({"schema": "mdlc.report/1", "model": {"name": "m", "variant": "big", "sources": [{"path": "family/big.mdl"}]},
          "workload": {"name": "720p", "inputs": [{"name": "height", "value": 720}]}, "convention": "full",
          "metrics": [{"name": "params", "title": "parameters", "unit": "count", "fold": "once", "absent": false},
                      {"name": "time_s", "unit": "s", "fold": "sum", "absent": true}],
          "totals": {"params": 7}, "categories": [], "geometry": {"T": 21},
          "modules": [{"id": "s", "parent": null, "metrics": {"params": 7}}]})",
      error);
  ASSERT_TRUE(result) << error;
  EXPECT_EQ(result->model, "m");
  EXPECT_EQ(result->file, "family/big.mdl");
  EXPECT_EQ(result->workloadName, "720p");
  EXPECT_EQ(result->setting("input height"), "720");
  EXPECT_EQ(result->settings.size(), 2u);
  ASSERT_EQ(result->metrics.size(), 1u);
  EXPECT_EQ(result->metrics[0].unit, "");
  ASSERT_TRUE(result->node("s"));
  EXPECT_EQ(result->node("s")->values[0], Number::of(7));
}

TEST(Result, SettingsAreTheHeader) {
  Result result = resultOf("1", {},
                           R"("workload": {"height": 720, "guidance": true}, "precision": {"name": "fp16", )"
                           R"("title": "half", "overrides": ["a", "b"]}, "convention": "full", )");
  EXPECT_EQ(result.setting("input height"), "720");
  EXPECT_EQ(result.setting("input guidance"), "true");
  EXPECT_EQ(result.setting("precision.name"), "fp16");
  EXPECT_EQ(result.setting("precision.overrides"), "a, b");
  EXPECT_EQ(result.setting("precision.title"), "");
  EXPECT_EQ(result.setting("convention"), "full");
}

TEST(Compare, EqualResultsDifferInNothing) {
  Result result = resultOf("7", {{"s", "", "7"}, {"s.x", "s", "7"}});
  Comparison comparison = compare(result, result, {});
  EXPECT_TRUE(comparison.isEqual());
  EXPECT_TRUE(comparison.metrics[0].nodes.empty());
  EXPECT_TRUE(comparison.settings.empty());
}

TEST(Compare, OneSideStandsForAllBelowIt) {
  Result a = resultOf("5", {{"s", "", "5"}, {"s.x", "s", "5"}});
  Result b = resultOf(
      "12", {{"s", "", "12"}, {"s.x", "s", "6"}, {"s.y", "s", "6"}, {"s.y.p", "s.y", "2"}, {"s.y.q", "s.y", "4"}});
  EXPECT_EQ(shown(compare(a, b, {}).metrics[0]), (Lines{"s.y 6 B", "s.x 1"}));
  EXPECT_EQ(shown(compare(b, a, {}).metrics[0]), (Lines{"s.y -6 A", "s.x -1"}));
}

TEST(Compare, LeafOnOneSideIsComparedAsAWhole) {
  Result a = resultOf("5", {{"s", "", "5"}, {"s.x", "s", "5"}});
  Result b = resultOf("9", {{"s", "", "9"}, {"s.x", "s", "9"}, {"s.x.p", "s.x", "9"}});
  EXPECT_EQ(shown(compare(a, b, {}).metrics[0]), Lines{"s.x 4"});
}

TEST(Compare, WhatANodeHasBeyondItsChildrenCounts) {
  Result a = resultOf("5", {{"s", "", "5"}, {"s.x", "s", "5"}});
  Result b = resultOf("5", {{"s", "", "8"}, {"s.x", "s", "6"}});
  MetricChange change = compare(a, b, {}).metrics[0];
  EXPECT_EQ(shown(change), (Lines{"s 2 beyond", "s.x 1"}));
  EXPECT_EQ(toString(change.rest.exact), "-3");
}

TEST(Compare, CopiesWithEqualValuesAreOneLine) {
  Result a = resultOf("6", {{"s", "", "6"}, {"s.0", "s", "2"}, {"s.1", "s", "2"}, {"s.2", "s", "2"}});
  Result b = resultOf("13", {{"s", "", "13"}, {"s.0", "s", "4"}, {"s.1", "s", "4"}, {"s.2", "s", "5"}});
  MetricChange change = compare(a, b, {}).metrics[0];
  EXPECT_EQ(shown(change), (Lines{"s.0…1 4", "s.2 3"}));
  EXPECT_EQ(change.nodes[0].copies, Int(2));
}

TEST(Compare, CounterpartsRenameTheLongestFirst) {
  std::vector<Counterpart> list = {{"core", "diffusion", ""},
                                   {"core.block_*", "diffusion.blocks.*", ""},
                                   {"core.block_*.attn", "diffusion.blocks.*.self_attn", ""},
                                   {"", "diffusion.x", "why"}};
  EXPECT_EQ(renamed(list, "core"), "diffusion");
  EXPECT_EQ(renamed(list, "core.head"), "diffusion.head");
  EXPECT_EQ(renamed(list, "core.block_7.attn.q"), "diffusion.blocks.7.self_attn.q");
  EXPECT_EQ(renamed(list, "core.block_7.mlp"), "diffusion.blocks.7.mlp");
  EXPECT_EQ(renamed(list, "cores"), "cores");
}

TEST(Compare, ReasonsStandBesideTheirNodes) {
  Result a = resultOf("5", {{"old", "", "5"}});
  Result b = resultOf("9", {{"new", "", "9"}, {"new.x", "new", "5"}, {"new.y", "new", "4"}});
  Comparison comparison = compare(a, b, {{{"old", "new", "renamed"}, {"", "new.y", "was missing"}}, {}});
  EXPECT_EQ(comparison.metrics[0].stages[0].why, "renamed");
  EXPECT_EQ(shown(comparison.metrics[0]), Lines{"new 4"}) << "a leaf on one side is compared as a whole";
}

TEST(Compare, UnlikeConventionsAndUnitsAreSaid) {
  Result a = resultOf("5", {}, R"("convention": "torch", )"), b = resultOf("6", {}, R"("convention": "full", )");
  EXPECT_EQ(compare(a, b, {}).notes, Lines{"convention: `torch` in A, `full` in B: FLOPs count different work"});
  b.metrics[0].unit = "MFLOP", b.settings = a.settings;
  Comparison comparison = compare(a, b, {});
  EXPECT_EQ(comparison.notes, Lines{"`work` is in FLOP in A and in MFLOP in B: it is not compared"});
  EXPECT_TRUE(comparison.metrics.empty());
}

/// Every pair of small trees: the changes of nodes and the remainder are the change of the total.
TEST(Compare, ContributionsAddUpForAllSmallTrees) {
  std::vector<Result> results;
  for (int shape = 0; shape < 81; ++shape) { // the values of a.x, a.y, b, b.z: absent, 1 or 5
    auto digit = [&](int power) { return shape / power % 3; };
    int64_t total = 0;
    std::vector<std::array<std::string, 3>> nodes;
    auto add = [&](const char *id, const char *parent, int d) {
      if (d != 0) nodes.push_back({id, parent, d == 1 ? "1" : "5"});
      return d == 0 ? 0 : d == 1 ? 1 : 5;
    };
    std::vector<std::array<std::string, 3>> inner;
    int x = add("a.x", "a", digit(1)), y = add("a.y", "a", digit(3));
    inner.swap(nodes);
    nodes.push_back({"a", "", std::to_string(x + y + 2)});
    nodes.insert(nodes.end(), inner.begin(), inner.end());
    total = x + y + 2;
    if (int b = add("b", "", digit(9)); b != 0) {
      total += b;
      if (digit(27) != 0) add("b.z", "b", digit(27));
    }
    results.push_back(resultOf(std::to_string(total - 1), nodes)); // stages share 1
  }
  size_t cases = 0;
  for (const Result &a : results)
    for (const Result &b : results) {
      MetricChange change = compare(a, b, {}).metrics[0];
      Int sum = change.rest.exact;
      for (const Contribution &one : change.nodes) sum += one.values.change().exact;
      ASSERT_EQ(sum, change.total.change().exact);
      ++cases;
    }
  EXPECT_EQ(cases, 81u * 81u);
}

} // namespace
