//===- Page.cpp - report.html, the page to play with ----------------------===//
#include "Page.h"
#include "PageTemplate.h"
#include "runtime/emit/Tables.h"
#include <stdexcept>

namespace mdl::tool {

namespace {

/// Puts a text in the place of a mark, which the template has once.
void fill(std::string &page, std::string_view mark, std::string_view text) {
  size_t at = page.find(mark);
  if (at == std::string::npos) throw std::logic_error("the page's template has no " + std::string(mark));
  page.replace(at, mark.size(), text);
}

} // namespace

std::optional<std::string> renderPage(driver::Compilation &compilation, const PageRequest &request,
                                      runtime::ReportError &error) {
  auto data = pageData(compilation, request, error);
  if (!data) return std::nullopt;
  std::string page = kPageTemplate;
  fill(page, "/*mdlc:evaluator*/", emit::evaluatorScript());
  fill(page, "\"mdlc:data\"", *data); // last: texts of a model may hold any mark
  return page;
}

} // namespace mdl::tool
