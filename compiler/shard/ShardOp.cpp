//===- ShardOp.cpp - One operator on one device ---------------------------===//
// Mesh axis by mesh axis: which dims are divided? Those that a sharding asks for,
// else those along which the operands come divided. The operator is applied to the
// parts, and its own signature says how the results are laid out: an axis that is
// so many times shorter is divided; where no axis is, the dim was summed over.
//===----------------------------------------------------------------------===//
#include "Shard.h"

namespace mdl::shard {

using sema::OpApplication;
using sema::OpNode;
using sema::Tensor;
using Kind = Part::Kind;

static bool contains(llvm::ArrayRef<Dim> dims, const std::optional<Dim> &dim) {
  return dim && llvm::is_contained(dims, *dim);
}

static std::string operandName(const ast::Item *op, size_t index) {
  size_t tensors = 0;
  for (const ast::Param &param : op->params)
    if (param.type->kind == ast::TypeKind::Tensor && tensors++ == index) return std::string(text(param.name.name));
  return {};
}

bool Sharder::rewriteOp(const OpNode &op, Frame &frame) {
  std::string path = pathBelow(frame.path, op.label);
  std::vector<Choice> choices;
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh) {
    auto choice = choose(op, mesh, path, frame);
    if (!choice) return false;
    choices.push_back(std::move(*choice));
  }
  OpNode made = op;
  std::vector<Placement> wanted = operandPlaces(op, choices, frame), came;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    came.push_back(op.operands[i] ? heldOf(op.operands[i], frame).place : whole());
    if (!op.operands[i]) continue;
    made.operands[i] = laidOut(heldOf(op.operands[i], frame), wanted[i], {op.label}, operandName(op.application->op, i),
                               op.range, frame);
    if (!made.operands[i]) return false;
  }
  for (const Tensor *&tied : made.tied) tied = heldOf(tied, frame).tensor;
  if (llvm::any_of(choices, [](const Choice &each) { return each.divides(); }))
    made.application = apply(op, choices, frame);
  if (!made.application) return false;
  if (!op.idle && !storeInParts(made.application->storage, {op.label}, frame, made.storedOver, &made.tied))
    return false;
  made.states.clear();
  for (const sema::Storage &storage : made.application->storage)
    if (storage.kind == sema::StorageKind::State)
      made.states.push_back(checker_.resultOf(storage.tensor->shape, *storage.tensor));
  for (size_t i = 0; i < op.results.size(); ++i) {
    Placement place;
    for (const Choice &choice : choices) place.push_back(choice.results.empty() ? Part() : choice.results[i]);
    const Tensor *alias = nullptr;
    if (made.application->aliasOf >= 0) alias = made.operands[static_cast<size_t>(made.application->aliasOf)];
    else if (made.application->aliasState && !made.states.empty()) alias = made.states[0];
    made.results[i] = localTensor(op.results[i], place, alias);
    (*frame.values)[op.results[i]] = {place, op.results[i], made.results[i], {op.label}, {}};
  }
  frame.out->nodes.emplace_back(std::move(made));
  return bringBack(op, choices, came, frame);
}

/// Where a division holds inside the operator only, results are laid out as its first operand came.
bool Sharder::bringBack(const OpNode &op, llvm::ArrayRef<Choice> choices, llvm::ArrayRef<Placement> came,
                        Frame &frame) {
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh) {
    if (!choices[mesh].division || !choices[mesh].division->inside || op.operands.empty()) continue;
    std::optional<Dim> outside;
    if (came[0][mesh].kind == Kind::Divided) outside = operandDims(*op.application, 0)[came[0][mesh].axis];
    for (size_t i = 0; i < op.results.size(); ++i) {
      Held &held = heldOf(op.results[i], frame);
      Placement wanted = held.place;
      wanted[mesh] = {};
      auto dims = dimsOf(*op.application->op->results[i].type, op.application->scope, op.results[i]->shape.size());
      for (size_t axis = 0; axis < dims.size(); ++axis)
        if (outside && dims[axis] == outside) wanted[mesh] = {Kind::Divided, static_cast<unsigned>(axis)};
      std::string name(text(op.application->op->results[i].name.name));
      const Tensor *tensor = laidOut(held, wanted, {op.label}, name.empty() ? "result" : name, op.range, frame);
      if (!tensor) return false;
      held.place = wanted, held.tensor = tensor, held.versions.clear();
    }
  }
  return true;
}

