// Least squares over logarithms, against closed forms.
#include "runtime/fit/LeastSquares.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mdl::runtime::fit {
namespace {

/// Residuals of a line: sum of x_j * p_j - y.
Problem linear(std::vector<std::vector<double>> x, std::vector<double> y, std::vector<Bounds> bounds) {
  return {[x = std::move(x), y = std::move(y)](std::span<const double> p) {
            std::vector<double> all;
            for (size_t i = 0; i < y.size(); ++i) {
              double sum = -y[i];
              for (size_t j = 0; j < p.size(); ++j) sum += x[i][j] * p[j];
              all.push_back(sum);
            }
            return all;
          },
          std::move(bounds)};
}

const Bounds kWide{-100, 100};

TEST(LeastSquares, ALineIsTheNormalEquations) {
  auto fit = leastSquares(linear({{1, 0}, {1, 1}, {1, 2}, {1, 3}}, {1, 2, 2, 4}, {kWide, kWide}), {{0, 0}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->parameters[0], 0.9, 1e-7);
  EXPECT_NEAR(fit->parameters[1], 0.9, 1e-7);
  EXPECT_NEAR(fit->sumOfSquares, 0.7, 1e-9);
  auto errors = standardErrors(*fit); // s^2 = 0.35; (X'X)^-1 = [14 -6; -6 4] / 20
  ASSERT_TRUE(errors);
  EXPECT_NEAR((*errors)[0], std::sqrt(0.35 * 0.7), 1e-6);
  EXPECT_NEAR((*errors)[1], std::sqrt(0.35 * 0.2), 1e-6);
}

TEST(LeastSquares, ABoundHoldsAndTheOthersMoveOn) {
  auto fit = leastSquares(linear({{1, 0}, {0, 1}, {1, 1}}, {3, 1, 4}, {{-5, 2}, kWide}), {{0, 0}});
  ASSERT_TRUE(fit);
  EXPECT_DOUBLE_EQ(fit->parameters[0], 2);
  EXPECT_NEAR(fit->parameters[1], 1.5, 1e-7); // of {1, 4 - 2}
  auto least = leastSquares(linear({{1, 0}, {0, 1}, {1, 1}}, {-3, 1, -2}, {{-2, 5}, kWide}), {{0, 0}});
  ASSERT_TRUE(least);
  EXPECT_DOUBLE_EQ(least->parameters[0], -2);
  EXPECT_NEAR(least->parameters[1], 0.5, 1e-7); // of {1, -2 + 2}
}

TEST(LeastSquares, TheBestOfSeveralStarts) {
  // (p^2 - 1)^2 + 0.09 (p - 1)^2: two bottoms, the one at 1 is lower.
  Problem problem{[](std::span<const double> p) { return std::vector<double>{p[0] * p[0] - 1, 0.3 * (p[0] - 1)}; },
                  {kWide}};
  auto low = leastSquares(problem, {{-1.2}}), both = leastSquares(problem, {{-1.2}, {1.2}});
  ASSERT_TRUE(low && both);
  EXPECT_LT(low->parameters[0], 0);
  EXPECT_NEAR(both->parameters[0], 1, 1e-6);
}

TEST(LeastSquares, NoFiniteStartIsNone) {
  Problem problem{[](std::span<const double>) { return std::vector<double>{std::nan("")}; }, {kWide}};
  EXPECT_FALSE(leastSquares(problem, {{0}}));
}

TEST(LeastSquares, SaysWhatPointsDetermine) {
  auto fit = leastSquares(linear({{1, 0, 2, 0}, {2, 0, 4, 1}, {3, 0, 6, 2}, {1, 0, 2, 0}, {1, 0, 2, 5}},
                                 {1, 2, 3, 1, 1}, {kWide, kWide, kWide, kWide}),
                          {{0, 0, 0, 0}});
  ASSERT_TRUE(fit);
  EXPECT_EQ(standings(*fit),
            (std::vector{Standing::Determined, Standing::NoEffect, Standing::Entangled, Standing::Determined}));
  EXPECT_FALSE(standardErrors(*fit));
}

TEST(LeastSquares, AsManyNumbersAsPointsHaveNoErrors) {
  auto fit = leastSquares(linear({{1, 0}, {1, 1}}, {1, 2}, {kWide, kWide}), {{0, 0}});
  ASSERT_TRUE(fit);
  EXPECT_FALSE(standardErrors(*fit));
}

/// Source: Abramowitz and Stegun, table 26.10.
TEST(StudentQuantile, IsThatOfTheTables) {
  struct Row {
    double part;
    size_t freedom;
    double t;
  };
  for (Row row : {Row{0.9, 1, 6.314},
                  {0.9, 2, 2.920},
                  {0.9, 3, 2.353},
                  {0.9, 4, 2.132},
                  {0.9, 5, 2.015},
                  {0.95, 1, 12.706},
                  {0.95, 2, 4.303},
                  {0.95, 7, 2.365},
                  {0.95, 30, 2.042},
                  {0.99, 10, 3.169},
                  {0.99, 9, 3.250}})
    EXPECT_NEAR(studentQuantile(row.part, row.freedom), row.t, 6e-4) << row.part << " " << row.freedom;
}

} // namespace
} // namespace mdl::runtime::fit
