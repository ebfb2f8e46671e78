//===- RuntimeRenderTest.cpp - Units, text, JSON, CSV, Markdown -----------===//
#include "RuntimeJsonSchema.h"
#include "RuntimeProgram.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Formats.h"
#include "runtime/report/Json.h"
#include "runtime/report/Markdown.h"
#include "runtime/report/Units.h"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace mdl::runtime {
namespace {

using nlohmann::json;

std::string rendered(const char *format, const Program &program, ReportOptions options = {},
                     const RenderOptions &renderOptions = {}, const std::string &workload = "small") {
  Evaluator evaluator(program);
  ReportError error;
  std::vector<Int> inputs = defaults(program);
  auto report = makeReport(evaluator, inputs, options, error);
  EXPECT_TRUE(report) << error.message;
  if (!report) return {};
  report->workload = workload;
  return render(*findFormat(format), *report, renderOptions);
}

/// A program with one node of these numbers, all constants.
Program numbers(std::vector<Int> exact, std::vector<double> reals = {}) {
  ProgramBuilder b;
  std::vector<Slot> slots;
  for (Int value : exact) slots.push_back(b.constant(value));
  for (double value : reals) slots.push_back(b.real(value));
  for (size_t i = 0; i < slots.size(); ++i) b.metric("m" + std::to_string(i), "", "byte", Fold::Sum);
  b.program.totals = slots;
  b.node(~0u, {{"only"}}, "op", slots);
  return b.program;
}

JsonSchema evalSchema() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../runtime/report/eval.schema.json");
  EXPECT_TRUE(file);
  return JsonSchema(json::parse(file));
}

TEST(UnitsTest, FourDigitsAndAPrefix) {
  struct {
    const char *value, *unit, *text;
  } cases[] = {
      {"0", "FLOP", "0 FLOP"},
      {"9999", "FLOP", "9999 FLOP"},
      {"10000", "FLOP", "10.00 kFLOP"},
      {"522392628101120", "FLOP", "522.4 TFLOP"},
      {"999949", "byte", "999.9 kB"},
      {"999950", "byte", "1.000 MB"},
      {"12345", "byte", "12.35 kB"}, // half up
      {"12344", "byte", "12.34 kB"},
      {"-2500000", "byte", "-2.500 MB"},
      {"1000000000000000000000", "FLOP", "1.000 ZFLOP"},
      {"1000000000000000000000000", "FLOP", "1.000 YFLOP"},
      {"170141183460469231731687303715884105727", "FLOP", "1.701e+38 FLOP"},
      {"14288491584", "", "14,288,491,584"},
      {"-1234", "", "-1,234"},
      {"123", "", "123"},
      {"123456", "second", "123,456 s"},
  };
  for (auto [value, unit, text] : cases) EXPECT_EQ(formatSi(Number::of(*parseInt(value)), unit), text);
  EXPECT_EQ(formatSi({}, "byte"), "");
  EXPECT_EQ(formatSi(Number::of(Int::overflow()), ""), "overflow");
}

TEST(UnitsTest, RealsHavePrefixesToo) {
  struct {
    double value;
    const char *unit, *text;
  } cases[] = {
      {0, "s", "0 s"},
      {1.5, "s", "1.500 s"},
      {0.0123456, "s", "12.35 ms"},
      {1e-6, "s", "1.000 µs"},
      {2.5e-9, "s", "2.500 ns"},
      {999.96, "s", "1000.0 s"},
      {0.99996, "s", "1.000 s"},
      {12345.678, "s", "12345.7 s"},
      {2.5e9, "byte", "2.500 GB"},
      {123.4, "byte", "123.4 B"},
      {-2.5e9, "byte", "-2.500 GB"},
      {0.25, "", "0.25"},
      {0.25, "byte", "2.500e-1 B"},
  };
  for (auto [value, unit, text] : cases) EXPECT_EQ(formatSi(Number::ofReal(value), unit), text);
}

TEST(UnitsTest, SharesAndWidths) {
  auto share = [](int part, int whole) { return formatShare(Number::of(part), Number::of(whole)); };
  EXPECT_EQ(share(1, 3), "33.3 %");
  EXPECT_EQ(share(1, 10000), "<0.1 %");
  EXPECT_EQ(share(0, 5), "0.0 %");
  EXPECT_EQ(share(5, 0), "");
  EXPECT_EQ(formatShare({}, Number::of(1)), "");
  EXPECT_EQ(displayWidth("0…39 ×40"), 8u);
}

