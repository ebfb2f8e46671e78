//===- Weights.cpp - The weights of a model by name -----------------------===//
#include "Weights.h"
#include "llvm/ADT/StringSet.h"

namespace mdl::lower {

namespace {

using expr::ExprId;

class Lister {
public:
  Lister(expr::ExprPool &pool, size_t most) : pool_(pool), most_(most) {}

  bool region(const sema::Region &region, const std::string &path) {
    if (!add(region.storage, path)) return false;
    for (const sema::Node &node : region.nodes)
      if (!visit(node, path)) return false;
    return true;
  }

  std::vector<NamedWeight> weights;

private:
  bool visit(const sema::Node &node, const std::string &path) {
    if (auto *op = std::get_if<sema::OpNode>(&node)) return add(op->application->storage, below(path, op->label));
    if (auto *call = std::get_if<sema::CallNode>(&node)) return region(call->callee->region, below(path, call->label));
    const sema::LoopNode &loop = *std::get<std::unique_ptr<sema::LoopNode>>(node);
    return llvm::all_of(loop.pieces, [&](const sema::Piece &piece) { return turns(loop, piece, path); });
  }

  /// Copies in space have weights of their own; turns in time have the same.
  bool turns(const sema::LoopNode &loop, const sema::Piece &piece, const std::string &path) {
    if (!piece.index || loop.inTime) return region(piece.body, path);
    auto lo = value(piece.lo), hi = value(piece.hi);
    if (!lo || !hi) return false;
    for (Int i = *lo; i < *hi; i += 1) {
      indices_[piece.index->index] = pool_.constant(Rational(i));
      if (!region(piece.body, path)) return false;
    }
    indices_.erase(piece.index->index);
    return true;
  }

  std::optional<Int> value(ExprId id) {
    return pool_.asInteger(indices_.empty() ? id : pool_.substitute(id, indices_));
  }

  std::string below(const std::string &path, sema::Label label) {
    std::string text = path;
    for (const sema::LabelSegment &segment : label) {
      if (!text.empty()) text += '.';
      text += segment.text;
      if (!segment.index) continue;
      auto number = value(*segment.index);
      text += number ? toString(*number) : "?";
    }
    return text;
  }

  bool add(llvm::ArrayRef<sema::Storage> storage, const std::string &path) {
    for (const sema::Storage &each : storage) {
      if (each.kind != sema::StorageKind::Weight) continue;
      NamedWeight weight;
      weight.name = path.empty() ? std::string(each.name) : path + "." + std::string(each.name);
      if (!known_.insert(weight.name).second) continue;
      for (ExprId dim : each.tensor->shape) {
        auto size = value(dim);
        if (!size) return false;
        weight.shape.push_back(*size);
      }
      if (weights.size() >= most_) return false;
      weights.push_back(std::move(weight));
    }
    return true;
  }

  expr::ExprPool &pool_;
  size_t most_;
  expr::Replacements indices_;
  llvm::StringSet<> known_;
};

} // namespace

std::optional<std::vector<NamedWeight>> listWeights(expr::ExprPool &pool, const sema::PipelineModel &model,
                                                    NameId resident, size_t most) {
  Lister lister(pool, most);
  for (const sema::Stage &stage : model.stages)
    if (stage.resident == resident && !lister.region(stage.region, "")) return std::nullopt;
  return std::move(lister.weights);
}

} // namespace mdl::lower
