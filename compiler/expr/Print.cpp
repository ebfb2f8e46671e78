//===- Print.cpp - Expressions as text ------------------------------------===//
// The grammar is in CANONICAL.md. Recursion follows the nesting of atoms, at most
// kMaxAtomDepth levels.
//===----------------------------------------------------------------------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mdl::expr {

namespace {

/// What a message shows of an expression at most.
constexpr size_t kLongForPeople = 600;

class Printer {
public:
  explicit Printer(const ExprPool &pool, bool unique = true) : pool_(pool), unique_(unique) {}
  void sum(ExprId id);
  std::string take() { return std::move(out_); }

private:
  void terms(llvm::ArrayRef<Term> terms, Int denominator);
  void term(const Term &term, Int coefficient);
  bool numerator(const Term &term, Int coefficient);
  void factor(Factor factor);
  void divisor(Factor factor);
  void power(int32_t exponent);
  void atom(const Atom &atom);
  void symbol(SymbolId id);
  void powerAtom(ExprId base, ExprId exponent);
  void list(llvm::ArrayRef<ExprId> ids);
  void rows(llvm::ArrayRef<ExprId> ids, size_t length);
  bool isSimple(ExprId id) const;
  bool isInverse(Factor factor) const { return pool_.atom(factor.atom).kind == AtomKind::Inverse; }

  const ExprPool &pool_;
  bool unique_; ///< Symbols that share a name are told apart
  std::string out_;
};

bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isNamePart(char c) { return llvm::isAlnum(c) || c == '_' || c == '\''; }

bool isName(std::string_view text) {
  if (text.empty() || !isNameStart(text[0])) return false;
  for (size_t i = 1; i < text.size(); ++i)
    if (!isNamePart(text[i]) && !(text[i] == '.' && i + 1 < text.size() && isNamePart(text[i + 1]))) return false;
  return true;
}

} // namespace

// Fractions are written over one denominator: (n^2 - n)/2.
void Printer::sum(ExprId id) {
  llvm::ArrayRef<Term> list = pool_.terms(id);
  if (pool_.isOverflow(id)) {
    out_ += "overflow()";
    return;
  }
  Int denominator = commonDenominator(list, Constant::Take);
  bool over = !denominator.isOne() && !denominator.isOverflow();
  if (over && list.size() > 1) out_ += '(';
  terms(list, over ? denominator : Int(1));
  if (over && list.size() > 1) out_ += ')';
  if (over) out_ += "/" + toString(denominator);
}

void Printer::terms(llvm::ArrayRef<Term> list, Int denominator) {
  if (list.empty()) out_ += '0';
  for (const Term &t : list) {
    if (!unique_ && out_.size() > kLongForPeople) return;
    Rational c = t.coefficient * denominator;
    if (&t != list.begin()) out_ += c.sign() < 0 ? " - " : " + ";
    if (&t == list.begin() && c.sign() < 0) out_ += '-';
    term(t, abs(c.num()));
    if (!c.den().isOne()) out_ += "/" + toString(c.den());
  }
}

void Printer::term(const Term &t, Int coefficient) {
  if (!numerator(t, coefficient)) out_ += '1';
  for (Factor f : t.factors)
    if (f.power < 0 || (isInverse(f) && f.power == 1)) divisor(f);
}

/// False if there is nothing above the line.
bool Printer::numerator(const Term &t, Int coefficient) {
  bool any = !coefficient.isOne();
  if (any) out_ += toString(coefficient);
  for (Factor f : t.factors) {
    if (f.power < 0 || (isInverse(f) && f.power == 1)) continue;
    if (any) out_ += '*';
    factor(f);
    any = true;
  }
  return any;
}

void Printer::factor(Factor f) {
  const Atom &a = pool_.atom(f.atom);
  bool bracketed = isInverse(f) || (a.kind == AtomKind::Power && f.power != 1);
  if (bracketed) out_ += '(';
  atom(a);
  if (bracketed) out_ += ')';
  power(f.power);
}

void Printer::divisor(Factor f) {
  out_ += '/';
  if (!isInverse(f)) {
    factor({f.atom, -f.power});
    return;
  }
  out_ += '(';
  sum(pool_.atom(f.atom).args[0]);
  out_ += ')';
}

void Printer::power(int32_t exponent) {
  if (exponent != 1) out_ += "^" + std::to_string(exponent);
}

void Printer::atom(const Atom &a) {
  if (!unique_ && out_.size() > kLongForPeople) return; // the caller cuts there
  switch (a.kind) {
  case AtomKind::Symbol: symbol(a.symbol); break;
  case AtomKind::Floor: out_ += "floor(", sum(a.args[0]), out_ += ')'; break;
  case AtomKind::NonNeg: out_ += '[', sum(a.args[0]), out_ += " >= 0]"; break;
  case AtomKind::Max: out_ += "max(", list(a.args), out_ += ')'; break;
  case AtomKind::Power: powerAtom(a.args[0], a.args[1]); break;
  case AtomKind::Inverse: out_ += "1/(", sum(a.args[0]), out_ += ')'; break;
  case AtomKind::Sum:
    out_ += "sum(", symbol(a.symbol), out_ += " in ", sum(a.args[0]), out_ += "..", sum(a.args[1]), out_ += ": ";
    sum(a.args[2]), out_ += ')';
    break;
  case AtomKind::ArgMin: out_ += "argmin(", rows(a.args, a.symbol.index), out_ += ')'; break;
  }
}

void Printer::symbol(SymbolId id) {
  const std::string &name = pool_.symbolInfo(id).name;
  if (!unique_) {
    out_ += name;
    return;
  }
  bool quotable = !llvm::is_contained(name, '"');
  out_ += isName(name) ? name : '"' + (quotable ? name : "") + '"';
  if (!quotable || pool_.findSymbol(name) != id) out_ += "#" + std::to_string(id.index);
}

void Printer::powerAtom(ExprId base, ExprId exponent) {
  bool bracketed = !isSimple(base);
  if (bracketed) out_ += '(';
  sum(base);
  if (bracketed) out_ += ')';
  out_ += "^(", sum(exponent), out_ += ')';
}

/// A number that is a natural one, or one atom alone that is no power or quotient.
bool Printer::isSimple(ExprId id) const {
  llvm::ArrayRef<Term> list = pool_.terms(id);
  if (std::optional<Int> value = pool_.asInteger(id)) return value->sign() >= 0;
  if (list.size() != 1 || list[0].factors.size() != 1 || !list[0].coefficient.isOne()) return false;
  AtomKind kind = pool_.atom(list[0].factors[0].atom).kind;
  return list[0].factors[0].power == 1 && kind != AtomKind::Power && kind != AtomKind::Inverse;
}

void Printer::list(llvm::ArrayRef<ExprId> ids) {
  for (const ExprId &id : ids) {
    if (&id != ids.begin()) out_ += ", ";
    sum(id);
  }
}

void Printer::rows(llvm::ArrayRef<ExprId> ids, size_t length) {
  for (size_t i = 0; i < ids.size(); i += length) {
    out_ += i == 0 ? "[" : ", [";
    list(ids.slice(i, length));
    out_ += ']';
  }
}

std::string printForPeople(const ExprPool &pool, ExprId id) {
  Printer printer(pool, false);
  printer.sum(id);
  std::string text = printer.take();
  if (text.size() > kLongForPeople) text.replace(kLongForPeople, std::string::npos, "...");
  return text;
}

std::string print(const ExprPool &pool, ExprId id) {
  Printer printer(pool);
  printer.sum(id);
  return printer.take();
}

} // namespace mdl::expr
