//===- RuntimeReportTest.cpp - Reports as data ----------------------------===//
#include "RuntimeProgram.h"
#include "runtime/Report.h"
#include <fmt/format.h>
#include <functional>
#include <gtest/gtest.h>
#include <set>

namespace mdl::runtime {
namespace {

struct Result {
  std::optional<Report> report;
  ReportError error;
};

Result make(const Program &program, const ReportOptions &options = {}, std::vector<Int> inputs = {}) {
  EXPECT_EQ(verify(program), "");
  Result result;
  Evaluator evaluator(program);
  result.report = makeReport(evaluator, inputs.empty() ? defaults(program) : inputs, options, result.error);
  return result;
}

std::vector<std::string> idsOf(const Report &report) {
  std::vector<std::string> ids;
  for (const Row &row : report.rows) ids.emplace_back(row.id);
  return ids;
}

const Row &rowNamed(const Report &report, std::string_view id) {
  for (const Row &row : report.rows)
    if (row.id == id) return row;
  static const Row none;
  ADD_FAILURE() << "no row " << id;
  return none;
}

const FoldedRow &foldedNamed(const Report &report, std::string_view id) {
  for (const FoldedRow &row : report.folded)
    if (row.id == id) return row;
  static const FoldedRow none;
  ADD_FAILURE() << "no folded row " << id;
  return none;
}

TEST(ReportTest, ExpandsGroupsInOrder) {
  DemoModel model;
  Report report = *make(model.b.program).report;
  std::vector<std::string> expected = {"diffusion", "diffusion.patch"};
  for (int i = 0; i < 3; ++i)
    for (const char *below : {"", ".attn", ".attn.q", ".attn.core", ".ffn"})
      expected.push_back(fmt::format("diffusion.blocks.{}{}", i, below));
  expected.insert(expected.end(), {"diffusion.up.1", "diffusion.up.2", "vae"});
  EXPECT_EQ(idsOf(report), expected);
}

TEST(ReportTest, RowsNameTheirParents) {
  DemoModel model;
  Report report = *make(model.b.program).report;
  std::set<std::string_view> seen = {""};
  int count = 0;
  for (const Row &row : report.rows) {
    EXPECT_TRUE(seen.contains(row.parent)) << row.id;
    std::string joined = row.parent.empty() ? std::string(row.name) : fmt::format("{}.{}", row.parent, row.name);
    EXPECT_EQ(joined, row.id);
    EXPECT_TRUE(seen.insert(row.id).second);
    ++count;
  }
  EXPECT_EQ(count, 20);
  EXPECT_EQ(rowNamed(report, "diffusion.blocks.2").name, "blocks.2");
}

/// Work of a node is the sum of its children's, and the totals are the sum of the stages'.
TEST(ReportTest, WorkAddsUp) {
  DemoModel model;
  Report report = *make(model.b.program).report;
  int parents = 0;
  for (const Row &parent : report.rows) {
    Int sum = 0;
    bool leaf = true;
    for (const Row &row : report.rows)
      if (row.parent == parent.id) sum += row.values[0].exact, leaf = false;
    if (leaf) continue;
    ++parents;
    EXPECT_EQ(sum, parent.values[0].exact) << parent.id;
  }
  EXPECT_EQ(parents, 7);
  EXPECT_EQ(report.totals[0], Number::of(4250));
}

TEST(ReportTest, NumbersFollowTheIndexOnlyWhereTheyVary) {
  DemoModel model;
  Report report = *make(model.b.program).report;
  EXPECT_EQ(rowNamed(report, "diffusion.up.1").values[0], Number::of(50));
  EXPECT_EQ(rowNamed(report, "diffusion.up.2").values[0], Number::of(100));
  EXPECT_EQ(rowNamed(report, "diffusion.blocks.0.ffn").values.data(),
            rowNamed(report, "diffusion.blocks.2.ffn").values.data()); // shared
  EXPECT_EQ(rowNamed(report, "diffusion.up.2").calls, 5);
}

TEST(ReportTest, FoldedRowsStandForAllCopies) {
  DemoModel model;
  Report report = *make(model.b.program).report;
  struct {
    const char *id, *label, *first;
    Int copies, flops, params, peak;
    unsigned depth;
  } cases[] = {
      {"diffusion", "diffusion", "diffusion", 1, 3250, 139, 501, 0},
      {"diffusion.blocks.0…2", "blocks.0…2", "diffusion.blocks.0", 3, 3000, 72, 300, 1},
      {"diffusion.blocks.0…2.attn.q", "q", "diffusion.blocks.0.attn.q", 3, 600, 33, 300, 3},
      {"diffusion.up.1…2", "up.1…2", "diffusion.up.1", 2, 150, 60, 501, 1},
      {"vae", "vae", "vae", 1, 1000, 1, 400, 0},
  };
  EXPECT_EQ(report.folded.size(), 9u);
  for (const auto &test : cases) {
    const FoldedRow &row = foldedNamed(report, test.id);
    EXPECT_EQ(row.label, test.label);
    EXPECT_EQ(row.firstId, test.first);
    EXPECT_EQ(row.copies, test.copies) << test.id;
    EXPECT_EQ(row.values[0], Number::of(test.flops)) << test.id;
    EXPECT_EQ(row.values[1], Number::of(test.params)) << test.id;
    EXPECT_EQ(row.values[2], Number::of(test.peak)) << test.id;
    EXPECT_EQ(row.depth, test.depth) << test.id;
  }
  EXPECT_EQ(foldedNamed(report, "diffusion.blocks.0…2.attn").parent, "diffusion.blocks.0…2");
}

/// A node of a program with groups in groups: `row{i}.cell{j}` for j in 0..i, of i * j FLOPs,
/// calls i, uniform only where i is not 2.
Program ragged(Int size, bool varying = true) {
  ProgramBuilder b;
  b.metric("flops", "FLOPs", "FLOP", Fold::Sum);
  b.metric("each", "each", "", Fold::Each);
  b.metric("same", "same", "", Fold::Each);
  Slot n = b.input("n", size, 0, power(2, 100)), zero = b.constant(0), two = b.constant(2);
  uint32_t outer = b.newIndex(), inner = b.newIndex();
  Slot i = b.index(outer), j = b.index(inner), product = varying ? b.mul(i, j) : n;
  Slot total = b.constant(0), gap = b.add(i, b.constant(-2)), distance = b.mul(gap, gap);
  uint32_t net = b.node(~0u, {{"net"}}, "Net", {total});
  uint32_t rows = b.group(net, outer, zero, n);
  uint32_t row = b.node(rows, {{"row"}, {"", i}}, "Row", {kNoSlot}, i);
  b.at(row).uniform = distance;
  uint32_t cells = b.group(row, inner, zero, varying ? i : n);
  b.node(cells, {{"cell"}, {"", j}}, "Cell", {product, product, two}, i);
  b.program.totals = {total, kNoSlot, kNoSlot};
  return b.program;
}

TEST(ReportTest, GroupsInGroupsMayHaveRaggedRanges) {
  Report report = *make(ragged(4)).report;
  EXPECT_EQ(idsOf(report), (std::vector<std::string>{"net", "net.row0", "net.row1", "net.row1.cell0", "net.row2",
                                                     "net.row2.cell0", "net.row2.cell1", "net.row3", "net.row3.cell0",
                                                     "net.row3.cell1", "net.row3.cell2"}));
  const FoldedRow &cells = report.folded.at(2);
  EXPECT_EQ(cells.copies, 6);
  EXPECT_EQ(cells.firstId, "net.row1.cell0");
  EXPECT_EQ(cells.values[0], Number::of(2 + 3 + 6));
  EXPECT_FALSE(cells.values[1].isPresent()); // copies differ
  EXPECT_EQ(cells.values[2], Number::of(2));
  EXPECT_EQ(report.folded.at(1).calls, 3);
  EXPECT_FALSE(report.folded.at(1).uniformCalls);
  EXPECT_FALSE(rowNamed(report, "net.row2").uniformCalls);
  EXPECT_TRUE(rowNamed(report, "net.row3").uniformCalls);
  EXPECT_EQ(rowNamed(report, "net.row0").calls, 0); // never runs and is still there
}

TEST(ReportTest, AGroupWithoutTurnsHasNoRows) {
  Report report = *make(ragged(0)).report;
  EXPECT_EQ(idsOf(report), std::vector<std::string>{"net"});
  EXPECT_EQ(report.folded.size(), 1u);
  Program backwards = ragged(4, false);
  std::swap(backwards.nodes[1].lo, backwards.nodes[1].hi);
  backwards.nodes[2].calls = backwards.nodes[2].uniform = backwards.nodes[4].calls = kNoSlot; // copies are equal
  EXPECT_EQ(idsOf(*make(backwards).report), std::vector<std::string>{"net"});
  EXPECT_EQ(make(backwards).report->folded.size(), 1u);
}

TEST(ReportTest, ThePeakIsAtTheFirstLeafThatHasIt) {
  DemoModel model;
  EXPECT_EQ(make(model.b.program).report->peakAt, "diffusion.up.2");
  Program program = model.b.program;
  program.totals[2] = program.nodes[1].metrics[2]; // 300: where `patch` is, had the stage not more
  program.nodes[0].metrics[2] = kNoSlot;
  EXPECT_EQ(make(program).report->peakAt, "diffusion.patch");
  program.metrics[2].absent = true;
  EXPECT_EQ(make(program).report->peakAt, "");
}

TEST(ReportTest, InputsOutsideTheirRangeAreNamed) {
  ProgramBuilder b;
  b.input("height", 720, 16, 65536), b.boolean("guidance", true), b.choice("mode", {"tiny", "large"}, 1);
  b.program.inputs[0].unit = "pixel";
  struct {
    std::vector<Int> inputs;
    const char *message;
  } cases[] = {
      {{15, 1, 1}, "input `height` is 15; its range is 16..=65536 pixel"},
      {{65537, 1, 1}, "input `height` is 65537; its range is 16..=65536 pixel"},
      {{Int::overflow(), 1, 1}, "input `height` is beyond 2^127; its range is 16..=65536 pixel"},
      {{16, 2, 1}, "input `guidance` is 2; it is false or true"},
      {{16, 0, 2}, "input `mode` is 2; it is one of tiny, large"},
      {{16, 0, -1}, "input `mode` is -1; it is one of tiny, large"},
      {{16, 0}, "2 values for 3 inputs"},
  };
  for (const auto &[inputs, message] : cases) {
    Result result = make(b.program, {}, inputs);
    EXPECT_FALSE(result.report);
    EXPECT_EQ(result.error.slug, "out-of-range");
    EXPECT_EQ(result.error.message, message);
  }
  Report report = *make(b.program, {}, {65536, 0, 0}).report;
  EXPECT_EQ(report.inputs[0].text() + report.inputs[1].text() + report.inputs[2].text(), "65536falsetiny");
}

TEST(ReportTest, FixedInputsKeepTheirValue) {
  ProgramBuilder b;
  b.choice("mode", {"tiny", "large"}, 1);
  b.program.inputs[0].fixed = true;
  EXPECT_TRUE(make(b.program, {}, {1}).report);
  Result result = make(b.program, {}, {0});
  EXPECT_EQ(result.error.slug, "fixed-input");
  EXPECT_EQ(result.error.message, "input `mode` was compiled in as large");
}

TEST(ReportTest, GuardsFailWarnOrNote) {
  ProgramBuilder b;
  Slot holds = b.input("holds", 1, -1, 1), huge = b.constant(Int::overflow());
  auto guard = [&](GuardKind kind, Slot slot) { b.program.guards = {{kind, slot, "the text", "m.mdl:3:1"}}; };
  guard(GuardKind::Require, holds);
  EXPECT_TRUE(make(b.program).report);
  Result failed = make(b.program, {}, {0});
  EXPECT_EQ(failed.error.slug, "guard-failed");
  EXPECT_EQ(failed.error.message, "the text");
  EXPECT_EQ(failed.error.place, "m.mdl:3:1");
  guard(GuardKind::Warn, holds);
  Report warned = *make(b.program, {}, {0}).report;
  EXPECT_EQ(warned.warnings, std::vector<std::string>{"the text"});
  EXPECT_EQ(warned.assumptions, std::vector<std::string>{"the text"});
  EXPECT_TRUE(make(b.program).report->warnings.empty());
  guard(GuardKind::Claim, holds);
  Report noted = *make(b.program, {}, {0}).report;
  EXPECT_TRUE(noted.warnings.empty());
  EXPECT_EQ(noted.assumptions, std::vector<std::string>{"extrapolation: the text"});
  guard(GuardKind::Warn, huge);
  EXPECT_EQ(make(b.program).error.message, "the condition `the text` is beyond 2^127, the widest integer");
}

TEST(ReportTest, OverflowNamesTheInnermostNode) {
  DemoModel model;
  Program program = model.b.program;
  program.inputs[0].hi = power(2, 126);
  Result result = make(program, {}, {power(2, 100), 5});
  EXPECT_FALSE(result.report);
  EXPECT_EQ(result.error.slug, "overflow");
  EXPECT_EQ(result.error.message,
            "`flops_tensor` of `diffusion.blocks.0…2.attn.core` is beyond 2^127, the widest integer");
}

TEST(ReportTest, OverflowOfTotalsRealsAndTurns) {
  struct {
    std::function<Slot(ProgramBuilder &)> total;
    const char *slug, *message;
  } cases[] = {
      {[](auto &b) { return b.constant(Int::overflow()); }, "overflow",
       "the total of `flops` is beyond 2^127, the widest integer"},
      {[](auto &b) { return b.emit(OpCode::RDiv, b.real(1), b.real(0)); }, "overflow",
       "the total of `flops` is beyond the widest real"},
      {[](auto &b) { return b.sum(b.constant(0), b.constant(10'000'001), [](Slot i) { return i; }); }, "too-many-turns",
       "the total of `flops` needs a sum of more than 10000000 turns"},
  };
  for (const auto &test : cases) {
    ProgramBuilder b;
    b.metric("flops", "FLOPs", "FLOP", Fold::Sum);
    b.program.totals = {test.total(b)};
    Result result = make(b.program);
    EXPECT_EQ(result.error.slug, test.slug);
    EXPECT_EQ(result.error.message, test.message);
  }
}

TEST(ReportTest, AbsentMetricsHaveNoValues) {
  DemoModel model;
  model.b.program.metrics[0].absent = true;
  Report report = *make(model.b.program).report;
  EXPECT_FALSE(report.totals[0].isPresent());
  EXPECT_FALSE(report.rows[0].values[0].isPresent());
  EXPECT_FALSE(report.folded[0].values[0].isPresent());
  EXPECT_TRUE(report.rows[0].values[1].isPresent());
}

TEST(ReportTest, SelectKeepsANodeAndWhatIsBelow) {
  DemoModel model;
  ReportOptions options;
  options.select = "diffusion.blocks.1.attn";
  Report report = *make(model.b.program, options).report;
  EXPECT_EQ(idsOf(report), (std::vector<std::string>{"diffusion.blocks.1.attn", "diffusion.blocks.1.attn.q",
                                                     "diffusion.blocks.1.attn.core"}));
  EXPECT_EQ(report.rows[0].parent, "diffusion.blocks.1");
  EXPECT_EQ(report.totals, (std::vector<Number>{Number::of(700), Number::of(11), Number::of(300)}));
  EXPECT_EQ(report.peakAt, "diffusion.blocks.1.attn.q");
  EXPECT_EQ(report.folded.size(), 3u);
  EXPECT_EQ(report.folded[1].id, "diffusion.blocks.1.attn.q");
  options.select = "diffusion.up.2";
  EXPECT_EQ(make(model.b.program, options).report->totals[0], Number::of(100));
}

TEST(ReportTest, SelectReadsAStarAsAPattern) {
  DemoModel model;
  ReportOptions options;
  options.select = "*.blocks.*.q";
  Report report = *make(model.b.program, options).report;
  EXPECT_EQ(idsOf(report), (std::vector<std::string>{"diffusion.blocks.0.attn.q", "diffusion.blocks.1.attn.q",
                                                     "diffusion.blocks.2.attn.q"}));
  EXPECT_EQ(report.totals[0], Number::of(600));
  EXPECT_FALSE(report.totals[1].isPresent()); // a union of several is not known
  EXPECT_EQ(report.totals[2], Number::of(300));
  struct {
    const char *pattern;
    size_t rows;
  } cases[] = {{"*", 20}, {"v*", 1}, {"*ffn", 3}, {"diffusion*", 19}, {"*up*", 2}, {"diffusion.**.core", 3}};
  for (auto [pattern, rows] : cases) {
    options.select = pattern;
    EXPECT_EQ(make(model.b.program, options).report->rows.size(), rows) << pattern;
  }
}

TEST(ReportTest, SelectTriesTheExactIdFirst) {
  ProgramBuilder b;
  b.node(~0u, {{"a"}}, "A");
  b.node(~0u, {{"*"}}, "B");
  ReportOptions options;
  options.select = "*";
  EXPECT_EQ(idsOf(*make(b.program, options).report), std::vector<std::string>{"*"});
}

TEST(ReportTest, AnUnknownSelectionNamesTheNearestIds) {
  DemoModel model;
  for (const char *wanted : {"difusion.pach", "vea", "diffusion.*.nothing"}) {
    ReportOptions options;
    options.select = wanted;
    Result result = make(model.b.program, options);
    EXPECT_FALSE(result.report);
    EXPECT_EQ(result.error.slug, "unknown-node");
    EXPECT_TRUE(result.error.message.starts_with(fmt::format("no node is named `{}`; the nearest are `", wanted)));
  }
  ReportOptions options;
  options.select = "vea";
  EXPECT_NE(make(model.b.program, options).error.message.find("nearest are `vae`"), std::string::npos);
}

TEST(ReportTest, TooManyNodesNameTheRepeat) {
  DemoModel model;
  ReportOptions options;
  options.maxRows = 19;
  Result result = make(model.b.program, options);
  EXPECT_FALSE(result.report);
  EXPECT_EQ(result.error.slug, "too-many-nodes");
  EXPECT_EQ(result.error.message, "the result has 20 nodes, more than 19: the repeat `diffusion.blocks.0…2` alone "
                                  "has 3 turns; `--fold` prints a repeat as one node");
  options.expand = false;
  EXPECT_TRUE(make(model.b.program, options).report);
  options = {};
  options.maxRows = 20;
  EXPECT_TRUE(make(model.b.program, options).report);
}

TEST(ReportTest, HugeRepeatsFoldWhenTheirCopiesAreEqual) {
  Program equal = ragged(power(10, 9), false);
  ReportOptions folded;
  folded.expand = false;
  EXPECT_EQ(make(equal).error.slug, "too-many-nodes");
  Program differing = ragged(power(10, 9));
  Result result = make(differing, folded);
  EXPECT_EQ(result.error.slug, "too-many-nodes");
  EXPECT_EQ(result.error.place, "demo.mdl:7:3");
  equal.nodes[2].calls = equal.nodes[2].uniform = equal.nodes[4].calls = kNoSlot;
  Report report = *make(equal, folded).report;
  EXPECT_EQ(report.folded.at(2).copies, power(10, 18));
  EXPECT_EQ(report.folded.at(2).values[0], Number::of(power(10, 27)));
  EXPECT_EQ(report.folded.at(1).label, "row0…999999999");
}

TEST(ReportTest, ACopyOutlivesItsOrigin) {
  DemoModel model;
  Report copy;
  {
    Report report = *make(model.b.program).report;
    copy = report;
  }
  EXPECT_EQ(copy.rows[2].id, "diffusion.blocks.0");
  EXPECT_EQ(copy.rows[2].values[0], Number::of(1000));
}

} // namespace
} // namespace mdl::runtime