TEST(JsonTest, HasEveryKeyInOrder) {
  DemoModel model;
  model.b.boolean("guidance", false), model.b.choice("mode", {"tiny", "large"}, 1);
  json document = json::parse(rendered("json", model.b.program));
  EXPECT_EQ(document["schema"], "mdlc.eval/1");
  EXPECT_EQ(document["model"], "demo");
  EXPECT_EQ(document["workload"].dump(), R"({"guidance":false,"mode":"large","steps":5,"tokens":10})");
  EXPECT_EQ(document["workload_name"], "small");
  EXPECT_EQ(document["convention"], "full");
  EXPECT_EQ(document["traffic"], "flash");
  EXPECT_EQ(document["assumptions"], json({"16 bit weights"}));
  EXPECT_EQ(document["not_modelled"], json({"text_encoder"}));
  EXPECT_EQ(document["totals"].dump(),
            R"({"activation_peak_at":"diffusion.up.2","activation_peak_bytes":501,"flops_tensor":4250,"params":140})");
  ASSERT_EQ(document["nodes"].size(), 20u);
  EXPECT_EQ(document["nodes"][0]["parent"], nullptr);
  EXPECT_EQ(document["nodes"][5].dump(),
            R"({"activation_peak_bytes":300,"calls":5,"category":"attention","flops_tensor":500,)"
            R"("id":"diffusion.blocks.0.attn.core","name":"core","operator":"sdpa","params":0,)"
            R"("parent":"diffusion.blocks.0.attn","uniform_calls":true})");
  EXPECT_FALSE(document.contains("selected"));
}

TEST(JsonTest, MatchesItsSchema) {
  JsonSchema schema = evalSchema();
  DemoModel model;
  model.b.boolean("guidance", true), model.b.choice("mode", {"tiny", "large"}, 1);
  ReportOptions folded, selected;
  folded.expand = false, selected.select = "*.attn";
  EXPECT_EQ(schema.check(json::parse(rendered("json", model.b.program))), "");
  EXPECT_EQ(schema.check(json::parse(rendered("json", model.b.program, folded, {}, ""))), "");
  EXPECT_EQ(schema.check(json::parse(rendered("json", model.b.program, selected))), "");
  EXPECT_EQ(schema.check(json::parse(rendered("json", numbers({power(2, 100)}, {0.5})))), "");
}

TEST(JsonTest, TheSchemaRefusesOtherDocuments) {
  JsonSchema schema = evalSchema();
  DemoModel model;
  const json good = json::parse(rendered("json", model.b.program));
  struct {
    const char *pointer;
    json value;
  } cases[] = {
      {"/schema", "mdlc.eval/2"},    {"/model", 3},           {"/extra", 1},
      {"/workload/tokens", nullptr}, {"/totals/params", 1.5}, {"/totals/flops_tensor", "many"},
      {"/nodes/3/calls", true},      {"/nodes/3/parent", 0},  {"/nodes/3/id", nullptr},
      {"/assumptions/0", 1},
  };
  for (const auto &[pointer, value] : cases) {
    json bad = good;
    bad[json::json_pointer(pointer)] = value;
    EXPECT_NE(schema.check(bad), "") << pointer;
  }
  json lacking = good;
  lacking["nodes"][0].erase("uniform_calls");
  EXPECT_EQ(schema.check(lacking), "$.nodes[0] lacks \"uniform_calls\"");
}

TEST(JsonTest, IntegersBeyondTheSafeRangeAreStrings) {
  const Int safe = power(2, 53) - 1;
  std::string text = rendered("json", numbers({safe, safe + 1, -safe, -safe - 1, power(2, 100)}, {0.1, 1e300}));
  EXPECT_NE(
      text.find(R"("totals": {"m0": 9007199254740991, "m1": "9007199254740992", "m2": -9007199254740991, )"
                R"("m3": "-9007199254740992", "m4": "1267650600228229401496703205376", "m5": 0.1, "m6": 1e+300})"),
      std::string::npos)
      << text;
}

