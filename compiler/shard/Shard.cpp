//===- Shard.cpp - Stages, modules and loops of one device ----------------===//
#include "Shard.h"
#include "../../runtime/Pattern.h"

namespace mdl::shard {

using sema::CallNode;
using sema::LoopNode;
using sema::OpNode;
using sema::Piece;
using sema::Region;
using sema::Tensor;

Sharder::Sharder(sema::Checker &checker, DiagnosticEngine &diagnostics, const Layout &layout,
                 const sema::Convention &flops, const sema::Convention &traffic)
    : checker_(checker), diagnostics_(diagnostics), layout_(layout), flops_(flops), traffic_(traffic),
      used_(layout.size(), false) {}

//===--- Tensors ------------------------------------------------------------------===//

sema::Shape Sharder::localShape(const Tensor *whole, const Placement &place) {
  llvm::SmallVector<ExprId> dims(whole->shape);
  for (size_t mesh = 0; mesh < place.size(); ++mesh)
    if (place[mesh].kind == Part::Kind::Divided)
      dims[place[mesh].axis] = checker_.pool().div(dims[place[mesh].axis], over(mesh));
  return checker_.tensorOf(dims, *whole)->shape;
}

const Tensor *Sharder::localTensor(const Tensor *whole, const Placement &place, const Tensor *alias) {
  return checker_.tensorOf(localShape(whole, place), *whole, alias);
}

/// What a device has of a tensor. One that nobody here has made, an input or a weight, is whole.
Held &Sharder::heldOf(const Tensor *tensor, Frame &frame) {
  auto [at, isNew] = frame.values->try_emplace(tensor);
  if (isNew) at->second = {whole(), tensor, tensor, {}, {}};
  return at->second;
}

std::string Sharder::pathBelow(const std::string &path, sema::Label label) {
  std::string below = path;
  for (const sema::LabelSegment &segment : label) {
    below += (below.empty() ? "" : ".") + std::string(segment.text);
    if (segment.index) below += "#"; // an index of a folded repeat
  }
  return below;
}

std::optional<ExprId> Sharder::divide(size_t mesh, ExprId value, const std::string &what, SrcRange at) {
  auto part = checker_.divide(value, layout_[mesh].divider(), what, at);
  indivisible_ |= !part;
  return part;
}

std::string Sharder::nameOfDim(const Dim &dim, const ast::Item *of) {
  return "`" + show(dim) + "` of `" + std::string(text(of->name.name)) + "`";
}

void Sharder::fail(size_t mesh, SrcRange at, const std::string &what) {
  const MeshAxis &axis = layout_[mesh];
  diagnostics_.report(DiagId::ShardIndivisible, at, {axis.text(), what})
      .note(axis.item->name.range, "the sharding is declared here");
}

const Division *Sharder::division(const std::string &of, size_t mesh, const std::string &path, bool standIn) const {
  for (const Division &each : llvm::reverse(layout_[mesh].divisions))
    if (each.of == of && standIn == !each.by.empty() &&
        llvm::any_of(each.at, [&](const std::string &pattern) { return runtime::matchesPattern(pattern, path); }))
      return &each;
  return nullptr;
}

//===--- Stages -----------------------------------------------------------------------===//

bool Sharder::run(sema::PipelineModel &model) {
  templates_ = &model.rewritten;
  for (sema::Stage &stage : model.stages)
    if (!rewriteStage(stage)) return false;
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh) {
    const MeshAxis &axis = layout_[mesh];
    if (used_[mesh] || !axis.passes.empty() || axis.degree.isOne()) continue;
    diagnostics_.report(DiagId::ShardNothing, {}, {axis.text(), std::string(text(model.pipeline->name.name))})
        .note(axis.item->name.range, "the sharding is declared here");
    return false;
  }
  model.guards.assign(checker_.guards().begin(), checker_.guards().end());
  return true;
}

/// A stage hands on whole tensors.
bool Sharder::rewriteStage(sema::Stage &stage) {
  Region made;
  Values values;
  Frame frame{&made, &values, std::string(text(stage.name)), {}};
  if (!rewrite(stage.region, frame)) return false;
  for (const Tensor *&result : stage.results)
    result = laidOut(heldOf(result, frame), whole(), {}, "result", stage.range, frame);
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh)
    if (llvm::is_contained(layout_[mesh].gathers, text(stage.name)) && !layout_[mesh].degree.isOne())
      for (const Tensor *&result : stage.results) {
        result = exchange(result, "all_gather", {{"axis", 0}}, mesh, checker_.labelBelow({}, "all_gather"), stage.range,
                          frame);
        if (!result) return false;
      }
  stage.region = std::move(made);
  return llvm::all_of(stage.results, [](const Tensor *each) { return each != nullptr; });
}

