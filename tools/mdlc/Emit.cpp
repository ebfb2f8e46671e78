//===- Emit.cpp - mdlc emit -----------------------------------------------===//
#include "runtime/emit/Emit.h"
#include "Command.h"
#include "compiler/driver/Describe.h"
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace mdl::tool {

namespace {

struct EmitOptions {
  ModelOptions model;
  std::string language, prefix, out;
};

/// What is wrong with the options together.
const char *conflictOf(const EmitOptions &options) {
  if (options.prefix.empty()) return nullptr;
  if (options.language != "c") return "--prefix is for --lang c: a module needs no prefix";
  return emit::isPrefix(options.prefix) ? nullptr : "--prefix begins names of C: a letter, then letters, digits and _";
}

emit::Facts factsOf(driver::Compilation &compilation, const EmitOptions &options) {
  const runtime::Target &target = compilation.targetInfo();
  runtime::ModelFacts model = driver::identify(compilation);
  emit::Facts facts;
  facts.prefix = options.prefix, facts.workload = options.model.workload;
  facts.version = model.version, facts.commit = model.commit;
  facts.precision = target.precision.line();
  if (target.device) facts.device = target.device->name + ": " + target.device->title;
  if (target.chosen) facts.utilisation = target.chosen->name + ": " + target.chosen->title;
  facts.assumptions = compilation.program().assumptions;
  for (const Diagnostic *diagnostic : compilation.diagnostics().sorted())
    if (diagnostic->severity() == Severity::Warning) facts.assumptions.push_back(diagnostic->message());
  facts.defaults = compilation.inputs();
  return facts;
}

/// Into the file, or to stdout. False when not everything could be written, which is reported.
bool writeTo(const std::string &path, const std::string &text) {
  std::FILE *file = path.empty() ? stdout : std::fopen(path.c_str(), "wb");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int why = errno;
  if (file && !path.empty() && std::fclose(file) != 0) written = false, why = errno;
  if (!written && !path.empty())
    std::fprintf(stderr, "error: `%s` can not be written: %s\n", path.c_str(), std::strerror(why));
  return written || path.empty(); // stdout is looked at by main
}

int runEmit(const EmitOptions &options, const Invocation &invocation) {
  if (const char *conflict = conflictOf(options)) return std::fprintf(stderr, "mdlc: %s\n", conflict), kUsage;
  driver::Compilation compilation(options.model.request(invocation));
  bool compiled = compilation.compile();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !compiled) return kWrong;
  emit::Facts facts = factsOf(compilation, options);
  std::string text = options.language == "c" ? emit::emitC(compilation.program(), facts)
                                             : emit::emitJavaScript(compilation.program(), facts);
  return writeTo(options.out, text) ? kOk : kWrong;
}

} // namespace

void addEmit(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<EmitOptions>();
  CLI::App *command =
      app.add_subcommand("emit", "A model as a source file without dependencies: totals and stages for any job");
  options->model.addTo(*command);
  command->add_option("-l,--lang", options->language, "c (C11) or js (an ES module)")
      ->required()
      ->check(CLI::IsMember({"c", "js"}));
  command->add_option("-o,--out", options->out, "The file to write; stdout without one")->type_name("OUT");
  command->add_option("--prefix", options->prefix, "C: what its names begin with; else the model's name")
      ->type_name("NAME");
  command->footer("Examples:\n"
                  "  mdlc emit models/wan2.1/t2v_14b.mdl --lang c --prefix wan -o wan.c\n"
                  "  mdlc emit models/wan2.1/t2v_14b.mdl -w 720p --device h20 --lang js -o wan.mjs");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runEmit(*options, invocation); }; });
}

} // namespace mdl::tool
