//===- Latex.cpp - Expressions for documents ------------------------------===//
#include "Latex.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::tool {

namespace {

using expr::AtomKind;
using expr::ExprId;

/// The two notations differ in a few strings only.
struct Notation {
  const char *times, *floorOpen, *floorClose, *bracketOpen, *bracketClose, *nonNeg;
  bool braces; ///< LaTeX: powers and names in braces
};
constexpr Notation kLatex{" \\, ", "\\left\\lfloor ", " \\right\\rfloor", "\\left[ ", " \\right]", " \\ge 0", true};
constexpr Notation kPlain{"*", "floor(", ")", "[", "]", " >= 0", false};

class Writer {
public:
  Writer(expr::ExprPool &pool, const Abbreviations &names, const Notation &notation)
      : pool_(pool), names_(names), how_(notation) {}

  std::string write(ExprId id, unsigned depth = 0) {
    if (depth > expr::kMaxAtomDepth) return "...";
    if (std::string name = names_ ? names_(id) : ""; !name.empty()) return identifier(name);
    if (auto product = factored(id)) return group(product->first, depth) + how_.times + group(product->second, depth);
    if (auto sum = split(id)) {
      std::string rest = write(sum->second, depth);
      bool negative = rest.front() == '-';
      return write(sum->first, depth) + (negative ? " - " : " + ") + rest.substr(negative ? 1 : 0);
    }
    std::string out;
    for (const expr::Term &term : pool_.terms(id)) {
      bool negative = term.coefficient.sign() < 0;
      if (!out.empty()) out += negative ? " - " : " + ";
      else if (negative) out += "-";
      out += this->term(term, negative ? -term.coefficient : term.coefficient, depth);
    }
    return out.empty() ? "0" : out;
  }

private:
  /// In parentheses if it is written as a sum.
  std::string group(ExprId id, unsigned depth) {
    bool named = names_ && !names_(id).empty();
    std::string text = write(id, depth);
    return named || pool_.terms(id).size() < 2 || factored(id) ? text : "(" + text + ")";
  }

  /// A sum as a product, where a truth value or a monomial can be taken out of it.
  std::optional<std::pair<ExprId, ExprId>> factored(ExprId id) {
    if (pool_.terms(id).size() < 2) return std::nullopt;
    for (expr::SymbolId symbol : pool_.symbols(id))
      if (auto product = withoutTruth(id, symbol)) return product;
    return withoutMonomial(id);
  }

  /// P + b*P + R for a symbol b that is 0 or 1 into (1 + b)*P and R.
  std::optional<std::pair<ExprId, ExprId>> split(ExprId id) {
    if (pool_.terms(id).size() < 3) return std::nullopt;
    for (expr::SymbolId symbol : pool_.symbols(id)) {
      auto [without, with] = byTruth(id, symbol);
      if (with == ExprId() || pool_.isOverflow(with)) continue;
      ExprId rest = pool_.sub(without, with);
      ExprId product = pool_.mul(pool_.add(pool_.constant(1), pool_.symbol(symbol)), with);
      bool shorter = pool_.terms(rest).size() + pool_.terms(with).size() == pool_.terms(without).size();
      if (rest != ExprId() && shorter && pool_.add(product, rest) == id) return std::pair(product, rest);
    }
    return std::nullopt;
  }

  /// The value without a truth value, and what the truth value adds; nothing for other symbols.
  std::pair<ExprId, ExprId> byTruth(ExprId id, expr::SymbolId symbol) {
    const expr::SymbolInfo &info = pool_.symbolInfo(symbol);
    if (!info.lo || !info.hi || *info.lo != pool_.constant(0) || *info.hi != pool_.constant(1)) return {};
    ExprId without = pool_.substitute(id, symbol, pool_.constant(0));
    return {without, pool_.sub(pool_.substitute(id, symbol, pool_.constant(1)), without)};
  }

  /// P + k*b*P for a symbol b that is 0 or 1 into (1 + k*b) and P.
  std::optional<std::pair<ExprId, ExprId>> withoutTruth(ExprId id, expr::SymbolId symbol) {
    auto [without, with] = byTruth(id, symbol);
    if (without == ExprId() || with == ExprId() || pool_.isOverflow(without) || pool_.isOverflow(with) ||
        pool_.asConstant(without))
      return std::nullopt;
    Rational k = pool_.terms(with)[0].coefficient / pool_.terms(without)[0].coefficient;
    ExprId factor = pool_.add(pool_.constant(1), pool_.scale(pool_.symbol(symbol), k));
    if (pool_.scale(without, k) != with || pool_.mul(factor, without) != id) return std::nullopt;
    return std::pair(factor, without);
  }

