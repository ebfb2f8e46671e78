//===- Reference.cpp - A measurement of real model code -------------------===//
#include "Reference.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mdl::runtime {
namespace {

using nlohmann::json;

class Reader {
public:
  Reader(const json &root, std::string &error) : root_(root), error_(error) {}

  bool read(Reference &reference) {
    if (!root_.is_object()) return fail("a reference is a JSON object");
    return text("model", reference.model) && text("component", reference.component) &&
           number("total_flops", reference.totalFlops) && number("params", reference.params) &&
           attention(reference.attentionFlops) && counts("modules_inclusive", reference.flops) &&
           counts("params_modules", reference.ownParams) && isUseful(reference);
  }

private:
  bool fail(std::string message) { return error_ = std::move(message), false; }

  bool isUseful(const Reference &reference) {
    if (reference.totalFlops || reference.params || !reference.flops.empty() || !reference.ownParams.empty())
      return true;
    return fail("the reference has none of `total_flops`, `params`, `modules_inclusive`, `params_modules`");
  }

  bool text(const char *key, std::string &into) {
    auto at = root_.find(key);
    if (at != root_.end() && at->is_string()) into = at->get<std::string>();
    return true;
  }

  bool number(const char *key, std::optional<Int> &into) {
    auto at = root_.find(key);
    if (at == root_.end() || at->is_null()) return true;
    Int value;
    if (!integer(*at, key, value)) return false;
    into = value;
    return true;
  }

  bool attention(Int &into) {
    auto ops = root_.find("ops");
    if (ops == root_.end() || !ops->is_object()) return true;
    auto sdpa = ops->find("sdpa");
    return sdpa == ops->end() || integer(*sdpa, "ops.sdpa", into);
  }

  bool counts(const char *key, ModuleCounts &into) {
    auto at = root_.find(key);
    if (at == root_.end() || at->is_null()) return true;
    if (!at->is_object()) return fail(fmt::format("`{}` is no object", key));
    for (const auto &[name, value] : at->items()) {
      Int count;
      if (!integer(value, fmt::format("{}.{}", key, name), count)) return false;
      into.emplace_back(name, count);
    }
    return true;
  }

  /// A count: a JSON integer, or a decimal string where it is too large for one.
  bool integer(const json &value, const std::string &key, Int &into) {
    if (value.is_number_unsigned()) into = value.get<uint64_t>();
    else if (value.is_string()) into = parseInt(value.get_ref<const std::string &>()).value_or(Int::overflow());
    else into = Int::overflow();
    if (!into.isOverflow() && into.sign() >= 0) return true;
    return fail(fmt::format("`{}` is {}, which is no exact count", key, value.dump()));
  }

  const json &root_;
  std::string &error_;
};

} // namespace

std::optional<Reference> parseReference(std::string_view text, std::string &error) {
  try {
    json root = json::parse(text);
    Reference reference;
    if (Reader(root, error).read(reference)) return reference;
  } catch (const json::exception &exception) { // the library's way to tell where a text is wrong
    error = exception.what();
  }
  return std::nullopt;
}

} // namespace mdl::runtime
