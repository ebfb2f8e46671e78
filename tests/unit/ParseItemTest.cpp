// Declarations and statements, by their printed trees.
#include "ParseFixture.h"

namespace mdl::test {

struct InOut {
  std::string_view in, out;
};

TEST(ParseItem, ReadsEachKind) {
  const InOut rows[] = {
      {"import \"std.mdl\"", "import \"std.mdl\""},
      {"import \"std.mdl\" as s", "import \"std.mdl\" as s"},
      {"fn f(a: size, b: real<B/s> = 1) -> list<size> = a",
       "fn f(a: size, b: real<unit (B / s)> = 1) -> list<size> = a"},
      {"const X: size = 1", "const X: size = 1"},
      {"const X = 1", "const X = 1"},
      {"unit FLOP", "unit FLOP"},
      {"unit B = 8 bit", "unit B = 8 bit"},
      {"enum role { act, weight, expert: weight }", "enum role\n  case act\n  case weight\n  case expert: weight"},
      {"enum role {\n  act,\n  weight,\n}", "enum role\n  case act\n  case weight"},
      {"op f<N..., K>(x: [N..., K], bias?: ~[N...], s: kv[1]) -> y: [K], [1] { }",
       "op f<N..., K>(x: [N..., K], bias?: ~[N...], s: kv[1]) -> y: [K], [1]"},
      {"extend std.f { fuse = true }", "extend std.f\n  bind fuse = true"},
      {"pipeline p(job: R) { }", "pipeline p(job: R)"},
      {"workload W-003 \"720p\" : VideoJob { steps = 50; peak fp16 = 3 @source(\"x\", y: 2) @assumed }",
       "data workload W-003 \"720p\": VideoJob\n  entry steps = 50\n  entry peak fp16 = 3 @source(\"x\", y: 2) "
       "@assumed"},
      {"device modelmeter.dv200 { link 480p { a = 1 } }",
       "data device modelmeter.dv200\n  data link 480p\n    entry a = 1"},
      {"metric Qwen3-0.6B { of = one }", "data metric Qwen3-0.6B\n  entry of = one"},
  };
  for (const InOut &row : rows) {
    Parsed parsed{std::string(row.in)};
    EXPECT_EQ(parsed.errors(), "") << row.in;
    EXPECT_EQ(parsed.printed(), std::string(row.out) + "\n") << row.in;
  }
}

TEST(ParseItem, ReadsTypes) {
  const InOut rows[] = {
      {"size", "size"},
      {"std.Config", "std.Config"},
      {"[]", "[]"},
      {"~[N..., 2 * K]", "~[N..., (2 * K)]"},
      {"~kv[N]", "~kv[N]"},
      {"embedding[V, D]", "embedding[V, D]"},
      {"map<string, list<size>>", "map<string, list<size>>"},
      {"size<frame>", "size<frame>"},
      {"real<FLOP/s>", "real<unit (FLOP / s)>"},
      {"real<kg*m^2/s^-2>", "real<unit ((kg * (m ^ 2)) / (s ^ -2))>"},
      {"real<1/s>", "real<unit (1 / s)>"},
      {"real<m^2>", "real<unit (m ^ 2)>"},
  };
  for (const InOut &row : rows) {
    Parsed parsed("const X: " + std::string(row.in) + " = 1");
    EXPECT_EQ(parsed.errors(), "") << row.in;
    EXPECT_EQ(ast::print(*parsed.items.at(0)->type), row.out);
  }
}

TEST(ParseItem, ReadsRecords) {
  Parsed parsed("record R {\n"
                "  /// Frames of the clip.\n"
                "  frames: size<frame> = 81 range 1..=1000 claimed 1..82 @unit(token)\n"
                "  use: list<string>\n"
                "  range: real<B/s>; weight: bool = true\n"
                "  require frames > 3, \"few\"; warn weight; claim use == []\n"
                "}");
  EXPECT_EQ(parsed.errors(), "");
  EXPECT_EQ(parsed.printed(), "record R\n"
                              "  /// Frames of the clip.\n"
                              "  field frames: size<frame> = 81 range (1..=1000) claimed (1..82) @unit(token)\n"
                              "  field use: list<string>\n"
                              "  field range: real<unit (B / s)>\n"
                              "  field weight: bool = true\n"
                              "  require (frames > 3), \"few\"\n"
                              "  warn weight\n"
                              "  claim (use == [])\n");
}

TEST(ParseStmt, ReadsEachKind) {
  const InOut rows[] = {
      {"let k: size = 3", "  let k: size = 3\n"},
      {"let [_, N..., 2 * c] = x", "  let [_, N..., (2 * c)] = x\n"},
      {"a, b = f(x) as experts.*.gate", "  bind a, b = f(x) as experts.*.gate\n"},
      {"x = f(y) as block_{i}.0.1.{a ? 2 : 1}", "  bind x = f(y) as block_{i}.0.1.{(a ? 2 : 1)}\n"},
      {"weight a.w: weight[K] when bias", "  weight a.w: weight[K] when bias\n"},
      {"state cache: kv[K]\nscratch s: [K]", "  state cache: kv[K]\n  scratch s: [K]\n"},
      {"require a == b, \"text\"\nwarn a\nclaim b, \"c\"",
       "  require (a == b), \"text\"\n  warn a\n  claim b, \"c\"\n"},
      {"not_modelled \"norms\"\nidle f(x) as y", "  not_modelled \"norms\"\n  idle f(x) as y\n"},
      {"repeat i in 0..n carry x, y { x = y }", "  repeat i in (0..n) carry x, y\n    bind x = y\n"},
      {"loop t in 0..n carry x gather out along 2 { }", "  loop t in (0..n) carry x gather out along 2\n"},
      {"when a { b = 1 } else when c { d = 2 } else { }",
       "  when a\n    bind b = 1\n  else\n    when c\n      bind d = 2\n    else\n"},
      {"when a {\n  b = 1\n}\nelse {\n  b = 2\n}", "  when a\n    bind b = 1\n  else\n    bind b = 2\n"},
      {"return x as a, y", "  return x as a, y\n"},
      {"stage s on r \"title\" = f(x) as y times n when c", "  stage s on r \"title\" = f(x) as y times n when c\n"},
      {"stage s = f(t) for t in 0..n when c", "  stage s = f(t) for t in (0..n) when c\n"},
      {"cost flops.tensor @full @x(1) = 2 when a", "  cost flops.tensor @full @x(1) = 2 when a\n"},
      {"traffic @flash { read q times 2 when a; write kv: 3 * b; read read }",
       "  traffic @flash\n    read q times 2 when a\n    write kv: (3 * b)\n    read read\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedBody(std::string(row.in)), row.out) << row.in;
}

TEST(ParseStmt, SoftKeywordsAreNames) {
  const InOut rows[] = {
      {"stage = 1", "  bind stage = 1\n"},
      {"weight, state = f(x)", "  bind weight, state = f(x)\n"},
      {"times = on + carry * range", "  bind times = (on + (carry * range))\n"},
      {"x = f(on: a, times: b, as: c, weight: d)", "  bind x = f(on: a, times: b, as: c, weight: d)\n"},
      {"stage stage on on = times times times", "  stage stage on on = times times times\n"},
      {"repeat repeat in 0..n carry carry { }", "  repeat repeat in (0..n) carry carry\n"},
      {"when when > 3 { return return }", "  when (when > 3)\n    return return\n"},
      {"let op = module.pipeline", "  let op = module.pipeline\n"},
      {"x = y as layer{state}.{op}", "  bind x = y as layer{state}.{op}\n"},
      {"x = a\ntimes = 3", "  bind x = a\n  bind times = 3\n"},
      {"weight weight: [K]", "  weight weight: [K]\n"},
      {"require require\nrequire not warn", "  require require\n  require (not warn)\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedBody(std::string(row.in)), row.out) << row.in;
}

TEST(ParseItem, EverySoftKeywordIsAName) {
  int count = 0;
  for (std::string w :
       {"import", "op",     "extend", "module",  "pipeline", "fn",      "record", "enum",         "const", "unit",
        "let",    "weight", "state",  "scratch", "require",  "warn",    "claim",  "not_modelled", "idle",  "repeat",
        "loop",   "when",   "return", "stage",   "cost",     "traffic", "read",   "write",        "as",    "on",
        "times",  "carry",  "gather", "along",   "range",    "claimed", "else"}) {
    for (const std::string &text :
         {"fn " + w + "(" + w + ": size, b: " + w + " = " + w + ") -> " + w + " = " + w + " + -" + w + "." + w,
          "op f<" + w + "..., K>(x: " + w + "[" + w + "]) -> " + w + ": [" + w + "] {\n  " + w + " = " + w + "\n  a, " +
              w + " = f(" + w + ": " + w + ", a: [" + w + "]) as " + w + "." + w + "\n  weight " + w + ": [1]\n  let " +
              w + " = " + w + " * 2\n}",
          "record " + w + " { " + w + ": " + w + " = " + w + "; a: size\n  " + w + ": size range 0.." + w + " }",
          "enum " + w + " { " + w + ", a: " + w + " }",
          "const " + w + " = " + w + "(" + w + " for " + w + " in " + w + ")",
          "device " + w + " : " + w + " { " + w + " = " + w + "; a " + w + " = 1; " + w + " a = " + w + " @" + w +
              "\n  " + w + " " + w + " { } }"}) {
      EXPECT_EQ(Parsed(text).errors(), "") << text;
      ++count;
    }
  }
  EXPECT_EQ(count, 37 * 6);
}

TEST(ParseStmt, NewlinesEndStatementsByTheRule) {
  const InOut rows[] = {
      {"a = b\n- c", "3:1 expected a statement, found `-` [syntax-error]\n"},
      {"a = b\n+ c", "  bind a = (b + c)\n"},
      {"a = b +\n c", "  bind a = (b + c)\n"},
      {"a = f(b,\n\n c\n)", "  bind a = f(b, c)\n"},
      {"a = [\n1\n,\n2]", "  bind a = [1, 2]\n"},
      {"a = b\n  as c\nd = e", "  bind a = b as c\n  bind d = e\n"},
      {"a = b\n  ? c\n  : d", "  bind a = (b ? c : d)\n"},
      {"a = b\n.c", "  bind a = b.c\n"},
      {"a\n= b", "  bind a = b\n"},
      {"require a\nand b", "  require (a and b)\n"},
      {"stage s = f(x)\n  times 3\nb = 1", "  stage s = f(x) times 3\n  bind b = 1\n"},
      {"a = x as experts.*\nb = 1", "  bind a = x as experts.*\n  bind b = 1\n"},
      {"a = true; b = none;; c = \"x\"", "  bind a = true\n  bind b = none\n  bind c = \"x\"\n"},
      {"when a\n{\n}\nb = 1", "  when a\n  bind b = 1\n"},
      {"a = b // comment\n// another\nc = d", "  bind a = b\n  bind c = d\n"},
      {"a = b\nwhen c { }", "  bind a = b\n  when c\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedBody(std::string(row.in)), row.out) << row.in;
}

TEST(ParseDoc, AttachesToWhatFollows) {
  Parsed parsed("/// not this\n"
                "\n"
                "/// One.\n"
                "///   Two.\n"
                "module M(x: [1]) -> [1] { /// nor this\n"
                "  /// A weight.\n"
                "  weight w: [1]\n"
                "  //// a ruler\n"
                "  /// cut off\n"
                "  // by a comment\n"
                "  x = x\n"
                "}\n"
                "/// Roles.\n"
                "enum role {\n"
                "  /// First.\n"
                "  act,\n"
                "  weight }\n"
                "/// A device.\n"
                "device d {\n"
                "  /// An entry.\n"
                "  a = 1\n"
                "}\n");
  EXPECT_EQ(parsed.errors(), "");
  EXPECT_EQ(parsed.printed(), "/// One.\n"
                              "///   Two.\n"
                              "module M(x: [1]) -> [1]\n"
                              "  /// A weight.\n"
                              "  weight w: [1]\n"
                              "  bind x = x\n"
                              "/// Roles.\n"
                              "enum role\n"
                              "  /// First.\n"
                              "  case act\n"
                              "  case weight\n"
                              "/// A device.\n"
                              "data device d\n"
                              "  /// An entry.\n"
                              "  entry a = 1\n");
}

} // namespace mdl::test
