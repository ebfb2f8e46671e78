//===- VerifyWeights.cpp - mdlc verify --weights --------------------------===//
#include "VerifyWeights.h"
#include "OpenWeights.h"
#include "compiler/lower/Weights.h"
#include <fmt/format.h>
#include <unistd.h>

namespace mdl::tool {

namespace {

class Verifier {
public:
  Verifier(const VerifyWeightsOptions &options, driver::Compilation &model, const Checkpoints &checkpoints)
      : options_(options), model_(model), checkpoints_(checkpoints) {}

  std::optional<VerifiedWeights> file(const std::string &path) {
    auto inventory = openWeights(path, checkpoints_, options_.model.diagnostics);
    const Checkpoint *checkpoint = inventory ? choose(*inventory) : nullptr;
    const sema::Stage *stage = checkpoint ? stageOf(*checkpoint) : nullptr;
    if (!stage) return std::nullopt;
    auto listed = lower::listWeights(model_.checker().pool(), model_.model(), stage->resident);
    if (!listed)
      return fail("too-many-nodes", fmt::format("`{}` has more than 10^6 weights", text(stage->name))), std::nullopt;
    std::vector<weights::Parameter> parameters;
    for (lower::NamedWeight &each : *listed) parameters.push_back({std::move(each.name), std::move(each.shape)});
    return VerifiedWeights{inventory->path, checkpoint->name, checkpoint->title, std::string(text(stage->name)),
                           weights::compareWeights(parameters, checkpoint->mapping, *inventory)};
  }

private:
  void fail(const char *slug, std::string message) {
    printError({slug, std::move(message), ""}, options_.model.diagnostics);
  }

  const sema::Stage *find(std::string_view name) const {
    for (const sema::Stage &each : model_.model().stages)
      if (text(each.name) == name) return &each;
    return nullptr;
  }

  /// Whether the model has a stage of this kind; the one that is asked for, if one is.
  bool fitsModel(const Checkpoint &checkpoint) const {
    return std::ranges::any_of(checkpoint.stages, [&](const std::string &each) {
      return find(each) && (options_.at.empty() || options_.at == each);
    });
  }

  /// The kind that is named, else the first that fits the file and has a stage of the model.
  const Checkpoint *choose(const weights::Inventory &inventory) {
    std::string reasons;
    for (const Checkpoint &each : checkpoints_.all()) {
      if (each.name == options_.checkpoint) return &each;
      if (!options_.checkpoint.empty() || !fitsModel(each)) continue;
      std::string why;
      if (Checkpoints::match(each, inventory, why)) return &each;
      reasons += fmt::format("\n  checkpoint `{}`: {}", each.name, why);
    }
    if (!options_.checkpoint.empty())
      fail("unknown-target", fmt::format("unknown checkpoint `{}`; there are {}", options_.checkpoint, names()));
    else
      fail("bad-weights",
           fmt::format("`{}` is none of the checkpoints that belong to a stage of `{}`{}; --checkpoint NAME "
                       "takes one as it is",
                       weights::shownPath(inventory.path), text(model_.model().pipeline->name.name), reasons));
    return nullptr;
  }

  std::string names() const {
    std::string all;
    for (const Checkpoint &each : checkpoints_.all()) all += (all.empty() ? "`" : ", `") + each.name + "`";
    return all.empty() ? "none" : all;
  }

  const sema::Stage *stageOf(const Checkpoint &checkpoint) {
    if (!options_.at.empty()) {
      if (const sema::Stage *stage = find(options_.at)) return stage;
      return fail("unknown-node", fmt::format("there is no stage `{}`", options_.at)), nullptr;
    }
    for (const std::string &each : checkpoint.stages)
      if (const sema::Stage *stage = find(each)) return stage;
    fail("unknown-node",
         fmt::format("the model has none of the stages of checkpoint `{}`; --at STAGE names another", checkpoint.name));
    return nullptr;
  }

  const VerifyWeightsOptions &options_;
  driver::Compilation &model_;
  const Checkpoints &checkpoints_;
};

} // namespace

std::optional<VerifiedWeights> verifyWeights(const VerifyWeightsOptions &options, const std::string &file,
                                             driver::Compilation &model, const Checkpoints &checkpoints) {
  return Verifier(options, model, checkpoints).file(file);
}

int runVerifyWeights(const VerifyWeightsOptions &options, const Invocation &invocation) {
  Checkpoints checkpoints;
  if (!checkpoints.load(invocation, options.model.diagnostics)) return kWrong;
  driver::Compilation compilation(options.model.request(invocation));
  bool elaborated = compilation.open() && compilation.elaborate();
  if (!printDiagnostics(compilation, options.model.diagnostics) || !elaborated) return kWrong;
  std::vector<VerifiedWeights> all;
  bool passed = true;
  for (const std::string &file : options.files) {
    auto verified = verifyWeights(options, file, compilation, checkpoints);
    if (!verified) return kWrong;
    passed &= verified->comparison.passed();
    all.push_back(std::move(*verified));
  }
  runtime::Output out(stdout);
  if (options.format == "json") renderVerifiedJson(all, out);
  else renderVerifiedText(all, options.rows, useColour(STDOUT_FILENO), out);
  return out.flush() && passed ? kOk : kWrong;
}

} // namespace mdl::tool
