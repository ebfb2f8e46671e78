//===- PrintModel.cpp - The checked graph as text -------------------------===//
#include "PrintModel.h"
#include "llvm/ADT/MapVector.h"
#include <fmt/format.h>

namespace mdl::sema {

namespace {

using Tensors = std::vector<const Tensor *>;

/// Numbers templates by module, in the order in which they are asked for.
class TemplateNames {
public:
  const std::string &operator[](const Template *which) {
    auto [at, isNew] = names_.insert({which, ""});
    if (isNew) at->second = fmt::format("@{}.{}", text(which->module->name.name), ++count_[which->module]);
    return at->second;
  }
  size_t size() const { return names_.size(); }
  const Template *at(size_t i) const { return (names_.begin() + static_cast<ptrdiff_t>(i))->first; }

private:
  llvm::MapVector<const Template *, std::string> names_;
  llvm::DenseMap<const ast::Item *, unsigned> count_;
};

/// Prints expressions; one that would fill pages, as equal parts are shared in the pool only, is a number.
class Formulas {
public:
  explicit Formulas(Checker &checker) : checker_(checker) {}
  std::string show(ExprId id) {
    if (size(id) <= kLargest) return checker_.show(id);
    return fmt::format("<{}>", numbers_.try_emplace(id, numbers_.size() + 1).first->second);
  }
  std::string show(Shape shape) {
    std::string text;
    for (ExprId dim : shape) text += (text.empty() ? "" : ", ") + show(dim);
    return "[" + text + "]";
  }

private:
  static constexpr size_t kLargest = 1000;

  /// The number of factors that are written for it, at most about `kLargest`.
  size_t size(ExprId id) {
    size_t total = 1;
    for (const expr::Term &term : checker_.pool().terms(id))
      for (expr::Factor factor : term.factors) total = std::min(total + size(factor.atom), kLargest + 1);
    return total;
  }
  size_t size(expr::AtomId id) {
    if (auto known = sizes_.find(id.index); known != sizes_.end()) return known->second;
    size_t total = 1;
    for (ExprId operand : checker_.pool().atom(id).args) total += size(operand);
    return sizes_[id.index] = total;
  }

  Checker &checker_;
  llvm::DenseMap<uint32_t, size_t> sizes_;
  llvm::DenseMap<ExprId, size_t> numbers_;
};

/// Prints one stage or template: tensors are numbered within it.
class BodyPrinter {
public:
  BodyPrinter(Checker &checker, Formulas &formulas, TemplateNames &templates, std::string &text)
      : checker_(checker), formulas_(formulas), templates_(templates), text_(text) {}
  void printStage(const Stage &stage);
  void printTemplate(const Template &which);

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    text_.append(2 * depth_, ' ');
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void printRegion(const Region &region);
  void print(const OpNode &node);
  void print(const CallNode &node);
  void print(const std::unique_ptr<LoopNode> &loop);
  void printPiece(const Piece &piece);
  void printStorage(llvm::ArrayRef<Storage> storage, bool numbered);
  void declareInputs(const Tensors &operands);

  std::string name(const Tensor *tensor);
  std::string names(const Tensors &tensors);
  std::string typed(const Tensor *tensor) { return name(tensor) + ": " + type(tensor); }
  std::string type(const Tensor *tensor) const {
    return std::string(checker_.roleName(tensor->role)) + formulas_.show(tensor->shape);
  }
  std::string types(const Tensors &tensors) const;
  std::string label(Label label) const;
  std::string turns(const Stage &stage) const;

