//===- Target.cpp - Precision, device and utilisation of a job ------------===//
#include "Target.h"
#include "../support/Name.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace mdl::driver {

using sema::ClassId;
using sema::Format;
using sema::Precision;
using sema::RoleId;

//===--- Data blocks by name --------------------------------------------------------===//

/// The model's folder, then the search path.
std::vector<std::string> Target::folders() const {
  std::vector<std::string> all;
  if (sema::LoadedFile *main = checker_.mainFile()) all.push_back(fs::path(main->path).parent_path().string());
  all.insert(all.end(), searchPaths_.begin(), searchPaths_.end());
  return all;
}

/// `devices` for `device`, `residencies` for `residency`.
static std::string folderOf(const std::string &kind) {
  return kind.ends_with('y') ? kind.substr(0, kind.size() - 1) + "ies" : kind + "s";
}

/// `modelmeter.h20` of kind `device` is in `modelmeter/devices/h20.mdl`.
std::vector<std::string> Target::pathsOf(const std::string &kind, const std::string &name) const {
  fs::path folder;
  size_t dot = name.rfind('.');
  if (dot != std::string::npos) folder = name.substr(0, dot);
  fs::path file = folder / folderOf(kind) / (name.substr(dot == std::string::npos ? 0 : dot + 1) + ".mdl");
  std::error_code ignored;
  std::vector<std::string> paths;
  for (const std::string &each : folders())
    if (fs::path path = fs::path(each) / file; fs::exists(path, ignored)) paths.push_back(path.string());
  return paths;
}

