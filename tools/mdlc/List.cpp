//===- List.cpp - mdlc list -----------------------------------------------===//
#include "Command.h"
#include "compiler/support/Explain.h"
#include <cstdio>
#include <filesystem>
#include <set>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

struct ListOptions {
  std::string what, file;
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
void listDeclarations(const std::string &file, llvm::ArrayRef<std::string_view> keywords, const Invocation &invocation) {
  driver::Request request;
  request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation.binary);
  driver::Compilation compilation(request);
  if (!compilation.open()) return;
  parse::File &source = *compilation.checker().mainFile()->file;
  for (size_t i = 0; i < source.outline().size(); ++i) {
    if (!llvm::is_contained(keywords, source.outline()[i].keyword)) continue;
    for (const ast::Item *item : source.items(i)) {
      std::string about = item->title.empty() ? firstLine(item->doc) : std::string(item->title);
      std::printf("%-24s %s  (%s)\n", std::string(text(item->name.name)).c_str(), about.c_str(), file.c_str());
    }
  }
}

struct Listing {
  const char *name, *help;
  std::vector<std::string_view> keywords;
};
const std::vector<Listing> &listings() {
  static const std::vector<Listing> all = {
      {"models", "pipelines", {"pipeline"}},     {"operators", "operators of the library", {"op"}},
      {"modules", "modules", {"module"}},        {"workloads", "workloads", {"workload"}},
      {"devices", "devices", {"device"}},        {"precisions", "precisions", {"precision"}},
      {"metrics", "metrics", {"metric"}},        {"conventions", "counting conventions", {"convention"}},
      {"units", "units", {"unit"}},              {"records", "records: jobs and kinds of data", {"record"}},
  };
  return all;
}

int runList(const ListOptions &options, const Invocation &invocation) {
  if (options.what == "errors") {
    for (const Explanation &each : explanations()) std::printf("%s\n", std::string(each.slug).c_str());
    return kOk;
  }
  for (const Listing &listing : listings()) {
    if (options.what != listing.name) continue;
    std::vector<std::string> files = options.file.empty() ? modelFiles(invocation) : std::vector<std::string>{options.file};
    for (const std::string &file : files) listDeclarations(file, listing.keywords, invocation);
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
  options->diagnostics.addTo(*command);
  command->footer("Examples:\n  mdlc list models\n  mdlc list workloads models/wan2.1/job.mdl\n  mdlc list operators");
  command->callback([&invocation, options] { invocation.run = [&invocation, options] { return runList(*options, invocation); }; });
}

} // namespace mdl::tool
