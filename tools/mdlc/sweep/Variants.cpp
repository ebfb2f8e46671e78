#include "Variants.h"
#include "compiler/driver/Describe.h"
#include "compiler/support/Name.h"
#include "runtime/batch/MemorySlots.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Json.h"
#include "tools/mdlc/Command.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {

using runtime::kNoSlot;
using runtime::Program;
using runtime::Slot;

namespace {

constexpr const char *kDevices = "devices";

/// What an axis of this name chooses: an option of the command, or the model's file.
std::string *optionOf(driver::Request &request, const std::string &name) {
  for (const JobOption &each : kJobOptions)
    if (name == each.name) return &(request.*each.asked);
  return name == "model" ? &request.path : nullptr;
}

const runtime::Input *inputNamed(const Program &program, const std::string &name) {
  auto at = std::ranges::find(program.inputs, name, &runtime::Input::name);
  return at == program.inputs.end() ? nullptr : &*at;
}

Slot append(Program &program, runtime::OpCode op, uint32_t a, uint32_t b = 0) {
  program.code.push_back({op, a, b});
  program.dependsOnIndex.push_back(false);
  return static_cast<Slot>(program.code.size() - 1);
}

std::string unknownOutput(const std::string &name, const std::vector<std::string> &known) {
  std::vector<std::string_view> views(known.begin(), known.end());
  std::string near(nearest(name, views));
  return fmt::format("there is no output `{}`; {}", name,
                     near.empty() ? fmt::format("there are {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean `{}`?", near));
}

std::string firstError(driver::Compilation &compilation) {
  for (const Diagnostic *each : compilation.diagnostics().sorted())
    if (each->severity() == Severity::Error) return each->message();
  return "it does not compile";
}

} // namespace

std::string FleetOptions::addPrice(const std::string &text, const std::vector<std::string> &asked) {
  size_t equals = text.find('=');
  std::string name = text.substr(0, equals), number = equals == std::string::npos ? "" : text.substr(equals + 1);
  double price = -1;
  auto read = std::from_chars(number.data(), number.data() + number.size(), price);
  if (number.empty() || read.ec != std::errc() || read.ptr != number.data() + number.size() || !(price >= 0) ||
      !std::isfinite(price))
    return "`" + text + "` is no price: write `h20=2.50`, in USD an hour of one device";
  if (std::ranges::find(asked, name) == asked.end())
    return fmt::format("`{}` is none of the devices that are asked for, {}", name, fmt::join(asked, ", "));
  prices.emplace_back(name, price);
  return {};
}

std::vector<std::string> Variants::statementNames() const {
  std::vector<std::string> names = {"precision", "compute_precision", "storage_bits", "convention", "traffic",
                                    "device",    "utilisation",       "model_version"};
  if (fleet_.isAsked) names.insert(names.end() - 2, {"strategy", kDevices});
  for (const Axis &axis : axes_.all())
    for (const std::string &name : axis.names()) std::erase(names, name);
  return names;
}

bool isShown(const runtime::Metric &metric) {
  bool isPart = !metric.resource.empty() || metric.name.ends_with("_min") || metric.name.ends_with("_max");
  return !metric.absent && !isPart;
}

/// An input of that name is the input.
bool Variants::isDevices(const std::string &name, const Program &program) const {
  return fleet_.isAsked && name == kDevices && !inputNamed(program, name);
}

Int Variants::devicesAt(const std::vector<uint64_t> &positions) const {
  for (size_t i = 0; i < positions.size(); ++i)
    for (size_t k = 0; k < axes_.all()[i].names().size(); ++k) {
      const Axis &axis = axes_.all()[i];
      if (axis.names()[k] != kDevices) continue;
      return axis.isRange() ? axis.number(positions[i]) : parseInt(axis.text(positions[i], k)).value_or(0);
    }
  return fleet_.devices;
}

