// The grammar is LL(1): the generated parser decides everything by the next token and never predicts.
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace mdl::test {

TEST(Grammar, NeverPredicts) {
  std::ifstream file(MDL_BINARY_DIR "/compiler/parse/generated/MdlParser.cpp");
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_GT(text.str().size(), 10'000u);
  EXPECT_EQ(text.str().find("adaptivePredict"), std::string::npos)
      << "a rule of MdlParser.g4 needs more than one token to decide";
}

} // namespace mdl::test