//===--- Which dims -----------------------------------------------------------------------===//

std::optional<Sharder::Choice> Sharder::choose(const OpNode &op, size_t mesh, const std::string &path, Frame &frame) {
  Choice choice;
  if (layout_[mesh].degree.isOne()) return choice;
  std::string name(text(op.application->op->name.name));
  const Division *asked = division(name, mesh, path, false), *standIn = division(name, mesh, path, true);
  if (!asked && passesSums(op, mesh, frame)) {
    choice.passesSum = true;
    choice.results.assign(op.results.size(), {Kind::Partial, 0});
    return choice;
  }
  if (asked) {
    if (!chooseAsked(op, mesh, *asked, choice)) return std::nullopt;
    used_[mesh] = true;
  } else {
    chooseFlow(op, mesh, choice, frame);
    auto meant = [&](const Dim &dim) { return llvm::is_contained(standIn->dims, text(dim.name)); };
    if (standIn && llvm::any_of(choice.dims, meant)) choice.standIn = standIn;
    else llvm::erase_if(choice.dims, [&](const Dim &dim) { return isWhole(checker_.pool(), *op.application, dim); });
  }
  while (choice.divides()) {
    Fit fit = tryChoice(op, mesh, choice, frame);
    if (fit == Fit::Fits) return choice;
    if (fit == Fit::Error) return std::nullopt;
    if (choice.standIn || asked) {
      fail(mesh, op.range,
           "`" + name + "` along `" + show(choice.dims.front()) + "`: the devices would not share its work");
      return std::nullopt;
    }
    choice.dims.pop_back(); // gathered instead
  }
  return choice;
}

bool Sharder::chooseAsked(const OpNode &op, size_t mesh, const Division &asked, Choice &choice) {
  choice.division = &asked;
  for (const std::string &name : asked.dims) {
    auto dim = dimNamed(*op.application, name);
    if (!dim) {
      diagnostics_.report(DiagId::ShardUnknownDim, layout_[mesh].item->name.range,
                          {layout_[mesh].text(), std::string(text(op.application->op->name.name)), name});
      return false;
    }
    choice.dims.push_back(*dim);
  }
  return true;
}

/// The dims along which operands come divided.
void Sharder::chooseFlow(const OpNode &op, size_t mesh, Choice &choice, Frame &frame) {
  for (size_t i = 0; i < op.operands.size(); ++i) {
    if (!op.operands[i]) continue;
    Part part = heldOf(op.operands[i], frame).place[mesh];
    if (part.kind != Kind::Divided) continue;
    auto dim = operandDims(*op.application, i)[part.axis];
    if (dim && !llvm::is_contained(choice.dims, *dim)) choice.dims.push_back(*dim);
  }
}

/// A renaming of a partial sum is one; so is what is linear in operands that all are.
bool Sharder::passesSums(const OpNode &op, size_t mesh, Frame &frame) {
  auto isSum = [&](size_t i) {
    return i < op.operands.size() && op.operands[i] && heldOf(op.operands[i], frame).place[mesh].kind == Kind::Partial;
  };
  if (op.application->aliasOf >= 0 && isSum(static_cast<size_t>(op.application->aliasOf))) return true;
  std::vector<size_t> linear = summands(*op.application);
  return !linear.empty() && llvm::all_of(linear, isSum);
}

//===--- The parts of an operator -----------------------------------------------------------===//

