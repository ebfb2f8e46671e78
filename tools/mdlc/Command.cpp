//===- Command.cpp - What the subcommands share ---------------------------===//
#include "Command.h"
#include "CompiledFile.h"
#include "compiler/support/DiagnosticJson.h"
#include "compiler/support/DiagnosticText.h"
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace mdl::tool {

void DiagnosticOptions::addTo(CLI::App &app) {
  app.add_option("--diagnostics", form, "How errors are printed on stderr: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--max-errors", maxErrors, "Stop printing after N errors; 0 prints all")
      ->type_name("N")
      ->capture_default_str();
}

/// What a command that works on the source says to a compiled program; nothing to anything else.
static std::string faultOfSource(const std::string &path) {
  if (!isCompiledFile(path)) return {};
  return "`" + path +
         "` is a compiled program, which `mdlc eval` and `mdlc compile --emit program` take; this command " +
         "works on the source, a .mdl file";
}

void ModelOptions::addTo(CLI::App &app, bool single, bool compiled) {
  auto *model = app.add_option("file", file,
                               compiled ? "The model, a .mdl file with a pipeline, or a compiled program, a .mdlp file"
                                        : "The model, a .mdl file with a pipeline");
  model->required()->type_name("FILE");
  if (!compiled) model->check(CLI::Validator(faultOfSource, ""));
  app.add_option("--pipeline", pipeline, "Which pipeline of the file, if it has several")->type_name("NAME");
  if (single)
    app.add_option("-w,--workload", workload, "A workload by name: 720p, W-003 (see `mdlc list workloads FILE`)")
        ->type_name("NAME");
  app.add_option("-s,--set", settings, "Sets an input: --set height=480; repeatable, the last one counts")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--convention", convention,
                 "Which FLOPs count: torch, torch_visible, full, or one that the model declares")
      ->type_name("NAME");
  app.add_option("--traffic", traffic, "Which bytes count: compulsory, unfused, flash, or one that the model declares")
      ->type_name("NAME");
  app.add_option("-p,--precision", precision,
                 "Formats of compute and storage: fp16, bf16, fp8 (see `mdlc list precisions`)")
      ->type_name("NAME");
  app.add_option("-d,--device", device,
                 "The device to time it on: h20, b200, modelmeter.dv100 (see `mdlc list devices`)")
      ->type_name("NAME");
  if (single)
    app.add_option("--utilisation", utilisation, "What the device reaches of its peaks: optimistic, measured")
        ->type_name("NAME");
  app.add_option("--overlap", overlap,
                 "operator: each operator by itself; whole: the seed's rule, all of a job at once")
      ->check(CLI::IsMember({"operator", "whole"}));
  app.add_option("--residency", residency, "Where weights are: all, offload, or one that the model declares")
      ->type_name("NAME");
  app.add_option(
         "--sharding", sharding,
         "How devices share one model: tp4, cfg2*ulysses4 (see `mdlc list shardings`); numbers are those of one device")
      ->type_name("NAMEn*...");
  diagnostics.addTo(app);
}

driver::Request ModelOptions::request(const Invocation &invocation) const {
  driver::Request request;
  request.path = file, request.settings = settings;
  for (const JobOption &each : kJobOptions) request.*each.asked = this->*each.given;
  request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  return request;
}

bool useColour(int descriptor) { return isatty(descriptor) && !std::getenv("NO_COLOR"); }

bool printDiagnostics(driver::Compilation &compilation, const DiagnosticOptions &options) {
  DiagnosticEngine &engine = compilation.diagnostics();
  if (engine.empty()) return true;
  std::string text;
  if (options.form == "json") text = renderJson(compilation.sources(), engine) + "\n";
  else {
    TextOptions form;
    form.maxErrors = options.maxErrors;
    form.colour = useColour(STDERR_FILENO);
    text = renderText(compilation.sources(), engine, form);
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
  return !engine.hasErrors();
}

void printError(const runtime::ReportError &error, const DiagnosticOptions &options) {
  if (options.form == "json") {
    nlohmann::ordered_json one = {
        {"slug", error.slug}, {"severity", "error"}, {"message", error.message}, {"place", error.place}};
    std::fprintf(stderr, "%s\n", nlohmann::ordered_json::array({one}).dump().c_str());
    return;
  }
  std::fprintf(stderr, "%s%serror: %s [%s]\n", error.place.c_str(), error.place.empty() ? "" : ": ",
               error.message.c_str(), error.slug.c_str());
}

bool closeOutput() {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return true;
  std::fprintf(stderr, "mdlc: cannot write to stdout: %s\n", std::strerror(errno));
  return false;
}

} // namespace mdl::tool
