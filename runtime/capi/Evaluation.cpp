//===- Evaluation.cpp - Evaluations in C ----------------------------------===//
#include "../Collect.h"
#include "../report/Units.h"
#include "Handles.h"
#include <algorithm>
#include <fmt/format.h>

using namespace mdl;
using namespace mdl::runtime;

static_assert(static_cast<int>(InputType::Choice) == MDL_CHOICE && static_cast<int>(Fold::Each) == MDL_EACH &&
              static_cast<int>(Number::Kind::Real) == MDL_REAL);

namespace {

/// Puts the value that `read(input, error)` makes, if there is such an input.
template <class Read> bool setAt(mdl_evaluation *evaluation, size_t at, ReportError &error, Read read) {
  const std::vector<Input> &inputs = evaluation->program.model.program.inputs;
  if (at >= inputs.size())
    return fail(error, "unknown-input", fmt::format("there is no input {} of {}", at, inputs.size()));
  std::optional<Int> value = read(inputs[at], error);
  if (!value) return false;
  evaluation->values[at] = *value, evaluation->isEvaluated = false;
  return true;
}

template <class Read> bool setNamed(mdl_evaluation *evaluation, const char *name, ReportError &error, Read read) {
  if (!evaluation || !name) return fail(error, "bad-argument", "no evaluation or no name of an input");
  auto at = findInput(evaluation->program.model.program, name, error);
  return at && setAt(evaluation, *at, error, read);
}

auto valueOf(int64_t value) {
  return [value](const Input &, ReportError &) { return std::optional(Int(value)); };
}
auto valueOf(const char *text) {
  return [text](const Input &input, ReportError &error) -> std::optional<Int> {
    if (text) return readInput(input, text, error);
    return fail(error, "bad-argument", "no text of a value"), std::nullopt;
  };
}

bool run(mdl_evaluation &evaluation, ReportError &error) {
  evaluation.isEvaluated = false;
  evaluation.warnings.clear();
  if (!checkInputs(evaluation.program.model.program, evaluation.values, error)) return false;
  evaluation.evaluator.run(evaluation.values);
  GuardNotes notes;
  if (!checkGuards(evaluation.evaluator, notes, error)) return false;
  evaluation.warnings = std::move(notes.assumptions);
  return evaluation.isEvaluated = true;
}

/// A number of a slot, and what it is called in an error.
struct Found {
  Number value;
  std::string what, place;
};

std::optional<Found> readTotal(mdl_evaluation &evaluation, const char *name, ReportError &error) {
  const Program &program = evaluation.program.model.program;
  auto metric = findMetric(program, name, error);
  if (!metric) return std::nullopt;
  Found found{{}, fmt::format("the total of `{}`", name), {}};
  if (!program.metrics[*metric].absent)
    found.value = unscaled(evaluation.evaluator.value(program.totals[*metric]), program.metrics[*metric].scale);
  return found;
}

/// The one node of this id, with the indices of the groups around it set.
const Node *findNode(mdl_evaluation &evaluation, const char *id, ReportError &error) {
  if (!evaluation.tree) evaluation.tree = std::make_unique<Tree>(evaluation.evaluator);
  ReportOptions options;
  options.select = id;
  std::vector<TreePart> parts;
  if (options.select.empty()) return fail(error, "unknown-node", "an empty text is no id of a node"), nullptr;
  if (!select(*evaluation.tree, options, parts, error)) return nullptr;
  if (parts.size() != 1)
    return fail(error, "unknown-node",
                fmt::format("`{}` is a pattern of {} nodes; one is read at a time", id, parts.size())),
           nullptr;
  evaluation.tree->bind(parts[0].bindings);
  return &evaluation.tree->node(parts[0].nodes[0]);
}

std::optional<Found> readNode(mdl_evaluation &evaluation, const char *id, const char *name, ReportError &error) {
  const Program &program = evaluation.program.model.program;
  bool calls = std::string_view(name) == "calls";
  std::optional<size_t> metric;
  if (!calls && !(metric = findMetric(program, name, error))) return std::nullopt;
  const Node *node = findNode(evaluation, id, error);
  if (!node) return std::nullopt;
  Found found{{}, fmt::format("`{}` of `{}`", name, id), node->place};
  const Evaluator &evaluator = evaluation.evaluator;
  if (calls) found.value = node->calls == kNoSlot ? Number::of(1) : evaluator.value(node->calls);
  else if (!program.metrics[*metric].absent)
    found.value = unscaled(evaluator.value(node->metrics[*metric]), program.metrics[*metric].scale);
  return found;
}

mdl_number numberOf(const Number &value) {
  mdl_number number{};
  number.kind = static_cast<mdl_number_kind>(value.kind);
  if (!value.isPresent()) return number;
  number.fits = value.kind == Number::Kind::Exact && value.exact.fitsInt64();
  if (number.fits) number.integer = value.exact.toInt64();
  number.real = value.toDouble();
  copyText(number.text, formatExact(value));
  return number;
}

bool read(mdl_evaluation &evaluation, const char *node, const char *metric, mdl_number &number, ReportError &error) {
  if (!evaluation.isEvaluated)
    return fail(error, "not-evaluated",
                "there are no numbers: the evaluation has not been run since an input was set, "
                "or its last run failed");
  auto found = node ? readNode(evaluation, node, metric, error) : readTotal(evaluation, metric, error);
  if (!found) return false;
  if (found->value.isPresent() && found->value.isOverflow()) {
    bool exact = found->value.kind == Number::Kind::Exact;
    error = overflowError(evaluation.evaluator, found->what, exact, found->place);
    return false;
  }
  number = numberOf(found->value);
  return true;
}

} // namespace

