//===- PrintFormulas.cpp - Closed formulas for people ---------------------===//
#include "Print.h"
#include "Spelling.h"
#include <fmt/format.h>
#include <utility>

namespace mdl::ir {

namespace {

class FormulaPrinter {
public:
  explicit FormulaPrinter(const CostModule &module) : module_(module), names_(module) {}

  std::string print() {
    printNumbers("total", module_.totals, "");
    for (uint32_t root : module_.roots) {
      text_ += '\n';
      printNode(root, "", "");
    }
    printDefinitions();
    return std::move(text_);
  }

private:
  /// `over` says over what the indices in the path run: ` for i in 0..40`.
  void printNode(uint32_t number, std::string path, std::string over) {
    const Node &node = module_.nodes[number];
    if (node.group) {
      std::string range = fmt::format("{} in {}..{}", names_[node.index], names_.show(node.lo), names_.show(node.hi));
      over += (over.empty() ? " for " : ", ") + range;
    } else {
      path += (path.empty() ? "" : ".") + label(node);
      printNumbers(path, node.metrics, over);
    }
    for (uint32_t child : node.children) printNode(child, path, over);
  }

  void printNumbers(const std::string &path, const std::vector<ExprId> &values, const std::string &over) {
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i] != ExprId() && !module_.metrics[i].absent)
        text_ += fmt::format("{}.{} = {}{}\n", path, module_.metrics[i].name, names_.show(values[i]), over);
  }

  void printDefinitions() {
    const char *before = "\nwhere\n";
    for (const Declaration &each : names_.declarations())
      if (!each.symbol) text_ += fmt::format("{}{} = {}\n", std::exchange(before, ""), each.name, each.definition);
  }

  std::string label(const Node &node) {
    std::string text;
    for (const LabelPart &part : node.label)
      text += part.text + (part.index ? "{" + names_.show(*part.index) + "}" : "");
    return text;
  }

  const CostModule &module_;
  Spelling names_;
  std::string text_;
};

} // namespace

std::string printFormulas(const CostModule &module) { return FormulaPrinter(module).print(); }

} // namespace mdl::ir