  /// The factors that all terms have, at their lowest power, and what is left.
  std::optional<std::pair<ExprId, ExprId>> withoutMonomial(ExprId id) {
    std::vector<expr::Factor> common;
    for (const expr::Factor &factor : pool_.terms(id)[0].factors) {
      if (pool_.atom(factor.atom).kind == AtomKind::NonNeg) continue; // b*b is b: what is left would be as before
      int32_t power = factor.power;
      for (const expr::Term &term : pool_.terms(id)) {
        const auto *found = llvm::find_if(term.factors, [&](const expr::Factor &f) { return f.atom == factor.atom; });
        power = found == term.factors.end() ? 0 : std::min(power, found->power);
      }
      if (power > 0) common.push_back({factor.atom, power});
    }
    if (common.empty()) return std::nullopt;
    ExprId monomial = pool_.fromTerms(expr::Term{1, common});
    ExprId rest = pool_.div(id, monomial);
    if (pool_.isOverflow(rest) || rest == id || pool_.mul(monomial, rest) != id) return std::nullopt;
    return std::pair(monomial, rest);
  }

  std::string identifier(const std::string &name) const {
    if (!how_.braces) return name;
    std::string escaped;
    for (char c : name) escaped += c == '_' ? "\\_" : std::string(1, c);
    return name.size() == 1 ? name : "\\mathrm{" + escaped + "}";
  }
  std::string raised(const std::string &base, int power) const {
    if (power == 1) return base;
    std::string n = std::to_string(power);
    return base + (how_.braces ? "^{" + n + "}" : "^" + n);
  }
  std::string fraction(const std::string &above, const std::string &below) const {
    if (how_.braces) return "\\frac{" + above + "}{" + below + "}";
    return above + "/" + (below.find_first_of("* +") == std::string::npos ? below : "(" + below + ")");
  }

  std::string term(const expr::Term &term, Rational coefficient, unsigned depth) {
    std::string above, below;
    auto put = [&](std::string &side, const std::string &text) { side += (side.empty() ? "" : how_.times) + text; };
    if (!coefficient.num().isOne()) put(above, toString(coefficient.num()));
    if (!coefficient.den().isOne()) put(below, toString(coefficient.den()));
    for (const expr::Factor &factor : term.factors)
      put(factor.power > 0 ? above : below, raised(atom(factor.atom, depth), std::abs(factor.power)));
    if (above.empty()) above = "1";
    return below.empty() ? above : fraction(above, below);
  }

  std::string list(llvm::ArrayRef<ExprId> args, unsigned depth) {
    std::string out;
    for (ExprId arg : args) out += (out.empty() ? "" : ", ") + write(arg, depth + 1);
    return out;
  }

  std::string atom(expr::AtomId id, unsigned depth) {
    const expr::Atom &atom = pool_.atom(id);
    switch (atom.kind) {
    case AtomKind::Symbol: return identifier(pool_.symbolInfo(atom.symbol).name);
    case AtomKind::Floor: {
      std::string name = names_ ? names_(pool_.atomExpr(id)) : "";
      return name.empty() ? how_.floorOpen + write(atom.args[0], depth + 1) + how_.floorClose : identifier(name);
    }
    case AtomKind::NonNeg: return how_.bracketOpen + write(atom.args[0], depth + 1) + how_.nonNeg + how_.bracketClose;
    case AtomKind::Max: return (how_.braces ? "\\max(" : "max(") + list(atom.args, depth) + ")";
    case AtomKind::Power:
      return "(" + write(atom.args[0], depth + 1) + ")^" + (how_.braces ? "{" : "(") + write(atom.args[1], depth + 1) +
             (how_.braces ? "}" : ")");
    case AtomKind::Inverse: return fraction("1", write(atom.args[0], depth + 1));
    case AtomKind::ArgMin: return (how_.braces ? "\\operatorname{argmin}(" : "argmin(") + list(atom.args, depth) + ")";
    case AtomKind::Sum: {
      std::string index = identifier(pool_.symbolInfo(atom.symbol).name), lo = write(atom.args[0], depth + 1),
                  hi = write(atom.args[1], depth + 1);
      if (!how_.braces) return "sum(" + index + " in " + lo + ".." + hi + ": " + write(atom.args[2], depth + 1) + ")";
      return "\\sum_{" + index + "=" + lo + "}^{" + hi + "-1} \\left(" + write(atom.args[2], depth + 1) + "\\right)";
    }
    }
    return {};
  }

  expr::ExprPool &pool_;
  const Abbreviations &names_;
  const Notation &how_;
};

} // namespace

std::string latex(expr::ExprPool &pool, ExprId id, const Abbreviations &names) {
  return Writer(pool, names, kLatex).write(id);
}
std::string plain(expr::ExprPool &pool, ExprId id, const Abbreviations &names) {
  return Writer(pool, names, kPlain).write(id);
}

} // namespace mdl::tool
