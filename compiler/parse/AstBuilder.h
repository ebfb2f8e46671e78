//===- AstBuilder.h - ANTLR's trees to ours ---------------------*- C++ -*-===//
// One typed method for each rule of MdlParser.g4. The tree is known to follow
// the grammar, and the grammar is decided by the next token, so a method reads
// its children from left to right exactly as the rule is written.
//
// The few mistakes that the grammar leaves open are reported here (a number too
// wide, `3: x` as an argument, chained comparisons); the node is built all the
// same.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ast/Ast.h"
#include "../support/Diagnostic.h"
#include "MdlParser.h"
#include "Operators.h"
#include "Token.h"
#include "llvm/ADT/SmallVector.h"

namespace mdl::parse {

/// Reads the tokens and rules of a tree node in order.
class Children {
public:
  Children(antlr4::ParserRuleContext *node, const TokenList &tokens)
      : node_(node), tokens_(&tokens), first_(node->start->getTokenIndex()), at_(first_),
        end_(node->stop->getTokenIndex() + 1) {}

  /// The type of the next token of this node; 0 at its end.
  TokenType peek() const { return at_ < end_ ? (*tokens_)[at_].type : 0; }
  const Token &next() const { return (*tokens_)[at_]; }
  bool isAt(TokenType type) const { return peek() == type; }
  /// Reads a token that belongs to no rule below.
  const Token &take() { return (*tokens_)[at_++]; }
  /// Reads the next token if it is of this type.
  bool accept(TokenType type) { return isAt(type) && (take(), true); }
  /// Reads the next rule below.
  template <class Context> Context *rule() {
    auto *child = static_cast<Context *>(node_->children[child_++]);
    assert(dynamic_cast<Context *>(node_->children[child_ - 1]) && "the builder does not follow the grammar");
    at_ = child->stop->getTokenIndex() + 1;
    return child;
  }
  /// From the node's first token to the last one read.
  SrcRange range() const { return {(*tokens_)[first_].begin(), (*tokens_)[at_ - 1].end()}; }
  const Token &first() const { return (*tokens_)[first_]; }
  const Token &lastRead() const { return (*tokens_)[at_ - 1]; }

private:
  antlr4::ParserRuleContext *node_;
  const TokenList *tokens_;
  size_t child_ = 0;
  size_t first_;
  size_t at_;
  size_t end_; ///< Behind the last token
};

/// Builds the nodes of one declaration.
class AstBuilder {
public:
  AstBuilder(const TokenList &tokens, ast::Arena &arena, DiagnosticEngine &diagnostics)
      : tokens_(tokens), arena_(arena), diagnostics_(diagnostics) {}
  const ast::Item *declaration(grammar::MdlParser::DeclarationContext *tree);
  const ast::Expr *expression(grammar::MdlParser::ExpressionContext *tree);

private:
  using P = grammar::MdlParser;
  template <class T> using Buffer = llvm::SmallVector<T, 8>;

  // --- names, literals, documentation (AstBuilder.cpp) ---
  Children children(antlr4::ParserRuleContext *node) const { return {node, tokens_}; }
  ast::Ident ident(const Token &token) const { return {intern(token.text), token.range()}; }
  ast::Ident qname(P::QnameContext *tree);
  ast::Ident joined(antlr4::ParserRuleContext *tree) const;
  std::string_view doc(const Token &token);
  std::string_view string(const Token &token);
  Rational number(const Token &token);
  void syntaxError(SrcRange range, std::string message);

  // --- expressions (BuildExpr.cpp) ---
  struct Row;
  const ast::Expr *expr(P::ExprContext *tree);
  const ast::Expr *grouped(Row &row, int minPrecedence);
  const ast::Expr *prefixed(Row &row);
  const ast::Expr *infix(const Token &op, const ast::Expr *left, const ast::Expr *right);
  const ast::Expr *primary(P::PrimaryContext *tree);
  const ast::Expr *postfix(P::PostfixContext *tree, const ast::Expr *operand);
  ast::Expr call(Children &c, const ast::Expr *operand);
  ast::Expr numberLiteral(Children &c);
  ast::Expr listItems(P::ListItemsContext *tree);
  ast::List<ast::Arg> args(P::ArgsContext *tree);
  ast::Arg arg(P::ArgContext *tree);
  ast::Ident nameOnly(const ast::Expr *expr, std::string_view what);
  struct Over {
    ast::Ident variable;
    const ast::Expr *in;
    const ast::Expr *condition;
  };
  Over over(P::OverContext *tree);
  ast::Value value(P::ValueContext *tree);
  ast::Element element(P::ElementContext *tree);
  ast::List<ast::Element> shape(P::ShapeContext *tree);
  const ast::Label *label(P::LabelContext *tree);
  void segment(P::SegmentContext *tree, Buffer<ast::LabelSegment> &segments);

  // --- types and signatures (BuildType.cpp) ---
  const ast::Type *type(P::TypeContext *tree);
  void typeArgs(P::TypeArgsContext *tree, ast::Type &type);
  const ast::Type *typeArg(P::TypeArgContext *tree, const ast::Expr *&unit);
  const ast::Expr *unit(const ast::Expr *first, P::UnitTailContext *tree);
  const ast::Expr *unitPower(const ast::Expr *base, P::UnitPowerContext *tree);
  const ast::Expr *node(ast::Expr expr) { return arena_.make(std::move(expr)); }
  ast::List<ast::Generic> generics(P::GenericsContext *tree);
  ast::List<ast::Param> params(P::ParamsContext *tree);
  ast::Param param(P::ParamContext *tree);
  ast::List<ast::Result> results(P::ResultsContext *tree);
  ast::Result result(P::ResultContext *tree);

  // --- statements (BuildStmt.cpp) ---
  ast::List<const ast::Stmt *> body(P::BodyContext *tree);
  const ast::Stmt *stmt(P::StmtContext *tree);
  const ast::Stmt *check(P::CheckContext *tree);
  void let(Children &c, ast::Stmt &to);
  void bind(Children &c, ast::Stmt &to);
  void storage(Children &c, ast::Stmt &to);
  void repeat(Children &c, ast::Stmt &to);
  void when(Children &c, ast::Stmt &to);
  void returns(Children &c, ast::Stmt &to);
  void stage(Children &c, ast::Stmt &to);
  void turns(P::TurnsContext *tree, ast::Stmt &to);
  void cost(Children &c, ast::Stmt &to);
  ast::List<ast::Move> moves(P::MovesContext *tree);
  ast::Move move(P::MoveContext *tree);
  const ast::Expr *guard(Children &c);
  ast::List<ast::Annotation> annotations(Children &c);
  ast::List<ast::Arg> annotationArgs(P::ArgsContext *tree);

  // --- declarations (BuildItem.cpp) ---
  void operatorLike(Children &c, ast::Item &to);
  void record(P::RecordBodyContext *tree, ast::Item &to);
  ast::Field field(P::FieldContext *tree);
  void enumeration(Children &c, ast::Item &to);
  void data(Children &c, ast::Item &to);
  ast::Ident dataName(P::DataNameContext *tree);
  void dataHead(P::DataHeadContext *tree, ast::Item &to);
  void entry(P::EntryContext *tree, Buffer<ast::Entry> &entries, Buffer<const ast::Item *> &nested);
  void entryValue(P::EntryValueContext *tree, ast::Entry &to);

  const TokenList &tokens_;
  ast::Arena &arena_;
  DiagnosticEngine &diagnostics_;
};

} // namespace mdl::parse
