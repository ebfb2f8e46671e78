//===- Library.h - Loaded files and the names they declare ------*- C++ -*-===//
// A file sees its own declarations, those of the files that it imports (and of
// theirs), and the prelude core.mdl. Files are loaded once; a declaration is
// parsed when it is first found by name.
//===----------------------------------------------------------------------===//
#pragma once
#include "../parse/Parse.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/FileSystem/UniqueID.h"
#include <map>
#include <memory>
#include <string>

namespace mdl::sema {

/// One loaded file with its imports.
struct LoadedFile {
  std::string path;
  std::unique_ptr<parse::File> file;
  std::vector<LoadedFile *> imports;                    ///< Unqualified ones, in order
  std::vector<std::pair<NameId, LoadedFile *>> aliases; ///< `import "x.mdl" as x`
  llvm::DenseMap<uint32_t, uint32_t> declared;          ///< Name -> position in the outline
  std::vector<uint32_t> data;                           ///< Outline positions of data blocks
};

class Library {
public:
  Library(SourceManager &sources, DiagnosticEngine &diagnostics, std::vector<std::string> searchPaths);

  /// Loads a file and what it imports. Null when it cannot be read (reported at `site`, which may be no place).
  LoadedFile *load(const std::string &path, SrcRange site);
  /// Loads core.mdl; false when it is missing.
  bool loadPrelude();
  /// The op, module, fn, record, enum, const, unit or pipeline called `name` as seen from the file of `from`; or null.
  const ast::Item *find(NameId name, SrcRange from);
  /// The same, only in what alias `alias` stands for.
  const ast::Item *findQualified(NameId alias, NameId name, SrcRange from);
  /// True when a visible file declares `name`, even if its declaration could not be parsed: the error has been reported.
  bool isDeclared(NameId name, SrcRange from) const;
  bool isAlias(NameId name, SrcRange from) const;
  /// All data blocks of a kind that the file of `from` sees, in order of files and lines.
  std::vector<const ast::Item *> data(std::string_view kind, LoadedFile *from);
  /// All data blocks of a kind in the prelude.
  std::vector<const ast::Item *> preludeData(std::string_view kind);
  /// Every `extend` of an operator in the loaded files.
  llvm::ArrayRef<const ast::Item *> extensions(NameId op);
  /// Everything that can be named from here: for "did you mean".
  std::vector<std::string_view> visibleNames(SrcRange from);
  LoadedFile *fileOf(SrcRange range) const;
  LoadedFile *prelude() const { return prelude_; }
  const std::vector<std::unique_ptr<LoadedFile>> &files() const { return files_; }

  SourceManager &sources() { return sources_; }

private:
  std::string resolve(const std::string &path, SrcRange site) const;
  void index(LoadedFile &file);
  const ast::Item *findIn(LoadedFile &file, NameId name);
  std::vector<LoadedFile *> reachable(LoadedFile *from) const;

  SourceManager &sources_;
  DiagnosticEngine &diagnostics_;
  std::vector<std::string> searchPaths_;
  std::vector<std::unique_ptr<LoadedFile>> files_;
  std::map<llvm::sys::fs::UniqueID, LoadedFile *> byFile_; ///< Whatever path leads there
  std::vector<LoadedFile *> loading_;
  llvm::DenseMap<uint32_t, LoadedFile *> byId_;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, const ast::Item *> found_;
  llvm::DenseMap<uint32_t, std::vector<const ast::Item *>> extensions_;
  size_t extensionsOf_ = 0;
  LoadedFile *prelude_ = nullptr;
};

} // namespace mdl::sema
