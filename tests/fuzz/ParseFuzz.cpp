// Any text is parsed: no crash, no hang, and each declaration yields a tree or a diagnostic.
// Built for libFuzzer with MDL_LIBFUZZER; else with the seeded main of Mutate.h:
//   parse_fuzz [--seconds N] [--seed S] [--runs N] CORPUS_FOLDER
#include "Mutate.h"
#include "compiler/ast/AstPrinter.h"
#include "compiler/parse/Parse.h"
#include "compiler/support/DiagnosticJson.h"
#include "compiler/support/DiagnosticText.h"
#include <cstdio>
#include <cstdlib>

using namespace mdl;

namespace {

void require(bool condition, const char *what) {
  if (condition) return;
  std::fprintf(stderr, "invariant broken: %s\n", what);
  std::abort();
}

void checkFile(std::string text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  FileId id = sources.add("fuzz.mdl", std::move(text));
  parse::File file(sources, diagnostics, id);
  for (size_t i = 0; i < file.outline().size(); ++i) {
    const parse::Outlined &declaration = file.outline()[i];
    require(declaration.range.begin < declaration.range.end, "a declaration is empty");
    require(i == 0 || file.outline()[i - 1].range.end <= declaration.range.begin, "declarations overlap");
    auto items = file.items(i);
    require(!items.empty() || diagnostics.hasErrors(), "a declaration was dropped silently");
    require(!declaration.broken || items.empty(), "a refused declaration was parsed");
    for (const ast::Item *item : items)
      require(item != nullptr && item->range.begin >= declaration.range.begin, "a tree lies outside of its text");
  }
  ast::print(file.all());
  renderText(sources, diagnostics, {.maxErrors = 0});
  renderJson(sources, diagnostics);
}

void checkExpression(std::string text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  ast::Arena arena;
  const ast::Expr *expr = parse::parseExpr(sources, diagnostics, sources.add("--set", std::move(text)), arena);
  require(expr != nullptr || diagnostics.hasErrors(), "an expression was dropped silently");
  if (expr) ast::print(*expr);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  checkFile(text);
  checkExpression(std::move(text));
  return 0;
}

#ifndef MDL_LIBFUZZER
int main(int argc, char **argv) { return fuzz::run(argc, argv, LLVMFuzzerTestOneInput); }
#endif