std::vector<std::string> Target::names(const std::string &kind) const {
  std::vector<std::string> all;
  std::error_code ignored;
  auto add = [&](const fs::path &folder, const std::string &space) {
    for (const fs::directory_entry &entry : fs::directory_iterator(folder / folderOf(kind), ignored))
      if (entry.path().extension() == ".mdl") all.push_back(space + entry.path().stem().string());
  };
  for (const std::string &folder : folders()) {
    std::string above = fs::path(folder).parent_path().string();
    if (llvm::is_contained(searchPaths_, above)) continue; // a model's folder: named with its space below
    add(folder, "");
    for (const fs::directory_entry &entry : fs::directory_iterator(folder, ignored))
      if (entry.is_directory(ignored)) add(entry.path(), entry.path().filename().string() + ".");
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// A name that cannot be part of a path.
static bool isPlain(const std::string &name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
             std::string::npos &&
         name.find("..") == std::string::npos && name.front() != '.';
}

std::optional<Target::Alias> Target::alias(const std::string &kind, const std::string &name) {
  for (const std::string &path : isPlain(name) ? pathsOf(kind, name) : std::vector<std::string>()) {
    sema::LoadedFile *file = checker_.library().load(path, {});
    for (const ast::Item *item : file ? checker_.library().data("alias", file) : std::vector<const ast::Item *>()) {
      if (text(item->name.name) != name) continue;
      sema::Value value = checker_.dataValue(item);
      std::string of(value.isError() ? "" : checker_.fieldText(value, "of"));
      if (!of.empty() && of != name) return Alias{of, std::string(item->title), std::string(item->doc)};
    }
  }
  return std::nullopt;
}

const ast::Item *Target::find(const std::string &kind, const std::string &name) {
  sema::Library &library = checker_.library();
  auto among = [&](sema::LoadedFile *file) -> const ast::Item * {
    if (!file) return nullptr;
    for (const ast::Item *item : library.data(kind, file))
      if (text(item->name.name) == name) return item;
    return nullptr;
  };
  if (const ast::Item *item = among(checker_.mainFile())) return item;
  // A folder beside the model may have a file of this name whose block is called otherwise: `modelmeter.h20`.
  for (const std::string &path : isPlain(name) ? pathsOf(kind, name) : std::vector<std::string>()) {
    sema::LoadedFile *file = library.load(path, {});
    if (const ast::Item *item = among(file)) return item;
    if (diagnostics_.hasErrors()) return nullptr;
  }
  constexpr size_t kMostAliases = 8;
  if (auto other = alias(kind, name)) {
    if (aliases_.size() >= kMostAliases) {
      diagnostics_.report(DiagId::UnknownTarget, {}, {kind, aliases_.front(), "it is an alias that leads to itself"});
      return nullptr;
    }
    aliases_.push_back(name);
    const ast::Item *item = find(kind, other->of);
    aliases_.pop_back();
    return item;
  }
  std::vector<std::string> known = names(kind);
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const std::string &each : known) ranked.emplace_back(editDistance(name, each, 100), each);
  std::ranges::sort(ranked);
  std::string nearest;
  for (size_t i = 0; i < std::min<size_t>(ranked.size(), 5); ++i)
    nearest += (i == 0 ? "`" : ", `") + ranked[i].second + "`";
  diagnostics_.report(DiagId::UnknownTarget, {},
                      {kind, name, known.empty() ? "there is none" : "the nearest are " + nearest});
  return nullptr;
}

//===--- Precision ----------------------------------------------------------------------===//

const Target::Stage *Target::stage(NameId owner) const {
  for (const Stage &each : stages_)
    if (each.name == owner) return &each;
  for (const Stage &each : stages_)
    if (each.resident == owner) return &each;
  return nullptr;
}

Format Target::storageFormat(NameId owner, RoleId role, ClassId made) const {
  const Stage *at = stage(owner);
  const Precision &precision = at ? at->precision : base_;
  if (role == checker_.actRole() && precision.results[made.index]) return *precision.results[made.index];
  return precision.storage[role.index];
}

Format Target::computeFormat(NameId owner, ClassId of) const {
  const Stage *at = stage(owner);
  return (at ? at->precision : base_).compute[of.index];
}

Rational Target::bits(NameId owner, RoleId role, ClassId made) const { return storageFormat(owner, role, made).bits; }

bool Target::resolvePrecision(const TargetRequest &request, llvm::ArrayRef<StageName> stages) {
  const ast::Item *item = find("precision", request.precision);
  auto precision = item ? checker_.precision(item) : std::nullopt;
  if (!precision) return false;
  base_ = std::move(*precision);
  for (const StageName &each : stages) {
    Stage stage{each.name, each.resident, base_, false};
    for (const auto &[name, other] : base_.stage)
      if (name == each.name) stage.precision = other, stage.changed = true;
    stages_.push_back(std::move(stage));
  }
  auto ofAllStages = [](const std::string &path) {
    std::string head = path.substr(0, path.find('.'));
    return head == "compute" || head == "storage_bits" || head == "storage" || head == "results";
  };
  for (bool general : {true, false}) // what is said of a stage counts, in whatever order
    for (const auto &[path, value] : request.overrides)
      if (ofAllStages(path) == general && !applyOverride(path, value)) return false;
  if (!checkShared()) return false;
  runtime::PrecisionInfo &info = info_.precision;
  info.name = text(base_.name), info.title = base_.title;
  info.stages.push_back({"", computeText(base_), storageText(base_)});
  for (const Stage &each : stages_)
    if (each.changed)
      info.stages.push_back({std::string(text(each.name)), computeText(each.precision), storageText(each.precision)});
  info.compute = info.stages[0].compute, info.storage = info.stages[0].storage;
  for (const auto &[path, value] : request.overrides) info.overrides.push_back("precision." + path + "=" + value);
  bitsOf_ = [this](NameId owner, RoleId role, ClassId made) {
    return answers_.emplace_back(Answer{owner, role, made, bits(owner, role, made)}).bits;
  };
  return true;
}

/// Splits at the first dot.
static std::pair<std::string, std::string> split(const std::string &path) {
  size_t dot = path.find('.');
  return dot == std::string::npos ? std::pair(path, std::string())
                                  : std::pair(path.substr(0, dot), path.substr(dot + 1));
}

/// `compute`, `storage_bits`, `compute.CLASS`, `storage.ROLE`, `results.CLASS`, each perhaps after a stage.
bool Target::applyOverride(const std::string &path, const std::string &value) {
  auto [head, rest] = split(path);
  static constexpr const char *kWhat[] = {"compute", "storage_bits", "storage", "results"};
  bool general = llvm::is_contained(kWhat, head);
  std::string stages;
  bool fine = true, found = general;
  if (general) fine = overrideFormats(base_, path, value, path);
  for (Stage &each : stages_) {
    stages += (stages.empty() ? "`" : ", `") + std::string(text(each.name)) + "`";
    if (!general && text(each.name) != head && text(each.resident) != head) continue;
    found = true;
    fine = fine && overrideFormats(each.precision, general ? path : rest, value, path);
    each.changed |= !general;
  }
  if (found) return fine;
  diagnostics_.report(
      DiagId::UnknownTarget, {},
      {"setting", "precision." + path,
       "after `precision.` stands compute, storage_bits, compute.CLASS, storage.ROLE, results.CLASS, or "
       "one of the stages " +
           stages + " and one of these"});
  return false;
}

bool Target::overrideFormats(Precision &precision, const std::string &what, const std::string &value,
                             const std::string &path) {
  auto fail = [&](std::string why) {
    diagnostics_.report(DiagId::BadArgument, {}, {"`precision." + path + "=" + value + "`: " + why});
    return false;
  };
  auto [head, rest] = split(what);
  if (what.ends_with('.')) rest = "."; // no class has this name
  if (head == "storage_bits" && rest.empty()) {
    auto bits = parseInt(value);
    if (!bits || bits->sign() <= 0 || *bits > Int(1024)) return fail("bits are an integer from 1 to 1024");
    for (uint16_t role = 0; role < precision.storage.size(); ++role)
      if (checker_.roleName({role}) != "index") precision.storage[role] = {intern(value + " bit"), Rational(*bits)};
    for (auto &each : precision.results) each.reset();
    return true;
  }
  auto format = checker_.format(value);
  if (!format) {
    std::string names;
    for (const ast::Item *each : checker_.library().preludeData("format"))
      names += (names.empty() ? "" : ", ") + std::string(text(each->name.name));
    return fail("there is no format `" + value + "`; there are " + names);
  }
  bool found = false;
  if (head == "compute" || head == "results")
    for (uint16_t i = 0; i < precision.compute.size(); ++i) {
      if (!rest.empty() && !checker_.isClass({i}, rest)) continue;
      found = true;
      if (head == "compute") precision.compute[i] = *format;
      else precision.results[i] = *format;
    }
  if (head == "storage" && !rest.empty())
    for (uint16_t i = 0; i < precision.storage.size(); ++i) {
      if (!checker_.isRoleNamed({i}, rest)) continue;
      found = true;
      precision.storage[i] = *format;
      if (RoleId{i} == checker_.actRole())
        for (auto &each : precision.results) each.reset();
    }
  if (found) return true;
  std::string classes, roles;
  for (uint16_t i = 0; i < precision.compute.size(); ++i)
    classes += (i == 0 ? "" : ", ") + std::string(checker_.className({i}));
  for (uint16_t i = 0; i < precision.storage.size(); ++i)
    roles += (i == 0 ? "" : ", ") + std::string(checker_.roleName({i}));
  return fail("`" + what + "` is no compute, compute.CLASS, results.CLASS, storage.ROLE or storage_bits; classes are " +
              classes + "; roles are " + roles);
}

/// Stages on one resident store it in one format.
bool Target::checkShared() {
  for (const Stage &a : stages_)
    for (const Stage &b : stages_) {
      if (&b >= &a || a.resident != b.resident) continue;
      for (uint16_t role = 0; role < a.precision.storage.size(); ++role)
        if (checker_.isStorageRole({role}) && a.precision.storage[role].bits != b.precision.storage[role].bits) {
          diagnostics_.report(DiagId::PrecisionConflict, {},
                              {std::string(text(b.name)), std::string(text(a.name)), std::string(text(a.resident)),
                               toString(b.precision.storage[role].bits), toString(a.precision.storage[role].bits)});
          return false;
        }
    }
  return true;
}

std::string Target::computeText(const Precision &precision) const {
  NameId most = precision.compute[checker_.classOf("matrix").index].name;
  std::string others;
  for (uint16_t i = 0; i < precision.compute.size(); ++i) {
    NameId name = precision.compute[i].name, parent = precision.compute[checker_.parentOf(ClassId{i}).index].name;
    if (name == most || checker_.className({i}) == "any" ||
        (name == parent && checker_.parentOf(ClassId{i}) != ClassId{}))
      continue;
    others += (others.empty() ? "" : ", ") + std::string(checker_.className({i})) + " " + std::string(text(name));
  }
  return std::string(text(most)) + (others.empty() ? "" : " (" + others + ")");
}

/// `16` when everything but indices has 16 bits, else what weights, activations and the rest have.
std::string Target::storageText(const Precision &precision) const {
  Rational least = precision.storage[checker_.actRole().index].bits, most = least;
  for (const auto &each : precision.results)
    if (each) least = std::min(least, each->bits), most = std::max(most, each->bits);
  std::string activations = least == most ? showBits(least) : showBits(least) + " to " + showBits(most);
  bool same = least == most;
  std::vector<std::pair<std::string, Rational>> roles;
  for (uint16_t i = 0; i < precision.storage.size(); ++i) {
    std::string_view name = checker_.roleName({i});
    if (!checker_.isStorageRole({i})) continue;
    same &= precision.storage[i].bits == least;
    bool inherits = false;
    for (auto &[known, bits] : roles)
      inherits |= bits == precision.storage[i].bits &&
                  ((known == "weight" && name != "kv" && name != "state") || (known == "kv" && name == "state"));
    if (!inherits) roles.emplace_back(name, precision.storage[i].bits);
  }
  if (same) return showBits(least);
  std::string text;
  for (auto &[name, bits] : roles) text += name + " " + showBits(bits) + ", ";
  return text + "activations " + activations;
}

std::string Target::showBits(Rational bits) {
  return bits.isInteger() ? toString(bits) : fmt::format("{}", bits.toDouble());
}

passes::Precision Target::precisionPass() const {
  return {info_.precision.name, [this](const ir::Parameter &parameter) -> std::optional<Rational> {
            for (uint16_t role = 0; role < checker_.roleCount(); ++role)
              if (checker_.roleName({role}) == parameter.role)
                return bits(intern(parameter.owner), {role}, checker_.classOf(parameter.category));
            return std::nullopt;
          }};
}

//===--- Device and utilisation -------------------------------------------------------------===//

runtime::DeviceInfo Target::describe(const sema::Device &device, const std::string &asked) const {
  runtime::DeviceInfo info;
  info.name = text(device.name), info.asked = asked, info.title = device.title, info.vendor = device.vendor;
  if (device.memory) info.memory = device.memory->floor();
  info.bandwidth = device.bandwidth.toDouble(), info.vectorPeak = device.vectorPeak.toDouble();
  info.launch = device.launch.toDouble(), info.provisional = device.provisional;
  auto real = [](const std::optional<Rational> &value) {
    return value ? std::optional(value->toDouble()) : std::nullopt;
  };
  info.link = real(device.link), info.linkLatency = real(device.linkLatency), info.hostLink = real(device.hostLink);
  info.power = real(device.power), info.price = real(device.price);
  for (auto [format, peak] : device.peaks) info.peaks.emplace_back(text(format), peak.toDouble());
  for (auto [format, peak] : device.sparsePeaks) info.sparsePeaks.emplace_back(text(format), peak.toDouble());
  for (const ast::Entry &entry : device.item->entries)
    for (const ast::Annotation &note : entry.annotations) {
      runtime::Evidence evidence{std::string(text(entry.name.name)), std::string(text(note.name.name)), "", ""};
      if (entry.key) evidence.field += " " + std::string(text(entry.key.name));
      for (size_t i = 0; i < note.args.size() && i < 2; ++i)
        if (const ast::Expr *expr = note.args[i].value.expr; expr && expr->kind == ast::ExprKind::String)
          (i == 0 ? evidence.source : evidence.date) = expr->string;
      info.evidence.push_back(std::move(evidence));
    }
  return info;
}

static runtime::FittedInfo fitted(const sema::Utilisation &of) {
  runtime::FittedInfo made{of.tensor.toDouble(), of.link.toDouble(), of.expected.launch, {}, of.evidence};
  for (auto [name, part] : of.classes) made.classes.emplace_back(text(name), part.toDouble());
  std::ranges::sort(made.evidence);
  made.evidence.erase(std::unique(made.evidence.begin(), made.evidence.end()), made.evidence.end());
  return made;
}

static runtime::UtilisationInfo describe(const sema::Utilisation &of) {
  return {std::string(text(of.name)),
          std::string(of.title),
          of.tensorLow.toDouble(),
          of.tensorHigh.toDouble(),
          of.vector.toDouble(),
          of.memory.toDouble(),
          of.ofDevice,
          of.isFitted() ? std::optional(fitted(of)) : std::nullopt};
}

bool Target::resolveDevice(const TargetRequest &request) {
  info_.overlapWhole = request.overlap == "whole", keepsLaunch_ = request.keepsLaunch;
  if (request.device.empty()) return true;
  const ast::Item *item = find("device", request.device);
  device_ = item ? checker_.device(item) : std::nullopt;
  if (!device_) return false;
  info_.device = describe(*device_, request.device);
  for (const std::string &name : {request.utilisation, std::string("optimistic"), std::string("measured")}) {
    auto made = findUtilisation(name);
    if (!made) return false;
    utilisations_.emplace_back(name, *made);
  }
  info_.chosen = driver::describe(utilisations_[0].second);
  info_.optimistic = driver::describe(utilisations_[1].second);
  info_.measured = driver::describe(utilisations_[2].second);
  return true;
}

std::optional<double> Target::tensorRate(const ir::Parameter &parameter, double utilisation, std::string &error) const {
  const Stage *at = stage(intern(parameter.owner));
  const Precision &precision = at ? at->precision : base_;
  const Format &format = precision.compute[checker_.classOf(parameter.category).index];
  std::string there;
  for (auto [name, peak] : device_->peaks) {
    if (name == format.name) return peak.toDouble() * utilisation;
    there += (there.empty() ? "" : ", ") + std::string(text(name));
  }
  error = fmt::format("{}\t{}\t{}\t{}", text(device_->name), text(format.name), text(base_.name), there);
  return std::nullopt;
}

std::optional<double> Target::linkRate(double utilisation, std::string &error) const {
  if (device_->link) return device_->link->toDouble() * utilisation;
  error = std::string(text(device_->name)) + "\tlink";
  return std::nullopt;
}

const sema::Utilisation &Target::profile(const ir::Parameter &parameter) const {
  for (const auto &[name, each] : utilisations_)
    if (!parameter.utilisation.empty() && name == parameter.utilisation) return each;
  return utilisations_[0].second;
}

std::optional<double> Target::rate(const ir::Parameter &parameter, const sema::Reached &of, std::string &error) const {
  switch (parameter.kind) {
  case ir::Parameter::Kind::TensorRate:
    return tensorRate(parameter, of.tensor[checker_.classOf(parameter.category).index], error);
  case ir::Parameter::Kind::VectorRate: return device_->vectorPeak.toDouble() * of.vector;
  case ir::Parameter::Kind::MemoryRate: return device_->bandwidth.toDouble() * of.memory;
  case ir::Parameter::Kind::LinkRate: return linkRate(of.link, error);
  case ir::Parameter::Kind::LinkLatency: return device_->linkLatency ? device_->linkLatency->toDouble() : 0;
  case ir::Parameter::Kind::Launch: return device_->launch.toDouble() + of.launch;
  case ir::Parameter::Kind::Bits: break;
  }
  return std::nullopt;
}

/// An end of a range, where it is not what is expected.
std::optional<double> Target::endOf(const ir::Parameter &parameter, sema::Reached sema::Utilisation::*end) const {
  const sema::Utilisation &of = profile(parameter);
  std::string ignored;
  auto value = rate(parameter, of.*end, ignored);
  return value == rate(parameter, of.expected, ignored) ? std::nullopt : value;
}

/// The only utilisation of a file; null, reported, when there is no such file or another number of them.
const ast::Item *Target::utilisationOf(const std::string &path) {
  sema::LoadedFile *file = checker_.library().load(path, {});
  if (!file) return nullptr;
  auto all = checker_.library().data("utilisation", file);
  if (all.size() == 1) return all.front();
  diagnostics_.report(DiagId::BadArgument, {},
                      {fmt::format("`{}` has {} utilisations: a file that is asked for has one", path, all.size())});
  return nullptr;
}

std::optional<sema::Utilisation> Target::findUtilisation(const std::string &name) {
  for (const auto &[file, of] : fromFiles_)
    if (name == file || name == text(of.name)) return of;
  bool isFile = name.ends_with(".mdl");
  const ast::Item *item = isFile ? utilisationOf(name) : find("utilisation", name);
  auto made = item ? checker_.utilisation(item, info_.device->name) : std::nullopt;
  if (made && isFile) fromFiles_.emplace_back(name, *made);
  return made;
}

std::optional<Target::Profile> Target::utilisation(const std::string &name) {
  auto made = findUtilisation(name);
  if (!made) return std::nullopt;
  return Profile{driver::describe(*made), made->expected};
}

std::optional<std::vector<double>> Target::rates(const std::string &utilisation,
                                                 const std::vector<ir::Parameter> &parameters) {
  auto chosen = findUtilisation(utilisation);
  if (!chosen) return std::nullopt;
  return rates(chosen->expected, parameters);
}

std::optional<std::vector<double>> Target::rates(const sema::Reached &reached,
                                                 const std::vector<ir::Parameter> &parameters) {
  std::vector<double> values;
  std::string error;
  for (const ir::Parameter &each : parameters) {
    const sema::Reached &of = each.utilisation.empty() ? reached : profile(each).expected;
    values.push_back(rate(each, of, error).value_or(each.value.value_or(0)));
  }
  if (!error.empty()) reportPassError(error);
  return error.empty() ? std::optional(std::move(values)) : std::nullopt;
}

std::optional<double> Target::price() const {
  constexpr int kSecondsOfHour = 3600;
  if (!device_ || !device_->price) return std::nullopt;
  return (*device_->price * Rational(kSecondsOfHour)).toDouble();
}

/// The error of `tensorRate` is its facts, parted by tabs; that of `linkRate` the device and `link`.
void Target::reportPassError(const std::string &error) {
  std::vector<std::string> facts;
  for (size_t at = 0; at <= error.size();) {
    size_t tab = std::min(error.find('\t', at), error.size());
    facts.push_back(error.substr(at, tab - at));
    at = tab + 1;
  }
  if (facts.size() == 2) return (void)diagnostics_.report(DiagId::NoLink, {}, {facts[0]});
  if (facts.size() != 4) return (void)diagnostics_.report(DiagId::BadArgument, {}, {error});
  diagnostics_.report(DiagId::NoPeak, {},
                      {facts[0], facts[1], "precision `" + facts[2] + "`", facts[3].empty() ? "none" : facts[3]});
}

passes::Device Target::devicePass() const {
  return {std::string(text(device_->name)),
          info_.overlapWhole,
          [this](const ir::Parameter &parameter, std::string &error) {
            return rate(parameter, profile(parameter).expected, error);
          },
          [this](const ir::Parameter &parameter) { return endOf(parameter, &sema::Utilisation::best); },
          [this](const ir::Parameter &parameter) { return endOf(parameter, &sema::Utilisation::worst); },
          keepsLaunch_};
}

/// A residency says nothing of a model that has not its stages: names that no stage has are for other models.
bool Target::resolveResidency(const TargetRequest &request) {
  const ast::Item *item = find("residency", request.residency);
  auto made = item ? checker_.residency(item) : std::nullopt;
  if (!made) return false;
  auto placed = [](sema::Placement placement) { return static_cast<runtime::Placement>(placement); };
  info_.residency = {std::string(text(made->name)), std::string(made->title), placed(made->others), {}};
  for (auto [name, placement] : made->place) info_.residency.place.emplace_back(text(name), placed(placement));
  return true;
}

bool Target::resolve(const TargetRequest &request, llvm::ArrayRef<StageName> stages) {
  return resolvePrecision(request, stages) && resolveDevice(request) && resolveResidency(request);
}

} // namespace mdl::driver