bool Sharder::rewrite(const Region &region, Frame &frame) {
  frame.out->storage = region.storage;
  if (!storeInParts(region.storage, {}, frame, frame.out->storedOver, nullptr)) return false;
  for (const sema::Node &node : region.nodes) {
    bool fine = true;
    if (auto *op = std::get_if<OpNode>(&node)) fine = rewriteOp(*op, frame);
    else if (auto *call = std::get_if<CallNode>(&node)) fine = rewriteCall(*call, frame);
    else fine = rewriteLoop(*std::get<std::unique_ptr<LoopNode>>(node), frame);
    if (!fine) return false;
  }
  return true;
}

/// Weights that are stored in parts are gathered before each use, and dropped after it.
bool Sharder::storeInParts(llvm::ArrayRef<sema::Storage> storage, Site site, Frame &frame, ExprId &storedOver,
                           std::vector<const Tensor *> *gathered) {
  if (frame.stored.empty()) return true;
  expr::ExprPool &pool = checker_.pool();
  storedOver = pool.constant(1);
  for (size_t mesh : frame.stored) storedOver = pool.mul(storedOver, over(mesh));
  for (const sema::Storage &each : storage) {
    if (each.kind != sema::StorageKind::Weight) continue;
    ExprId part = pool.negate(pool.floor(pool.negate(pool.div(pool.mul(each.tensor->shape), storedOver))));
    const Tensor *tensor = checker_.resultOf({part}, *each.tensor);
    for (size_t mesh : frame.stored) {
      sema::Label label = labelAt(site, std::string(each.name) + "_all_gather");
      tensor = exchange(tensor, "all_gather", {{"axis", 0}}, mesh, label, each.range, frame);
      if (!tensor) return false;
    }
    if (gathered) gathered->push_back(tensor);
  }
  return true;
}

//===--- Modules ----------------------------------------------------------------------===//

/// Where a division names the module, its operands are divided along the dims that it names.
bool Sharder::divideOperands(const CallNode &call, std::vector<Placement> &wanted, const std::string &path) {
  const ast::Item *module = call.callee->module;
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh) {
    const Division *asked = division(std::string(text(module->name.name)), mesh, path, false);
    if (!asked || layout_[mesh].degree.isOne()) continue;
    for (const std::string &name : asked->dims) {
      bool has = llvm::any_of(module->generics, [&](const ast::Generic &g) { return text(g.name.name) == name; });
      if (!has) {
        diagnostics_.report(DiagId::ShardUnknownDim, layout_[mesh].item->name.range,
                            {layout_[mesh].text(), std::string(text(module->name.name)), name});
        return false;
      }
    }
    size_t tensors = 0;
    for (const ast::Param &param : module->params) {
      if (param.type->kind != ast::TypeKind::Tensor) continue;
      size_t i = tensors++;
      if (!call.callee->operands[i]) continue;
      auto dims = dimsOf(*param.type, sema::Scope(), call.callee->operands[i]->shape.size());
      for (size_t axis = 0; axis < dims.size(); ++axis) {
        if (!dims[axis] || !llvm::is_contained(asked->dims, text(dims[axis]->name))) continue;
        ExprId dim = localShape(call.callee->operands[i], wanted[i])[axis];
        Part divided{Part::Kind::Divided, static_cast<unsigned>(axis)};
        if (wanted[i][mesh] != divided && !divide(mesh, dim, nameOfDim(*dims[axis], module), call.range)) return false;
        wanted[i][mesh] = divided;
        used_[mesh] = true;
      }
    }
  }
  return true;
}

