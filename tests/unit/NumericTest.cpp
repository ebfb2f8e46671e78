//===- NumericTest.cpp - Int and Rational ---------------------------------===//
#include "runtime/numeric/Rational.h"
#include <gtest/gtest.h>

namespace mdl {
namespace {

Int read(const char *text) { return parseInt(text).value(); }
const Int kMax = Int::fromRaw(static_cast<Int128>(~static_cast<UInt128>(0) >> 1));

TEST(IntTest, HoldsValuesUpTo2To127) {
  EXPECT_EQ(toString(kMax), "170141183460469231731687303715884105727");
  EXPECT_EQ(toString(-kMax), "-170141183460469231731687303715884105727");
  EXPECT_TRUE((kMax + 1).isOverflow());
  EXPECT_TRUE((-kMax - 1).isOverflow()); // -2^127 is the mark
  EXPECT_EQ(kMax + -kMax, 0);
  EXPECT_EQ(kMax - 1 + 1, kMax);
}

TEST(IntTest, ParsesAndPrints) {
  struct {
    const char *in;
    const char *out;
  } cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"12_345", "12345"},
      {"-7", "-7"},
      {"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
      {"-170141183460469231731687303715884105727", "-170141183460469231731687303715884105727"},
      {"170141183460469231731687303715884105728", "overflow"},
      {"-170141183460469231731687303715884105728", "overflow"},
      {"999999999999999999999999999999999999999999", "overflow"},
  };
  for (auto [in, out] : cases) EXPECT_EQ(toString(read(in)), out) << in;
  for (const char *bad : {"", "-", "_", "1_", "_1", "1x", "--1", "+1", " 1"}) EXPECT_FALSE(parseInt(bad)) << bad;
}

TEST(IntTest, OverflowAbsorbs) {
  const Int o = Int::overflow();
  for (Int x : {Int(0), Int(1), Int(-1), kMax, o}) {
    EXPECT_TRUE((o + x).isOverflow() && (x + o).isOverflow());
    EXPECT_TRUE((o - x).isOverflow() && (x - o).isOverflow());
    EXPECT_TRUE((o * x).isOverflow() && (x * o).isOverflow());
    EXPECT_TRUE(floorDiv(o, x).isOverflow() && floorDiv(x, o).isOverflow());
    EXPECT_TRUE(floorMod(o, x).isOverflow() && floorMod(x, o).isOverflow());
    EXPECT_TRUE(gcd(o, x).isOverflow() && gcd(x, o).isOverflow());
  }
  EXPECT_TRUE((-o).isOverflow());
}

TEST(IntTest, MultipliesUpToTheLimit) {
  const Int half = power(2, 63), whole = power(2, 64);
  EXPECT_EQ(toString(half * half), "85070591730234615865843651857942052864");
  EXPECT_TRUE((whole * half).isOverflow());
  EXPECT_TRUE((-whole * half).isOverflow());
  EXPECT_EQ(power(2, 126) - 1 + power(2, 126), kMax);
  EXPECT_TRUE(power(2, 127).isOverflow());
  EXPECT_TRUE(power(3, 1'000'000'000'000).isOverflow());
  EXPECT_EQ(power(-1, 1'000'000'000'001), -1);
  EXPECT_EQ(power(0, 0), 1);
}

TEST(IntTest, FloorDivAndModAgreeWithTheirDefinition) {
  int count = 0;
  for (int a = -40; a <= 40; ++a)
    for (int b = -9; b <= 9; ++b) {
      if (b == 0) continue;
      ++count;
      Int q = floorDiv(a, b), r = floorMod(a, b);
      EXPECT_EQ(q * b + r, a);
      EXPECT_TRUE(b > 0 ? r >= 0 && r < b : r <= 0 && r > b) << a << " " << b;
    }
  EXPECT_EQ(count, 81 * 18);
  EXPECT_TRUE(floorDiv(1, 0).isOverflow() && floorMod(1, 0).isOverflow());
}

TEST(IntTest, FloorDivAndModAreRightAtTheLimits) {
  EXPECT_EQ(floorDiv(-kMax, 2), -power(2, 126));
  EXPECT_EQ(floorDiv(kMax, -1), -kMax);
  EXPECT_EQ(floorDiv(INT64_MIN, -1), power(2, 63));
  EXPECT_EQ(floorDiv(-kMax, kMax - 1), -2);
  EXPECT_EQ(floorMod(-kMax, kMax - 1), kMax - 2); // q * b would not fit
  EXPECT_EQ(floorDiv(kMax, power(2, 64)), power(2, 63) - 1);
}

TEST(IntTest, GcdIsPositiveAndDivides) {
  EXPECT_EQ(gcd(0, 0), 0);
  EXPECT_EQ(gcd(-12, 18), 6);
  EXPECT_EQ(gcd(kMax, kMax), kMax);
  EXPECT_EQ(gcd(0, -5), 5);
}

TEST(RationalTest, IsInLowestTermsWithPositiveDenominator) {
  EXPECT_EQ(toString(Rational(6, -8)), "-3/4");
  EXPECT_EQ(toString(Rational(8, 4)), "2");
  EXPECT_EQ(toString(Rational(0, -7)), "0");
  EXPECT_TRUE(Rational(1, 0).isOverflow());
  EXPECT_EQ(Rational(-7, 2).floor(), -4);
}

/// Every operation against cross-multiplied machine integers.
TEST(RationalTest, AgreesWithCrossMultiplication) {
  int count = 0;
  for (int a = -6; a <= 6; ++a)
    for (int b = 1; b <= 6; ++b)
      for (int c = -6; c <= 6; ++c)
        for (int d = 1; d <= 6; ++d) {
          ++count;
          Rational x(a, b), y(c, d);
          EXPECT_EQ(x + y, Rational(a * d + c * b, b * d));
          EXPECT_EQ(x - y, Rational(a * d - c * b, b * d));
          EXPECT_EQ(x * y, Rational(a * c, b * d));
          EXPECT_EQ(x / y, c == 0 ? Rational::overflow() : Rational(a * d, b * c));
          EXPECT_EQ(x <=> y, a * d <=> c * b) << a << "/" << b << " " << c << "/" << d;
        }
  EXPECT_EQ(count, 13 * 6 * 13 * 6);
}

TEST(RationalTest, ComparesWhereProductsWouldOverflow) {
  EXPECT_LT(Rational(kMax - 1, kMax), Rational(1));
  EXPECT_LT(Rational(kMax - 2, kMax - 1), Rational(kMax - 1, kMax));
  EXPECT_GT(Rational(-(kMax - 2), kMax - 1), Rational(-(kMax - 1), kMax));
  EXPECT_LT(Rational::overflow(), Rational(-kMax));
}

TEST(RationalTest, CancelsBeforeItMultiplies) {
  Rational large(kMax, 2), small(2, kMax);
  EXPECT_EQ(large * small, Rational(1));
  EXPECT_EQ(Rational(kMax, 3) + Rational(-kMax, 3), Rational(0));
  EXPECT_TRUE((Rational(kMax, 2) + Rational(kMax, 3)).isOverflow());
  EXPECT_TRUE((Rational::overflow() * Rational(0)).isOverflow());
}

} // namespace
} // namespace mdl
