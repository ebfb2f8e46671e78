#include "NewlineFilter.h"
#include "Keywords.h"
#include "MdlLexer.h"

namespace mdl::parse {

using grammar::MdlLexer;

static bool isWord(std::string_view token) {
  unsigned char c = token.empty() ? 0 : static_cast<unsigned char>(token.front());
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool endsStatement(std::string_view token) {
  if (token.empty()) return false;
  if (isWord(token)) return !isReserved(token) || token == "true" || token == "false" || token == "none";
  char first = token.front();
  return (first >= '0' && first <= '9') || first == '"' || first == ')' || first == ']' || first == '}';
}

void TypeBrackets::read(std::string_view token, bool touches) {
  closed_ = token == ">" && open_ > 0;
  if (closed_) --open_;
  if (token == "<" && touches) ++open_;
  if (token == ";" || token.empty()) open_ = 0;
}

bool joinsLines(std::string_view token) {
  if (token.empty()) return false;
  if (isWord(token))
    return token == "and" || token == "or" || token == "in" || token == "divides" || token == "as" ||
           token == "times" || token == "else";
  if (token.front() == '-') return token.starts_with("->");
  return std::string_view("=,.?:)]{*/%^+<>!").find(token.front()) != std::string_view::npos;
}

bool NewlineFilter::lastEndsStatement() const {
  if (out_.empty()) return false;
  const Token &last = out_.back();
  if (types_.closed()) return true;
  if (last.type == MdlLexer::STAR && out_.size() > 1) {
    TokenType before = out_[out_.size() - 2].type;
    return before == MdlLexer::DOT || before == MdlLexer::AS;
  }
  bool isKeyword = isWord(last.text) && last.type != MdlLexer::IDENT && !isReserved(last.text);
  return !isKeyword && endsStatement(last.text);
}

bool NewlineFilter::startsStatement() const {
  if (out_.empty()) return false;
  TokenType last = out_.back().type;
  return last == MdlLexer::SEMI || last == MdlLexer::LBRACE || last == MdlLexer::ELSE;
}

/// `next` is the first token of its line, with its final type if it stands after an operand.
bool NewlineFilter::endsLine(const Token &next) const {
  bool inBrackets = !open_.empty() && open_.back() != MdlLexer::LBRACE;
  bool joins = joinsLines(next.text) && !(isWord(next.text) && next.type == MdlLexer::IDENT);
  return next.startsLine && lastEndsStatement() && !inBrackets && !joins && next.type != Token::EOF;
}

void NewlineFilter::setType(Token &token, size_t index) {
  const Keyword *word = token.type == MdlLexer::IDENT ? findKeyword(token.text) : nullptr;
  if (!word) return;
  TokenType next = index + 1 < raw_.size() ? raw_[index + 1].type : static_cast<TokenType>(Token::EOF);
  bool afterBrace = !out_.empty() && out_.back().type == MdlLexer::LBRACE && out_.back().end() == token.begin();
  token.type = wordType(*word, {index == 0 && fragment_ == Fragment::Declaration, startsStatement(), afterBrace,
                                lastEndsStatement(), inStatements_, inData_, next});
}

void NewlineFilter::trackBracket(const Token &token) {
  switch (token.type) {
  case MdlLexer::LPAREN:
  case MdlLexer::LBRACK:
  case MdlLexer::LBRACE: open_.push_back(token.type); break;
  case MdlLexer::RPAREN:
  case MdlLexer::RBRACK:
    if (!open_.empty() && open_.back() != MdlLexer::LBRACE) open_.pop_back();
    break;
  case MdlLexer::RBRACE: // closes what was left open inside
    while (!open_.empty() && open_.back() != MdlLexer::LBRACE) open_.pop_back();
    if (!open_.empty()) open_.pop_back();
    break;
  default: break;
  }
}

static bool holdsStatements(TokenType declaration) {
  switch (declaration) {
  case MdlLexer::OP:
  case MdlLexer::EXTEND:
  case MdlLexer::MODULE:
  case MdlLexer::PIPELINE:
  case MdlLexer::RECORD: return true;
  default: return false;
  }
}

void NewlineFilter::step(size_t index) {
  Token token = raw_[index];
  setType(token, index);
  if (endsLine(token)) {
    Token end;
    end.type = MdlLexer::SEMI;
    end.offset = out_.back().end().offset;
    out_.push_back(end);
    types_.read({}, false);
    token.type = raw_[index].type;
    setType(token, index);
  }
  if (index == 0 && fragment_ == Fragment::Declaration) {
    inStatements_ = holdsStatements(token.type);
    inData_ = token.type == MdlLexer::IDENT || token.type == MdlLexer::ENUM;
  }
  bool touches = !out_.empty() && out_.back().type == MdlLexer::IDENT && out_.back().end() == token.begin();
  types_.read(token.text, touches);
  trackBracket(token);
  out_.push_back(token);
}

std::vector<Token> NewlineFilter::run(const std::vector<Token> &raw, Fragment fragment) {
  NewlineFilter filter(raw, fragment);
  filter.out_.reserve(raw.size() + raw.size() / 8);
  for (size_t i = 0; i < raw.size(); ++i) filter.step(i);
  return std::move(filter.out_);
}

} // namespace mdl::parse