  Checker &checker_;
  Formulas &formulas_;
  TemplateNames &templates_;
  std::string &text_;
  size_t depth_ = 0;
  llvm::DenseMap<const Tensor *, size_t> numbers_;
};

//===--- Names --------------------------------------------------------------===//

std::string BodyPrinter::name(const Tensor *tensor) {
  if (!tensor) return "none";
  return fmt::format("%{}", numbers_.try_emplace(tensor, numbers_.size()).first->second);
}

std::string BodyPrinter::names(const Tensors &tensors) {
  std::string text;
  for (const Tensor *each : tensors) text += (text.empty() ? "" : ", ") + name(each);
  return text;
}

std::string BodyPrinter::types(const Tensors &tensors) const {
  std::string text;
  for (const Tensor *each : tensors) text += (text.empty() ? "" : ", ") + type(each);
  return text;
}

std::string BodyPrinter::label(Label label) const {
  std::string text;
  for (const LabelSegment &segment : label) {
    text += text.empty() ? " as " : ".";
    text += segment.text;
    if (segment.index) text += "{" + formulas_.show(*segment.index) + "}";
  }
  return text;
}

std::string BodyPrinter::turns(const Stage &stage) const {
  if (!stage.turn) return " times " + formulas_.show(stage.hi);
  std::string index = formulas_.show(checker_.pool().symbol(*stage.turn));
  return fmt::format(" for {} in {}..{}", index, formulas_.show(stage.lo), formulas_.show(stage.hi));
}

//===--- Bodies -------------------------------------------------------------===//

void BodyPrinter::printStage(const Stage &stage) {
  std::string when;
  if (stage.guard != checker_.pool().constant(1)) when = " when " + formulas_.show(stage.guard);
  line("stage {} on {}{}{}", text(stage.name), text(stage.resident), turns(stage), when);
  ++depth_;
  printRegion(stage.region);
  if (!stage.results.empty()) line("return {}", names(stage.results));
}

void BodyPrinter::printTemplate(const Template &which) {
  std::string operands;
  for (const Tensor *each : which.operands) operands += (operands.empty() ? "" : ", ") + (each ? typed(each) : "none");
  line("module {}({})", templates_[&which], operands);
  ++depth_;
  printRegion(which.region);
  line("return {}", names(which.results));
}

void BodyPrinter::printRegion(const Region &region) {
  printStorage(region.storage, true);
  for (const Node &node : region.nodes) std::visit([&](const auto &each) { print(each); }, node);
}

/// Storage of a module is a tensor of its graph; that of an operator is not.
void BodyPrinter::printStorage(llvm::ArrayRef<Storage> storage, bool numbered) {
  static constexpr const char *kinds[] = {"weight", "state", "scratch"};
  for (const Storage &each : storage) {
    std::string result = numbered ? name(each.tensor) + " = " : "";
    line("{}{} {}: {}", result, kinds[static_cast<size_t>(each.kind)], each.name, type(each.tensor));
  }
}

/// An input of the pipeline has no other definition than its first use.
void BodyPrinter::declareInputs(const Tensors &operands) {
  for (const Tensor *each : operands)
    if (each && root(each)->origin == Tensor::Origin::Input && !numbers_.contains(root(each)))
      line("{} = input {}", name(root(each)), type(root(each)));
}

void BodyPrinter::print(const OpNode &node) {
  declareInputs(node.operands);
  std::string arguments = names(node.operands), results = names(node.results);
  if (!node.tied.empty()) arguments += (arguments.empty() ? "tied " : ", tied ") + names(node.tied);
  const OpApplication &op = *node.application;
  const char *alias = op.aliasOf >= 0 || op.aliasState ? " alias" : "";
  line("{}{}{}({}){}: {}{}", results, results.empty() ? "" : " = ", text(op.op->name.name), arguments,
       label(node.label), types(node.results), alias);
  ++depth_;
  printStorage(op.storage, false);
  --depth_;
}

void BodyPrinter::print(const CallNode &node) {
  declareInputs(node.operands);
  std::string arguments = names(node.operands), results = names(node.results);
  line("{}{}{}({}){}{}{}", results, results.empty() ? "" : " = ", templates_[node.callee], arguments, label(node.label),
       results.empty() ? "" : ": " + types(node.results), node.idle ? " idle" : "");
}

void BodyPrinter::print(const std::unique_ptr<LoopNode> &loop) {
  declareInputs(loop->initial);
  line("{} carry ({})", loop->inTime ? "loop" : "repeat", names(loop->initial));
  ++depth_;
  for (const Piece &piece : loop->pieces) printPiece(piece);
  --depth_;
  Tensors results = loop->results;
  if (loop->gathered) results.push_back(loop->gathered);
  if (!results.empty()) line("-> {}: {}", names(results), types(results));
}

/// `i in 0..39 (%7)`: the range, and what the carried tensors are called inside.
void BodyPrinter::printPiece(const Piece &piece) {
  std::string index = piece.index ? formulas_.show(checker_.pool().symbol(*piece.index)) + " in " : "";
  std::string hi = piece.index ? ".." + formulas_.show(piece.hi) : "";
  line("turns {}{}{} ({})", index, formulas_.show(piece.lo), hi, names(piece.carriedIn));
  ++depth_;
  printRegion(piece.body);
  if (!piece.carriedOut.empty()) line("next {}", names(piece.carriedOut));
  if (piece.gathered) line("gather {}", name(piece.gathered));
  --depth_;
}

void printGuards(Formulas &formulas, const PipelineModel &model, std::string &text) {
  static constexpr const char *kinds[] = {"require", "warn", "claim"};
  for (const Guard &guard : model.guards)
    text += fmt::format("{} {} \"{}\"\n", kinds[static_cast<size_t>(guard.kind)], formulas.show(guard.condition),
                        guard.text);
}

} // namespace

std::string print(Checker &checker, const PipelineModel &model) {
  std::string out = fmt::format("pipeline {}\n", text(model.pipeline->name.name));
  Formulas formulas(checker);
  printGuards(formulas, model, out);
  TemplateNames templates;
  for (const Stage &stage : model.stages) {
    out += '\n';
    BodyPrinter(checker, formulas, templates, out).printStage(stage);
  }
  for (size_t i = 0; i < templates.size(); ++i) { // printing one finds more
    out += '\n';
    BodyPrinter(checker, formulas, templates, out).printTemplate(*templates.at(i));
  }
  if (!model.notModelled.empty()) out += '\n';
  for (const std::string &each : model.notModelled) out += fmt::format("not_modelled \"{}\"\n", each);
  return out;
}

} // namespace mdl::sema
