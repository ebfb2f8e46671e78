//===- Exchange.cpp - Collectives between operators -----------------------===//
// Where a tensor is not as its reader wants it, operators of std/comm.mdl stand
// between; what they cost is said there.
//===----------------------------------------------------------------------===//
#include "Shard.h"

namespace mdl::shard {

using sema::Tensor;

/// The tensor laid out as wanted. A sum is made once for all readers; other exchanges are remembered beside the tensor.
const Tensor *Sharder::laidOut(Held &held, const Placement &wanted, Site site, std::string_view name, SrcRange at,
                               Frame &frame) {
  if (wanted == held.place) return held.tensor;
  for (const auto &[place, tensor] : held.versions)
    if (place == wanted) return tensor;
  Placement place = held.place;
  const Tensor *tensor = held.tensor;
  bool sum = llvm::any_of(place, [](const Part &part) { return part.kind == Part::Kind::Partial; });
  for (size_t mesh = 0; mesh < wanted.size() && tensor; ++mesh)
    tensor = move(held, tensor, place, wanted, mesh, site, name, at, frame);
  if (!tensor) return nullptr;
  if (sum) held.place = place, held.tensor = tensor;
  else held.versions.emplace_back(place, tensor);
  return tensor;
}

/// Over one mesh axis.
const Tensor *Sharder::move(const Held &held, const Tensor *tensor, Placement &place, const Placement &wanted,
                            size_t mesh, Site site, std::string_view name, SrcRange at, Frame &frame) {
  using Kind = Part::Kind;
  Part from = place[mesh], to = wanted[mesh];
  if (from == to) return tensor;
  place[mesh] = to;
  auto id = [&](std::string_view kind) {
    std::string text = layout_.size() > 1 ? std::string(kind) + "_" + layout_[mesh].name : std::string(kind);
    if (from.kind == Kind::Partial && !held.site.label.empty()) return labelAt(held.site, text);
    return labelAt(site, std::string(name) + "_" + text);
  };
  if (from.kind == Kind::Whole) return checker_.resultOf(localShape(held.whole, place), *tensor, tensor); // its part
  if (from.kind == Kind::Partial && to.kind == Kind::Whole)
    return exchange(tensor, "all_reduce", {}, mesh, id("all_reduce"), at, frame);
  if (from.kind == Kind::Partial)
    return exchange(tensor, "reduce_scatter", {{"axis", to.axis}}, mesh, id("reduce_scatter"), at, frame);
  if (to.kind == Kind::Whole)
    return exchange(tensor, "all_gather", {{"axis", from.axis}}, mesh, id("all_gather"), at, frame);
  return exchange(tensor, "all_to_all", {{"split", to.axis}, {"joined", from.axis}}, mesh, id("all_to_all"), at, frame);
}

const Tensor *Sharder::exchange(const Tensor *tensor, std::string_view name,
                                llvm::ArrayRef<std::pair<std::string_view, int64_t>> parameters, size_t mesh,
                                sema::Label label, SrcRange at, Frame &frame) {
  const ast::Item *op = checker_.library().find(intern(name), layout_[mesh].item->range);
  if (!op || op->kind != ast::ItemKind::Op) {
    diagnostics_.report(DiagId::UnknownName, layout_[mesh].item->name.range, {"operator " + std::string(name)})
        .hint("a sharding's file imports what exchanges tensors: `import \"std/comm.mdl\"`");
    return nullptr;
  }
  std::vector<std::pair<NameId, sema::Value>> values{{intern("over"), sema::numberValue(over(mesh))}};
  for (const auto &[parameter, value] : parameters)
    values.emplace_back(intern(parameter), sema::numberValue(checker_.pool().constant(value)));
  sema::OpNode node;
  node.application = checker_.apply(op, *tensor, values, at);
  if (!node.application) return nullptr;
  node.label = label, node.range = at, node.operands = {tensor};
  node.results.push_back(checker_.resultOf(node.application->results[0]->shape, *tensor,
                                           node.application->aliasOf == 0 ? tensor : nullptr));
  frame.out->nodes.emplace_back(node);
  return node.results[0];
}

} // namespace mdl::shard
