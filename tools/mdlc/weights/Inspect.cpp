//===- Inspect.cpp - mdlc inspect -----------------------------------------===//
#include "InspectReport.h"
#include "OpenWeights.h"
#include <CLI/CLI.hpp>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct InspectOptions {
  std::string file, format = "text";
  bool all = false;
  DiagnosticOptions diagnostics;
};

int runInspect(const InspectOptions &options, const Invocation &invocation) {
  Checkpoints checkpoints;
  if (!checkpoints.load(invocation, options.diagnostics)) return kWrong;
  InspectReport report;
  auto inventory = openWeights(options.file, checkpoints, options.diagnostics);
  if (!inventory) return kWrong;
  report.inventory = std::move(*inventory);
  for (const Checkpoint &each : checkpoints.all()) {
    std::string why;
    auto sizes = Checkpoints::match(each, report.inventory, why);
    if (!sizes) continue;
    auto told = Checkpoints::derive(each, *sizes, options.diagnostics);
    if (!told) return kWrong;
    report.kinds.push_back({&each, std::move(*told)});
  }
  runtime::Output out(stdout);
  if (options.format == "json") renderInspectJson(report, out);
  else renderInspectText(report, options.all, useColour(STDOUT_FILENO), out);
  return out.flush() ? kOk : kWrong;
}

} // namespace

void addInspect(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *command =
      app.add_subcommand("inspect", "Lists the tensors of a file of weights, and what they say of the model");
  command
      ->add_option("file", options->file,
                   "A .safetensors file or its .index.json, a GGUF file, a .pth or .pt of torch.save")
      ->required()
      ->type_name("FILE");
  command->add_flag("--all", options->all,
                    "A line for each tensor, also of those that differ in numbers of their names only");
  command->add_option("-f,--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  options->diagnostics.addTo(*command);
  command->footer(
      "Only headers are read, and no pickle is executed. A file that is not here is looked for in the folders of\n"
      "the checkpoints, such as WAN21_T2V_14B_PATH.\nExamples:\n"
      "  mdlc inspect diffusion_pytorch_model.safetensors.index.json\n  mdlc inspect Wan2.1_VAE.pth --format json");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runInspect(*options, invocation); }; });
}

} // namespace mdl::tool
