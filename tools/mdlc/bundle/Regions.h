//===- Regions.h - What people write into a generated document --*- C++ -*-===//
// Between `<!-- LLM_FILL_START: NAME ... -->` and `<!-- LLM_FILL_END: NAME -->` a
// document belongs to whoever edits it, a person or a language model. Making the
// bundle again keeps these parts; everything else is generated.
//===----------------------------------------------------------------------===//
#pragma once
#include <map>
#include <optional>
#include <string>

namespace mdl::tool {

/// A document apart: what is generated, in which every region is empty, and the text of each region.
struct Regions {
  std::string generated;
  std::map<std::string, std::string> texts;
};

/// Takes a document apart; nothing with `error` filled when a marker has no partner or a name stands twice.
std::optional<Regions> readRegions(const std::string &document, std::string &error);

/// A new document with the regions of an old one. Nothing with `error` filled when it has no place for one that was
/// filled.
std::optional<std::string> keepRegions(const std::string &made, const Regions &old, std::string &error);

} // namespace mdl::tool
