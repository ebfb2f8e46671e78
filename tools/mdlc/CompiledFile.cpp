//===- CompiledFile.cpp - Commands on a compiled program ------------------===//
#include "CompiledFile.h"
#include "runtime/Checks.h"
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace mdl::tool {

using runtime::CompiledModel;
using runtime::ReportError;

bool isCompiledFile(const std::string &path) {
  if (path.ends_with(".mdlp")) return true;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false; // what is read off a pipe is gone
  char head[8];
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file) return false;
  size_t got = std::fread(head, 1, sizeof head, file);
  std::fclose(file);
  return runtime::isProgramFile({head, got});
}

std::optional<CompiledModel> loadCompiled(const ModelOptions &options) {
  ReportError error;
  auto model = runtime::readProgramFile(options.file, error);
  if (!model) printError(error, options.diagnostics);
  return model;
}

ReportError compiledInError(const ModelOptions &options, const std::string &asked, const std::string &has,
                            const std::string &remedy) {
  return {"compiled-in",
          fmt::format("`{}` takes the compiler, and `{}` is a compiled program: it has {}; {}", asked, options.file,
                      has, remedy),
          {}};
}

static std::string again(const CompiledModel &model, const std::string &with) {
  return fmt::format("compile `{}` again with `{}`", model.source, with);
}

bool needsNoCompiler(const ModelOptions &options, const CompiledModel &model, ReportError &error) {
  const runtime::Target &target = model.target;
  auto named = [](const char *kind, const std::string &name) {
    return name.empty() ? fmt::format("no {}", kind) : fmt::format("the {} `{}`", kind, name);
  };
  struct {
    const char *option;
    const std::string &value;
    std::string has;
  } asked[] = {
      {"--pipeline", options.pipeline, named("pipeline", model.program.model)},
      {"--workload", options.workload, named("workload", model.workload)},
      {"--convention", options.convention, named("convention", model.program.convention)},
      {"--traffic", options.traffic, named("traffic", model.program.traffic)},
      {"--precision", options.precision, named("precision", target.precision.name)},
      {"--device", options.device, named("device", target.device ? target.device->name : "")},
      {"--utilisation", options.utilisation, named("utilisation", target.chosen ? target.chosen->name : "")},
      {"--overlap", options.overlap,
       named("overlap", !target.device        ? ""
                        : target.overlapWhole ? "whole"
                                              : "operator")},
      {"--residency", options.residency, named("residency", target.residency.name)},
  };
  for (const auto &[option, value, has] : asked) {
    if (value.empty()) continue;
    std::string with = fmt::format("{} {}", option, value);
    error = compiledInError(options, with, has, again(model, with));
    return false;
  }
  for (const std::string &setting : options.settings) {
    std::string name = setting.substr(0, setting.find('='));
    if (!name.starts_with("precision.") && !name.starts_with("strategy.")) continue;
    std::string has = name.front() == 'p' ? named("precision", target.precision.name) : "no strategy";
    error = compiledInError(options, "--set " + setting, has, again(model, "--set " + setting));
    return false;
  }
  return true;
}

bool applySettings(const ModelOptions &options, CompiledModel &model, ReportError &error) {
  for (const std::string &setting : options.settings) {
    size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      error = {"bad-argument", fmt::format("a setting is `name=value`, found `{}`", setting), {}};
      return false;
    }
    auto at = runtime::findInput(model.program, setting.substr(0, equals), error);
    if (!at) return false;
    const runtime::Input &input = model.program.inputs[*at];
    auto value = runtime::readInput(input, setting.substr(equals + 1), error);
    if (!value) return false;
    if (input.fixed && *value != input.value) {
      error = {"fixed-input",
               fmt::format(
                   "input `{}` decides the structure of the model and `{}` is a compiled program: it has {}; {}",
                   input.name, options.file, runtime::inputText(input, input.value), again(model, "--set " + setting)),
               {}};
      return false;
    }
    model.job[*at] = *value;
  }
  return true;
}

} // namespace mdl::tool
