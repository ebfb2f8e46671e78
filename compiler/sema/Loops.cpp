//===- Loops.cpp - repeat and loop: index-set splitting -------------------===//
// The body is checked once with a symbol for the index. If it decides something
// on the index, the range is split where the decision changes and each part is
// checked by itself; a decision that has no breakpoint (a list element, a
// remainder) makes single turns. If the carried shapes move, one turn is peeled.
// What is left are pieces, each one region for a range of turns.
//===----------------------------------------------------------------------===//
#include "Check.h"
#include <deque>

namespace mdl::sema {

/// More different turns than this are a mistake, not a model.
static constexpr int64_t kMaxSingleTurns = 100'000;

struct Checker::LoopRun {
  const ast::Stmt *stmt;
  Env env;
  const ast::Item *owner;
  std::unique_ptr<LoopNode> node = std::make_unique<LoopNode>();
  std::deque<std::pair<ExprId, ExprId>> work{};
  llvm::SmallVector<Value> current{}; ///< Of the carried names, before the next piece
  llvm::StringSet<> taken{};          ///< Ids of finished pieces
  unsigned peeled = 0;
  bool failed = false;
};

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

void Checker::runLoop(const ast::Stmt *stmt, Env env, const ast::Item *owner) {
  Value range = eval(stmt->expr, env);
  if (range.isError()) return failLoop(stmt, env);
  if (range.kind != ValueKind::Range) {
    error(DiagId::TypeMismatch, stmt->expr->range, {"a loop", "a range `a..b`", show(range)});
    return failLoop(stmt, env);
  }
  LoopRun run{stmt, env, owner};
  run.node->inTime = stmt->kind == ast::StmtKind::Loop;
  run.node->range = stmt->range;
  for (const ast::Ident &name : stmt->carry) {
    Value *before = env.scope->find(name.name);
    if (!before) error(DiagId::UnknownCarry, name.range, {std::string(text(name.name))});
    run.current.push_back(before ? *before : errorValue());
    collectTensors(run.current.back(), run.node->initial);
  }
  ExprId hi = range.inclusive ? pool_.add(range.end, pool_.constant(1)) : range.end;
  run.work.emplace_back(range.number, hi);
  while (!run.work.empty() && !run.failed && !stopped()) {
    auto [lo, end] = run.work.front();
    run.work.pop_front();
    ExprId count = pool_.sub(end, lo);
    if (facts_->nonNeg(pool_.negate(count)) == Truth::True) continue; // provably empty
    if (!runPiece(run, lo, end)) run.failed = true;
  }
  if (stopped()) return;
  if (run.failed) return failLoop(stmt, env);
  finishLoop(run);
}

/// After a mistake: the carried and gathered names have the error value.
void Checker::failLoop(const ast::Stmt *stmt, Env env) {
  for (const ast::Ident &name : stmt->carry) env.scope->set(name.name, errorValue());
  if (stmt->gather) env.scope->set(stmt->gather.name, errorValue());
}

/// Checks the body for lo..hi, or puts parts of the range back to work. False after an error.
bool Checker::runPiece(LoopRun &run, ExprId lo, ExprId hi) {
  const ast::Stmt *stmt = run.stmt;
  auto turns = pool_.asInteger(pool_.sub(hi, lo));
  bool single = turns && turns->isOne();
  Piece piece{lo, hi, std::nullopt, {}, {}, {}, nullptr};
  ExprId index = lo;
  if (!single) {
    piece.index = pool_.addSymbol({std::string(text(stmt->names[0].name)), lo, pool_.sub(hi, pool_.constant(1)), true});
    index = pool_.symbol(*piece.index);
    activeIndices_.push_back(*piece.index);
  }
  auto mark = diagnostics_.mark();
  size_t guards = guards_.size();
  auto facts = std::make_unique<expr::Facts>(*facts_);
  Scope scope(run.env.scope);
  scope.set(stmt->names[0].name, numberValue(index));
  for (size_t i = 0; i < stmt->carry.size(); ++i)
    scope.set(stmt->carry[i].name, fresh(run.current[i], Tensor::Origin::Carried, piece.carriedIn));
  Frame frame;
  frame.region = &piece.body, frame.outer = run.env.frame, frame.boundary = run.env.scope, frame.carried = stmt->carry;
  frame.inRepeat = !run.node->inTime, frame.repeatIndex = index, frame.folded = !single;
  Results results = runBody(stmt->body, {&scope, &frame}, run.owner);
  if (!single) activeIndices_.pop_back();
  auto takeBack = [&] { diagnostics_.rollback(mark), guards_.resize(guards), std::swap(facts_, facts); };

  if (stopped()) {
    if (single || !pool_.dependsOn(undecided_->condition, *piece.index)) return false;
    takeBack();
    return splitPiece(run, lo, hi, *piece.index);
  }
  if (results) {
    error(DiagId::MisplacedStatement, stmt->range, {"`return`", "a loop"});
    return false;
  }
  llvm::SmallVector<Value> after;
  for (size_t i = 0; i < stmt->carry.size(); ++i) {
    after.push_back(*scope.findHere(stmt->carry[i].name));
    if (after[i].isError() || run.current[i].isError()) continue;
    if (single || sameValue(after[i], run.current[i])) continue;
    if (!turns && run.peeled++ > 0) {
      if (generic_) return false;
      error(DiagId::CarriedShape, stmt->carry[i].range,
            {std::string(text(stmt->carry[i].name)), show(run.current[i]), show(after[i])});
      return false;
    }
    if (turns && *turns > Int(kMaxSingleTurns)) {
      error(DiagId::TooManyTurns, stmt->expr->range, {toString(*turns), std::to_string(kMaxSingleTurns)});
      return false;
    }
    takeBack();
    ExprId next = pool_.add(lo, pool_.constant(1));
    run.work.emplace_front(next, hi);
    run.work.emplace_front(lo, next);
    return true;
  }
  for (const Value &value : after) collectTensors(value, piece.carriedOut);
  run.current = std::move(after);
  return keepPiece(run, std::move(piece), scope, frame);
}

/// Files a checked piece: its ids must not clash with those of other turns of a repeat.
bool Checker::keepPiece(LoopRun &run, Piece piece, Scope &scope, Frame &frame) {
  for (const auto &id : frame.taken) {
    if (run.node->inTime || run.taken.insert(id.getKey()).second || piece.index) {
      run.taken.insert(id.getKey());
      continue;
    }
    error(DiagId::DuplicateId, run.stmt->range, {id.getKey().str()}).hint("two turns of this repeat give the same id");
    return false;
  }
  if (run.stmt->gather) {
    Value *out = scope.findHere(run.stmt->gather.name);
    if (!out || !out->isTensor()) {
      if (!out || !out->isError())
        error(DiagId::TypeMismatch, run.stmt->gather.range,
              {"`gather`", "a tensor that the body binds", out ? show(*out) : "nothing"});
      return false;
    }
    piece.gathered = out->tensor;
  }
  run.node->pieces.push_back(std::move(piece));
  return true;
}

/// Splits lo..hi where the undecided condition changes, or into single turns.
bool Checker::splitPiece(LoopRun &run, ExprId lo, ExprId hi, SymbolId index) {
  Undecided question = *undecided_;
  undecided_.reset();
  llvm::SmallVector<ExprId> arguments;
  for (const expr::Term &term : pool_.terms(question.condition))
    for (const expr::Factor &factor : term.factors)
      if (const expr::Atom &atom = pool_.atom(factor.atom); atom.kind == expr::AtomKind::NonNeg)
        arguments.push_back(atom.args[0]);
  for (ExprId argument : arguments) {
    auto linear = pool_.linearIn(argument, index); // k*i + rest >= 0
    if (!linear || pool_.dependsOn(linear->second, index)) continue;
    auto [k, rest] = *linear;
    ExprId quotient = pool_.scale(rest, Rational(1) / (k.sign() < 0 ? -k : k));
    ExprId at =
        k.sign() > 0 ? pool_.negate(pool_.floor(quotient)) : pool_.add(pool_.floor(quotient), pool_.constant(1));
    at = pool_.max({lo, pool_.min({at, hi})});
    if (at == lo || at == hi) continue;
    run.work.emplace_front(at, hi);
    run.work.emplace_front(lo, at);
    return true;
  }
  auto turns = pool_.asInteger(pool_.sub(hi, lo));
  if (!turns && generic_) return false; // with a constant number of turns it can be decided: checked where it is used
  if (!turns) {
    error(DiagId::UndecidableIndex, question.range, {std::string(source(question.range))})
        .hint("compare the index with a bound, or make the number of turns a constant");
    return false;
  }
  if (*turns > Int(kMaxSingleTurns)) {
    error(DiagId::TooManyTurns, run.stmt->expr->range, {toString(*turns), std::to_string(kMaxSingleTurns)})
        .note(question.range, "this differs from turn to turn");
    return false;
  }
  for (int64_t i = turns->toInt64(); i-- > 0;)
    run.work.emplace_front(pool_.add(lo, pool_.constant(i)), pool_.add(lo, pool_.constant(i + 1)));
  return true;
}

void Checker::finishLoop(LoopRun &run) {
  Scope &scope = *run.env.scope;
  for (size_t i = 0; i < run.stmt->carry.size(); ++i)
    scope.set(run.stmt->carry[i].name, fresh(run.current[i], Tensor::Origin::Carried, run.node->results));
  for (const auto &id : run.taken) run.env.frame->taken.insert(id.getKey());
  if (run.stmt->gather) gatherResults(run);
  run.env.frame->region->nodes.emplace_back(std::move(run.node));
}

/// The turns' tensors one after the other: the axis is the sum over all turns.
void Checker::gatherResults(LoopRun &run) {
  const ast::Stmt *stmt = run.stmt;
  run.env.scope->set(stmt->gather.name, errorValue());
  if (run.node->pieces.empty()) {
    error(DiagId::BadRange, stmt->expr->range, {"a loop without turns gathers nothing"});
    return;
  }
  const Tensor *first = run.node->pieces.front().gathered;
  Value axisValue = eval(stmt->along, run.env);
  auto axis = toConstant(axisValue, "the axis of `gather`", stmt->along->range, 0,
                         static_cast<int64_t>(first->shape.size()) - 1);
  if (!axis) return;
  llvm::SmallVector<ExprId> dims(first->shape);
  ExprId total = pool_.constant(0);
  for (const Piece &piece : run.node->pieces) {
    Shape shape = piece.gathered->shape;
    bool same = shape.size() == dims.size();
    for (size_t d = 0; same && d < dims.size(); ++d)
      same = d == static_cast<size_t>(*axis) || facts_->equal(shape[d], dims[d]) == Truth::True;
    if (!same) {
      error(DiagId::ShapeMismatch, stmt->gather.range,
            {"gathered " + quoted(text(stmt->gather.name)), show(shape), show(dims)});
      return;
    }
    ExprId extent = shape[static_cast<size_t>(*axis)];
    total = pool_.add(total, piece.index ? pool_.sum(*piece.index, piece.lo, piece.hi, extent) : extent);
  }
  dims[static_cast<size_t>(*axis)] = total;
  run.node->gathered = makeTensor(dims, first->role, Tensor::Origin::Result, stmt->range);
  run.env.scope->set(stmt->gather.name, tensorValue(run.node->gathered));
}

} // namespace mdl::sema
