//===- ProgramFileTest.cpp - Compiled models as bytes ---------------------===//
// What is written is read again, field by field; no other bytes are taken, and
// none crash: what `decode` lets through can be evaluated.
//===----------------------------------------------------------------------===//
#include "runtime/ProgramFile.h"
#include "RuntimeProgram.h"
#include "compiler/driver/Describe.h"
#include "runtime/file/Checksum.h"
#include "runtime/report/Formats.h"
#include <bit>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <sstream>

namespace mdl::runtime {
namespace {

/// A model with something in every field that a file has.
CompiledModel demo() {
  CompiledModel model;
  DemoModel made;
  ProgramBuilder &b = made.b;
  b.choice("mode", {"tiny", "large"}, 1), b.boolean("guidance", true);
  Slot first = b.constant(-3), end = b.input("turns", 4);
  b.sum(first, end, [&](Slot i) { return b.mul(i, b.constant(2)); });
  b.program.argmins.push_back({2, {0, 1, 1, 0}});
  b.emit(OpCode::ArgMin, 0);
  b.program.parameters = {{"tensor_rate", 1e12, 2e12, 5e11}};
  b.emit(OpCode::Param, 0), b.real(0.1);
  b.program.inputs[0].unit = "token", b.program.inputs[0].doc = "How many – in UTF-8", b.program.inputs[1].fixed = true;
  b.program.inputs[1].lo.reset();
  b.program.guards = {{GuardKind::Claim, 0, "`tokens` is small", "demo.mdl:3:4"}, {GuardKind::Require, 0, "t", ""}};
  b.program.metrics[0].scale = 8, b.program.metrics[2].memory = "activations", b.program.metrics[1].absent = true;
  b.program.metrics[0].resource = "tensor";
  b.program.precision = "fp16", b.program.device = "h20";
  b.constant(-power(2, 126));
  b.program.nodes[0].title = "Denoise", b.program.nodes[0].resident = "dit", b.program.nodes[0].uniform = 0;
  b.program.dependsOnIndex.assign(b.program.code.size(), false), b.program.dependsOnIndex[3] = true;
  model.program = b.program;
  model.numbers.inputs = b.program.inputs;
  model.numbers.code = {{OpCode::Input, 0, 0}};
  model.numbers.metrics = {{"T", "", "", Fold::Sum, false, "", "", 2}};
  model.numbers.totals = {0};
  Target &target = model.target;
  target.precision = {"fp16", "half", "fp16", "16", {{"", "fp16", "16"}, {"vae", "fp32", "32"}}, {"compute=fp8"}};
  target.residency = {"offload", "one by one", Placement::Offloaded, {{"dit", Placement::Host}}};
  target.device = DeviceInfo{"h20_96gb",
                             "h20",
                             "NVIDIA H20",
                             "NVIDIA",
                             Int(96) * 1000000000,
                             4e12,
                             1e13,
                             5e-6,
                             {{"fp16", 1.48e14}},
                             {{"fp8", 3e14}},
                             9e11,
                             1e-6,
                             {},
                             500.0,
                             0.001,
                             true,
                             {{"memory", "datasheet", "a page", "2026-05"}}};
  target.chosen =
      UtilisationInfo{"measured", "as measured", 0.5,  0.75,
                      0.25,       0.8,           true, FittedInfo{0.6, 0.9, 1e-6, {{"attention", 0.4}}, {"h20_96gb"}}};
  target.measured = target.optimistic = target.chosen, target.overlapWhole = true;
  target.sharding = ShardingInfo{"cfg2", 2, {"a rule"}};
  model.facts = {"demo.mdl",
                 "demo",
                 "v",
                 std::string(64, 'a'),
                 {{"demo.mdl", "ab", "a page", "0123abc", false}},
                 "a page",
                 "0123abc",
                 {},
                 {1, 2},
                 {{"attention", "Attention", {"*.core"}, {"sdpa"}}},
                 {{{"a", "b"}}, {{"c", "d"}}, {}}};
  model.source = "models/demo.mdl", model.workload = "short", model.notes = {"a note", ""};
  for (const Input &input : model.program.inputs) model.job.push_back(input.value);
  return model;
}

/// Bytes with the checksum that belongs to them, so that what is behind it is looked at.
std::string summed(std::string bytes) {
  bytes.resize(bytes.size() - 8);
  uint64_t sum = crc64(bytes);
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(sum >> (8 * i));
  return bytes;
}

std::string failureOf(std::string_view bytes) {
  ReportError error;
  EXPECT_FALSE(decode(bytes, error).has_value());
  return error.slug + ": " + error.message;
}

/// Everything that reads a program: numbers, every format, the printed program. True when there was a report.
bool useAll(const CompiledModel &model) {
  (void)print(model.program);
  (void)evaluateNumbers(model.numbers, model.job);
  Evaluator evaluator(model.program);
  ReportOptions options;
  options.target = &model.target, options.maxRows = 5000;
  ReportError error;
  auto report = makeReport(evaluator, model.job, options, error);
  if (!report) return false;
  report->facts = &model.facts;
  for (const Format &format : formats()) EXPECT_FALSE(render(format, *report).empty());
  return true;
}

TEST(ProgramFileTest, ChecksumIsThatOfXz) { EXPECT_EQ(crc64("123456789"), 0x995dc9bbdf1939faU); }

/// Field by field: a file has them all in one order, so equal bytes are equal fields; a few are compared by themselves.
TEST(ProgramFileTest, EveryFieldComesBack) {
  CompiledModel model = demo();
  std::string bytes = encode(model);
  ReportError error;
  auto again = decode(bytes, error);
  ASSERT_TRUE(again) << error.message;
  EXPECT_EQ(encode(*again), bytes);
  EXPECT_EQ(print(again->program), print(model.program));
  const Input &input = again->program.inputs[1];
  EXPECT_EQ(again->program.inputs[0].doc, model.program.inputs[0].doc);
  EXPECT_TRUE(input.fixed && !input.lo && input.hi == model.program.inputs[1].hi);
  EXPECT_EQ(again->program.inputs[2].choices, model.program.inputs[2].choices);
  EXPECT_EQ(again->program.constants, model.program.constants);
  EXPECT_EQ(again->program.reals, model.program.reals);
  EXPECT_EQ(again->program.dependsOnIndex, model.program.dependsOnIndex);
  EXPECT_EQ(again->program.metrics[0].scale, Int(8));
  EXPECT_EQ(again->program.nodes[0].resident, "dit");
  EXPECT_EQ(again->program.guards[0].place, "demo.mdl:3:4");
  EXPECT_EQ(again->target.precision.line(), model.target.precision.line());
  EXPECT_EQ(again->target.device->memory, model.target.device->memory);
  EXPECT_EQ(again->target.device->hostLink, std::nullopt);
  EXPECT_EQ(again->target.device->price, 0.001);
  EXPECT_EQ(again->target.residency.of("x", "dit"), Placement::Host);
  EXPECT_EQ(again->target.chosen->tensorHigh, 0.75);
  EXPECT_EQ(again->facts.sources[0].commit, "0123abc");
  EXPECT_EQ(again->facts.categories[0].operators, model.facts.categories[0].operators);
  EXPECT_EQ(again->notes, model.notes);
  EXPECT_EQ(again->job, model.job);
  EXPECT_TRUE(useAll(*again));
}

std::string kept(const char *name) {
  std::ifstream file(MDL_SOURCE_DIR "/tests/program/Inputs/" + std::string(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file of each format is in the repository. When this fails the layout has changed: raise kFormatVersion, keep reading
/// the old ones, and add a file of the new one.
TEST(ProgramFileTest, FormatThreeStaysAsItIs) {
  ReportError error;
  auto model = decode(kept("demo-3.mdlp"), error);
  ASSERT_TRUE(model) << error.message;
  EXPECT_TRUE(encode(demo()) == kept("demo-3.mdlp")) << "the layout of the file has changed";
  EXPECT_EQ(print(model->program), print(demo().program));
  EXPECT_EQ(model->program.parameters[0].worst, 5e11);
  EXPECT_EQ(model->target.chosen->fitted->classes, demo().target.chosen->fitted->classes);
}

/// It has no worse ends, nothing that was fitted, and no sharding.
TEST(ProgramFileTest, FormatOneIsRead) {
  ReportError error;
  auto model = decode(kept("demo-1.mdlp"), error);
  ASSERT_TRUE(model) << error.message;
  EXPECT_EQ(print(model->program), print(demo().program));
  EXPECT_EQ(model->program.parameters[0].best, 2e12);
  EXPECT_EQ(model->program.parameters[0].worst, 1e12);
  EXPECT_FALSE(model->target.chosen->fitted);
  EXPECT_FALSE(model->target.sharding);
}

TEST(ProgramFileTest, EveryShippedModelComesBack) {
  size_t models = 0;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(MDL_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".mdl") continue;
    std::ifstream source(entry.path());
    std::stringstream text;
    text << source.rdbuf();
    if (("\n" + text.str()).find("\npipeline ") == std::string::npos) continue;
    driver::Request request;
    request.path = entry.path().string(), request.device = "h20", request.searchPaths = {MDL_SOURCE_DIR "/models"};
    driver::Compilation compilation(request);
    ASSERT_TRUE(compilation.compile()) << request.path;
    CompiledModel model = driver::compiledModel(compilation);
    std::string bytes = encode(model);
    ReportError error;
    auto again = decode(bytes, error);
    ASSERT_TRUE(again) << request.path << ": " << error.message;
    EXPECT_TRUE(encode(*again) == bytes) << request.path;
    EXPECT_EQ(print(again->program), print(model.program)) << request.path;
    EXPECT_EQ(print(again->numbers), print(model.numbers)) << request.path;
    ++models;
  }
  EXPECT_GE(models, 8u);
}

TEST(ProgramFileTest, ErrorsSayWhatIsThere) {
  std::string bytes = encode(demo());
  EXPECT_EQ(failureOf("module x"), "bad-program: this is no compiled program, which begins with `mdlp`; `mdlc compile "
                                   "MODEL.mdl -o FILE.mdlp` writes one");
  EXPECT_EQ(failureOf("mdlp\1"), "bad-program: the file ends after 5 bytes; copy it again, or compile the model again");
  std::string newer = bytes;
  newer[4] = 7;
  EXPECT_EQ(failureOf(newer),
            "newer-program: the file has format 7, written by a newer mdlc; this one reads formats up "
            "to 3: take the newer one, or compile the model again with this one");
  newer[4] = 0;
  EXPECT_TRUE(failureOf(summed(newer)).starts_with("bad-program: the file has format 0"));
  EXPECT_TRUE(failureOf(bytes.substr(0, 100)).starts_with("bad-program: the file is cut off"));
  EXPECT_TRUE(failureOf(bytes + "x").starts_with("bad-program: the file is cut off or has something after its end"));
  std::string damaged = bytes;
  damaged[100] = static_cast<char>(damaged[100] ^ 1);
  EXPECT_TRUE(failureOf(damaged).starts_with("bad-program: the file is damaged: its checksum is"));
  CompiledModel broken = demo();
  broken.program.code[3] = {OpCode::Add, 9, 9};
  EXPECT_NE(failureOf(encode(broken)).find("%3 reads %9, which is not before it"), std::string::npos);
  broken = demo(), broken.job.pop_back();
  EXPECT_NE(failureOf(encode(broken)).find("4 values for 5 inputs"), std::string::npos);
  broken = demo(), broken.numbers.inputs.pop_back();
  EXPECT_NE(failureOf(encode(broken)).find("4 inputs of named numbers for 5 of the program"), std::string::npos);
  broken = demo(), broken.target.optimistic.reset();
  EXPECT_NE(failureOf(encode(broken)).find("a device without its utilisations"), std::string::npos);
  broken = demo(), broken.job[2] = 2;
  EXPECT_NE(failureOf(encode(broken)).find("input `mode` has no choice 2"), std::string::npos);
}

TEST(ProgramFileTest, VerifySeesWhatEvaluationNeeds) {
  struct {
    const char *fault;
    void (*spoil)(Program &);
  } cases[] = {
      {"loop 1 has no sum", [](Program &p) { p.loops.push_back({0, 0, 0, 0, 5, 4000000000}); }},
      {"has the scale 0", [](Program &p) { p.metrics[0].scale = 0; }},
      {"has the scale overflow", [](Program &p) { p.metrics[0].scale = Int::overflow(); }},
      {"4000000000 indices", [](Program &p) { p.indexCount = 4000000000; }},
      {"input `tokens` is there twice", [](Program &p) { p.inputs[1].name = "tokens"; }},
      {"lies deeper than 1000",
       [](Program &p) {
         for (int i = 0; i < 1001; ++i) {
           auto number = static_cast<uint32_t>(p.nodes.size());
           p.nodes.push_back(p.nodes[1]);
           p.nodes.back().children.clear(), p.nodes.back().parent = number - 1;
           p.nodes[number - 1].children.push_back(number);
         }
       }},
  };
  for (const auto &[fault, spoil] : cases) {
    Program program = demo().program;
    ASSERT_EQ(verify(program), "");
    spoil(program);
    EXPECT_NE(verify(program).find(fault), std::string::npos) << fault << " / " << verify(program);
  }
  ProgramBuilder deep;
  Slot zero = deep.constant(0);
  std::vector<Slot> begins;
  for (int i = 0; i <= 500; ++i) begins.push_back(deep.index(deep.newIndex()));
  for (int i = 0; i <= 500; ++i) {
    Slot body = static_cast<Slot>(deep.program.code.size() - 1), end = body + 1;
    deep.program.loops.push_back({0, zero, zero, body, begins[static_cast<size_t>(500 - i)], end});
    deep.emit(OpCode::Sum, static_cast<uint32_t>(i));
  }
  EXPECT_NE(verify(deep.program).find("nested deeper than 500"), std::string::npos) << verify(deep.program);
}

//===--- Bytes that nobody wrote --------------------------------------------------===//

TEST(ProgramFileTest, EveryFlippedByteIsSeen) {
  std::string bytes = encode(demo());
  size_t seen = 0;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int mask : {0x01, 0x80, 0xFF}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ mask);
      ReportError error;
      seen += !decode(damaged, error);
    }
  EXPECT_EQ(seen, 3 * bytes.size());
}

TEST(ProgramFileTest, EveryLengthIsSeen) {
  std::string bytes = encode(demo());
  for (size_t size = 0; size < bytes.size(); ++size) {
    ReportError error;
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size), error)) << size;
  }
}

