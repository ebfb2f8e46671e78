//===- Bind.cpp - Gives inputs a value ------------------------------------===//
// `n=3`: the input is fixed to 3 and its symbol is replaced everywhere; what
// only depends on fixed inputs becomes a constant. A `require` that this makes
// false is an error, a guard that it makes true is dropped; a warning or claim
// that it makes false stays, for the report to show.
//===----------------------------------------------------------------------===//
#include "../ir/Expressions.h"
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"
#include <fmt/format.h>

namespace mdl::passes {

Pass bind;

namespace {

std::optional<Int> valueOf(const ir::Input &input, const std::string &text) {
  if (input.type == ir::InputType::Integer) return parseInt(text);
  if (input.type == ir::InputType::Boolean && (text == "true" || text == "false")) return Int(text == "true");
  auto choice = llvm::find(input.choices, text);
  if (choice == input.choices.end()) return std::nullopt;
  return Int(choice - input.choices.begin());
}

/// What is wrong with giving `input` the value, or nothing.
std::string refuse(const ir::Input &input, std::optional<Int> value, const std::string &text) {
  if (!value || value->isOverflow()) return fmt::format("`{}` is no value of input `{}`", text, input.name);
  if (!input.symbol && *value != input.value)
    return fmt::format("input `{}` is compiled in as {}", input.name, toString(input.value));
  if (input.lo && *value < *input.lo)
    return fmt::format("input `{}` is {}, below {}", input.name, text, toString(*input.lo));
  if (input.hi && *value > *input.hi)
    return fmt::format("input `{}` is {}, above {}", input.name, text, toString(*input.hi));
  return {};
}

void checkGuards(CostModule &module, PassContext &context) {
  expr::ExprPool &pool = *module.pool;
  llvm::erase_if(module.guards, [&](const ir::Guard &guard) { return guard.condition == pool.constant(1); });
  for (const ir::Guard &guard : module.guards)
    if (guard.kind == ir::GuardKind::Require && guard.condition == pool.constant(0))
      context.errors.push_back("a requirement does not hold: " + guard.text);
}

} // namespace

void bind(CostModule &module, PassContext &context) {
  expr::Replacements bySymbol;
  for (const auto &[name, text] : context.options.settings) {
    auto input = llvm::find_if(module.inputs, [&](const ir::Input &each) { return each.name == name; });
    bool known = input != module.inputs.end();
    std::optional<Int> value = known ? valueOf(*input, text) : std::nullopt;
    std::string why = known ? refuse(*input, value, text) : fmt::format("there is no input `{}`", name);
    if (!why.empty()) context.errors.push_back(std::move(why));
    if (!context.errors.empty() || !input->symbol) continue;
    bySymbol[input->symbol->index] = module.pool->constant(*value);
    input->value = *value, input->symbol.reset();
  }
  if (!context.errors.empty() || bySymbol.empty()) return;
  ir::forEachExpr(module, [&](expr::ExprId &id) { id = module.pool->substitute(id, bySymbol); });
  checkGuards(module, context);
}

} // namespace mdl::passes
