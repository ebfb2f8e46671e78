//===- RuntimeVerifyTest.cpp - Reports against references -----------------===//
#include "RuntimeProgram.h"
#include "runtime/Verify.h"
#include "runtime/report/Verification.h"
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mdl::runtime {
namespace {

using nlohmann::json;

Report demoReport(const DemoModel &model) {
  Evaluator evaluator(model.b.program);
  ReportError error;
  std::vector<Int> inputs = defaults(model.b.program);
  return *makeReport(evaluator, inputs, {}, error);
}

/// What a counter would measure in one run of the demo's diffusion stage: 1/5 of the job.
/// `attn` has no entry for its core; `up` weighs 20 and 40.
json demoReference() {
  json flops = {{"(root)", 650}, {"patch", 20}, {"up.1", 10}, {"up.2", 20}, {"?Sequential", 600}};
  json params = {{"patch", 7}, {"up.1", 20}, {"up.2", 40}};
  for (int i = 0; i < 3; ++i) {
    std::string block = "blocks." + std::to_string(i);
    flops.update({{block, 200}, {block + ".attn", 140}, {block + ".attn.q", 40}, {block + ".ffn", 60}});
    params.update({{block + ".attn.q", 11}, {block + ".ffn", 13}});
  }
  return {{"model", "demo"},        {"component", "dit"},         {"total_flops", 650},      {"params", 139},
          {"ops", {{"sdpa", 300}}}, {"modules_inclusive", flops}, {"params_modules", params}};
}

VerifyResult compare(const json &reference, VerifyOptions options = {}) {
  static const DemoModel model;
  std::string fault;
  auto parsed = parseReference(reference.dump(), fault);
  EXPECT_TRUE(parsed) << fault;
  if (options.at.empty()) options.at = "diffusion";
  ReportError error;
  auto result = verify(demoReport(model), *parsed, options, error);
  EXPECT_TRUE(result) << error.message;
  return *result;
}

std::vector<std::string> idsOf(const std::vector<Unmatched> &entries) {
  std::vector<std::string> ids;
  for (const Unmatched &entry : entries) ids.push_back(entry.id);
  return ids;
}

TEST(VerifyTest, EqualNumbersPass) {
  VerifyResult result = compare(demoReference());
  EXPECT_TRUE(result.passed);
  EXPECT_TRUE(result.reasons.empty());
  EXPECT_EQ(result.calls, 5);
  EXPECT_EQ(result.rows.size(), 16u + 9u);
  EXPECT_EQ(result.total->ours, 650);
  EXPECT_EQ(result.params->ours, 139);
  EXPECT_EQ(idsOf(result.unmatchedReference), std::vector<std::string>{"?Sequential"});
  EXPECT_EQ(idsOf(result.unmatchedOurs),
            (std::vector<std::string>{"diffusion.blocks.0.attn.core", "diffusion.blocks.1.attn.core",
                                      "diffusion.blocks.2.attn.core"}));
}

TEST(VerifyTest, EachFaultFails) {
  struct Case {
    const char *reason;
    std::function<void(json &)> damage;
  };
  const Case cases[] = {
      {"1 numbers differ by more than 0 %", [](json &r) { r["modules_inclusive"]["blocks.1.attn.q"] = 41; }},
      {"1 numbers differ by more than 0 %", [](json &r) { r["modules_inclusive"]["(root)"] = 651; }},
      {"1 numbers differ by more than 0 %", [](json &r) { r["total_flops"] = 649; }},
      {"1 numbers differ by more than 0 %", [](json &r) { r["params"] = 140; }},
      {"1 numbers differ by more than 0 %", [](json &r) { r["params_modules"]["up.1"] = 21; }},
      {"1 numbers differ by more than 0 %", [](json &r) { r["modules_inclusive"]["patch"] = 0; }},
      {"1 modules of the reference have no counterpart", [](json &r) { r["modules_inclusive"]["head"] = 9; }},
      {"1 modules of the reference have no counterpart", [](json &r) { r["params_modules"]["head"] = 9; }},
      {"nothing joined",
       [](json &r) {
         r["modules_inclusive"] = {{"(root)", 650}, {"norm", 0}};
         r["params_modules"] = json::object();
       }},
      {"nothing joined", [](json &r) { r = {{"modules_inclusive", {{"?x", 1}}}}; }},
  };
  for (const Case &test : cases) {
    json reference = demoReference();
    test.damage(reference);
    VerifyResult result = compare(reference);
    EXPECT_FALSE(result.passed);
    EXPECT_EQ(result.reasons, std::vector<std::string>{test.reason});
  }
}

TEST(VerifyTest, ModulesWithoutWorkMayBeMissing) {
  json reference = demoReference();
  reference["modules_inclusive"]["norm"] = 0;
  EXPECT_TRUE(compare(reference).passed);
}

TEST(VerifyTest, TotalsAreEnoughWhereNoModuleIsNamed) {
  json reference = demoReference();
  reference["modules_inclusive"] = {{"(root)", 650}, {"?Sequential", 1}};
  reference.erase("params_modules");
  EXPECT_TRUE(compare(reference).passed);
}

TEST(VerifyTest, ToleranceIsInPercent) {
  json reference = demoReference();
  reference["modules_inclusive"]["blocks.0"] = 202; // ours is 0.990 % lower
  VerifyOptions options;
  options.tolerance = 0.99;
  EXPECT_FALSE(compare(reference, options).passed);
  options.tolerance = 1;
  VerifyResult result = compare(reference, options);
  EXPECT_TRUE(result.passed);
  EXPECT_NEAR(*result.rows[0].percent, -0.990099, 1e-6);
}

TEST(VerifyTest, TheWorstComesFirst) {
  json reference = demoReference();
  reference["modules_inclusive"]["blocks.0"] = 202;
  reference["modules_inclusive"]["blocks.1"] = 100;
  reference["modules_inclusive"]["patch"] = 0;
  VerifyResult result = compare(reference);
  EXPECT_EQ(result.rows[0].id, "diffusion.patch");
  EXPECT_FALSE(result.rows[0].percent);
  EXPECT_EQ(result.rows[1].id, "diffusion.blocks.1");
  EXPECT_EQ(*result.rows[1].percent, 100);
  EXPECT_EQ(result.rows[2].id, "diffusion.blocks.0");
}

/// A difference that rounding down would hide: the job's work is no multiple of the calls.
TEST(VerifyTest, DivisionByCallsIsExact) {
  DemoModel model;
  Report report = demoReport(model);
  std::vector<Number> values = {Number::of(101), Number::of(7), Number::of(300)}; // patch: 20.2 a run
  report.rows[1].values = values;
  std::string fault;
  VerifyOptions options;
  options.at = "diffusion";
  ReportError error;
  VerifyResult result = *verify(report, *parseReference(demoReference().dump(), fault), options, error);
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.rows[0].id, "diffusion.patch");
  EXPECT_EQ(result.rows[0].ours, 20);
  EXPECT_EQ(*result.rows[0].percent, 1);
}

/// The vendor may keep a parameter in a module around the node that we give it.
TEST(VerifyTest, ParametersOfUnlistedNodesCountToTheModuleAround) {
  json reference = demoReference();
  reference["params_modules"].erase("blocks.2.attn.q");
  reference["params_modules"]["blocks.2"] = 11;
  EXPECT_TRUE(compare(reference).passed);
  reference["params_modules"].erase("blocks.2");
  reference["params_modules"]["(root)"] = 11;
  EXPECT_TRUE(compare(reference).passed);
  reference["params_modules"].erase("(root)");
  VerifyResult result = compare(reference);
  EXPECT_TRUE(result.passed); // the total says that nothing is missing
  EXPECT_EQ(result.unmatchedOurs.back().id, "diffusion");
  EXPECT_EQ(result.unmatchedOurs.back().value, 11);
}

TEST(VerifyTest, TotalsOnlyLeavesModulesOut) {
  json reference = demoReference();
  reference["modules_inclusive"] = {{"other.names", 1}};
  VerifyOptions options;
  options.totalsOnly = true;
  VerifyResult result = compare(reference, options);
  EXPECT_TRUE(result.passed);
  EXPECT_TRUE(result.rows.empty() && result.unmatchedReference.empty());
  reference["params"] = 1;
  EXPECT_FALSE(compare(reference, options).passed);
}

TEST(VerifyTest, VisibleTotalsLeaveFusedAttentionOut) {
  json reference = demoReference();
  reference["total_flops"] = 950; // 300 of them in fused kernels
  VerifyOptions options;
  options.visible = true;
  VerifyResult result = compare(reference, options);
  EXPECT_TRUE(result.passed);
  EXPECT_EQ(result.total->reference, 650);
}

TEST(VerifyTest, ParameterFilesNeedNoWork) {
  json reference = demoReference();
  reference.erase("total_flops"), reference.erase("modules_inclusive");
  VerifyResult result = compare(reference);
  EXPECT_TRUE(result.passed);
  EXPECT_FALSE(result.total);
  EXPECT_EQ(result.rows.size(), 9u);
}

TEST(VerifyTest, StagesAreNamed) {
  DemoModel model;
  Report report = demoReport(model);
  Reference reference;
  reference.params = 1;
  ReportError error;
  EXPECT_FALSE(verify(report, reference, {}, error));
  EXPECT_EQ(error.slug, "ambiguous-stage");
  VerifyOptions options;
  options.at = "vea";
  EXPECT_FALSE(verify(report, reference, options, error));
  EXPECT_EQ(error.message, "no node is named `vea`; the stages are `diffusion`, `vae`");
  options.at = "vae";
  EXPECT_TRUE(verify(report, reference, options, error)->passed);
}

TEST(VerifyTest, AbsentMetricsFail) {
  DemoModel model;
  model.b.program.metrics[0].absent = true;
  std::string fault;
  VerifyOptions options;
  options.at = "diffusion";
  ReportError error;
  VerifyResult result = *verify(demoReport(model), *parseReference(demoReference().dump(), fault), options, error);
  EXPECT_EQ(result.reasons, std::vector<std::string>{"the report has no `flops_tensor`"});
}

TEST(ReferenceTest, FaultsAreNamed) {
  struct {
    const char *text, *message;
  } cases[] = {
      {"[]", "a reference is a JSON object"},
      {"{}", "the reference has none of `total_flops`, `params`, `modules_inclusive`, `params_modules`"},
      {R"({"total_flops": 1.5})", "`total_flops` is 1.5, which is no exact count"},
      {R"({"total_flops": -1})", "`total_flops` is -1, which is no exact count"},
      {R"({"params": "x"})", "`params` is \"x\", which is no exact count"},
      {R"({"modules_inclusive": [1]})", "`modules_inclusive` is no object"},
      {R"({"modules_inclusive": {"a": null}})", "`modules_inclusive.a` is null, which is no exact count"},
      {R"({"total_flops": 36893488147419103232})", "`total_flops` is 3.6893488147419103e+19, which is no exact count"},
  };
  for (auto [text, message] : cases) {
    std::string fault;
    EXPECT_FALSE(parseReference(text, fault)) << text;
    EXPECT_EQ(fault, message);
  }
  std::string fault;
  EXPECT_FALSE(parseReference("{\"a\": ", fault));
  EXPECT_NE(fault.find("parse error at line 1"), std::string::npos) << fault;
  EXPECT_EQ(*parseReference(R"({"total_flops": "36893488147419103232"})", fault)->totalFlops, power(2, 65));
}

TEST(VerificationTest, TextShowsTheWorstAndTheVerdict) {
  json reference = demoReference();
  reference["modules_inclusive"]["blocks.0"] = 100;
  reference["modules_inclusive"]["head"] = 9;
  Output out;
  renderVerificationText(compare(reference), false, 2, out);
  EXPECT_EQ(out.take(), R"(id                  metric        ours  reference  error %
diffusion.blocks.0  flops_tensor   200        100     +100  FAIL
diffusion           flops_tensor   650        650        0
total               flops_tensor   650        650        0
parameters          params         139        139        0
23 rows more, none with a larger error

only in the reference (2)
  head         flops_tensor    9  FAIL
  ?Sequential  flops_tensor  600

only in the model (3)
  diffusion.blocks.0.attn.core  flops_tensor  100
  diffusion.blocks.1.attn.core  flops_tensor  100
  and 1 more

FAIL  diffusion: 1 numbers differ by more than 0 %; 1 modules of the reference have no counterpart
)");
  Output passed;
  renderVerificationText(compare(demoReference()), false, 0, passed);
  EXPECT_TRUE(passed.take().ends_with("\nPASS  diffusion: 25 numbers within 0 %\n"));
}

TEST(VerificationTest, JsonHasEverything) {
  json reference = demoReference();
  reference["modules_inclusive"]["patch"] = 0;
  Output out;
  renderVerificationJson(compare(reference), out);
  json document = json::parse(out.take());
  EXPECT_EQ(document["schema"], "mdlc.verify/1");
  EXPECT_EQ(document["at"], "diffusion");
  EXPECT_EQ(document["calls"], 5);
  EXPECT_EQ(document["passed"], false);
  EXPECT_EQ(document["reasons"].size(), 1u);
  EXPECT_EQ(document["total"]["ours"], 650);
  EXPECT_EQ(document["params"]["percent_error"], 0.0);
  EXPECT_EQ(document["rows"].size(), 25u);
  EXPECT_EQ(document["rows"][0].dump(), R"({"id":"diffusion.patch","metric":"flops_tensor","ours":20,"passed":false,)"
                                        R"("percent_error":null,"reference":0})");
  EXPECT_EQ(document["unmatched_reference"][0]["fails"], false);
  EXPECT_EQ(document["unmatched_ours"].size(), 3u);
  Output parameters;
  json small = {{"params", 139}};
  renderVerificationJson(compare(small), parameters);
  document = json::parse(parameters.take());
  EXPECT_EQ(document["total"], nullptr);
  EXPECT_EQ(document["rows"], json::array());
}

} // namespace
} // namespace mdl::runtime
