//===- ApplyPrecision.cpp - Gives every element its bits ------------------===//
// The module counts elements times a parameter for the bits of each; here every
// such parameter becomes the number that the precision says. FLOPs do not mention
// one, so no FLOP changes. Without a precision nothing happens.
//===----------------------------------------------------------------------===//
#include "../ir/Expressions.h"
#include "Pass.h"
#include "llvm/ADT/STLExtras.h"
#include <fmt/format.h>

namespace mdl::passes {

Pass applyPrecision;

void applyPrecision(CostModule &module, PassContext &context) {
  const Precision *precision = context.options.precision;
  if (!precision) return;
  expr::Replacements bySymbol;
  for (const ir::Parameter &parameter : module.parameters) {
    if (parameter.kind != ir::Parameter::Kind::Bits) continue;
    std::optional<Rational> bits = precision->bits(parameter);
    if (bits) bySymbol[parameter.symbol.index] = module.pool->constant(*bits);
    else
      context.errors.push_back(
          fmt::format("`{}` has no bits for `{}` of `{}`", precision->title, parameter.role, parameter.owner));
  }
  module.precision = precision->title;
  if (!context.errors.empty() || bySymbol.empty()) return;
  ir::forEachExpr(module, [&](expr::ExprId &id) { id = module.pool->substitute(id, bySymbol); });
  llvm::erase_if(module.parameters, [](const ir::Parameter &each) { return each.kind == ir::Parameter::Kind::Bits; });
}

} // namespace mdl::passes
