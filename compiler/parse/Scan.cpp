#include "Scan.h"
#include "MdlLexer.h"

namespace mdl::parse {

using L = grammar::MdlLexer;

namespace {

/// The character at a place; 0 behind the end, which no rule asks for.
char charAt(std::string_view text, size_t at) { return at < text.size() ? text[at] : '\0'; }

size_t skipDigits(std::string_view text, size_t at) {
  while (isDigit(charAt(text, at)) || charAt(text, at) == '_') ++at;
  return at;
}

/// Behind `e-5`, or `at` when no exponent stands there.
size_t skipExponent(std::string_view text, size_t at) {
  if (charAt(text, at) != 'e' && charAt(text, at) != 'E') return at;
  size_t digits = at + 1;
  if (charAt(text, digits) == '+' || charAt(text, digits) == '-') ++digits;
  size_t end = digits;
  while (isDigit(charAt(text, end))) ++end;
  return end > digits ? end : at;
}

Scanned scanNumber(std::string_view text, size_t at) {
  size_t whole = skipDigits(text, at), end = whole;
  if (charAt(text, end) == '.' && isDigit(charAt(text, end + 1))) end = skipDigits(text, end + 1);
  end = skipExponent(text, end);
  return {end > whole ? L::REAL : L::INT, end};
}

/// To the closing quote, or to the end of the line.
Scanned scanString(std::string_view text, size_t at) {
  auto endsLine = [&](size_t i) { return i >= text.size() || text[i] == '\r' || text[i] == '\n'; };
  for (++at; !endsLine(at); ++at) {
    if (text[at] == '"') return {L::STRING, at + 1};
    if (text[at] == '\\' && !endsLine(at + 1)) ++at;
  }
  return {L::OPEN_STRING, at};
}

Scanned scanOther(std::string_view text, size_t at) {
  auto isUtf8 = [&](size_t i) { return (static_cast<unsigned char>(charAt(text, i)) & 0x80) != 0; };
  size_t end = at + 1;
  if (isUtf8(at))
    while (isUtf8(end)) ++end;
  else if ((text[at] == '&' || text[at] == '|') && charAt(text, end) == text[at]) ++end;
  return {L::OTHER, end};
}

} // namespace

Scanned scanToken(std::string_view text, size_t at) {
  char next = charAt(text, at + 1);
  auto one = [&](TokenType type) { return Scanned{type, at + 1}; };
  auto two = [&](char second, TokenType longer, TokenType shorter) {
    return next == second ? Scanned{longer, at + 2} : Scanned{shorter, at + 1};
  };
  switch (text[at]) {
  case ';': return one(L::SEMI);
  case ',': return one(L::COMMA);
  case ':': return one(L::COLON);
  case '?': return one(L::QUESTION);
  case '@': return one(L::AT);
  case '~': return one(L::TILDE);
  case '(': return one(L::LPAREN);
  case ')': return one(L::RPAREN);
  case '[': return one(L::LBRACK);
  case ']': return one(L::RBRACK);
  case '{': return one(L::LBRACE);
  case '}': return one(L::RBRACE);
  case '+': return one(L::PLUS);
  case '*': return one(L::STAR);
  case '/': return one(L::SLASH);
  case '%': return one(L::PERCENT);
  case '^': return one(L::CARET);
  case '-': return two('>', L::ARROW, L::MINUS);
  case '=': return two('=', L::EQ, L::ASSIGN);
  case '<': return two('=', L::LE, L::LT);
  case '>': return two('=', L::GE, L::GT);
  case '!': return two('=', L::NE, L::OTHER);
  case '.':
    if (next != '.') return one(L::DOT);
    if (charAt(text, at + 2) == '.') return {L::ELLIPSIS, at + 3};
    return charAt(text, at + 2) == '=' ? Scanned{L::THROUGH, at + 3} : Scanned{L::TO, at + 2};
  case '"': return scanString(text, at);
  default: break;
  }
  if (isDigit(text[at])) return scanNumber(text, at);
  if (!isLetter(text[at])) return scanOther(text, at);
  while (isNameChar(charAt(text, ++at))) {
  }
  return {L::IDENT, at};
}

} // namespace mdl::parse
