//===- Coefficients.cpp - Denominators, contents, integer values ----------===//
#include "Tables.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::expr {

namespace {

constexpr size_t kMaxVariables = 4;
constexpr int32_t kMaxDegree = 6;
constexpr int kMaxGrid = 256;

bool skips(const Term &term, Constant constant) { return constant == Constant::Skip && term.factors.empty(); }

Int lcm(Int a, Int b) {
  Int g = gcd(a, b);
  return g.isZero() ? Int(0) : floorDiv(a, g) * b;
}

/// The grid 0..degree in each variable. A polynomial with integer values there has integer values at all integers,
/// because Newton's interpolation on the grid has then integer coefficients.
class Grid {
public:
  Grid(llvm::ArrayRef<Term> terms) : terms_(terms) {
    for (const Term &term : terms)
      for (Factor factor : term.factors) note(factor);
  }
  bool isSmall() const {
    int points = 1;
    for (Factor v : variables_) {
      if (v.power > kMaxDegree || points > kMaxGrid) return false;
      points *= v.power + 1;
    }
    return variables_.size() <= kMaxVariables && points <= kMaxGrid;
  }
  bool allIntegers() {
    do
      if (!value().isInteger()) return false;
    while (next());
    return true;
  }

private:
  void note(Factor factor) {
    auto *at = llvm::find_if(variables_, [&](Factor v) { return v.atom == factor.atom; });
    if (at == variables_.end()) {
      if (variables_.size() <= kMaxVariables) variables_.push_back(factor), point_.push_back(0);
    } else {
      at->power = std::max(at->power, factor.power);
    }
  }
  bool next() {
    for (size_t i = 0; i < point_.size(); ++i) {
      if (++point_[i] <= variables_[i].power) return true;
      point_[i] = 0;
    }
    return false;
  }
  int coordinate(AtomId atom) const {
    return point_[static_cast<size_t>(llvm::find_if(variables_, [&](Factor v) { return v.atom == atom; }) -
                                      variables_.begin())];
  }
  Rational value() const {
    Rational sum;
    for (const Term &term : terms_) {
      Rational product = term.coefficient;
      for (Factor f : term.factors) product = product * power(coordinate(f.atom), static_cast<uint64_t>(f.power));
      sum = sum + product;
    }
    return sum;
  }

  llvm::ArrayRef<Term> terms_;
  llvm::SmallVector<Factor, 4> variables_;
  llvm::SmallVector<int, 4> point_;
};

} // namespace

Int commonDenominator(llvm::ArrayRef<Term> terms, Constant constant) {
  Int d = 1;
  for (const Term &term : terms)
    if (!skips(term, constant) && !term.coefficient.den().isOne()) d = lcm(d, term.coefficient.den());
  return d;
}

Rational commonFactor(llvm::ArrayRef<Term> terms, Constant constant) {
  Int g = 0;
  for (const Term &term : terms)
    if (!skips(term, constant)) g = gcd(g, term.coefficient.num());
  return {g, commonDenominator(terms, constant)};
}

Rational constantTerm(llvm::ArrayRef<Term> terms) {
  for (const Term &term : terms)
    if (term.factors.empty()) return term.coefficient;
  return 0;
}

bool hasIntegralMonomials(const Tables &tables, llvm::ArrayRef<Term> terms) {
  return llvm::all_of(terms, [&](const Term &term) { return tables.isIntegral(term.factors); });
}

bool isIntegerValued(const Tables &tables, ExprId id) {
  llvm::ArrayRef<Term> terms = tables.terms(id);
  if (!hasIntegralMonomials(tables, terms) || !constantTerm(terms).isInteger()) return false;
  Grid grid(terms);
  return grid.isSmall() && grid.allIntegers();
}

} // namespace mdl::expr
