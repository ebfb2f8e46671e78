//===- Spelling.cpp - How the expressions of a module are written ---------===//
#include "Spelling.h"
#include "Word.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mdl::ir {

using expr::AtomId;
using expr::AtomKind;

namespace {

/// Is an atom named that takes so many factors to write and is mentioned so often?
bool isLarge(size_t factors, size_t mentions) { return factors > 200 || (factors > 16 && factors * mentions > 2000); }

/// The name, or one like it that needs no quotes.
std::string wordOf(std::string_view name) {
  if (!name.empty() && wordLength(name) == name.size() && name != kIn) return std::string(name);
  std::string text = "_";
  for (char c : name) text += llvm::isAlnum(c) ? c : '_';
  return text;
}

} // namespace

Spelling::Spelling(const CostModule &module) : from_(*module.pool), rebuild_(from_, to_), atoms_(from_) {
  std::vector<SymbolId> symbols = collect(module);
  nameLargeAtoms();
  std::vector<std::string> names; // all of them before those of atoms
  for (SymbolId id : symbols) names.push_back(unique(wordOf(from_.symbolInfo(id).name)));
  for (size_t i = 0; i < symbols.size(); ++i) declare(symbols[i], names[i]);
  forEachExpr(module, [&](ExprId id) { spell(id); });
}

/// The symbols that the module mentions, in the order of declaration.
std::vector<SymbolId> Spelling::collect(const CostModule &module) {
  std::vector<SymbolId> found;
  forEachExpr(module, [&](ExprId id) { atoms_.add(id); });
  for (const Node &node : module.nodes)
    if (node.group) found.push_back(node.index);
  for (const Input &input : module.inputs)
    if (input.symbol) found.push_back(*input.symbol);
  for (const Parameter &parameter : module.parameters) found.push_back(parameter.symbol);
  for (SymbolId formal : module.formals) found.push_back(formal);
  for (const Node &node : module.nodes)
    for (const Run &run : node.runs)
      for (const Run::Turn &turn : run.turns) found.push_back(turn.index);

  llvm::DenseSet<uint32_t> seen;
  size_t bounded = 0, read = 0; // a bound can mention other symbols
  do {
    for (; bounded < found.size(); ++bounded) {
      if (!seen.insert(found[bounded].index).second) continue;
      const expr::SymbolInfo &info = from_.symbolInfo(found[bounded]);
      if (info.lo) atoms_.add(*info.lo);
      if (info.hi) atoms_.add(*info.hi);
    }
    for (; read < atoms_.atoms().size(); ++read)
      if (const expr::Atom &atom = from_.atom(atoms_.atoms()[read]);
          atom.kind == AtomKind::Symbol || atom.kind == AtomKind::Sum)
        found.push_back(atom.symbol);
  } while (bounded < found.size());
  llvm::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// Counts the factors that are written for an atom when the large ones inside of it are names.
void Spelling::nameLargeAtoms() {
  llvm::DenseSet<uint32_t> bound;
  for (AtomId id : atoms_.atoms())
    if (from_.atom(id).kind == AtomKind::Sum) bound.insert(from_.atom(id).symbol.index);
  auto mentionsBound = [&](AtomId id) {
    return llvm::any_of(from_.symbols(from_.atomExpr(id)), [&](SymbolId each) { return bound.contains(each.index); });
  };
  llvm::DenseMap<uint32_t, size_t> sizes;
  for (AtomId id : atoms_.atoms()) {
    size_t size = 1;
    for (ExprId operand : from_.atom(id).args)
      for (const expr::Term &term : from_.terms(operand))
        for (expr::Factor factor : term.factors) size += std::min(sizes[factor.atom.index], SIZE_MAX / 2 - size);
    bool large = isLarge(size, atoms_.mentions(id)) && !mentionsBound(id); // an index has a meaning in its sum only
    if (large) large_.insert(id.index);
    sizes[id.index] = large ? 1 : size;
  }
}

std::string Spelling::unique(const std::string &wanted) {
  std::string name = wanted;
  for (unsigned n = 2; !taken_.insert(name).second; ++n) name = wanted + "." + std::to_string(n);
  return name;
}

void Spelling::declare(SymbolId id, const std::string &name) {
  expr::SymbolInfo info = from_.symbolInfo(id);
  for (std::optional<ExprId> *bound : {&info.lo, &info.hi})
    if (*bound) spell(**bound), *bound = rebuild_(**bound);
  info.name = name;
  symbols_[id.index] = to_.addSymbol(std::move(info));
  declarations_.push_back({name, id, ""});
}

/// Makes every atom of an expression known to `rebuild_`, operands first.
void Spelling::spell(ExprId id) {
  for (const expr::Term &term : from_.terms(id))
    for (expr::Factor factor : term.factors)
      if (spelt_.insert(factor.atom.index).second) spell(factor.atom);
}

void Spelling::spell(AtomId id) {
  const expr::Atom &atom = from_.atom(id);
  if (atom.kind == AtomKind::Symbol) return rebuild_.replace(id, to_.symbol(symbols_[atom.symbol.index]));
  for (ExprId operand : atom.args) spell(operand);
  SymbolId bound = atom.kind == AtomKind::Sum ? symbols_[atom.symbol.index] : SymbolId();
  ExprId made = rebuild_.make(atom, bound, rebuild_.operands(atom));
  if (large_.contains(id.index)) {
    std::string name = unique("_" + std::to_string(++named_));
    declarations_.push_back({name, std::nullopt, expr::print(to_, made)});
    made = to_.symbol(to_.addSymbol({name, {}, {}, from_.isIntegral(from_.atomExpr(id))}));
  }
  rebuild_.replace(id, made);
}

} // namespace mdl::ir
