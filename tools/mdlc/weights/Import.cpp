//===- Import.cpp - mdlc import -------------------------------------------===//
// A config.json becomes a pipeline: that of a model of its family, with the
// family's record made of the configuration's fields. Which field is which is
// data (`config` in core.mdl); a field that no list of it has is refused.
//===----------------------------------------------------------------------===//
#include "../DataReader.h"
#include "../OutputFile.h"
#include "runtime/Pattern.h"
#include "runtime/weights/ConfigFile.h"
#include <CLI/CLI.hpp>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

using weights::ConfigEntry;

struct ImportOptions {
  std::string file, name, output;
  DiagnosticOptions diagnostics;
};

/// A `config` block of core.mdl's record.
struct Family {
  struct Field {
    std::string here, there, otherwise;
  };
  std::string name, title, folder, like, makes;
  std::vector<std::string> types, ignored;
  std::vector<Field> fields;
  std::vector<std::pair<std::string, std::string>> expected;
};

Family familyOf(const ast::Item &item, const DataReader &read, const std::string &file) {
  Family made;
  made.name = text(item.name.name), made.title = item.title, made.folder = fs::path(file).parent_path().string();
  made.like = read.text("like"), made.makes = read.text("makes");
  made.types = read.texts("model_type"), made.ignored = read.texts("ignored");
  for (const DataReader &each : read.records("fields")) {
    std::string here = each.text("here"), there = each.text("there");
    made.fields.push_back({here, there.empty() ? here : there, each.text("otherwise")});
  }
  for (const DataReader &each : read.records("expected"))
    made.expected.emplace_back(each.text("there"), each.text("is"));
  return made;
}

class Importer {
public:
  Importer(const ImportOptions &options, const Invocation &invocation) : options_(options), invocation_(invocation) {}

  std::optional<std::string> run() {
    if (!readConfig() || !chooseFamily() || !checkFields()) return std::nullopt;
    driver::Request request;
    request.path = fileBeside(family_->folder + "/", family_->like, invocation_);
    request.searchPaths = driver::defaultSearchPaths(invocation_.binary);
    driver::Compilation like(request);
    bool opened = like.open();
    if (!printDiagnostics(like, options_.diagnostics) || !opened) return std::nullopt;
    auto arguments = argumentsOf(like.checker());
    if (!arguments) return std::nullopt;
    return write(like, *arguments);
  }

private:
  bool fail(std::string place, std::string message) {
    printError({"bad-config", std::move(message), std::move(place)}, options_.diagnostics);
    return false;
  }
  std::string placeOf(std::string_view field) const {
    return fmt::format("{}: `{}`", weights::shownPath(options_.file), field);
  }

  bool readConfig() {
    std::string why;
    auto file = weights::InputFile::open(options_.file, why);
    if (!file) {
      printError({"file-not-found", fmt::format("cannot read `{}`: {}", weights::shownPath(options_.file), why), ""},
                 options_.diagnostics);
      return false;
    }
    weights::Fault fault;
    auto entries = weights::readConfig(*file, fault);
    if (!entries)
      return fail(weights::shownPath(fault.file) + (fault.place.empty() ? "" : ": " + fault.place), fault.what);
    entries_ = std::move(*entries);
    return true;
  }

  const ConfigEntry *find(std::string_view path) const {
    auto at = std::ranges::find(entries_, path, &ConfigEntry::path);
    return at == entries_.end() || at->value == "null" ? nullptr : &*at;
  }