extern "C" {

mdl_evaluation *mdl_evaluation_create(const mdl_program *program, mdl_error *error) {
  return guarded(error, [&](ReportError &found) -> mdl_evaluation * {
    if (!program) return fail(found, "bad-argument", "no program"), nullptr;
    return new mdl_evaluation(*program);
  });
}

void mdl_evaluation_free(mdl_evaluation *evaluation) { delete evaluation; }

mdl_status mdl_evaluation_set_int64(mdl_evaluation *evaluation, const char *name, int64_t value, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) { return setNamed(evaluation, name, found, valueOf(value)); });
}

mdl_status mdl_evaluation_set_text(mdl_evaluation *evaluation, const char *name, const char *value, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) { return setNamed(evaluation, name, found, valueOf(value)); });
}

mdl_status mdl_evaluation_set_int64_at(mdl_evaluation *evaluation, size_t input, int64_t value, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    return evaluation ? setAt(evaluation, input, found, valueOf(value)) : fail(found, "bad-argument", "no evaluation");
  });
}

mdl_status mdl_evaluation_set_text_at(mdl_evaluation *evaluation, size_t input, const char *value, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    return evaluation ? setAt(evaluation, input, found, valueOf(value)) : fail(found, "bad-argument", "no evaluation");
  });
}

mdl_status mdl_evaluation_run(mdl_evaluation *evaluation, mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    return evaluation ? run(*evaluation, found) : fail(found, "bad-argument", "no evaluation");
  });
}

size_t mdl_evaluation_warning_count(const mdl_evaluation *evaluation) {
  return evaluation ? evaluation->warnings.size() : 0;
}

const char *mdl_evaluation_warning(const mdl_evaluation *evaluation, size_t index) {
  return index < mdl_evaluation_warning_count(evaluation) ? evaluation->warnings[index].c_str() : nullptr;
}

mdl_status mdl_evaluation_read(mdl_evaluation *evaluation, const char *node, const char *metric, mdl_number *number,
                               mdl_error *error) {
  return statusOf(error, [&](ReportError &found) {
    if (!evaluation || !metric || !number)
      return fail(found, "bad-argument", "no evaluation, no name of a metric or no place for the number");
    return read(*evaluation, node, metric, *number, found);
  });
}

} // extern "C"