/// With a right checksum each byte is what the reader and `verify` have to judge. What passes is used.
TEST(ProgramFileTest, FlippedBytesBehindAChecksumDoNoHarm) {
  std::string bytes = encode(demo());
  size_t refused = 0, errors = 0, reports = 0;
  for (size_t at = 16; at + 8 < bytes.size(); ++at)
    for (int mask : {0x01, 0x80, 0xFF}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      ReportError error;
      auto model = decode(summed(changed), error);
      ++(!model ? refused : useAll(*model) ? reports : errors);
    }
  EXPECT_EQ(refused + errors + reports, 3 * (bytes.size() - 24));
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(errors, 100u);
  EXPECT_GT(reports, 1000u);
}

TEST(ProgramFileTest, CutSectionsBehindAChecksumDoNoHarm) {
  std::string bytes = encode(demo());
  for (size_t size = 24; size < bytes.size(); ++size) {
    std::string cut = bytes.substr(0, size);
    uint64_t payload = size - 24;
    for (size_t i = 0; i < 8; ++i) cut[8 + i] = static_cast<char>(payload >> (8 * i));
    EXPECT_NE(failureOf(summed(cut)).find("section "), std::string::npos) << size;
  }
}

TEST(ProgramFileTest, RandomBytesOfALargeFileDoNoHarm) {
  driver::Request request;
  request.path = MDL_SOURCE_DIR "/models/wan2.1/t2v_1_3b.mdl", request.searchPaths = {MDL_SOURCE_DIR "/models"};
  driver::Compilation compilation(request);
  ASSERT_TRUE(compilation.compile());
  std::string bytes = encode(driver::compiledModel(compilation));
  std::mt19937 random(20260);
  size_t refused = 0, used = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string changed = bytes;
    for (size_t i = 1 + random() % 4; i > 0; --i)
      changed[16 + random() % (bytes.size() - 24)] = static_cast<char>(random() % 4 == 0 ? 0xFF : random());
    ReportError error;
    auto model = decode(summed(changed), error);
    if (model && used % 8 == 0) (void)useAll(*model);
    ++(model ? used : refused);
  }
  EXPECT_EQ(refused + used, 1500u);
  EXPECT_GT(refused, 300u) << used;
  EXPECT_GT(used, 100u);
}

} // namespace
} // namespace mdl::runtime