  bool chooseFamily() {
    const ConfigEntry *type = find("model_type");
    if (!type) return fail(weights::shownPath(options_.file), "it has no `model_type`: no config.json of Hugging Face");
    std::string known;
    for (const std::string &file : filesNamed("configs.mdl", invocation_)) {
      driver::Request request;
      request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation_.binary);
      driver::Compilation compilation(request);
      bool opened = compilation.open();
      sema::Checker &checker = compilation.checker();
      if (opened)
        for (const ast::Item *item : checker.library().data("config", checker.mainFile())) {
          sema::Value value = checker.dataValue(item);
          if (value.isError()) continue;
          Family made = familyOf(*item, DataReader(checker, value), file);
          for (const std::string &each : made.types) known += (known.empty() ? "`" : ", `") + each + "`";
          if (!family_ && std::ranges::find(made.types, type->value) != made.types.end()) family_ = std::move(made);
        }
      if (!printDiagnostics(compilation, options_.diagnostics) || !opened) return false;
    }
    return family_ ||
           fail(placeOf("model_type"), fmt::format("`{}` is no known family; known are {}", weights::shown(type->value),
                                                   known.empty() ? "none" : known));
  }

  /// Every field is used, taken for granted, or known to change no shape.
  bool checkFields() {
    for (const ConfigEntry &each : entries_) {
      if (each.path == "model_type" ||
          std::ranges::find(family_->fields, each.path, &Family::Field::there) != family_->fields.end())
        continue;
      auto expected = std::ranges::find(family_->expected, each.path, &std::pair<std::string, std::string>::first);
      if (expected != family_->expected.end()) {
        if (each.value == expected->second || each.value == "null") continue;
        return fail(placeOf(each.path),
                    fmt::format("it is `{}`; the models of `config {}` have `{}`, and another value changes shapes",
                                weights::shown(each.value), family_->name, expected->second));
      }
      bool ignored = std::ranges::any_of(
          family_->ignored, [&](const std::string &pattern) { return runtime::matchesPattern(pattern, each.path); });
      if (!ignored)
        return fail(placeOf(each.path),
                    fmt::format("`config {}` does not know this field, which may change shapes; its `ignored` lists "
                                "those that do not",
                                family_->name));
      unused_.push_back(&each);
    }
    return true;
  }

  /// A number, a truth value or a name of a choice, as the language writes it.
  std::optional<std::string> valueOf(const Family::Field &field) {
    if (const ConfigEntry *entry = find(field.there)) {
      bool plain = !entry->value.empty() && std::ranges::all_of(entry->value, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
      });
      if (plain) return entry->value;
      return fail(placeOf(field.there),
                  fmt::format("`{}` is no count, truth value or name", weights::shown(entry->value))),
             std::nullopt;
    }
    if (!field.otherwise.empty()) return filled(field.otherwise);
    return fail(weights::shownPath(options_.file),
                fmt::format("it has no `{}`, which gives `{}`", field.there, field.here)),
           std::nullopt;
  }

  /// The text with each `{name}` replaced by that field of the configuration.
  std::optional<std::string> filled(const std::string &pattern) {
    std::string text;
    for (size_t at = 0; at < pattern.size();) {
      size_t open = std::min(pattern.find('{', at), pattern.size());
      text += pattern.substr(at, open - at);
      if (open == pattern.size()) break;
      size_t close = std::min(pattern.find('}', open), pattern.size() - 1);
      std::string name = pattern.substr(open + 1, close - open - 1);
      auto value = valueOf({name, name, ""});
      if (!value) return std::nullopt;
      text += *value;
      at = close + 1;
    }
    return text;
  }

  /// `hidden_size: 4096, attention: MlaConfig(q_lora_rank: 1536)`
  std::optional<std::string> argumentsOf(sema::Checker &checker) {
    const ast::Item *record = checker.library().find(intern(family_->makes), checker.pipelines().front()->range);
    std::vector<std::pair<std::string, std::string>> groups; ///< By the field of the outer record
    for (const Family::Field &each : family_->fields) {
      auto value = valueOf(each);
      if (!value) return std::nullopt;
      size_t dot = each.here.find('.');
      std::string outer = each.here.substr(0, dot),
                  argument = dot == std::string::npos ? *value : each.here.substr(dot + 1) + ": " + *value;
      auto at = std::ranges::find(groups, outer, &std::pair<std::string, std::string>::first);
      if (at == groups.end()) groups.emplace_back(outer, argument);
      else at->second += ", " + argument;
    }
    std::string all;
    for (auto &[name, value] : groups) {
      if (value.find(": ") != std::string::npos && record)
        for (const ast::Field &field : record->fields)
          if (text(field.name.name) == name) value = std::string(text(field.type->name.name)) + "(" + value + ")";
      all += (all.empty() ? "" : ", ") + name + ": " + value;
    }
    return all;
  }

  std::string pipelineName() const {
    std::string name =
        options_.name.empty() ? fs::absolute(options_.file).parent_path().filename().string() : options_.name;
    for (char &c : name)
      c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                                                      : '_';
    return name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) ? "imported_" + name : name;
  }

  /// The statements of the pipeline that it is like. A claim loses its text, which speaks of that model.
  std::string write(driver::Compilation &like, const std::string &arguments) {
    const ast::Item *pipeline = like.checker().pipelines().front();
    SourceManager &sources = like.sources();
    std::string out = fmt::format("// {}.mdl - {}, out of {} by `mdlc import`.\n", pipelineName(), family_->title,
                                  weights::shown(fs::path(options_.file).filename().string()));
    for (const ConfigEntry *each : unused_)
      out += fmt::format("// not used: {} = {}\n", weights::shown(each->path), weights::shown(each->value));
    out += fmt::format("import \"{}\"\n\n/// {}.\npipeline {}({}) {{\n", family_->like, family_->title, pipelineName(),
                       sources.text(pipeline->params.front().range));
    for (const ast::Stmt *stmt : pipeline->body) {
      std::string_view written = sources.text(stmt->range);
      size_t call = written.find(family_->makes + "(");
      if (stmt->kind == ast::StmtKind::Let && call != std::string_view::npos)
        out += fmt::format("  {}{}({})\n", written.substr(0, call), family_->makes, arguments);
      else if (stmt->kind == ast::StmtKind::Claim) out += fmt::format("  claim {}\n", sources.text(stmt->expr->range));
      else out += fmt::format("  {}\n", written);
    }
    return out + "}\n";
  }

  const ImportOptions &options_;
  const Invocation &invocation_;
  std::vector<ConfigEntry> entries_;
  std::optional<Family> family_;
  std::vector<const ConfigEntry *> unused_;
};

int runImport(const ImportOptions &options, const Invocation &invocation) {
  auto text = Importer(options, invocation).run();
  if (!text) return kWrong;
  if (options.output.empty()) return std::fwrite(text->data(), 1, text->size(), stdout) == text->size() ? kOk : kWrong;
  auto fault = writeWhole(options.output, *text);
  if (fault) printError({"cannot-write", *fault, ""}, options.diagnostics);
  return fault ? kWrong : kOk;
}

} // namespace

void addImport(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App *command =
      app.add_subcommand("import", "Makes a model of a config.json of Hugging Face, if its family is known");
  command->add_option("file", options->file, "The configuration, config.json")->required()->type_name("FILE");
  command
      ->add_option("--name", options->name, "What the pipeline is called; otherwise as the folder of the configuration")
      ->type_name("NAME");
  command->add_option("-o,--output", options->output, "Where the model is written; otherwise to stdout")
      ->type_name("FILE");
  options->diagnostics.addTo(*command);
  command->footer(
      "Fields that change no shape are listed in the model's head; one that is not known is an error.\nExample:\n"
      "  mdlc import Qwen3-4B/config.json -o qwen3_4b.mdl && mdlc eval qwen3_4b.mdl");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runImport(*options, invocation); }; });
}

} // namespace mdl::tool
