//===- ExprCanonicalTest.cpp - Each rule of CANONICAL.md, as text ---------===//
// `in` is what is built, `out` is the printed canonical form. The functions that
// the printed form lacks (mod, min, ceil, ==) stand in `in` as what they become,
// or in the tests below the table.
//===----------------------------------------------------------------------===//
#include "ExprTrees.h"
#include <gtest/gtest.h>

namespace mdl::expr {
namespace {

struct Row {
  const char *rule;
  const char *in;
  const char *out;
};

constexpr Row kRows[] = {
    {"expand", "n*(m + 2)", "n*m + 2*n"},
    {"expand", "(n + m)^2", "n^2 + 2*n*m + m^2"},
    {"merge", "n + m + n", "2*n + m"},
    {"merge", "n - n", "0"},
    {"merge", "n/2 + n/3", "5*n/6"},
    {"order", "1 + z + n*m + n^2", "n^2 + n*m + z + 1"},
    {"order", "floor(z/2) + n + z", "n + z + floor(z/2)"},
    {"order", "m/n + 1 + 1/n", "1 + m/n + 1/n"},
    {"powers", "n*(m/n)", "m"},
    {"powers", "n^3/n", "n^2"},
    {"powers", "(m/n)*(n/m)", "1"},
    {"idempotent", "[z >= 0]*[z >= 0]", "[z >= 0]"},
    {"idempotent", "[z >= 0]^5", "[z >= 0]"},
    {"limits", "(n + m)^4096", "overflow()"},
    {"limits", "n^1048577", "overflow()"},
    {"limits", "99999999999999999999*99999999999999999999", "overflow()"},
    {"divide by a term", "(n*m + 2*m)/(2*m)", "(n + 2)/2"},
    {"divide by a term", "n/(m*[z >= 0])", "n/m"},
    {"divide by a term", "z/(1/(n + m))", "n*z + m*z"},
    {"divide by a sum", "(n^2 + n*m)/(n + m)", "n"},
    {"divide by a sum", "(n^2 - m^2)/(n - m)", "n + m"},
    {"divide by a sum", "(2*n + 2*m)/(n + m)", "2"},
    {"divide by a sum", "1/(2*n*z + 2*m*z)", "1/z/(n + m)/2"},
    {"divide by a sum", "z/(n + m)", "z/(n + m)"},
    {"divide by a sum", "1/(1/(n + 1) + 1)", "n/(n + 2) + 1/(n + 2)"},
    {"divide by 0", "(n - n)*n", "0"},
    {"power", "(n + 1)^0", "1"},
    {"power", "(n + m)^2*(1/(n + m))", "n^2/(n + m) + 2*n*m/(n + m) + m^2/(n + m)"},
    {"power", "1^(n)", "1"},
    {"power", "2^(n)", "2^(n)"},
    {"power", "(2^(n))^2", "(2^(n))^2"},
    {"power", "(n + m)^(1/2)", "(n + m)^(1/2)"},
    {"power", "(z - 1)^(n)", "(z - 1)^(n)"},
    {"floor of an integer", "floor(n*m - 3)", "n*m - 3"},
    {"floor of an integer", "floor((n^2 + n)/2)", "(n^2 + n)/2"},
    {"floor of an integer", "floor(floor(n/2))", "floor(n/2)"},
    {"integers leave", "floor(7*n/2)", "3*n + floor(n/2)"},
    {"integers leave", "floor(-n/2)", "-n + floor(n/2)"},
    {"integers leave", "floor(n + z/3)", "n + floor(z/3)"},
    {"integers leave", "floor((n*m + z)/n)", "m + floor(z/n)"},
    {"integers leave", "floor(m/n + 7/2)", "floor((1 + 2*m/n)/2) + 3"},
    {"integers leave", "floor((n^2 + n)/2 + 5/2)", "(n^2 + n + 4)/2"},
    {"integers leave", "floor(7/2)", "3"},
    {"integers leave", "floor(-7/2)", "-4"},
    {"cancel", "floor((4*n + 6)/8)", "floor((n + 1)/2)"},
    {"cancel", "floor((6*n + 5)/9)", "floor((2*n + 1)/3)"},
    {"nested floors", "floor(floor(n/8)/2)", "floor(n/16)"},
    {"nested floors", "floor((floor(n/3) + 5)/4)", "floor((n + 3)/12) + 1"},
    {"nested floors", "floor((floor(7*n/2) + m)/2)", "n + floor((3*n + 2*m)/4)"},
    {"nested floors", "floor((floor(n/3) + floor(m/3))/4)", "floor((floor(n/3) + floor(m/3))/4)"},
    {"positive content", "[n*z - 2*n >= 0]", "[z - 2 >= 0]"},
    {"positive content", "[m/n - 2 >= 0]", "[-2*n + m >= 0]"},
    {"positive factor", "[2*z - 4 >= 0]", "[z - 2 >= 0]"},
    {"positive factor", "[z/6 - m/4 >= 0]", "[-3*m + 2*z >= 0]"},
    {"round", "[2*z - 3 >= 0]", "[z - 2 >= 0]"},
    {"round", "[(1 - 2*n*z)/4 >= 0]", "[-z >= 0]"},
    {"decide", "[n - 1 >= 0]", "1"},
    {"decide", "[n*m - n >= 0]", "1"},
    {"decide", "[-n >= 0]", "0"},
    {"decide", "[n - floor(n/2) >= 0]", "1"},
    {"decide", "[4*floor((z + 3)/4) - z >= 0]", "1"},
    {"decide", "[z - 4*floor((z + 3)/4) + 3 >= 0]", "1"},
    {"decide", "[n - 1 - m + n*floor(m/n) >= 0]", "1"},
    {"decide", "[i >= 0]", "1"},
    {"decide", "[n - 1 - i >= 0]", "1"},
    {"decide", "[max(n, z) - n >= 0]", "1"},
    {"decide", "[n + m - max(n, m) >= 0]", "1"},
    {"bracket of brackets", "[[z >= 0] - 1 >= 0]", "[z >= 0]"},
    {"bracket of brackets", "[-[z >= 0] >= 0]", "-[z >= 0] + 1"},
    {"max", "max(max(n, m), z)", "max(n, m, z)"},
    {"max", "max(z, n, m, z)", "max(n, m, z)"},
    {"max", "max(n + 1, n)", "n + 1"},
    {"max", "max(0, n, n + m)", "n + m"},
    {"max", "max(3, 5/2)", "3"},
    {"position of the least", "argmin([3, 1], [2, 9], [2, 8])", "2"},
    {"position of the least", "argmin([n], [n])", "0"},
    {"position of the least", "argmin([n, 1], [m, 2])", "argmin([n, 1], [m, 2])"},
    {"sum, empty", "sum(i in 5..3: 2^(i))", "0"},
    {"sum, linear", "sum(k in 0..n: m*2^(k) + 2)", "m*sum(k in 0..n: 2^(k)) + 2*n"},
    {"sum, polynomial", "sum(i in 0..n: i)", "(n^2 - n)/2"},
    {"sum, polynomial", "sum(i in 0..n: i^2)", "(2*n^3 - 3*n^2 + n)/6"},
    {"sum, polynomial", "sum(i in 0..n: n - i)", "(n^2 + n)/2"},
    {"sum, one turn", "sum(k in n..n + 1: 2^(k))", "2^(n)"},
    {"sum, one turn", "sum(k in 0..3: m^(k))", "m^2 + m + 1"},
    {"sum, sign change", "sum(i in 0..n: [i - 1 >= 0])", "n - 1"},
    {"sum, sign change", "sum(k in 0..n: max(k, 3))", "(n^2 - max(-n, -3)^2 - n - 7*max(-n, -3))/2"},
    {"sum, residues", "sum(k in 0..n: floor(k/2))",
     "(floor(n/2)^2 + floor((n + 1)/2)^2 - floor(n/2) - floor((n + 1)/2))/2"},
    {"sum, empty range", "sum(k in 0..z: 1)", "max(0, z)"},
};

class Canonical : public testing::Test {
protected:
  Canonical() {
    for (const char *name : {"n", "m"}) pool.addSymbol({.name = name, .lo = pool.constant(1)});
    pool.addSymbol({.name = "z"});
    pool.addSymbol({.name = "i", .lo = ExprId{}, .hi = pool.sub(id("n"), id("1"))});
    pool.addSymbol({.name = "k"});
  }
  ExprId id(std::string_view text) {
    std::string error;
    std::optional<ExprId> result = parse(pool, text, &error);
    EXPECT_TRUE(result) << text << ": " << error;
    return result.value_or(pool.overflow());
  }
  std::string text(ExprId e) { return print(pool, e); }
  ExprPool pool;
};

TEST_F(Canonical, Rules) {
  size_t rows = 0;
  for (const Row &row : kRows) {
    ExprId built = id(row.in);
    EXPECT_EQ(text(built), row.out) << row.rule << ": " << row.in;
    EXPECT_EQ(text(id(text(built))), text(built)) << row.rule;
    ++rows;
  }
  EXPECT_GE(rows, 75u);
}

// Rules of operations that the printed form does not have.
TEST_F(Canonical, Operations) {
  ExprId n = id("n"), m = id("m"), z = id("z"), two = id("2"), c = id("[z >= 0]"), d = id("[z - 5 >= 0]");
  EXPECT_EQ(text(pool.ceilDiv(n, id("4"))), "floor((n + 3)/4)");
  EXPECT_EQ(text(pool.ceil(id("n/2 + m/3"))), "floor((3*n + 2*m + 5)/6)");
  EXPECT_EQ(text(pool.ceilDiv(n, m)), "-floor(-n/m)");
  EXPECT_EQ(text(pool.mod(z, id("3"))), "z - 3*floor(z/3)");
  EXPECT_EQ(text(pool.mod(id("n*m + 1"), n)), "-n*floor(1/n) + 1");
  EXPECT_EQ(text(pool.min({n, z})), "-max(-n, -z)");
  EXPECT_EQ(text(pool.min({n, id("n + m")})), "n");
  EXPECT_EQ(text(pool.equal(z, two)), "[-z + 2 >= 0]*[z - 2 >= 0]");
  EXPECT_EQ(text(pool.equal(id("2*z"), id("3"))), "0");
  EXPECT_EQ(text(pool.equal(n, id("0"))), "0");
  EXPECT_EQ(text(pool.equal(pool.add(n, z), pool.add(z, n))), "1");
  EXPECT_EQ(text(pool.logicalNot(c)), "-[z >= 0] + 1");
  EXPECT_EQ(text(pool.logicalOr(c, d)), "-[z >= 0]*[z - 5 >= 0] + [z >= 0] + [z - 5 >= 0]");
  EXPECT_EQ(text(pool.choose(c, n, m)), "n*[z >= 0] - m*[z >= 0] + m");
  EXPECT_EQ(pool.div(n, {}), pool.overflow());
}

// `c` in 1..n-1 is empty at n = 1, so the least values of both are no counterexample.
TEST_F(Canonical, BoundsThatExcludeTheCorner) {
  pool.addSymbol({.name = "c", .lo = id("1"), .hi = id("n - 1")});
  EXPECT_EQ(text(id("[n - 1 - c >= 0]")), "1");
  EXPECT_EQ(text(id("[c - n >= 0]")), "0");
}

// The second sum's index would be captured by the replacement, or keep bounds that no longer hold.
TEST_F(Canonical, SubstitutionRenamesBoundSymbols) {
  ExprId open = id("sum(k in 0..n: m^(k))");
  EXPECT_EQ(text(pool.substitute(open, *pool.findSymbol("k"), id("n"))), "sum(k in 0..n: m^(k))");
  EXPECT_EQ(text(pool.substitute(open, *pool.findSymbol("m"), id("k"))), "sum(k'1 in 0..n: k^(k'1))");
  EXPECT_EQ(text(pool.substitute(open, *pool.findSymbol("n"), id("2"))), "m + 1");
  ExprId bounded = id("sum(i in 0..n: m^(i))"), later = pool.substitute(bounded, *pool.findSymbol("n"), id("n + 1"));
  EXPECT_EQ(text(later), "sum(i'1 in 0..n + 1: m^(i'1))");
  EXPECT_EQ(text(*pool.symbolInfo(*pool.findSymbol("i'1")).hi), "n");
}

TEST_F(Canonical, OverflowAbsorbs) {
  ExprId bad = pool.overflow(), n = id("n");
  for (ExprId e :
       {pool.add(bad, n), pool.sub(n, bad), pool.mul(bad, {}), pool.scale(bad, 0), pool.div(bad, bad), pool.floor(bad),
        pool.ceil(bad), pool.mod(n, bad), pool.max({n, bad}), pool.min({bad, n}), pool.pow(bad, {}), pool.pow(n, bad),
        pool.nonNeg(bad), pool.equal(bad, bad), pool.sum(*pool.findSymbol("k"), {}, bad, n), pool.argMin({bad}, 1),
        pool.add({n, n, bad}), pool.mul({bad, {}, n}), pool.substitute(bad, *pool.findSymbol("n"), n)})
    EXPECT_TRUE(pool.isOverflow(e)) << text(e);
  EXPECT_FALSE(pool.isIntegral(bad) || pool.provesNonNeg(bad) || pool.asConstant(bad));
}

TEST_F(Canonical, DepthIsLimited) {
  ExprId e = id("n");
  unsigned depth = 1;
  for (; depth < 200 && !pool.isOverflow(e); ++depth) {
    EXPECT_EQ(id(text(e)), e);
    e = pool.pow(id("2"), e);
  }
  EXPECT_EQ(depth, kMaxAtomDepth + 1);
}

TEST_F(Canonical, NamesThatNeedQuotes) {
  pool.addSymbol({.name = "cfg.patch[1]"});
  pool.addSymbol({.name = "n"});
  pool.addSymbol({.name = "a\"b"});
  pool.addSymbol({.name = ""});
  pool.addSymbol({.name = "cfg.dim"});
  for (uint32_t s = 0; s < pool.symbolCount(); ++s) {
    ExprId e = pool.pow(pool.symbol({s}), id("m"));
    EXPECT_EQ(id(text(e)), e) << text(e);
  }
  EXPECT_EQ(text(pool.symbol({5})), "\"cfg.patch[1]\"");
  EXPECT_EQ(text(pool.symbol({6})), "n#6");
  EXPECT_EQ(text(id("sum(cfg.dim in 0..n: 2^(cfg.dim))")), "sum(cfg.dim in 0..n: 2^(cfg.dim))");
}

} // namespace
} // namespace mdl::expr