/// How the choices want the operands.
std::vector<Placement> Sharder::operandPlaces(const OpNode &op, llvm::ArrayRef<Choice> choices, Frame &frame) {
  std::vector<Placement> places;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    Placement &place = places.emplace_back(whole());
    if (!op.operands[i]) continue;
    auto dims = operandDims(*op.application, i);
    const Placement &came = heldOf(op.operands[i], frame).place;
    for (size_t mesh = 0; mesh < choices.size(); ++mesh) {
      const Choice &choice = choices[mesh];
      if (choice.standIn && came[mesh].kind == Kind::Divided) place[mesh] = came[mesh];
      if (choice.passesSum && came[mesh].kind == Kind::Partial) place[mesh] = came[mesh];
      for (size_t axis = 0; axis < dims.size() && !choice.standIn; ++axis) {
        bool stretched = op.operands[i]->shape[axis] == checker_.pool().constant(1);
        if (contains(choice.dims, dims[axis]) && !stretched) place[mesh] = {Kind::Divided, static_cast<unsigned>(axis)};
      }
    }
  }
  return places;
}

Sharder::Fit Sharder::tryChoice(const OpNode &op, size_t mesh, Choice &choice, Frame &frame) {
  std::vector<Choice> alone(layout_.size());
  alone[mesh] = choice;
  auto mark = diagnostics_.mark();
  indivisible_ = false;
  const OpApplication *local = apply(op, alone, frame);
  if (!local) {
    if (indivisible_ || choice.division || choice.standIn) return Fit::Error;
    diagnostics_.rollback(mark); // its operands are gathered
    return Fit::Not;
  }
  if (!choice.standIn && !sharesWork(*op.application, *local, mesh, choice.dims.size() > 1 && !choice.division))
    return Fit::Not;
  auto results = resultParts(op, mesh, choice, *local);
  if (!results) return Fit::Not;
  choice.results = std::move(*results);
  return Fit::Fits;
}

/// Whether so many devices do the work of the whole together. Of one dim the products only: what is not a product, such as a
/// bias, may be repeated.
bool Sharder::sharesWork(const OpApplication &whole, const OpApplication &local, size_t mesh, bool all) {
  sema::OpCosts before = checker_.costs(whole, flops_, traffic_), after = checker_.costs(local, flops_, traffic_);
  auto metrics = checker_.metrics();
  for (size_t i = 0; i < metrics.size(); ++i) {
    bool product = metrics[i].feeds == "tensor";
    if (metrics[i].unit != "FLOP" || !(product || all)) continue;
    ExprId sum = checker_.pool().mul(after.values[i], over(mesh));
    if (sum != before.values[i] && checker_.facts().equal(sum, before.values[i]) != expr::Truth::True) return false;
  }
  return true;
}

std::optional<std::vector<Part>> Sharder::resultParts(const OpNode &op, size_t mesh, const Choice &choice,
                                                      const OpApplication &local) {
  std::vector<Part> parts;
  for (size_t i = 0; i < op.results.size(); ++i) {
    sema::Shape before = op.results[i]->shape, after = local.results[i]->shape;
    Part part;
    for (size_t axis = 0; axis < before.size(); ++axis) {
      if (before[axis] == after[axis]) continue;
      bool divided =
          checker_.facts().equal(checker_.pool().div(before[axis], over(mesh)), after[axis]) == expr::Truth::True;
      if (!divided || part.kind == Kind::Divided) return std::nullopt;
      part = {Kind::Divided, static_cast<unsigned>(axis)};
    }
    if (part.kind == Kind::Whole && !choice.standIn) {
      if (llvm::any_of(choice.dims, [&](const Dim &dim) { return isInResults(*op.application, dim); }))
        return std::nullopt;
      part.kind = Kind::Partial;
    }
    parts.push_back(part);
  }
  return parts;
}

