//===- EmitProgram.cpp - Cost module to program ---------------------------===//
// An expression becomes a fraction of two integer slots: coefficients are put
// over one denominator and negative powers below it, so that the tape works on
// integers and the one division is exact. An expression with a power of a
// fraction is real and is computed in doubles, term by term in canonical order.
//===----------------------------------------------------------------------===//
#include "EmitProgram.h"
#include "llvm/ADT/STLExtras.h"
#include <unordered_map>

namespace mdl::lower {

namespace {

using expr::Atom;
using expr::AtomKind;
using expr::ExprId;
using expr::SymbolId;
using runtime::kNoSlot;
using runtime::OpCode;
using runtime::Slot;

/// `num / den`, or `num` alone; a real has no denominator.
struct Fraction {
  Slot num = kNoSlot;
  Slot den = kNoSlot;
  bool real = false;
};

class Emitter {
public:
  Emitter(const ir::CostModule &module, runtime::Program &program) : pool_(*module.pool), program_(program) {
    scopes_.emplace_back();
    // As many as a model of many layers takes, so that the table does not grow again and again.
    scopes_.back().code.reserve(static_cast<unsigned>(module.nodes.size() * module.metrics.size() / 2));
    for (size_t i = 0; i < module.inputs.size(); ++i)
      if (module.inputs[i].symbol) inputOf_[module.inputs[i].symbol->index] = static_cast<uint32_t>(i);
    for (size_t i = 0; i < module.parameters.size(); ++i)
      parameterOf_[module.parameters[i].symbol.index] = static_cast<uint32_t>(i);
  }

  /// A slot with the value of an expression: an integer, or a real when it is one.
  Slot value(ExprId id) {
    Fraction f = fraction(id);
    return f.den == kNoSlot ? f.num : code(OpCode::DivExact, f.num, f.den);
  }
  /// A slot with a condition: 1 or 0, also where it compares reals.
  Slot condition(ExprId id) {
    Fraction f = fraction(id);
    return f.real ? code(OpCode::RFloor, f.num) : value(id);
  }
  /// The number of the group index that `symbol` stands for.
  uint32_t groupIndex(SymbolId symbol) {
    auto [at, isNew] = indexOf_.try_emplace(symbol.index, program_.indexCount);
    if (isNew) ++program_.indexCount;
    return at->second;
  }

private:
  /// What has been computed here or further out; a scope is the body of a sum.
  struct Memo {
    llvm::DenseMap<std::pair<uint64_t, uint32_t>, Slot> code; ///< By operation and first operand, and the second
    llvm::DenseMap<uint32_t, Fraction> exprs, atoms;
  };

  Slot code(OpCode op, uint32_t a, uint32_t b = 0) {
    if ((op == OpCode::Add || op == OpCode::Mul || op == OpCode::Max) && a > b) std::swap(a, b);
    std::pair<uint64_t, uint32_t> key{static_cast<uint64_t>(op) << 32 | a, b};
    for (Memo &memo : llvm::reverse(scopes_))
      if (auto known = memo.code.find(key); known != memo.code.end()) return known->second;
    program_.code.push_back({op, a, b});
    return scopes_.back().code[key] = static_cast<Slot>(program_.code.size() - 1);
  }
  Slot constant(Int value) {
    auto [at, isNew] = constants_.try_emplace(value, static_cast<uint32_t>(program_.constants.size()));
    if (isNew) program_.constants.push_back(value);
    return code(OpCode::Const, at->second);
  }
  Slot real(double value) {
    auto at = llvm::find(program_.reals, value);
    auto index = static_cast<uint32_t>(at - program_.reals.begin());
    if (at == program_.reals.end()) program_.reals.push_back(value);
    return code(OpCode::Real, index);
  }

  Fraction fraction(ExprId id) {
    for (Memo &memo : llvm::reverse(scopes_))
      if (auto known = memo.exprs.find(id.index); known != memo.exprs.end()) return known->second;
    Fraction made = pool_.isReal(id) ? realSum(id) : rationalSum(id);
    scopes_.back().exprs[id.index] = made;
    return made;
  }

  Slot powerOf(Slot base, unsigned exponent) {
    Slot result = kNoSlot;
    for (; exponent; exponent >>= 1) {
      if (exponent & 1) result = result == kNoSlot ? base : code(OpCode::Mul, result, base);
      if (exponent > 1) base = code(OpCode::Mul, base, base);
    }
    return result;
  }
  Slot times(Slot a, Slot b) { return a == kNoSlot ? b : b == kNoSlot ? a : code(OpCode::Mul, a, b); }