TEST(JsonTest, EscapesStrings) {
  struct {
    std::string in, out;
  } cases[] = {
      {"plain", R"("plain")"},
      {"a\"b\\c\n\t\r\x01\x1f", R"("a\"b\\c\n\t\r\u0001\u001f")"},
      {"0…39 ×", "\"0…39 ×\""},
      {"\xff"
       "a\xc0\x80",
       "\"\uFFFDa\uFFFD\uFFFD\""},
      {"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""}, // a surrogate
      {"\xf0\x9f\x98", "\"\uFFFD\uFFFD\uFFFD\""}, // cut short
      {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
  };
  for (const auto &[in, out] : cases) {
    Output output;
    writeJsonString(output, in);
    std::string text = output.take();
    EXPECT_EQ(text, out);
    EXPECT_TRUE(json::accept(text));
  }
}

TEST(JsonTest, TheSameReportGivesTheSameBytes) {
  DemoModel first, second;
  EXPECT_EQ(rendered("json", first.b.program), rendered("json", second.b.program));
}

TEST(JsonTest, FoldedReportsNameTheirCopies) {
  DemoModel model;
  ReportOptions options;
  options.expand = false;
  json document = json::parse(rendered("json", model.b.program, options));
  ASSERT_EQ(document["nodes"].size(), 9u);
  const json &blocks = document["nodes"][2];
  EXPECT_EQ(blocks["id"], "diffusion.blocks.0…2");
  EXPECT_EQ(blocks["first_id"], "diffusion.blocks.0");
  EXPECT_EQ(blocks["copies"], 3);
  EXPECT_EQ(blocks["flops_tensor"], 3000);
  EXPECT_EQ(document["nodes"][3]["parent"], blocks["id"]);
}

TEST(OutputTest, AFileGetsWhatAStringGets) {
  DemoModel model;
  std::string expected = rendered("json", model.b.program), big(200'000, 'x');
  std::FILE *file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Output out(file);
  out << expected << big << '!';
  EXPECT_TRUE(out.flush());
  std::string read(expected.size() + big.size() + 1, ' ');
  std::rewind(file);
  EXPECT_EQ(std::fread(read.data(), 1, read.size(), file), read.size());
  EXPECT_EQ(read, expected + big + '!');
  std::fclose(file);
}

TEST(OutputTest, AFullDeviceIsReported) {
  std::FILE *file = std::fopen("/dev/full", "w");
  if (!file) GTEST_SKIP() << "no /dev/full";
  Output out(file);
  out << "text";
  EXPECT_FALSE(out.flush());
  std::fclose(file);
}

TEST(CsvTest, OneRowANode) {
  DemoModel model;
  std::string text = rendered("csv", model.b.program);
  EXPECT_EQ(std::ranges::count(text, '\n'), 21);
  EXPECT_TRUE(text.starts_with("id,parent,name,operator,category,calls,uniform_calls,flops_tensor,params,"
                               "activation_peak_bytes,model_version,convention,traffic,extrapolation\r\ndiffusion,,"
                               "diffusion,Dit,,5,true,3250,139,501,,full,flash,false\r\n"));
  EXPECT_TRUE(text.ends_with("vae,,vae,Vae,,1,true,1000,1,400,,full,flash,false\r\n"));
  ReportOptions options;
  options.expand = false;
  std::string folded = rendered("csv", model.b.program, options);
  EXPECT_NE(folded.find("diffusion.blocks.0…2,diffusion,blocks.0…2,Block,,3,5,true,3000,72,300,,full,flash,false\r\n"),
            std::string::npos);
}

TEST(CsvTest, QuotesAndDisarmsText) {
  ProgramBuilder b;
  b.metric("m", "", "", Fold::Sum), b.metric("none", "", "", Fold::Sum);
  Slot minus = b.constant(-5);
  b.program.totals = {minus, kNoSlot};
  b.node(~0u, {{"=1+1"}}, "a,\"b\"", {minus});
  b.at(0).category = "@x,y";
  b.node(~0u, {{"-2"}}, "+c\n", {minus});
  EXPECT_EQ(
      rendered("csv", b.program),
      "id,parent,name,operator,category,calls,uniform_calls,m,none,model_version,convention,traffic,extrapolation\r\n"
      "'=1+1,,'=1+1,\"a,\"\"b\"\"\",\"'@x,y\",1,true,-5,,,full,flash,false\r\n"
      "'-2,,'-2,\"'+c\n\",,1,true,-5,,,full,flash,false\r\n");
}

TEST(MarkdownTest, EscapesCells) { EXPECT_EQ(escapeMarkdown("a|b\nc*_`<d>"), "a\\|b<br>c\\*\\_\\`\\<d\\>"); }

TEST(MarkdownTest, ShowsTheTables) {
  DemoModel model;
  model.b.program.title = "a | b";
  model.b.program.inputs[0].unit = "token";
  std::string text = rendered("md", model.b.program);
  for (const char *part :
       {"# demo: a \\| b\n", "## Workload small\n", "| tokens | 10 | token |\n",
        "| peak activations | 501 B | 501 | byte |\n", "The activation peak is at `diffusion.up.2`.",
        "| diffusion | 5 | 3250 FLOP | 76.5 % | 139 |\n",
        "| diffusion.blocks.0…2.attn.core ×3 | 1500 FLOP | 35.3 % |\n", "| attention | 1500 FLOP | 35.3 % |\n",
        "## Assumptions\n\n- 16 bit weights\n", "## Not modelled\n\n- text\\_encoder\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(TextTest, IsAPageToRead) {
  DemoModel model;
  EXPECT_EQ(rendered("text", model.b.program), R"(demo · A model made by hand
workload small  tokens 10 · steps 5
convention full · traffic flash

totals
  tensor FLOPs      4250 FLOP
  parameters              140
  peak activations      501 B    at diffusion.up.2

node              calls      FLOPs   share  params
diffusion             5  3250 FLOP  76.5 %     139
  patch               5   100 FLOP   2.4 %       7
  blocks.0…2  ×3      5  3000 FLOP  70.6 %      72
    attn              5  2100 FLOP  49.4 %      33
    ffn               5   900 FLOP  21.2 %      39
  up.1…2  ×2          5   150 FLOP   3.5 %      60
vae                   1  1000 FLOP  23.5 %       1
2 nodes lie deeper; --depth 4 shows the next level

top layers, by tensor FLOPs
  35.3 %  1500 FLOP  diffusion.blocks.0…2.attn.core  ×3
  23.5 %  1000 FLOP  vae
  21.2 %   900 FLOP  diffusion.blocks.0…2.ffn  ×3
  14.1 %   600 FLOP  diffusion.blocks.0…2.attn.q  ×3
   3.5 %   150 FLOP  diffusion.up.1…2  ×2

top categories, by tensor FLOPs
  35.3 %  1500 FLOP  linear
  35.3 %  1500 FLOP  attention
  23.5 %  1000 FLOP  Vae
   3.5 %   150 FLOP  upsample
   2.4 %   100 FLOP  conv

assumptions
  - 16 bit weights

not modelled: text_encoder
)");
}

TEST(TextTest, DepthAndTopAreChosen) {
  DemoModel model;
  RenderOptions shallow{1, 1, false}, deep{9, 0, false};
  std::string text = rendered("text", model.b.program, {}, shallow), all = rendered("text", model.b.program, {}, deep);
  EXPECT_EQ(text.find("patch"), std::string::npos);
  EXPECT_NE(text.find("7 nodes lie deeper; --depth 2 shows the next level"), std::string::npos);
  EXPECT_EQ(text.find("23.5 %  1000 FLOP  vae"), std::string::npos);
  EXPECT_EQ(all.find("deeper"), std::string::npos);
  EXPECT_EQ(all.find("top layers"), std::string::npos);
  EXPECT_NE(all.find("      core "), std::string::npos);
}

TEST(TextTest, ShowsExactNumbersBesideRoundedOnes) {
  std::string text = rendered("text", numbers({power(10, 13) + 1}));
  EXPECT_NE(text.find("  m0  10.00 TB  (10000000000001)\n"), std::string::npos) << text;
}

TEST(TextTest, WrapsTheWorkloadAndMarksUnequalCalls) {
  ProgramBuilder b;
  for (int i = 0; i < 12; ++i) b.input("input_number_" + std::to_string(i), 1);
  Slot zero = b.constant(0);
  b.node(~0u, {{"stage"}}, "Net", {}, b.constant(12345));
  b.at(0).uniform = zero;
  std::string text = rendered("text", b.program);
  EXPECT_NE(text.find("\n                input_number_4 1 · input_number_5 1"), std::string::npos) << text;
  EXPECT_NE(text.find("stage  12,345~\n"), std::string::npos) << text;
  EXPECT_NE(text.find("calls marked ~ differ in cost"), std::string::npos);
}

TEST(TextTest, ColoursOnlyWhenAsked) {
  DemoModel model;
  std::string plain = rendered("text", model.b.program), colour = rendered("text", model.b.program, {}, {3, 5, true});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(colour.find("\x1b[1mtotals\x1b[0m"), std::string::npos);
}

TEST(FormatsTest, AreFoundByName) {
  EXPECT_EQ(formats().size(), 4u);
  EXPECT_STREQ(formats().front().name, "text");
  EXPECT_EQ(findFormat("xml"), nullptr);
  for (const Format &format : formats()) EXPECT_EQ(findFormat(format.name), &format);
}

} // namespace
} // namespace mdl::runtime
