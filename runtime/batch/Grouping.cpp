//===- Grouping.cpp - The sums of products of a tape ----------------------===//
#include "Grouping.h"
#include <algorithm>
#include <map>
#include <optional>

namespace mdl::runtime::batch {
namespace {

/// A longer sum becomes a variable in the sums that read it.
constexpr size_t kMostTerms = 128;

class Grouper {
public:
  explicit Grouper(const Groupable &tape) : tape_(tape), code_(tape.program.code), written_(code_.size()) {}

  Grouping run() {
    Grouping made;
    made.sumOf.assign(code_.size(), kNoSum), made.inside.assign(code_.size(), false);
    isRoot_.assign(code_.size(), false);
    for (Slot slot = 0; slot < code_.size(); ++slot)
      if (tape_.needed(slot)) visit(slot);
    for (Slot slot : tape_.outputs) isRoot_[slot] = true;
    std::vector<Sum> sums;
    for (Slot slot = 0; slot < code_.size(); ++slot) {
      if (!written_[slot]) continue;
      made.inside[slot] = !isRoot_[slot];
      if (!isRoot_[slot]) continue;
      made.sumOf[slot] = static_cast<uint32_t>(sums.size());
      sums.push_back(std::move(*written_[slot]));
    }
    made.factored = factor(std::move(sums), static_cast<uint32_t>(variables_.size()));
    made.variables = std::move(variables_);
    return made;
  }

private:
  void visit(Slot slot) {
    const Instr &instr = code_[slot];
    if (!tape_.varies(slot)) return;
    if (tape_.groups(slot)) written_[slot] = instr.op == OpCode::Add ? sum(instr) : product(instr);
    if (!written_[slot]) forEachOperand(tape_.program, instr, [&](Slot operand) { isRoot_[operand] = true; });
  }

  /// A slot as a sum; nullopt when it is a number that Int does not hold.
  std::optional<Sum> read(Slot slot) {
    if (!tape_.varies(slot)) {
      Int number = tape_.number(slot);
      if (number.isOverflow()) return std::nullopt;
      return number.isZero() ? Sum() : Sum{{number, {}}};
    }
    return written_[slot] ? *written_[slot] : variable(slot);
  }
  Sum variable(Slot slot) {
    auto [at, isNew] = variableOf_.try_emplace(slot, static_cast<uint32_t>(variables_.size()));
    if (isNew) variables_.push_back(slot);
    isRoot_[slot] = true;
    return {{1, {at->second}}};
  }

  std::optional<Sum> sum(const Instr &instr) {
    auto a = read(instr.a), b = read(instr.b);
    if (!a || !b) return std::nullopt;
    if (a->size() + b->size() > kMostTerms) a = shortened(instr.a, *a), b = shortened(instr.b, *b);
    Sum made = std::move(*a);
    for (Term &term : *b) {
      auto same = std::ranges::find(made, term.variables, &Term::variables);
      if (same == made.end()) made.push_back(std::move(term));
      else if ((same->coefficient += term.coefficient).isOverflow()) return std::nullopt;
    }
    std::erase_if(made, [](const Term &term) { return term.coefficient.isZero(); });
    return made;
  }
  std::optional<Sum> product(const Instr &instr) {
    auto a = read(instr.a), b = read(instr.b);
    if (!a || !b) return std::nullopt;
    if (a->size() > 1 && b->size() > 1) a = shortened(instr.a, *a), b = shortened(instr.b, *b);
    Sum made;
    for (const Term &left : *a)
      for (const Term &right : *b) {
        Term term{left.coefficient * right.coefficient, {}};
        if (term.coefficient.isOverflow()) return std::nullopt;
        std::ranges::merge(left.variables, right.variables, std::back_inserter(term.variables));
        made.push_back(std::move(term));
      }
    return made;
  }
  Sum shortened(Slot slot, const Sum &sum) { return sum.size() > 1 ? variable(slot) : sum; }

  const Groupable &tape_;
  const std::vector<Instr> &code_;
  std::vector<std::optional<Sum>> written_;
  std::vector<bool> isRoot_; ///< Read by something else than a sum or a product
  std::vector<Slot> variables_;
  std::map<Slot, uint32_t> variableOf_;
};

} // namespace

Grouping group(const Groupable &tape) { return Grouper(tape).run(); }

} // namespace mdl::runtime::batch
