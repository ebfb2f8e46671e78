//===- Diagnostic.h - Errors, warnings and notes for people -----*- C++ -*-===//
// The one list of diagnostics is Diagnostics.def. A diagnostic is data: which
// one, where, its arguments, its notes. Text, JSON and verification are
// renderings of that data (DiagnosticText, DiagnosticJson, DiagnosticVerify).
//
// A stage reports into a DiagnosticEngine and goes on; it never throws for a
// mistake of the user. The same diagnostic at the same place is kept once, so
// a template that is instantiated forty times reports its mistake once.
//===----------------------------------------------------------------------===//
#pragma once
#include "Source.h"
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mdl {

enum class Severity : uint8_t { Error, Warning, Note };

/// Names one line of Diagnostics.def.
enum class DiagId : uint16_t {
#define DIAG(ID, SLUG, SEVERITY, MESSAGE) ID,
#include "Diagnostics.def"
};

/// The fixed part of a diagnostic: slug, severity, message with `{0}`, `{1}`... for its arguments.
struct DiagInfo {
  std::string_view slug;
  Severity severity;
  std::string_view message;
};
const DiagInfo &diagInfo(DiagId id);

/// A note: a sentence, and the place it speaks of if there is one.
struct DiagNote {
  std::string text;
  SrcRange range; ///< Invalid for a hint without a place.
};

/// One reported problem.
struct Diagnostic {
  DiagId id;
  SrcRange range; ///< The narrowest wrong thing (`^`).
  std::vector<std::string> args;
  std::vector<SrcRange> related; ///< What explains it, on the same line (`~`).
  std::vector<DiagNote> notes;

  Severity severity() const { return diagInfo(id).severity; }
  std::string_view slug() const { return diagInfo(id).slug; }
  /// The message with its arguments in place.
  std::string message() const;

  Diagnostic &note(SrcRange where, std::string text) {
    notes.push_back({std::move(text), where});
    return *this;
  }
  Diagnostic &hint(std::string text) {
    notes.push_back({std::move(text), {}});
    return *this;
  }
  Diagnostic &relate(SrcRange where) {
    related.push_back(where);
    return *this;
  }
};

/// Collects the diagnostics of a compilation.
class DiagnosticEngine {
public:
  /// Adds a diagnostic and returns it for notes; a repetition (same id, same place) is returned but not kept.
  Diagnostic &report(DiagId id, SrcRange range, std::vector<std::string> args = {});
  bool hasErrors() const { return errors_ != 0; }
  size_t errorCount() const { return errors_; }
  /// All diagnostics, sorted by file and position; stable.
  std::vector<const Diagnostic *> sorted() const;
  bool empty() const { return kept_.empty(); }

  /// Everything reported after a mark can be taken back: a speculative check leaves no trace.
  struct Mark {
    size_t kept;
    size_t errors;
  };
  Mark mark() const { return {kept_.size(), errors_}; }
  void rollback(Mark mark);
  /// What is reported while one is alive is never taken back: the result of the work is kept, so it is done once.
  class Pin {
  public:
    explicit Pin(DiagnosticEngine &engine) : engine_(engine) { ++engine_.pins_; }
    Pin(const Pin &) = delete;
    Pin &operator=(const Pin &) = delete;
    ~Pin() { --engine_.pins_; }

  private:
    DiagnosticEngine &engine_;
  };

private:
  std::vector<std::unique_ptr<Diagnostic>> kept_;
  std::set<std::tuple<DiagId, SrcRange>> seen_;
  std::set<const Diagnostic *> pinned_;
  unsigned pins_ = 0;
  Diagnostic repeated_{};
  size_t errors_ = 0;
};

} // namespace mdl
