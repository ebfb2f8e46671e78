#include "AstBuilder.h"

namespace mdl::parse {

using ast::Stmt;
using ast::StmtKind;

ast::List<const Stmt *> AstBuilder::body(P::BodyContext *tree) {
  Children c = children(tree);
  Buffer<const Stmt *> result;
  for (c.take(); !c.accept(P::RBRACE);)
    if (!c.accept(P::SEMI)) result.push_back(stmt(c.rule<P::StmtContext>()));
  return arena_.list<const Stmt *>(result);
}

const Stmt *AstBuilder::stmt(P::StmtContext *tree) {
  Children c = children(tree);
  Stmt result{.kind = StmtKind::Bind};
  switch (c.peek()) {
  case P::REQUIRE:
  case P::WARN:
  case P::CLAIM: return check(c.rule<P::CheckContext>());
  case P::LET: let(c, result); break;
  case P::WEIGHT:
  case P::STATE:
  case P::SCRATCH: storage(c, result); break;
  case P::NOT_MODELLED: c.take(), result.kind = StmtKind::NotModelled, result.text = string(c.take()); break;
  case P::IDLE: c.take(), result.kind = StmtKind::Idle, result.value = value(c.rule<P::ValueContext>()); break;
  case P::REPEAT:
  case P::LOOP: repeat(c, result); break;
  case P::WHEN: when(c, result); break;
  case P::RETURN: returns(c, result); break;
  case P::STAGE: stage(c, result); break;
  case P::COST: cost(c, result); break;
  case P::TRAFFIC:
    c.take();
    result.kind = StmtKind::Traffic, result.tags = annotations(c);
    result.moves = moves(c.rule<P::MovesContext>());
    break;
  default: bind(c, result);
  }
  result.doc = doc(c.first());
  result.range = c.range();
  return arena_.make(result);
}

const Stmt *AstBuilder::check(P::CheckContext *tree) {
  Children c = children(tree);
  TokenType word = c.take().type;
  Stmt result{.kind = word == P::REQUIRE ? StmtKind::Require : word == P::WARN ? StmtKind::Warn : StmtKind::Claim};
  result.expr = expr(c.rule<P::ExprContext>());
  if (c.accept(P::COMMA)) result.text = string(c.take());
  result.range = c.range();
  return arena_.make(result);
}

void AstBuilder::let(Children &c, Stmt &to) {
  to.kind = StmtKind::Let;
  c.take();
  if (c.isAt(P::LBRACK)) to.pattern = shape(c.rule<P::ShapeContext>());
  else to.names = arena_.list<ast::Ident>({ident(c.take())});
  if (c.accept(P::COLON)) to.type = type(c.rule<P::TypeContext>());
  c.take();
  to.value.expr = expr(c.rule<P::ExprContext>());
}

void AstBuilder::bind(Children &c, Stmt &to) {
  Buffer<ast::Ident> names{ident(c.take())};
  while (c.accept(P::COMMA)) names.push_back(ident(c.take()));
  c.take();
  to.names = arena_.list<ast::Ident>(names);
  to.value = value(c.rule<P::ValueContext>());
}

void AstBuilder::storage(Children &c, Stmt &to) {
  TokenType word = c.take().type;
  to.kind = word == P::WEIGHT ? StmtKind::Weight : word == P::STATE ? StmtKind::State : StmtKind::Scratch;
  to.label = label(c.rule<P::LabelContext>());
  c.take();
  to.type = type(c.rule<P::TypeContext>());
  to.guard = guard(c);
}

/// `repeat` and `loop`, which also gathers.
void AstBuilder::repeat(Children &c, Stmt &to) {
  to.kind = c.take().type == P::REPEAT ? StmtKind::Repeat : StmtKind::Loop;
  to.names = arena_.list<ast::Ident>({ident(c.take())});
  c.take();
  to.expr = expr(c.rule<P::ExprContext>());
  if (c.isAt(P::CARRY)) {
    Children carry = children(c.rule<P::CarryContext>());
    Buffer<ast::Ident> names;
    do carry.take(), names.push_back(ident(carry.take()));
    while (carry.isAt(P::COMMA));
    to.carry = arena_.list<ast::Ident>(names);
  }
  if (c.isAt(P::GATHER)) {
    Children gather = children(c.rule<P::GatherContext>());
    gather.take(), to.gather = ident(gather.take());
    gather.take(), to.along = expr(gather.rule<P::ExprContext>());
  }
  to.body = body(c.rule<P::BodyContext>());
}

void AstBuilder::when(Children &c, Stmt &to) {
  to.kind = StmtKind::When;
  c.take();
  to.expr = expr(c.rule<P::ExprContext>());
  to.body = body(c.rule<P::BodyContext>());
  to.hasElse = c.accept(P::ELSE);
  if (!to.hasElse) return;
  to.orElse =
      c.isAt(P::LBRACE) ? body(c.rule<P::BodyContext>()) : arena_.list<const Stmt *>({stmt(c.rule<P::StmtContext>())});
}

void AstBuilder::returns(Children &c, Stmt &to) {
  to.kind = StmtKind::Return;
  Buffer<ast::Value> values;
  do c.take(), values.push_back(value(c.rule<P::ValueContext>()));
  while (c.isAt(P::COMMA));
  to.values = arena_.list<ast::Value>(values);
}

void AstBuilder::stage(Children &c, Stmt &to) {
  to.kind = StmtKind::Stage;
  c.take();
  to.names = arena_.list<ast::Ident>({ident(c.take())});
  if (c.accept(P::ON)) to.resident = ident(c.take());
  if (c.isAt(P::STRING)) to.text = string(c.take());
  c.take();
  to.value = value(c.rule<P::ValueContext>());
  if (c.isAt(P::TIMES) || c.isAt(P::FOR)) turns(c.rule<P::TurnsContext>(), to);
  to.guard = guard(c);
}

void AstBuilder::turns(P::TurnsContext *tree, Stmt &to) {
  Children c = children(tree);
  if (c.accept(P::TIMES)) {
    to.times = expr(c.rule<P::ExprContext>());
    return;
  }
  c.take(), to.turn = ident(c.take());
  c.take(), to.turns = expr(c.rule<P::ExprContext>());
}

void AstBuilder::cost(Children &c, Stmt &to) {
  to.kind = StmtKind::Cost;
  c.take();
  to.names = arena_.list<ast::Ident>({qname(c.rule<P::QnameContext>())});
  to.tags = annotations(c);
  c.take();
  to.expr = expr(c.rule<P::ExprContext>());
  to.guard = guard(c);
}

ast::List<ast::Move> AstBuilder::moves(P::MovesContext *tree) {
  Children c = children(tree);
  Buffer<ast::Move> result;
  for (c.take(); !c.accept(P::RBRACE);)
    if (!c.accept(P::SEMI)) result.push_back(move(c.rule<P::MoveContext>()));
  return arena_.list<ast::Move>(result);
}

ast::Move AstBuilder::move(P::MoveContext *tree) {
  Children c = children(tree);
  auto word = c.take().type;
  auto movement = word == P::WRITE ? ast::Movement::Write : word == P::SEND ? ast::Movement::Send : ast::Movement::Read;
  ast::Move result{movement, {}, expr(c.rule<P::ExprContext>()), nullptr, nullptr, {}};
  if (c.accept(P::COLON)) {
    result.role = nameOnly(result.what, "a role");
    result.what = expr(c.rule<P::ExprContext>());
  }
  if (c.accept(P::TIMES)) result.times = expr(c.rule<P::ExprContext>());
  result.guard = guard(c);
  result.range = c.range();
  return result;
}

const ast::Expr *AstBuilder::guard(Children &c) {
  if (!c.isAt(P::WHEN)) return nullptr;
  Children g = children(c.rule<P::GuardContext>());
  g.take();
  return expr(g.rule<P::ExprContext>());
}

ast::List<ast::Annotation> AstBuilder::annotations(Children &c) {
  Buffer<ast::Annotation> result;
  while (c.isAt(P::AT)) {
    Children a = children(c.rule<P::AnnotationContext>());
    a.take();
    ast::Annotation note{ident(a.take()), {}, {}};
    if (a.accept(P::LPAREN)) {
      if (!a.isAt(P::RPAREN)) note.args = annotationArgs(a.rule<P::ArgsContext>());
      a.take();
    }
    note.range = a.range();
    result.push_back(note);
  }
  return arena_.list<ast::Annotation>(result);
}

ast::List<ast::Arg> AstBuilder::annotationArgs(P::ArgsContext *tree) {
  Children c = children(tree);
  c.rule<P::ArgContext>();
  if (c.isAt(P::FOR)) syntaxError(c.next().range(), "an annotation has no `for`");
  return args(tree);
}

} // namespace mdl::parse
