//===- Rules.cpp - Cost rules under a pair of conventions -----------------===//
// For a metric, the first tag of the convention's `use` that has a rule wins,
// else the untagged rule, else 0. For traffic the same, else the convention's
// booking. Rules of `extend` blocks are tagged and join those of the operator.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

using ast::StmtKind;

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

/// Calls `each` for the statements of an operator and of its extensions.
template <class Each> static void forEachStmt(Library &library, const ast::Item *op, Each each) {
  for (const ast::Stmt *stmt : op->body) each(stmt);
  for (const ast::Item *extension : library.extensions(op->name.name))
    for (const ast::Stmt *stmt : extension->body) each(stmt);
}

/// Position of the best tag of a rule in `use`; `use.size()` for an untagged rule; nullopt when it does not apply.
static std::optional<size_t> rank(const ast::Stmt *rule, llvm::ArrayRef<NameId> use) {
  if (rule->tags.empty()) return use.size();
  for (size_t i = 0; i < use.size(); ++i)
    if (llvm::any_of(rule->tags, [&](const ast::Annotation &tag) { return tag.name.name == use[i]; })) return i;
  return std::nullopt;
}

template <class Applies>
static const ast::Stmt *best(Library &library, const OpApplication &application, llvm::ArrayRef<NameId> use,
                             Applies applies) {
  const ast::Stmt *chosen = nullptr;
  size_t chosenRank = use.size() + 1;
  forEachStmt(library, application.op, [&](const ast::Stmt *stmt) {
    if (!applies(stmt)) return;
    auto ranked = rank(stmt, use);
    if (ranked && *ranked < chosenRank) chosen = stmt, chosenRank = *ranked;
  });
  return chosen;
}

const ast::Stmt *Checker::chosenRule(const OpApplication &application, NameId metric, const Convention &convention) {
  return best(library_, application, convention.use,
              [&](const ast::Stmt *stmt) { return stmt->kind == StmtKind::Cost && stmt->names[0].name == metric; });
}

const ast::Stmt *Checker::chosenTraffic(const OpApplication &application, const Convention &convention) {
  return best(library_, application, convention.use,
              [](const ast::Stmt *stmt) { return stmt->kind == StmtKind::Traffic; });
}

/// The rule's value, in the metric's unit; a plain number counts in it.
ExprId Checker::evalRule(const OpApplication &application, const ast::Stmt *rule, const Metric &metric) {
  ExprId zero = pool_.constant(0);
  Scope scope(const_cast<Scope *>(&application.scope));
  ExprId factor = pool_.constant(1);
  if (rule->guard) {
    Value guard = eval(rule->guard, {&scope});
    if (!wantNumber(guard, "`when`", rule->guard->range)) return zero;
    factor = guard.number;
    if (factor == zero) return zero;
  }
  Value value = eval(rule->expr, {&scope});
  if (!wantNumber(value, "the rule of " + quoted(text(metric.name)), rule->expr->range)) return zero;
  if (!value.unit.isPlain()) {
    const ast::Item *item = metric.unit.empty() ? nullptr : library_.find(intern(metric.unit), rule->expr->range);
    UnitId wanted = item && item->kind == ast::ItemKind::Unit ? evalUnit(item).unit : UnitId{};
    if (value.unit != wanted && !units_.isCounting(value.unit)) {
      error(DiagId::UnitWanted, rule->expr->range,
            {"the rule of " + quoted(text(metric.name)),
             metric.unit.empty() ? "a plain number" : std::string(metric.unit), quoted(units_.print(value.unit))});
      return zero;
    }
  }
  ExprId counted = pool_.mul(factor, value.number);
  if (!wantCount(counted, "the rule of " + quoted(text(metric.name)), rule->expr->range)) return zero;
  return counted;
}

/// A count is an integer that is not negative (an expectation may be a fraction). What only the workload can decide becomes a
/// condition of the program.
bool Checker::wantCount(ExprId count, const std::string &what, SrcRange range) {
  Truth truth = facts_->nonNeg(count);
  if (truth == Truth::False) {
    error(DiagId::NotPositive, range, {what, show(count), "0"});
    return false;
  }
  if (!mayDeferGuard(count) || generic_ || pool_.isReal(count)) return true;
  auto guard = [&](ExprId condition, const std::string &says) {
    if (condition != pool_.constant(1))
      ruleGuards_.push_back({GuardKind::Require, condition, what + says + show(count), range});
  };
  if (truth == Truth::Open) guard(pool_.nonNeg(count), " would be less than 0: ");
  if (!pool_.isReal(count) && !facts_->isInteger(count))
    guard(pool_.equal(count, pool_.floor(count)), " is no integer: ");
  return true;
}

