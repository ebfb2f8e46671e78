//===- Library.cpp - Loading files and finding declarations ---------------===//
#include "Library.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace mdl::sema {

Library::Library(SourceManager &sources, DiagnosticEngine &diagnostics, std::vector<std::string> searchPaths)
    : sources_(sources), diagnostics_(diagnostics), searchPaths_(std::move(searchPaths)) {}

/// The importing file's folder first, then the search path; the path itself when nothing is there.
std::string Library::resolve(const std::string &path, SrcRange site) const {
  if (!site.isValid() || fs::path(path).is_absolute()) return path;
  std::vector<fs::path> folders;
  if (LoadedFile *from = fileOf(site)) folders.push_back(fs::path(from->path).parent_path());
  folders.insert(folders.end(), searchPaths_.begin(), searchPaths_.end());
  std::error_code ignored;
  for (const fs::path &folder : folders)
    if (fs::exists(folder / path, ignored)) return (folder / path).lexically_normal().string();
  return path;
}

/// Reads a whole file; on failure the reason.
static bool readFile(const std::string &path, const llvm::sys::fs::file_status &status, std::string &content,
                     std::string &reason) {
  if (status.type() == llvm::sys::fs::file_type::directory_file) return reason = "it is a folder", false;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return reason = std::strerror(errno), false;
  bool isFile = status.type() == llvm::sys::fs::file_type::regular_file;
  content.assign(isFile ? status.getSize() : 0, ' ');
  if (content.size() > parse::kMaxSourceBytes) return true; // refused by its size, unread
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<size_t>(stream.gcount()));
  if (content.empty()) content.assign(std::istreambuf_iterator<char>(stream), {}); // a pipe has no size
  return true;
}

LoadedFile *Library::load(const std::string &path, SrcRange site) {
  std::string resolved = resolve(path, site);
  llvm::sys::fs::file_status status;
  std::error_code missing = llvm::sys::fs::status(resolved, status);
  auto known = missing ? byFile_.end() : byFile_.find(status.getUniqueID());
  if (known != byFile_.end()) {
    LoadedFile *file = known->second;
    if (site.isValid() && llvm::is_contained(loading_, file)) {
      std::string cycle;
      for (auto at = llvm::find(loading_, file); at != loading_.end(); ++at) cycle += (*at)->path + " -> ";
      diagnostics_.report(DiagId::ImportCycle, site, {cycle + file->path});
      return nullptr;
    }
    return file;
  }
  std::string content, reason;
  if (!readFile(resolved, status, content, reason)) {
    diagnostics_.report(DiagId::FileNotFound, site, {path, reason});
    return nullptr;
  }
  auto owned = std::make_unique<LoadedFile>();
  LoadedFile *file = owned.get();
  file->path = resolved;
  FileId id = sources_.add(resolved, std::move(content));
  file->file = std::make_unique<parse::File>(sources_, diagnostics_, id);
  files_.push_back(std::move(owned));
  byFile_[status.getUniqueID()] = file;
  byId_[id.index] = file;
  loading_.push_back(file);
  index(*file);
  loading_.pop_back();
  return file;
}

bool Library::loadPrelude() {
  std::error_code ignored;
  for (const std::string &folder : searchPaths_)
    if (std::string path = folder + "/core.mdl"; fs::exists(path, ignored)) {
      prelude_ = load(path, {});
      return prelude_ != nullptr;
    }
  diagnostics_.report(DiagId::FileNotFound, {}, {"core.mdl", "it is in no folder of the search path (MDL_PATH)"});
  return false;
}

static bool isKeyword(std::string_view word) {
  static constexpr std::string_view kNamed[] = {"op", "module", "pipeline", "fn", "record", "enum", "const", "unit"};
  return std::find(std::begin(kNamed), std::end(kNamed), word) != std::end(kNamed);
}

void Library::index(LoadedFile &file) {
  const auto &outline = file.file->outline();
  for (uint32_t i = 0; i < outline.size(); ++i) {
    const parse::Outlined &declared = outline[i];
    if (declared.keyword == "import") {
      for (const ast::Item *item : file.file->items(i)) {
        if (item->kind != ast::ItemKind::Import) continue;
        LoadedFile *imported = load(std::string(item->path), item->range);
        if (!imported) continue;
        if (item->alias) file.aliases.emplace_back(item->alias.name, imported);
        else file.imports.push_back(imported);
      }
    } else if (isKeyword(declared.keyword)) {
      auto [at, isNew] = file.declared.try_emplace(declared.name.index, i);
      if (!isNew)
        diagnostics_.report(DiagId::DuplicateName, declared.range, {std::string(text(declared.name))})
            .note(outline[at->second].range, "the first is here");
    } else if (declared.keyword != "extend") file.data.push_back(i);
  }
}

