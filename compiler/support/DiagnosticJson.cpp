#include "DiagnosticJson.h"
#include <nlohmann/json.hpp>

namespace mdl {

using Json = nlohmann::ordered_json;

static void addPlace(Json &to, const SourceManager &sources, SrcRange range) {
  if (!range.isValid()) return;
  LineColumn begin = sources.lineColumn(range.begin), end = sources.lineColumn(std::max(range.begin, range.end));
  to["path"] = begin.path;
  to["line"] = begin.line;
  to["column"] = begin.column;
  to["endLine"] = end.line;
  to["endColumn"] = end.column;
}

static Json toJson(const SourceManager &sources, const Diagnostic &diagnostic) {
  Json result;
  result["slug"] = diagnostic.slug();
  result["severity"] = diagnostic.severity() == Severity::Error ? "error" : "warning";
  result["message"] = diagnostic.message();
  addPlace(result, sources, diagnostic.range);
  result["related"] = Json::array();
  for (SrcRange range : diagnostic.related) addPlace(result["related"].emplace_back(Json::object()), sources, range);
  result["notes"] = Json::array();
  for (const DiagNote &note : diagnostic.notes) {
    Json &to = result["notes"].emplace_back(Json{{"message", note.text}});
    addPlace(to, sources, note.range);
  }
  return result;
}

std::string renderJson(const SourceManager &sources, const DiagnosticEngine &diagnostics) {
  Json result = Json::array();
  for (const Diagnostic *diagnostic : diagnostics.sorted()) result.push_back(toJson(sources, *diagnostic));
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace mdl
