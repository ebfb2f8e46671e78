//===- Template.h - A document from a template and data ---------*- C++ -*-===//
// Mustache (https://mustache.github.io/mustache.5.html) over JSON. Templates are
// text files under models/documents; wording is nowhere else. A name ends with
// what is to be done with the value:
//   {{x.tera}} {{x.giga}} {{x.percent}}   the number in another unit
//   {{x.term}}                            the text in the words of the language
//   {{x.list}}                            a list of texts in a sentence, `a, b and c`
//   {{x.items}} {{x.fields}}              the same of things, of fields of a device
//   {{{x.plain}}} {{{x.codes}}}           a name in a diagram; a list of texts as code
//   {{#x.is_true}} {{#x.is_false}}        for a value that may be missing
// Numbers have six significant digits, integers all of them. A name that the data
// does not have is an error. Text is escaped for Markdown; {{{x}}} is not.
//===----------------------------------------------------------------------===//
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace mdl::tool {

using Json = nlohmann::ordered_json;

/// The words of a language: `{"list_comma", "list_and", "items_and", "terms": {...}}`,
/// models/documents/terms.LANGUAGE.json.
using Terms = Json;

/// Fills a template. Nothing with `error` filled: the template is not well-formed, or asks for what is not there.
std::optional<std::string> fillTemplate(const std::string &text, const Json &data, const Terms &terms,
                                        std::string &error);

/// A number as documents show it: six significant digits, no exponent, no zeros at the end.
std::string documentNumber(double value);

} // namespace mdl::tool