std::optional<Int> Variants::valueOf(const runtime::Input &input, const std::string &text) {
  if (input.type == runtime::InputType::Boolean) {
    if (text == "true") return 1;
    if (text == "false") return 0;
    return std::nullopt;
  }
  if (input.type == runtime::InputType::Choice) {
    auto at = std::ranges::find(input.choices, text);
    if (at == input.choices.end()) return std::nullopt;
    return Int(at - input.choices.begin());
  }
  auto value = parseInt(text);
  return value && !value->isOverflow() ? value : std::nullopt;
}

bool Variants::isCompiledIn(const std::string &name) const {
  driver::Request request;
  return optionOf(request, name) || name.find('.') != std::string::npos;
}

driver::Request Variants::requestAt(const std::vector<uint64_t> &positions) const {
  driver::Request request = base_;
  for (size_t i = 0; i < axes_.all().size(); ++i) {
    if (!structural_[i]) continue;
    const Axis &axis = axes_.all()[i];
    for (size_t k = 0; k < axis.names().size(); ++k) {
      std::string value = axis.text(positions[i], k);
      if (std::string *option = optionOf(request, axis.names()[k])) *option = value;
      else request.settings.push_back(axis.names()[k] + "=" + value);
    }
  }
  return request;
}

//===--- One variant -----------------------------------------------------------------===//

const runtime::Metric *metricOf(const Program &program, const std::string &output) {
  auto at = std::ranges::find(program.metrics, output.substr(output.find('.') + 1), &runtime::Metric::name);
  return at == program.metrics.end() ? nullptr : &*at;
}

/// An input that is no choice is a number of every row, swept or not.
static std::optional<uint32_t> numericInput(const Program &program, std::string_view name) {
  for (uint32_t i = 0; i < program.inputs.size(); ++i)
    if (program.inputs[i].name == name && program.inputs[i].type != runtime::InputType::Choice) return i;
  return std::nullopt;
}

std::optional<Quantity> findQuantity(const Program &program, const std::string &name) {
  size_t dot = name.find('.');
  std::string stage = dot == std::string::npos ? "" : name.substr(0, dot),
              metric = dot == std::string::npos ? name : name.substr(dot + 1);
  for (size_t i = 0; i < program.metrics.size(); ++i) {
    if (program.metrics[i].name != metric) continue;
    Slot slot = program.totals[i];
    if (!stage.empty()) {
      auto root = std::ranges::find_if(program.roots,
                                       [&](uint32_t each) { return program.nodes[each].label.front().text == stage; });
      if (root == program.roots.end()) return std::nullopt;
      slot = program.nodes[*root].metrics[i];
    }
    if (program.metrics[i].absent || slot == kNoSlot) return Quantity{kNoSlot, 1, true};
    return Quantity{slot, program.metrics[i].scale, !isRealOp(program.code[slot].op)};
  }
  return std::nullopt;
}

/// Made once: a sweep may have 10^9 rows.
void Variants::state(Variant &variant) const {
  const runtime::Target &target = variant.compilation->targetInfo();
  const Program &program = variant.program;
  std::map<std::string, std::string> all = {{"precision", target.precision.name},
                                            {"compute_precision", target.precision.compute},
                                            {"storage_bits", target.precision.storage},
                                            {"convention", program.convention},
                                            {"traffic", program.traffic},
                                            {"device", target.device ? target.device->name : ""},
                                            {"utilisation", target.chosen ? target.chosen->name : ""},
                                            {"model_version", driver::identify(*variant.compilation).version}};
  if (variant.fleet) all["strategy"] = variant.fleet->plan->strategy.name, all[kDevices] = toString(fleet_.devices);
  for (const std::string &name : statementNames()) variant.statements.emplace_back(name, all[name]);
  runtime::Output csv, json;
  for (const auto &[name, value] : variant.statements) {
    csv << ',', runtime::writeCsvText(csv, value);
    json << ',', runtime::writeJsonString(json, name), json << ':', runtime::writeJsonString(json, value);
  }
  variant.csv = csv.take(), variant.json = json.take();
}

