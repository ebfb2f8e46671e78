//===- Program.cpp - Programs in C ----------------------------------------===//
#include "Handles.h"
#include <algorithm>
#include <fmt/format.h>

using namespace mdl;
using namespace mdl::runtime;

mdl_program::mdl_program(CompiledModel from) : model(std::move(from)), precision(model.target.precision.line()) {
  const Program &program = model.program;
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    const Input &input = program.inputs[i];
    InputTexts &texts = inputs.emplace_back();
    texts.value = inputText(input, model.job[i]);
    if (input.lo) texts.low = toString(*input.lo);
    if (input.hi) texts.high = toString(*input.hi);
    for (const std::string &choice : input.choices) texts.choices.push_back(choice.c_str());
  }
  for (uint32_t root : program.roots) {
    if (program.nodes[root].group) continue;
    stages.push_back(root);
    std::string &name = stageNames.emplace_back();
    for (const LabelPart &part : program.nodes[root].label) name += part.text;
  }
  assumptions = program.assumptions;
  assumptions.insert(assumptions.end(), model.notes.begin(), model.notes.end());
}

namespace {

/// Fills `into` with the element at `index`; `bad-argument` for a NULL and beyond the end.
template <class T, class List, class Fill>
mdl_status describeOne(const mdl_program *program, const List &list, size_t index, const char *what, T *into,
                       mdl_error *error, Fill fill) {
  bool fine = guarded(error, [&](ReportError &found) {
    if (!program || !into) return fail(found, "bad-argument", fmt::format("no program or no place for the {}", what));
    size_t count = list().size();
    if (index >= count) return fail(found, "bad-argument", fmt::format("there is no {} {} of {}", what, index, count));
    fill(index);
    return true;
  });
  return fine ? MDL_OK : MDL_ERROR;
}

mdl_program *makeProgram(std::optional<CompiledModel> model) {
  return model ? new mdl_program(std::move(*model)) : nullptr;
}

} // namespace

extern "C" {

const char *mdl_runtime_version(void) { return MDL_VERSION; }
uint32_t mdl_runtime_format(void) { return kFormatVersion; }

mdl_program *mdl_program_load(const char *path, mdl_error *error) {
  return guarded(error, [&](ReportError &found) -> mdl_program * {
    if (!path) return fail(found, "bad-argument", "no path of a program"), nullptr;
    return makeProgram(readProgramFile(path, found));
  });
}

mdl_program *mdl_program_load_bytes(const void *bytes, size_t size, mdl_error *error) {
  return guarded(error, [&](ReportError &found) -> mdl_program * {
    if (!bytes) return fail(found, "bad-argument", "no bytes of a program"), nullptr;
    return makeProgram(decode({static_cast<const char *>(bytes), size}, found));
  });
}

void mdl_program_free(mdl_program *program) { delete program; }

mdl_status mdl_program_describe(const mdl_program *program, mdl_program_info *info, mdl_error *error) {
  bool fine = guarded(error, [&](ReportError &found) {
    if (!program || !info) return fail(found, "bad-argument", "no program or no place for what it is");
    const CompiledModel &model = program->model;
    *info = {model.program.model.c_str(),
             model.program.title.c_str(),
             model.source.c_str(),
             model.facts.version.c_str(),
             model.facts.commit.c_str(),
             model.workload.c_str(),
             model.program.convention.c_str(),
             model.program.traffic.c_str(),
             program->precision.c_str(),
             model.target.device ? model.target.device->name.c_str() : ""};
    return true;
  });
  return fine ? MDL_OK : MDL_ERROR;
}

size_t mdl_program_input_count(const mdl_program *program) { return program ? program->inputs.size() : 0; }

mdl_status mdl_program_input(const mdl_program *program, size_t index, mdl_input *input, mdl_error *error) {
  auto list = [&]() -> auto & { return program->model.program.inputs; };
  return describeOne(program, list, index, "input", input, error, [&](size_t at) {
    const Input &from = list()[at];
    const mdl_program::InputTexts &texts = program->inputs[at];
    *input = {from.name.c_str(),
              static_cast<mdl_input_type>(from.type),
              from.unit.c_str(),
              from.doc.c_str(),
              texts.value.c_str(),
              from.lo ? texts.low.c_str() : nullptr,
              from.hi ? texts.high.c_str() : nullptr,
              texts.choices.size(),
              texts.choices.data(),
              from.fixed ? 1 : 0};
  });
}

mdl_status mdl_program_find_input(const mdl_program *program, const char *name, size_t *index, mdl_error *error) {
  bool fine = guarded(error, [&](ReportError &found) {
    if (!program || !name || !index)
      return fail(found, "bad-argument", "no program, no name or no place for the index");
    auto at = findInput(program->model.program, name, found);
    if (at) *index = *at;
    return at.has_value();
  });
  return fine ? MDL_OK : MDL_ERROR;
}

size_t mdl_program_metric_count(const mdl_program *program) {
  return program ? program->model.program.metrics.size() : 0;
}

mdl_status mdl_program_metric(const mdl_program *program, size_t index, mdl_metric *metric, mdl_error *error) {
  auto list = [&]() -> auto & { return program->model.program.metrics; };
  return describeOne(program, list, index, "metric", metric, error, [&](size_t at) {
    const Metric &from = list()[at];
    *metric = {from.name.c_str(), from.title.c_str(), from.unit.c_str(), static_cast<mdl_fold>(from.fold),
               from.absent ? 1 : 0};
  });
}

size_t mdl_program_stage_count(const mdl_program *program) { return program ? program->stages.size() : 0; }

mdl_status mdl_program_stage(const mdl_program *program, size_t index, mdl_stage *stage, mdl_error *error) {
  auto list = [&]() -> auto & { return program->stages; };
  return describeOne(program, list, index, "stage", stage, error, [&](size_t at) {
    const Node &node = program->model.program.nodes[program->stages[at]];
    *stage = {program->stageNames[at].c_str(), node.title.c_str(), node.resident.c_str()};
  });
}

size_t mdl_program_assumption_count(const mdl_program *program) { return program ? program->assumptions.size() : 0; }

const char *mdl_program_assumption(const mdl_program *program, size_t index) {
  return index < mdl_program_assumption_count(program) ? program->assumptions[index].c_str() : nullptr;
}

size_t mdl_program_not_modelled_count(const mdl_program *program) {
  return program ? program->model.program.notModelled.size() : 0;
}

const char *mdl_program_not_modelled(const mdl_program *program, size_t index) {
  return index < mdl_program_not_modelled_count(program) ? program->model.program.notModelled[index].c_str() : nullptr;
}

} // extern "C"
