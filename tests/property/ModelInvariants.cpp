//===- ModelInvariants.cpp - What holds for every model and every job -----===//
// Whole models through the driver: numbers at random inputs, and, where the
// algebra allows, the formulas themselves. Seeds are fixed, cases are counted.
//===----------------------------------------------------------------------===//
#include "Models.h"
#include "compiler/expr/Expr.h"
#include "runtime/Report.h"
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace mdl {
namespace {

using runtime::Evaluator;
using runtime::Fold;
using runtime::Number;
using runtime::Report;
using runtime::Row;

/// A report, or nothing where a `require` of the model refuses the inputs.
std::optional<Report> report(Evaluator &evaluator, const Inputs &inputs) {
  runtime::ReportError error;
  auto result = runtime::makeReport(evaluator, inputs, {}, error);
  bool refused = error.slug == "guard-failed";
  EXPECT_TRUE(result || refused) << error.slug << ": " << error.message;
  return result;
}

/// Calls `visit(report, inputs)` for `count` random jobs that the model takes.
template <class Visit> int forRandomJobs(const driver::Compilation &model, int count, unsigned bits, Visit visit) {
  std::mt19937_64 random(20240229);
  Evaluator evaluator(model.program());
  int done = 0;
  for (int tries = 0; done < count && tries < 50 * count; ++tries) {
    Inputs inputs = randomInputs(model, random, bits);
    std::optional<Report> made = report(evaluator, inputs);
    if (!made) {
      if (testing::Test::HasFailure()) return done;
      continue;
    }
    visit(*made, inputs);
    ++done;
  }
  runtime::ReportError error;
  if (done < count) runtime::makeReport(evaluator, randomInputs(model, random, bits), {}, error);
  EXPECT_EQ(done, count) << "the model refuses too many jobs, one with: " << error.message;
  return done;
}

/// Equal to the last digit when both are exact; sums of expectations are reals and may differ by rounding.
bool areEqual(const Number &a, const Number &b) {
  if (Number::areExact(a, b)) return a == b;
  return a.isPresent() == b.isPresent() && std::abs(a.toDouble() - b.toDouble()) <= 1e-12 * std::abs(a.toDouble());
}

std::string show(const Number &number) {
  return number.kind == Number::Kind::Exact ? toString(number.exact) : fmt::format("{}", number.toDouble());
}

std::map<std::string_view, std::vector<const Row *>> childrenOf(const Report &report) {
  std::map<std::string_view, std::vector<const Row *>> children;
  for (const Row &row : report.rows) children[row.parent].push_back(&row);
  return children;
}

//===--- Numbers --------------------------------------------------------------===//

/// Sums and peaks of a node follow from its children, those of the job from its stages, without a digit lost.
TEST(ModelInvariants, NodesFoldFromTheirChildren) {
  int jobs = 0;
  int64_t folds = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    const auto &metrics = model->program().metrics;
    jobs += forRandomJobs(*model, 20, 9, [&](const Report &made, const Inputs &) {
      auto children = childrenOf(made);
      auto check = [&](std::string_view id, std::span<const Number> values, const std::vector<const Row *> &below) {
        for (size_t m = 0; m < metrics.size(); ++m) {
          if (!values[m].isPresent() || (metrics[m].fold != Fold::Sum && metrics[m].fold != Fold::Peak)) continue;
          Number folded = Number::of(0);
          for (const Row *child : below) {
            const Number &value = child->values[m];
            folded = metrics[m].fold == Fold::Sum ? folded + value : folded < value ? value : folded;
          }
          ++folds;
          EXPECT_TRUE(areEqual(folded, values[m]))
              << metrics[m].name << " of " << id << " is " << show(values[m]) << ", its children make " << show(folded);
        }
      };
      check("the job", made.totals, children[""]);
      for (const Row &row : made.rows)
        if (children.contains(row.id)) check(row.id, row.values, children[row.id]);
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 20 * static_cast<int>(everyModel().size()));
  EXPECT_GT(folds, 100'000);
}

TEST(ModelInvariants, IdsAreUniqueAndParentsComeFirst) {
  int jobs = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    jobs += forRandomJobs(*model, 3, 6, [&](const Report &made, const Inputs &) {
      std::set<std::string_view> seen = {""};
      for (const Row &row : made.rows) {
        EXPECT_TRUE(seen.contains(row.parent)) << row.id << " comes before its parent " << row.parent;
        EXPECT_TRUE(seen.insert(row.id).second) << row.id << " stands twice";
        EXPECT_EQ(row.parent.empty() ? std::string(row.name) : fmt::format("{}.{}", row.parent, row.name), row.id);
      }
    });
  }
  EXPECT_EQ(jobs, 3 * static_cast<int>(everyModel().size()));
}

/// The job's peak is the value at the node that the report names, and no other node has a larger one.
TEST(ModelInvariants, ThePeakIsAtTheNodeThatItNames) {
  int jobs = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    const auto &metrics = model->program().metrics;
    size_t peak = 0;
    while (metrics[peak].fold != Fold::Peak) ++peak;
    jobs += forRandomJobs(*model, 20, 10, [&](const Report &made, const Inputs &) {
      bool named = false;
      for (const Row &row : made.rows) {
        EXPECT_FALSE(made.totals[peak] < row.values[peak]) << row.id;
        if (row.id == made.peakAt) named = row.values[peak] == made.totals[peak];
      }
      EXPECT_TRUE(named) << "the peak " << show(made.totals[peak]) << " is not that of " << made.peakAt;
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 20 * static_cast<int>(everyModel().size()));
}

/// A union of storage is at most the sum of its parts and at least the largest one, and weights ignore the workload.
TEST(ModelInvariants, StorageIsAUnionAndWeightsIgnoreTheWorkload) {
  int jobs = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    const auto &metrics = model->program().metrics;
    std::map<std::string, std::vector<Number>> first;
    jobs += forRandomJobs(*model, 20, 10, [&](const Report &made, const Inputs &) {
      auto children = childrenOf(made);
      for (const Row &row : made.rows)
        for (size_t m = 0; m < metrics.size(); ++m) {
          if (metrics[m].fold != Fold::Once) continue;
          Number sum = Number::of(0);
          for (const Row *child : children[row.id]) {
            sum = sum + child->values[m];
            EXPECT_FALSE(row.values[m] < child->values[m]) << metrics[m].name << " of " << child->id;
          }
          bool weights = metrics[m].name == "params" || metrics[m].name == "weight_bytes";
          if (!weights) continue;
          auto [place, isNew] = first.try_emplace(std::string(row.id));
          if (place->second.size() <= m) place->second.resize(m + 1);
          if (!place->second[m].isPresent()) place->second[m] = row.values[m];
          EXPECT_EQ(place->second[m], row.values[m]) << metrics[m].name << " of " << row.id;
        }
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 20 * static_cast<int>(everyModel().size()));
}

/// True for the stage and all that is below it.
bool isIn(std::string_view id, std::string_view stage) {
  return id == stage || (id.starts_with(stage) && id.substr(stage.size()).starts_with("."));
}

TEST(ModelInvariants, DiffusionHasNoKvCacheAndNoState) {
  int jobs = 0;
  for (const Subject &subject : wan()) {
    auto model = compile(subject);
    if (!model) continue;
    jobs += forRandomJobs(*model, 50, 12, [&](const Report &made, const Inputs &) {
      for (size_t m = 0; m < made.totals.size(); ++m) {
        const std::string &name = model->program().metrics[m].name;
        if (name == "kv_bytes") {
          EXPECT_TRUE(made.totals[m].isZero());
        }
        for (const Row &row : made.rows)
          if (name == "state_bytes" && isIn(row.id, "diffusion")) {
            EXPECT_TRUE(row.values[m].isZero()) << row.id;
          }
      }
    });
  }
  EXPECT_EQ(jobs, 150);
}

/// Calls `visit(node, metric, before, after)` for all sums of two reports of one model.
template <class Visit> void forSums(const Report &before, const Report &after, Visit visit) {
  ASSERT_EQ(before.rows.size(), after.rows.size());
  for (size_t r = 0; r < before.rows.size(); ++r)
    for (size_t m = 0; m < before.totals.size(); ++m)
      if (before.program->metrics[m].fold == Fold::Sum && before.rows[r].values[m].isPresent())
        visit(before.rows[r], before.program->metrics[m].name, before.rows[r].values[m], after.rows[r].values[m]);
}

/// n times the batch is n times the FLOPs at every node; bytes grow less, since weights are read once a pass.
TEST(ModelInvariants, FlopsAreLinearInBatch) {
  int jobs = 0;
  for (const Subject &subject : wan()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    Evaluator other(model->program());
    size_t batch = *inputNamed(model->program(), "batch");
    jobs += forRandomJobs(*model, 30, 10, [&](const Report &made, Inputs inputs) {
      Int times = 2 + jobs % 7 + floorMod(inputs[batch], 5);
      inputs[batch] *= times;
      auto more = report(other, inputs);
      ASSERT_TRUE(more);
      forSums(made, *more, [&](const Row &row, const std::string &metric, const Number &one, const Number &all) {
        if (metric.starts_with("flops_")) {
          EXPECT_EQ(all.exact, one.exact * times) << metric << " of " << row.id;
        } else {
          EXPECT_FALSE(one.exact * times < all.exact || all.exact < one.exact) << metric << " of " << row.id;
        }
      });
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 90);
}

/// n times the steps is n times the work of diffusion and nothing else's; guidance doubles it and the text encoder's.
TEST(ModelInvariants, WorkIsLinearInStepsAndGuidance) {
  int jobs = 0;
  for (const Subject &subject : wan()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    Evaluator other(model->program());
    size_t steps = *inputNamed(model->program(), "steps"), guidance = *inputNamed(model->program(), "guidance");
    jobs += forRandomJobs(*model, 30, 10, [&](const Report &made, Inputs inputs) {
      Int times = 1 + floorMod(inputs[steps], 9), passes = 1;
      inputs[steps] *= times;
      if (inputs[guidance].isZero()) inputs[guidance] = 1, passes = 2;
      auto more = report(other, inputs);
      ASSERT_TRUE(more);
      forSums(made, *more, [&](const Row &row, const std::string &metric, const Number &one, const Number &all) {
        Int factor = isIn(row.id, "diffusion") ? times * passes : isIn(row.id, "text_encoder") ? passes : Int(1);
        EXPECT_EQ(all.exact, one.exact * factor) << metric << " of " << row.id;
      });
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 90);
}

/// A larger video never costs less, at no node and in no sum; one with more tokens costs more.
TEST(ModelInvariants, WorkNeverDecreasesInTheVideosSize) {
  int jobs = 0, grown = 0;
  for (const Subject &subject : wan()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    Evaluator other(model->program());
    std::mt19937_64 random(7);
    size_t frames = *inputNamed(model->program(), "frames"), height = *inputNamed(model->program(), "height"),
           width = *inputNamed(model->program(), "width");
    auto tokens = [&](const Inputs &of) {
      return (floorDiv(of[frames] - 1, 4) + 1) * floorDiv(of[height], 16) * floorDiv(of[width], 16);
    };
    jobs += forRandomJobs(*model, 60, 11, [&](const Report &made, Inputs inputs) {
      Int before = tokens(inputs);
      for (size_t size : {frames, height, width})
        if (random() % 2) inputs[size] += Int(random() % (uint64_t{1} << (random() % 8)));
      auto more = report(other, inputs);
      ASSERT_TRUE(more);
      forSums(made, *more, [&](const Row &row, const std::string &metric, const Number &one, const Number &all) {
        EXPECT_FALSE(all < one) << metric << " of " << row.id;
        if (row.id == "diffusion" && metric.starts_with("flops_")) {
          EXPECT_EQ(one < all, before < tokens(inputs)) << metric;
        }
      });
      grown += before < tokens(inputs);
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 180);
  EXPECT_GT(grown, 60);
}

/// Bytes of compulsory <= flash <= unfused traffic at every node and for the job, for videos of 16 tokens and more.
TEST(ModelInvariants, TrafficConventionsAreOrdered) {
  int jobs = 0;
  for (const Subject &subject : wan()) {
    SCOPED_TRACE(nameOf(subject));
    auto least = compile(subject, "compulsory"), flash = compile(subject, "flash"), most = compile(subject, "unfused");
    if (!least || !flash || !most) continue;
    Evaluator flashEvaluator(flash->program()), mostEvaluator(most->program());
    std::array<size_t, 2> moves{};
    for (size_t m = 0; m < least->program().metrics.size(); ++m) {
      if (least->program().metrics[m].name == "bytes_read") moves[0] = m;
      if (least->program().metrics[m].name == "bytes_written") moves[1] = m;
    }
    auto bytes = [&](std::span<const Number> values) { return values[moves[0]].exact + values[moves[1]].exact; };
    jobs += forRandomJobs(*least, 30, 11, [&](const Report &low, const Inputs &inputs) {
      auto middle = report(flashEvaluator, inputs), high = report(mostEvaluator, inputs);
      ASSERT_TRUE(middle && high);
      for (size_t r = 0; r < low.rows.size(); ++r) {
        EXPECT_LE(bytes(low.rows[r].values), bytes(middle->rows[r].values)) << low.rows[r].id;
        EXPECT_LE(bytes(middle->rows[r].values), bytes(high->rows[r].values)) << low.rows[r].id;
      }
      EXPECT_LE(bytes(low.totals), bytes(middle->totals));
      EXPECT_LE(bytes(middle->totals), bytes(high->totals));
    });
    if (HasFailure()) return;
  }
  EXPECT_EQ(jobs, 90);
}

//===--- Formulas -------------------------------------------------------------===//

/// The sum of a metric over the children of a node, with folded repeats as sums over their index.
expr::ExprId sumOfChildren(const ir::CostModule &costs, const std::vector<uint32_t> &children, size_t metric) {
  expr::ExprId sum;
  for (uint32_t child : children) {
    const ir::Node &node = costs.nodes[child];
    expr::ExprId value =
        node.group ? costs.pool->sum(node.index, node.lo, node.hi, sumOfChildren(costs, node.children, metric))
                   : node.metrics[metric];
    sum = costs.pool->add(sum, value);
  }
  return sum;
}

/// A sum minus those of the children is the zero expression: it holds for every job there is.
TEST(ModelInvariants, FormulasAddUp) {
  int formulas = 0, open = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    const ir::CostModule &costs = model->costs();
    for (size_t m = 0; m < costs.metrics.size(); ++m) {
      if (costs.metrics[m].fold != ir::Fold::Sum || costs.metrics[m].absent) continue;
      auto check = [&](const std::string &what, expr::ExprId value, const std::vector<uint32_t> &children) {
        ++formulas;
        expr::ExprId rest = costs.pool->sub(value, sumOfChildren(costs, children, m));
        if (rest == expr::ExprId{}) return;
        ++open;
        ADD_FAILURE() << costs.metrics[m].name << " of " << what << " differs from its children by "
                      << print(*costs.pool, rest);
      };
      check("the job", costs.totals[m], costs.roots);
      for (const ir::Node &node : costs.nodes)
        if (!node.group && !node.children.empty())
          check(node.label.empty() ? node.op : node.label[0].text, node.metrics[m], node.children);
    }
  }
  EXPECT_GT(formulas, 1000);
  EXPECT_EQ(open, 0);
}

/// batch := 2 batch doubles the formula of the FLOPs, steps := 2 steps that of all work of diffusion.
TEST(ModelInvariants, FormulasAreLinearInBatchAndSteps) {
  int formulas = 0;
  for (const Subject &subject : wan()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    const ir::CostModule &costs = model->costs();
    for (const ir::Input &input : costs.inputs) {
      if (input.name != "batch" && input.name != "steps") continue;
      ASSERT_TRUE(input.symbol);
      expr::ExprId doubled = costs.pool->scale(costs.pool->symbol(*input.symbol), Rational(2));
      for (size_t m = 0; m < costs.metrics.size(); ++m) {
        bool flops = costs.metrics[m].name.starts_with("flops_");
        bool counts = costs.metrics[m].fold == ir::Fold::Sum && !costs.metrics[m].absent;
        if (!counts || (input.name == "batch" && !flops)) continue;
        ++formulas;
        expr::ExprId formula = costs.totals[m];
        for (uint32_t root : costs.roots)
          if (input.name == "steps" && costs.nodes[root].label[0].text == "diffusion")
            formula = costs.nodes[root].metrics[m];
        EXPECT_EQ(costs.pool->substitute(formula, *input.symbol, doubled), costs.pool->scale(formula, Rational(2)))
            << costs.metrics[m].name << " in " << input.name;
      }
    }
  }
  EXPECT_EQ(formulas, 3 * (2 + 4));
}

/// Weights have formulas without a symbol.
TEST(ModelInvariants, FormulasOfWeightsAreConstants) {
  int constants = 0;
  for (const Subject &subject : everyModel()) {
    SCOPED_TRACE(nameOf(subject));
    auto model = compile(subject);
    if (!model) continue;
    for (size_t m = 0; m < model->costs().metrics.size(); ++m) {
      const std::string &name = model->costs().metrics[m].name;
      if (name != "params" && name != "weight_bytes") continue;
      ++constants;
      EXPECT_TRUE(model->costs().pool->asConstant(model->costs().totals[m])) << name;
    }
  }
  EXPECT_EQ(constants, 2 * static_cast<int>(everyModel().size()));
}

} // namespace
} // namespace mdl