  /// Powers of slots, in the order of the slots.
  using Powers = llvm::SmallVector<std::pair<Slot, unsigned>, 8>;

  static unsigned &powerIn(Powers &powers, Slot slot) {
    auto at = llvm::lower_bound(powers, slot, [](const auto &each, Slot s) { return each.first < s; });
    if (at == powers.end() || at->first != slot) at = powers.insert(at, {slot, 0});
    return at->second;
  }
  static unsigned powerOf(const Powers &powers, Slot slot) {
    auto at = llvm::find_if(powers, [&](const auto &each) { return each.first == slot; });
    return at == powers.end() ? 0 : at->second;
  }

  /// Sum of terms over one denominator: the least common one of the coefficients times the divisors' powers.
  Fraction rationalSum(ExprId id) {
    auto terms = pool_.terms(id);
    Int common = 1;
    Powers divisors; // the highest power that any term divides by
    struct Part {
      Rational coefficient;
      Powers above, below;
    };
    llvm::SmallVector<Part, 8> parts;
    for (const expr::Term &term : terms) {
      common = floorDiv(common, gcd(common, term.coefficient.den())) * term.coefficient.den();
      Part part{term.coefficient, {}, {}};
      for (const expr::Factor &factor : term.factors) {
        Fraction f = atom(factor.atom);
        auto power = static_cast<unsigned>(std::abs(factor.power));
        auto put = [&](Powers &side, Slot slot) {
          if (slot != kNoSlot) powerIn(side, slot) += power;
        };
        put(factor.power > 0 ? part.above : part.below, f.num);
        put(factor.power > 0 ? part.below : part.above, f.den);
      }
      for (auto [slot, power] : part.below) powerIn(divisors, slot) = std::max(powerIn(divisors, slot), power);
      parts.push_back(std::move(part));
    }
    Slot sum = kNoSlot;
    for (const Part &part : parts) {
      Slot product = kNoSlot;
      for (auto [slot, power] : part.above) product = times(product, powerOf(slot, power));
      for (auto [slot, power] : divisors) {
        unsigned missing = power - powerOf(part.below, slot);
        if (missing) product = times(product, powerOf(slot, missing));
      }
      Int coefficient = part.coefficient.num() * floorDiv(common, part.coefficient.den());
      if (product == kNoSlot || !coefficient.isOne()) product = times(product, constant(coefficient));
      sum = sum == kNoSlot ? product : code(OpCode::Add, sum, product);
    }
    Slot below = common.isOne() ? kNoSlot : constant(common);
    for (auto [slot, power] : divisors) below = times(below, powerOf(slot, power));
    return {sum == kNoSlot ? constant(0) : sum, below, false};
  }

  Slot toReal(Fraction f) {
    if (f.real) return f.num;
    Slot num = code(OpCode::ToReal, f.num);
    return f.den == kNoSlot ? num : code(OpCode::RDiv, num, code(OpCode::ToReal, f.den));
  }

  /// In doubles. Terms with the same real factors are one exact number, converted once, times these; such groups are
  /// added in the order of their first terms.
  Fraction realSum(ExprId id) {
    using Factors = llvm::ArrayRef<expr::Factor>;
    struct Group {
      Factors reals;
      llvm::SmallVector<expr::Term, 1> exact;
    };
    size_t count = 0;
    for (const expr::Term &term : pool_.terms(id)) count += term.factors.size();
    llvm::SmallVector<expr::Factor, 32> kept; // of all terms, the real ones of each first; it does not move
    kept.reserve(count);
    llvm::SmallVector<Group, 4> groups;
    for (const expr::Term &term : pool_.terms(id)) {
      auto append = [&](bool real) {
        size_t begin = kept.size();
        for (const expr::Factor &factor : term.factors)
          if (pool_.isReal(pool_.atomExpr(factor.atom)) == real) kept.push_back(factor);
        return Factors(kept).drop_front(begin);
      };
      Factors reals = append(true), exact = append(false);
      auto group = llvm::find_if(groups, [&](const Group &each) { return each.reals == reals; });
      if (group == groups.end()) group = &groups.emplace_back(Group{reals, {}});
      group->exact.push_back({term.coefficient, exact});
    }
    Slot sum = kNoSlot;
    for (const Group &group : groups) {
      Slot product = toReal(fraction(pool_.fromTerms(group.exact)));
      for (const expr::Factor &factor : group.reals) {
        Slot base = toReal(atom(factor.atom));
        unsigned times = static_cast<unsigned>(std::abs(factor.power));
        Slot power = times == 1 ? base : code(OpCode::RPow, base, constant(times));
        product = code(factor.power < 0 ? OpCode::RDiv : OpCode::RMul, product, power);
      }
      sum = sum == kNoSlot ? product : code(OpCode::RAdd, sum, product);
    }
    return {sum == kNoSlot ? real(0) : sum, kNoSlot, true};
  }

