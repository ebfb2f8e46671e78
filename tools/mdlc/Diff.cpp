//===- Diff.cpp - mdlc diff -----------------------------------------------===//
#include "Diff.h"
#include "Side.h"
#include "runtime/report/Comparison.h"
#include "llvm/ADT/STLExtras.h"
#include <CLI/CLI.hpp>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct DiffOptions {
  ModelOptions shared;
  std::string other;
  std::vector<std::string> a, b;
  DiffRequest request;
};

/// The options that a side may have for itself, by name; every other name is an input.
std::string *optionNamed(ModelOptions &options, std::string_view name) {
  std::pair<std::string_view, std::string *> known[] = {
      {"pipeline", &options.pipeline},       {"workload", &options.workload},   {"convention", &options.convention},
      {"traffic", &options.traffic},         {"precision", &options.precision}, {"device", &options.device},
      {"utilisation", &options.utilisation}, {"overlap", &options.overlap},     {"residency", &options.residency}};
  for (auto [each, field] : known)
    if (each == name) return field;
  return nullptr;
}

bool fail(const DiagnosticOptions &diagnostics, std::string message) {
  printError({"bad-argument", std::move(message), ""}, diagnostics);
  return false;
}

/// `workload=720p,precision=fp16 height=480`: parted by commas or blanks.
bool applySettings(const std::vector<std::string> &texts, const char *side, ModelOptions &options) {
  for (const std::string &text : texts) {
    for (size_t at = 0; at < text.size();) {
      size_t end = std::min(text.find_first_of(", \t", at), text.size());
      std::string setting = text.substr(at, end - at);
      at = end + 1;
      if (setting.empty()) continue;
      size_t equals = setting.find('=');
      if (equals == std::string::npos || equals == 0)
        return fail(options.diagnostics, std::string("--") + side + " takes `name=value`, found `" + setting + "`");
      if (std::string *option = optionNamed(options, setting.substr(0, equals))) *option = setting.substr(equals + 1);
      else options.settings.push_back(setting);
    }
  }
  return true;
}

bool hasSettings(const ModelOptions &options) {
  for (const std::string *text :
       {&options.pipeline, &options.workload, &options.convention, &options.traffic, &options.precision,
        &options.device, &options.utilisation, &options.overlap, &options.residency})
    if (!text->empty()) return true;
  return !options.settings.empty();
}

/// A saved result is as it is: settings that could only be ignored are an error.
bool checkSaved(const DiffOptions &options, const std::string &fileA, const std::string &fileB) {
  auto says = [](const std::string &file) { return "`" + file + "` is a saved result: no setting can change it"; };
  if (isSavedResult(fileA) && !options.a.empty()) return fail(options.shared.diagnostics, says(fileA));
  if (isSavedResult(fileB) && !options.b.empty()) return fail(options.shared.diagnostics, says(fileB));
  if (isSavedResult(fileA) && isSavedResult(fileB) && hasSettings(options.shared))
    return fail(options.shared.diagnostics, "both sides are saved results: no setting can change them");
  return true;
}

int runDiff(const DiffOptions &options, const Invocation &invocation) {
  DiffRequest request = options.request;
  request.a = request.b = options.shared;
  if (!options.other.empty()) request.b.file = options.other;
  if (!checkSaved(options, request.a.file, request.b.file) || !applySettings(options.a, "a", request.a) ||
      !applySettings(options.b, "b", request.b))
    return kWrong;
  return diff(request, invocation);
}

/// What the files say of each other, then what is asked for.
bool counterparts(const DiffRequest &request, const ComparedSide &a, const ComparedSide &b,
                  std::vector<runtime::Counterpart> &into) {
  if (auto own = a.correspondences.find(b.result.model); own != a.correspondences.end()) into = own->second;
  if (auto own = b.correspondences.find(a.result.model); own != b.correspondences.end())
    for (const runtime::Counterpart &each : own->second) into.push_back({each.to, each.from, each.why});
  for (const std::string &pair : request.map) {
    size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      return fail(request.a.diagnostics, "--map takes `id of A=id of B`, found `" + pair + "`");
    std::string from = pair.substr(0, equals);
    std::erase_if(into, [&](const runtime::Counterpart &each) { return each.from == from; });
    into.push_back({from, pair.substr(equals + 1), {}});
  }
  return true;
}

