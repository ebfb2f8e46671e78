//===- Shard.h - A model divided over devices -------------------*- C++ -*-===//
// A pass over the checked graph: what comes out is the model of one device. Each
// tensor has, for each mesh axis, a state: whole on every device, divided along an
// axis, or a partial sum. An operator is applied again to its parts, so its
// signature and rules say what one device does; where an operand is not as the
// operator wants it, an operator of std/comm.mdl is put between.
//===----------------------------------------------------------------------===//
#pragma once
#include "Dims.h"
#include "Layout.h"
#include <map>

namespace mdl::shard {

using expr::ExprId;

/// What a tensor is on the devices of one mesh axis.
struct Part {
  enum class Kind : uint8_t { Whole, Divided, Partial } kind = Kind::Whole;
  unsigned axis = 0; ///< Divided: along which axis of the tensor
  friend bool operator==(const Part &, const Part &) = default;
};
/// By mesh axis.
using Placement = std::vector<Part>;

/// Where an exchange gets its id: below a module, as a part of it, or beside an operator, which has no parts.
struct Site {
  sema::Label label;
  bool isModule = false;
};

/// A value of the graph while its region is rewritten.
struct Held {
  Placement place;
  const sema::Tensor *whole;                                        ///< As the model has it
  const sema::Tensor *tensor;                                       ///< What a device has
  Site site;                                                        ///< Its producer: where its sum is made
  std::vector<std::pair<Placement, const sema::Tensor *>> versions; ///< Laid out otherwise, by an exchange so far
};

class Sharder {
public:
  Sharder(sema::Checker &checker, DiagnosticEngine &diagnostics, const Layout &layout, const sema::Convention &flops,
          const sema::Convention &traffic);
  /// Rewrites the stages. False after an error.
  bool run(sema::PipelineModel &model);

private:
  using Values = llvm::DenseMap<const sema::Tensor *, Held>;
  /// Where rewritten nodes go.
  struct Frame {
    sema::Region *out;
    Values *values;
    std::string path;           ///< The id of the instance whose region it is
    std::vector<size_t> stored; ///< Mesh axes over which weights are stored in parts
    Frame below(sema::Region *region, Values *inner) const { return {region, inner, path, stored}; }
  };
  /// How an operator is divided over one mesh axis.
  struct Choice {
    std::vector<Dim> dims;
    const Division *division = nullptr; ///< That asks for it
    const Division *standIn = nullptr;
    bool passesSum = false; ///< Partial sums make a partial sum
    std::vector<Part> results;
    bool divides() const { return standIn || !dims.empty(); }
  };
  struct Sharded {
    const sema::Template *made;
    std::vector<Placement> results;
  };

  // Shard.cpp: the graph.
  bool rewrite(const sema::Region &region, Frame &frame);
  bool rewriteStage(sema::Stage &stage);
  bool rewriteCall(const sema::CallNode &call, Frame &frame);
  bool rewriteLoop(const sema::LoopNode &loop, Frame &frame);
  bool rewritePiece(const sema::Piece &piece, std::vector<Placement> &carried, bool &differs, sema::Piece &made,
                    Frame &frame);
  bool dealOut(const sema::LoopNode &loop, sema::LoopNode &made, Frame &frame);
  sema::Label labelAt(Site site, std::string_view name) {
    return site.isModule ? checker_.labelBelow(site.label, name) : checker_.labelBeside(site.label, name);
  }
  bool storeInParts(llvm::ArrayRef<sema::Storage> storage, Site site, Frame &frame, ExprId &storedOver,
                    std::vector<const sema::Tensor *> *gathered);
  const Sharded *shardTemplate(const sema::CallNode &call, std::vector<Placement> operands, Frame &frame);
  bool divideOperands(const sema::CallNode &call, std::vector<Placement> &wanted, const std::string &path);

