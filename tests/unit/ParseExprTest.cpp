// Expressions: how they group, what their literals are worth, where they stand.
#include "ParseFixture.h"

namespace mdl::test {

struct InOut {
  std::string_view in, out;
};

TEST(ParseExpr, GroupsByPrecedence) {
  const InOut rows[] = {
      {"a + b * c", "(a + (b * c))"},
      {"a * b + c", "((a * b) + c)"},
      {"a - b - c", "((a - b) - c)"},
      {"a / b * c % d", "(((a / b) * c) % d)"},
      {"a ^ b ^ c", "(a ^ (b ^ c))"},
      {"-a ^ 2", "(-(a ^ 2))"},
      {"-a * b", "((-a) * b)"},
      {"a ^ -b * c", "((a ^ (-b)) * c)"},
      {"- - a", "(-(-a))"},
      {"a .. b + 1", "(a..(b + 1))"},
      {"a ..= b * 2", "(a..=(b * 2))"},
      {"a + 1 in 0 .. n", "((a + 1) in (0..n))"},
      {"a == b and c < d or e", "(((a == b) and (c < d)) or e)"},
      {"a or b and c", "(a or (b and c))"},
      {"not a == b and c", "((not (a == b)) and c)"},
      {"not not a", "(not (not a))"},
      {"not heads divides d", "(not (heads divides d))"},
      {"a ? b : c ? d : e", "(a ? b : (c ? d : e))"},
      {"a or b ? c + 1 : d", "((a or b) ? (c + 1) : d)"},
      {"(a + b) * c", "((a + b) * c)"},
      {"(a < b) == c", "((a < b) == c)"},
      {"-a.b(c)[d]", "(-a.b(c)[d])"},
      {"4 TB/s", "(4 TB / s)"},
      {"96 GB * 2", "(96 GB * 2)"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedExpr(std::string(row.in)), row.out) << row.in;
}

TEST(ParseExpr, ReadsPrimariesAndPostfixes) {
  const InOut rows[] = {
      {"none", "none"},
      {"true", "true"},
      {"\"a\\n\\t\\\"\\\\b\"", "\"a\\n\\t\\\"\\\\b\""},
      {"[]", "[]"},
      {"[1, N..., [2]]", "[1, N..., [2]]"},
      {"[a...]", "[a...]"},
      {"[i * 2 for i in 0..n if i in xs]", "[(i * 2) for i in (0..n) if (i in xs)]"},
      {"f()", "f()"},
      {"f(a, b: c + 1, d as e.0)", "f(a, b: (c + 1), d as e.0)"},
      {"f(a: g(x) as h.{i + 1})", "f(a: g(x) as h.{(i + 1)})"},
      {"sum(i for i in 0..3)", "sum(i for i in (0..3))"},
      {"a.b.c", "a.b.c"},
      {"a[0][i + 1]", "a[0][(i + 1)]"},
      {"f(a)(b)", "f(a)(b)"},
      {"f(a ? b : c)", "f((a ? b : c))"},
      {"op + state * range(weight, in_: unit)", "(op + (state * range(weight, in_: unit)))"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedExpr(std::string(row.in)), row.out) << row.in;
}

TEST(ParseExpr, NumbersAreExact) {
  const InOut rows[] = {
      {"0", "0"},
      {"1_000_000", "1000000"},
      {"4.0", "4"},
      {"0.62", "31/50"},
      {"1e12", "1000000000000"},
      {"1.5e-3", "3/2000"},
      {"1.50e1", "15"},
      {"2.5E+2", "250"},
      {"0e999", "0"},
      {"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
      {"1.0000000000000000000000000000000000000000000000", "1"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedExpr(std::string(row.in)), row.out) << row.in;
}

TEST(ParseExpr, ReportsBadLiteralsAndKeepsTheMark) {
  const InOut rows[] = {
      {"170141183460469231731687303715884105728",
       "1:11 `170141183460469231731687303715884105728` does not fit into 128 bits [bad-number]\n"},
      {"1e39", "1:11 `1e39` does not fit into 128 bits [bad-number]\n"},
      {"1e-39", "1:11 `1e-39` does not fit into 128 bits [bad-number]\n"},
      {"1e999999999999", "1:11 `1e999999999999` does not fit into 128 bits [bad-number]\n"},
      {"1_", "1:11 `1_` has a `_` that is not between two digits [bad-number]\n"},
      {"1__0", "1:11 `1__0` has a `_` that is not between two digits [bad-number]\n"},
      {"\"a\\qb\"", "1:13 `\\q` is no escape; there are `\\n`, `\\t`, `\\\"` and `\\\\` [bad-string]\n"},
      {"\"abc", "1:11 this string is not closed on its line [bad-string]\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedExpr(std::string(row.in)), row.out) << row.in;
  Parsed parsed("const X = 1e39 + 1");
  EXPECT_EQ(ast::print(*parsed.items.at(0)->expr), "(overflow + 1)");
}

TEST(ParseExpr, RefusesWhatHasNoMeaning) {
  const InOut rows[] = {
      {"a < b < c", "1:17 comparisons do not chain; join them with `and` [syntax-error]\n"},
      {"a == b in c", "1:18 comparisons do not chain; join them with `and` [syntax-error]\n"},
      {"a..b..c", "1:15 a range of ranges has no meaning [syntax-error]\n"},
      {"f(3: x)", "1:13 expected the name of a parameter before `:`, found an expression [syntax-error]\n"},
      {"f(a: i for i in b)", "1:22 a term of `for` has no name and no label [syntax-error]\n"},
      {"f(3\n GB)", "2:2 expected `,` after `3`, found a name on the next line [syntax-error]\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedExpr(std::string(row.in)), row.out) << row.in;
}

TEST(ParseExpr, KeepsPlaces) {
  Parsed parsed("const X = (a + bb) * f(c, 3 GB)");
  const ast::Expr &product = *parsed.items.at(0)->expr;
  auto text = [&](SrcRange range) { return parsed.sources.text(range); };
  EXPECT_EQ(text(product.range), "(a + bb) * f(c, 3 GB)");
  EXPECT_EQ(text(product.opRange), "*");
  const ast::Expr &sum = *product.operands[0], &call = *product.operands[1];
  EXPECT_EQ(text(sum.range), "(a + bb)");
  EXPECT_EQ(text(sum.opRange), "+");
  EXPECT_EQ(text(call.opRange), "(");
  EXPECT_EQ(text(call.args[1].value.expr->range), "3 GB");
  EXPECT_EQ(text(call.args[1].value.expr->unit.range), "GB");
}

TEST(ParseExpr, ParsesOneExpressionForTheCommandLine) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  ast::Arena arena;
  const ast::Expr *expr = parse::parseExpr(sources, diagnostics, sources.add("--set", "4 TB / s"), arena);
  ASSERT_NE(expr, nullptr);
  EXPECT_EQ(ast::print(*expr), "(4 TB / s)");
  EXPECT_EQ(parse::parseExpr(sources, diagnostics, sources.add("--set", "4 +"), arena), nullptr);
  EXPECT_EQ(parse::parseExpr(sources, diagnostics, sources.add("--set", "4 5"), arena), nullptr);
  EXPECT_EQ(parse::parseExpr(sources, diagnostics, sources.add("--set", std::string(5000, '(')), arena), nullptr);
  EXPECT_EQ(diagnostics.errorCount(), 3u);
}

} // namespace mdl::test
