//===- List.cpp - mdlc list -----------------------------------------------===//
#include "Command.h"
#include "ListTargets.h"
#include "compiler/support/Explain.h"
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

struct ListOptions {
  std::string what, file, format = "text";
  bool peaks = false;
  DiagnosticOptions diagnostics;
};

/// All .mdl files below the models folders, in order of their names.
std::vector<std::string> modelFiles(const Invocation &invocation) {
  std::set<std::string> files;
  std::error_code ignored;
  for (const std::string &folder : driver::defaultSearchPaths(invocation.binary))
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder, ignored))
      if (entry.path().extension() == ".mdl") files.insert(entry.path().string());
  return {files.begin(), files.end()};
}

std::string firstLine(std::string_view doc) { return std::string(doc.substr(0, doc.find('\n'))); }

/// Prints the declarations with one of the keywords: name, title or first line of the doc comment, file.
bool listDeclarations(const std::string &file, llvm::ArrayRef<std::string_view> keywords, const ListOptions &options,
                      const Invocation &invocation) {
  driver::Request request;
  request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  driver::Compilation compilation(request);
  bool opened = compilation.open();
  if (!printDiagnostics(compilation, options.diagnostics) || !opened) return false;
  sema::Checker &checker = compilation.checker();
  if (!options.file.empty() && options.what == "workloads") { // also imported ones: what --workload can name
    for (const ast::Item *item : checker.library().data("workload", checker.mainFile()))
      std::printf("%-24s %s\n", std::string(text(item->name.name)).c_str(), std::string(item->title).c_str());
    return true;
  }
  parse::File &source = *checker.mainFile()->file;
  for (size_t i = 0; i < source.outline().size(); ++i) {
    if (!llvm::is_contained(keywords, source.outline()[i].keyword)) continue;
    for (const ast::Item *item : source.items(i)) {
      std::string about = item->title.empty() ? firstLine(item->doc) : std::string(item->title);
      std::printf("%-24s %s  (%s)\n", std::string(text(item->name.name)).c_str(), about.c_str(), file.c_str());
    }
  }
  return printDiagnostics(compilation, options.diagnostics);
}

//===--- The operator reference ------------------------------------------------------===//

/// The text of a range with runs of blanks and line ends as one blank.
std::string oneLine(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  return out;
}

/// One operator as Markdown: its documentation, its signature, its storage and rules as they are written.
void printOperator(const ast::Item &op, SourceManager &sources) {
  std::string_view whole = sources.text(op.range);
  std::string signature(whole.substr(0, whole.find('{')));
  if (size_t start = signature.find("op "); start != std::string::npos) signature.erase(0, start);
  std::printf("### `%s`\n\n", std::string(text(op.name.name)).c_str());
  if (!op.doc.empty()) std::printf("%s\n\n", std::string(op.doc).c_str());
  std::printf("```text\n%s\n", oneLine(signature).c_str());
  for (const ast::Stmt *stmt : op.body)
    if (stmt->kind != ast::StmtKind::Let) std::printf("  %s\n", oneLine(sources.text(stmt->range)).c_str());
  std::printf("```\n\n");
}

/// The operators of a file under its name; nothing for a file without operators.
void printOperatorFile(const std::string &file, const Invocation &invocation) {
  driver::Request request;
  request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  driver::Compilation compilation(request);
  if (!compilation.open()) return;
  parse::File &source = *compilation.checker().mainFile()->file;
  bool first = true;
  for (size_t i = 0; i < source.outline().size(); ++i) {
    if (source.outline()[i].keyword != "op") continue;
    for (const ast::Item *item : source.items(i)) {
      if (first) std::printf("## %s\n\n", fs::path(file).filename().string().c_str());
      first = false;
      printOperator(*item, compilation.sources());
    }
  }
}

void printOperatorReference(const std::vector<std::string> &files, const Invocation &invocation) {
  std::printf("# Operators\n\nGenerated from the declarations by `mdlc list operators --format md`; do not edit.\n"
              "A rule with `@tag` belongs to the conventions that use the tag; one without belongs to all.\n\n");
  for (const std::string &file : files) printOperatorFile(file, invocation);
}

struct Listing {
  const char *name, *help;
  std::vector<std::string_view> keywords;
};
const std::vector<Listing> &listings() {
  static const std::vector<Listing> all = {
      {"models", "pipelines", {"pipeline"}},
      {"operators", "operators of the library", {"op"}},
      {"modules", "modules", {"module"}},
      {"workloads", "workloads", {"workload"}},
      {"devices", "devices", {"device"}},
      {"precisions", "precisions", {"precision"}},
      {"utilisations", "utilisations", {"utilisation"}},
      {"residencies", "residencies", {"residency"}},
      {"formats", "formats of numbers", {"format"}},
      {"strategies", "ways to share a job", {"strategy"}},
      {"shardings", "ways to divide a model over devices", {"sharding"}},
      {"quantities", "numbers of a job on several devices, for targets and sweeps", {"quantity"}},
      {"modes", "parts of pipelines", {"mode"}},
      {"metrics", "metrics", {"metric"}},
      {"conventions", "counting conventions", {"convention"}},
      {"units", "units", {"unit"}},
      {"records", "records: jobs and kinds of data", {"record"}},
  };
  return all;
}

int runList(const ListOptions &options, const Invocation &invocation) {
  if (options.what == "errors") {
    for (const Explanation &each : explanations()) std::printf("%s\n", std::string(each.slug).c_str());
    return kOk;
  }
  if (isTargetListing(options.what) && options.file.empty())
    return listTargets({options.what, options.peaks, options.format == "json"}, options.diagnostics, invocation)
               ? kOk
               : kWrong;
  if (options.format == "json") {
    std::fputs("mdlc: only devices, precisions, utilisations, residencies and formats are listed as json\n", stderr);
    return kUsage;
  }
  for (const Listing &listing : listings()) {
    if (options.what != listing.name) continue;
    std::vector<std::string> files =
        options.file.empty() ? modelFiles(invocation) : std::vector<std::string>{options.file};
    if (options.format == "md" && options.what == "operators") {
      if (options.file.empty())
        std::erase_if(files, [](const std::string &f) { return f.find("/std/") == std::string::npos; });
      printOperatorReference(files, invocation);
      return kOk;
    }
    bool fine = true;
    for (const std::string &file : files) fine &= listDeclarations(file, listing.keywords, options, invocation);
    return fine ? kOk : kWrong;
  }
  return kOk;
}

} // namespace

void addList(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ListOptions>();
  CLI::App *command = app.add_subcommand("list", "Lists models, workloads, operators, devices...");
  std::vector<std::string> names{"errors"};
  for (const Listing &listing : listings()) names.emplace_back(listing.name);
  command->add_option("what", options->what, "What to list")->required()->check(CLI::IsMember(names));
  command->add_option("file", options->file, "Only those that this file declares")->type_name("FILE");
  command
      ->add_option("-f,--format", options->format,
                   "text; md for the reference of operators; json for devices, "
                   "precisions, utilisations, residencies and formats")
      ->check(CLI::IsMember({"text", "md", "json"}))
      ->capture_default_str();
  command->add_flag("--peaks", options->peaks, "Devices: every number, of what kind it is and where it is from");
  options->diagnostics.addTo(*command);
  command->footer("Examples:\n  mdlc list devices --peaks\n  mdlc list models\n  mdlc list workloads "
                  "models/wan2.1/job.mdl\n  mdlc list operators");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runList(*options, invocation); }; });
}

} // namespace mdl::tool
