//===- Reapply.cpp - Operators applied again, to parts of tensors ---------===//
// What a pass over the checked graph asks of the checker: an operator's signature
// and rules interpreted for other shapes, so that no rule is written twice.
//===----------------------------------------------------------------------===//
#include "Check.h"
#include "llvm/ADT/ScopeExit.h"

namespace mdl::sema {

const OpApplication *Checker::reapply(const ast::Item *op, const OpApplication &like,
                                      llvm::ArrayRef<std::optional<Shape>> operands,
                                      llvm::ArrayRef<std::pair<NameId, Value>> changed, SrcRange at) {
  Arguments arguments;
  size_t tensors = 0;
  for (const ast::Param &param : op->params) {
    Argument &argument = arguments.byParam.emplace_back();
    if (param.type->kind == ast::TypeKind::Tensor) {
      size_t i = tensors++;
      if (i >= operands.size() || !operands[i]) continue;
      const Tensor *from = i < like.operands.size() && like.operands[i] ? like.operands[i] : like.operands[0];
      argument.value = tensorValue(makeTensor(*operands[i], from->role, Tensor::Origin::Operand, from->range));
      argument.given = true;
      continue;
    }
    auto other = llvm::find_if(changed, [&](const auto &each) { return each.first == param.name.name; });
    if (other != changed.end()) argument.value = other->second, argument.given = true;
    for (size_t i = 0; i < like.op->params.size() && !argument.given; ++i)
      if (like.op->params[i].name.name == param.name.name && like.given[i])
        if (const Value *value = like.scope.findHere(param.name.name)) argument.value = *value, argument.given = true;
  }
  for (const ast::Stmt *stmt : like.op->body) {
    if (stmt->kind != ast::StmtKind::Weight || stmt->label->segments.size() != 1) continue;
    NameId name = intern(stmt->label->segments[0].text);
    const Value *value = like.scope.findHere(name);
    if (value && value->isTensor() && llvm::is_contained(like.tied, value->tensor))
      arguments.extra.emplace_back(ast::Ident{name, stmt->label->range}, Argument{*value, nullptr, true});
  }
  Key key = keyOf(op, arguments);
  key.push_back(~uint64_t{1}); // its ties are parts of weights: not the application of a call
  if (OpApplication *known = applicationByKey_.lookup(key)) return addGuardsOf(known), known;
  ast::Expr call{ast::ExprKind::Call};
  call.range = at;
  reapplying_ = true;
  auto done = llvm::make_scope_exit([&] { reapplying_ = false; });
  size_t firstGuard = guards_.size();
  OpApplication *made = makeApplication(op, &call, arguments);
  if (!made) return nullptr;
  keepGuards(made, firstGuard);
  return applicationByKey_[keep(llvm::ArrayRef<uint64_t>(key))] = made;
}

const OpApplication *Checker::apply(const ast::Item *op, const Tensor &operand,
                                    llvm::ArrayRef<std::pair<NameId, Value>> parameters, SrcRange at) {
  OpApplication like;
  like.op = op, like.operands = {&operand};
  like.given.assign(op->params.size(), false);
  return reapply(op, like, {std::optional<Shape>(operand.shape)}, parameters, at);
}

std::optional<ExprId> Checker::divide(ExprId dim, const Divider &by, const std::string &what, SrcRange at) {
  ExprId devices = pool_.constant(by.devices), part = pool_.div(dim, devices);
  if (facts_->isInteger(part)) return part;
  std::string division = what + ", " + show(dim) + ", by " + toString(by.devices);
  ExprId condition = pool_.equal(pool_.mod(dim, devices), pool_.constant(0));
  Truth truth = facts_->decide(condition);
  if (truth == Truth::False || !mayDeferGuard(condition)) {
    error(DiagId::ShardIndivisible, at, {by.sharding, division}).note(by.declared, "the sharding is declared here");
    return std::nullopt;
  }
  if (truth == Truth::True) return part;
  facts_->assume(condition);
  addGuard(GuardKind::Require, condition, "what " + by.sharding + " divides is no multiple: " + division, at);
  return part;
}

/// `let passes = guidance ? 2 : 1`, dealt out over 2 devices, is 1 where there is guidance, and else an error.
void Checker::dealOutLet(const ast::Stmt *stmt, Scope &scope) {
  for (Dealt &dealt : dealt_) {
    Value *value = stmt->names.size() == 1 && stmt->names[0].name == dealt.name ? scope.findHere(dealt.name) : nullptr;
    if (!value || !value->isNumber()) continue;
    dealt.found = true;
    bool always = facts_->isInteger(pool_.div(value->number, pool_.constant(dealt.by.devices)));
    auto part = divide(value->number, dealt.by, "`" + std::string(text(dealt.name)) + "`", stmt->range);
    if (part) value->number = always ? *part : pool_.floor(*part); // exact where the condition holds
  }
}

Label Checker::labelBelow(Label label, std::string_view name) {
  llvm::SmallVector<LabelSegment> segments(label.begin(), label.end());
  segments.push_back({keepText(name), std::nullopt});
  return keep(llvm::ArrayRef<LabelSegment>(segments));
}

Label Checker::labelBeside(Label label, std::string_view name) {
  if (label.empty()) return labelBelow(label, name);
  llvm::SmallVector<LabelSegment> segments(label.begin(), label.end());
  LabelSegment &last = segments.back();
  std::string text =
      last.index ? std::string(name) + "_" + std::string(last.text) : std::string(last.text) + "_" + std::string(name);
  last.text = keepText(text);
  return keep(llvm::ArrayRef<LabelSegment>(segments));
}

} // namespace mdl::sema
