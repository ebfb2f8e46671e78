//===- SymbolNames.h - One name for each symbol of a module -----*- C++ -*-===//
// Two symbols of a pool may share a name: every repeat over `i` has its own. In
// print the first in the order of declaration is `i`, the next `i.2`. A name
// that the expression grammar would have to quote is spelt with underscores.
//===----------------------------------------------------------------------===//
#pragma once
#include "CostModule.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

namespace mdl::ir {

class SymbolNames {
public:
  explicit SymbolNames(const CostModule &module);

  /// What the module mentions, bound symbols of sums and symbols in bounds included, in the order of declaration.
  const std::vector<SymbolId> &symbols() const { return symbols_; }
  const std::string &operator[](SymbolId id) const { return names_.find(id.index)->second; }
  /// The printed form of an expression with these names.
  std::string show(ExprId id) const;

private:
  void collect(const CostModule &module);
  std::string choose(const std::string &wanted);
  size_t appendToken(std::string_view printed, size_t at, std::string &text) const;
  SymbolId symbolCalled(std::string_view name, std::string_view index) const;

  const expr::ExprPool &pool_;
  std::vector<SymbolId> symbols_;
  llvm::DenseMap<uint32_t, std::string> names_;
  llvm::StringSet<> taken_;
};

} // namespace mdl::ir