void Variants::fill(Variant &variant) {
  driver::Compilation &compilation = *variant.compilation;
  variant.program = compilation.program();
  state(variant);
  if (variant.fleet) return fillFleet(variant);
  Program &program = variant.program;
  Slot memory = runtime::batch::addMemory(program, compilation.targetInfo().residency);
  Slot fits = kNoSlot;
  if (const auto &device = compilation.targetInfo().device; device && device->memory && memory != kNoSlot)
    fits = runtime::batch::addFits(program, memory, *device->memory);
  for (const std::string &name : wanted_) {
    if (name == "memory_bytes") variant.quantities.push_back({memory, 1, true});
    else if (name == "fits") variant.quantities.push_back({fits, 1, true});
    else if (auto input = numericInput(program, name))
      variant.quantities.push_back({append(program, runtime::OpCode::Input, *input), 1, true});
    else variant.quantities.push_back(findQuantity(program, name).value_or(Quantity{}));
  }
}

void Variants::fillFleet(Variant &variant) {
  variant.fleetColumns = std::make_unique<FleetColumns>(*variant.fleet);
  variant.quantities.resize(wanted_.size());
  for (const std::string &name : wanted_) variant.wantedColumns.push_back(*variant.fleetColumns->find(name));
  for (size_t i = 0; i < axes_.all().size(); ++i)
    for (size_t k = 0; k < axes_.all()[i].names().size(); ++k)
      if (const runtime::Input *input = inputNamed(variant.program, axes_.all()[i].names()[k]); input && !input->fixed)
        variant.inputs.push_back({static_cast<uint32_t>(input - variant.program.inputs.data()), i, k});
}

void Variants::makePlan(Variant &variant) {
  const Program &program = variant.program;
  runtime::batch::Request request;
  request.inputs = variant.compilation->inputs();
  for (const auto &parameter : program.parameters) request.parameters.push_back(parameter.value);
  for (size_t i = 0; i < axes_.all().size(); ++i)
    for (size_t k = 0; k < axes_.all()[i].names().size(); ++k) {
      const Axis &axis = axes_.all()[i];
      const runtime::Input *input = inputNamed(program, axis.names()[k]);
      if (!input || input->fixed) continue;
      auto number = static_cast<uint32_t>(input - program.inputs.data());
      variant.inputs.push_back({number, i, k});
      runtime::batch::Column column{number, input->lo.value_or(0), input->hi.value_or(Int(1) * 9007199254740992)};
      if (axis.isRange()) {
        column.lo = std::max(column.lo, std::min(axis.number(0), column.hi));
        column.hi = std::min(column.hi, std::max(axis.number(axis.size() - 1), column.lo));
      } else {
        std::optional<Int> lo, hi;
        for (uint64_t point = 0; point < axis.size(); ++point) {
          auto value = valueOf(*input, axis.text(point, k));
          if (!value || *value < column.lo || column.hi < *value) continue;
          lo = lo ? std::min(*lo, *value) : *value, hi = hi ? std::max(*hi, *value) : *value;
        }
        if (lo) column.lo = *lo, column.hi = *hi;
        else column.hi = column.lo; // no value is allowed: no row is computed
      }
      request.columns.push_back(column);
    }
  variant.outputOf.assign(variant.quantities.size(), ~size_t{0});
  for (size_t i = 0; i < variant.quantities.size(); ++i) {
    if (variant.quantities[i].slot == kNoSlot) continue;
    variant.outputOf[i] = request.outputs.size();
    request.outputs.push_back({variant.quantities[i].slot, variant.quantities[i].scale});
  }
  variant.firstGuard = request.outputs.size();
  for (const runtime::Guard &guard : program.guards) request.outputs.push_back({guard.condition, 1});
  variant.plan = runtime::batch::makePlan(program, request);
}

