//===- EmitTextTest.cpp - A model's texts inside a source file ------------===//
#include "runtime/emit/Emit.h"
#include "runtime/emit/Text.h"
#include <gtest/gtest.h>

namespace mdl::emit {
namespace {

TEST(EmitTextTest, Literals) {
  struct {
    std::string_view text, c, js;
  } cases[] = {
      {"plain", "\"plain\"", "\"plain\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\""},
      {"?"
       "?/",
       "\"\\?\\?/\"",
       "\"?"
       "?/\""},
      {"a\n1", "\"a\\0121\"", "\"a\\u{a}1\""},
      {"\xC3\x97"
       "7",
       "\"\\303\\2277\"",
       "\"\xC3\x97"
       "7\""},
      {"\xE2\x80\xA8", "\"\\342\\200\\250\"", "\"\\u{2028}\""},
      {"\xE2\x80\xAE", "\"\\342\\200\\256\"", "\"\\u{202e}\""},
      {"\xED\xA0\x80", "\"\\355\\240\\200\"", "\"\\ufffd\\ufffd\\ufffd\""},
      {"\xF4\x90\x80\x80", "\"\\364\\220\\200\\200\"", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
      {"\xC0\xAF", "\"\\300\\257\"", "\"\\ufffd\\ufffd\""},
      {"</script>", "\"</script>\"", "\"<\\/script>\""},
  };
  for (auto [text, c, js] : cases) {
    EXPECT_EQ(cString(text), c);
    EXPECT_EQ(jsString(text), js);
  }
}

TEST(EmitTextTest, CommentsDoNotEnd) {
  struct {
    std::string_view text, out;
  } cases[] = {
      {"a */ b", "a * / b"},
      {"/* a", "/ * a"},
      {"*/*/", "* / * /"},
      {"?"
       "?/",
       "? ?/"},
      {"a\nb\tc", "a b c"},
      {"\xE2\x80\xAE", "\xEF\xBF\xBD"},
      {"\xC3\x97", "\xC3\x97"},
      {"\xFF", "\xEF\xBF\xBD"},
      {"***/", "*** /"},
  };
  for (auto [text, out] : cases) EXPECT_EQ(commentText(text), out);
}

TEST(EmitTextTest, CommentsAreFolded) {
  std::string text = comment({std::string(60, 'a') + " " + std::string(60, 'b'), "c"}, "  ");
  EXPECT_EQ(text, "  /* " + std::string(60, 'a') + "\n       " + std::string(60, 'b') + "\n     c */\n");
}

TEST(EmitTextTest, NamesAreValidAndDistinct) {
  Names names({"total"});
  struct {
    std::string_view name, out;
  } cases[] = {
      {"batch", "batch"},
      {"batch", "batch_2"},
      {"batch_2", "batch_2_2"},
      {"total", "total_2"},
      {"int", "int_"},
      {"class", "class_"},
      {"NAN", "NAN_"},
      {"T", "T"},
      {"_x", "x_x"},
      {"__LINE__", "x__LINE__"},
      {"4k", "x4k"},
      {"a-b", "a_b"},
      {"a.b", "a_b_2"},
      {"", "x"},
      {"\xC3\xA9", "x__"},
  };
  for (auto [name, out] : cases) EXPECT_EQ(names.give(name), out);
  EXPECT_EQ(Names().givePart("INT"), "INT");
}

TEST(EmitTextTest, Prefixes) {
  for (const char *good : {"wan", "Wan2", "int", "w_"}) EXPECT_TRUE(isPrefix(good)) << good;
  for (const char *bad : {"", "2wan", "_wan", "wan-1", "w n", "w\n"}) EXPECT_FALSE(isPrefix(bad)) << bad;
}

TEST(EmitTextTest, RealsReadBackAsReals) {
  EXPECT_EQ(realText(3), "3.0");
  EXPECT_EQ(realText(0.1), "0.1");
  EXPECT_EQ(realText(-0.0), "-0.0");
  EXPECT_EQ(realText(1e300), "1e+300");
}

} // namespace
} // namespace mdl::emit
