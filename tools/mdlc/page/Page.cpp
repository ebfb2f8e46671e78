//===- Page.cpp - report.html, the page to play with ----------------------===//
#include "Page.h"
#include "PageTemplate.h"
#include "runtime/emit/Tables.h"
#include <stdexcept>

namespace mdl::tool {

namespace {

/// Moves what stands before a mark from the template to the page, and drops the mark.
void appendUpTo(std::string &page, std::string_view &rest, std::string_view mark) {
  size_t at = rest.find(mark);
  if (at == std::string::npos) throw std::logic_error("the page's template has no " + std::string(mark));
  page.append(rest, 0, at);
  rest.remove_prefix(at + mark.size());
}

} // namespace

std::optional<std::string> renderPage(driver::Compilation &compilation, const PageRequest &request,
                                      runtime::ReportError &error) {
  auto data = pageData(compilation, request, error);
  if (!data) return std::nullopt;
  std::string_view rest = kPageTemplate;
  std::string page, evaluator = emit::evaluatorScript();
  page.reserve(rest.size() + evaluator.size() + data->size() + data->size() / 16);
  appendUpTo(page, rest, "/*mdlc:evaluator*/");
  page += evaluator;
  appendUpTo(page, rest, "\"mdlc:data\"");
  emit::appendInScript(page, *data);
  page += rest;
  return page;
}

} // namespace mdl::tool