const ast::Item *Library::findIn(LoadedFile &file, NameId name) {
  auto at = file.declared.find(name.index);
  if (at == file.declared.end()) return nullptr;
  DiagnosticEngine::Pin pin(diagnostics_); // a declaration is parsed once
  for (const ast::Item *item : file.file->items(at->second))
    if (item->name.name == name) return item;
  return nullptr;
}

std::vector<LoadedFile *> Library::reachable(LoadedFile *from) const {
  std::vector<LoadedFile *> files{from};
  for (size_t i = 0; i < files.size(); ++i)
    for (LoadedFile *next : files[i]->imports)
      if (!llvm::is_contained(files, next)) files.push_back(next);
  if (prelude_ && !llvm::is_contained(files, prelude_)) files.push_back(prelude_);
  return files;
}

const ast::Item *Library::find(NameId name, SrcRange from) {
  DiagnosticEngine::Pin pin(diagnostics_); // what is found is remembered
  LoadedFile *file = fileOf(from);
  if (!file) file = prelude_;
  if (!file) return nullptr;
  auto key = std::make_pair(file->file->id().index, name.index);
  if (auto known = found_.find(key); known != found_.end()) return known->second;
  const ast::Item *result = findIn(*file, name);
  if (!result)
    for (LoadedFile *other : reachable(file)) {
      const ast::Item *item = other == file ? nullptr : findIn(*other, name);
      if (!item) continue;
      if (!result) result = item;
      else
        diagnostics_.report(DiagId::AmbiguousName, from, {std::string(text(name))})
            .note(result->name.range, "one is here")
            .note(item->name.range, "another is here");
    }
  return found_[key] = result;
}

const ast::Item *Library::findQualified(NameId alias, NameId name, SrcRange from) {
  LoadedFile *file = fileOf(from);
  if (!file) return nullptr;
  for (auto &[known, target] : file->aliases)
    if (known == alias)
      for (LoadedFile *other : reachable(target))
        if (const ast::Item *item = findIn(*other, name)) return item;
  return nullptr;
}

bool Library::isDeclared(NameId name, SrcRange from) const {
  LoadedFile *file = fileOf(from);
  return file && llvm::any_of(reachable(file), [&](LoadedFile *other) { return other->declared.contains(name.index); });
}

bool Library::isAlias(NameId name, SrcRange from) const {
  LoadedFile *file = fileOf(from);
  return file && llvm::any_of(file->aliases, [&](auto &alias) { return alias.first == name; });
}

static void collectData(LoadedFile &file, std::string_view kind, std::vector<const ast::Item *> &into) {
  for (uint32_t i : file.data)
    if (file.file->outline()[i].keyword == kind)
      for (const ast::Item *item : file.file->items(i))
        if (item->kind == ast::ItemKind::Data) into.push_back(item);
}

std::vector<const ast::Item *> Library::data(std::string_view kind, LoadedFile *from) {
  std::vector<const ast::Item *> items;
  for (LoadedFile *file : reachable(from)) collectData(*file, kind, items);
  return items;
}

std::vector<const ast::Item *> Library::preludeData(std::string_view kind) {
  std::vector<const ast::Item *> items;
  if (prelude_) collectData(*prelude_, kind, items);
  return items;
}

llvm::ArrayRef<const ast::Item *> Library::extensions(NameId op) {
  for (; extensionsOf_ < files_.size(); ++extensionsOf_) {
    LoadedFile &file = *files_[extensionsOf_];
    const auto &outline = file.file->outline();
    for (uint32_t i = 0; i < outline.size(); ++i)
      if (outline[i].keyword == "extend")
        for (const ast::Item *item : file.file->items(i)) extensions_[item->name.name.index].push_back(item);
  }
  auto at = extensions_.find(op.index);
  if (at == extensions_.end()) return {};
  return at->second;
}

std::vector<std::string_view> Library::visibleNames(SrcRange from) {
  std::vector<std::string_view> names;
  LoadedFile *file = fileOf(from);
  if (!file) return names;
  for (LoadedFile *other : reachable(file))
    for (const parse::Outlined &declared : other->file->outline())
      if (isKeyword(declared.keyword)) names.push_back(text(declared.name));
  return names;
}

LoadedFile *Library::fileOf(SrcRange range) const {
  FileId id = sources_.fileOf(range.begin);
  auto at = id.isValid() ? byId_.find(id.index) : byId_.end();
  return at == byId_.end() ? nullptr : at->second;
}

} // namespace mdl::sema
