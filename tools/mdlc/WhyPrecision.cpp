//===- WhyPrecision.cpp - Which formats entered a number ------------------===//
#include "WhyPrecision.h"
#include <fmt/format.h>

namespace mdl::tool {

namespace {

/// Finds what chose a format: a setting of the job, else the nearest entry of the precision of the stage.
class Chooser {
public:
  explicit Chooser(driver::Compilation &compilation) : compilation_(compilation), checker_(compilation.checker()) {}

  std::string compute(const std::string &stage, sema::ClassId of) {
    std::string setting = override(stage, "compute", classNames(of), {});
    return setting.empty() ? entry(precisionOf(stage), "compute", classNames(of)) : "chosen by --set " + setting;
  }

  /// An activation is stored as its maker's class says, else as its role; the last setting of either kind counts.
  std::string storage(const std::string &stage, sema::RoleId role, sema::ClassId made) {
    bool act = role == checker_.actRole();
    std::string setting =
        override(stage, "storage", roleNames(role), act ? classNames(made) : std::vector<std::string>());
    if (!setting.empty()) return "chosen by --set " + setting;
    const ast::Item *precision = precisionOf(stage);
    std::string line = act ? entry(precision, "results", classNames(made)) : "";
    return line.empty() ? entry(precision, "storage", roleNames(role)) : line;
  }

private:
  /// The class and what it inherits from, itself first.
  std::vector<std::string> classNames(sema::ClassId of) {
    std::vector<std::string> names{std::string(checker_.className(of))};
    for (sema::ClassId up = checker_.parentOf(of); up != of; of = up, up = checker_.parentOf(up))
      names.emplace_back(checker_.className(up));
    return names;
  }
  std::vector<std::string> roleNames(sema::RoleId role) {
    std::vector<std::pair<size_t, std::string>> ancestors; // the fewer roles are below one, the nearer it is
    for (uint16_t i = 0; i < checker_.roleCount(); ++i) {
      if (!checker_.isRole(role, {i})) continue;
      size_t below = 0;
      for (uint16_t j = 0; j < checker_.roleCount(); ++j) below += checker_.isRole({j}, {i}) ? 1 : 0;
      ancestors.emplace_back(below, checker_.roleName({i}));
    }
    llvm::sort(ancestors);
    std::vector<std::string> names;
    for (auto &[below, name] : ancestors) names.push_back(std::move(name));
    return names;
  }

  /// The last setting `WHAT.KEY`, or `results.KEY` of one of `results`: for all stages, or for this one.
  std::string override(const std::string &stage, std::string_view what, const std::vector<std::string> &keys,
                       const std::vector<std::string> &results) {
    std::string found;
    for (const std::string &setting : compilation_.targetInfo().precision.overrides) {
      std::string path = setting.substr(0, setting.find('='));
      path.erase(0, std::string("precision.").size());
      if (path.starts_with(stage + ".")) path.erase(0, stage.size() + 1);
      bool speaks = path == what || (what != "compute" && path == "storage_bits");
      for (const std::string &key : keys) speaks |= path == fmt::format("{}.{}", what, key);
      for (const std::string &key : results) speaks |= path == "results." + key || path == "results";
      if (speaks) found = setting;
    }
    return found;
  }

  const ast::Item *precisionOf(const std::string &stage) {
    driver::Target &target = compilation_.target();
    const ast::Item *item = target.find("precision", compilation_.targetInfo().precision.name);
    for (const ast::Entry &entry : item->entries)
      if (entry.key && text(entry.key.name) == stage && entry.expr->kind == ast::ExprKind::Name)
        return target.find("precision", std::string(text(entry.expr->name.name)));
    return item;
  }

  std::string entry(const ast::Item *item, std::string_view what, const std::vector<std::string> &keys) {
    for (const std::string &key : keys)
      for (const ast::Entry &entry : item->entries)
        if (text(entry.name.name) == what && entry.key && text(entry.key.name) == key)
          return sourceLine(compilation_.sources(), entry.range);
    return {};
  }

  driver::Compilation &compilation_;
  sema::Checker &checker_;
};

std::string bitsText(const Rational &bits) {
  return bits.isInteger() ? toString(bits) : fmt::format("{}", bits.toDouble());
}

} // namespace

std::vector<std::string> bitsLines(driver::Compilation &compilation, const std::string &id, const std::string &metric,
                                   const ModelOptions &options, const Invocation &invocation) {
  driver::Request request = options.request(invocation);
  request.parametric = true, request.device.clear();
  driver::Compilation open(request); // the same costs with a symbol for each number of bits
  if (!open.compile()) return {};
  auto formula = formulaOf(open, id, metric, options.diagnostics);
  if (!formula) return {};
  sema::Checker &checker = compilation.checker();
  Chooser chooser(compilation);
  std::vector<std::string> lines;
  for (const ir::Parameter &parameter : open.costs().parameters) {
    if (parameter.kind != ir::Parameter::Kind::Bits || !open.costs().pool->dependsOn(formula->expr, parameter.symbol))
      continue;
    for (uint16_t i = 0; i < checker.roleCount(); ++i) {
      if (checker.roleName({i}) != parameter.role) continue;
      bool act = sema::RoleId{i} == checker.actRole();
      sema::ClassId made = checker.classOf(parameter.category);
      sema::Format format = compilation.target().storageFormat(intern(parameter.owner), {i}, made);
      lines.push_back(fmt::format("{}{} in {}: {}, {} bit  {}", parameter.role,
                                  act ? " made by " + parameter.category : "", parameter.owner, text(format.name),
                                  bitsText(format.bits), chooser.storage(parameter.owner, {i}, made)));
    }
  }
  return lines;
}

std::string computeLine(driver::Compilation &compilation, const std::string &stage, const std::string &category) {
  sema::ClassId of = compilation.checker().classOf(category);
  sema::Format format = compilation.target().computeFormat(intern(stage), of);
  return fmt::format("{} in {} computes in {}  {}", category, stage, text(format.name),
                     Chooser(compilation).compute(stage, of));
}

} // namespace mdl::tool
