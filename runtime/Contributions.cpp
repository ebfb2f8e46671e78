//===- Contributions.cpp - Which nodes a change comes from ----------------===//
#include "Contributions.h"
#include <algorithm>
#include <cmath>
#include <map>

namespace mdl::runtime {
namespace {

/// Sums of reals are exact but for their last digits: below this share of a number they are 0.
constexpr double kRounding = 1e-9;

Number minus(const Number &a, const Number &b) { return Pair{b, a}.change(); }

double magnitude(const Number &value) { return value.isPresent() ? std::fabs(value.toDouble()) : 0; }

/// A real that is nothing but rounding of numbers as large as `of` becomes 0.
Number withoutRounding(Number value, double of) {
  if (value.kind == Number::Kind::Real && std::fabs(value.real) <= kRounding * of) value.real = 0;
  return value;
}

Number sumOf(const Number &a, const Number &b) { return !a.isPresent() ? b : !b.isPresent() ? a : a + b; }

/// The id with its first number as `#`, and that number; the id itself when it has none.
std::pair<std::string, Int> numbered(const std::string &id) {
  for (size_t at = 0; at < id.size();) {
    size_t end = std::min(id.find_first_of("._", at), id.size());
    std::string_view part = std::string_view(id).substr(at, end - at);
    if (!part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos)
      return {id.substr(0, at) + "#" + id.substr(end), parseInt(part).value_or(0)};
    at = end + 1;
  }
  return {id, 0};
}

/// Lines for ids that differ in their first number only and have equal values: `blocks.0…39.ffn`.
class Folder {
public:
  void add(Contribution one) {
    auto [pattern, number] = numbered(one.id);
    auto text = [](const Number &value) { return std::make_tuple(value.kind, value.exact, value.real); };
    auto key = std::make_tuple(pattern, text(one.values.a), text(one.values.b), one.side, one.shared);
    auto [at, isNew] = byKey_.try_emplace(key, lines_.size());
    if (isNew) lines_.push_back({std::move(one), pattern, number, number});
    else {
      Line &line = lines_[at->second];
      line.contribution.copies += 1;
      line.lo = std::min(line.lo, number), line.hi = std::max(line.hi, number);
    }
  }

  std::vector<Contribution> take() {
    std::vector<Contribution> result;
    for (Line &line : lines_) {
      Contribution &one = line.contribution;
      if (one.copies > 1) {
        bool gaps = line.hi - line.lo + 1 != one.copies;
        std::string range = toString(line.lo) + "…" + toString(line.hi);
        one.id = line.pattern.replace(line.pattern.find('#'), 1, gaps ? "(" + range + ")" : range);
        one.values = {times(one.values.a, one.copies), times(one.values.b, one.copies)};
      }
      result.push_back(std::move(one));
    }
    return result;
  }

private:
  struct Line {
    Contribution contribution;
    std::string pattern;
    Int lo, hi;
  };
  static Number times(const Number &value, Int copies) {
    if (value.kind == Number::Kind::Exact) return Number::of(value.exact * copies);
    return value.isPresent() ? Number::ofReal(value.real * copies.toDouble()) : value;
  }

