//===- Spelling.h - How the expressions of a module are written -*- C++ -*-===//
// Expressions are printed from a pool of their own, in which
//
//   - names are unique and need no quotes. Every repeat over `i` has a symbol of
//     its own: in the order of declaration they are `i`, `i.2`, `i.3`;
//   - large atoms have names, `_1`, `_2`. The pool shares equal expressions, so
//     a formula of a page can be gigabytes when it is written out.
//
// Both depend on the structure of the module alone, so that the text of a module
// that was read from text is that text.
//===----------------------------------------------------------------------===//
#pragma once
#include "Expressions.h"
#include "Rebuild.h"
#include "llvm/ADT/StringSet.h"

namespace mdl::ir {

/// A name of the text: a symbol of the module, or a large atom and its definition.
struct Declaration {
  std::string name;
  std::optional<SymbolId> symbol; ///< In the module's pool
  std::string definition;         ///< Of an atom
};

class Spelling {
public:
  explicit Spelling(const CostModule &module);

  /// What the module mentions, bound symbols of sums and symbols in bounds included; each after what it mentions.
  const std::vector<Declaration> &declarations() const { return declarations_; }
  const std::string &operator[](SymbolId id) const { return to_.symbolInfo(symbols_.find(id.index)->second).name; }
  /// An expression of the module, its guards or its bounds.
  std::string show(ExprId id) { return expr::print(to_, rebuild_(id)); }

private:
  std::vector<SymbolId> collect(const CostModule &module);
  void nameLargeAtoms();
  void declare(SymbolId id, const std::string &name);
  void spell(ExprId id);
  void spell(expr::AtomId id);
  std::string unique(const std::string &wanted);

  const expr::ExprPool &from_;
  expr::ExprPool to_;
  Rebuild rebuild_;
  AtomList atoms_;
  std::vector<Declaration> declarations_;
  llvm::DenseMap<uint32_t, SymbolId> symbols_; ///< Symbol of the module -> symbol of `to_`
  llvm::DenseSet<uint32_t> large_, spelt_;
  llvm::StringSet<> taken_;
  unsigned named_ = 0;
};

} // namespace mdl::ir