bool Sharder::rewriteCall(const CallNode &call, Frame &frame) {
  std::string path = pathBelow(frame.path, call.label);
  std::vector<Placement> wanted;
  for (const Tensor *operand : call.operands) {
    Placement place = operand ? heldOf(operand, frame).place : whole();
    for (Part &part : place)
      if (part.kind == Part::Kind::Partial) part = {};
    wanted.push_back(std::move(place));
  }
  if (!divideOperands(call, wanted, path)) return false;
  CallNode made = call;
  for (size_t i = 0; i < call.operands.size(); ++i) {
    if (!call.operands[i]) continue;
    made.operands[i] = laidOut(heldOf(call.operands[i], frame), wanted[i], {call.label, true},
                               nameOfOperand(*call.callee, i), call.range, frame);
    if (!made.operands[i]) return false;
  }
  const Sharded *sharded = shardTemplate(call, wanted, frame);
  if (!sharded) return false;
  made.callee = sharded->made;
  for (size_t i = 0; i < call.results.size(); ++i) {
    made.results[i] = localTensor(call.results[i], sharded->results[i]);
    (*frame.values)[call.results[i]] = {sharded->results[i], call.results[i], made.results[i], {call.label, true}, {}};
  }
  frame.out->nodes.emplace_back(std::move(made));
  return true;
}

std::string Sharder::nameOfOperand(const sema::Template &callee, size_t index) {
  size_t tensors = 0;
  for (const ast::Param &param : callee.module->params)
    if (param.type->kind == ast::TypeKind::Tensor && tensors++ == index) return std::string(text(param.name.name));
  return "x";
}

/// A module for operands that are laid out like this, made once for each place where divisions may differ.
const Sharder::Sharded *Sharder::shardTemplate(const CallNode &call, std::vector<Placement> operands, Frame &frame) {
  std::string path = pathBelow(frame.path, call.label);
  std::string key = std::to_string(reinterpret_cast<uintptr_t>(call.callee)) + " " + path;
  for (const Placement &place : operands)
    for (const Part &part : place)
      key += " " + std::to_string(static_cast<int>(part.kind)) + ":" + std::to_string(part.axis);
  if (auto known = known_.find(key); known != known_.end()) return &known->second;
  auto made = std::make_unique<sema::Template>();
  made->module = call.callee->module;
  Values values;
  for (size_t i = 0; i < call.callee->operands.size(); ++i) {
    const Tensor *operand = call.callee->operands[i];
    made->operands.push_back(operand ? localTensor(operand, operands[i]) : nullptr);
    if (operand) values[operand] = {operands[i], operand, made->operands[i], {}, {}};
  }
  Frame inner{&made->region, &values, path, frame.stored};
  for (size_t mesh = 0; mesh < layout_.size(); ++mesh)
    if (llvm::is_contained(layout_[mesh].weights, text(made->module->name.name)) && !layout_[mesh].degree.isOne() &&
        !llvm::is_contained(inner.stored, mesh))
      inner.stored.push_back(mesh), used_[mesh] = true;
  if (!rewrite(call.callee->region, inner)) return nullptr;
  Sharded sharded{made.get(), {}};
  for (const Tensor *result : call.callee->results) {
    const Held &held = heldOf(result, inner);
    made->results.push_back(held.tensor);
    sharded.results.push_back(held.place);
  }
  templates_->push_back(std::move(made));
  return &(known_[key] = std::move(sharded));
}

//===--- Loops ------------------------------------------------------------------------===//

/// What is carried comes out of a turn as it went in: laid out as a turn leaves it, or brought back at its end.
bool Sharder::rewriteLoop(const LoopNode &loop, Frame &frame) {
  auto made = std::make_unique<LoopNode>();
  made->inTime = loop.inTime, made->range = loop.range;
  std::vector<Placement> carried;
  for (const Tensor *tensor : loop.initial) carried.push_back(heldOf(tensor, frame).place);
  for (Placement &place : carried)
    for (Part &part : place)
      if (part.kind == Part::Kind::Partial) part = {};
  std::vector<Placement> initial;
  for (size_t i = 0; i < loop.pieces.size(); ++i) {
    bool differs = false;
    std::vector<Placement> before = carried;
    Piece piece;
    if (!rewritePiece(loop.pieces[i], carried, differs, piece, frame)) return false;
    if (differs) { // once more; the first piece may begin as a turn ends, the others as the one before has ended
      before = i == 0 ? carried : before;
      carried = before, piece = Piece();
      if (!rewritePiece(loop.pieces[i], carried, differs, piece, frame)) return false;
    }
    if (i == 0) initial = before;
    made->pieces.push_back(std::move(piece));
  }
  if (loop.pieces.empty()) initial = carried;
  for (size_t i = 0; i < loop.initial.size(); ++i) {
    const Tensor *tensor = laidOut(heldOf(loop.initial[i], frame), initial[i], {}, "carried", loop.range, frame);
    if (!tensor) return false;
    made->initial.push_back(tensor);
  }
  for (size_t i = 0; i < loop.results.size(); ++i) {
    made->results.push_back(localTensor(loop.results[i], carried[i]));
    (*frame.values)[loop.results[i]] = {carried[i], loop.results[i], made->results[i], {}, {}};
  }
  made->gathered = loop.gathered;
  return dealOut(loop, *made, frame);
}

