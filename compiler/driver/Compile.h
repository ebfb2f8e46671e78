//===- Compile.h - The whole compiler on one page ---------------*- C++ -*-===//
// source -> syntax -> checked model -> cost module -> passes -> program. Each
// arrow is one call in Compile.cpp; each structure can be printed (--emit).
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/Program.h"
#include "../ir/CostModule.h"
#include "../sema/Check.h"
#include "../shard/Layout.h"
#include "Target.h"
#include <memory>
#include <string>
#include <vector>

namespace mdl::driver {

/// What is compiled, and for which job.
struct Request {
  std::string path;
  std::string pipeline;              ///< Empty: the only one of the file
  std::string workload;              ///< Empty: the inputs' defaults
  std::vector<std::string> settings; ///< `height=720`, in order
  std::string convention, traffic;   ///< Empty: the model's own, else those of core.mdl
  std::string precision, device;     ///< By name; no device: no times
  std::string utilisation, overlap;  ///< Empty: as core.mdl says
  std::string residency;             ///< Empty: as core.mdl says
  std::string sharding;              ///< `cfg2*ulysses4`: all numbers are those of one of 8 devices; empty: one device
  std::string strategy;              ///< Of commands with several devices; empty: as core.mdl says
  bool parallel = false;             ///< `strategy.*` settings have a meaning
  bool measured = false;             ///< FLOPs are compared with measurements: without a convention, theirs
  bool keepsLaunch = false;          ///< Times are asked under other utilisations, too: see passes::Device
  bool parametric = false;           ///< Leave precision and device open: parameters in the IR
  std::vector<std::string> searchPaths; ///< Where imports and core.mdl are looked for
};

/// Everything that one compilation owns. Stages are run once, in order; each leaves its result here.
class Compilation {
public:
  explicit Compilation(Request request);
  ~Compilation();

  /// Loads the prelude and the file.
  bool open();
  /// Checks every declaration of the file.
  void check();
  /// Chooses the pipeline and elaborates it for the job's structure.
  bool elaborate();
  /// Costs under the chosen conventions, through the passes.
  bool build();
  /// The tape.
  bool emit();
  /// All of the above but `check`.
  bool compile();

  SourceManager &sources() { return sources_; }
  DiagnosticEngine &diagnostics() { return diagnostics_; }
  sema::Checker &checker() { return *checker_; }
  const sema::PipelineModel &model() const { return *model_; }
  const ast::Item *pipeline() const { return pipeline_; }
  /// How the model is divided over devices; empty: not at all.
  const shard::Layout &layout() const { return layout_; }
  const ir::CostModule &costs() const { return *costs_; }
  const runtime::Program &program() const { return *program_; }
  /// The values of the inputs for the job, parallel to `program().inputs`.
  const std::vector<Int> &inputs() const { return inputs_; }
  const Request &request() const { return request_; }
  /// What follows `strategy.` in settings.
  const std::vector<sema::Setting> &strategySettings() const { return strategySettings_; }
  /// The inputs of another workload (empty: defaults) with the settings of the command line. When its structure is
  /// another one, `other` is set: it needs a compilation of its own. Nullopt, reported, after an error.
  std::optional<std::vector<Int>> inputsOf(const std::string &workload, bool &other);
  /// The title of a workload; empty without one.
  std::string workloadTitle(const std::string &workload);
  /// What is known of precision, device and utilisation, for reports.
  const runtime::Target &targetInfo() const { return target_->info(); }
  Target &target() { return *target_; }
  /// The costs in the formats of a target of its own, timed by `device` if there is one. Nullopt (reported) after an error.
  std::optional<ir::CostModule> costsIn(Target &target, const passes::Device *device);
  /// What `resolve` asks for in this precision, with the job's `precision.*` settings.
  TargetRequest targetRequest(const std::string &precision, const std::string &device);
  std::vector<StageName> stageNames() const;
  /// A default of the chosen pipeline: `defaults PIPELINE { field = "..." }` of its file, else of core.mdl.
  std::string defaultOf(std::string_view field, const std::string &asked = {});

private:
  const ast::Item *choosePipeline();
  bool readSettings(const ast::Item *pipeline);
  bool readSetting(const std::string &setting);
  std::string presentName(const std::string &name);
  bool resolveTarget();
  bool readLayout();
  bool divide();

  Request request_;
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  std::unique_ptr<sema::Checker> checker_;
  ast::Arena arena_;
  std::vector<sema::Setting> settings_;
  size_t givenAt_ = 0; ///< Of these, where those of the command line begin
  std::vector<sema::Setting> strategySettings_;
  std::unique_ptr<sema::PipelineModel> model_;
  std::unique_ptr<ir::CostModule> costs_;
  std::unique_ptr<runtime::Program> program_;
  std::vector<Int> inputs_;
  const ast::Item *pipeline_ = nullptr;
  std::vector<std::pair<std::string, std::string>> overrides_; ///< `precision.*` settings
  std::unique_ptr<Target> target_;
  shard::Layout layout_;
  std::vector<SrcRange> unfolded_; ///< Repeats of the model that its first walk had to unfold
};

/// The program of a module that was not made by a Compilation: formulas by themselves.
runtime::Program emit(const ir::CostModule &module);

/// The folders where models are found: MDL_PATH, then `models/` next to the binary or above it.
std::vector<std::string> defaultSearchPaths(const std::string &binary);

} // namespace mdl::driver
