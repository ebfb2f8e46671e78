// Syntax errors: their words, one for each mistake, and that reading goes on.
#include "ParseFixture.h"

namespace mdl::test {

struct InOut {
  std::string_view in, out;
};

TEST(SyntaxError, SaysWhatIsMissing) {
  const InOut rows[] = {
      {"a = ", "3:1 expected an expression after `=`, found `}` [syntax-error]\n"},
      {"a = f(b", "3:1 expected `)` to close this call, found `}` [syntax-error]\n  2:6 `(` is opened here\n"},
      {"a = f(b c)", "2:9 expected `,` or `)` after `b`, found `c` [syntax-error]\n"},
      {"a = [1, 2\nb = 3", "3:1 expected `]` to close this list, found `b` [syntax-error]\n  2:5 `[` is opened here\n"},
      {"a = (b]", "2:7 expected `)` to close this parenthesis, found `]` [syntax-error]\n  2:5 `(` is opened here\n"},
      {"a = b c", "2:7 expected the end of the statement, found `c` [syntax-error]\n"},
      {"let = 3 4", "2:9 expected the end of the statement, found `4` [syntax-error]\n"},
      {"let x 3", "2:7 expected `=` after `x`, found `3` [syntax-error]\n"},
      {"let x: = 3", "2:8 expected a type after `:`, found `=` [syntax-error]\n"},
      {"weight : [3]", "2:8 expected `=` after `weight`, found `:` [syntax-error]\n"},
      {"repeat i 3 { }", "2:10 expected `in` after `i`, found `3` [syntax-error]\n"},
      {"repeat i in 0..3 carry { }", "2:24 expected a name after `carry`, found `{` [syntax-error]\n"},
      {"traffic { foo q }", "2:11 expected `read`, `write` or `send`, found `foo` [syntax-error]\n"},
      {"let for = 3", "2:5 expected a name or `[` after `let`, found `for` [syntax-error]\n  `for` is reserved and "
                      "cannot be a name\n"},
      {"require a = b",
       "2:11 expected the end of the statement, found `=` [syntax-error]\n  `==` compares two values\n"},
      {"a = b && c", "2:7 `&&` is no part of the language [syntax-error]\n  write `and`\n"},
      {"a = $", "2:5 `$` is no part of the language [syntax-error]\n"},
      {"a = b +\nc = d", "2:8 expected an expression after `+`, found the end of the line [syntax-error]\n"},
      {"a.b = c", "2:2 expected `=` after `a`, found `.` [syntax-error]\n"},
      {"return", "3:1 expected an expression after `return`, found `}` [syntax-error]\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(parsedBody(std::string(row.in)), row.out) << row.in;
}

TEST(SyntaxError, SaysWhatIsWrongOutsideOfBodies) {
  const InOut rows[] = {
      {"op f(x: [N) -> [N] { }",
       "1:11 expected `]` to close this shape, found `)` [syntax-error]\n  1:9 `[` is opened here\n"},
      {"record R { a size }", "1:14 expected `:` after `a`, found `size` [syntax-error]\n"},
      {"record R { a: map<b, c>= 3 }", "1:23 expected `>` to close the type's arguments, found `>=` [syntax-error]\n  "
                                       "write a blank between `>` and `=`\n"},
      {"import std", "1:8 expected a string after `import`, found `std` [syntax-error]\n"},
      {"device d { a 3 }", "1:16 expected `=` or a name after `3`, found `}` [syntax-error]\n"},
      {"device d { a b c = 3 }", "1:16 expected `=` or a name after `b`, found `c` [syntax-error]\n"},
      {"modul M(x: [1]) { }", "1:8 expected `{` after `M`, found `(` [syntax-error]\n  did you mean `module`?\n"},
      {"12", "1:1 expected a declaration, found `12` [unknown-declaration]\n"},
      {"fn f() -> size = 1 }", "1:20 `}` closes nothing [unopened]\n"},
      {"workload a - b { }", "1:10 expected a name without spaces [syntax-error]\n"},
  };
  for (const InOut &row : rows) EXPECT_EQ(Parsed(std::string(row.in)).errors(), row.out) << row.in;
}

TEST(SyntaxError, GoesOnWithTheNextStatement) {
  Parsed parsed("module M(x: [1]) -> [1] {\n"
                "  a = \n"
                "  b = 1 2\n"
                "  when c {\n"
                "    d = 3 4\n"
                "    e = 5\n"
                "  }\n"
                "  f = (6\n"
                "  g = 7 8\n"
                "  return x\n"
                "}\n"
                "const Y = 1 2\n"
                "const Z = 3\n");
  EXPECT_EQ(parsed.errors(), "2:6 expected an expression after `=`, found the end of the line [syntax-error]\n"
                             "3:9 expected the end of the statement, found `2` [syntax-error]\n"
                             "5:11 expected the end of the statement, found `4` [syntax-error]\n"
                             "9:3 expected `)` to close this parenthesis, found `g` [syntax-error]\n"
                             "  8:7 `(` is opened here\n"
                             "9:9 expected the end of the statement, found `8` [syntax-error]\n"
                             "12:13 expected the end of the declaration, found `2` [syntax-error]\n");
  EXPECT_EQ(parsed.printed(), "module M(x: [1]) -> [1]\n"
                              "  when c\n"
                              "    bind e = 5\n"
                              "  return x\n"
                              "const Z = 3\n");
}

TEST(SyntaxError, ReadsBlocksOfFaultyStatements) {
  Parsed parsed("op f(x [N]) -> [N] {\n"
                "  a = 1 2\n"
                "  when c + { b = 3 4 }\n"
                "  traffic @ { read a b }\n"
                "}\n"
                "device { a = 1 2; b { c = 3 4 } }\n"
                "record { a: size = 1 2 }\n");
  EXPECT_EQ(parsed.errors(), "1:8 expected `:` after `x`, found `[` [syntax-error]\n"
                             "2:9 expected the end of the statement, found `2` [syntax-error]\n"
                             "3:12 expected an expression after `+`, found `{` [syntax-error]\n"
                             "3:20 expected the end of the statement, found `4` [syntax-error]\n"
                             "4:13 expected a name after `@`, found `{` [syntax-error]\n"
                             "4:22 expected the end of the statement, found `b` [syntax-error]\n"
                             "6:8 expected a name after `device`, found `{` [syntax-error]\n"
                             "  `device` is no declaration word, so this is read as a data block: `KIND NAME { ... }`\n"
                             "6:16 expected the end of the statement, found `2` [syntax-error]\n"
                             "6:21 expected `=` or a name after `b`, found `{` [syntax-error]\n"
                             "6:29 expected the end of the statement, found `4` [syntax-error]\n"
                             "7:8 expected a name after `record`, found `{` [syntax-error]\n"
                             "7:22 expected the end of the statement, found `2` [syntax-error]\n");
}

TEST(SyntaxError, ADeclarationFullOfErrorsEnds) {
  std::string body;
  for (int i = 0; i < 3000; ++i) body += "  a = 1 2\n";
  Parsed parsed("module M(x: [1]) -> [1] {\n" + body + "}\n");
  EXPECT_GE(parsed.diagnostics.errorCount(), 20u);
}

} // namespace mdl::test