  Fraction atom(expr::AtomId id) {
    for (Memo &memo : llvm::reverse(scopes_))
      if (auto known = memo.atoms.find(id.index); known != memo.atoms.end()) return known->second;
    Fraction made = emitAtom(pool_.atom(id));
    scopes_.back().atoms[id.index] = made;
    return made;
  }

  Fraction emitAtom(const Atom &atom) {
    switch (atom.kind) {
    case AtomKind::Symbol: return symbol(atom.symbol);
    case AtomKind::Floor: {
      Fraction f = fraction(atom.args[0]);
      if (f.real) return {code(OpCode::RFloor, f.num)};
      return {code(OpCode::FloorDiv, f.num, f.den == kNoSlot ? constant(1) : f.den)};
    }
    case AtomKind::NonNeg: { // divisors are positive: they were shown to be at least 1
      Fraction f = fraction(atom.args[0]);
      return {code(f.real ? OpCode::RNonNeg : OpCode::NonNeg, f.num)};
    }
    case AtomKind::Max: return maximum(atom.args);
    case AtomKind::Power: {
      Fraction base = fraction(atom.args[0]), exponent = fraction(atom.args[1]);
      bool exact = !base.real && base.den == kNoSlot && pool_.provesNonNeg(atom.args[1]);
      Slot count = exponent.den == kNoSlot ? exponent.num : code(OpCode::DivExact, exponent.num, exponent.den);
      if (exact && pool_.isIntegral(atom.args[0])) return {code(OpCode::Pow, base.num, count)};
      return {code(OpCode::RPow, toReal(base), count), kNoSlot, true};
    }
    case AtomKind::Inverse: {
      Fraction f = fraction(atom.args[0]);
      if (f.real) return {code(OpCode::RDiv, real(1), f.num), kNoSlot, true};
      return {f.den == kNoSlot ? constant(1) : f.den, f.num};
    }
    case AtomKind::Sum: return sum(atom);
    case AtomKind::ArgMin: return argMin(atom);
    }
    return {};
  }

  Fraction symbol(SymbolId id) {
    if (auto input = inputOf_.find(id.index); input != inputOf_.end()) return {code(OpCode::Input, input->second)};
    if (auto parameter = parameterOf_.find(id.index); parameter != parameterOf_.end())
      return {code(OpCode::Param, parameter->second), kNoSlot, true};
    return {code(OpCode::Index, groupIndex(id))};
  }

  /// All over one denominator, then compared.
  Fraction maximum(llvm::ArrayRef<ExprId> args) {
    std::vector<Fraction> all;
    bool anyReal = false;
    for (ExprId arg : args) all.push_back(fraction(arg)), anyReal |= all.back().real;
    if (anyReal) {
      Slot best = toReal(all[0]);
      for (size_t i = 1; i < all.size(); ++i) best = code(OpCode::RMax, best, toReal(all[i]));
      return {best, kNoSlot, true};
    }
    Slot common = kNoSlot;
    std::vector<Slot> dens;
    for (const Fraction &f : all)
      if (f.den != kNoSlot && !llvm::is_contained(dens, f.den)) dens.push_back(f.den), common = times(common, f.den);
    Slot best = kNoSlot;
    for (const Fraction &f : all) {
      Slot scaled = f.num;
      for (Slot den : dens)
        if (den != f.den) scaled = times(scaled, den);
      best = best == kNoSlot ? scaled : code(OpCode::Max, best, scaled);
    }
    return {best, common};
  }

