//===- Formats.cpp - How many bits an element has -------------------------===//
#include "Formats.h"

namespace mdl::lower {

expr::ExprId Formats::bits(NameId owner, sema::RoleId role, sema::ClassId made) {
  if (role != checker_.actRole()) made = {}; // only activations are stored as their maker says
  auto [at, isNew] = known_.try_emplace({owner.index, role.index, made.index});
  if (!isNew) return at->second;
  expr::ExprPool &pool = checker_.pool();
  if (bitsOf_) return at->second = pool.constant((*bitsOf_)(owner, role, made));
  ir::Parameter parameter;
  parameter.owner = text(owner), parameter.role = checker_.roleName(role),
  parameter.category = checker_.className(made);
  std::string name = "bits." + parameter.owner + "." + parameter.role;
  if (role == checker_.actRole()) name += "." + parameter.category;
  parameter.symbol = pool.addSymbol({.name = name, .lo = pool.constant(1), .integer = false});
  parameters_.push_back(parameter);
  return at->second = pool.symbol(parameter.symbol);
}

} // namespace mdl::lower
