//===- Regions.cpp - What people write into a generated document ----------===//
#include "Regions.h"
#include <fmt/format.h>
#include <vector>

namespace mdl::tool {

namespace {

constexpr std::string_view kStart = "<!-- LLM_FILL_START: ", kEnd = "<!-- LLM_FILL_END: ", kClose = "-->";

/// A region of a document: its name, and where its text begins and ends.
struct Region {
  std::string name;
  size_t begin, end;
};

std::string nameAt(const std::string &document, size_t at) {
  return document.substr(at, document.find_first_of(" \n-", at) - at);
}

std::optional<std::vector<Region>> find(const std::string &document, std::string &error) {
  std::vector<Region> regions;
  for (size_t at = 0; (at = document.find(kStart, at)) != std::string::npos;) {
    std::string name = nameAt(document, at + kStart.size()), end = fmt::format("{}{} {}", kEnd, name, kClose);
    size_t begin = document.find(kClose, at), close = document.find(end, at);
    size_t next = document.find(kStart, at + kStart.size());
    if (close == std::string::npos || begin > close || next < close)
      return error = fmt::format("the region `{}` has no `{}`", name, end), std::nullopt;
    for (const Region &each : regions)
      if (each.name == name) return error = fmt::format("the region `{}` stands there twice", name), std::nullopt;
    regions.push_back({name, begin + kClose.size(), close});
    at = close;
  }
  size_t ends = 0;
  for (size_t at = 0; (at = document.find(kEnd, at)) != std::string::npos; at += kEnd.size()) ++ends;
  if (ends != regions.size()) return error = "an end of a region has no begin", std::nullopt;
  return regions;
}

} // namespace

std::optional<Regions> readRegions(const std::string &document, std::string &error) {
  auto found = find(document, error);
  if (!found) return std::nullopt;
  Regions apart;
  size_t at = 0;
  for (const Region &each : *found) {
    apart.generated += document.substr(at, each.begin - at);
    apart.texts[each.name] = document.substr(each.begin, each.end - each.begin);
    at = each.end;
  }
  apart.generated += document.substr(at);
  return apart;
}

std::optional<std::string> keepRegions(const std::string &made, const Regions &old, std::string &error) {
  auto places = find(made, error);
  if (!places) return std::nullopt;
  std::string document;
  size_t at = 0, kept = 0;
  for (const Region &each : *places) {
    document += made.substr(at, each.begin - at);
    auto text = old.texts.find(each.name);
    if (text != old.texts.end()) ++kept, document += text->second;
    else document += made.substr(each.begin, each.end - each.begin);
    at = each.end;
  }
  document += made.substr(at);
  if (kept == old.texts.size()) return document;
  error = "it has regions that the new document has no place for";
  return std::nullopt;
}

} // namespace mdl::tool
