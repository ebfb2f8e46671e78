#include "SyntaxErrors.h"
#include "Keywords.h"
#include "MdlParser.h"
#include "NewlineFilter.h"
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mdl::parse {

using grammar::MdlParser;

namespace {

/// Chooses the words for one mistake.
class Describer {
public:
  Describer(antlr4::Parser &parser, const TokenList &tokens, size_t at)
      : tokens_(tokens), found_(tokens[at]), expected_(parser.getExpectedTokens()), rule_(holder(parser.getContext())),
        unfinished_(at < tokens.tokensRead() && at > 0 && !endsStatement(tokens[at - 1].text)) {}
  SyntaxError run();

private:
  bool expects(TokenType type) const { return expected_.contains(type); }
  static size_t holder(antlr4::RuleContext *context);
  bool endsBracket() const;
  std::string wanted() const;
  std::string wantedList() const;
  std::string wantedInBlock() const;
  std::string after() const;
  std::string foundText() const;
  std::string hint() const;
  std::string declarationHint() const;
  void findOpenBracket(SyntaxError &error) const;
  std::string bracketName() const;
  const Token *last() const { return found_.index == 0 ? nullptr : &tokens_[found_.index - 1]; }

  const TokenList &tokens_;
  const Token &found_;
  antlr4::misc::IntervalSet expected_;
  size_t rule_;
  bool unfinished_; ///< The line before has ended in the middle of an expression.
};

/// The rule that the mistake is in; for the items of a list or call, the one that holds the brackets.
size_t Describer::holder(antlr4::RuleContext *context) {
  size_t rule = context->getRuleIndex();
  bool isItems = rule == MdlParser::RuleArgs || rule == MdlParser::RuleArg || rule == MdlParser::RuleListItems;
  return isItems && context->parent ? holder(static_cast<antlr4::RuleContext *>(context->parent)) : rule;
}

bool isBlock(size_t rule) {
  return rule == MdlParser::RuleBody || rule == MdlParser::RuleRecordBody || rule == MdlParser::RuleMoves ||
         rule == MdlParser::RuleDataBody;
}

TokenType closes(TokenType open) {
  switch (open) {
  case MdlParser::LPAREN: return MdlParser::RPAREN;
  case MdlParser::LBRACK: return MdlParser::RBRACK;
  case MdlParser::LBRACE: return MdlParser::RBRACE;
  default: return 0;
  }
}
bool isClosing(TokenType type) {
  return type == MdlParser::RPAREN || type == MdlParser::RBRACK || type == MdlParser::RBRACE;
}

std::string Describer::bracketName() const {
  switch (rule_) {
  case MdlParser::RulePostfix: return expects(MdlParser::RPAREN) ? "this call" : "this index";
  case MdlParser::RuleParams: return "the parameters";
  case MdlParser::RuleShape: return "this shape";
  case MdlParser::RuleGenerics: return "the dimensions";
  case MdlParser::RuleTypeArgs: return "the type's arguments";
  case MdlParser::RuleAnnotation: return "this annotation";
  case MdlParser::RuleBraced: return "this index";
  case MdlParser::RulePrimary: return expects(MdlParser::RPAREN) ? "this parenthesis" : "this list";
  case MdlParser::RuleItem: return "this list";
  default: return "this block";
  }
}

/// Inside a block the parser only misses its `}`; a person misses the end of the statement or the statement.
std::string Describer::wantedInBlock() const {
  bool atStart = last() && (last()->type == MdlParser::SEMI || last()->type == MdlParser::LBRACE);
  if (found_.type == Token::EOF) return "`}` to close this block";
  if (!atStart) return "the end of the statement";
  switch (rule_) {
  case MdlParser::RuleMoves: return "`read`, `write` or `send`";
  case MdlParser::RuleRecordBody: return "a field";
  case MdlParser::RuleDataBody: return "an entry";
  default: return "a statement";
  }
}

/// What was found cannot go on inside a bracket: there the bracket was meant to be closed.
bool Describer::endsBracket() const {
  return isClosing(found_.type) || found_.type == MdlParser::SEMI || found_.type == MdlParser::LBRACE ||
         found_.type == MdlParser::ASSIGN || found_.type == Token::EOF || found_.startsLine;
}

/// The tokens that could stand here, if there are at most three.
std::string Describer::wantedList() const {
  std::vector<std::string> words;
  for (ssize_t type : expected_.toList()) {
    bool rare = type == MdlParser::FOR || type == MdlParser::ELLIPSIS;
    if (!rare || expected_.size() == 1) words.push_back(spelling(static_cast<TokenType>(type)));
  }
  if (words.empty() || words.size() > 3) return {};
  std::string last = words.back();
  words.pop_back();
  return words.empty() ? last : fmt::format("{} or {}", fmt::join(words, ", "), last);
}

/// What is missing, in words; empty if more than three things could stand here.
std::string Describer::wanted() const {
  if (isBlock(rule_) && expects(MdlParser::RBRACE)) return wantedInBlock();
  if (expected_.size() == 1 && expects(Token::EOF)) return "the end of the declaration";
  if (expects(MdlParser::TILDE)) return "a type";
  if (expects(MdlParser::LPAREN) && expects(MdlParser::STRING)) return "an expression";
  for (TokenType close : {MdlParser::RPAREN, MdlParser::RBRACK, MdlParser::RBRACE, MdlParser::GT})
    if (expects(close) && (expected_.size() == 1 || endsBracket()))
      return spelling(close) + " to close " + bracketName();
  if (rule_ == MdlParser::RuleEntry) return "`=` or a name";
  if (rule_ == MdlParser::RuleDataName || rule_ == MdlParser::RuleDataPart || rule_ == MdlParser::RuleLabel ||
      rule_ == MdlParser::RuleSegment)
    return "a name";
  return wantedList();
}

/// ` after X`: what stands before the mistake, if it is on the same line.
std::string Describer::after() const {
  const Token *before = last();
  if (!before || before->text.empty() || before->type == MdlParser::LBRACE || before->text.size() > 40) return {};
  return fmt::format(" after `{}`", before->text);
}

std::string Describer::foundText() const {
  if (found_.type == Token::EOF) return "the end of the declaration";
  if (found_.text.empty()) return "the end of the line";
  if (found_.text.size() > 40) return fmt::format("`{}...`", found_.text.substr(0, 37));
  return fmt::format("`{}`", found_.text);
}

/// A word on mistakes that are often made.
std::string Describer::hint() const {
  if (expects(MdlParser::IDENT) && isReserved(found_.text))
    return fmt::format("`{}` is reserved and cannot be a name", found_.text);
  if (found_.type == MdlParser::ASSIGN && rule_ == MdlParser::RuleBody) return "`==` compares two values";
  if (found_.type == MdlParser::GE && rule_ == MdlParser::RuleTypeArgs) return "write a blank between `>` and `=`";
  bool inHead = rule_ == MdlParser::RuleDataName || rule_ == MdlParser::RuleDataHead ||
                rule_ == MdlParser::RuleDataPart || rule_ == MdlParser::RuleDataBody;
  if (inHead && found_.index <= 3 && tokens_[0].type == MdlParser::IDENT) return declarationHint();
  return {};
}

/// For a declaration that begins with no declaration word.
std::string Describer::declarationHint() const {
  std::string_view word = nearestDeclarationWord(tokens_[0].text);
  if (!word.empty()) return fmt::format("did you mean `{}`?", word);
  return fmt::format("`{}` is no declaration word, so this is read as a data block: `KIND NAME {{ ... }}`",
                     tokens_[0].text);
}

/// The innermost bracket that is open before the mistake.
void Describer::findOpenBracket(SyntaxError &error) const {
  size_t depth = 0;
  for (size_t i = found_.index; i-- > 0;) {
    const Token &token = tokens_[i];
    if (isClosing(token.type)) ++depth;
    else if (closes(token.type) && depth > 0) --depth;
    else if (closes(token.type)) {
      if (!expects(closes(token.type))) return;
      error.openRange = token.range();
      error.openText = fmt::format("`{}` is opened here", token.text);
      return;
    }
  }
}

SyntaxError Describer::run() {
  if (unfinished_) {
    SrcLoc end = last()->end();
    return {{end, end}, fmt::format("expected an expression{}, found the end of the line", after()), {}, {}, {}};
  }
  SyntaxError error{found_.range(), {}, {}, {}, hint()};
  if (found_.text.empty()) error.range.end = error.range.begin;
  std::string missing = wanted();
  bool closing = missing.find(" to close ") != std::string::npos;
  bool ending = closing || missing.starts_with("the end of");
  if (missing.empty()) error.message = fmt::format("unexpected {}{}", foundText(), after());
  else error.message = fmt::format("expected {}{}, found {}", missing, ending ? "" : after(), foundText());
  if (closing) findOpenBracket(error);
  return error;
}

} // namespace

SyntaxError describe(antlr4::Parser &parser, const TokenList &tokens, size_t at) {
  return Describer(parser, tokens, at).run();
}

/// The token that the mistake is reported at. Where a line begins with what can only be a new statement (`x =`,
/// `require x`), the one before it was not finished: then it is the first token of the line.
static size_t mistakeAt(const TokenList &tokens) {
  size_t at = tokens.tokensRead();
  if (at == 0) return at;
  const Token &before = tokens[at - 1];
  bool isHead =
      before.type == MdlParser::IDENT && (tokens[at].type == MdlParser::ASSIGN || isStatementWord(before.text));
  bool goesOn = at > 1 && tokens[at - 2].type != MdlParser::SEMI && tokens[at - 2].type != MdlParser::LBRACE;
  return before.startsLine && isHead && goesOn ? at - 1 : at;
}

void StopAtFirstError::stop(antlr4::Parser &parser) {
  size_t at = mistakeAt(tokens_);
  error_ = describe(parser, tokens_, at);
  throw ParseStopped{at};
}

} // namespace mdl::parse
