// The outline: where declarations begin, and what is refused before parsing.
#include "ParseFixture.h"

namespace mdl::test {

/// `keyword name` of each declaration, a line each.
static std::string outlined(const Parsed &parsed) {
  std::string result;
  for (const parse::Outlined &each : parsed.file.outline())
    result += fmt::format("{} {}\n", each.keyword, text(each.name));
  return result;
}

TEST(Outline, FindsDeclarationsAndTheirNames) {
  Parsed parsed("// A file.\n"
                "import \"std.mdl\"\n"
                "op f(x: [1])\n    -> [1] { op = 3 }\n"
                "extend std.f { }\n"
                "unit B = 8 bit\n"
                "fn g() -> size =\n  1\n  + 2\n"
                "workload W-003 { op = \"}\" // }\n}\n"
                "  const INDENTED = 1; const SECOND = 2\n"
                "device modelmeter.dv200 \"x\" { }");
  EXPECT_EQ(parsed.errors(), "");
  EXPECT_EQ(outlined(parsed), "import std.mdl\nop f\nextend std.f\nunit B\nfn g\nworkload W-003\nconst INDENTED\n"
                              "const SECOND\ndevice modelmeter.dv200\n");
  EXPECT_EQ(parsed.items.size(), 9u);
}

TEST(Outline, RangesTakeTheirComments) {
  Parsed parsed("/// cut off\n\n/// One.\n/// Two.\nconst A = 1 // after\n// other\nconst B = 2\n");
  EXPECT_EQ(parsed.sources.text(parsed.file.outline().at(0).range), "/// One.\n/// Two.\nconst A = 1");
  EXPECT_EQ(parsed.sources.text(parsed.file.outline().at(1).range), "const B = 2");
  EXPECT_EQ(parsed.sources.text(parsed.file.outline().at(1).nameRange), "B");
}

TEST(Outline, AnUnclosedBracketCostsOneDeclaration) {
  Parsed parsed("record A { a: size\n\nrecord B { b: size }\nfn f(x: size -> size = 1\nconst C = 1\n");
  EXPECT_EQ(parsed.errors(), "1:10 `{` is never closed [unclosed]\n4:5 `(` is never closed [unclosed]\n");
  EXPECT_EQ(parsed.printed(), "record B\n  field b: size\nconst C = 1\n");
}

TEST(Outline, PointsAtTheBraceThatDoesNotFit) {
  Parsed parsed("module M(x: [1]) -> [1] {\n"
                "  when a {\n"
                "    b = 1\n"
                "  return x\n"
                "}\n"
                "const C = 1\n");
  EXPECT_EQ(parsed.errors(), "1:25 `{` is never closed [unclosed]\n"
                             "  2:10 the `}` that closes this `{` is indented differently\n");
}

TEST(Outline, NothingIsDroppedSilently) {
  EXPECT_EQ(Parsed("= 3\nconst A = 1").errors(), "1:1 expected a declaration, found `=` [unknown-declaration]\n");
  EXPECT_EQ(Parsed("const A = 1\n- 2\nconst B = 1").errors(),
            "2:1 expected a declaration, found `-` [unknown-declaration]\n");
  EXPECT_EQ(Parsed("const A = 1\n(b { c\n})\nconst B = 1").errors(),
            "2:1 expected a declaration, found `(` [unknown-declaration]\n");
  EXPECT_EQ(Parsed("const A = 1 const B = 2").errors(),
            "1:19 expected the end of the declaration, found `B` [syntax-error]\n");
  EXPECT_EQ(Parsed("const A = 1 ) ] }").errors(), "1:13 `)` closes nothing [unopened]\n");
  EXPECT_EQ(Parsed("const A = 1; 5").errors(), "1:14 expected a declaration, found `5` [unknown-declaration]\n");
  EXPECT_EQ(Parsed("op").errors(), "1:3 expected a name after `op`, found the end of the declaration [syntax-error]\n");
  EXPECT_EQ(Parsed("").errors(), "");
  EXPECT_EQ(Parsed("// only\n\n").errors(), "");
}

TEST(Outline, RefusesWhatIsNoText) {
  EXPECT_EQ(Parsed(std::string("const A\n = \0 1", 13)).errors(),
            "2:4 `test.mdl` is not text: a NUL in line 2, at byte 11 of the file [not-text]\n");
  EXPECT_EQ(Parsed("// \xC3\xA4 \xF0\x9F\x98\x80\nconst A = 1").errors(), "");
  for (std::string bad : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_NE(Parsed("// " + bad + "\n").errors().find("no UTF-8 in line 1, at byte 3"), std::string::npos);
}

TEST(Outline, RefusesWhatIsTooLarge) {
  Parsed parsed(std::string((8 << 20) + 1, ' '));
  EXPECT_EQ(parsed.errors(), "1:1 `test.mdl` has 8388609 bytes; a source has at most 8388608 [file-too-large]\n");
  EXPECT_EQ(Parsed(std::string(8 << 20, ' ')).errors(), "");
}

TEST(Outline, BoundsTheDepthOfBrackets) {
  auto nested = [](size_t depth) { return "const A = " + std::string(depth, '(') + "1" + std::string(depth, ')'); };
  EXPECT_EQ(Parsed(nested(256)).errors(), "");
  EXPECT_EQ(Parsed(nested(257)).errors(), "1:267 brackets are nested deeper than 256 [nested-too-deep]\n");
  EXPECT_EQ(Parsed(nested(1'000'000) + "\nconst B = 1").items.size(), 1u);
}

TEST(Outline, BoundsWhatIsNotNested) {
  std::string minuses, sum = "1", choice, alternatives = "when a { }", list = "[1";
  for (int i = 0; i < 100'000; ++i) {
    minuses += "- ", sum += " + 1", choice += "a ? b : ", alternatives += " else when a { }", list += ", 1";
  }
  for (const std::string &text : {minuses + "x", sum, choice + "c", "-a" + sum})
    EXPECT_NE(Parsed("const A = " + text + "\nconst B = 1").errors().find("[expression-too-long]"), std::string::npos);
  EXPECT_NE(parsedBody(alternatives).find("[expression-too-long]"), std::string::npos);
  EXPECT_EQ(Parsed("const A = " + list + "]").errors(), "");
}

/// What the limits let through must fit on the stack, in the parser and in every walk over the tree.
TEST(Outline, TheDeepestAcceptedTextsParse) {
  auto times = [](size_t n, std::string_view part) {
    std::string result;
    for (size_t i = 0; i < n; ++i) result += part;
    return result;
  };
  const std::string texts[] = {
      times(990, "- ") + "x",
      times(990, "not ") + "x",
      "x" + times(490, " + x"),
      "x" + times(490, " ^ x"),
      times(245, "a ? b : ") + "c",
      times(256, "(") + "1" + times(256, ")"),
      times(240, "- (1 + ") + "1" + times(240, ")"),
      times(120, "f(-[") + "1" + times(120, "])"),
      "f" + times(330, "(a)"),
      "f" + times(490, ".a"),
      times(100, "[x for i in a ? b : ") + "c" + times(100, "]"),
  };
  for (const std::string &text : texts) {
    Parsed parsed("const A = " + text);
    EXPECT_EQ(parsed.errors(), "") << text.substr(0, 20);
    EXPECT_FALSE(parsed.printed().empty());
  }
  EXPECT_EQ(Parsed("const A: " + times(330, "list<") + "size" + times(330, ">") + " = 1").errors(), "");
  EXPECT_EQ(Parsed("device d " + times(255, "{ a b ") + "{ }" + times(255, "}")).errors(), "");
  EXPECT_EQ(Parsed("module M(x: [1]) -> [1] { when a { }" + times(240, " else when a { }") + " }").errors(), "");
  EXPECT_EQ(Parsed("module M(x: [1]) -> [1] " + times(120, "{ when a ") + "{ }" + times(120, "}")).errors(), "");
}

TEST(Outline, BoundsTheLengthOfADeclaration) {
  auto list = [](size_t length) {
    std::string text = "const A = [1";
    for (size_t i = 1; i < length; ++i) text += ",1";
    return text + "]\nconst B = 1";
  };
  EXPECT_EQ(Parsed(list(100'000)).items.size(), 2u);
  Parsed parsed(list(200'000));
  EXPECT_EQ(parsed.errors(), "1:250008 a declaration of more than 250000 tokens [declaration-too-long]\n");
  EXPECT_EQ(parsed.items.size(), 1u);
}

TEST(Outline, TheLimitsHoldTogether) {
  std::string text;
  for (int i = 0; i < 251; ++i) text += "- (1 + ";
  EXPECT_NE(Parsed("const A = " + text + "1" + std::string(251, ')')).errors().find("[expression-too-long]"),
            std::string::npos);
}

} // namespace mdl::test
