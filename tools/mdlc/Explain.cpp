//===- Explain.cpp - mdlc explain -----------------------------------------===//
// The closed formula of a node or of the total, and the lines that it came from.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Latex.h"
#include "runtime/report/Units.h"
#include <cstdio>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

struct ExplainOptions {
  ModelOptions model;
  std::string id, metric = "flops_tensor", format = "text";
};

/// A node found by its id, with the values that the indices on its path take there.
struct Found {
  uint32_t node = ir::kNoNode;
  llvm::DenseMap<uint32_t, expr::ExprId> indices;
};

class Finder {
public:
  explicit Finder(const ir::CostModule &module) : module_(module), pool_(*module.pool) {}

  std::optional<Found> find(std::string_view id) {
    for (uint32_t root : module_.roots)
      if (Found found; at(root, id, found)) return found;
    return std::nullopt;
  }

private:
  /// Does the node, or one below it, have this id? `rest` is what the nodes above have left of it.
  bool at(uint32_t node, std::string_view rest, Found &found) {
    const ir::Node &here = module_.nodes[node];
    if (here.group) return below(node, rest, found);
    auto saved = found.indices;
    for (const ir::LabelPart &part : here.label) {
      if (!rest.starts_with(part.text)) return false;
      rest.remove_prefix(part.text.size());
      if (part.index && !takeIndex(node, *part.index, rest, found)) return found.indices = saved, false;
    }
    if (rest.empty()) return found.node = node, true;
    if (rest.front() == '.' && below(node, rest.substr(1), found)) return true;
    return found.indices = saved, false;
  }
  bool below(uint32_t node, std::string_view rest, Found &found) {
    for (uint32_t child : module_.nodes[node].children)
      if (at(child, rest, found)) return true;
    return false;
  }
  /// Reads digits and solves the label's expression for the index of a group above.
  bool takeIndex(uint32_t node, expr::ExprId index, std::string_view &rest, Found &found) {
    size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    auto value = parseInt(rest.substr(0, digits));
    if (!value) return false;
    index = pool_.substitute(index, found.indices);
    if (auto constant = pool_.asInteger(index)) return rest.remove_prefix(digits), *constant == *value;
    for (uint32_t up = module_.nodes[node].parent; up != ir::kNoNode; up = module_.nodes[up].parent) {
      const ir::Node &group = module_.nodes[up];
      auto linear = group.group ? pool_.linearIn(index, group.index) : std::nullopt;
      if (!linear) continue;
      auto [k, offset] = *linear;
      auto solved = pool_.asInteger(pool_.scale(pool_.sub(pool_.constant(*value), offset), Rational(1) / k));
      auto lo = pool_.asInteger(group.lo), hi = pool_.asInteger(group.hi);
      if (!solved || (lo && *solved < *lo) || (hi && *solved >= *hi)) return false;
      found.indices[group.index.index] = pool_.constant(*solved);
      rest.remove_prefix(digits);
      return true;
    }
    return false;
  }
  const ir::CostModule &module_;
  expr::ExprPool &pool_;
};

/// Names of the pipeline's `let`s, for expressions that are exactly theirs.
Abbreviations abbreviationsOf(const sema::PipelineModel &model) {
  return [&model](expr::ExprId id) {
    for (const auto &[name, value] : model.lets)
      if (value == id) return name;
    return std::string();
  };
}

std::string sourceLine(SourceManager &sources, SrcRange range) {
  LineColumn at = sources.lineColumn(range.begin);
  std::string line(sources.lineText(range.begin));
  line.erase(0, line.find_first_not_of(" \t"));
  return fmt::format("  {}:{}: {}\n", at.path, at.line, line);
}

/// The leaves below a node by their share of the metric, largest first.
void addParts(driver::Compilation &compilation, uint32_t node, size_t metric, std::string &out) {
  const ir::CostModule &costs = compilation.costs();
  const ir::Node &at = costs.nodes[node];
  for (uint32_t child : at.children) {
    const ir::Node &below = costs.nodes[child];
    if (below.group) {
      addParts(compilation, child, metric, out);
      continue;
    }
    if (below.metrics[metric] == costs.pool->constant(0)) continue;
    std::string label;
    for (const ir::LabelPart &part : below.label)
      label += part.text + (part.index ? "{" + expr::print(*costs.pool, *part.index) + "}" : "");
    out += fmt::format("  {} = {}\n", label,
                       plain(*costs.pool, below.metrics[metric], abbreviationsOf(compilation.model())));
  }
}

struct Explanation {
  std::string id, metric, unit, formula, tex, value, where, lines, parts, fold;
};

