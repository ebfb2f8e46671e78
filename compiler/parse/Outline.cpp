#include "Outline.h"
#include "Keywords.h"
#include "NewlineFilter.h"
#include "Scan.h"

namespace mdl::parse {

namespace {

/// Something between two blanks, as far as the outline must know.
struct Piece {
  size_t begin = 0, end = 0;
  bool startsLine = false;
};

/// Cuts text into tokens. Keeps track of `///` lines.
class PieceScanner {
public:
  explicit PieceScanner(std::string_view text) : text_(text) {}
  /// The next piece; empty at the end.
  Piece next();
  std::string_view text(Piece piece) const { return text_.substr(piece.begin, piece.end - piece.begin); }
  /// Where the `///` lines directly above the last piece begin; the piece itself if there are none.
  size_t docBegin(Piece piece) const { return docBegin_ == kNone ? piece.begin : docBegin_; }
  size_t column(Piece piece) const { return piece.begin - lineStart_; }
  size_t indentation() const { return indentation_; }

private:
  static constexpr size_t kNone = std::string_view::npos;
  void skipBlanks();
  void skipComment();

  std::string_view text_;
  size_t at_ = 0, lineStart_ = 0, indentation_ = 0;
  size_t docBegin_ = kNone;
  bool startsLine_ = true, lineHasDoc_ = false;
};

void PieceScanner::skipComment() {
  std::string_view rest = text_.substr(at_);
  bool isDoc = startsLine_ && rest.starts_with("///") && !rest.starts_with("////");
  if (isDoc && docBegin_ == kNone) docBegin_ = at_;
  lineHasDoc_ |= isDoc;
  at_ = std::min(text_.find('\n', at_), text_.size());
}

void PieceScanner::skipBlanks() {
  for (; at_ < text_.size();) {
    char c = text_[at_];
    if (c == '\n') {
      if (!lineHasDoc_) docBegin_ = kNone;
      lineHasDoc_ = false, startsLine_ = true;
      lineStart_ = ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r') ++at_;
    else if (text_.substr(at_).starts_with("//")) skipComment();
    else if (text_.substr(at_).starts_with("\xEF\xBB\xBF")) at_ += 3; // a byte order mark
    else return;
  }
}

Piece PieceScanner::next() {
  if (!startsLine_) docBegin_ = kNone;
  skipBlanks();
  if (at_ == text_.size()) return {at_, at_, startsLine_};
  Piece piece{at_, scanToken(text_, at_).end, startsLine_};
  if (startsLine_) indentation_ = at_ - lineStart_;
  startsLine_ = false;
  at_ = piece.end;
  return piece;
}

/// The scan over one file.
class Outliner {
public:
  /// With `isExpression` the text holds no declarations and only the limits count.
  Outliner(const SourceFile &file, DiagnosticEngine &diagnostics, bool isExpression = false)
      : file_(file), diagnostics_(diagnostics), pieces_(file.text), isExpression_(isExpression) {}
  std::vector<Outlined> run();

private:
  struct Open {
    char bracket;
    SrcRange range;
    size_t indentation;
    unsigned tokens = 0; ///< Since the last separator inside this bracket.
  };

  void step(Piece piece);
  bool startsDeclaration(Piece piece, bool newStatement) const;
  bool isHead(Piece piece) const;
  void begin(Piece piece);
  void finish();
  void skip(Piece piece);
  void readName(Outlined &declaration, size_t at);
  void separate();
  void count(Piece piece);
  void refuse(DiagId reason, Piece piece, unsigned limit);
  void open(Piece piece);
  void close(Piece piece);
  void reportUnclosed();
  Outlined *current() { return inside_ ? &found_.back() : nullptr; }
  SrcLoc loc(size_t at) const { return {file_.base + static_cast<uint32_t>(at)}; }
  SrcRange range(Piece piece) const { return {loc(piece.begin), loc(piece.end)}; }

  const SourceFile &file_;
  DiagnosticEngine &diagnostics_;
  PieceScanner pieces_;
  TypeBrackets types_;
  bool isExpression_;
  std::vector<Outlined> found_;
  std::vector<Open> open_{};
  bool inside_ = false;   ///< A declaration is being read.
  bool skipping_ = false; ///< Text that is no declaration has been reported; it lasts to the end of the statement.
  Piece last_;
  unsigned outerTokens_ = 0; ///< As Open::tokens, outside of all brackets.
  unsigned tokens_ = 0;      ///< The sum over all open brackets.
  unsigned declarationTokens_ = 0;
  bool refused_ = false; ///< This declaration is beyond a limit; that has been reported.
  SrcRange misindented_; ///< The first `{` of this declaration that a `}` of another indentation closed.
};

/// A declaration word with a name or a path: that is no ordinary text.
bool Outliner::isHead(Piece piece) const {
  if (!isDeclarationWord(pieces_.text(piece))) return false;
  size_t next = file_.text.find_first_not_of(" \t", piece.end);
  return next != std::string::npos && (isLetter(file_.text[next]) || file_.text[next] == '"');
}

bool Outliner::startsDeclaration(Piece piece, bool newStatement) const {
  if (isExpression_) return false;
  bool inColumnOne = piece.startsLine && pieces_.column(piece) == 0;
  if (!open_.empty()) return inColumnOne && isHead(piece);
  return (!inside_ && !skipping_) || newStatement || (inColumnOne && isHead(piece));
}

void Outliner::readName(Outlined &declaration, size_t at) {
  bool isImport = declaration.keyword == "import";
  std::string_view text = file_.text;
  size_t from = std::min(text.find_first_not_of(" \t", at), text.size()), to = from;
  if (isImport && from < text.size() && text[from] == '"') {
    to = text.find_first_of("\"\n", ++from);
    declaration.name = intern(text.substr(from, to - from));
    return;
  }
  bool isData = !isDeclarationWord(declaration.keyword);
  auto belongs = [&](char c) {
    return isNameChar(c) || (c == '.' && (isData || declaration.keyword == "extend")) || (c == '-' && isData);
  };
  while (to < text.size() && belongs(text[to])) ++to;
  declaration.name = intern(text.substr(from, to - from));
  declaration.nameRange = {loc(from), loc(to)};
}

void Outliner::begin(Piece piece) {
  finish();
  if (!isLetter(file_.text[piece.begin])) return skip(piece);
  Outlined declaration;
  declaration.keyword = pieces_.text(piece);
  declaration.range = {loc(pieces_.docBegin(piece)), loc(piece.end)};
  readName(declaration, piece.end);
  found_.push_back(declaration);
  inside_ = true;
}

/// Ends the declaration that is being read.
void Outliner::finish() {
  if (!open_.empty() && !skipping_ && !refused_) reportUnclosed();
  open_.clear();
  inside_ = skipping_ = refused_ = false;
  outerTokens_ = tokens_ = declarationTokens_ = 0;
  misindented_ = {};
}

/// Reports text that begins no declaration.
void Outliner::skip(Piece piece) {
  std::string_view text = pieces_.text(piece);
  skipping_ = true;
  bool closes = text == ")" || text == "]" || text == "}";
  diagnostics_.report(closes ? DiagId::Unopened : DiagId::UnknownDeclaration, range(piece), {std::string(text)});
}

void Outliner::reportUnclosed() {
  const Open &bracket = open_.back();
  auto &error = diagnostics_.report(DiagId::Unclosed, bracket.range, {std::string(1, bracket.bracket)});
  if (bracket.bracket == '{' && misindented_.isValid())
    error.note(misindented_, "the `}` that closes this `{` is indented differently");
  if (inside_) current()->broken = true;
}

/// A `,`, a `;` or the end of a statement at the present depth.
void Outliner::separate() {
  unsigned &here = open_.empty() ? outerTokens_ : open_.back().tokens;
  tokens_ -= here;
  here = 0;
}

void Outliner::count(Piece piece) {
  ++(open_.empty() ? outerTokens_ : open_.back().tokens);
  if (++declarationTokens_ > kMaxDeclarationTokens) refuse(DiagId::DeclarationTooLong, piece, kMaxDeclarationTokens);
  if (++tokens_ > kMaxExpressionTokens) refuse(DiagId::ExpressionTooLong, piece, kMaxExpressionTokens);
}

/// Reports the first limit that a declaration exceeds; it will not be parsed.
void Outliner::refuse(DiagId reason, Piece piece, unsigned limit) {
  if (refused_) return;
  refused_ = true;
  diagnostics_.report(reason, range(piece), {std::to_string(limit)});
  if (inside_) current()->broken = true;
}

void Outliner::open(Piece piece) {
  open_.push_back({file_.text[piece.begin], range(piece), pieces_.indentation()});
  if (open_.size() > kMaxNesting) refuse(DiagId::NestedTooDeep, piece, kMaxNesting);
}

/// A closing bracket ends what was left open inside its own, but `)` and `]` never reach beyond a `{`.
void Outliner::close(Piece piece) {
  char wanted = file_.text[piece.begin] == ')' ? '(' : file_.text[piece.begin] == ']' ? '[' : '{';
  size_t depth = open_.size();
  while (depth > 0 && open_[depth - 1].bracket != wanted && (wanted == '{' || open_[depth - 1].bracket != '{')) --depth;
  if (depth == 0 || open_[depth - 1].bracket != wanted) {
    if (!open_.empty() || skipping_) return; // the parser has better words for it, or it has been reported
    finish();
    return skip(piece);
  }
  const Open &opened = open_[depth - 1];
  bool misindented = wanted == '{' && piece.startsLine && opened.indentation != pieces_.column(piece);
  if (misindented && !misindented_.isValid()) misindented_ = opened.range;
  while (open_.size() >= depth) separate(), open_.pop_back();
}

void Outliner::step(Piece piece) {
  std::string_view text = pieces_.text(piece);
  bool inParens = !open_.empty() && open_.back().bracket != '{';
  bool lastEnds = endsStatement(pieces_.text(last_)) || types_.closed();
  bool newLine = piece.startsLine && !inParens && lastEnds && !joinsLines(text);
  bool newStatement = newLine || pieces_.text(last_) == ";";
  if (newStatement) separate(), types_.read({}, false);
  types_.read(text, last_.end == piece.begin && last_.end > 0 && isNameChar(file_.text[last_.end - 1]));
  if (text != ";" && startsDeclaration(piece, newStatement)) begin(piece);
  count(piece);
  char c = text.front();
  if (c == '(' || c == '[' || c == '{') open(piece);
  else if (c == ')' || c == ']' || c == '}') close(piece);
  else if (c == ',' || c == ';') separate();
  if (inside_) current()->range.end = loc(piece.end);
}

std::vector<Outlined> Outliner::run() {
  for (Piece piece = pieces_.next(); piece.end > piece.begin; piece = pieces_.next()) {
    step(piece);
    last_ = piece;
  }
  finish();
  return std::move(found_);
}

} // namespace

std::vector<Outlined> outlineFile(const SourceManager &sources, DiagnosticEngine &diagnostics, FileId id) {
  const SourceFile &file = sources.file(id);
  if (!checkText(file, diagnostics)) return {};
  return Outliner(file, diagnostics).run();
}

bool checkExpression(const SourceFile &file, DiagnosticEngine &diagnostics) {
  size_t errors = diagnostics.errorCount();
  if (checkText(file, diagnostics)) Outliner(file, diagnostics, /*isExpression=*/true).run();
  return diagnostics.errorCount() == errors;
}

} // namespace mdl::parse
