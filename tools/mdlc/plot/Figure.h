//===- Figure.h - A picture as a spec and its data --------------*- C++ -*-===//
// What a figure looks like is a Vega-Lite spec, tools/plots/SPEC.vl.json; what it
// shows is data that mdlc makes. Coordinates are nowhere but in the library.
//===----------------------------------------------------------------------===//
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::tool {

using Json = nlohmann::ordered_json;

struct Figure {
  std::string name; ///< Of its files, without an ending: `full_pipeline_8gpu_throughput`
  std::string spec; ///< `curve` for tools/plots/curve.vl.json
  Json texts;       ///< What the spec's {{placeholders}} stand for
  Json data;        ///< Rows by the name of the data set
  std::string alt;  ///< What it shows, in a sentence, for who cannot see it
};

/// A text of a model or a user in a picture: one line of at most `most` characters, the rest as `…`.
std::string shortText(std::string_view text, size_t most = 90);

/// A name of a model or a user as part of a file's name: letters, digits, `.`, `_` and `-`, others as `-`, no dot
/// first.
std::string plainFileName(std::string_view name);

/// The texts of a figure with a title and lines below it.
Json titled(std::string_view title, const std::vector<std::string> &below);

/// A legend below the picture where there are several series, else none.
Json legendOf(size_t series, std::string_view title);

} // namespace mdl::tool
