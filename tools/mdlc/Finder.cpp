//===- Finder.cpp - A node of a cost module by its id ---------------------===//
#include "Finder.h"

namespace mdl::tool {

namespace {

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

} // namespace

std::optional<Found> findNode(const ir::CostModule &module, std::string_view id) { return Finder(module).find(id); }

uint32_t stageOf(const ir::CostModule &module, uint32_t node) {
  while (module.nodes[node].parent != ir::kNoNode) node = module.nodes[node].parent;
  return node;
}

} // namespace mdl::tool
