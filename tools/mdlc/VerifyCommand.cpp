//===- VerifyCommand.cpp - mdlc verify ------------------------------------===//
#include "Suite.h"
#include "runtime/report/Verification.h"
#include "weights/VerifyWeights.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct VerifyCommandOptions {
  ModelOptions model;
  std::string reference, format = "text";
  runtime::VerifyOptions how;
  std::vector<std::string> weights;
  std::string checkpoint;
  size_t rows = 20;
  bool suite = false;
};

std::optional<runtime::Reference> readReference(const VerifyCommandOptions &options) {
  std::ifstream stream(options.reference, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {}), why;
  if (!stream && text.empty()) why = "cannot be read";
  auto reference = why.empty() ? runtime::parseReference(text, why) : std::nullopt;
  if (!reference) printError({"bad-reference", "`" + options.reference + "`: " + why, ""}, options.model.diagnostics);
  return reference;
}

int usage(const char *needs) {
  std::fprintf(stderr, "mdlc: verify needs %s\nrun `mdlc verify --help`\n", needs);
  return kUsage;
}

int runVerify(VerifyCommandOptions options, const Invocation &invocation) {
  if (options.suite)
    return options.model.file.empty() && options.reference.empty() && options.weights.empty()
               ? runSuite(options.format, invocation, options.model.diagnostics)
               : usage("no model, no --reference and no --weights with --suite: the checks name theirs");
  if (options.format == "md") return usage("text or json as its format without --suite");
  if (options.model.file.empty() || options.reference.empty() == options.weights.empty())
    return usage("a model and one of --reference and --weights, or --suite");
  if (!options.weights.empty())
    return runVerifyWeights(
        {options.model, options.weights, options.how.at, options.checkpoint, options.format, options.rows}, invocation);
  options.how.visible = options.model.convention == "torch_visible";
  driver::Request request = options.model.request(invocation);
  request.measured = true; // the references are counted under the convention that `defaults` names for them
  driver::Compilation compilation(request);
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  auto reference = readReference(options);
  if (!reference) return kWrong;
  runtime::Evaluator evaluator(compilation.program());
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, compilation.inputs(), {}, error);
  auto result = report ? runtime::verify(*report, *reference, options.how, error) : std::nullopt;
  if (!result) return printError(error, options.model.diagnostics), kWrong;
  runtime::Output out(stdout);
  if (options.format == "json") runtime::renderVerificationJson(*result, out);
  else runtime::renderVerificationText(*result, useColour(STDOUT_FILENO), options.rows, out);
  return out.flush() && result->passed ? kOk : kWrong;
}

} // namespace

void addVerify(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<VerifyCommandOptions>();
  CLI::App *command =
      app.add_subcommand("verify", "Compares every module with a measurement of the real model code, or "
                                   "every weight with a file of weights");
  options->model.addTo(*command);
  command->get_option("file")->required(false);
  command->add_flag("--suite", options->suite, "Every check that ships: all measurements and published numbers");
  command->add_option("--reference", options->reference, "A measurement, made by tools/capture")->type_name("REF.json");
  command->add_option("--weights", options->weights, "A file of weights: its tensors against the model's, name by name")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--checkpoint", options->checkpoint,
                   "With --weights: the kind of file, when its tensors do not tell")
      ->type_name("NAME");
  command->add_option("--at", options->how.at, "The stage that was measured; needed when there are several")
      ->type_name("STAGE");
  command->add_option("--tolerance", options->how.tolerance, "Largest error in percent that passes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--totals", options->how.totalsOnly, "Compare the total and the parameters only");
  command->add_option("--rows", options->rows, "How many rows the text form shows, worst first")->capture_default_str();
  command->add_option("-f,--format", options->format, "text or json; with --suite also md")
      ->check(CLI::IsMember({"text", "json", "md"}))
      ->capture_default_str();
  command->footer("One execution of the stage is compared, all its chunks included. The convention is torch unless "
                  "given.\nExamples:\n  mdlc verify --suite\n"
                  "  mdlc verify models/wan2.1/t2v_14b.mdl -w W-003 --reference "
                  "tests/reference/wan2.1_dit__t2v-14B_W003_720x1280_f16_lat4_b1_txt512.json\n"
                  "  mdlc verify models/wan2.1/t2v_14b.mdl --weights Wan2.1_VAE.pth");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runVerify(*options, invocation); }; });
}

} // namespace mdl::tool
