//===- Latex.cpp - Expressions for documents ------------------------------===//
#include "Latex.h"

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
  Writer(const expr::ExprPool &pool, const Abbreviations &names, const Notation &notation)
      : pool_(pool), names_(names), how_(notation) {}

  std::string write(ExprId id, unsigned depth = 0) {
    if (depth > expr::kMaxAtomDepth) return "...";
    if (std::string name = names_ ? names_(id) : ""; !name.empty()) return identifier(name);
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

  const expr::ExprPool &pool_;
  const Abbreviations &names_;
  const Notation &how_;
};

} // namespace

std::string latex(const expr::ExprPool &pool, ExprId id, const Abbreviations &names) {
  return Writer(pool, names, kLatex).write(id);
}
std::string plain(const expr::ExprPool &pool, ExprId id, const Abbreviations &names) {
  return Writer(pool, names, kPlain).write(id);
}

} // namespace mdl::tool
