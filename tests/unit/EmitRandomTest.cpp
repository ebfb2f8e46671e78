//===- EmitRandomTest.cpp - Emitted files and the evaluator agree ---------===//
// Tapes made at random of every instruction, sums one inside another included,
// with values up to the widest integer and reals that are not finite. One file
// gives out many slots of a tape, so that one compilation checks many.
//===----------------------------------------------------------------------===//
#include "RandomTape.h"
#include "runtime/Evaluate.h"
#include "runtime/emit/Emit.h"
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sstream>

namespace mdl {
namespace {

using runtime::Number;

constexpr int kTapes = 6, kJobs = 25;

/// A program that prints, for each line of numbers, what it computes from them: `12`, `0x1.8p+1`, `-` for what does not fit.
constexpr const char *kMain = R"(
#include <stdlib.h>
int main(void) {
  struct t_inputs in;
  struct t_outputs out;
  const struct t_output_info *info;
  const struct t_input_info *input;
  char word[64], text[48];
  for (;;) {
    for (input = t_input_list; input->name; ++input) {
      t_int value = 0;
      const char *at = word;
      if (scanf("%63s", word) != 1) return 0;
      for (at += *word == '-'; *at; ++at) value = value * 10 + (*at - '0');
      *(t_int *)((char *)&in + input->offset) = *word == '-' ? -value : value;
    }
    t_evaluate(&in, &out);
    for (info = t_output_list; info->name; ++info) {
      const struct t_number *number = (const struct t_number *)((const char *)&out + info->offset);
      t_print(number, text);
      if (number->kind == T_REAL) printf("%a\n", number->real);
      else puts(number->kind == T_EXACT ? text : "-");
    }
  }
}
)";

/// The same of a module; a real in 17 digits, and never without a point.
constexpr const char *kModuleMain = R"(
import { readFileSync } from "node:fs";
const values = readFileSync(0, "utf8").trim().split("\n").map(BigInt);
const digits = (value) => value.toExponential(17);
for (let at = 0; at < values.length; at += inputs.length) {
  const { totals } = evaluate(Object.fromEntries(inputs.map((input, i) => [input.name, values[at + i]])));
  for (const value of Object.values(totals)) console.log(typeof value === "bigint" ? String(value) : digits(value));
}
)";

std::string show(const Number &number) {
  if (number.isOverflow()) return "-";
  return number.kind == Number::Kind::Exact ? toString(number.exact) : fmt::format("{}", number.real);
}

bool isSame(const Number &ours, const std::string &theirs) {
  if (ours.kind == Number::Kind::Exact || ours.isOverflow()) return show(ours) == theirs;
  return theirs.find_first_of("xe") != std::string::npos && std::strtod(theirs.c_str(), nullptr) == ours.real;
}

/// Runs a command; its output, or nothing when it fails.
std::optional<std::string> outputOf(const std::string &command) {
  std::FILE *pipe = popen(command.c_str(), "r");
  if (!pipe) return std::nullopt;
  std::string text;
  char buffer[4096];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) != 0;) text.append(buffer, n);
  return pclose(pipe) == 0 ? std::optional(text) : std::nullopt;
}

class EmittedPrograms : public testing::TestWithParam<int> {
protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("mdl-emitted-{}-{}", getpid(), GetParam());
    std::filesystem::create_directories(folder_);
    ASSERT_EQ(runtime::verify(program()), "");
    facts_.prefix = "t", facts_.defaults = runtime::defaults(program());
    jobs_.push_back(facts_.defaults);
    while (jobs_.size() < kJobs) jobs_.push_back({tape_.integer(), tape_.integer(), tape_.integer(), tape_.integer()});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  runtime::Program &program() { return tape_.b.program; }
  void write(const std::string &name, const std::string &text) { std::ofstream(folder_ / name) << text; }
  std::optional<std::string> run(const std::string &command) {
    std::string input;
    for (const auto &job : jobs_)
      for (Int value : job) input += toString(value) + "\n";
    write("in", input);
    return outputOf(fmt::format("cd '{}' && {}", folder_.string(), command));
  }
  Number total(const runtime::Evaluator &evaluator, size_t i) {
    return runtime::unscaled(evaluator.value(program().totals[i]), program().metrics[i].scale);
  }

  /// Keeps the totals that fit in every job.
  void keepWhatFits() {
    runtime::Evaluator evaluator(program());
    std::vector<bool> fits(program().totals.size(), true);
    for (const auto &job : jobs_) {
      evaluator.run(job);
      for (size_t i = 0; i < fits.size(); ++i) fits[i] = fits[i] && !total(evaluator, i).isOverflow();
    }
    for (size_t i = 0; i < fits.size(); ++i) program().metrics[i].absent = !fits[i];
  }

  /// How many numbers were compared, and how many of these fit.
  void compare(const std::string &output) {
    std::istringstream lines(output);
    runtime::Evaluator evaluator(program());
    for (const auto &job : jobs_) {
      evaluator.run(job);
      for (size_t i = 0; i < program().totals.size(); ++i) {
        if (program().metrics[i].absent) continue;
        std::string theirs;
        std::getline(lines, theirs);
        Number ours = total(evaluator, i);
        ASSERT_TRUE(isSame(ours, theirs)) << runtime::name(program().code[program().totals[i]].op) << " %"
                                          << program().totals[i] << ": " << show(ours) << " is not " << theirs;
        ++compared_, fits_ += !ours.isOverflow();
      }
    }
  }

  RandomTape tape_{static_cast<uint64_t>(GetParam())};
  emit::Facts facts_;
  std::vector<std::vector<Int>> jobs_;
  int compared_ = 0, fits_ = 0;
  std::filesystem::path folder_;
};

TEST_P(EmittedPrograms, CAgreesWithTheEvaluator) {
  write("t.c", emit::emitC(program(), facts_) + kMain);
  auto output = run("cc -std=c11 -Wall -Wextra -Werror -O1 t.c -o t && ./t < in");
  ASSERT_TRUE(output);
  compare(*output);
  EXPECT_EQ(compared_, kJobs * static_cast<int>(program().totals.size()));
  EXPECT_GT(fits_, compared_ / 4);
  EXPECT_LT(fits_, compared_);
  EXPECT_EQ(tape_.used.size(), 18U) << "an instruction is not tried";
}

TEST_P(EmittedPrograms, JavaScriptAgreesWithTheEvaluator) {
  if (!run("node --version")) GTEST_SKIP() << "no node here";
  keepWhatFits(); // a module gives no numbers when one does not fit
  write("t.mjs", emit::emitJavaScript(program(), facts_) + kModuleMain);
  auto output = run("node t.mjs < in");
  ASSERT_TRUE(output);
  compare(*output);
  EXPECT_GT(compared_, kJobs * 30);
}

INSTANTIATE_TEST_SUITE_P(Seeds, EmittedPrograms, testing::Range(1, 1 + kTapes));

} // namespace
} // namespace mdl
