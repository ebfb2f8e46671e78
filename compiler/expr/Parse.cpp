//===- Parse.cpp - The printed form read back -----------------------------===//
// Recursive descent over the grammar in CANONICAL.md. The text is not trusted:
// nesting is limited, and the first error stops the reading.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/StringExtras.h"

namespace mdl::expr {

namespace {

constexpr int kMaxNesting = 400;

class Parser {
public:
  Parser(ExprPool &pool, std::string_view text) : pool_(pool), text_(text) {}
  std::optional<ExprId> all();
  std::string error() const { return "at " + std::to_string(at_) + ": " + error_; }

private:
  ExprId sum();
  ExprId product();
  ExprId power();
  ExprId primary();
  ExprId nested(ExprId (Parser::*inside)(), char close);
  ExprId bracket();
  ExprId number();
  ExprId named();
  ExprId call(std::string_view name);
  ExprId maximum();
  ExprId series();
  ExprId argMin();
  ExprId quotient(ExprId a, ExprId b);
  std::optional<SymbolId> symbol();
  std::string_view name();
  std::optional<Int> integer();

  void skipSpace();
  bool accept(std::string_view token);
  bool expect(std::string_view token);
  ExprId fail(std::string message);
  bool failed() const { return !error_.empty(); }

  ExprPool &pool_;
  std::string_view text_;
  size_t at_ = 0;
  int nesting_ = 0;
  std::string error_;
};

bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isNamePart(char c) { return llvm::isAlnum(c) || c == '_' || c == '\''; }

void Parser::skipSpace() {
  while (at_ < text_.size() && llvm::isSpace(text_[at_])) ++at_;
}

bool Parser::accept(std::string_view token) {
  skipSpace();
  if (!text_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

bool Parser::expect(std::string_view token) {
  if (failed()) return false;
  if (!accept(token)) fail("expected `" + std::string(token) + "`");
  return !failed();
}

ExprId Parser::fail(std::string message) {
  if (!failed()) error_ = std::move(message);
  return {};
}

std::optional<ExprId> Parser::all() {
  ExprId result = sum();
  skipSpace();
  if (!failed() && at_ != text_.size()) fail("expected the end");
  return failed() ? std::nullopt : std::optional(result);
}

ExprId Parser::sum() {
  if (nesting_ > kMaxNesting) return fail("nested too deep");
  llvm::SmallVector<ExprId, 8> terms;
  bool negative = accept("-");
  do {
    ExprId term = product();
    terms.push_back(negative ? pool_.negate(term) : term);
    negative = accept("-");
  } while (!failed() && (negative || accept("+")));
  return pool_.add(terms);
}

ExprId Parser::product() {
  ExprId result = power();
  while (!failed()) {
    if (accept("*")) result = pool_.mul(result, power());
    else if (accept("/")) result = quotient(result, power());
    else break;
  }
  return result;
}

ExprId Parser::quotient(ExprId a, ExprId b) {
  if (failed()) return {};
  return b.index == 0 ? fail("division by 0") : pool_.div(a, b);
}

ExprId Parser::power() {
  ExprId base = primary();
  if (failed() || !accept("^")) return base;
  ExprId exponent = accept("(") ? nested(&Parser::sum, ')') : number();
  std::optional<Int> k = pool_.asInteger(exponent);
  if (base.index == 0 && k && k->sign() < 0) return fail("division by 0");
  return failed() ? ExprId{} : pool_.pow(base, exponent);
}

ExprId Parser::nested(ExprId (Parser::*inside)(), char close) {
  ++nesting_;
  ExprId result = (this->*inside)();
  --nesting_;
  expect(std::string_view(&close, 1));
  return result;
}

ExprId Parser::primary() {
  if (accept("(")) return nested(&Parser::sum, ')');
  if (accept("[")) return nested(&Parser::bracket, ']');
  skipSpace();
  char c = at_ < text_.size() ? text_[at_] : '\0';
  return isNameStart(c) || c == '"' ? named() : number();
}

ExprId Parser::bracket() {
  ExprId argument = sum();
  return expect(">=") && expect("0") ? pool_.nonNeg(argument) : ExprId{};
}

std::optional<Int> Parser::integer() {
  skipSpace();
  size_t start = at_;
  while (at_ < text_.size() && llvm::isDigit(text_[at_])) ++at_;
  return parseInt(text_.substr(start, at_ - start));
}

ExprId Parser::number() {
  std::optional<Int> value = integer();
  if (!value) return fail("expected an expression");
  return value->isOverflow() ? fail("number too large") : pool_.constant(*value);
}

std::string_view Parser::name() {
  skipSpace();
  size_t start = at_;
  auto dotted = [&] { return text_[at_] == '.' && at_ + 1 < text_.size() && isNamePart(text_[at_ + 1]); };
  if (at_ < text_.size() && isNameStart(text_[at_])) ++at_;
  if (at_ != start)
    while (at_ < text_.size() && (isNamePart(text_[at_]) || dotted())) ++at_;
  return text_.substr(start, at_ - start);
}

ExprId Parser::named() {
  size_t start = at_;
  std::string_view word = name();
  if (!word.empty() && accept("(")) return call(word);
  at_ = start;
  std::optional<SymbolId> id = symbol();
  return id ? pool_.symbol(*id) : ExprId{};
}

std::optional<SymbolId> Parser::symbol() {
  std::string_view word = name();
  if (word.empty() && accept("\"")) {
    size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) return fail("expected `\"`"), std::nullopt;
    word = text_.substr(at_, end - at_), at_ = end + 1;
  }
  if (accept("#")) {
    std::optional<Int> index = integer();
    bool known = index && !index->isOverflow() && *index < Int(pool_.symbolCount());
    if (!known) return fail("unknown symbol"), std::nullopt;
    return SymbolId{static_cast<uint32_t>(index->toInt64())};
  }
  std::optional<SymbolId> id = pool_.findSymbol(word);
  if (!id) fail("unknown symbol `" + std::string(word) + "`");
  return id;
}

ExprId Parser::call(std::string_view name) {
  if (name == "floor") return pool_.floor(nested(&Parser::sum, ')'));
  if (name == "max") return nested(&Parser::maximum, ')');
  if (name == "sum") return nested(&Parser::series, ')');
  if (name == "argmin") return nested(&Parser::argMin, ')');
  if (name == "overflow") return expect(")"), pool_.overflow();
  return fail("unknown function `" + std::string(name) + "`");
}

ExprId Parser::maximum() {
  llvm::SmallVector<ExprId, 8> operands;
  do operands.push_back(sum());
  while (!failed() && accept(","));
  return failed() ? ExprId{} : pool_.max(operands);
}

ExprId Parser::series() {
  std::optional<SymbolId> index = symbol();
  if (!index || !expect("in")) return {};
  ExprId lo = sum();
  expect("..");
  ExprId hi = sum();
  expect(":");
  ExprId body = sum();
  return failed() ? ExprId{} : pool_.sum(*index, lo, hi, body);
}

ExprId Parser::argMin() {
  llvm::SmallVector<ExprId, 8> operands;
  size_t rows = 0;
  do {
    expect("[");
    do operands.push_back(sum());
    while (!failed() && accept(","));
    ++rows;
  } while (expect("]") && accept(","));
  if (!failed() && operands.size() % rows != 0) fail("rows of different lengths");
  return failed() ? ExprId{} : pool_.argMin(operands, static_cast<unsigned>(operands.size() / rows));
}

} // namespace

std::optional<ExprId> parse(ExprPool &pool, std::string_view text, std::string *error) {
  Parser parser(pool, text);
  std::optional<ExprId> result = parser.all();
  if (!result && error) *error = parser.error();
  return result;
}

} // namespace mdl::expr