  // ShardOp.cpp: operators.
  bool rewriteOp(const sema::OpNode &op, Frame &frame);
  std::optional<Choice> choose(const sema::OpNode &op, size_t mesh, const std::string &path, Frame &frame);
  bool chooseAsked(const sema::OpNode &op, size_t mesh, const Division &asked, Choice &choice);
  void chooseFlow(const sema::OpNode &op, size_t mesh, Choice &choice, Frame &frame);
  bool passesSums(const sema::OpNode &op, size_t mesh, Frame &frame);
  /// Whether the choice, alone, gives each device its share; if so, how its results are laid out.
  enum class Fit { Fits, Not, Error };
  Fit tryChoice(const sema::OpNode &op, size_t mesh, Choice &choice, Frame &frame);
  std::vector<Placement> operandPlaces(const sema::OpNode &op, llvm::ArrayRef<Choice> choices, Frame &frame);
  /// The operator on one device when these choices divide it; null after an error, which is reported if it is one of dividing.
  const sema::OpApplication *apply(const sema::OpNode &op, llvm::ArrayRef<Choice> choices, Frame &frame);
  bool dividedParameter(const sema::OpNode &op, const ast::Param &param, llvm::ArrayRef<Choice> choices,
                        std::optional<sema::Value> &changed);
  std::optional<size_t> axisOfShape(const sema::OpNode &op, const sema::Value &to, const Dim &dim);
  std::optional<std::vector<Part>> resultParts(const sema::OpNode &op, size_t mesh, const Choice &choice,
                                               const sema::OpApplication &local);
  bool sharesWork(const sema::OpApplication &whole, const sema::OpApplication &local, size_t mesh, bool all);
  bool bringBack(const sema::OpNode &op, llvm::ArrayRef<Choice> choices, llvm::ArrayRef<Placement> came, Frame &frame);
  const Division *division(const std::string &of, size_t mesh, const std::string &path, bool standIn) const;

  // Exchange.cpp: collectives.
  const sema::Tensor *laidOut(Held &held, const Placement &wanted, Site site, std::string_view name, SrcRange at,
                              Frame &frame);
  const sema::Tensor *exchange(const sema::Tensor *tensor, std::string_view op,
                               llvm::ArrayRef<std::pair<std::string_view, int64_t>> parameters, size_t mesh,
                               sema::Label label, SrcRange at, Frame &frame);
  const sema::Tensor *move(const Held &held, const sema::Tensor *tensor, Placement &place, const Placement &wanted,
                           size_t mesh, Site site, std::string_view name, SrcRange at, Frame &frame);

  // Of tensors.
  Held &heldOf(const sema::Tensor *tensor, Frame &frame);
  Placement whole() const { return Placement(layout_.size()); }
  sema::Shape localShape(const sema::Tensor *whole, const Placement &place);
  const sema::Tensor *localTensor(const sema::Tensor *whole, const Placement &place,
                                  const sema::Tensor *alias = nullptr);
  ExprId over(size_t mesh) { return checker_.pool().constant(layout_[mesh].degree); }
  /// `value / devices`; where that is no integer, reported, with `what` it is.
  std::optional<ExprId> divide(size_t mesh, ExprId value, const std::string &what, SrcRange at);
  /// "`S` of `Block`"
  static std::string nameOfDim(const Dim &dim, const ast::Item *of);
  static std::string nameOfOperand(const sema::Template &callee, size_t index);
  static std::string pathBelow(const std::string &path, sema::Label label);
  void fail(size_t mesh, SrcRange at, const std::string &what);

  sema::Checker &checker_;
  DiagnosticEngine &diagnostics_;
  const Layout &layout_;
  const sema::Convention &flops_, &traffic_;
  std::vector<std::unique_ptr<sema::Template>> *templates_ = nullptr; ///< The model's
  std::map<std::string, Sharded> known_;
  bool indivisible_ = false; ///< The last error is one of dividing
  std::vector<bool> used_;   ///< Mesh axes that have divided something
};

} // namespace mdl::shard
