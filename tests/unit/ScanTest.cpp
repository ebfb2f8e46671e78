// The tokens that we find by hand are those that the lexer of the grammar finds.
#include "compiler/parse/Scan.h"
#include "MdlLexer.h"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace mdl::test {

namespace fs = std::filesystem;
using Tokens = std::vector<std::pair<size_t, std::string>>; ///< Type and text

/// ANTLR reads characters: one for each byte.
std::string asLatin1(std::string_view bytes) {
  std::string utf8;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) utf8 += c;
    else utf8 += {static_cast<char>(0xC0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3F))};
  }
  return utf8;
}

Tokens byGrammar(std::string_view text) {
  antlr4::ANTLRInputStream input(asLatin1(text));
  grammar::MdlLexer lexer(&input);
  lexer.removeErrorListeners();
  Tokens found;
  for (const auto &token : lexer.getAllTokens()) found.emplace_back(token->getType(), token->getText());
  return found;
}

Tokens byHand(std::string_view text) {
  Tokens found;
  for (size_t at = 0; at < text.size();) {
    parse::Scanned token = parse::scanToken(text, at);
    found.emplace_back(token.type, asLatin1(text.substr(at, token.end - at)));
    at = token.end;
  }
  return found;
}

/// Blanks and comments are skipped before a token is read, so neither sees them: strings may hold both.
std::string withoutBlanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return text;
}

TEST(Scan, RandomTextsAsTheGrammarSays) {
  std::mt19937 random(7);
  const std::string_view alphabet = "aAzZ_019.eE+-\"\\\n\r=<>!&|'#$;,:?@~()[]{}*/%^ \t\xC3\xA9\xFF\x01";
  size_t tokens = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t k = 1 + random() % 12; k > 0; --k) text += alphabet[random() % alphabet.size()];
    Tokens found = byHand(text);
    ASSERT_EQ(found, byGrammar(text)) << testing::PrintToString(text);
    tokens += found.size();
  }
  EXPECT_GT(tokens, 80'000u);
}

TEST(Scan, ShippedModelsAsTheGrammarSays) {
  size_t files = 0;
  for (const auto &entry : fs::recursive_directory_iterator(MDL_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".mdl") continue;
    std::stringstream content;
    content << std::ifstream(entry.path()).rdbuf();
    std::string text = withoutBlanks(content.str());
    ASSERT_EQ(byHand(text), byGrammar(text)) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 40u);
}

} // namespace mdl::test
