#include "Diagnostic.h"
#include <algorithm>

namespace mdl {

static constexpr DiagInfo kInfos[] = {
#define DIAG(ID, SLUG, SEVERITY, MESSAGE) {SLUG, Severity::SEVERITY, MESSAGE},
#include "Diagnostics.def"
};

const DiagInfo &diagInfo(DiagId id) { return kInfos[static_cast<size_t>(id)]; }

std::string Diagnostic::message() const {
  std::string_view form = diagInfo(id).message;
  std::string result;
  for (size_t i = 0; i < form.size(); ++i) {
    bool isArgument = form[i] == '{' && i + 2 < form.size() && form[i + 2] == '}';
    size_t index = isArgument ? static_cast<size_t>(form[i + 1] - '0') : args.size();
    if (index < args.size()) result += args[index], i += 2;
    else result += form[i];
  }
  return result;
}

Diagnostic &DiagnosticEngine::report(DiagId id, SrcRange range, std::vector<std::string> args) {
  Diagnostic diagnostic{id, range, std::move(args), {}, {}};
  if (!seen_.insert({id, range}).second) return repeated_ = std::move(diagnostic);
  if (diagnostic.severity() == Severity::Error) ++errors_;
  kept_.push_back(std::make_unique<Diagnostic>(std::move(diagnostic)));
  if (pins_ > 0) pinned_.insert(kept_.back().get());
  return *kept_.back();
}

std::vector<const Diagnostic *> DiagnosticEngine::sorted() const {
  std::vector<std::pair<SrcRange, size_t>> order; // the index keeps what stands at one place in order of its report
  for (size_t i = 0; i < kept_.size(); ++i) order.push_back({kept_[i]->range, i});
  std::sort(order.begin(), order.end());
  std::vector<const Diagnostic *> result;
  for (const auto &[range, index] : order) result.push_back(kept_[index].get());
  return result;
}

void DiagnosticEngine::rollback(Mark mark) {
  size_t kept = mark.kept;
  errors_ = mark.errors;
  for (size_t i = mark.kept; i < kept_.size(); ++i) {
    if (pinned_.contains(kept_[i].get())) {
      errors_ += kept_[i]->severity() == Severity::Error;
      kept_[kept++] = std::move(kept_[i]);
    } else seen_.erase({kept_[i]->id, kept_[i]->range});
  }
  kept_.resize(kept);
}

} // namespace mdl
