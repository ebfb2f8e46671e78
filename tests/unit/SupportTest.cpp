// Sources, names, diagnostics and their renderings.
#include "compiler/driver/SourceNames.h"
#include "compiler/support/DiagnosticJson.h"
#include "compiler/support/DiagnosticText.h"
#include "compiler/support/DiagnosticVerify.h"
#include "compiler/support/Explain.h"
#include "compiler/support/Name.h"
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mdl::test {

TEST(Source, TranslatesPlaces) {
  SourceManager sources;
  FileId a = sources.add("a", "one\r\ntwo\n"), b = sources.add("b", "");
  FileId c = sources.add("c", "x");
  SrcLoc two{sources.file(a).base + 6};
  EXPECT_EQ(sources.lineColumn(two).line, 2u);
  EXPECT_EQ(sources.lineColumn(two).column, 2u);
  EXPECT_EQ(sources.lineText({sources.file(a).base}), "one");
  EXPECT_EQ(sources.fileOf({sources.file(b).base}), b);
  EXPECT_EQ(sources.fileOf({sources.file(c).base + 1}), c);
  EXPECT_FALSE(sources.fileOf({}).isValid());
  EXPECT_EQ(sources.text({two, {two.offset + 2}}), "wo");
}

/// The examples of FIPS 180-4 and NIST's long message; lengths around the end of a block.
TEST(Sha256, KnowsTheStandardsExamples) {
  using driver::sha256;
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(sha256(std::string(55, 'a')), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  EXPECT_EQ(sha256(std::string(64, 'a')), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

TEST(Name, InternsOnce) {
  EXPECT_EQ(intern("alpha"), intern("alpha"));
  EXPECT_NE(intern("alpha"), intern("beta"));
  EXPECT_EQ(text(intern("alpha")), "alpha");
  EXPECT_FALSE(intern(""));
}

TEST(Name, FindsTheNearest) {
  std::vector<std::string_view> words{"bandwidth", "memory", "vector"};
  EXPECT_EQ(nearest("bandwith", words), "bandwidth");
  EXPECT_EQ(nearest("Memroy", words), "memory");
  EXPECT_EQ(nearest("latency", words), "");
  EXPECT_EQ(editDistance("abcd", "abdc", 5), 1u);
  EXPECT_EQ(editDistance("", "abc", 5), 3u);
  EXPECT_EQ(editDistance("abc", "xyz", 2), 2u);
}

/// One source with diagnostics in it.
struct Reports {
  explicit Reports(std::string text) : file(sources.add("f.mdl", std::move(text))) {}
  /// The range of the `nth` occurrence of `part`.
  SrcRange at(std::string_view part, size_t nth = 0) const {
    const SourceFile &source = sources.file(file);
    size_t offset = source.text.find(part);
    for (; nth > 0; --nth) offset = source.text.find(part, offset + 1);
    auto begin = source.base + static_cast<uint32_t>(offset);
    return {{begin}, {begin + static_cast<uint32_t>(part.size())}};
  }
  SourceManager sources;
  DiagnosticEngine engine;
  FileId file;
};

TEST(Diagnostic, KeepsRepetitionsOnceAndTakesBack) {
  Reports r("a b c");
  r.engine.report(DiagId::SyntaxError, r.at("a"), {"one"}).hint("kept");
  r.engine.report(DiagId::SyntaxError, r.at("a"), {"again"}).hint("lost");
  EXPECT_EQ(r.engine.errorCount(), 1u);
  EXPECT_EQ(r.engine.sorted().at(0)->notes.size(), 1u);
  auto mark = r.engine.mark();
  r.engine.report(DiagId::SyntaxError, r.at("b"), {"two"});
  r.engine.rollback(mark);
  EXPECT_EQ(r.engine.errorCount(), 1u);
  r.engine.report(DiagId::SyntaxError, r.at("b"), {"two"});
  EXPECT_EQ(r.engine.errorCount(), 2u);
}

TEST(DiagnosticText, MarksTheLine) {
  Reports r("let q = matmul(x, wq)\nparam wq: [3]\n");
  auto &error = r.engine.report(DiagId::SyntaxError, r.at("wq"), {"dimensions of `x` and `wq` differ"});
  error.relate(r.at("x")).note(r.at("wq", 1), "`wq` is declared here").hint("transpose it");
  EXPECT_EQ(renderText(r.sources, r.engine), "f.mdl:1:19: error: dimensions of `x` and `wq` differ [syntax-error]\n"
                                             "    1 | let q = matmul(x, wq)\n"
                                             "      |                ~  ^~\n"
                                             "f.mdl:2:7: note: `wq` is declared here\n"
                                             "    2 | param wq: [3]\n"
                                             "      |       ^~\n"
                                             "note: transpose it\n"
                                             "1 error\n");
}

TEST(DiagnosticText, AlignsByCharacters) {
  Reports r("\tä = \"日本\" + wrong\n");
  r.engine.report(DiagId::SyntaxError, r.at("wrong"), {"no"});
  EXPECT_EQ(renderText(r.sources, r.engine), "f.mdl:1:18: error: no [syntax-error]\n"
                                             "    1 |  ä = \"日本\" + wrong\n"
                                             "      |             ^~~~~\n"
                                             "1 error\n");
}

TEST(DiagnosticText, MarksEndsAndRangesOverLines) {
  Reports r("a = (\nb\n");
  SrcLoc end{r.at("(").end};
  r.engine.report(DiagId::SyntaxError, {end, end}, {"end"});
  r.engine.report(DiagId::SyntaxError, {r.at("(").begin, r.at("b").end}, {"over"});
  EXPECT_EQ(renderText(r.sources, r.engine), "f.mdl:1:5: error: over [syntax-error]\n"
                                             "    1 | a = (\n"
                                             "      |     ^\n"
                                             "f.mdl:1:6: error: end [syntax-error]\n"
                                             "    1 | a = (\n"
                                             "      |      ^\n"
                                             "2 errors\n");
}

TEST(DiagnosticText, ShowsAWindowOfALongLine) {
  Reports r(std::string(500, 'a') + " wrong " + std::string(500, 'b'));
  r.engine.report(DiagId::SyntaxError, r.at("wrong"), {"no"});
  EXPECT_EQ(renderText(r.sources, r.engine, {.width = 20}), "f.mdl:1:502: error: no [syntax-error]\n"
                                                            "    1 | ...aaaaaaaaa wrong bbbb...\n"
                                                            "      |              ^~~~~\n"
                                                            "1 error\n");
}

TEST(DiagnosticText, StopsAtTheLimit) {
  Reports r("abcdef");
  for (const char *part : {"a", "b", "c"}) r.engine.report(DiagId::SyntaxError, r.at(part), {"no"});
  std::string two = renderText(r.sources, r.engine, {.maxErrors = 2});
  EXPECT_TRUE(two.ends_with("too many errors: 1 more; --max-errors 0 shows all\n3 errors\n")) << two;
  EXPECT_EQ(renderText(r.sources, r.engine, {.maxErrors = 0}).find("too many"), std::string::npos);
  EXPECT_EQ(renderText(r.sources, DiagnosticEngine()), "");
}

TEST(DiagnosticText, ColoursOnlyIfAsked) {
  Reports r("a");
  r.engine.report(DiagId::SyntaxError, r.at("a"), {"no"});
  EXPECT_EQ(renderText(r.sources, r.engine).find('\033'), std::string::npos);
  EXPECT_NE(renderText(r.sources, r.engine, {.colour = true}).find("\033[1;31merror"), std::string::npos);
}

TEST(DiagnosticJson, GivesTheSameFacts) {
  Reports r("ä wq x\n");
  r.engine.report(DiagId::SyntaxError, r.at("wq"), {"a \"b\""}).relate(r.at("x")).hint("h");
  EXPECT_EQ(renderJson(r.sources, r.engine), R"([
  {
    "slug": "syntax-error",
    "severity": "error",
    "message": "a \"b\"",
    "path": "f.mdl",
    "line": 1,
    "column": 4,
    "endLine": 1,
    "endColumn": 6,
    "related": [
      {
        "path": "f.mdl",
        "line": 1,
        "column": 7,
        "endLine": 1,
        "endColumn": 8
      }
    ],
    "notes": [
      {
        "message": "h"
      }
    ]
  }
]
)");
  EXPECT_EQ(renderJson(r.sources, DiagnosticEngine()), "[]\n");
}

TEST(DiagnosticVerify, ComparesWithComments) {
  Reports r("// expected-error@+1 {{ends in {b}}} [syntax-error]\n"
            "a // expected-note {{a hint}}\n"
            "// expected-error@-1 {{other}}\n");
  r.engine.report(DiagId::SyntaxError, r.at("a //"), {"this ends in {b}"});
  r.engine.report(DiagId::BadString, r.at("a //"), {"other thing"}).hint("a hint");
  EXPECT_EQ(verifyDiagnostics(r.sources, r.engine).differences, "");
}

TEST(DiagnosticVerify, ReportsDifferences) {
  Reports r("// expected-error@+1 {{wanted}} [bad-string]\n"
            "a b\n"
            "// expected-warning {{never}}\n"
            "// expected-error {malformed}\n");
  r.engine.report(DiagId::SyntaxError, r.at("a b"), {"wanted"}).hint("not looked for");
  EXPECT_EQ(verifyDiagnostics(r.sources, r.engine).differences,
            "f.mdl:4: cannot read this expectation; write `expected-error@+1 {{text}} [slug]`\n"
            "f.mdl:2: unexpected error: wanted [syntax-error]\n"
            "f.mdl:1: expected error in line 2 was not reported: wanted [bad-string]\n"
            "f.mdl:3: expected warning in line 3 was not reported: never\n");
}

TEST(Explain, SlugsAreThoseOfTheList) {
  EXPECT_GE(explanations().size(), 11u);
  for (const Explanation &row : explanations()) {
    EXPECT_TRUE(row.text.starts_with("/// ")) << row.slug;
    std::string expectation = fmt::format("[{}]", row.slug);
    bool hasExample = row.text.find(expectation) != std::string_view::npos;
    EXPECT_TRUE(hasExample || row.text.find("// no-example: ") != std::string_view::npos) << row.slug;
  }
  EXPECT_TRUE(explanation("syntax-error").has_value());
  EXPECT_FALSE(explanation("no-such-slug").has_value());
}

} // namespace mdl::test
