//===- EmitRandomTest.cpp - Emitted files and the evaluator agree ---------===//
// Tapes made at random of every instruction, sums one inside another included,
// with values up to the widest integer and reals that are not finite. One file
// gives out many slots of a tape, so that one compilation checks many.
//===----------------------------------------------------------------------===//
#include "RuntimeProgram.h"
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
using runtime::OpCode;
using runtime::Slot;

constexpr int kTapes = 6, kJobs = 25, kInstructions = 260;

class RandomTape {
public:
  explicit RandomTape(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 4; ++i) ints_.push_back(b.input(fmt::format("x{}", i), i, -widest(), widest()));
    for (int i = 0; i < 12; ++i) addConstants();
    while (b.program.code.size() < kInstructions) addInstruction();
    addSums();
    giveOut();
  }
  /// Large and small numbers of both signs.
  Int integer() {
    auto bits = static_cast<unsigned>(random_() % 128);
    UInt128 value = static_cast<UInt128>(random_()) << 64 | random_();
    Int size = Int::fromRaw(static_cast<Int128>(value >> 1 >> (random_() % 3 == 0 ? 127 - bits : 121)));
    return random_() % 3 == 0 ? -size : size;
  }
  static Int widest() { return (power(2, 126) - 1) * 2 + 1; }

  runtime::ProgramBuilder b;
  std::map<OpCode, int> used; ///< How often each instruction was made

private:
  void addConstants() {
    static constexpr double kReals[] = {0, -0.0, 0.1, -2.5, 1e300, -1e-300, 3e38, 1.5e17, 7};
    ints_.push_back(b.constant(integer()));
    reals_.push_back(random_() % 3 != 0 ? b.real(kReals[random_() % std::size(kReals)])
                                        : b.real(std::ldexp(static_cast<double>(random_() % 1000), 40)));
  }
  Slot any(const std::vector<Slot> &of) { return of[random_() % of.size()]; }

  Slot addInstruction() {
    static constexpr OpCode kOps[] = {OpCode::Add,    OpCode::Mul,  OpCode::DivExact, OpCode::FloorDiv,
                                      OpCode::NonNeg, OpCode::Max,  OpCode::Pow,      OpCode::ArgMin,
                                      OpCode::ToReal, OpCode::RAdd, OpCode::RMul,     OpCode::RDiv,
                                      OpCode::RMax,   OpCode::RPow, OpCode::RFloor,   OpCode::RNonNeg};
    OpCode op = kOps[random_() % std::size(kOps)];
    Slot out = op == OpCode::ArgMin ? addArgMin() : b.emit(op, operand(op, 0), operand(op, 1));
    (runtime::isRealOp(op) ? reals_ : ints_).push_back(out);
    ++used[op];
    return out;
  }
  Slot operand(OpCode op, int position) {
    bool real = (runtime::isRealOp(op) && op != OpCode::ToReal) || op == OpCode::RFloor || op == OpCode::RNonNeg;
    return any(real && !(op == OpCode::RPow && position == 1) ? reals_ : ints_);
  }
  Slot addArgMin() {
    auto length = static_cast<uint32_t>(1 + random_() % 3);
    runtime::ArgMinRows rows{length, {}};
    for (uint64_t i = 0, count = length * (1 + random_() % 4); i < count; ++i) rows.slots.push_back(any(ints_));
    b.program.argmins.push_back(rows);
    return b.emit(OpCode::ArgMin, static_cast<uint32_t>(b.program.argmins.size() - 1));
  }

  /// What is made in a body is forgotten after it.
  Slot addSum(OpCode op, Slot lo, Slot hi, int depth) {
    size_t ints = ints_.size(), reals = reals_.size();
    Slot out = b.sum(
        lo, hi,
        [&](Slot index) {
          ints_.push_back(index);
          for (int i = 0; i < 5; ++i) addInstruction();
          if (depth > 0) ints_.push_back(addSum(OpCode::Sum, any(ints_), index, depth - 1));
          Slot scaled = b.mul(index, any(ints_)), real = b.emit(OpCode::ToReal, scaled);
          return op == OpCode::Sum ? scaled : b.emit(OpCode::RAdd, real, any(reals_));
        },
        op);
    ints_.resize(ints), reals_.resize(reals);
    (op == OpCode::Sum ? ints_ : reals_).push_back(out);
    ++used[op];
    return out;
  }
  void addSums() {
    Slot zero = b.constant(0);
    for (int i = 0; i < 8; ++i) {
      Slot few = b.constant(static_cast<int>(random_() % 40)); // mostly bounds that can be walked
      addSum(i % 2 == 0 ? OpCode::Sum : OpCode::RSum, i < 6 ? zero : any(ints_), i < 7 ? few : any(ints_), i % 3);
    }
  }

  void giveOut() {
    std::vector<Slot> all = ints_;
    all.insert(all.end(), reals_.begin(), reals_.end());
    for (Slot slot : all) {
      b.metric(fmt::format("m{}", slot), "", "", runtime::Fold::Sum);
      b.program.totals.back() = slot;
      b.program.metrics.back().scale = random_() % 4 == 0 ? 8 : 1;
    }
  }

  std::mt19937_64 random_;
  std::vector<Slot> ints_, reals_;
};

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