void printText(const Explanation &e) {
  std::printf("%s of %s%s\n  = %s\n", e.metric.c_str(), e.id.c_str(),
              e.unit.empty() ? "" : (" [" + e.unit + "]").c_str(), e.formula.c_str());
  if (!e.where.empty()) std::printf("where\n%s", e.where.c_str());
  std::printf("for this workload\n  = %s\n", e.value.c_str());
  if (!e.parts.empty()) std::printf("it is the %s of\n%s", e.fold.c_str(), e.parts.c_str());
  if (!e.lines.empty()) std::printf("from\n%s", e.lines.c_str());
  std::printf("LaTeX\n  %s\n", e.tex.c_str());
}

std::string valueText(const driver::Compilation &compilation, const ir::CostModule &costs, expr::ExprId formula,
                      const std::string &unit) {
  ir::CostModule single; // the formula alone, run through the same evaluator
  single.pool = costs.pool, single.inputs = costs.inputs;
  ir::Metric metric;
  metric.name = "value", metric.unit = unit;
  single.parameters = costs.parameters;
  single.metrics.push_back(std::move(metric));
  single.totals.push_back(formula);
  runtime::Program program = driver::emit(single);
  runtime::Evaluator evaluator(program);
  evaluator.run(compilation.inputs());
  runtime::Number number = runtime::unscaled(evaluator.value(program.totals[0]), program.metrics[0].scale);
  return runtime::formatExact(number) + " (" + runtime::formatSi(number, unit) + ")";
}

int runExplain(const ExplainOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  const ir::CostModule &costs = compilation.costs();
  size_t metric = costs.metrics.size();
  std::string names;
  for (size_t i = 0; i < costs.metrics.size(); ++i) {
    if (costs.metrics[i].name == options.metric) metric = i;
    names += (names.empty() ? "" : ", ") + costs.metrics[i].name;
  }
  if (metric == costs.metrics.size())
    return printError({"unknown-metric", "unknown metric `" + options.metric + "`; there are " + names, ""},
                      options.model.diagnostics),
           kWrong;
  if (costs.metrics[metric].absent)
    return printError(
               {"unknown-metric", "convention `" + costs.convention + "` does not have `" + options.metric + "`", ""},
               options.model.diagnostics),
           kWrong;
  bool total = options.id == "total";
  std::optional<Found> found = total ? std::optional<Found>(std::in_place) : Finder(costs).find(options.id);
  if (!found)
    return printError(
               {"unknown-node", "no node is called `" + options.id + "`; `mdlc eval FILE --depth 9` shows the ids", ""},
               options.model.diagnostics),
           kWrong;

  Explanation e;
  ir::Fold fold = costs.metrics[metric].fold;
  e.fold = fold == ir::Fold::Peak ? "largest" : fold == ir::Fold::Once ? "union" : "sum";
  e.id = options.id, e.metric = options.metric, e.unit = costs.metrics[metric].unit;
  expr::ExprId formula =
      total ? costs.totals[metric] : costs.pool->substitute(costs.nodes[found->node].metrics[metric], found->indices);
  Abbreviations abbreviations = abbreviationsOf(compilation.model());
  e.formula = plain(*costs.pool, formula, abbreviations);
  e.tex = latex(*costs.pool, formula, abbreviations);
  e.value = valueText(compilation, costs, formula, e.unit);
  for (const auto &[name, value] : compilation.model().lets)
    if (e.formula.find(name) != std::string::npos)
      e.where += fmt::format("  {} = {}\n", name, expr::print(*costs.pool, value));
  if (!total) {
    addParts(compilation, found->node, metric, e.parts);
    const ir::Node &node = costs.nodes[found->node];
    for (SrcRange range :
         compilation.checker().rulesFor(node.op, costs.metrics[metric].name, costs.convention, costs.traffic))
      e.lines += sourceLine(compilation.sources(), range);
    if (!node.place.empty()) e.lines += "  " + node.place + " (" + node.op + ")\n";
  } else
    for (uint32_t root : costs.roots)
      e.parts += fmt::format("  {} = {}\n", costs.nodes[root].label[0].text,
                             plain(*costs.pool, costs.nodes[root].metrics[metric], abbreviations));
  printText(e);
  return kOk;
}

} // namespace

void addExplain(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App *command =
      app.add_subcommand("explain", "The closed formula of a node or of the total, and where it comes from");
  options->model.addTo(*command);
  command->add_option("id", options->id, "A node's id, or `total`")->required()->type_name("ID");
  command->add_option("-m,--metric", options->metric, "Which metric")->capture_default_str();
  command->footer("Examples:\n  mdlc explain models/wan2.1/t2v_14b.mdl total\n"
                  "  mdlc explain models/wan2.1/t2v_14b.mdl diffusion.blocks.7.self_attn.core --metric bytes_read");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runExplain(*options, invocation); }; });
}

} // namespace mdl::tool
