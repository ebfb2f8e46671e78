//===- RuntimeJsonSchema.h - A small JSON Schema validator ------*- C++ -*-===//
// For tests: the keywords that our schemas use. Another keyword is a fault of
// the schema, so nothing passes because it was not understood.
//===----------------------------------------------------------------------===//
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

namespace mdl::runtime {

class JsonSchema {
public:
  explicit JsonSchema(nlohmann::json root) : root_(std::move(root)) {}

  /// The first fault of a document, with its path, or nothing.
  std::string check(const nlohmann::json &document) const { return check(root_, document, "$"); }

private:
  using Json = nlohmann::json;

  std::string check(const Json &schema, const Json &value, const std::string &path) const {
    for (const auto &[keyword, rule] : schema.items())
      if (std::string fault = checkKeyword(schema, keyword, rule, value, path); !fault.empty()) return fault;
    return {};
  }

  std::string checkKeyword(const Json &schema, const std::string &keyword, const Json &rule, const Json &value,
                           const std::string &path) const {
    static const std::set<std::string> notes = {"$schema", "$id", "$defs", "title", "description"};
    if (notes.contains(keyword)) return {};
    if (keyword == "$ref") return check(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, path);
    if (keyword == "const") return value == rule ? "" : path + " is not " + rule.dump();
    if (keyword == "enum")
      return std::ranges::find(rule, value) != rule.end() ? "" : path + " is none of " + rule.dump();
    if (keyword == "type") return hasType(rule, value) ? "" : path + " is no " + rule.dump();
    if (keyword == "pattern") return matches(rule, value) ? "" : path + " does not match " + rule.dump();
    if (keyword == "anyOf") return checkAny(rule, value, path);
    if (keyword == "items") return checkItems(rule, value, path);
    if (keyword == "required") return checkRequired(rule, value, path);
    if (keyword == "properties") return checkProperties(rule, value, path);
    if (keyword == "additionalProperties") return checkOthers(schema, rule, value, path);
    return "the schema uses " + keyword;
  }

  static bool hasType(const Json &rule, const Json &value) {
    if (rule.is_array()) return std::ranges::any_of(rule, [&](const Json &one) { return hasType(one, value); });
    const auto &type = rule.get_ref<const std::string &>();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == value.type_name(); // object array string boolean null
  }

  static bool matches(const Json &rule, const Json &value) {
    return !value.is_string() || std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
  }

  std::string checkAny(const Json &rule, const Json &value, const std::string &path) const {
    std::string first;
    for (const Json &one : rule) {
      std::string fault = check(one, value, path);
      if (fault.empty()) return {};
      if (first.empty()) first = fault;
    }
    return first;
  }

  std::string checkItems(const Json &rule, const Json &value, const std::string &path) const {
    for (size_t i = 0; value.is_array() && i < value.size(); ++i)
      if (std::string fault = check(rule, value[i], path + "[" + std::to_string(i) + "]"); !fault.empty()) return fault;
    return {};
  }

  static std::string checkRequired(const Json &rule, const Json &value, const std::string &path) {
    for (const Json &key : rule)
      if (value.is_object() && !value.contains(key.get<std::string>())) return path + " lacks " + key.dump();
    return {};
  }

  std::string checkProperties(const Json &rule, const Json &value, const std::string &path) const {
    for (const auto &[key, schema] : rule.items())
      if (value.is_object() && value.contains(key))
        if (std::string fault = check(schema, value[key], path + "." + key); !fault.empty()) return fault;
    return {};
  }

  std::string checkOthers(const Json &schema, const Json &rule, const Json &value, const std::string &path) const {
    if (!value.is_object()) return {};
    for (const auto &[key, member] : value.items()) {
      if (schema.contains("properties") && schema["properties"].contains(key)) continue;
      if (rule.is_boolean() && !rule.get<bool>()) return path + " has the unknown key " + key;
      if (rule.is_object())
        if (std::string fault = check(rule, member, path + "." + key); !fault.empty()) return fault;
    }
    return {};
  }

  Json root_;
};

} // namespace mdl::runtime
