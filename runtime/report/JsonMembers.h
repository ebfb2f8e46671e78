//===- JsonMembers.h - Objects and arrays, member by member -----*- C++ -*-===//
// Private to the JSON renderers: commas and keys in one place.
//===----------------------------------------------------------------------===//
#pragma once
#include "Json.h"
#include <optional>

namespace mdl::runtime {

/// Writes `"key": value` members with commas between them; `between` may hold a line end.
class Members {
public:
  explicit Members(Output &out, std::string_view between = ", ") : out_(out), between_(between) {}
  Members &text(std::string_view key, std::string_view value) {
    start(key);
    writeJsonString(out_, value);
    return *this;
  }
  Members &textOrNull(std::string_view key, std::string_view value) {
    return value.empty() ? null(key) : text(key, value);
  }
  Members &number(std::string_view key, double value) {
    start(key);
    out_ << value;
    return *this;
  }
  Members &number(std::string_view key, Int value) {
    start(key);
    writeJsonNumber(out_, value);
    return *this;
  }
  Members &number(std::string_view key, const Number &value) {
    start(key);
    writeJsonNumber(out_, value);
    return *this;
  }
  Members &number(std::string_view key, const std::optional<double> &value) {
    return value ? number(key, *value) : null(key);
  }
  Members &boolean(std::string_view key, bool value) {
    start(key);
    out_ << (value ? "true" : "false");
    return *this;
  }
  Members &null(std::string_view key) {
    start(key);
    out_ << "null";
    return *this;
  }
  /// Writes the key; the caller writes the value.
  void start(std::string_view key) {
    if (!first_) out_ << between_;
    first_ = false;
    writeJsonString(out_, key);
    out_ << ": ";
  }

private:
  Output &out_;
  std::string_view between_;
  bool first_ = true;
};

/// An array; `writeOne` writes an element.
template <class List, class WriteOne>
void writeJsonList(Output &out, const List &list, WriteOne writeOne, std::string_view between = ", ") {
  out << '[';
  bool first = true;
  for (const auto &each : list) {
    if (!first) out << between;
    first = false;
    writeOne(each);
  }
  out << ']';
}

} // namespace mdl::runtime
