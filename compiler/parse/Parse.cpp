#include "Parse.h"
#include "../ast/AstPrinter.h"
#include "AstBuilder.h"
#include "Outline.h"
#include "Recovery.h"
#include "SyntaxErrors.h"

namespace mdl::parse {

namespace {

using P = grammar::MdlParser;

/// After this many tokens have been parsed again, a declaration full of errors is given up.
constexpr size_t kRecoveryBudget = 5'000'000;

/// Parses one declaration, or one expression, with recovery.
class DeclarationParser {
public:
  DeclarationParser(std::string_view text, SrcLoc begin, ast::Arena &arena, DiagnosticEngine &diagnostics)
      : arena_(arena), diagnostics_(diagnostics), lexed_(lex(text, begin, diagnostics)) {}
  const ast::Item *declaration();
  const ast::Expr *expression();

private:
  struct Job {
    Start start;
    std::vector<Token> tokens;
  };

  void run(Job job);
  bool attempt(Job &job);
  void parse(P &parser, const TokenList &tokens, Start start);
  void recover(Job &job, const TokenList &tokens, size_t at, const SyntaxError &error);
  void report(const SyntaxError &error);
  bool hasLexicalError(SrcLoc from, SrcLoc to) const;

  ast::Arena &arena_;
  DiagnosticEngine &diagnostics_;
  Lexed lexed_;
  std::vector<Job> jobs_;
  const ast::Item *item_ = nullptr;
  const ast::Expr *expr_ = nullptr;
  size_t parsedTokens_ = 0;
};

Fragment fragmentOf(Start start) {
  switch (start) {
  case Start::Declaration: return Fragment::Declaration;
  case Start::Expression: return Fragment::Expression;
  case Start::DataBody: return Fragment::Data;
  default: return Fragment::Statements;
  }
}

void DeclarationParser::parse(P &parser, const TokenList &tokens, Start start) {
  AstBuilder builder(tokens, arena_, diagnostics_);
  switch (start) {
  case Start::Declaration: item_ = builder.declaration(parser.declaration()); break;
  case Start::Expression: expr_ = builder.expression(parser.expression()); break;
  case Start::Body: parser.body(); break;
  case Start::Moves: parser.moves(); break;
  case Start::RecordBody: parser.recordBody(); break;
  case Start::DataBody: parser.dataBody(); break;
  }
}

bool DeclarationParser::hasLexicalError(SrcLoc from, SrcLoc to) const {
  for (SrcLoc error : lexed_.errors)
    if (from <= error && error <= to) return true;
  return false;
}

void DeclarationParser::report(const SyntaxError &error) {
  auto &diagnostic = diagnostics_.report(DiagId::SyntaxError, error.range, {error.message});
  if (error.openRange.isValid()) diagnostic.note(error.openRange, error.openText);
  if (!error.hint.empty()) diagnostic.hint(error.hint);
}

/// Reports an error and leaves in `job` what is still to be parsed.
void DeclarationParser::recover(Job &job, const TokenList &tokens, size_t at, const SyntaxError &error) {
  Cut cut = findStatement(tokens, at, job.start);
  if (!hasLexicalError(tokens[cut.begin].begin(), tokens[at].begin())) report(error);
  for (const Block &block : cut.blocks) jobs_.push_back({block.start, tokensOf(tokens, block)});
  bool nothingLeft = cut.begin == 0 || cut.begin >= cut.end;
  job.tokens = nothingLeft ? std::vector<Token>() : tokensWithout(tokens, cut);
}

/// Parses the tokens of a job; false if there was an error and something is left to try.
bool DeclarationParser::attempt(Job &job) {
  TokenList tokens(NewlineFilter::run(job.tokens, fragmentOf(job.start)));
  parsedTokens_ += tokens.count();
  P parser(&tokens);
  auto strategy = std::make_shared<StopAtFirstError>(tokens);
  parser.setErrorHandler(strategy);
  parser.removeErrorListeners();
  try {
    parse(parser, tokens, job.start);
    return true;
  } catch (const ParseStopped &stopped) {
    recover(job, tokens, stopped.token, *strategy->error());
    return job.tokens.empty() || parsedTokens_ > kRecoveryBudget;
  }
}

void DeclarationParser::run(Job first) {
  jobs_.push_back(std::move(first));
  while (!jobs_.empty()) {
    Job job = std::move(jobs_.back());
    jobs_.pop_back();
    while (!attempt(job)) {
    }
  }
}

const ast::Item *DeclarationParser::declaration() {
  run({Start::Declaration, std::move(lexed_.tokens)});
  return item_;
}

const ast::Expr *DeclarationParser::expression() {
  run({Start::Expression, std::move(lexed_.tokens)});
  return expr_;
}

} // namespace

File::File(SourceManager &sources, DiagnosticEngine &diagnostics, FileId id)
    : sources_(sources), diagnostics_(diagnostics), id_(id), outline_(outlineFile(sources, diagnostics, id)),
      parsed_(outline_.size()), done_(outline_.size()) {}

llvm::ArrayRef<const ast::Item *> File::items(size_t index) {
  if (!done_[index]) {
    done_[index] = true;
    const Outlined &declaration = outline_[index];
    const ast::Item *item = nullptr;
    if (!declaration.broken)
      item = DeclarationParser(sources_.text(declaration.range), declaration.range.begin, arena_, diagnostics_)
                 .declaration();
    if (item) parsed_[index].push_back(item);
  }
  return parsed_[index];
}

std::vector<const ast::Item *> File::all() {
  std::vector<const ast::Item *> result;
  for (size_t i = 0; i < outline_.size(); ++i)
    for (const ast::Item *item : items(i)) result.push_back(item);
  return result;
}

const ast::Expr *parseExpr(SourceManager &sources, DiagnosticEngine &diagnostics, FileId id, ast::Arena &arena) {
  const SourceFile &file = sources.file(id);
  size_t errors = diagnostics.errorCount();
  if (!checkExpression(file, diagnostics)) return nullptr;
  const ast::Expr *result = DeclarationParser(file.text, {file.base}, arena, diagnostics).expression();
  return diagnostics.errorCount() == errors ? result : nullptr;
}

std::string print(llvm::ArrayRef<const ast::Item *> items) { return ast::print(items); }

} // namespace mdl::parse