  /// A loop on the tape: what does not depend on the index stays outside.
  Fraction sum(const Atom &atom) {
    Slot lo = value(atom.args[0]), hi = value(atom.args[1]);
    hoist(atom.args[2], atom.symbol);
    runtime::Loop loop;
    loop.index = groupIndex(atom.symbol), loop.lo = lo, loop.hi = hi;
    scopes_.emplace_back();
    loop.bodyBegin = static_cast<Slot>(program_.code.size());
    Fraction body = fraction(atom.args[2]);
    // A denominator that is free of the index leaves the sum; any other makes it real.
    bool outside = body.den != kNoSlot && body.den < loop.bodyBegin;
    bool isReal = body.real || (body.den != kNoSlot && !outside);
    loop.body = isReal ? toReal(body) : body.num;
    if (loop.body < loop.bodyBegin) { // a body of one slot from outside: copy it so that the loop has something to run
      program_.code.push_back(isReal ? runtime::Instr{OpCode::RAdd, loop.body, real(0)}
                                     : runtime::Instr{OpCode::Add, loop.body, constant(0)});
      loop.body = static_cast<Slot>(program_.code.size() - 1);
    }
    loop.bodyEnd = static_cast<Slot>(program_.code.size());
    scopes_.pop_back();
    program_.loops.push_back(loop);
    program_.code.push_back({isReal ? OpCode::RSum : OpCode::Sum, static_cast<uint32_t>(program_.loops.size() - 1), 0});
    return {static_cast<Slot>(program_.code.size() - 1), outside ? body.den : kNoSlot, isReal};
  }

  /// Computes the atoms of a body that are free of the index before the loop begins.
  void hoist(ExprId body, SymbolId index) {
    for (const expr::Term &term : pool_.terms(body))
      for (const expr::Factor &factor : term.factors) {
        const Atom &each = pool_.atom(factor.atom);
        bool inside = each.kind == AtomKind::Symbol
                          ? each.symbol == index
                          : llvm::any_of(each.args, [&](ExprId arg) { return pool_.dependsOn(arg, index); });
        if (!inside) (void)atom(factor.atom);
      }
    Int common = 1; // the denominator of the coefficients, so that it is known outside
    for (const expr::Term &term : pool_.terms(body))
      common = floorDiv(common, gcd(common, term.coefficient.den())) * term.coefficient.den();
    if (!common.isOne()) (void)constant(common);
  }

  Fraction argMin(const Atom &atom) {
    runtime::ArgMinRows rows;
    rows.rowLength = atom.symbol.index;
    // Keys of one column are compared with each other: all over one denominator.
    for (size_t column = 0; column < rows.rowLength; ++column) {
      std::vector<Fraction> keys;
      std::vector<Slot> dens;
      for (size_t i = column; i < atom.args.size(); i += rows.rowLength) {
        keys.push_back(fraction(atom.args[i]));
        if (keys.back().den != kNoSlot && !llvm::is_contained(dens, keys.back().den)) dens.push_back(keys.back().den);
      }
      rows.slots.resize(atom.args.size());
      for (size_t row = 0; row < keys.size(); ++row) {
        Slot scaled = keys[row].num;
        for (Slot den : dens)
          if (den != keys[row].den) scaled = times(scaled, den);
        rows.slots[row * rows.rowLength + column] = scaled;
      }
    }
    program_.argmins.push_back(std::move(rows));
    program_.code.push_back({OpCode::ArgMin, static_cast<uint32_t>(program_.argmins.size() - 1), 0});
    return {static_cast<Slot>(program_.code.size() - 1)};
  }

