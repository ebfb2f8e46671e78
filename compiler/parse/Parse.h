//===- Parse.h - Source text to syntax trees --------------------*- C++ -*-===//
// No ANTLR type crosses this header. A file is first outlined: a scan finds its
// declarations, checks its limits (size, nesting, encoding) and nothing else. A
// declaration is parsed when it is first asked for, so a program that uses three
// operators of a library pays for three.
//
// Trees point into the text of the SourceManager and into the arena of the File;
// both live as long as the trees are used.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ast/Ast.h"
#include "../support/Diagnostic.h"
#include <vector>

namespace mdl::parse {

/// What the outline knows of a declaration before it is parsed.
struct Outlined {
  std::string_view keyword; ///< `op`, `module`, ... or the kind of a data block: `workload`
  NameId name;              ///< The declared name; for `import` the quoted path; empty where it could not be read
  SrcRange nameRange;       ///< Of the name; invalid for `import`
  SrcRange range;           ///< From its doc comment to its end
  bool broken = false;      ///< The scan has refused it, with an error: it has no items
};

/// The limits that hold before any parser runs (contract: Commands).
inline constexpr size_t kMaxSourceBytes = size_t{8} << 20;
inline constexpr unsigned kMaxNesting = 256;

/// A file whose declarations are parsed on demand.
class File {
public:
  File(SourceManager &sources, DiagnosticEngine &diagnostics, FileId id);
  FileId id() const { return id_; }
  /// All declarations in source order.
  const std::vector<Outlined> &outline() const { return outline_; }
  /// Parses declaration `index` of the outline, once; reports its syntax errors. One item; after errors it lacks the
  /// faulty statements, and there is none if the fault is in its head or `broken` is set.
  llvm::ArrayRef<const ast::Item *> items(size_t index);
  /// Parses everything, in order.
  std::vector<const ast::Item *> all();

private:
  SourceManager &sources_;
  DiagnosticEngine &diagnostics_;
  FileId id_;
  ast::Arena arena_;
  std::vector<Outlined> outline_;
  std::vector<std::vector<const ast::Item *>> parsed_;
  std::vector<bool> done_;
};

/// Parses one expression, for the command line (`--set`, `--where`). Null after a syntax error, which is reported.
const ast::Expr *parseExpr(SourceManager &sources, DiagnosticEngine &diagnostics, FileId id, ast::Arena &arena);

/// The tree as text, one line a node, ranges left out: `mdlc compile --emit=ast`.
std::string print(llvm::ArrayRef<const ast::Item *> items);

} // namespace mdl::parse