std::unique_ptr<Variant> Variants::compile(const std::vector<uint64_t> &positions) {
  auto variant = std::make_unique<Variant>();
  driver::Request request = requestAt(positions);
  variant->compilation = std::make_unique<driver::Compilation>(request);
  driver::Compilation &made = *variant->compilation;
  bool fine = made.compile() && !made.diagnostics().hasErrors();
  if (fine && fleet_.isAsked) fine = makeFleet(*variant);
  if (fine) return variant;
  if (variant->error.empty()) variant->error = firstError(made);
  variant->csv = std::string(statementNames().size(), ',');
  variant->fleet.reset(), variant->compilation.reset();
  return variant;
}

bool Variants::makeFleet(Variant &variant) {
  driver::Compilation &compilation = *variant.compilation;
  if (!compilation.targetInfo().device) return variant.error = "several devices need a device: --device h20", false;
  variant.fleet = driver::makeFleet(compilation, compilation.request().strategy);
  if (!variant.fleet || compilation.diagnostics().hasErrors()) return false;
  for (const auto &[device, price] : fleet_.prices)
    if (device == compilation.targetInfo().device->asked) variant.fleet->request.price = price;
  return true;
}

//===--- All of them ------------------------------------------------------------------===//

/// Without an input it is a number of devices.
bool Variants::checkValues(const Axis &axis, size_t name, const runtime::Input *input, std::string &error) const {
  for (uint64_t point = 0; !axis.isRange() && point < axis.size(); ++point) {
    std::string text = axis.text(point, name);
    if (input && !valueOf(*input, text))
      return error = fmt::format("`{}` is no value of the input `{}`", text, axis.names()[name]), false;
    if (!input && !parseInt(text)) return error = fmt::format("`{}` is no number of devices", text), false;
  }
  return true;
}

bool Variants::open(std::string &error) {
  structural_.clear();
  for (const Axis &axis : axes_.all())
    structural_.push_back(
        std::ranges::any_of(axis.names(), [&](const std::string &name) { return isCompiledIn(name); }));
  // An input may turn out to be compiled in: then its axis is structural, too.
  std::vector<uint64_t> first(axes_.all().size(), 0);
  std::unique_ptr<Variant> made = compile(first);
  if (!made->compilation) { // the first point may be one of those that have no program
    auto base = std::make_unique<driver::Compilation>(base_);
    if (!base->compile()) return failed_ = std::move(base), error = firstError(*failed_), false;
    made->program = base->program();
  }
  const Program &program = made->compilation ? made->compilation->program() : made->program;
  std::vector<bool> before = structural_;
  for (size_t i = 0; i < axes_.all().size(); ++i)
    for (const std::string &name : axes_.all()[i].names()) {
      if (isCompiledIn(name)) continue;
      const runtime::Input *input = inputNamed(program, name);
      if (!input && !isDevices(name, program)) {
        std::vector<std::string_view> names;
        for (const runtime::Input &each : program.inputs) names.push_back(each.name);
        std::string near(nearest(name, names));
        error = fmt::format("there is no input `{}`{}", name,
                            near.empty() ? "" : fmt::format("; did you mean `{}`?", near));
        return false;
      }
      if (input && input->fixed) structural_[i] = true;
      size_t k = static_cast<size_t>(&name - axes_.all()[i].names().data());
      if (!checkValues(axes_.all()[i], k, input, error)) return false;
    }
  if (structural_ == before) made_[first] = std::move(made);
  else (void)compiled(first);
  return true;
}

std::vector<std::string> Variants::known() const {
  std::vector<std::string> names;
  for (const auto &[key, variant] : made_) {
    if (!variant->compilation) continue;
    for (const runtime::Input &input : variant->compilation->program().inputs)
      if (input.type != runtime::InputType::Choice) names.push_back(input.name);
    for (const runtime::Metric &metric : variant->compilation->program().metrics)
      if (std::ranges::find(names, metric.name) == names.end()) names.push_back(metric.name);
    break;
  }
  names.insert(names.end(), {"memory_bytes", "fits"});
  return names;
}

/// The positions of the next variant; false behind the last one.
bool Variants::nextVariant(std::vector<uint64_t> &positions) const {
  for (size_t i = positions.size(); i-- > 0;) {
    if (!structural_[i]) continue;
    if (++positions[i] < axes_.all()[i].size()) return true;
    positions[i] = 0;
  }
  return false;
}