const OpApplication *Sharder::apply(const OpNode &op, llvm::ArrayRef<Choice> choices, Frame &frame) {
  const ast::Item *item = op.application->op;
  std::vector<std::optional<sema::Shape>> shapes;
  std::vector<std::pair<NameId, sema::Value>> changed;
  std::vector<Placement> places = operandPlaces(op, choices, frame);
  for (size_t i = 0; i < op.operands.size(); ++i)
    shapes.push_back(op.operands[i] ? std::optional(localShape(op.operands[i], places[i])) : std::nullopt);
  for (const ast::Param &param : item->params) {
    if (param.type->kind == ast::TypeKind::Tensor) continue;
    std::optional<sema::Value> value;
    if (!dividedParameter(op, param, choices, value)) return nullptr;
    if (value) changed.emplace_back(param.name.name, *value);
  }
  for (size_t mesh = 0; mesh < choices.size(); ++mesh) {
    const Choice &choice = choices[mesh];
    for (const Dim &dim : choice.dims) // every dim that is divided, for its message
      if (auto value = valueOf(dim, op.application->scope);
          value && !divide(mesh, *value, nameOfDim(dim, op.application->op), op.range))
        return nullptr;
    if (!choice.standIn) continue;
    item = checker_.library().find(intern(choice.standIn->by), layout_[mesh].item->range);
    if (!item || item->kind != ast::ItemKind::Op) {
      diagnostics_.report(DiagId::UnknownName, layout_[mesh].item->name.range, {"operator " + choice.standIn->by});
      return nullptr;
    }
    changed.emplace_back(intern("over"), sema::numberValue(over(mesh)));
  }
  return checker_.reapply(item, *op.application, shapes, changed, op.range);
}

/// A parameter of the call whose value is that of one device: a dim by its name, or an axis of a shape. False after an error.
bool Sharder::dividedParameter(const OpNode &op, const ast::Param &param, llvm::ArrayRef<Choice> choices,
                               std::optional<sema::Value> &changed) {
  const sema::Scope &scope = op.application->scope;
  const sema::Value *given = scope.findHere(param.name.name);
  if (!given) return true;
  bool isShape = param.type->kind == ast::TypeKind::Named && text(param.type->name.name) == "shape";
  bool view = op.application->aliasOf >= 0;
  for (size_t mesh = 0; mesh < choices.size(); ++mesh)
    for (const Dim &dim : choices[mesh].dims) {
      auto share = [&](ExprId value) { return divide(mesh, value, nameOfDim(dim, op.application->op), op.range); };
      if (dim.name == param.name.name && dim.at < 0 && given->isNumber()) {
        auto part = share(changed ? changed->number : given->number);
        if (!part) return false;
        changed = changed.value_or(*given);
        changed->number = *part;
        continue;
      }
      std::optional<size_t> axis;
      if (dim.name == param.name.name && dim.at >= 0) axis = static_cast<size_t>(dim.at);
      else if (isShape && view && dim.at >= 0) axis = axisOfShape(op, *given, dim);
      if (!axis || !given->isList() || *axis >= given->list->elements.size()) continue;
      llvm::SmallVector<sema::Value> elements((changed ? *changed : *given).list->elements);
      auto part = share(elements[*axis].number);
      if (!part) return false;
      elements[*axis].number = *part;
      changed = checker_.listValue(elements);
    }
  return true;
}

/// The axis of another shape of the same elements that begins where the axis `dim` of the operand begins: it is cut alike.
std::optional<size_t> Sharder::axisOfShape(const OpNode &op, const sema::Value &to, const Dim &dim) {
  expr::ExprPool &pool = checker_.pool();
  auto dims = operandDims(*op.application, 0);
  ExprId before = pool.constant(1), prefix = before;
  for (size_t axis = 0; axis < dims.size() && dims[axis] != dim; ++axis)
    before = pool.mul(before, op.operands[0]->shape[axis]);
  for (size_t axis = 0; axis < to.list->elements.size(); ++axis) {
    ExprId size = to.list->elements[axis].number;
    bool one = size == pool.constant(1);
    if (!one && checker_.facts().equal(prefix, before) == expr::Truth::True) return axis;
    prefix = pool.mul(prefix, size);
  }
  return std::nullopt;
}

} // namespace mdl::shard
