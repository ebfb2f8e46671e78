//===- Compile.cpp - The whole compiler on one page -----------------------===//
#include "Compile.h"
#include "../lower/BuildCosts.h"
#include "../lower/EmitProgram.h"
#include "../parse/Parse.h"
#include "../passes/Passes.h"
#include <cstdlib>
#include <filesystem>

namespace fs = std::filesystem;

namespace mdl::driver {

Compilation::Compilation(Request request) : request_(std::move(request)) {}
Compilation::~Compilation() = default;

bool Compilation::compile() { return open() && elaborate() && build() && emit(); }

bool Compilation::open() {
  checker_ = std::make_unique<sema::Checker>(sources_, diagnostics_, request_.searchPaths);
  return checker_->open(request_.path) && !diagnostics_.hasErrors();
}

void Compilation::check() { checker_->checkDeclarations(); }

bool Compilation::elaborate() {
  const ast::Item *pipeline = choosePipeline();
  if (!pipeline || !readSettings(pipeline)) return false;
  model_ = checker_->elaborate(pipeline, settings_);
  if (!model_ || diagnostics_.hasErrors()) return false;
  auto values = checker_->bind(*model_, settings_);
  if (values) inputs_ = std::move(*values);
  return values.has_value();
}

bool Compilation::build() {
  using Family = sema::Convention::Family;
  const ast::Item *pipeline = model_->pipeline;
  const sema::Convention *flops =
      checker_->convention(Family::Flops, conventionName(pipeline, "convention", request_.convention));
  const sema::Convention *traffic =
      checker_->convention(Family::Traffic, conventionName(pipeline, "traffic", request_.traffic));
  if (!flops || !traffic) return false;
  costs_ = std::make_unique<ir::CostModule>(lower::buildCosts(*checker_, sources_, *model_, *flops, *traffic));
  passes::runPipeline(*costs_);
  return !diagnostics_.hasErrors();
}

bool Compilation::emit() {
  program_ = std::make_unique<runtime::Program>(lower::emitProgram(*costs_));
  return true;
}

runtime::Program emit(const ir::CostModule &module) { return lower::emitProgram(module); }

//===--- What is asked for ----------------------------------------------------===//

const ast::Item *Compilation::choosePipeline() {
  auto pipelines = checker_->pipelines();
  std::string names;
  for (const ast::Item *each : pipelines) {
    if (request_.pipeline.empty() ? pipelines.size() == 1 : text(each->name.name) == request_.pipeline) return each;
    names += (names.empty() ? "`" : ", `") + std::string(text(each->name.name)) + "`";
  }
  std::string says = pipelines.empty() ? "`" + request_.path + "` declares no pipeline"
                     : request_.pipeline.empty()
                         ? "`" + request_.path + "` has several pipelines: " + names + "; choose one with --pipeline"
                         : "`" + request_.path + "` has no pipeline `" + request_.pipeline + "`; it has " + names;
  if (!diagnostics_.hasErrors()) diagnostics_.report(DiagId::UnknownPipeline, {}, {says});
  return nullptr;
}

/// The workload's settings, then those of the command line: the last one counts.
bool Compilation::readSettings(const ast::Item *pipeline) {
  if (!request_.workload.empty()) {
    auto workload = checker_->workload(request_.workload, pipeline);
    if (!workload) return false;
    settings_ = std::move(*workload);
  }
  for (const std::string &setting : request_.settings) {
    size_t equals = setting.find('=');
    FileId file = sources_.add("--set " + setting.substr(0, equals),
                               setting.substr(equals == std::string::npos ? 0 : equals + 1));
    SrcLoc begin{sources_.file(file).base};
    SrcRange range{begin, {begin.offset + static_cast<uint32_t>(sources_.file(file).text.size())}};
    if (equals == std::string::npos || equals == 0) {
      diagnostics_.report(DiagId::BadArgument, range, {"a setting is `name=value`, found `" + setting + "`"});
      continue;
    }
    const ast::Expr *value = parse::parseExpr(sources_, diagnostics_, file, arena_);
    if (value) settings_.push_back({setting.substr(0, equals), value, range});
  }
  return !diagnostics_.hasErrors();
}

/// The convention asked for; else what the file's `defaults PIPELINE { ... }` says; else what core.mdl says.
std::string Compilation::conventionName(const ast::Item *pipeline, std::string_view field, const std::string &asked) {
  if (!asked.empty()) return asked;
  std::string fallback;
  for (const ast::Item *item : checker_->library().data("defaults", checker_->mainFile())) {
    bool own = item->name.name == pipeline->name.name, any = text(item->name.name) == "any";
    for (const ast::Entry &entry : item->entries) {
      if (text(entry.name.name) != field || entry.expr->kind != ast::ExprKind::String) continue;
      if (own) return std::string(entry.expr->string);
      if (any) fallback = entry.expr->string;
    }
  }
  return fallback;
}

std::vector<std::string> defaultSearchPaths(const std::string &binary) {
  std::vector<std::string> paths;
  if (const char *set = std::getenv("MDL_PATH")) {
    std::string all(set);
    for (size_t at = 0; at <= all.size();) {
      size_t colon = std::min(all.find(':', at), all.size());
      if (colon > at) paths.push_back(all.substr(at, colon - at));
      at = colon + 1;
    }
  }
  std::error_code ignored;
  for (fs::path folder = fs::weakly_canonical(binary, ignored).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    for (const char *models : {"models", "share/mdlc/models"})
      if (fs::exists(folder / models / "core.mdl", ignored)) return paths.push_back((folder / models).string()), paths;
    if (folder == folder.root_path()) break;
  }
  return paths;
}

} // namespace mdl::driver
