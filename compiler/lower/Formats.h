//===- Formats.h - How many bits an element has -----------------*- C++ -*-===//
// The walk asks for the bits of a tensor by where it is (a stage, or what is
// resident), its role and the class of the operator that made it. The answer is
// a constant when the precision is known, else a parameter of the module that
// `apply-precision` gives its value; both lead to the same numbers.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ir/CostModule.h"
#include "../sema/Check.h"
#include <functional>
#include <map>

namespace mdl::lower {

/// The bits of a (owner, role, class): what a precision with its overrides says.
using BitsOf = std::function<Rational(NameId owner, sema::RoleId role, sema::ClassId made)>;

class Formats {
public:
  /// Without `bitsOf`, parameters.
  Formats(sema::Checker &checker, const BitsOf *bitsOf) : checker_(checker), bitsOf_(bitsOf) {}

  expr::ExprId bits(NameId owner, sema::RoleId role, sema::ClassId made);
  /// The parameters that were asked for, in that order.
  std::vector<ir::Parameter> takeParameters() { return std::move(parameters_); }

private:
  sema::Checker &checker_;
  const BitsOf *bitsOf_;
  std::map<std::tuple<uint32_t, uint16_t, uint16_t>, expr::ExprId> known_;
  std::vector<ir::Parameter> parameters_;
};

} // namespace mdl::lower
