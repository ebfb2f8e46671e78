//===- FactorTest.cpp - Sums of products, factored ------------------------===//
#include "runtime/batch/Factor.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace mdl::runtime::batch {
namespace {

/// The value of a sum modulo a prime, so that nothing overflows; parts are variables beyond those given.
class Values {
public:
  Values(const Factored &of, std::vector<int64_t> variables) : of_(of), variables_(std::move(variables)) {}
  int64_t sum(const Sum &sum) {
    int64_t all = 0;
    for (const Term &term : sum) {
      int64_t product = Int::fromRaw(term.coefficient.raw() % kPrime).toInt64();
      for (uint32_t each : term.variables) product = product * variable(each) % kPrime;
      all = (all + product) % kPrime;
    }
    return (all + kPrime) % kPrime;
  }

private:
  static constexpr int64_t kPrime = 2147483647;
  int64_t variable(uint32_t number) {
    if (number < variables_.size()) return variables_[number];
    if (auto known = known_.find(number); known != known_.end()) return known->second;
    EXPECT_LT(number - variables_.size(), of_.parts.size());
    EXPECT_TRUE(open_.insert({number, true}).second) << "a part reads itself";
    int64_t value = sum(of_.parts[number - variables_.size()]);
    return known_[number] = value;
  }
  const Factored &of_;
  std::vector<int64_t> variables_;
  std::map<uint32_t, int64_t> known_;
  std::map<uint32_t, bool> open_;
};

/// Additions and multiplications.
size_t operations(const Factored &factored) {
  size_t all = 0;
  for (const auto *sums : {&factored.sums, &factored.parts})
    for (const Sum &sum : *sums)
      for (const Term &term : sum)
        all +=
            term.variables.size() - (term.variables.empty() || !term.coefficient.isOne() ? 0 : 1) + (&term != &sum[0]);
  return all;
}

TEST(Factor, KeepsTheValuesOfRandomSums) {
  std::mt19937_64 random(7);
  auto below = [&](uint64_t n) { return static_cast<uint32_t>(random() % n); };
  size_t before = 0, after = 0;
  for (int round = 0; round < 400; ++round) {
    uint32_t variables = 1 + below(6);
    std::vector<Sum> sums(1 + below(5));
    for (Sum &sum : sums) {
      std::map<std::vector<uint32_t>, Int> terms;
      for (uint32_t i = below(14); i > 0; --i) {
        std::vector<uint32_t> product(below(5));
        for (uint32_t &each : product) each = below(variables);
        std::ranges::sort(product);
        terms[product] = static_cast<int64_t>(below(40)) * (below(4) == 0 ? -1 : 1) + 41 * (1 + below(2));
      }
      for (const auto &[product, coefficient] : terms) sum.push_back({coefficient, product});
    }
    Factored factored = factor(sums, variables);
    ASSERT_EQ(factored.sums.size(), sums.size());
    for (int point = 0; point < 5; ++point) {
      std::vector<int64_t> values(variables);
      for (int64_t &value : values) value = below(1 << 20);
      Values plain(factored, values), made(factored, values);
      for (size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(made.sum(factored.sums[i]), plain.sum(sums[i]));
    }
    size_t own = operations({sums, {}}), now = operations(factored);
    EXPECT_LE(now, own);
    before += own, after += now;
  }
  EXPECT_LT(after * 10, before * 8);
}

TEST(Factor, FindsAFactorOfTwoSums) { // 3(1 + g)(s + l) and 5(1 + g)s
  enum : uint32_t { g, s, l };
  std::vector<Sum> sums = {{{3, {s}}, {3, {l}}, {3, {g, s}}, {3, {g, l}}}, {{5, {s}}, {5, {g, s}}}};
  Factored factored = factor(sums, 3);
  EXPECT_EQ(operations({sums, {}}), 13u);
  EXPECT_EQ(operations(factored), 6u);
}

TEST(Factor, LeavesWhatHasNoFactor) {
  std::vector<Sum> sums = {{{2, {0}}, {3, {1}}}, {}, {{7, {}}}};
  Factored factored = factor(sums, 2);
  EXPECT_EQ(factored.sums, sums);
  EXPECT_TRUE(factored.parts.empty());
}

TEST(Factor, GivesUpWhatTakesTooLong) { // 300 sums of 60 terms each: half a million pairs in each round
  std::mt19937_64 random(3);
  std::vector<Sum> sums(300);
  for (Sum &sum : sums) {
    std::map<std::vector<uint32_t>, Int> terms;
    while (terms.size() < 60) {
      std::vector<uint32_t> product(4);
      for (uint32_t &each : product) each = static_cast<uint32_t>(random() % 40);
      std::ranges::sort(product);
      terms[product] = static_cast<int64_t>(1 + random() % 9);
    }
    for (const auto &[product, coefficient] : terms) sum.push_back({coefficient, product});
  }
  Factored factored = factor(sums, 40);
  std::vector<int64_t> values(40);
  for (int64_t &value : values) value = static_cast<int64_t>(random() % 1000);
  Values all(factored, values);
  for (size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(all.sum(factored.sums[i]), all.sum(sums[i]));
}

TEST(Factor, SharesProducts) { // x y z and x y w
  Factored factored = factor({{{1, {0, 1, 2}}}, {{1, {0, 1, 3}}}}, 4);
  ASSERT_EQ(factored.parts.size(), 1u);
  EXPECT_EQ(factored.parts[0], (Sum{{1, {0, 1}}}));
  EXPECT_EQ(operations(factored), 3u);
}

} // namespace
} // namespace mdl::runtime::batch
