//===- Template.cpp - A document from a template and data -----------------===//
#include "Template.h"
#include "runtime/report/Markdown.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <kainjow/mustache.hpp>
#include <map>
#include <set>

namespace mdl::tool {

namespace {

using Data = kainjow::mustache::data;

bool isNumber(const Json &value) {
  return value.is_number() ||
         (value.is_string() && !value.get_ref<const std::string &>().empty() &&
          value.get_ref<const std::string &>().find_first_not_of("0123456789") == std::string::npos);
}
/// An integer beyond 2^53 is written as a string.
double numberOf(const Json &value) {
  return value.is_number() ? value.get<double>() : std::strtod(value.get_ref<const std::string &>().c_str(), nullptr);
}

const std::map<std::string, double> kUnits = {{"tera", 1e12}, {"giga", 1e9}, {"mega", 1e6}};

/// What stands in `words` for a text, or the text itself.
/// `of` is put before the text where the same text means several things: a field of a device, a resource.
std::string termOf(const Json &value, const Terms &terms, const std::string &of = "") {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const Json &words = terms.at("terms");
  return words.contains(of + text) ? words.at(of + text).get<std::string>() : text;
}

std::string listOf(const Json &values, const Terms &terms, const char *last = "list_and", const std::string &of = "") {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    const char *between = i + 1 < values.size() ? "list_comma" : last;
    text += (i == 0 ? "" : terms.at(between).get<std::string>()) + termOf(values[i], terms, of);
  }
  return text;
}

/// One digit behind the point; what is less than that and not nothing is `<0.1`, what is more and not all `>99.9`.
std::string percentOf(double part) {
  std::string text = fmt::format("{:.1f}", 100 * part);
  constexpr double kAll = 1 - 1e-9; // but for rounding
  if (text == "100.0" && part < kAll) return ">99.9";
  return text == "0.0" && part > 0 ? "<0.1" : text;
}

/// Letters, digits and `_.-` as they are, everything else as a blank: for diagrams, which have escapes of their own.
std::string plainText(std::string text) {
  for (char &c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && !std::strchr("_.-", c)) c = ' ';
  return text;
}

/// Each text as code: `a`, `b`.
std::string codesOf(const Json &values) {
  std::string text;
  for (const Json &each : values) {
    std::string one = each;
    std::replace_if(
        one.begin(), one.end(), [](char c) { return c == '`' || static_cast<unsigned char>(c) < 0x20; }, ' ');
    text += (text.empty() ? "`" : ", `") + one + "`";
  }
  return text;
}

std::vector<std::string> partsOf(const std::string &name) {
  if (name == ".") return {};
  std::vector<std::string> parts;
  for (size_t at = name.starts_with('.') ? 1 : 0; at <= name.size();) {
    size_t end = std::min(name.find('.', at), name.size());
    parts.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// Stands at the end of lines that are nothing but section tags. The library leaves such a line empty when the section
/// is, and an empty line ends a table.
constexpr char kTagLine = '\x01';

std::string marked(const std::string &text) {
  std::string made;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size()), inside = at;
    while (inside < end && (text.compare(inside, 3, "{{#") == 0 || text.compare(inside, 3, "{{^") == 0 ||
                            text.compare(inside, 3, "{{/") == 0))
      inside = std::min(text.find("}}", inside), end - 2) + 2;
    made.append(text, at, end - at);
    if (inside == end && end > at) made += kTagLine;
    if (end < text.size()) made += '\n';
    at = end + 1;
  }
  return made;
}

/// Lines that end with the mark are gone.
std::string unmarked(const std::string &text) {
  std::string made;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.find(kTagLine) == std::string_view::npos) made += line;
    at = end;
  }
  return made;
}

/// A text of the data on one line, without blanks at its ends: a line end in a title is a blank in a document.
std::string oneLine(std::string text) {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  text.erase(text.find_last_not_of(' ') + 1);
  return text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
}

/// What names mean where the template is: the value around it, those around that, and so on.
class Scope : public kainjow::mustache::basic_context<std::string> {
public:
  Scope(const Json &data, const Terms &terms) : terms_(terms) { push(convert(data)); }

  void push(const Data *data) override { around_.push_back(data); }
  void pop() override { around_.pop_back(); }

