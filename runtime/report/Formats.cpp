//===- Formats.cpp - The one list of output formats -----------------------===//
#include "Formats.h"
#include "Csv.h"
#include "Json.h"
#include "Markdown.h"
#include "Text.h"
#include <algorithm>

namespace mdl::runtime {
namespace {

constexpr Format kFormats[] = {
    {"text", "a tree to read", false, renderText},
    {"json", "every node, schema mdlc.eval/1", true, renderJson},
    {"csv", "every node, one row each (RFC 4180)", true, renderCsv},
    {"md", "a page of tables in Markdown", false, renderMarkdown},
};

} // namespace

std::span<const Format> formats() { return kFormats; }

const Format *findFormat(std::string_view name) {
  const Format *found =
      std::ranges::find(kFormats, name, [](const Format &format) { return std::string_view(format.name); });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string render(const Format &format, const Report &report, const RenderOptions &options) {
  Output out;
  format.render(report, options, out);
  return out.take();
}

} // namespace mdl::runtime
