#include "DiagnosticText.h"
#include "SourceLine.h"
#include <fmt/format.h>

namespace mdl {

namespace {

std::string_view severityWord(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

/// Terminal colours, or nothing.
struct Palette {
  std::string_view bold, severity, off;
  static Palette of(Severity severity, bool colour) {
    if (!colour) return {};
    std::string_view shade = severity == Severity::Error     ? "\033[1;31m"
                             : severity == Severity::Warning ? "\033[1;35m"
                                                             : "\033[1;36m";
    return {"\033[1m", shade, "\033[0m"};
  }
};

/// `path:line:col: `, or nothing for a hint.
std::string placeText(const SourceManager &sources, SrcRange range) {
  if (!range.isValid()) return {};
  LineColumn place = sources.lineColumn(range.begin);
  return fmt::format("{}:{}:{}: ", place.path, place.line, place.column);
}

std::string headline(const SourceManager &sources, SrcRange range, Severity severity, std::string_view message,
                     bool colour) {
  Palette p = Palette::of(severity, colour);
  return fmt::format("{}{}{}{}{}:{} {}\n", p.bold, placeText(sources, range), p.off, p.severity, severityWord(severity),
                     p.off, message);
}

std::string plural(size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

} // namespace

std::string renderText(const SourceManager &sources, const Diagnostic &diagnostic, const TextOptions &options) {
  std::string message = fmt::format("{} [{}]", printable(diagnostic.message()), diagnostic.slug());
  std::string result = headline(sources, diagnostic.range, diagnostic.severity(), message, options.colour);
  if (diagnostic.range.isValid()) result += renderLine(sources, diagnostic.range, diagnostic.related, options.width);
  for (const DiagNote &note : diagnostic.notes) {
    result += headline(sources, note.range, Severity::Note, note.text, options.colour);
    if (note.range.isValid()) result += renderLine(sources, note.range, {}, options.width);
  }
  return result;
}

std::string renderText(const SourceManager &sources, const DiagnosticEngine &diagnostics, const TextOptions &options) {
  std::string result;
  size_t errors = 0, warnings = 0;
  for (const Diagnostic *diagnostic : diagnostics.sorted()) {
    bool isError = diagnostic->severity() == Severity::Error;
    ++(isError ? errors : warnings);
    if (options.maxErrors == 0 || errors <= options.maxErrors) result += renderText(sources, *diagnostic, options);
  }
  if (options.maxErrors != 0 && errors > options.maxErrors)
    result += fmt::format("too many errors: {} more; --max-errors 0 shows all\n", errors - options.maxErrors);
  if (errors > 0 && warnings > 0)
    result += fmt::format("{}, {}\n", plural(errors, "error"), plural(warnings, "warning"));
  else if (errors > 0) result += plural(errors, "error") + "\n";
  else if (warnings > 0) result += plural(warnings, "warning") + "\n";
  return result;
}

} // namespace mdl
