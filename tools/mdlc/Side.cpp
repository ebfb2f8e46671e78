//===- Side.cpp - One side of a comparison --------------------------------===//
#include "Side.h"
#include "runtime/report/Formats.h"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

/// `correspondence PIPELINE { nodes = [Counterpart(here: ..., there: ..., why: ...)] }`.
void readCorrespondences(driver::Compilation &compilation, ComparedSide &side) {
  sema::Checker &checker = compilation.checker();
  for (const ast::Item *item : checker.library().data("correspondence", checker.mainFile())) {
    sema::Value value = checker.dataValue(item);
    const sema::Value *nodes = value.isError() ? nullptr : checker.field(value, "nodes");
    if (!nodes || !nodes->isList()) continue;
    auto &list = side.correspondences[std::string(text(item->name.name))];
    for (const sema::Value &node : nodes->list->elements) {
      auto field = [&](const char *name) { return std::string(checker.fieldText(node, name)); };
      list.push_back({field("here"), field("there"), field("why")});
    }
  }
}

std::optional<ComparedSide> evaluated(const ModelOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.request(invocation));
  bool compiled = compilation.compile();
  ComparedSide side;
  if (compiled) readCorrespondences(compilation, side);
  if (!printDiagnostics(compilation, options.diagnostics) || !compiled) return std::nullopt;
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportOptions how;
  how.target = &compilation.targetInfo();
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, compilation.inputs(), how, error);
  if (!report) return printError(error, options.diagnostics), std::nullopt;
  report->workload = options.workload, report->source = options.file;
  side.warnings = report->warnings;
  std::string why, json = runtime::render(*runtime::findFormat("json"), *report);
  auto result = runtime::parseResult(json, why);
  if (!result) return printError({"bad-result", why, ""}, options.diagnostics), std::nullopt;
  side.result = std::move(*result);
  return side;
}

/// What the model of a saved result says of other models, if the model is still where it was.
void findCorrespondences(const std::string &savedIn, ComparedSide &side, const Invocation &invocation) {
  driver::Request request;
  request.path = sourceOf(side.result, savedIn, invocation);
  request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  if (request.path.empty()) return;
  driver::Compilation compilation(request);
  if (compilation.open()) readCorrespondences(compilation, side);
}

} // namespace

bool isSavedResult(const std::string &file) { return fs::path(file).extension() != ".mdl"; }

std::optional<std::string> readFile(const std::string &file, const char *slug, const DiagnosticOptions &diagnostics) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (stream || !text.empty()) return text;
  printError({slug, "`" + file + "`: cannot be read", ""}, diagnostics);
  return std::nullopt;
}

std::string sourceOf(const runtime::Result &result, const std::string &savedIn, const Invocation &invocation) {
  std::error_code ignored;
  if (result.file.empty()) return {};
  if (fs::exists(result.file, ignored)) return result.file;
  std::vector<std::string> folders = driver::defaultSearchPaths(invocation.binary);
  folders.insert(folders.begin(), fs::path(savedIn).parent_path().string());
  for (const std::string &folder : folders)
    if (fs::path file = fs::path(folder) / result.file; fs::exists(file, ignored)) return file.string();
  return {};
}

std::optional<runtime::Result> readResult(const std::string &file, const DiagnosticOptions &diagnostics) {
  auto text = readFile(file, "bad-result", diagnostics);
  if (!text) return std::nullopt;
  std::string why;
  auto result = runtime::parseResult(*text, why);
  if (!result)
    printError({"bad-result", "`" + file + "` is no saved result (`mdlc eval FILE --format json`): " + why, ""},
               diagnostics);
  return result;
}

std::optional<ComparedSide> makeSide(const ModelOptions &options, const Invocation &invocation) {
  if (!isSavedResult(options.file)) return evaluated(options, invocation);
  auto result = readResult(options.file, options.diagnostics);
  if (!result) return std::nullopt;
  ComparedSide side;
  side.result = std::move(*result);
  findCorrespondences(options.file, side, invocation);
  if (side.result.file.empty()) side.result.file = options.file;
  return side;
}

} // namespace mdl::tool