/// The first variant with a fleet, compiled where that is needed; null when there is none.
Variant *Variants::anyFleet() {
  std::vector<uint64_t> positions(axes_.all().size(), 0);
  do
    if (Variant &made = compiled(positions); made.fleet) return &made;
  while (nextVariant(positions));
  return nullptr;
}

std::vector<std::string> Variants::defaults(bool ofAll) {
  std::vector<std::string> names;
  if (fleet_.isAsked) {
    std::vector<uint64_t> positions(axes_.all().size(), 0);
    do {
      const Variant &made = compiled(positions);
      for (const std::string &each : made.fleet ? FleetColumns(*made.fleet).defaults() : std::vector<std::string>())
        if (std::ranges::find(names, each) == names.end()) names.push_back(each);
    } while ((ofAll || names.empty()) && nextVariant(positions));
    std::vector<std::string> there = statementNames();
    for (const Axis &axis : axes_.all()) there.insert(there.end(), axis.names().begin(), axis.names().end());
    for (const std::string &each : there) std::erase(names, each);
    return names;
  }
  for (const auto &[key, variant] : made_)
    for (size_t i = 0; variant->compilation && i < variant->compilation->program().metrics.size(); ++i) {
      const runtime::Metric &metric = variant->compilation->program().metrics[i];
      if (isShown(metric) && std::ranges::find(names, metric.name) == names.end()) names.push_back(metric.name);
    }
  names.emplace_back("memory_bytes");
  for (const auto &[key, variant] : made_)
    if (variant->compilation && variant->compilation->targetInfo().device) {
      names.emplace_back("fits");
      break;
    }
  return names;
}

bool Variants::wantFleet(const std::vector<std::string> &names, std::string &error, bool mayLack) {
  const Variant *made = anyFleet();
  if (!made) return error = compiled(std::vector<uint64_t>(axes_.all().size(), 0)).error, false;
  FleetColumns columns(*made->fleet);
  for (const std::string &name : names) {
    auto column = columns.find(name);
    if (!column) return error = unknownOutput(name, columns.names()), false;
    if (std::string lack = columns.lack(*column); !mayLack && !lack.empty())
      return error = fmt::format("`{}` has no value here: {}", name, lack), false;
  }
  wanted_ = names;
  return true;
}

bool Variants::want(const std::vector<std::string> &names, std::string &error, bool mayLack) {
  if (fleet_.isAsked) return wantFleet(names, error, mayLack);
  Variant &first = compiled(std::vector<uint64_t>(axes_.all().size(), 0));
  for (const std::string &name : names) {
    if (name == "memory_bytes" || name == "fits" || !first.compilation) continue;
    if (numericInput(first.compilation->program(), name)) continue;
    if (auto found = findQuantity(first.compilation->program(), name)) {
      if (found->slot != kNoSlot) continue;
      bool isTime =
          metricOf(first.compilation->program(), name)->unit == "s" && !first.compilation->targetInfo().device;
      error = fmt::format("`{}` has no value here: {}", name,
                          isTime ? "times need a device: --device h20 (or, in a sweep, --sweep device=h20,b200)"
                                 : "the convention does not count it");
      return false;
    }
    return error = unknownOutput(name, known()), false;
  }
  wanted_ = names;
  return true;
}

Variant &Variants::compiled(std::vector<uint64_t> positions) {
  for (size_t i = 0; i < positions.size(); ++i)
    if (!structural_[i]) positions[i] = 0;
  std::unique_ptr<Variant> &variant = made_[positions];
  if (!variant) variant = compile(positions);
  return *variant;
}

const Variant &Variants::at(const std::vector<uint64_t> &positions) {
  std::lock_guard lock(mutex_);
  Variant &variant = compiled(positions);
  if (!variant.isFilled && variant.compilation) {
    fill(variant);
    if (!variant.fleet) makePlan(variant);
  }
  variant.isFilled = true;
  return variant;
}

} // namespace mdl::tool
