//===- SymbolNames.cpp - One name for each symbol of a module -------------===//
#include "SymbolNames.h"
#include "Expressions.h"
#include "Word.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <charconv>

namespace mdl::ir {

namespace {

/// The name, or one like it that needs no quotes.
std::string spelt(std::string_view name) {
  if (wordLength(name) == name.size() && name != kIn && !name.empty()) return std::string(name);
  std::string text = "_";
  for (char c : name) text += llvm::isAlnum(c) ? c : '_';
  return text;
}

} // namespace

SymbolNames::SymbolNames(const CostModule &module) : pool_(*module.pool) {
  collect(module);
  for (SymbolId id : symbols_) names_[id.index] = choose(spelt(pool_.symbolInfo(id).name));
}

void SymbolNames::collect(const CostModule &module) {
  AtomSet atoms(pool_);
  std::vector<SymbolId> open;
  forEachExpr(module, [&](ExprId id) { atoms.add(id); });
  for (const Node &node : module.nodes)
    if (node.group) open.push_back(node.index);
  for (const Input &input : module.inputs)
    if (input.symbol) open.push_back(*input.symbol);

  llvm::DenseSet<uint32_t> seen;
  for (size_t before = 0;;) { // bounds mention symbols, too
    for (expr::AtomId id : atoms.sorted())
      if (auto kind = pool_.atom(id).kind; kind == expr::AtomKind::Symbol || kind == expr::AtomKind::Sum)
        open.push_back(pool_.atom(id).symbol);
    for (SymbolId id : open)
      if (seen.insert(id.index).second) symbols_.push_back(id);
    if (symbols_.size() == before) break;
    for (; before < symbols_.size(); ++before) {
      const expr::SymbolInfo &info = pool_.symbolInfo(symbols_[before]);
      if (info.lo) atoms.add(*info.lo);
      if (info.hi) atoms.add(*info.hi);
    }
    open.clear();
  }
  llvm::sort(symbols_);
}

std::string SymbolNames::choose(const std::string &wanted) {
  std::string name = wanted;
  for (unsigned n = 2; !taken_.insert(name).second; ++n) name = wanted + "." + std::to_string(n);
  return name;
}

std::string SymbolNames::show(ExprId id) const {
  std::string printed = expr::print(pool_, id), text;
  for (size_t at = 0; at < printed.size();) at = appendToken(printed, at, text);
  return text;
}

SymbolId SymbolNames::symbolCalled(std::string_view name, std::string_view index) const {
  SymbolId id;
  if (index.empty()) return *pool_.findSymbol(name);
  std::from_chars(index.data(), index.data() + index.size(), id.index);
  return id;
}

/// Copies the token at `at`, a symbol under its name here. Returns where the next one begins.
size_t SymbolNames::appendToken(std::string_view printed, size_t at, std::string &text) const {
  std::string_view rest = printed.substr(at);
  bool quoted = rest[0] == '"';
  size_t length = quoted ? rest.find('"', 1) + 1 : wordLength(rest);
  std::string_view word = rest.substr(0, length);
  bool called = length != 0 && rest.substr(length).starts_with("("); // `floor(`
  if (length == 0 || called || word == kIn) {
    text += rest.substr(0, std::max<size_t>(length, 1));
    return at + std::max<size_t>(length, 1);
  }
  size_t end = length;
  if (end < rest.size() && rest[end] == '#')
    while (++end < rest.size() && rest[end] >= '0' && rest[end] <= '9') {
    }
  std::string_view index = end == length ? "" : rest.substr(length + 1, end - length - 1);
  text += (*this)[symbolCalled(quoted ? word.substr(1, length - 2) : word, index)];
  return at + end;
}

} // namespace mdl::ir
