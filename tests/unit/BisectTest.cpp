// Borders of conditions, against asking every point.
#include "runtime/Bisect.h"
#include <gtest/gtest.h>
#include <set>

namespace mdl::runtime {
namespace {

TEST(Bisect, FindsEveryThreshold) {
  for (uint64_t count : {1U, 2U, 3U, 64U, 65U, 66U, 200U, 1000U})
    for (uint64_t border = 0; border <= count; ++border)
      for (bool isProven : {false, true})
        for (bool rises : {false, true}) {
          auto holds = [&](uint64_t point) { return (point < border) != rises; };
          Borders found = findBorders(count, holds, isProven);
          std::vector<Stretch> wanted;
          if (border > 0) wanted.push_back({0, border - 1, !rises});
          if (border < count) wanted.push_back({border, count - 1, rises});
          ASSERT_EQ(found.stretches, wanted) << count << " " << border;
          ASSERT_TRUE(found.isMonotone());
        }
}

TEST(Bisect, AProofSavesTheGrid) {
  uint64_t count = uint64_t{1} << 53, border = 123'456'789'012;
  std::set<uint64_t> asked;
  auto holds = [&](uint64_t point) {
    EXPECT_LT(point, count);
    EXPECT_TRUE(asked.insert(point).second) << "asked twice";
    return point <= border;
  };
  Borders proven = findBorders(count, holds, true);
  EXPECT_EQ(proven.stretches.front().last, border);
  EXPECT_EQ(proven.asked, asked.size());
  EXPECT_LE(proven.asked, 56U);
  EXPECT_TRUE(proven.isProven);
  asked.clear();
  Borders probed = findBorders(count, holds);
  EXPECT_EQ(probed.stretches, proven.stretches);
  EXPECT_EQ(probed.asked, asked.size());
  EXPECT_LE(probed.asked, 64U + 54U + 53U + 34U);
  EXPECT_FALSE(probed.isProven);
}

TEST(Bisect, FewPointsAreAllAsked) {
  Borders found = findBorders(40, [](uint64_t point) { return point % 3 != 2; });
  EXPECT_TRUE(found.isProven); // nothing is left to be asked
  EXPECT_FALSE(found.isMonotone());
  ASSERT_EQ(found.stretches.size(), 27U);
  EXPECT_EQ(found.stretches[0], (Stretch{0, 1, true}));
  EXPECT_EQ(found.stretches[1], (Stretch{2, 2, false}));
}

TEST(Bisect, SeveralBordersAreExact) {
  // Holds at 0..=99 and 500..=699 of 1000.
  auto holds = [](uint64_t point) { return point < 100 || (point >= 500 && point < 700); };
  Borders found = findBorders(1000, holds);
  std::vector<Stretch> wanted = {{0, 99, true}, {100, 499, false}, {500, 699, true}, {700, 999, false}};
  EXPECT_EQ(found.stretches, wanted);
  EXPECT_FALSE(found.isMonotone());
  EXPECT_FALSE(found.isProven);
}

TEST(Bisect, AHoleBesideTheBorderIsSeen) {
  // Fails from 3001 on, and at 2994 alone, which no grid of 10^6 meets.
  auto holds = [](uint64_t point) { return point <= 3000 && point != 2994; };
  Borders found = findBorders(1'000'000, holds);
  ASSERT_EQ(found.stretches.size(), 4U);
  EXPECT_EQ(found.stretches[0], (Stretch{0, 2993, true}));
  EXPECT_EQ(found.stretches[2], (Stretch{2995, 3000, true}));
}

} // namespace
} // namespace mdl::runtime