bool areMetrics(const DiffRequest &request, const ComparedSide &a, const ComparedSide &b) {
  for (const std::string &name : request.metrics) {
    if (a.result.metric(name) || b.result.metric(name)) continue;
    std::string names;
    for (const runtime::ResultMetric &metric : a.result.metrics) names += (names.empty() ? "" : ", ") + metric.name;
    printError({"unknown-metric", "unknown metric `" + name + "`; there are " + names, ""}, request.a.diagnostics);
    return false;
  }
  return true;
}

} // namespace

int diff(const DiffRequest &request, const Invocation &invocation) {
  auto a = makeSide(request.a, invocation);
  auto b = a ? makeSide(request.b, invocation) : std::nullopt;
  if (!b || !areMetrics(request, *a, *b)) return kWrong;
  for (const std::string &warning : a->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  for (const std::string &warning : b->warnings)
    if (!llvm::is_contained(a->warnings, warning)) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  runtime::CompareOptions how;
  how.metrics = request.metrics;
  if (!counterparts(request, *a, *b, how.counterparts)) return kWrong;
  runtime::Comparison comparison = runtime::compare(a->result, b->result, how);
  runtime::Output out(stdout);
  runtime::ComparisonOptions shown{request.top, useColour(STDOUT_FILENO)};
  if (request.format == "json") runtime::renderComparisonJson(comparison, out);
  else if (request.format == "md") runtime::renderComparisonMarkdown(comparison, shown, out);
  else runtime::renderComparisonText(comparison, shown, out);
  return out.flush() && !(request.failIfDifferent && !comparison.isEqual()) ? kOk : kWrong;
}

void addDiff(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App *command = app.add_subcommand("diff", "What changed between two results, and which nodes it comes from");
  options->shared.addTo(*command);
  command->get_option("file")->description("A: a model (.mdl), or a result saved by `mdlc eval --format json`");
  command->add_option("other", options->other, "B: the same; without it A's file, with the settings of --b")
      ->type_name("FILE");
  auto side = [&](const char *name, std::vector<std::string> &into, const char *help) {
    command->add_option(name, into, help)->type_name("NAME=VALUE,...")->allow_extra_args(false);
  };
  side("--a", options->a,
       "Settings of A only: pipeline, workload, convention, traffic, precision, device, utilisation, overlap, "
       "residency, or an input");
  side("--b", options->b, "The same of B");
  command->add_option("--map", options->request.map, "An id of A and the id of B that it is compared with; repeatable")
      ->type_name("ID=ID")
      ->allow_extra_args(false);
  command->add_option("-m,--metric", options->request.metrics, "Only this metric; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--top", options->request.top, "How many nodes a changed metric lists")->capture_default_str();
  command->add_flag("--exit-code", options->request.failIfDifferent, "Exit with 1 when a number differs");
  command->add_option("-f,--format", options->request.format, "text, json or md")
      ->check(CLI::IsMember({"text", "json", "md"}))
      ->capture_default_str();
  command->footer(
      "Options without --a and --b hold for both sides.\nExamples:\n"
      "  mdlc diff models/wan2.1/t2v_14b.mdl -w 720p --a precision=wan_vendor --b precision=fp16\n"
      "  mdlc diff models/wan2.1/t2v_14b.mdl --a 'workload=480p device=h20' --b 'workload=720p device=h20'\n"
      "  mdlc diff models/wan2.1/t2v_14b.mdl --b steps=40,guidance=false --metric flops_tensor\n"
      "  mdlc diff models/modelmeter/wan2_1.mdl models/wan2.1/t2v_14b.mdl -w 720p\n"
      "  mdlc diff before.json after.json --exit-code\n"
      "  mdlc diff before.json models/wan2.1/t2v_14b.mdl -w 720p --map diffusion_core=diffusion");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runDiff(*options, invocation); }; });
}

} // namespace mdl::tool
