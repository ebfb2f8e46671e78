//===- Why.cpp - mdlc why -------------------------------------------------===//
// Any number back to its formula, its lines of `.mdl`, the job, the formats and,
// for times, the device.
//===----------------------------------------------------------------------===//
#include "WhyPrecision.h"
#include "WhySource.h"
#include "WhyTime.h"
#include "runtime/Compare.h"
#include "runtime/report/Units.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

using runtime::Number;

constexpr std::string_view kMemory = "memory";

struct WhyOptions {
  ModelOptions model;
  std::vector<std::string> number;
};

std::string shown(const Number &value, const std::string &unit) {
  std::string exact = runtime::formatExact(value), people = runtime::formatSi(value, unit);
  return exact == people ? exact : exact + " (" + people + ")";
}

void print(const WhyBlock &block) {
  if (block.lines.empty()) return;
  std::printf("\n%s\n", block.title.c_str());
  for (const std::string &line : block.lines) std::printf("  %s\n", line.c_str());
}

std::vector<std::string> metricNames(const runtime::Result &result) {
  std::vector<std::string> names;
  for (const runtime::ResultMetric &metric : result.metrics) names.push_back(metric.name);
  return names;
}

/// The number of a result; absent when it has none of this name.
Number numberIn(const runtime::Result &result, const std::string &id, const std::string &metric) {
  auto number = result.metric(metric);
  if (!number) return {};
  if (id == "total") return result.totals[*number];
  const runtime::ResultNode *node = result.node(id);
  return node ? node->values[*number] : Number();
}

void warnIfMoved(const WhyQuestion &question, const Number &now, const std::string &unit) {
  if (!question.saved) return;
  Number before = numberIn(*question.saved, question.id, question.metric);
  if (!before.isPresent() || !runtime::Pair{before, now}.differs()) return;
  std::fprintf(stderr, "warning: the saved result has %s, the model now gives %s\n", shown(before, unit).c_str(),
               shown(now, unit).c_str());
}

/// `memory`, or `memory STAGE`: what a device holds, by stage and part.
int explainMemory(const runtime::Result &result, const std::string &stage) {
  const runtime::ResultMemory &memory = *result.memory;
  std::printf("memory of one device = %s\n  the largest of the stages: %s\n", shown(memory.total, "B").c_str(),
              memory.at.c_str());
  for (const runtime::ResultStageMemory &each : memory.stages) {
    if (!stage.empty() && each.stage != stage) continue;
    WhyBlock block{each.stage + " runs, its weights " + each.placement, {}};
    for (const auto &[part, value] : each.parts) block.lines.push_back(part + " = " + shown(value, "B"));
    print(block);
  }
  print({"rule",
         {"total = weights on the device then + KV cache + state + peak of activations, workspace included",
          "residency " + memory.residency + " says whose weights are on the device",
          "go on with `" + memory.at + " weight_bytes` or `" + memory.at + " activation_peak_bytes`"}});
  return kOk;
}

std::vector<std::string> settingLines(driver::Compilation &compilation) {
  const ir::CostModule &costs = compilation.costs();
  std::vector<std::string> lines;
  for (auto [family, name] : {std::pair(sema::Convention::Family::Flops, costs.convention),
                              std::pair(sema::Convention::Family::Traffic, costs.traffic)})
    if (const sema::Convention *convention = compilation.checker().convention(family, name))
      lines.push_back(fmt::format("{} {}: {}", family == sema::Convention::Family::Flops ? "FLOPs" : "traffic", name,
                                  convention->title));
  return lines;
}

int answer(const WhyQuestion &question, const runtime::Result &result, const Invocation &invocation) {
  driver::Compilation compilation(question.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, question.model.diagnostics) || !compiled) return kWrong;
  auto formula = formulaOf(compilation, question.id, question.metric, question.model.diagnostics);
  if (!formula) return kWrong;
  Number value = numberIn(result, question.id, question.metric);
  if (!value.isPresent()) value = valueOf(compilation, *formula);
  warnIfMoved(question, value, formula->unit);

  bool time = formula->unit == "s";
  std::printf("%s of %s = %s\n", question.metric.c_str(), question.id.c_str(), shown(value, formula->unit).c_str());
  if (time)
    for (const WhyBlock &block : timeBlocks(compilation, *formula, result, question.model, invocation)) print(block);
  else {
    print({"formula", {formula->text}});
    if (compilation.costs().pool->isReal(formula->expr)) print({"it is", {std::string(ir::kExpectation)}});
    print({"where", formula->where});
    print({"it is the " + formula->fold + " of", formula->parts});
    print({"from", formula->lines});
    print({"formats", bitsLines(compilation, question.id, question.metric, question.model, invocation)});
  }
  print({"the job", inputsOf(compilation, formula->expr)});
  print({"conventions", settingLines(compilation)});
  print({"precision", {compilation.targetInfo().precision.line()}});
  return kOk;
}

bool readSaved(const WhyOptions &options, const Invocation &invocation, WhyQuestion &question) {
  auto saved = readResult(options.model.file, options.model.diagnostics);
  if (!saved) return false;
  question.model = optionsOf(*saved, options.model.file, options.model.diagnostics, invocation);
  question.saved = std::move(saved);
  if (!question.model.file.empty()) return true;
  printError({"bad-result",
              "`" + options.model.file + "` is of `" + question.saved->file + "`, which is not found from here", ""},
             options.model.diagnostics);
  return false;
}

int runWhy(const WhyOptions &options, const Invocation &invocation) {
  WhyQuestion question;
  question.model = options.model;
  if (isSavedResult(options.model.file) && !readSaved(options, invocation, question)) return kWrong;
  auto side = makeSide(question.model, invocation);
  if (!side) return kWrong;
  for (const std::string &warning : side->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  auto [id, metric] = splitNumber(options.number, metricNames(side->result));
  question.id = id, question.metric = metric;
  bool memory = id == kMemory || id.starts_with("memory.");
  if (memory && side->result.memory) return explainMemory(side->result, id == kMemory ? metric : id.substr(7));
  if (metric.empty()) {
    std::string names;
    for (const std::string &name : metricNames(side->result)) names += (names.empty() ? "" : ", ") + name;
    printError({"unknown-metric", "`" + id + "` has no metric at its end; there are " + names, ""},
               options.model.diagnostics);
    return kWrong;
  }
  return answer(question, side->result, invocation);
}

} // namespace

void addWhy(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<WhyOptions>();
  CLI::App *command = app.add_subcommand("why", "Where a number comes from: formula, source, job, formats, device");
  options->model.addTo(*command);
  command->get_option("file")->description("A model (.mdl), or a result saved by `mdlc eval --format json`");
  command->add_option("number", options->number, "An id (or `total`) and a metric; `memory` for what a device holds")
      ->required()
      ->expected(1, 2)
      ->type_name("ID METRIC");
  command->footer("A saved result is compiled again, for its own job; a warning tells when the number has changed.\n"
                  "Examples:\n"
                  "  mdlc why result.json total flops_tensor\n"
                  "  mdlc why result.json diffusion.blocks.7.self_attn.core.bytes_read\n"
                  "  mdlc why models/wan2.1/t2v_14b.mdl diffusion.blocks.7.self_attn.core time_s -w 720p -d h20\n"
                  "  mdlc why models/wan2.1/t2v_14b.mdl memory -w 720p --residency wan_vendor");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runWhy(*options, invocation); }; });
}

} // namespace mdl::tool