  expr::ExprPool &pool_;
  runtime::Program &program_;
  std::vector<Memo> scopes_;
  std::unordered_map<Int, uint32_t> constants_; ///< The place of each
  llvm::DenseMap<uint32_t, uint32_t> inputOf_, parameterOf_, indexOf_;
};

void copyHeader(const ir::CostModule &module, runtime::Program &program) {
  program.model = module.model, program.title = module.title;
  program.convention = module.convention, program.traffic = module.traffic;
  program.precision = module.precision, program.device = module.device;
  for (const ir::Parameter &from : module.parameters)
    program.parameters.push_back({module.pool->symbolInfo(from.symbol).name, from.value.value_or(0),
                                  from.best.value_or(from.value.value_or(0)),
                                  from.worst.value_or(from.value.value_or(0))});
  program.notModelled = module.notModelled, program.assumptions = module.assumptions;
  for (const ir::Input &from : module.inputs)
    program.inputs.push_back({from.name, static_cast<runtime::InputType>(from.type), from.unit, from.choices,
                              from.value, from.lo, from.hi, from.doc, !from.symbol.has_value()});
  for (const ir::Metric &from : module.metrics)
    program.metrics.push_back({from.name, from.title, from.unit, static_cast<runtime::Fold>(from.fold), from.absent,
                               from.resource, from.memory});
}

/// What makes integers of an expression that has fractions, such as halves of bytes; 1 when it is one by its form, or real.
Int scaleOf(expr::ExprPool &pool, ExprId id) {
  Int scale = 1;
  if (pool.isReal(id) || pool.isIntegral(id)) return scale;
  for (const expr::Term &term : pool.terms(id)) {
    Int den = term.coefficient.den();
    scale = floorDiv(scale, gcd(scale, den)) * den;
  }
  return scale.isOverflow() ? Int(1) : scale;
}

/// One scale for all values of a metric, so that they add up as integers.
void findScales(const ir::CostModule &module, runtime::Program &program) {
  for (size_t i = 0; i < program.metrics.size(); ++i) {
    Int &scale = program.metrics[i].scale;
    if (program.metrics[i].absent) continue;
    auto take = [&](ExprId id) {
      Int own = scaleOf(*module.pool, id);
      scale = floorDiv(scale, gcd(scale, own)) * own;
    };
    take(module.totals[i]);
    for (const ir::Node &node : module.nodes)
      if (!node.group) take(node.metrics[i]);
    if (scale.isOverflow()) scale = 1;
  }
}

runtime::Node nodeOf(const ir::Node &from, const ir::CostModule &module, Emitter &emitter,
                     const std::vector<runtime::Metric> &scales) {
  runtime::Node node;
  node.parent = from.parent, node.group = from.group;
  node.op = from.op, node.category = from.category, node.title = from.title, node.place = from.place;
  node.resident = from.resident;
  node.children = from.children;
  if (from.group) {
    node.index = emitter.groupIndex(from.index);
    node.lo = emitter.value(from.lo), node.hi = emitter.value(from.hi);
    return node;
  }
  for (const ir::LabelPart &part : from.label)
    node.label.push_back({part.text, part.index ? emitter.value(*part.index) : kNoSlot});
  node.calls = emitter.value(from.calls);
  node.uniform = emitter.value(module.pool->constant(from.uniform ? 1 : 0));
  for (size_t i = 0; i < from.metrics.size(); ++i)
    node.metrics.push_back(
        module.metrics[i].absent ? kNoSlot : emitter.value(module.pool->scale(from.metrics[i], scales[i].scale)));
  return node;
}

/// Slots that need the index of a group: an Index that no enclosing sum binds, and what reads one.
void markIndexed(runtime::Program &program) {
  program.dependsOnIndex.assign(program.code.size(), false);
  std::vector<bool> bound(program.indexCount, false);
  for (const runtime::Loop &loop : program.loops) bound[loop.index] = true;
  auto &indexed = program.dependsOnIndex;
  for (size_t i = 0; i < program.code.size(); ++i) {
    const runtime::Instr &instr = program.code[i];
    switch (instr.op) {
    case OpCode::Const:
    case OpCode::Real:
    case OpCode::Param:
    case OpCode::Input: break;
    case OpCode::Index: indexed[i] = !bound[instr.a]; break;
    case OpCode::Sum:
    case OpCode::RSum: {
      const runtime::Loop &loop = program.loops[instr.a];
      bool any = indexed[loop.lo] || indexed[loop.hi];
      for (Slot s = loop.bodyBegin; s < loop.bodyEnd; ++s) any = any || indexed[s];
      indexed[i] = any;
      break;
    }
    case OpCode::ArgMin:
      indexed[i] = llvm::any_of(program.argmins[instr.a].slots, [&](Slot s) { return indexed[s]; });
      break;
    case OpCode::NonNeg:
    case OpCode::ToReal:
    case OpCode::RFloor:
    case OpCode::RNonNeg: indexed[i] = indexed[instr.a]; break;
    default: indexed[i] = indexed[instr.a] || indexed[instr.b]; break;
    }
  }
  for (runtime::Node &node : program.nodes) {
    auto needs = [&](Slot slot) { return slot != kNoSlot && indexed[slot]; };
    node.varies = needs(node.calls) || llvm::any_of(node.metrics, needs);
  }
}

} // namespace

runtime::Program emitProgram(const ir::CostModule &module) {
  runtime::Program program;
  copyHeader(module, program);
  findScales(module, program);
  Emitter emitter(module, program);
  for (const ir::Guard &guard : module.guards)
    program.guards.push_back(
        {static_cast<runtime::GuardKind>(guard.kind), emitter.condition(guard.condition), guard.text, guard.place});
  for (const ir::Node &node : module.nodes) program.nodes.push_back(nodeOf(node, module, emitter, program.metrics));
  program.roots = module.roots;
  for (size_t i = 0; i < module.totals.size(); ++i)
    program.totals.push_back(module.metrics[i].absent
                                 ? kNoSlot
                                 : emitter.value(module.pool->scale(module.totals[i], program.metrics[i].scale)));
  markIndexed(program);
  return program;
}

} // namespace mdl::lower
