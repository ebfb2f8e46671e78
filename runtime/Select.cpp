//===- Select.cpp - Nodes by id, by pattern, by value ---------------------===//
#include "Collect.h"
#include "Pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mdl::runtime {
namespace {

constexpr size_t kMaxCandidates = 20'000; // ids compared for a suggestion
constexpr size_t kSuggestions = 3;

size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string below(const std::string &parent, const std::string &label) {
  return parent.empty() ? label : parent + "." + label;
}

/// Walks ids until it has found what it looks for or has seen too many.
class Selector {
public:
  Selector(Tree &tree, const ReportOptions &options, std::vector<TreePart> &parts)
      : tree_(tree), wanted_(options.select), limit_(options.maxRows), parts_(parts) {}

  void findExact(const std::vector<uint32_t> &children, const std::string &parent) {
    tree_.forEach(children, Turns::Each, [&](uint32_t child) {
      std::string id = below(parent, tree_.label(tree_.node(child)));
      if (id == wanted_) take(child);
      else if (wanted_.starts_with(id + ".")) findExact(tree_.node(child).children, id);
      return parts_.empty() && ++seen_ <= limit_;
    });
  }

  void findMatches(const std::vector<uint32_t> &children, const std::string &parent) {
    tree_.forEach(children, Turns::Each, [&](uint32_t child) {
      std::string id = below(parent, tree_.label(tree_.node(child)));
      if (matchesPattern(wanted_, id)) take(child);
      else findMatches(tree_.node(child).children, id);
      return ++seen_ <= limit_;
    });
  }

  void gatherIds(const std::vector<uint32_t> &children, const std::string &parent, std::vector<std::string> &ids) {
    tree_.forEach(children, Turns::Each, [&](uint32_t child) {
      std::string id = below(parent, tree_.label(tree_.node(child)));
      ids.push_back(id);
      gatherIds(tree_.node(child).children, id, ids);
      return ids.size() < kMaxCandidates;
    });
  }

  bool hasSeenTooMany() const { return seen_ > limit_; }
  void restart() { seen_ = 0; }

private:
  void take(uint32_t node) { parts_.push_back({{node}, tree_.bindings()}); }

  Tree &tree_;
  const std::string &wanted_;
  size_t limit_, seen_ = 0;
  std::vector<TreePart> &parts_;
};

std::string nearest(const std::string &wanted, const std::vector<std::string> &ids) {
  std::vector<std::pair<size_t, std::string_view>> ranked;
  for (const std::string &id : ids) ranked.emplace_back(editDistance(wanted, id), id);
  size_t count = std::min(kSuggestions, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end());
  std::string text;
  for (size_t i = 0; i < count; ++i) text += fmt::format("{}`{}`", i == 0 ? "" : ", ", ranked[i].second);
  return text;
}

/// The leaf at which a metric has a value; subtrees whose maximum is another are skipped.
class PeakFinder {
public:
  PeakFinder(Tree &tree, size_t metric, const Number &peak) : tree_(tree), metric_(metric), peak_(peak) {}

  bool isFoundIn(const std::vector<uint32_t> &children) {
    return !tree_.forEach(children, Turns::FirstOfEqual, [&](uint32_t child) { return !isFoundAt(child); });
  }
  std::string found;

private:
  bool isFoundAt(uint32_t number) {
    const Node &node = tree_.node(number);
    Number value = tree_.evaluator().value(node.metrics[metric_]);
    if (value.isPresent() && value != peak_) return false;
    if (isFoundIn(node.children)) return true;
    if (!value.isPresent()) return false;
    found = tree_.id(number);
    return true;
  }

  Tree &tree_;
  size_t metric_;
  Number peak_;
};

} // namespace

bool select(Tree &tree, const ReportOptions &options, std::vector<TreePart> &parts, ReportError &error) {
  const std::vector<uint32_t> &roots = tree.program().roots;
  if (options.select.empty()) return parts.push_back({roots, {}}), true;
  Selector selector(tree, options, parts);
  selector.findExact(roots, {});
  if (parts.empty() && options.select.find('*') != std::string::npos) {
    selector.restart();
    selector.findMatches(roots, {});
  }
  if (selector.hasSeenTooMany()) {
    error = {"too-many-nodes",
             fmt::format("`{}` is looked for among more than {} nodes", options.select, options.maxRows),
             {}};
    return false;
  }
  if (!parts.empty()) return true;
  std::vector<std::string> ids;
  selector.gatherIds(roots, {}, ids);
  error = {"unknown-node",
           fmt::format("no node is named `{}`; the nearest are {}", options.select, nearest(options.select, ids)),
           {}};
  return false;
}

std::string findPeak(Tree &tree, const std::vector<TreePart> &parts, size_t metric, const Number &peak) {
  PeakFinder finder(tree, metric, peak);
  for (const TreePart &part : parts) {
    tree.bind(part.bindings);
    if (finder.isFoundIn(part.nodes)) break;
  }
  return finder.found;
}

} // namespace mdl::runtime
