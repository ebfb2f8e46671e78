//===- Describe.cpp - What a report says of a model -----------------------===//
#include "Describe.h"
#include "SourceNames.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <algorithm>
#include <filesystem>

namespace fs = std::filesystem;

namespace mdl::driver {

using runtime::CategoryRule;
using runtime::ModelFacts;
using runtime::ModelSource;
using runtime::NamedNumber;

//===--- Sources ------------------------------------------------------------------===//

/// The text of the comment that a file begins with, on one line.
static std::string firstComment(std::string_view text) {
  std::string comment;
  while (text.starts_with("//") && !text.starts_with("///")) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(2, end - 2);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    comment += line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return comment;
}

/// The first word of 7 to 40 hexadecimal digits, of which one is no letter.
static std::string_view firstCommit(std::string_view text) {
  auto isWordChar = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && isWordChar(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    bool isHex = word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    bool hasDigit = word.find_first_of("0123456789") != std::string_view::npos;
    if (isHex && hasDigit && word.size() >= 7 && word.size() <= 40) return word;
    at = end + 1;
  }
  return {};
}

/// What stands after `Source:`, up to the end of the sentence; the commit after `at` in it.
static void readStatement(std::string_view text, ModelSource &source) {
  constexpr std::string_view kMark = "Source: ";
  std::string comment = firstComment(text);
  size_t at = comment.find(kMark);
  if (at == std::string::npos) return;
  source.vendor = comment.substr(at + kMark.size());
  source.vendor.resize(std::min(source.vendor.find(". "), source.vendor.size()));
  if (source.vendor.ends_with('.')) source.vendor.pop_back();
  source.commit = firstCommit(source.vendor);
}

/// The files that a file sees: itself and all that it imports.
static void addReachable(const sema::LoadedFile *file, llvm::SmallPtrSetImpl<const sema::LoadedFile *> &seen) {
  if (!file || !seen.insert(file).second) return;
  for (const sema::LoadedFile *each : file->imports) addReachable(each, seen);
  for (const auto &[name, each] : file->aliases) addReachable(each, seen);
}

static void describeSources(Compilation &compilation, ModelFacts &facts) {
  sema::Checker &checker = compilation.checker();
  llvm::SmallPtrSet<const sema::LoadedFile *, 32> ofModel;
  addReachable(checker.mainFile(), ofModel), addReachable(checker.library().prelude(), ofModel);
  std::string mainPath;
  for (const auto &file : checker.library().files()) {
    std::string_view text = compilation.sources().file(file->file->id()).text;
    ModelSource source{pathBelow(file->path, compilation.request().searchPaths), sha256(text), "", "",
                       ofModel.contains(file.get())};
    readStatement(text, source);
    if (file.get() == checker.mainFile())
      mainPath = source.path, facts.vendor = source.vendor, facts.commit = source.commit;
    facts.sources.push_back(std::move(source));
  }
  std::ranges::sort(facts.sources, {}, &ModelSource::path);
  for (const ModelSource &source : facts.sources) // the model's own file may leave it to those that it imports
    if (facts.commit.empty() && fs::path(source.path).parent_path() == fs::path(mainPath).parent_path())
      facts.vendor = source.vendor, facts.commit = source.commit;
  std::string all;
  for (const ModelSource &source : facts.sources)
    if (source.ofModel) all += source.path + " " + source.sha256 + "\n";
  facts.version = sha256(all);
}

/// A name with other characters than letters, digits and `_` replaced by `_`.
static std::string plainName(std::string name) {
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80) c = '_';
  return name.empty() ? "model" : name;
}

std::string familyOf(Compilation &compilation) {
  std::error_code ignored;
  fs::path path = fs::absolute(compilation.request().path, ignored).lexically_normal();
  std::string family = compilation.defaultOf("family");
  return plainName(family.empty() ? path.parent_path().filename().string() : family);
}

static void describeNames(Compilation &compilation, ModelFacts &facts) {
  std::error_code ignored;
  fs::path path = fs::absolute(compilation.request().path, ignored).lexically_normal();
  facts.path = compilation.request().path;
  facts.variant = path.stem().string();
  facts.family = familyOf(compilation);
}

//===--- Named numbers --------------------------------------------------------------===//