  const Data *get(const std::string &name) const override {
    std::vector<std::string> parts = partsOf(name);
    if (parts.empty()) return convert(*valueOf_.at(around_.back()));
    const Json *value = name.starts_with('.') ? valueOf_.at(around_.back()) : find(parts.front());
    for (size_t i = name.starts_with('.') ? 0 : 1; i < parts.size(); ++i) {
      if (parts[i] == "is_true" || parts[i] == "is_false")
        return made(Data(value && value->is_boolean() && *value == (parts[i] == "is_true")));
      if (!value) break;
      if (value->is_object()) value = value->contains(parts[i]) ? &value->at(parts[i]) : nullptr;
      else if (i + 1 == parts.size()) return changed(*value, parts[i], name);
      else value = nullptr;
    }
    if (!value) missing_.insert(name);
    return value ? convert(*value) : nullptr;
  }
  const Data *get_partial(const std::string &name) const override { return missing_.insert(name), nullptr; }

  const std::set<std::string> &missing() const { return missing_; }

private:
  const Json *find(const std::string &name) const {
    for (size_t i = around_.size(); i-- > 0;) {
      const Json *value = valueOf_.at(around_[i]);
      if (value->is_object() && value->contains(name)) return &value->at(name);
    }
    return nullptr;
  }

  /// A value with what is to be done with it.
  const Data *changed(const Json &value, const std::string &how, const std::string &name) const {
    if (how == "term") return made(Data(oneLine(termOf(value, terms_))));
    if (how == "plain") return made(Data(plainText(value.is_string() ? value.get<std::string>() : value.dump())));
    if (how == "fields" && value.is_array()) return made(Data(oneLine(listOf(value, terms_, "items_and", "field "))));
    if (how == "items" && value.is_array()) return made(Data(oneLine(listOf(value, terms_, "items_and"))));
    if (how == "codes" && value.is_array()) return made(Data(codesOf(value)));
    if (how == "list" && value.is_array()) return made(Data(oneLine(listOf(value, terms_))));
    if (how == "percent" && isNumber(value)) return made(Data(percentOf(numberOf(value))));
    if (auto unit = kUnits.find(how); unit != kUnits.end() && isNumber(value))
      return made(Data(documentNumber(numberOf(value) / unit->second)));
    missing_.insert(name);
    return nullptr;
  }

  const Data *made(Data data) const { return &store_.emplace_back(std::move(data)); }

  /// The library's form of a value; it hands elements of lists and sections back as the scope of what is inside.
  const Data *convert(const Json &value) const {
    const Data *data = made(shallow(value));
    valueOf_[data] = &value;
    if (data->is_list())
      for (size_t i = 0; i < value.size(); ++i) valueOf_[&data->list_value()[i]] = &value[i];
    return data;
  }
  static Data shallow(const Json &value) {
    if (value.is_null()) return Data(false);
    if (value.is_boolean()) return Data(value.get<bool>());
    if (value.is_string()) return Data(oneLine(value.get<std::string>()));
    if (value.is_number_integer()) return Data(value.dump());
    if (value.is_number()) return Data(documentNumber(value.get<double>()));
    if (value.is_object()) return Data(Data::type::object);
    Data list(Data::type::list);
    for (const Json &each : value) list.push_back(shallow(each));
    return list;
  }

  const Terms &terms_;
  std::vector<const Data *> around_;
  mutable std::deque<Data> store_;
  mutable std::map<const Data *, const Json *> valueOf_;
  mutable std::set<std::string> missing_;
};

} // namespace

std::string documentNumber(double value) {
  constexpr int kDigits = 6;
  if (value == 0 || !std::isfinite(value)) return fmt::format("{}", value);
  // The exponent of the rounded number: 999999.7 has seven digits before the point.
  std::string rounded = fmt::format("{:.{}e}", value, kDigits - 1);
  int exponent = std::atoi(rounded.c_str() + rounded.find('e') + 1);
  std::string text = fmt::format("{:.{}f}", value, std::max(0, kDigits - 1 - exponent));
  if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<std::string> fillTemplate(const std::string &text, const Json &data, const Terms &terms,
                                        std::string &error) {
  kainjow::mustache::mustache form(marked(text));
  form.set_custom_escape([](const std::string &value) { return runtime::escapeMarkdown(value); });
  if (!form.is_valid()) return error = form.error_message(), std::nullopt;
  Scope scope(data, terms);
  std::string made = form.render(scope);
  if (!form.is_valid()) return error = form.error_message(), std::nullopt;
  if (scope.missing().empty()) return unmarked(made);
  error = fmt::format("there is no `{}`", fmt::join(scope.missing(), "`, no `"));
  return std::nullopt;
}

} // namespace mdl::tool
