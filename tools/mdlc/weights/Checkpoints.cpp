//===- Checkpoints.cpp - Kinds of files of weights ------------------------===//
#include "Checkpoints.h"
#include "../DataReader.h"
#include "runtime/Pattern.h"
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

std::vector<weights::Renaming> renamingsOf(const DataReader &read, const char *field) {
  std::vector<weights::Renaming> all;
  for (const DataReader &each : read.records(field))
    all.push_back({each.text("here"), each.text("there"), each.flag("squeezed"), each.flag("transposed")});
  return all;
}

Checkpoint checkpointOf(const ast::Item &item, const DataReader &read, driver::Compilation &source) {
  Checkpoint made;
  made.name = text(item.name.name), made.title = item.title, made.range = item.name.range, made.source = &source;
  for (const DataReader &each : read.records("tensors"))
    made.tensors.push_back({each.text("name"), each.texts("shape"), each.flag("optional")});
  made.lacks = read.texts("lacks"), made.stages = read.texts("stages"), made.folders = read.texts("folders");
  made.sizes = read.text("sizes");
  made.mapping = {renamingsOf(read, "names"), renamingsOf(read, "endings"), read.texts("ignored")};
  return made;
}

/// A size as a value of the language; one size where the record wants a list is a list of it.
sema::Value valueOf(sema::Checker &checker, const weights::NamedSize &size) {
  std::vector<sema::Value> numbers;
  for (Int each : size.values) numbers.push_back(sema::numberValue(checker.pool().constant(Rational(each))));
  return size.list ? checker.listValue(numbers) : numbers.front();
}

/// The numbers of a field; nothing for a field of another type.
std::optional<weights::NamedSize> sizeOf(sema::Checker &checker, const sema::Value &record, const ast::Field &field) {
  weights::NamedSize size;
  size.name = text(field.name.name);
  const sema::Value *value = checker.field(record, size.name);
  size.list = value && value->isList();
  llvm::ArrayRef<sema::Value> elements;
  if (size.list) elements = value->list->elements;
  else if (value) elements = *value;
  for (const sema::Value &each : elements) {
    auto number = each.isNumber() ? checker.pool().asInteger(each.number) : std::nullopt;
    if (!number) return std::nullopt;
    size.values.push_back(*number);
  }
  return size;
}

} // namespace

/// Of two with one name the first in the order of the folders counts, as for devices.
bool Checkpoints::isKnown(std::string_view name) const {
  return std::ranges::find(all_, name, &Checkpoint::name) != all_.end();
}

bool Checkpoints::load(const Invocation &invocation, const DiagnosticOptions &diagnostics) {
  for (const std::string &file : filesNamed("checkpoints.mdl", invocation)) {
    driver::Request request;
    request.path = file, request.searchPaths = driver::defaultSearchPaths(invocation.binary);
    auto compilation = std::make_unique<driver::Compilation>(request);
    bool opened = compilation->open();
    sema::Checker &checker = compilation->checker();
    if (opened)
      for (const ast::Item *item : checker.library().data("checkpoint", checker.mainFile()))
        if (sema::Value value = checker.dataValue(item); !value.isError() && !isKnown(text(item->name.name)))
          all_.push_back(checkpointOf(*item, DataReader(checker, value), *compilation));
    if (!printDiagnostics(*compilation, diagnostics) || !opened) return false;
    files_.push_back(std::move(compilation));
  }
  return true;
}

std::optional<std::vector<weights::NamedSize>>
Checkpoints::match(const Checkpoint &checkpoint, const weights::Inventory &inventory, std::string &why) {
  for (const std::string &pattern : checkpoint.lacks)
    for (const weights::Tensor &each : inventory.tensors)
      if (runtime::matchesPattern(pattern, each.name))
        return why = fmt::format("it has `{}`, which `{}` stands for", each.name, pattern), std::nullopt;
  return weights::matchSignature(checkpoint.tensors, inventory, why);
}

std::optional<std::vector<ToldSize>> Checkpoints::derive(const Checkpoint &checkpoint,
                                                         const std::vector<weights::NamedSize> &sizes,
                                                         const DiagnosticOptions &diagnostics) {
  std::vector<ToldSize> told;
  if (checkpoint.sizes.empty()) {
    for (const weights::NamedSize &each : sizes) told.push_back({each, ""});
    return told;
  }
  sema::Checker &checker = checkpoint.source->checker();
  std::vector<std::pair<std::string_view, sema::Value>> fields;
  for (const weights::NamedSize &each : sizes) fields.emplace_back(each.name, valueOf(checker, each));
  sema::Value record = checker.recordValue(checkpoint.sizes, checkpoint.range, fields);
  if (!printDiagnostics(*checkpoint.source, diagnostics) || record.isError()) return std::nullopt;
  for (const ast::Field &field : record.record->schema->fields)
    if (auto size = sizeOf(checker, record, field)) told.push_back({std::move(*size), std::string(field.doc)});
  return told;
}

std::optional<std::string> Checkpoints::locate(const std::string &file, std::string &why) const {
  std::error_code ignored;
  if (fs::exists(file, ignored)) return file;
  std::set<std::string> variables;
  for (const Checkpoint &each : all_)
    for (const std::string &folder : each.folders) {
      size_t end = std::min(folder.find('/'), folder.size());
      std::string variable = folder.substr(0, end);
      const char *value = std::getenv(variable.c_str());
      if (!value || !*value) {
        variables.insert(variable);
        continue;
      }
      fs::path path = fs::path(value + folder.substr(end)) / file;
      if (fs::exists(path, ignored)) return path.string();
      variables.insert(variable + "=" + value);
    }
  why = "no such file, neither here nor below " + fmt::format("{}", fmt::join(variables, ", "));
  return std::nullopt;
}

} // namespace mdl::tool