runtime::Program numbersOf(Compilation &compilation) {
  ir::CostModule module;
  module.pool = compilation.costs().pool;
  module.inputs = compilation.costs().inputs;
  for (const auto &[name, value] : compilation.model().numbers) {
    module.metrics.push_back({});
    module.metrics.back().name = name;
    module.totals.push_back(value);
  }
  return emit(module);
}

//===--- Blocks of data ---------------------------------------------------------------===//

static std::vector<std::string> texts(const sema::Value *list) {
  std::vector<std::string> all;
  for (const sema::Value &each : list->list->elements) all.emplace_back(*each.string);
  return all;
}

/// A class stands for itself and all classes below it.
static std::vector<std::string> withClasses(sema::Checker &checker, const std::vector<std::string> &names) {
  std::vector<std::string> all = names;
  for (const std::string &name : names)
    for (uint16_t i = 0; i < checker.classCount(); ++i)
      if (std::string each(checker.className({i})); checker.isClass({i}, name) && each != name) all.push_back(each);
  return all;
}

static bool describeCategories(Compilation &compilation, ModelFacts &facts) {
  sema::Checker &checker = compilation.checker();
  for (const ast::Item *item : checker.library().data("category", checker.mainFile())) {
    sema::Value value = checker.dataValue(item);
    if (value.isError()) return false;
    facts.categories.push_back({std::string(text(item->name.name)), std::string(item->title),
                                texts(checker.field(value, "ids")),
                                withClasses(checker, texts(checker.field(value, "operators")))});
  }
  return true;
}

static void readMap(const sema::Value *map, runtime::SchemaNames::Names &into) {
  for (const sema::MapEntry &entry : map->map->entries) into.emplace_back(text(entry.key), *entry.value.string);
}

static bool describeSchemaNames(Compilation &compilation, ModelFacts &facts) {
  sema::Checker &checker = compilation.checker();
  for (const ast::Item *item : checker.library().data("schema_names", checker.mainFile())) {
    sema::Value value = checker.dataValue(item);
    if (value.isError()) return false;
    readMap(checker.field(value, "stage"), facts.names.stages);
    readMap(checker.field(value, "number"), facts.names.numbers);
    readMap(checker.field(value, "input"), facts.names.inputs);
  }
  return true;
}

/// What is the same for every job.
static ModelFacts identity(Compilation &compilation) {
  ModelFacts facts;
  describeNames(compilation, facts);
  describeSources(compilation, facts);
  return facts;
}

ModelFacts identify(Compilation &compilation) {
  ModelFacts facts = identity(compilation);
  facts.numbers = runtime::evaluateNumbers(numbersOf(compilation), compilation.inputs());
  return facts;
}

std::optional<ModelFacts> describe(Compilation &compilation) {
  ModelFacts facts = identify(compilation);
  if (!describeCategories(compilation, facts) || !describeSchemaNames(compilation, facts)) return std::nullopt;
  for (const sema::Input &input : compilation.model().inputs) facts.defaults.push_back(input.defaultValue);
  return facts;
}

//===--- The file of a compiled program -------------------------------------------------===//

/// `FILE:LINE:COLUMN` with a file that was found by its whole path named below a folder of models.
static void makePortable(std::string &place, const std::vector<std::string> &folders) {
  size_t column = place.rfind(':'), line = column == 0 ? std::string::npos : place.rfind(':', column - 1);
  if (column == std::string::npos || line == std::string::npos || !fs::path(place).is_absolute()) return;
  place = pathBelow(place.substr(0, line), folders) + place.substr(line);
}

runtime::CompiledModel compiledModel(Compilation &compilation) {
  runtime::CompiledModel made;
  const Request &request = compilation.request();
  made.program = compilation.program(), made.numbers = numbersOf(compilation);
  made.target = compilation.targetInfo(), made.facts = identity(compilation);
  made.source = request.path, made.workload = request.workload, made.job = compilation.inputs();
  for (const Diagnostic *diagnostic : compilation.diagnostics().sorted())
    if (diagnostic->severity() == Severity::Warning) made.notes.push_back(diagnostic->message());
  for (runtime::Guard &guard : made.program.guards) makePortable(guard.place, request.searchPaths);
  for (runtime::Node &node : made.program.nodes) makePortable(node.place, request.searchPaths);
  return made;
}

} // namespace mdl::driver
