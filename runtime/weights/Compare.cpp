//===- Compare.cpp - A model's parameters against a file ------------------===//
#include "Compare.h"
#include "../Pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace mdl::weights {
namespace {

/// More tensors than this are not made of one name: it is compared with its star, which no file has.
constexpr int64_t kMostExperts = 100'000;

Int product(const std::vector<Int> &shape) {
  Int count = 1;
  for (Int each : shape) count *= each;
  return count;
}

std::vector<Int> shapeOf(const Tensor &tensor) { return {tensor.shape.begin(), tensor.shape.end()}; }

class Comparer {
public:
  Comparer(const Mapping &mapping, const Inventory &inventory) : mapping_(mapping), inventory_(inventory) {
    for (const Tensor &each : inventory.tensors) byName_.emplace(each.name, &each);
  }

  void add(const Parameter &parameter) {
    result.ours += product(parameter.shape);
    const Renaming *path = nullptr, *ending = nullptr;
    std::string name = renamed(mapping_.names, parameter.name, path);
    name = renamed(mapping_.endings, name, ending);
    Form form{(path && path->squeezed) || (ending && ending->squeezed),
              (path && path->transposed) || (ending && ending->transposed)};
    size_t star = name.find('*');
    bool several = star != std::string::npos && !parameter.shape.empty() && parameter.shape[0] <= Int(kMostExperts);
    if (!several) return compare(name, parameter.name, parameter.shape, form);
    std::vector<Int> each(parameter.shape.begin() + 1, parameter.shape.end());
    for (int64_t i = 0; i < parameter.shape[0].toInt64(); ++i)
      compare(name.substr(0, star) + fmt::to_string(i) + name.substr(star + 1), parameter.name, each, form);
  }

  void addRest() {
    for (const Tensor &each : inventory_.tensors) {
      bool ignored = std::ranges::any_of(
          mapping_.ignored, [&](const std::string &pattern) { return runtime::matchesPattern(pattern, each.name); });
      bool known = !byName_.contains(each.name);
      if (ignored && !known) ++result.ignored, result.ignoredNumbers += each.numbers();
      else result.theirs += each.numbers();
      if (!known && !ignored) result.extra.push_back({each.name, "", {}, shapeOf(each)});
    }
  }

  WeightComparison result;

private:
  struct Form {
    bool squeezed, transposed;
  };

  /// The file's shape as the model would have it.
  static std::vector<Int> plain(const Tensor &tensor, Form form, size_t axes) {
    std::vector<Int> shape = shapeOf(tensor);
    if (form.transposed) std::ranges::reverse(shape);
    for (size_t i = shape.size(); form.squeezed && i-- > 0 && shape.size() > axes;)
      if (shape[i].isOne()) shape.erase(shape.begin() + static_cast<ptrdiff_t>(i));
    return shape;
  }

  void compare(const std::string &name, const std::string &model, const std::vector<Int> &shape, Form form) {
    auto at = byName_.find(name);
    if (at == byName_.end()) return result.missing.push_back({name, model, shape, {}});
    const Tensor &tensor = *at->second;
    byName_.erase(at);
    if (plain(tensor, form, shape.size()) == shape) ++result.equal;
    else result.differing.push_back({name, model, shape, shapeOf(tensor)});
  }

  const Mapping &mapping_;
  const Inventory &inventory_;
  std::unordered_map<std::string_view, const Tensor *> byName_; ///< Those that no parameter has taken
};

} // namespace

WeightComparison compareWeights(const std::vector<Parameter> &parameters, const Mapping &mapping,
                                const Inventory &inventory) {
  Comparer comparer(mapping, inventory);
  for (const Parameter &each : parameters) comparer.add(each);
  comparer.addRest();
  return std::move(comparer.result);
}

} // namespace mdl::weights
