// Points that no other beats, against comparing each with each.
#include "runtime/Front.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace mdl::runtime {
namespace {

std::vector<size_t> byEachPair(const std::vector<double> &values, size_t aims) {
  std::vector<size_t> found;
  size_t count = values.size() / aims;
  auto beats = [&](size_t a, size_t b) {
    bool smaller = false;
    for (size_t i = 0; i < aims; ++i) {
      if (values[a * aims + i] > values[b * aims + i]) return false;
      smaller |= values[a * aims + i] < values[b * aims + i];
    }
    return smaller;
  };
  for (size_t b = 0; b < count; ++b) {
    bool beaten = false;
    for (size_t a = 0; a < count && !beaten; ++a) beaten = beats(a, b);
    if (!beaten) found.push_back(b);
  }
  return found;
}

TEST(Front, EqualsComparingEachWithEach) {
  std::mt19937 random(11);
  size_t cases = 0, kept = 0, dropped = 0;
  for (size_t aims = 1; aims <= 5; ++aims)
    for (size_t count : {0U, 1U, 2U, 9U, 40U, 300U})
      for (unsigned different : {2U, 5U, 40U, 1000000U}) // few values make ties and equal points
        for (int turn = 0; turn < 8; ++turn, ++cases) {
          std::vector<double> values(count * aims);
          for (double &each : values) each = static_cast<double>(random() % different) - 3;
          if (count > 2 && turn == 0) values[0] = -INFINITY, values[aims] = INFINITY;
          auto wanted = byEachPair(values, aims);
          ASSERT_EQ(unbeaten(values, aims), wanted) << aims << " aims, " << count << " points, turn " << turn;
          kept += wanted.size(), dropped += count - wanted.size();
        }
  EXPECT_EQ(cases, 960U);
  EXPECT_GT(kept, 5000U);
  EXPECT_GT(dropped, 10000U);
}

/// On the plane where the aims add up to nothing every point survives: comparing each with each would take 10^11 steps.
TEST(Front, ManyThatAllSurvive) {
  std::mt19937 random(7);
  constexpr size_t kCount = 300'000;
  for (size_t aims : {2U, 3U}) {
    std::vector<double> values;
    for (size_t i = 0; i < kCount; ++i) {
      double sum = 0;
      for (size_t k = 1; k < aims; ++k) sum += values.emplace_back(static_cast<double>(random() % 1'000'000'000));
      values.push_back(-sum);
    }
    EXPECT_EQ(unbeaten(values, aims).size(), kCount);
  }
}

} // namespace
} // namespace mdl::runtime
