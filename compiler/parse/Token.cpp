#include "Token.h"
#include "MdlLexer.h"
#include "Scan.h"
#include <fmt/format.h>

namespace mdl::parse {

using grammar::MdlLexer;

TokenList::TokenList(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
  for (size_t i = 0; i < tokens_.size(); ++i) tokens_[i].index = static_cast<uint32_t>(i);
}

Token *TokenList::LT(ssize_t k) {
  size_t wanted = k > 0 ? at_ + static_cast<size_t>(k) - 1 : at_ - static_cast<size_t>(-k);
  if (k < 0 && static_cast<size_t>(-k) > at_) return nullptr;
  return &tokens_[std::min(wanted, tokens_.size() - 1)];
}

namespace {

/// Puts together what stands between blanks and comments.
class Scanner {
public:
  Scanner(std::string_view text, SrcLoc begin, DiagnosticEngine &diagnostics)
      : text_(text), begin_(begin.offset), diagnostics_(diagnostics) {}
  Lexed run();

private:
  void skipBlanks();
  size_t comment(size_t at);
  void newline(size_t end);
  void add(TokenType type, size_t start, size_t end);
  void report(Token &token);

  std::string_view text_;
  uint32_t begin_;
  DiagnosticEngine &diagnostics_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t lineStart_ = 0;
  bool startsLine_ = true;
  bool lineHasDoc_ = false;
  std::vector<SrcLoc> errors_;
  size_t docBegin_ = 0, docEnd_ = 0; ///< The `///` lines just above the current line.
};

void Scanner::newline(size_t end) {
  if (!lineHasDoc_)
    docBegin_ = docEnd_ = 0; // an empty line, a comment or code: what stood above is no doc of what follows
  lineHasDoc_ = false;
  startsLine_ = true;
  lineStart_ = end;
}

void Scanner::report(Token &token) {
  errors_.push_back(token.begin());
  if (token.type == MdlLexer::OPEN_STRING) {
    token.type = MdlLexer::STRING;
    diagnostics_.report(DiagId::BadString, token.range(), {"this string is not closed on its line"});
    return;
  }
  auto &error = diagnostics_.report(DiagId::SyntaxError, token.range(),
                                    {fmt::format("`{}` is no part of the language", token.text)});
  if (token.text == "&" || token.text == "&&") error.hint("write `and`");
  if (token.text == "|" || token.text == "||") error.hint("write `or`");
  if (token.text == "!") error.hint("write `not`, or `!=`");
  if (token.text == "'") error.hint("strings are written in `\"`");
}

void Scanner::add(TokenType type, size_t start, size_t end) {
  Token token;
  token.type = type;
  token.text = text_.substr(start, end - start);
  token.offset = begin_ + static_cast<uint32_t>(start);
  token.column = static_cast<uint32_t>(start - lineStart_);
  token.startsLine = startsLine_;
  if (startsLine_) token.docLines = text_.substr(docBegin_, docEnd_ - docBegin_);
  if (type == MdlLexer::OPEN_STRING || type == MdlLexer::OTHER) report(token);
  startsLine_ = false;
  if (type != MdlLexer::OTHER) tokens_.push_back(token);
}

void Scanner::skipBlanks() {
  for (; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    if (c == '\n') newline(at_ + 1);
    else if (text_.substr(at_).starts_with("//")) at_ = comment(at_) - 1;
    else if (c != ' ' && c != '\t' && c != '\r') break;
  }
}

/// Three slashes, not four, at the start of a line describe what follows. Returns where the comment ends.
size_t Scanner::comment(size_t at) {
  size_t end = std::min(text_.find('\n', at), text_.size());
  std::string_view comment = text_.substr(at, end - at);
  if (!startsLine_ || !comment.starts_with("///") || comment.starts_with("////")) return end;
  if (docEnd_ == 0) docBegin_ = at;
  docEnd_ = end, lineHasDoc_ = true;
  return end;
}

Lexed Scanner::run() {
  tokens_.reserve(text_.size() / 4 + 1);
  for (skipBlanks(); at_ < text_.size(); skipBlanks()) {
    Scanned token = scanToken(text_, at_);
    add(token.type, at_, token.end);
    at_ = token.end;
  }
  startsLine_ = true;
  add(Token::EOF, text_.size(), text_.size());
  return {std::move(tokens_), std::move(errors_)};
}

} // namespace

Lexed lex(std::string_view text, SrcLoc begin, DiagnosticEngine &diagnostics) {
  return Scanner(text, begin, diagnostics).run();
}

} // namespace mdl::parse
