//===- CInterfaceTest.cpp - Compiled models from C ------------------------===//
// The numbers of the interface are those of a report, read one by one; each
// error is given once. tests/program has the same from a program in C.
//===----------------------------------------------------------------------===//
#include "RuntimeProgram.h"
#include "runtime/ProgramFile.h"
#include "runtime/capi/Guarded.h"
#include "runtime/report/Units.h"
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace mdl::runtime {
namespace {

/// The demo model with a choice, a fixed input, one guard of each kind and a metric in quarters.
CompiledModel demo() {
  CompiledModel model;
  DemoModel made;
  ProgramBuilder &b = made.b;
  Slot mode = b.choice("mode", {"tiny", "large"}, 1), guidance = b.boolean("guidance", true);
  Slot wide = b.input("wide", 1, 1, power(2, 126));
  Slot few = b.emit(OpCode::NonNeg, b.add(b.constant(100), b.mul(0, b.constant(-1))));
  b.program.inputs[1].fixed = true, b.program.inputs[0].unit = "token", b.program.inputs[0].doc = "How many";
  b.program.guards = {{GuardKind::Warn, mode, "tiny is tiny", "demo.mdl:1:2"},
                      {GuardKind::Claim, few, "`tokens` is above 100", "demo.mdl:2:2"},
                      {GuardKind::Require, guidance, "guidance is wanted", "demo.mdl:3:2"}};
  b.metric("wide_flops", "wide", "FLOP", Fold::Sum), b.program.totals.back() = b.mul(wide, b.constant(3));
  b.metric("quarters", "quarters", "byte", Fold::Sum), b.program.totals.back() = b.constant(10);
  b.program.metrics.back().scale = 4;
  b.metric("none", "none", "", Fold::Sum), b.program.metrics.back().absent = true;
  for (Node &node : b.program.nodes)
    if (!node.group) node.metrics.resize(b.program.metrics.size(), kNoSlot);
  b.at(0).title = "Denoise", b.at(0).resident = "dit", b.at(0).place = "demo.mdl:9:1";
  model.program = b.program;
  model.numbers.inputs = b.program.inputs;
  model.target.precision.compute = "fp16", model.target.precision.storage = "16";
  model.source = "demo.mdl", model.notes = {"a note"};
  for (const Input &input : model.program.inputs) model.job.push_back(input.value);
  model.job[0] = 20; // what the workload says
  return model;
}

class CInterface : public testing::Test {
protected:
  void SetUp() override {
    model_ = demo();
    std::string bytes = encode(model_);
    program_ = mdl_program_load_bytes(bytes.data(), bytes.size(), &error_);
    ASSERT_NE(program_, nullptr) << error_.message;
    job_ = mdl_evaluation_create(program_, &error_);
    ASSERT_NE(job_, nullptr) << error_.message;
  }
  void TearDown() override { mdl_evaluation_free(job_), mdl_program_free(program_); }

  std::string lastError() const { return std::string(error_.slug) + ": " + error_.message; }
  std::string read(const char *node, const char *metric) {
    mdl_number number;
    return mdl_evaluation_read(job_, node, metric, &number, &error_) == MDL_OK ? number.text : lastError();
  }
  void run() { ASSERT_EQ(mdl_evaluation_run(job_, &error_), MDL_OK) << error_.message; }

  CompiledModel model_;
  mdl_error error_{};
  mdl_program *program_ = nullptr;
  mdl_evaluation *job_ = nullptr;
};

TEST_F(CInterface, TellsWhatIsCompiled) {
  EXPECT_EQ(mdl_runtime_format(), kFormatVersion);
  mdl_program_info info;
  ASSERT_EQ(mdl_program_describe(program_, &info, nullptr), MDL_OK);
  EXPECT_STREQ(info.model, "demo");
  EXPECT_STREQ(info.source, "demo.mdl");
  EXPECT_STREQ(info.precision, "Precision: compute fp16, storage 16 bit");
  EXPECT_STREQ(info.device, "");
  ASSERT_EQ(mdl_program_assumption_count(program_), 2u);
  EXPECT_STREQ(mdl_program_assumption(program_, 1), "a note");
  EXPECT_EQ(mdl_program_assumption(program_, 2), nullptr);
  ASSERT_EQ(mdl_program_not_modelled_count(program_), 1u);
  EXPECT_STREQ(mdl_program_not_modelled(program_, 0), "text_encoder");
  ASSERT_EQ(mdl_program_stage_count(program_), 2u);
  mdl_stage stage;
  ASSERT_EQ(mdl_program_stage(program_, 0, &stage, nullptr), MDL_OK);
  EXPECT_STREQ(stage.name, "diffusion");
  EXPECT_STREQ(stage.title, "Denoise");
  EXPECT_STREQ(stage.resident, "dit");
  ASSERT_EQ(mdl_program_metric_count(program_), 6u);
  mdl_metric metric;
  ASSERT_EQ(mdl_program_metric(program_, 2, &metric, nullptr), MDL_OK);
  EXPECT_STREQ(metric.name, "activation_peak_bytes");
  EXPECT_STREQ(metric.unit, "byte");
  EXPECT_EQ(metric.fold, MDL_PEAK);
  EXPECT_EQ(mdl_program_metric(program_, 6, &metric, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "bad-argument: there is no metric 6 of 6");
}

TEST_F(CInterface, TellsItsInputs) {
  ASSERT_EQ(mdl_program_input_count(program_), 5u);
  mdl_input input;
  ASSERT_EQ(mdl_program_input(program_, 0, &input, nullptr), MDL_OK);
  EXPECT_EQ(std::string(input.name) + " " + input.unit + " " + input.doc + " " + input.value + " " + input.low + " " +
                input.high,
            "tokens token How many 20 1 1048576");
  EXPECT_EQ(input.type, MDL_INTEGER);
  ASSERT_EQ(mdl_program_input(program_, 1, &input, nullptr), MDL_OK);
  EXPECT_EQ(input.fixed, 1);
  ASSERT_EQ(mdl_program_input(program_, 2, &input, nullptr), MDL_OK);
  ASSERT_EQ(input.choice_count, 2u);
  EXPECT_STREQ(input.choices[0], "tiny");
  EXPECT_STREQ(input.value, "large");
  size_t at = 9;
  ASSERT_EQ(mdl_program_find_input(program_, "guidance", &at, nullptr), MDL_OK);
  EXPECT_EQ(at, 3u);
  EXPECT_EQ(mdl_program_find_input(program_, "steps ", &at, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "unknown-input: `demo` has no input `steps `; it has tokens, steps, mode, guidance, wide");
}

/// Every total and every number of every node, against a report of the same inputs.
TEST_F(CInterface, NumbersAreThoseOfAReport) {
  size_t compared = 0;
  for (int64_t tokens : {1, 7, 100, 4096}) {
    ASSERT_EQ(mdl_evaluation_set_int64(job_, "tokens", tokens, &error_), MDL_OK);
    run();
    std::vector<Int> values = model_.job;
    values[0] = tokens;
    Evaluator evaluator(model_.program);
    ReportError why;
    auto report = makeReport(evaluator, values, {}, why);
    ASSERT_TRUE(report) << why.message;
    for (size_t i = 0; i < report->totals.size(); ++i, ++compared)
      EXPECT_EQ(read(nullptr, model_.program.metrics[i].name.c_str()),
                report->totals[i].isPresent() ? formatExact(report->totals[i]) : "");
    for (const Row &row : report->rows) {
      std::string id(row.id);
      EXPECT_EQ(read(id.c_str(), "calls"), toString(row.calls));
      for (size_t i = 0; i < row.values.size(); ++i, ++compared)
        EXPECT_EQ(read(id.c_str(), model_.program.metrics[i].name.c_str()),
                  row.values[i].isPresent() ? formatExact(row.values[i]) : "")
            << id;
    }
  }
  EXPECT_EQ(compared, 4u * 6 * (1 + 20));
}

TEST_F(CInterface, NumbersAreExact) {
  ASSERT_EQ(mdl_evaluation_set_text(job_, "wide", "12345678901234567890123456789", &error_), MDL_OK);
  run();
  mdl_number number;
  ASSERT_EQ(mdl_evaluation_read(job_, nullptr, "wide_flops", &number, nullptr), MDL_OK);
  EXPECT_STREQ(number.text, "37037036703703703670370370367");
  EXPECT_EQ(number.kind, MDL_EXACT);
  EXPECT_EQ(number.fits, 0);
  EXPECT_EQ(number.real, 37037036703703703670370370367.0);
  ASSERT_EQ(mdl_evaluation_read(job_, nullptr, "params", &number, nullptr), MDL_OK);
  EXPECT_EQ(number.fits, 1);
  EXPECT_EQ(number.integer, 7 + 3 * 24 + 60 + 1);
  ASSERT_EQ(mdl_evaluation_read(job_, nullptr, "quarters", &number, nullptr), MDL_OK);
  EXPECT_EQ(number.kind, MDL_REAL);
  EXPECT_STREQ(number.text, "2.5");
  ASSERT_EQ(mdl_evaluation_read(job_, nullptr, "none", &number, nullptr), MDL_OK);
  EXPECT_EQ(number.kind, MDL_ABSENT);
  std::string most = toString(power(2, 126));
  ASSERT_EQ(mdl_evaluation_set_text(job_, "wide", most.c_str(), &error_), MDL_OK);
  run();
  EXPECT_EQ(read(nullptr, "wide_flops"), "overflow: the total of `wide_flops` is beyond 2^127, the widest integer");
  EXPECT_EQ(read(nullptr, "params"), "140");
}

TEST_F(CInterface, SetsByPositionAndByChoice) {
  ASSERT_EQ(mdl_evaluation_set_int64_at(job_, 0, 3, nullptr), MDL_OK);
  ASSERT_EQ(mdl_evaluation_set_text_at(job_, 2, "tiny", nullptr), MDL_OK);
  run();
  ASSERT_EQ(mdl_evaluation_warning_count(job_), 1u);
  EXPECT_STREQ(mdl_evaluation_warning(job_, 0), "tiny is tiny");
  EXPECT_EQ(mdl_evaluation_warning(job_, 1), nullptr);
  ASSERT_EQ(mdl_evaluation_set_text(job_, "tokens", "101", nullptr), MDL_OK);
  ASSERT_EQ(mdl_evaluation_set_int64(job_, "mode", 1, nullptr), MDL_OK);
  run();
  ASSERT_EQ(mdl_evaluation_warning_count(job_), 1u);
  EXPECT_STREQ(mdl_evaluation_warning(job_, 0), "extrapolation: `tokens` is above 100");
  EXPECT_EQ(mdl_evaluation_set_text_at(job_, 2, "huge", &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "input-type: input `mode` is one of tiny, large, found `huge`");
  EXPECT_EQ(mdl_evaluation_set_text(job_, "guidance", "1", &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "input-type: input `guidance` is `true` or `false`, found `1`");
  EXPECT_EQ(mdl_evaluation_set_int64_at(job_, 5, 1, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "unknown-input: there is no input 5 of 5");
}

TEST_F(CInterface, RunsAreChecked) {
  EXPECT_EQ(read(nullptr, "params"), "not-evaluated: there are no numbers: the evaluation has not been run since an "
                                     "input was set, or its last run failed");
  run();
  ASSERT_EQ(mdl_evaluation_set_int64(job_, "tokens", 0, nullptr), MDL_OK);
  EXPECT_EQ(read(nullptr, "params").substr(0, 13), "not-evaluated");
  EXPECT_EQ(mdl_evaluation_run(job_, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "out-of-range: input `tokens` is 0; its range is 1..=1048576 token");
  ASSERT_EQ(mdl_evaluation_set_int64(job_, "tokens", 2, nullptr), MDL_OK);
  ASSERT_EQ(mdl_evaluation_set_int64(job_, "steps", 6, nullptr), MDL_OK);
  EXPECT_EQ(mdl_evaluation_run(job_, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "fixed-input: input `steps` was compiled in as 5");
  ASSERT_EQ(mdl_evaluation_set_int64(job_, "steps", 5, nullptr), MDL_OK);
  ASSERT_EQ(mdl_evaluation_set_text(job_, "guidance", "false", nullptr), MDL_OK);
  EXPECT_EQ(mdl_evaluation_run(job_, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "guard-failed: guidance is wanted");
  EXPECT_STREQ(error_.place, "demo.mdl:3:2");
  EXPECT_EQ(read(nullptr, "params").substr(0, 13), "not-evaluated");
}

TEST_F(CInterface, NamesAreChecked) {
  run();
  EXPECT_EQ(read(nullptr, "calls").substr(0, 14), "unknown-metric");
  EXPECT_EQ(read("diffusion", "flops").substr(0, 47), "unknown-metric: `demo` has no metric `flops`; i");
  EXPECT_EQ(read("difusion", "params").substr(0, 67),
            "unknown-node: no node is named `difusion`; the nearest are `diffusi");
  EXPECT_EQ(read("diffusion.blocks.*", "params"),
            "unknown-node: `diffusion.blocks.*` is a pattern of 3 nodes; one is read at a time");
  EXPECT_EQ(read("", "params"), "unknown-node: an empty text is no id of a node");
}

TEST_F(CInterface, NullIsAnError) {
  mdl_number number;
  EXPECT_EQ(mdl_program_load(nullptr, &error_), nullptr);
  EXPECT_STREQ(error_.slug, "bad-argument");
  EXPECT_EQ(mdl_program_load_bytes(nullptr, 3, nullptr), nullptr);
  EXPECT_EQ(mdl_evaluation_create(nullptr, nullptr), nullptr);
  EXPECT_EQ(mdl_evaluation_run(nullptr, nullptr), MDL_ERROR);
  EXPECT_EQ(mdl_evaluation_set_text(job_, "tokens", nullptr, &error_), MDL_ERROR);
  EXPECT_EQ(lastError(), "bad-argument: no text of a value");
  EXPECT_EQ(mdl_evaluation_read(job_, nullptr, nullptr, &number, nullptr), MDL_ERROR);
  EXPECT_EQ(mdl_program_describe(program_, nullptr, nullptr), MDL_ERROR);
  EXPECT_EQ(mdl_program_input(nullptr, 0, nullptr, nullptr), MDL_ERROR);
  EXPECT_EQ(mdl_program_input_count(nullptr), 0u);
  mdl_program_free(nullptr), mdl_evaluation_free(nullptr);
}

TEST_F(CInterface, LoadingTellsWhatIsWrong) {
  EXPECT_EQ(mdl_program_load("/nowhere/x.mdlp", &error_), nullptr);
  EXPECT_EQ(lastError(), "file-not-found: cannot read `/nowhere/x.mdlp`: No such file or directory");
  EXPECT_EQ(mdl_program_load(MDL_SOURCE_DIR, &error_), nullptr);
  EXPECT_STREQ(error_.slug, "file-not-found");
  EXPECT_EQ(mdl_program_load(MDL_SOURCE_DIR "/README.md", &error_), nullptr);
  EXPECT_STREQ(error_.slug, "bad-program");
  EXPECT_STREQ(error_.place, MDL_SOURCE_DIR "/README.md");
}

TEST(CInterfaceErrors, NoExceptionLeaves) {
  mdl_error error;
  EXPECT_FALSE(guarded(&error, [](ReportError &) -> bool { throw std::bad_alloc(); }));
  EXPECT_STREQ(error.slug, "out-of-memory");
  EXPECT_FALSE(guarded(&error, [](ReportError &) -> bool { throw std::runtime_error("what it says"); }));
  EXPECT_EQ(std::string(error.slug) + ": " + error.message, "internal-error: what it says");
  EXPECT_FALSE(guarded(&error, [](ReportError &) -> bool { throw 3; }));
  EXPECT_STREQ(error.slug, "internal-error");
  EXPECT_FALSE(guarded(nullptr, [](ReportError &) -> bool { throw 3; }));
}

TEST(CInterfaceErrors, LongTextsAreCutBetweenCharacters) {
  char small[6];
  copyText(small, "aaaa\u2026");
  EXPECT_STREQ(small, "aaaa");
  copyText(small, "aaaaa");
  EXPECT_STREQ(small, "aaaaa");
  copyText(small, "aaaaaa");
  EXPECT_STREQ(small, "aaaaa");
}

/// Evaluations of one program in several threads give what one gives alone.
/// The results of a batch for jobs with these numbers of tokens.
struct BatchResult {
  std::vector<double> wide, quarters;
  std::vector<unsigned char> valid;
};

BatchResult runBatch(mdl_batch *batch, const std::vector<double> &tokens, unsigned threads, mdl_error &error) {
  BatchResult made{std::vector<double>(tokens.size()), std::vector<double>(tokens.size()),
                   std::vector<unsigned char>(tokens.size(), 7)};
  const double *columns[] = {tokens.data()};
  double *results[] = {made.wide.data(), made.quarters.data()};
  EXPECT_EQ(mdl_batch_run(batch, tokens.size(), columns, results, made.valid.data(), threads, &error), MDL_OK)
      << error.message;
  return made;
}

TEST_F(CInterface, ABatchHasTheNumbersOfSingleJobs) {
  mdl_batch *batch = mdl_batch_create(program_, &error_);
  ASSERT_NE(batch, nullptr);
  ASSERT_EQ(mdl_batch_vary(batch, "tokens", 1, 500, &error_), MDL_OK) << error_.message;
  ASSERT_EQ(mdl_batch_want(batch, nullptr, "flops_tensor", &error_), MDL_OK) << error_.message;
  ASSERT_EQ(mdl_batch_want(batch, nullptr, "quarters", &error_), MDL_OK) << error_.message;
  std::vector<double> tokens;
  for (int i = 0; i <= 501; ++i) tokens.push_back(i); // 0 and 501 are outside
  tokens.push_back(2.5);
  BatchResult one = runBatch(batch, tokens, 1, error_), many = runBatch(batch, tokens, 3, error_);
  mdl_accuracy accuracy;
  ASSERT_EQ(mdl_batch_accuracy(batch, 0, &accuracy, &error_), MDL_OK);
  EXPECT_EQ(accuracy.relative, 0);
  EXPECT_EQ(accuracy.absolute, 0);
  for (size_t i = 0; i < tokens.size(); ++i) {
    bool allowed = tokens[i] >= 1 && tokens[i] <= 500 && tokens[i] != 2.5;
    ASSERT_EQ(one.valid[i], allowed ? 1 : 0) << tokens[i];
    ASSERT_EQ(many.valid[i], one.valid[i]);
    if (!allowed) continue;
    ASSERT_EQ(many.wide[i], one.wide[i]);
    mdl_number number;
    ASSERT_EQ(mdl_evaluation_set_int64(job_, "tokens", static_cast<int64_t>(tokens[i]), &error_), MDL_OK);
    ASSERT_EQ(mdl_evaluation_run(job_, &error_), MDL_OK) << error_.message;
    ASSERT_EQ(mdl_evaluation_read(job_, nullptr, "flops_tensor", &number, &error_), MDL_OK);
    EXPECT_EQ(one.wide[i], number.real);
    EXPECT_EQ(one.quarters[i], 2.5);
  }
  mdl_batch_free(batch);
}

TEST_F(CInterface, ARequirementThatABoundLeavesOpenIsDecidedExactly) {
  ProgramBuilder b;
  Slot x = b.input("x", 1, 1, power(2, 40)), square = b.mul(x, x); // tokens^2 <= (2^40 - 1)^2, which no double tells
  Int most = power(2, 80) - power(2, 41) + Int(1);
  Slot within = b.emit(OpCode::NonNeg, b.add(b.constant(most), b.mul(square, b.constant(-1))));
  b.program.guards = {{GuardKind::Require, within, "too many", "demo.mdl:1:1"}};
  CompiledModel model;
  model.program = b.program, model.numbers.inputs = b.program.inputs, model.job = {1}, model.source = "demo.mdl";
  std::string bytes = encode(model);
  mdl_program *program = mdl_program_load_bytes(bytes.data(), bytes.size(), &error_);
  ASSERT_NE(program, nullptr) << error_.message;
  mdl_batch *batch = mdl_batch_create(program, &error_);
  ASSERT_EQ(mdl_batch_vary(batch, "x", 1, int64_t{1} << 40, &error_), MDL_OK);
  std::vector<double> tokens{0x1p40 - 2, 0x1p40 - 1, 0x1p40};
  const double *columns[] = {tokens.data()};
  unsigned char valid[3];
  ASSERT_EQ(mdl_batch_run(batch, 3, columns, nullptr, valid, 1, &error_), MDL_OK) << error_.message;
  EXPECT_EQ(valid[0] * 4 + valid[1] * 2 + valid[2], 6);
  mdl_batch_free(batch), mdl_program_free(program);
}

TEST_F(CInterface, ABatchIsChecked) {
  mdl_batch *batch = mdl_batch_create(program_, &error_);
  auto slug = [&](mdl_status status) { return status == MDL_OK ? std::string("ok") : std::string(error_.slug); };
  EXPECT_EQ(slug(mdl_batch_vary(batch, "token", 1, 5, &error_)), "unknown-input");
  EXPECT_EQ(slug(mdl_batch_vary(batch, "steps", 1, 2, &error_)), "fixed-input");
  EXPECT_EQ(slug(mdl_batch_vary(batch, "tokens", 5, 1, &error_)), "bad-argument");
  EXPECT_EQ(slug(mdl_batch_vary(batch, "wide", 0, 5, &error_)), "out-of-range");
  EXPECT_EQ(slug(mdl_batch_want(batch, nullptr, "nothing", &error_)), "unknown-metric");
  EXPECT_EQ(slug(mdl_batch_want(batch, nullptr, "none", &error_)), "unknown-metric");
  EXPECT_EQ(slug(mdl_batch_want(batch, "nowhere", "flops_tensor", &error_)), "unknown-node");
  EXPECT_EQ(slug(mdl_batch_set_int64(batch, "wide", 0, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_run(batch, 0, nullptr, nullptr, nullptr, 1, &error_)), "out-of-range");
  EXPECT_EQ(slug(mdl_batch_set_int64(batch, "wide", 1, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_set_int64(batch, "steps", 6, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_run(batch, 0, nullptr, nullptr, nullptr, 1, &error_)), "fixed-input");
  EXPECT_EQ(slug(mdl_batch_set_int64(batch, "steps", 5, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_run(batch, 0, nullptr, nullptr, nullptr, 1, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_vary(batch, "tokens", 1, 5, &error_)), "ok");
  EXPECT_EQ(slug(mdl_batch_vary(batch, "tokens", 1, 5, &error_)), "bad-argument");
  EXPECT_EQ(slug(mdl_batch_run(batch, 1, nullptr, nullptr, nullptr, 1, &error_)), "bad-argument");
  EXPECT_EQ(mdl_batch_create(nullptr, &error_), nullptr);
  mdl_batch_free(batch);
  mdl_batch_free(nullptr);
}

TEST_F(CInterface, ThreadsShareAProgram) {
  auto sweep = [&](std::vector<std::string> &found) {
    mdl_evaluation *job = mdl_evaluation_create(program_, nullptr);
    for (int64_t tokens = 1; tokens <= 200; ++tokens) {
      mdl_number number;
      mdl_evaluation_set_int64(job, "tokens", tokens, nullptr), mdl_evaluation_run(job, nullptr);
      mdl_evaluation_read(job, "diffusion.up.2", "flops_tensor", &number, nullptr);
      found.emplace_back(number.text);
    }
    mdl_evaluation_free(job);
  };
  std::vector<std::string> alone, together[4];
  sweep(alone);
  EXPECT_EQ(alone[19], "200"); // (1 + 1) * 20 tokens * 5 steps
  std::vector<std::thread> threads;
  for (auto &each : together) threads.emplace_back(sweep, std::ref(each));
  for (std::thread &thread : threads) thread.join();
  for (const auto &each : together) EXPECT_EQ(each, alone);
}

} // namespace
} // namespace mdl::runtime
