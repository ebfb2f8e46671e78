#include "DiagnosticVerify.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace mdl {

namespace {

/// One `expected-...` comment.
struct Expectation {
  Severity severity;
  std::string_view path;
  uint32_t commentLine; ///< Where the comment stands.
  uint32_t line;        ///< The line it speaks of.
  std::string_view part, slug;
  bool met = false;
};

/// One thing that was reported.
struct Reported {
  Severity severity;
  LineColumn place;
  std::string message;
  std::string_view slug; ///< Of a note: that of its diagnostic.
  bool expected = false;
};

std::string_view word(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

class Verifier {
public:
  Verifier(const SourceManager &sources, const DiagnosticEngine &diagnostics) : sources_(sources) {
    for (uint32_t i = 0; i < sources.size(); ++i) readComments(sources.file({i}));
    for (const Diagnostic *diagnostic : diagnostics.sorted()) addReported(*diagnostic);
  }
  VerifyResult run();

private:
  void readComments(const SourceFile &file);
  void readComment(const SourceFile &file, std::string_view line, uint32_t number);
  void readExpectation(Expectation found, std::string_view text);
  void addReported(const Diagnostic &diagnostic);
  void complain(std::string_view path, uint32_t line, std::string_view text) {
    result_.differences += fmt::format("{}:{}: {}\n", path, line, text);
  }

  const SourceManager &sources_;
  std::vector<Expectation> expectations_;
  std::vector<Reported> reported_;
  VerifyResult result_;
};

/// Takes `prefix` from the front of `text` if it is there.
bool accept(std::string_view &text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// `@+3`, `@-1` or nothing; nullopt if malformed.
std::optional<int> readOffset(std::string_view &text) {
  if (!accept(text, "@")) return 0;
  int sign = accept(text, "-") ? -1 : accept(text, "+") ? 1 : 0;
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (sign == 0 || error != std::errc() || value > 1'000'000) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return sign * value;
}

/// `error`, `warning` or `note`.
std::optional<Severity> readSeverity(std::string_view &text) {
  for (Severity severity : {Severity::Error, Severity::Warning, Severity::Note})
    if (accept(text, word(severity))) return severity;
  return std::nullopt;
}

void Verifier::readComments(const SourceFile &file) {
  std::string_view rest = file.text;
  for (uint32_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    readComment(file, line, number);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
}

void Verifier::readComment(const SourceFile &file, std::string_view line, uint32_t number) {
  for (size_t at = line.find("//"); at != std::string_view::npos; at = line.find("//", at + 2)) {
    std::string_view text = line.substr(at);
    text.remove_prefix(std::min(text.find_first_not_of("/ \t"), text.size()));
    if (!accept(text, "expected-")) continue;
    std::optional<Severity> severity = readSeverity(text);
    if (severity) readExpectation({*severity, file.path, number, number, {}, {}}, text);
  }
}

/// Reads `@+1 {{part}} [slug]` after the severity.
void Verifier::readExpectation(Expectation found, std::string_view text) {
  std::optional<int> offset = readOffset(text);
  size_t open = text.find("{{"), close = text.find("}}");
  bool ordered = open != std::string_view::npos && close != std::string_view::npos && open < close;
  if (!offset || !ordered || text.substr(0, open).find_first_not_of(' ') != std::string_view::npos)
    return complain(found.path, found.commentLine,
                    "cannot read this expectation; write `expected-error@+1 {{text}} [slug]`");
  while (text.substr(close + 2).starts_with('}')) ++close; // the text may end in `}`
  found.line = static_cast<uint32_t>(static_cast<int>(found.commentLine) + *offset);
  found.part = text.substr(open + 2, close - open - 2);
  std::string_view rest = text.substr(close + 2);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (accept(rest, "[")) found.slug = rest.substr(0, rest.find(']'));
  expectations_.push_back(found);
}

void Verifier::addReported(const Diagnostic &diagnostic) {
  LineColumn place = sources_.lineColumn(diagnostic.range.begin);
  reported_.push_back({diagnostic.severity(), place, diagnostic.message(), diagnostic.slug()});
  for (const DiagNote &note : diagnostic.notes) {
    LineColumn where = note.range.isValid() ? sources_.lineColumn(note.range.begin) : place;
    reported_.push_back({Severity::Note, where, note.text, diagnostic.slug()});
  }
}

bool matches(const Expectation &wanted, const Reported &reported) {
  bool samePlace = wanted.line == reported.place.line && wanted.path == reported.place.path;
  bool sameSlug = wanted.slug.empty() || wanted.slug == reported.slug;
  return !reported.expected && wanted.severity == reported.severity && samePlace && sameSlug &&
         reported.message.find(wanted.part) != std::string::npos;
}

VerifyResult Verifier::run() {
  for (Expectation &wanted : expectations_) {
    auto it = std::find_if(reported_.begin(), reported_.end(), [&](const Reported &r) { return matches(wanted, r); });
    wanted.met = it != reported_.end();
    if (wanted.met) it->expected = true;
  }
  for (const Reported &reported : reported_)
    if (!reported.expected && reported.severity != Severity::Note)
      complain(reported.place.path, reported.place.line,
               fmt::format("unexpected {}: {} [{}]", word(reported.severity), reported.message, reported.slug));
  for (const Expectation &wanted : expectations_)
    if (!wanted.met)
      complain(wanted.path, wanted.commentLine,
               fmt::format("expected {} in line {} was not reported: {}{}", word(wanted.severity), wanted.line,
                           wanted.part, wanted.slug.empty() ? "" : fmt::format(" [{}]", wanted.slug)));
  return std::move(result_);
}

} // namespace

VerifyResult verifyDiagnostics(const SourceManager &sources, const DiagnosticEngine &diagnostics) {
  return Verifier(sources, diagnostics).run();
}

} // namespace mdl
