//===- JsonEvents.h - JSON of others, event by event ------------*- C++ -*-===//
// nlohmann_json reads without recursion when it makes events; this base keeps
// the keys around the current value, refuses a key that stands twice and what is
// nested deeper than the format nests, and keeps the first fault with its byte.
//===----------------------------------------------------------------------===//
#pragma once
#include "Inventory.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace mdl::weights {

class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit JsonEvents(size_t deepest) : deepest_(deepest) {}
  /// Reads a whole text; false with the fault. `base` is where it stands in its file.
  bool read(std::string_view text, uint64_t base, Fault &fault);

  // What nlohmann_json calls.
  bool null() override { return other("null"); }
  bool boolean(bool value) override { return other(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return other(fmt::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(value); }
  bool number_float(number_float_t, const string_t &digits) override { return other(shown(digits)); }
  bool string(string_t &value) override { return text(value); }
  bool binary(binary_t &) override { return other("binary data"); }
  bool start_object(size_t) override;
  bool key(string_t &name) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string &, const nlohmann::detail::exception &) override;

protected:
  /// A value inside of `keys()`; the last key is its own, that of a list for its elements. False after `fail`.
  virtual bool text(std::string &) { return fail("a text is not expected here"); }
  virtual bool number(uint64_t) { return fail("a number is not expected here"); }
  /// `true`, `null`, `-2`, `0.5`, as it is written.
  virtual bool other(std::string_view what) { return fail("`{}` is not expected here", what); }
  virtual bool open(bool list) { return list ? fail("a list is not expected here") : true; }
  virtual bool close() { return true; }

  const std::vector<std::string> &keys() const { return keys_; }
  template <class... Args> bool fail(fmt::format_string<Args...> format, Args &&...args) {
    if (what_.empty()) what_ = fmt::format(format, std::forward<Args>(args)...);
    return false;
  }

private:
  bool enter(bool list);

  size_t deepest_, brackets_ = 0;
  std::vector<std::string> keys_;                     ///< One for each open object that has had a key
  std::vector<std::unordered_set<std::string>> seen_; ///< Of each open object
  std::optional<size_t> position_;
  std::string what_;
};

} // namespace mdl::weights