  using Value = std::tuple<Number::Kind, Int, double>;
  std::map<std::tuple<std::string, Value, Value, Side, bool>, size_t> byKey_;
  std::vector<Line> lines_;
};

bool isWork(const ResultMetric &metric) { return !metric.fold || *metric.fold == Fold::Sum; }

/// The first leaf at which the metric has this value, else the last node that has it.
std::string placeOf(const Result &result, size_t metric) {
  const Number &peak = result.totals[metric];
  if (!peak.isPresent() || peak.isZero()) return {};
  std::string found;
  for (size_t i = 0; i < result.nodes.size(); ++i) {
    const Number &value = result.nodes[i].values[metric];
    if (!value.isPresent() || Pair{value, peak}.differs()) continue;
    found = result.nodes[i].id;
    bool leaf = i + 1 == result.nodes.size() || result.nodes[i + 1].parent != found;
    if (leaf) break;
  }
  return found;
}

} // namespace

JointNodes::JointNodes(const Result &a, const Result &b, const std::vector<Counterpart> &counterparts) : a_(a), b_(b) {
  treeB_ = join(b, false, {}); // first: the union is in the order of B
  treeA_ = join(a, true, counterparts);
  findCommon(treeA_), findCommon(treeB_);
  roll(treeA_), roll(treeB_);
  addReasons(counterparts);
}

JointNodes::Tree JointNodes::join(const Result &result, bool isA, const std::vector<Counterpart> &counterparts) {
  Tree tree;
  std::unordered_map<std::string_view, size_t> byOwnId;
  for (const ResultNode &node : result.nodes) {
    std::string id = renamed(counterparts, node.id);
    auto [at, isNew] = byId_.try_emplace(id, joints_.size());
    if (isNew) joints_.push_back({id, {}, false, false, false, false, false, false, {}});
    Joint &joint = joints_[at->second];
    (isA ? joint.inA : joint.inB) = true;
    if (isA) joint.idA = node.id;
    joint.stage |= node.parent.empty();
    auto above = byOwnId.find(node.parent);
    tree.parent.push_back(node.parent.empty() || above == byOwnId.end() ? kNone : above->second);
    if (tree.parent.back() != kNone) {
      Joint &inner = joints_[tree.joint[tree.parent.back()]];
      (isA ? inner.innerA : inner.innerB) = true;
    }
    byOwnId.emplace(node.id, tree.joint.size());
    tree.joint.push_back(at->second);
  }
  return tree;
}

void JointNodes::findCommon(const Tree &tree) {
  for (size_t i = tree.joint.size(); i-- > 0;) {
    if (tree.parent[i] == kNone) continue;
    const Joint &joint = joints_[tree.joint[i]];
    joints_[tree.joint[tree.parent[i]]].common |= joint.common || (joint.inA && joint.inB);
  }
}

/// A stage of both sides is taken apart even when they have nothing in common below it: then parts are only in A or B.
bool JointNodes::isWhole(const Joint &joint) const {
  if (joint.inA && joint.inB && (!joint.innerA || !joint.innerB)) return true;
  return !joint.common && !(joint.stage && joint.inA && joint.inB);
}

/// A node counts for itself unless it lies below one that is compared as a whole.
void JointNodes::roll(Tree &tree) const {
  tree.counts.resize(tree.joint.size());
  for (size_t i = 0; i < tree.joint.size(); ++i) {
    tree.counts[i] = tree.joint[i];
    if (tree.parent[i] == kNone) continue;
    size_t above = tree.counts[tree.parent[i]];
    if (above != tree.joint[tree.parent[i]] || isWhole(joints_[above])) tree.counts[i] = above;
  }
}

void JointNodes::addReasons(const std::vector<Counterpart> &counterparts) {
  std::vector<std::string> stars;
  for (Joint &joint : joints_)
    for (const Counterpart &each : counterparts) {
      if (each.why.empty() || (each.to.empty() ? joint.inB : !joint.inB)) continue;
      const std::string &pattern = each.to.empty() ? each.from : each.to;
      if (auto rest = fits(pattern, each.to.empty() ? joint.idA : joint.id, stars); rest && rest->empty())
        joint.why = each.why;
    }
}

/// Adds what each node has beyond its children to what it counts for.
void JointNodes::addOwn(const Result &result, const Tree &tree, size_t metric, bool isA, std::vector<Pair> &own) const {
  std::vector<Number> below(tree.joint.size());
  for (size_t i = tree.joint.size(); i-- > 0;) {
    const Number &value = result.nodes[i].values[metric];
    if (!value.isPresent()) continue;
    Number beyond = below[i].isPresent() ? withoutRounding(minus(value, below[i]), magnitude(value)) : value;
    Number &into = isA ? own[tree.counts[i]].a : own[tree.counts[i]].b;
    into = sumOf(into, beyond);
    if (tree.parent[i] != kNone) below[tree.parent[i]] = sumOf(below[tree.parent[i]], value);
  }
}

Contribution JointNodes::contributionOf(size_t number, const Pair &values, bool isWork) const {
  const Joint &joint = joints_[number];
  Contribution one{joint.id, values, Side::Both, 1, false, joint.why};
  if (!joint.inA) one.side = Side::OnlyB;
  if (!joint.inB) one.side = Side::OnlyA;
  if (one.side == Side::Both && !isWork) one.why.clear(); // reasons are about what runs
  one.shared = !isWhole(joint) && (joint.innerA || joint.innerB);
  return one;
}

void JointNodes::addStages(std::optional<size_t> inA, std::optional<size_t> inB, MetricChange &change) const {
  std::map<size_t, Pair> values;
  for (size_t i = 0; inA && i < treeA_.joint.size(); ++i)
    if (treeA_.parent[i] == kNone)
      values[treeA_.joint[i]].a = sumOf(values[treeA_.joint[i]].a, a_.nodes[i].values[*inA]);
  for (size_t i = 0; inB && i < treeB_.joint.size(); ++i)
    if (treeB_.parent[i] == kNone)
      values[treeB_.joint[i]].b = sumOf(values[treeB_.joint[i]].b, b_.nodes[i].values[*inB]);
  for (const auto &[joint, pair] : values) {
    change.stages.push_back(contributionOf(joint, pair, isWork(change.metric)));
    change.stages.back().shared = false;
  }
}

/// Without a word in the result, a metric adds up if its stages do.
static bool addsUp(const MetricChange &change) {
  if (change.metric.fold) return *change.metric.fold == Fold::Sum || *change.metric.fold == Fold::Once;
  Pair sum;
  for (const Contribution &stage : change.stages) sum = {sumOf(sum.a, stage.values.a), sumOf(sum.b, stage.values.b)};
  auto near = [](const Number &x, const Number &y) {
    return !x.isPresent() || withoutRounding(minus(x, y), magnitude(x)).isZero();
  };
  return near(change.total.a, sum.a) && near(change.total.b, sum.b);
}

void JointNodes::explain(std::optional<size_t> inA, std::optional<size_t> inB, MetricChange &change) const {
  if (change.side != Side::Both) return;
  addStages(inA, inB, change);
  change.adds = addsUp(change);
  if (!change.adds) {
    change.peakA = placeOf(a_, *inA), change.peakB = placeOf(b_, *inB);
    return;
  }
  std::vector<Pair> own(joints_.size());
  addOwn(a_, treeA_, *inA, true, own), addOwn(b_, treeB_, *inB, false, own);
  Number rest = change.total.change();
  Folder folder;
  double scale = std::max(magnitude(change.total.a), magnitude(change.total.b));
  for (size_t i = 0; i < own.size(); ++i) {
    Number part = own[i].change();
    rest = minus(rest, part);
    if (!withoutRounding(part, scale * kRounding).isZero())
      folder.add(contributionOf(i, own[i], isWork(change.metric)));
  }
  change.rest = withoutRounding(rest, scale);
  change.nodes = folder.take();
  std::ranges::stable_sort(change.nodes, [](const Contribution &x, const Contribution &y) {
    return magnitude(x.values.change()) > magnitude(y.values.change());
  });
}

} // namespace mdl::runtime
