#include "Keywords.h"
#include "../support/Name.h"
#include "MdlLexer.h"
#include "MdlParser.h"
#include <array>
#include <fmt/format.h>

namespace mdl::parse {

using grammar::MdlLexer;

/// Sorted by word.
static constexpr Keyword kKeywords[] = {
    {"along", MdlLexer::ALONG, Infix},
    {"and", MdlLexer::AND, Reserved},
    {"as", MdlLexer::AS, Infix},
    {"carry", MdlLexer::CARRY, Infix},
    {"claim", MdlLexer::CLAIM, Statement},
    {"claimed", MdlLexer::CLAIMED, Infix},
    {"const", MdlLexer::CONST, Declaration},
    {"cost", MdlLexer::COST, Statement},
    {"divides", MdlLexer::DIVIDES, Reserved},
    {"else", MdlLexer::ELSE, Infix},
    {"enum", MdlLexer::ENUM, Declaration},
    {"extend", MdlLexer::EXTEND, Declaration},
    {"false", MdlLexer::FALSE, Reserved},
    {"fn", MdlLexer::FN, Declaration},
    {"for", MdlLexer::FOR, Reserved},
    {"gather", MdlLexer::GATHER, Infix},
    {"idle", MdlLexer::IDLE, Statement},
    {"if", MdlLexer::IF, Reserved},
    {"import", MdlLexer::IMPORT, Declaration},
    {"in", MdlLexer::IN, Reserved},
    {"let", MdlLexer::LET, Statement},
    {"loop", MdlLexer::LOOP, Statement},
    {"module", MdlLexer::MODULE, Declaration},
    {"none", MdlLexer::NONE, Reserved},
    {"not", MdlLexer::NOT, Reserved},
    {"not_modelled", MdlLexer::NOT_MODELLED, Statement},
    {"on", MdlLexer::ON, Infix},
    {"op", MdlLexer::OP, Declaration},
    {"or", MdlLexer::OR, Reserved},
    {"pipeline", MdlLexer::PIPELINE, Declaration},
    {"range", MdlLexer::RANGE, Infix},
    {"read", MdlLexer::READ, Statement},
    {"record", MdlLexer::RECORD, Declaration},
    {"repeat", MdlLexer::REPEAT, Statement},
    {"require", MdlLexer::REQUIRE, Statement},
    {"return", MdlLexer::RETURN, Statement},
    {"scratch", MdlLexer::SCRATCH, Statement},
    {"send", MdlLexer::SEND, Statement},
    {"stage", MdlLexer::STAGE, Statement},
    {"state", MdlLexer::STATE, Statement},
    {"times", MdlLexer::TIMES, Infix},
    {"traffic", MdlLexer::TRAFFIC, Statement},
    {"true", MdlLexer::TRUE, Reserved},
    {"unit", MdlLexer::UNIT, Declaration},
    {"warn", MdlLexer::WARN, Statement},
    {"weight", MdlLexer::WEIGHT, Statement},
    {"when", MdlLexer::WHEN, Statement | Infix},
    {"write", MdlLexer::WRITE, Statement},
};

/// Where the words with each first letter begin: every word of a source is looked up.
static constexpr auto kFirst = [] {
  std::array<uint8_t, 27> first{};
  for (const Keyword &row : kKeywords)
    for (size_t later = static_cast<size_t>(row.word[0] - 'a') + 1; later < first.size(); ++later) ++first[later];
  return first;
}();

const Keyword *findKeyword(std::string_view word) {
  if (word.empty() || word[0] < 'a' || word[0] > 'z') return nullptr;
  auto letter = static_cast<size_t>(word[0] - 'a');
  for (size_t i = kFirst[letter]; i < kFirst[letter + 1]; ++i)
    if (kKeywords[i].word == word) return &kKeywords[i];
  return nullptr;
}

static bool hasRole(std::string_view word, WordRole role) {
  const Keyword *row = findKeyword(word);
  return row && row->roles & role;
}
bool isDeclarationWord(std::string_view word) { return hasRole(word, Declaration); }
bool isStatementWord(std::string_view word) { return hasRole(word, Statement); }
bool isReserved(std::string_view word) { return hasRole(word, Reserved); }

std::string_view nearestDeclarationWord(std::string_view word) {
  std::vector<std::string_view> words;
  for (const Keyword &row : kKeywords)
    if (row.roles & Declaration && editDistance(word, row.word, 3) < row.word.size() / 2) words.push_back(row.word);
  return nearest(word, words);
}

/// After the first word of a statement these make it a name: it is bound, listed, a field, or part of an expression.
static bool followsName(TokenType next) {
  switch (next) {
  case MdlLexer::ASSIGN:
  case MdlLexer::COMMA:
  case MdlLexer::COLON:
  case MdlLexer::DOT:
  case MdlLexer::QUESTION:
  case MdlLexer::PLUS:
  case MdlLexer::STAR:
  case MdlLexer::SLASH:
  case MdlLexer::PERCENT:
  case MdlLexer::CARET:
  case MdlLexer::EQ:
  case MdlLexer::NE:
  case MdlLexer::LT:
  case MdlLexer::LE:
  case MdlLexer::GT:
  case MdlLexer::GE: return true;
  default: return false;
  }
}

TokenType wordType(const Keyword &word, const WordPlace &place) {
  bool asDeclaration = place.startsDeclaration && word.roles & Declaration;
  bool asStatement = place.inStatements && place.startsStatement && word.roles & Statement &&
                     !followsName(place.next) && !(place.afterBrace && place.next == MdlLexer::RBRACE);
  bool infixWord = place.inStatements || (word.type == MdlLexer::AS && !place.inData);
  bool namesNext = place.next == MdlLexer::ASSIGN || place.next == MdlLexer::COMMA || place.next == MdlLexer::COLON;
  bool asInfix = place.afterOperand && word.roles & Infix && infixWord && !namesNext;
  bool special = word.roles & Reserved || asDeclaration || asStatement || asInfix;
  return special ? word.type : static_cast<TokenType>(MdlLexer::IDENT);
}

std::string spelling(TokenType type) {
  for (const Keyword &row : kKeywords)
    if (row.type == type) return fmt::format("`{}`", row.word);
  switch (type) {
  case MdlLexer::IDENT: return "a name";
  case MdlLexer::INT:
  case MdlLexer::REAL: return "a number";
  case MdlLexer::STRING: return "a string";
  default: break;
  }
  static const grammar::MdlParser parser(nullptr);                  // it has the lexer's vocabulary
  std::string quoted = parser.getVocabulary().getLiteralName(type); // `')'`
  return quoted.size() < 3 ? "the end" : fmt::format("`{}`", quoted.substr(1, quoted.size() - 2));
}

} // namespace mdl::parse