/// `x: n`: so many elements, stored as the tensor `x` is.
bool Checker::countsElementsOf(const ast::Move &move, Scope &scope, MoveCost &cost) {
  const Value *named = scope.find(move.role.name);
  if (!named || !named->isTensor() || cost.of) return false;
  cost.of = named->tensor, cost.role = named->tensor->role;
  return true;
}

void Checker::addMove(const OpApplication &application, const ast::Move &move, OpCosts &costs) {
  Scope scope(const_cast<Scope *>(&application.scope));
  Env env{&scope};
  ExprId factor = pool_.constant(1);
  if (move.guard) {
    Value guard = eval(move.guard, env);
    if (!wantNumber(guard, "`when`", move.guard->range)) return;
    factor = guard.number;
  }
  if (factor == pool_.constant(0)) return; // an absent operand is not looked at
  Value what = eval(move.what, env);
  if (what.isError()) return;
  MoveCost cost;
  cost.movement = move.movement;
  if (what.isTensor()) {
    cost.role = what.tensor->role;
    cost.of = what.tensor;
    cost.elements = pool_.mul(what.tensor->shape);
    for (size_t i = 0; i < application.operands.size(); ++i)
      if (application.operands[i] == what.tensor) cost.operand = static_cast<int>(i);
    for (const Storage &storage : application.storage)
      if (storage.kind == StorageKind::Scratch && storage.tensor == what.tensor &&
          !llvm::is_contained(costs.scratch, what.tensor))
        costs.scratch.push_back(what.tensor);
  } else {
    if (!wantNumber(what, "a move", move.what->range)) return;
    if (!what.unit.isPlain() && !units_.isCounting(what.unit)) {
      error(DiagId::UnitWanted, move.what->range,
            {"a move", "a tensor or a plain count of elements", quoted(showQuantity(what))});
      return;
    }
    cost.role = actRole_;
    cost.elements = what.number;
  }
  if (move.role && !countsElementsOf(move, scope, cost))
    if (auto role = roleOf(move.role, actRole_)) cost.role = *role;
  if (move.times) {
    Value times = eval(move.times, env);
    if (!wantNumber(times, "`times`", move.times->range)) return;
    factor = pool_.mul(factor, times.number);
    cost.operand = -1; // more than one reading is no longer "the operand once"
  }
  cost.elements = pool_.mul(cost.elements, factor);
  if (!wantCount(cost.elements, "a move", move.what->range)) return;
  costs.moves.push_back(cost);
}

/// Without a rule: operands and weights are read, results written; an alias moves nothing.
void Checker::addDefaultMoves(const OpApplication &application, const Convention &traffic, OpCosts &costs) {
  costs.byConvention = true;
  if (traffic.booking == Convention::Booking::None || application.aliasOf >= 0 || application.aliasState) return;
  using ast::Movement;
  auto add = [&](const Tensor *tensor, Movement movement, int operand) {
    costs.moves.push_back({movement, tensor->role, pool_.mul(tensor->shape), operand, tensor});
  };
  for (size_t i = 0; i < application.operands.size(); ++i)
    if (application.operands[i]) add(application.operands[i], Movement::Read, static_cast<int>(i));
  for (const Tensor *tied : application.tied) add(tied, Movement::Read, -1);
  for (const Storage &storage : application.storage)
    if (storage.kind == StorageKind::Weight) add(storage.tensor, Movement::Read, -1);
    else if (storage.kind == StorageKind::State)
      add(storage.tensor, Movement::Read, -1), add(storage.tensor, Movement::Write, -1);
  for (const Tensor *result : application.results) add(result, Movement::Write, -1);
}

OpCosts Checker::costs(const OpApplication &application, const Convention &flops, const Convention &traffic) {
  OpCosts costs;
  ExprId zero = pool_.constant(0);
  for (const Metric &metric : metrics_) {
    const ast::Stmt *rule = nullptr;
    if (metric.source == Metric::Source::Rule && !llvm::is_contained(flops.omit, metric.name))
      rule = chosenRule(application, metric.name, flops);
    costs.values.push_back(rule ? evalRule(application, rule, metric) : zero);
  }
  if (const ast::Stmt *rule = chosenTraffic(application, traffic))
    for (const ast::Move &move : rule->moves) addMove(application, move, costs);
  else addDefaultMoves(application, traffic, costs);
  undecided_.reset(); // a rule cannot ask for another structure: what it could not decide was reported as a value
  return costs;
}