/// One piece, whose carried values come in as `carried` says; then it says how they go out.
bool Sharder::rewritePiece(const Piece &piece, std::vector<Placement> &carried, bool &differs, Piece &made,
                           Frame &frame) {
  made.lo = piece.lo, made.hi = piece.hi, made.index = piece.index;
  Values values = *frame.values;                   // what a turn exchanges is not there after it
  for (auto &each : values) each.second.site = {}; // and has an id of that turn
  Frame inner = frame.below(&made.body, &values);
  for (size_t i = 0; i < piece.carriedIn.size(); ++i) {
    made.carriedIn.push_back(localTensor(piece.carriedIn[i], carried[i]));
    values[piece.carriedIn[i]] = {carried[i], piece.carriedIn[i], made.carriedIn[i], {}, {}};
  }
  if (!rewrite(piece.body, inner)) return false;
  bool again = differs;
  std::vector<Placement> after;
  for (size_t i = 0; i < piece.carriedOut.size(); ++i) {
    Held &held = heldOf(piece.carriedOut[i], inner);
    Placement wanted = held.place;
    for (Part &part : wanted)
      if (part.kind == Part::Kind::Partial) part = {};
    bool turns = piece.index && i < carried.size() && piece.carriedOut.size() == carried.size();
    if (turns && again) wanted = carried[i];
    differs |= turns && wanted != carried[i];
    const Tensor *out = laidOut(held, wanted, held.site, "carried", piece.carriedOut[i]->range, inner);
    if (!out) return false;
    made.carriedOut.push_back(out);
    after.push_back(std::move(wanted));
  }
  carried = std::move(after);
  if (!piece.gathered) return true;
  Held &held = heldOf(piece.gathered, inner);
  made.gathered = laidOut(held, whole(), held.site, "gathered", piece.gathered->range, inner);
  return made.gathered != nullptr;
}

/// Copies of a module that devices have one part after the other: a device has so many turns fewer, waits while the others
/// work, and hands on what is carried.
bool Sharder::dealOut(const LoopNode &loop, LoopNode &made, Frame &frame) {
  std::optional<size_t> dealt;
  for (size_t mesh = 0; mesh < layout_.size() && !loop.inTime; ++mesh)
    for (const Piece &piece : loop.pieces)
      for (const sema::Node &node : piece.body.nodes)
        if (auto *call = std::get_if<CallNode>(&node))
          if (llvm::is_contained(layout_[mesh].layers, text(call->callee->module->name.name))) dealt = mesh;
  if (!dealt || layout_[*dealt].degree.isOne()) {
    frame.out->nodes.emplace_back(std::make_unique<LoopNode>(std::move(made)));
    return true;
  }
  for (Piece &piece : made.pieces) {
    ExprId turns = checker_.pool().sub(piece.hi, piece.lo);
    if (!piece.index) return fail(*dealt, loop.range, "a single layer"), false;
    auto part = divide(*dealt, turns, "the copies of its layers", loop.range);
    if (!part) return false;
    piece.hi = checker_.pool().add(piece.lo, *part);
  }
  used_[*dealt] = true;
  made.devices = over(*dealt);
  std::vector<const Tensor *> results = made.results;
  frame.out->nodes.emplace_back(std::make_unique<LoopNode>(std::move(made)));
  for (size_t i = 0; i < results.size(); ++i) {
    Held &held = (*frame.values)[loop.results[i]];
    std::string name = "pass_on" + (i == 0 ? "" : "~" + std::to_string(i + 1));
    held.tensor = exchange(results[i], "pass_on", {}, *dealt, checker_.labelBelow({}, name), loop.range, frame);
    if (!held.tensor) return false;
    std::get<OpNode>(frame.out->nodes.back()).devices = over(*dealt);
  }
  return true;
}

} // namespace mdl::shard
