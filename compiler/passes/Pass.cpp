//===- Pass.cpp - The list of passes, and how they are run ----------------===//
#include "Pass.h"
#include "Passes.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::passes {

#define MDL_PASS(FUNCTION, NAME, SUMMARY) Pass FUNCTION;
#include "Passes.def"
#undef MDL_PASS

llvm::ArrayRef<PassInfo> allPasses() {
  static constexpr PassInfo all[] = {
#define MDL_PASS(FUNCTION, NAME, SUMMARY) {NAME, FUNCTION, SUMMARY},
#include "Passes.def"
#undef MDL_PASS
  };
  return all;
}

const PassInfo *findPass(std::string_view name) {
  const PassInfo *found = llvm::find_if(allPasses(), [&](const PassInfo &each) { return each.name == name; });
  return found == allPasses().end() ? nullptr : found;
}

std::optional<std::vector<const PassInfo *>> parsePasses(std::string_view list, std::string *error) {
  std::vector<const PassInfo *> passes;
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    passes.push_back(findPass(name));
    if (passes.back()) continue;
    if (error) *error = "there is no pass `" + std::string(name) + "`";
    return std::nullopt;
  }
  return passes;
}

void runPasses(CostModule &module, llvm::ArrayRef<const PassInfo *> passes, PassContext &context,
               llvm::function_ref<void(const PassInfo &)> after) {
  for (const PassInfo *pass : passes) {
    pass->run(module, context);
    if (!context.errors.empty()) return;
    after(*pass);
  }
}

std::vector<std::string> runPipeline(CostModule &module, PassOptions options) {
  PassContext context{std::move(options), {}};
  static constexpr const char *kPipeline[] = {"apply-precision", "apply-device", "simplify", "drop-unused"};
  std::vector<const PassInfo *> list;
  for (const char *name : kPipeline) list.push_back(findPass(name));
  runPasses(module, list, context, [](const PassInfo &) {});
  return std::move(context.errors);
}

} // namespace mdl::passes
