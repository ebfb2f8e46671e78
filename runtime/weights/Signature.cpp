//===- Signature.cpp - What the tensors of a file say of a model ----------===//
#include "Signature.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <set>

namespace mdl::weights {
namespace {

constexpr std::string_view kList = "...";

using Numbers = std::vector<uint64_t>;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// The numbers that the braces of a pattern stand for in a name; nothing when it does not fit.
std::optional<Numbers> numbersIn(std::string_view pattern, std::string_view name) {
  Numbers numbers;
  while (!pattern.empty()) {
    if (pattern.front() != '{') {
      if (name.empty() || name.front() != pattern.front()) return std::nullopt;
      pattern.remove_prefix(1), name.remove_prefix(1);
      continue;
    }
    uint64_t value = 0;
    auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (fault != std::errc() || name.empty() || !isDigit(name.front())) return std::nullopt;
    numbers.push_back(value);
    name.remove_prefix(static_cast<size_t>(end - name.data()));
    pattern.remove_prefix(std::min(pattern.find('}'), pattern.size() - 1) + 1);
  }
  return name.empty() ? std::optional(numbers) : std::nullopt;
}

/// The names in braces: `blocks.{layers}.{}` has `layers` and an empty one.
std::vector<std::string> placesOf(std::string_view pattern) {
  std::vector<std::string> places;
  for (size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1))
    places.emplace_back(pattern.substr(open + 1, std::min(pattern.find('}', open), pattern.size()) - open - 1));
  return places;
}

class Matcher {
public:
  explicit Matcher(std::string &why) : why_(why) {}

  bool row(const TensorRow &row, const Inventory &inventory) {
    std::vector<std::pair<Numbers, const Tensor *>> found;
    for (const Tensor &each : inventory.tensors)
      if (auto numbers = numbersIn(row.name, each.name)) found.emplace_back(std::move(*numbers), &each);
    std::ranges::sort(found, {}, &std::pair<Numbers, const Tensor *>::first);
    std::vector<std::string> places = placesOf(row.name);
    for (const std::string &place : places)
      if (!place.empty()) size(place), counted_.try_emplace(place);
    if (found.empty()) return row.optional || fail("no tensor `{}`", row.name);
    for (const auto &[numbers, tensor] : found) {
      for (size_t i = 0; i < places.size(); ++i)
        if (!places[i].empty()) counted_[places[i]].insert(numbers[i]);
      if (!row.shape.empty() && !shape(row, *tensor)) return false;
    }
    return true;
  }

  /// What was counted, too; nothing when a shape has another number by the same name.
  std::optional<std::vector<NamedSize>> sizes() {
    for (const auto &[name, numbers] : counted_) {
      NamedSize &known = size(name);
      Int count = Int(numbers.size());
      if (!known.values.empty() && known.values.front() != count)
        return fail("`{}` is {} in a shape, and there are {}", name, toString(known.values.front()), toString(count)),
               std::nullopt;
      known.values = {count};
    }
    std::erase_if(sizes_, [](const NamedSize &each) { return each.values.empty() && !each.list; });
    return std::move(sizes_);
  }

private:
  template <class... Args> bool fail(fmt::format_string<Args...> format, Args &&...args) {
    return why_ = fmt::format(format, std::forward<Args>(args)...), false;
  }

  NamedSize &size(std::string_view name) {
    auto at = std::ranges::find(sizes_, name, &NamedSize::name);
    return at != sizes_.end() ? *at : sizes_.emplace_back(NamedSize{std::string(name), false, {}});
  }

  bool shape(const TensorRow &row, const Tensor &tensor) {
    if (row.shape.size() != tensor.shape.size())
      return fail("`{}` has the shape {}, of {} axes where {} are expected", tensor.name, shapeText(tensor.shape),
                  tensor.shape.size(), row.shape.size());
    for (size_t i = 0; i < row.shape.size(); ++i)
      if (!axis(row.shape[i], tensor.shape[i], tensor)) return false;
    return true;
  }

  bool axis(std::string_view name, uint64_t value, const Tensor &tensor) {
    if (name == "_") return true;
    if (!name.empty() && isDigit(name.front()))
      return name == fmt::to_string(value) ||
             fail("`{}` has the shape {}; one axis is {}", tensor.name, shapeText(tensor.shape), name);
    bool list = name.ends_with(kList);
    NamedSize &known = size(list ? name.substr(0, name.size() - kList.size()) : name);
    known.list |= list;
    if (list || known.values.empty()) return known.values.push_back(Int(value)), true;
    return known.values.front() == Int(value) ||
           fail("`{}` is {} elsewhere and {} in `{}`, {}", name, toString(known.values.front()), value, tensor.name,
                shapeText(tensor.shape));
  }

  std::string &why_;
  std::vector<NamedSize> sizes_;
  std::map<std::string, std::set<uint64_t>> counted_;
};

} // namespace

std::optional<std::vector<NamedSize>> matchSignature(const std::vector<TensorRow> &rows, const Inventory &inventory,
                                                     std::string &why) {
  Matcher matcher(why);
  for (const TensorRow &each : rows)
    if (!matcher.row(each, inventory)) return std::nullopt;
  return matcher.sizes();
}

} // namespace mdl::weights
