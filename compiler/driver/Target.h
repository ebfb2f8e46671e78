//===- Target.h - Precision, device and utilisation of a job ----*- C++ -*-===//
// Finds the data blocks by name (in the model's files, else in one file each:
// `precisions/fp8.mdl`, `devices/h20.mdl`, `modelmeter/devices/h20.mdl`), applies
// the job's `precision.*` settings, and answers what the cost walk and the passes
// ask: how many bits has this tensor, what does the device do in a second.
//===----------------------------------------------------------------------===//
#pragma once
#include "../../runtime/Target.h"
#include "../lower/Formats.h"
#include "../passes/Pass.h"
#include "../sema/Check.h"

namespace mdl::driver {

/// What is asked for; empty names take the defaults of core.mdl.
struct TargetRequest {
  std::string precision, device, utilisation, overlap, residency;
  std::vector<std::pair<std::string, std::string>> overrides; ///< `compute`, `vae_decode.storage_bits`: value
  bool keepsLaunch = false;                                   ///< See passes::Device
};

/// A stage, and what it shares its weights with.
struct StageName {
  NameId name, resident;
};

class Target {
public:
  Target(sema::Checker &checker, DiagnosticEngine &diagnostics, std::vector<std::string> searchPaths)
      : checker_(checker), diagnostics_(diagnostics), searchPaths_(std::move(searchPaths)) {}

  /// Finds everything that is asked for. False after an error.
  bool resolve(const TargetRequest &request, llvm::ArrayRef<StageName> stages);
  /// Bits of a tensor.
  Rational bits(NameId owner, sema::RoleId role, sema::ClassId made) const;
  /// The formats behind the bits and the peaks: of a stage or resident, for tensors and for operators of a class.
  sema::Format storageFormat(NameId owner, sema::RoleId role, sema::ClassId made) const;
  sema::Format computeFormat(NameId owner, sema::ClassId of) const;
  const lower::BitsOf &bitsOf() const { return bitsOf_; }
  /// An answer of `bitsOf`.
  struct Answer {
    NameId owner;
    sema::RoleId role;
    sema::ClassId made;
    Rational bits;
  };
  /// All answers so far: other costs follow only from other ones.
  const std::vector<Answer> &answers() const { return answers_; }
  bool hasDevice() const { return device_.has_value(); }
  passes::Device devicePass() const;
  passes::Precision precisionPass() const;
  const runtime::Target &info() const { return info_; }
  void setSharding(runtime::ShardingInfo sharding) { info_.sharding = std::move(sharding); }
  /// A utilisation of the device in words, and what is expected of it; nullopt (reported) when there is none.
  struct Profile {
    runtime::UtilisationInfo info;
    sema::Reached reached;
  };
  std::optional<Profile> utilisation(const std::string &name);
  /// The values of parameters when this utilisation is the chosen one; nullopt (reported) after an error.
  std::optional<std::vector<double>> rates(const std::string &utilisation,
                                           const std::vector<ir::Parameter> &parameters);
  /// The same for what a utilisation that has no block reaches.
  std::optional<std::vector<double>> rates(const sema::Reached &reached, const std::vector<ir::Parameter> &parameters);
  /// What one device costs, in USD/hour to the last digit; nothing where its block does not say.
  std::optional<double> price() const;
  /// Reports what a pass could not do: a peak that the device does not have.
  void reportPassError(const std::string &error);

  /// The block of a kind by name; null (reported with the nearest names) when there is none.
  const ast::Item *find(const std::string &kind, const std::string &name);
  /// What a name stands for that is another name of a block; nothing when it is none.
  struct Alias {
    std::string of, title, doc;
  };
  std::optional<Alias> alias(const std::string &kind, const std::string &name);
  /// The names of all blocks of a kind that a file of their own declares, other names too.
  std::vector<std::string> names(const std::string &kind) const;
  runtime::DeviceInfo describe(const sema::Device &device, const std::string &asked) const;

private:
  /// The formats of one stage: the precision's, with overrides.
  struct Stage {
    NameId name, resident;
    sema::Precision precision;
    bool changed = false; ///< Not as the rest of the job
  };
  bool resolvePrecision(const TargetRequest &request, llvm::ArrayRef<StageName> stages);
  bool resolveDevice(const TargetRequest &request);
  bool resolveResidency(const TargetRequest &request);
  const ast::Item *utilisationOf(const std::string &path);
  std::optional<sema::Utilisation> findUtilisation(const std::string &name);
  const sema::Utilisation &profile(const ir::Parameter &parameter) const;
  bool applyOverride(const std::string &path, const std::string &value);
  bool overrideFormats(sema::Precision &precision, const std::string &what, const std::string &value,
                       const std::string &path);
  bool checkShared();
  std::optional<double> rate(const ir::Parameter &parameter, const sema::Reached &of, std::string &error) const;
  std::optional<double> endOf(const ir::Parameter &parameter, sema::Reached sema::Utilisation::*end) const;
  std::optional<double> linkRate(double utilisation, std::string &error) const;
  std::optional<double> tensorRate(const ir::Parameter &parameter, double utilisation, std::string &error) const;
  const Stage *stage(NameId owner) const;
  std::string computeText(const sema::Precision &precision) const;
  std::string storageText(const sema::Precision &precision) const;
  static std::string showBits(Rational bits);
  std::vector<std::string> pathsOf(const std::string &kind, const std::string &name) const;
  std::vector<std::string> folders() const;

  sema::Checker &checker_;
  DiagnosticEngine &diagnostics_;
  std::vector<std::string> searchPaths_;
  std::vector<std::string> aliases_; ///< That are being followed
  sema::Precision base_;
  std::vector<Stage> stages_;
  std::optional<sema::Device> device_;
  std::vector<std::pair<std::string, sema::Utilisation>> utilisations_; ///< By name; the first is the chosen one
  std::vector<std::pair<std::string, sema::Utilisation>> fromFiles_;    ///< By the path asked for
  bool keepsLaunch_ = false;
  lower::BitsOf bitsOf_;
  std::vector<Answer> answers_;
  runtime::Target info_;
};

} // namespace mdl::driver