std::vector<SrcRange> Checker::rulesFor(std::string_view op, std::string_view metric, std::string_view convention,
                                        std::string_view traffic) {
  const ast::Item *item = library_.find(
      intern(op), {main_->file->outline().empty() ? SrcLoc{} : main_->file->outline()[0].range.begin, {}});
  if (!item || item->kind != ast::ItemKind::Op) return {};
  OpApplication application;
  application.op = item;
  std::vector<SrcRange> ranges;
  for (const Metric &each : metrics_) {
    if (text(each.name) != metric) continue;
    if (each.source == Metric::Source::Rule) {
      if (const Convention *chosen = this->convention(Convention::Family::Flops, convention))
        if (const ast::Stmt *rule = chosenRule(application, each.name, *chosen)) ranges.push_back(rule->range);
    } else if (isTraffic(each)) {
      if (const Convention *chosen = this->convention(Convention::Family::Traffic, traffic))
        if (const ast::Stmt *rule = chosenTraffic(application, *chosen)) ranges.push_back(rule->range);
    } else
      for (const ast::Stmt *stmt : item->body)
        if (stmt->kind == StmtKind::Weight || stmt->kind == StmtKind::State) ranges.push_back(stmt->range);
  }
  return ranges;
}

//===--- Rules by themselves -------------------------------------------------------===//

/// Names and tags of all rules; rules for one metric and tag twice.
void Checker::checkRuleNames(const ast::Item *op) {
  std::vector<std::tuple<NameId, NameId, SrcRange>> seen;
  auto once = [&](NameId metric, const ast::Stmt *stmt) {
    llvm::SmallVector<NameId> tags;
    for (const ast::Annotation &tag : stmt->tags) tags.push_back(tag.name.name);
    if (tags.empty()) tags.push_back({});
    for (NameId tag : tags) {
      for (auto &[otherMetric, otherTag, where] : seen)
        if (otherMetric == metric && otherTag == tag)
          error(DiagId::DuplicateRule, stmt->names.empty() ? stmt->range : stmt->names[0].range,
                {std::string(text(op->name.name)), metric ? std::string(text(metric)) : "traffic",
                 tag ? " @" + std::string(text(tag)) : ""})
              .note(where, "the first is here");
      seen.emplace_back(metric, tag, stmt->range);
    }
  };
  forEachStmt(library_, op, [&](const ast::Stmt *stmt) {
    if (stmt->kind != StmtKind::Cost && stmt->kind != StmtKind::Traffic) return;
    checkTags(stmt);
    if (stmt->kind == StmtKind::Traffic) return once({}, stmt);
    checkRuleMetric(stmt);
    once(stmt->names[0].name, stmt);
  });
}

void Checker::checkTags(const ast::Stmt *stmt) {
  Convention::Family family = stmt->kind == StmtKind::Cost ? Convention::Family::Flops : Convention::Family::Traffic;
  for (const ast::Annotation &tag : stmt->tags) {
    std::vector<std::string_view> tags;
    bool known = false;
    for (const Convention &convention : conventions_)
      if (convention.family == family)
        for (NameId use : convention.use) known |= use == tag.name.name, tags.push_back(text(use));
    if (known) continue;
    auto &diagnostic = error(DiagId::UnknownTag, tag.name.range, {std::string(text(tag.name.name))});
    if (auto near = nearest(text(tag.name.name), tags); !near.empty())
      diagnostic.hint("did you mean " + quoted(near) + "?");
  }
}

void Checker::checkRuleMetric(const ast::Stmt *stmt) {
  const ast::Ident &name = stmt->names[0];
  std::vector<std::string_view> names;
  for (const Metric &metric : metrics_) {
    names.push_back(text(metric.name));
    if (metric.name != name.name) continue;
    if (metric.source == Metric::Source::Rule) return;
    std::string_view from = metric.source == Metric::Source::Storage ? "the weights and states"
                            : metric.source == Metric::Source::Time  ? "the device"
                            : metric.fold == Metric::Fold::Peak      ? "the schedule"
                                                                     : "traffic rules";
    error(DiagId::MetricNotRule, name.range, {std::string(text(name.name)), std::string(from)});
    return;
  }
  auto &diagnostic = error(DiagId::UnknownMetric, name.range, {std::string(text(name.name))});
  if (auto near = nearest(text(name.name), names); !near.empty()) diagnostic.hint("did you mean " + quoted(near) + "?");
}

/// Evaluates every rule of an application, used or not.
void Checker::checkRules(const OpApplication &application) {
  OpCosts ignored;
  forEachStmt(library_, application.op, [&](const ast::Stmt *stmt) {
    undecided_.reset();
    if (stmt->kind == StmtKind::Traffic)
      for (const ast::Move &move : stmt->moves) addMove(application, move, ignored);
    if (stmt->kind != StmtKind::Cost) return;
    for (const Metric &metric : metrics_)
      if (metric.name == stmt->names[0].name) (void)evalRule(application, stmt, metric);
  });
  undecided_.reset();
}

} // namespace mdl::sema
