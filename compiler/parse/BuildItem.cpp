#include "AstBuilder.h"

namespace mdl::parse {

using ast::Item;
using ast::ItemKind;

static ItemKind itemKind(TokenType word) {
  using P = grammar::MdlParser;
  switch (word) {
  case P::IMPORT: return ItemKind::Import;
  case P::OP: return ItemKind::Op;
  case P::EXTEND: return ItemKind::Extend;
  case P::MODULE: return ItemKind::Module;
  case P::PIPELINE: return ItemKind::Pipeline;
  case P::FN: return ItemKind::Fn;
  case P::RECORD: return ItemKind::Record;
  case P::ENUM: return ItemKind::Enum;
  case P::CONST: return ItemKind::Const;
  case P::UNIT: return ItemKind::Unit;
  default: return ItemKind::Data;
  }
}

const Item *AstBuilder::declaration(P::DeclarationContext *tree) {
  Children c = children(children(tree).rule<P::ItemContext>());
  Item result{.kind = itemKind(c.peek())};
  result.doc = doc(c.first());
  if (result.kind == ItemKind::Data) result.dataKind = ident(c.take());
  else c.take();
  switch (result.kind) {
  case ItemKind::Import:
    result.path = string(c.take());
    if (c.accept(P::AS)) result.alias = ident(c.take());
    break;
  case ItemKind::Extend:
    result.name = qname(c.rule<P::QnameContext>());
    result.body = body(c.rule<P::BodyContext>());
    break;
  case ItemKind::Data: data(c, result); break;
  default:
    result.name = ident(c.take());
    if (result.kind == ItemKind::Record) record(c.rule<P::RecordBodyContext>(), result);
    else if (result.kind == ItemKind::Enum) enumeration(c, result);
    else operatorLike(c, result);
  }
  result.range = c.range();
  return arena_.make(result);
}

/// The parts that Op, Module, Pipeline, Fn, Const and Unit have, in the order that all of them share.
void AstBuilder::operatorLike(Children &c, Item &to) {
  if (c.isAt(P::LT)) to.generics = generics(c.rule<P::GenericsContext>());
  if (c.isAt(P::LPAREN)) to.params = params(c.rule<P::ParamsContext>());
  if (c.accept(P::ARROW)) {
    if (to.kind == ItemKind::Fn) to.type = type(c.rule<P::TypeContext>());
    else to.results = results(c.rule<P::ResultsContext>());
  }
  if (c.accept(P::COLON)) to.type = type(c.rule<P::TypeContext>());
  if (c.accept(P::ASSIGN)) to.expr = expr(c.rule<P::ExprContext>());
  if (c.isAt(P::LBRACE)) to.body = body(c.rule<P::BodyContext>());
}

void AstBuilder::record(P::RecordBodyContext *tree, Item &to) {
  Children c = children(tree);
  Buffer<ast::Field> fields;
  Buffer<const ast::Stmt *> checks;
  for (c.take(); !c.accept(P::RBRACE);) {
    if (c.accept(P::SEMI)) continue;
    Children item = children(c.rule<P::RecordItemContext>());
    if (item.isAt(P::IDENT)) fields.push_back(field(item.rule<P::FieldContext>()));
    else checks.push_back(check(item.rule<P::CheckContext>()));
  }
  to.fields = arena_.list<ast::Field>(fields);
  to.body = arena_.list<const ast::Stmt *>(checks);
}

ast::Field AstBuilder::field(P::FieldContext *tree) {
  Children c = children(tree);
  ast::Field result{};
  result.doc = doc(c.first());
  result.name = ident(c.take());
  c.take();
  result.type = type(c.rule<P::TypeContext>());
  if (c.accept(P::ASSIGN)) result.defaultValue = expr(c.rule<P::ExprContext>());
  if (c.accept(P::RANGE)) result.allowed = expr(c.rule<P::ExprContext>());
  if (c.accept(P::CLAIMED)) result.claimed = expr(c.rule<P::ExprContext>());
  result.annotations = annotations(c);
  result.range = c.range();
  return result;
}

void AstBuilder::enumeration(Children &c, Item &to) {
  Buffer<ast::EnumCase> cases;
  for (c.take(); !c.accept(P::RBRACE);) {
    if (c.accept(P::COMMA) || c.accept(P::SEMI)) continue;
    Children e = children(c.rule<P::EnumCaseContext>());
    ast::EnumCase result{ident(e.take()), {}, doc(e.first())};
    if (e.accept(P::COLON)) result.parent = ident(e.take());
    cases.push_back(result);
  }
  to.cases = arena_.list<ast::EnumCase>(cases);
}

/// What follows the kind of a data block.
void AstBuilder::data(Children &c, Item &to) {
  to.name = dataName(c.rule<P::DataNameContext>());
  dataHead(c.rule<P::DataHeadContext>(), to);
}

/// A name of several tokens, which stand together without spaces: `modelmeter.dv200`, `W-003`.
ast::Ident AstBuilder::dataName(P::DataNameContext *tree) {
  ast::Ident name = joined(tree);
  size_t space = text(name.name).find_first_of(" \t\r\n");
  if (space != std::string_view::npos) syntaxError(name.range, "expected a name without spaces");
  return name;
}

void AstBuilder::dataHead(P::DataHeadContext *tree, Item &to) {
  Children c = children(tree);
  if (c.isAt(P::STRING)) to.title = string(c.take());
  if (c.accept(P::COLON)) to.schema = qname(c.rule<P::QnameContext>());
  Children b = children(c.rule<P::DataBodyContext>());
  Buffer<ast::Entry> entries;
  Buffer<const Item *> nested;
  for (b.take(); !b.accept(P::RBRACE);)
    if (!b.accept(P::SEMI)) entry(b.rule<P::EntryContext>(), entries, nested);
  to.entries = arena_.list<ast::Entry>(entries);
  to.nested = arena_.list<const Item *>(nested);
}

void AstBuilder::entry(P::EntryContext *tree, Buffer<ast::Entry> &entries, Buffer<const Item *> &nested) {
  Children c = children(tree);
  std::string_view comment = doc(c.first());
  ast::Entry result{ident(c.take()), {}, nullptr, {}, comment, {}};
  if (!c.isAt(P::ASSIGN)) result.key = dataName(c.rule<P::DataNameContext>());
  if (c.isAt(P::ASSIGN)) {
    entryValue(c.rule<P::EntryValueContext>(), result);
    result.range = c.range();
    entries.push_back(result);
    return;
  }
  Item inner{.kind = ItemKind::Data, .name = result.key, .doc = comment};
  inner.dataKind = result.name;
  dataHead(c.rule<P::DataHeadContext>(), inner);
  inner.range = c.range();
  nested.push_back(arena_.make(inner));
}

void AstBuilder::entryValue(P::EntryValueContext *tree, ast::Entry &to) {
  Children c = children(tree);
  c.take();
  to.expr = expr(c.rule<P::ExprContext>());
  to.annotations = annotations(c);
}

} // namespace mdl::parse
