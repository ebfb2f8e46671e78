#include "Recovery.h"
#include "Keywords.h"
#include "MdlParser.h"

namespace mdl::parse {

using P = grammar::MdlParser;

namespace {

constexpr size_t kNone = ~size_t{0};

bool opens(TokenType type) { return type == P::LPAREN || type == P::LBRACK || type == P::LBRACE; }
bool closes(TokenType type) { return type == P::RPAREN || type == P::RBRACK || type == P::RBRACE; }
TokenType opener(TokenType close) {
  return close == P::RPAREN ? P::LPAREN : close == P::RBRACK ? P::LBRACK : P::LBRACE;
}

/// For each bracket its partner, or kNone. A `}` reaches over what was left open, a `)` or `]` only to its own.
std::vector<size_t> findPartners(const TokenList &tokens) {
  std::vector<size_t> partner(tokens.count(), kNone), open;
  for (size_t i = 0; i < tokens.count(); ++i) {
    TokenType type = tokens[i].type;
    if (opens(type)) open.push_back(i);
    if (!closes(type)) continue;
    size_t depth = open.size();
    while (depth > 0 && type == P::RBRACE && tokens[open[depth - 1]].type != P::LBRACE) --depth;
    if (depth == 0 || tokens[open[depth - 1]].type != opener(type)) continue;
    partner[i] = open[depth - 1], partner[open[depth - 1]] = i;
    open.resize(depth - 1);
  }
  return partner;
}

/// Finds the statement around a token.
class StatementFinder {
public:
  StatementFinder(const TokenList &tokens, size_t error, Start start)
      : tokens_(tokens), partner_(findPartners(tokens)), error_(error), start_(start) {}
  Cut run() const;

private:
  bool isLabelBrace(size_t brace) const;
  size_t findBegin() const;
  size_t findEnd(size_t begin) const;
  Start blockStart(size_t begin) const;

  const TokenList &tokens_;
  std::vector<size_t> partner_;
  size_t error_;
  Start start_;
};

/// `{` of `as layer{i}` and `weight w{i}`.
bool StatementFinder::isLabelBrace(size_t brace) const {
  for (size_t i = brace; i > 0;) {
    switch (tokens_[i - 1].type) {
    case P::IDENT:
    case P::INT:
    case P::REAL:
    case P::STAR:
    case P::DOT: --i; break;
    case P::AS:
    case P::WEIGHT:
    case P::STATE:
    case P::SCRATCH: return true;
    case P::RBRACE:
      if (partner_[i - 1] == kNone) return false;
      i = partner_[i - 1];
      break;
    default: return false;
    }
  }
  return false;
}

size_t StatementFinder::findBegin() const {
  size_t i = error_;
  while (i > 0) {
    TokenType type = tokens_[i - 1].type;
    if (type == P::SEMI || (type == P::LBRACE && !isLabelBrace(i - 1))) break;
    i = closes(type) && partner_[i - 1] != kNone ? partner_[i - 1] : i - 1;
  }
  return i;
}

/// Up to the `;` or the `}` of the block. Inside a bracket that was left open, a line that is indented no deeper than
/// the statement begins the next one.
size_t StatementFinder::findEnd(size_t begin) const {
  size_t i = error_;
  for (; i < tokens_.count(); ++i) {
    const Token &token = tokens_[i];
    bool nextLine = begin > 0 && i > begin && token.startsLine && token.column <= tokens_[begin].column;
    bool closesBlock = token.type == P::RBRACE && (partner_[i] == kNone || partner_[i] < begin);
    if (token.type == Token::EOF || token.type == P::SEMI || nextLine || closesBlock) break;
    if (opens(token.type) && partner_[i] != kNone) i = partner_[i];
  }
  return i;
}

/// The rule for the blocks of the statement at `begin`.
Start StatementFinder::blockStart(size_t begin) const {
  bool isHeader = start_ == Start::Declaration && begin == 0;
  if (start_ == Start::DataBody || (start_ == Start::Declaration && tokens_[0].type == P::IDENT))
    return Start::DataBody;
  if (isHeader && tokens_[0].type == P::RECORD) return Start::RecordBody;
  return tokens_[begin].type == P::TRAFFIC ? Start::Moves : Start::Body;
}

Cut StatementFinder::run() const {
  if (start_ == Start::Declaration && tokens_[0].type == P::ENUM) return {0, tokens_.count() - 1, {}};
  Cut cut{findBegin(), 0, {}};
  cut.end = findEnd(cut.begin);
  for (size_t i = cut.begin; i < cut.end; ++i) {
    if (tokens_[i].type != P::LBRACE || partner_[i] == kNone || isLabelBrace(i)) continue;
    cut.blocks.push_back({blockStart(cut.begin), i, partner_[i] + 1});
    i = partner_[i];
  }
  return cut;
}

/// Undoes the newline filter.
void addRaw(std::vector<Token> &to, Token token) {
  if (token.type == P::SEMI && token.text.empty()) return;
  if (findKeyword(token.text)) token.type = P::IDENT;
  to.push_back(token);
}

} // namespace

Cut findStatement(const TokenList &tokens, size_t error, Start start) {
  return StatementFinder(tokens, error, start).run();
}

std::vector<Token> tokensWithout(const TokenList &tokens, const Cut &cut) {
  std::vector<Token> result;
  for (size_t i = 0; i < tokens.count(); ++i)
    if (i < cut.begin || i >= cut.end) addRaw(result, tokens[i]);
  return result;
}

std::vector<Token> tokensOf(const TokenList &tokens, const Block &block) {
  std::vector<Token> result;
  for (size_t i = block.begin; i < block.end; ++i) addRaw(result, tokens[i]);
  Token end = tokens[tokens.count() - 1];
  end.offset = tokens[block.end - 1].end().offset;
  result.push_back(end);
  return result;
}

} // namespace mdl::parse
