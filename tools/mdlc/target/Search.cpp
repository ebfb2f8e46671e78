#include "Search.h"
#include "runtime/Bisect.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace mdl::tool {

using runtime::Fleet;

std::string largestPart(const runtime::DeviceMemory &memory) {
  for (const runtime::StageMemory &stage : memory.stages) {
    if (stage.stage != memory.stage) continue;
    std::pair<Int, const char *> parts[] = {
        {stage.weights, "weights"}, {stage.kv, "kv cache"}, {stage.state, "state"}, {stage.activations, "activations"}};
    return std::ranges::max_element(parts, {}, &std::pair<Int, const char *>::first)->second;
  }
  return "memory";
}

namespace {

const runtime::DeviceMemory *memoryOf(const runtime::SizingRow &row) {
  return row.held && row.held->memory ? &*row.held->memory : nullptr;
}

} // namespace

//===--- The question --------------------------------------------------------------------===//

bool Search::run(std::string &error) {
  if (!openAxes(error) || !bind(error)) return false;
  for (uint64_t point = 0; point < axes_.size(); ++point) {
    Candidate &candidate = candidates_.emplace_back();
    axes_.locate(point, candidate.positions);
    search(candidate);
  }
  std::ranges::stable_sort(candidates_, [&](const Candidate &a, const Candidate &b) { return isBefore(a, b); });
  for (const Candidate &each : candidates_)
    if (each.error.empty()) return true;
  return error = candidates_.front().error, false;
}

bool Search::openAxes(std::string &error) {
  std::vector<std::string> devices;
  for (const std::string &axis : question_.axes) {
    if (error = axes_.add(axis); !error.empty()) return false;
    for (uint64_t i = 0; axis.starts_with("device=") && i < axes_.all().back().size(); ++i)
      devices.push_back(axes_.all().back().text(i, 0));
  }
  FleetOptions fleet;
  fleet.isAsked = true;
  for (const std::string &each : question_.prices)
    if (error = fleet.addPrice(each, devices); !error.empty()) return error = "--price " + error, false;
  variants_.setFleet(std::move(fleet));
  std::string all;
  for (const std::string &each : question_.targets) {
    if (!RowExpr::parse(each, error)) return error = "--target " + error, false;
    all += (all.empty() ? "" : " and ") + (question_.targets.size() == 1 ? each : "(" + each + ")");
  }
  target_ = RowExpr::parse(all, error);
  if (!variants_.open(error)) return false;
  if (question_.requests.size() > kMostRequests)
    return error = fmt::format("--requests has {} values, more than {}", question_.requests.size(), kMostRequests),
           false;
  return true;
}

/// What the target reads comes first, so that points are asked for no more than that.
bool Search::bind(std::string &error) {
  outputs_.clear();
  std::vector<std::string> shown = variants_.defaults(true);
  for (const std::string &name : target_->names())
    if (std::ranges::find(outputs_, name) == outputs_.end()) outputs_.push_back(name);
  if (!variants_.want(outputs_, error, true)) return false;
  read_ = outputs_.size();
  for (const std::string &name : shown)
    if (std::ranges::find(outputs_, name) == outputs_.end()) outputs_.push_back(name);
  return variants_.want(outputs_, error, true) && target_->bind(Axes(), outputs_, error);
}

const runtime::Quantity *Search::quantity(const std::string &output) const {
  if (!first_) return nullptr;
  auto at = std::ranges::find(first_->quantities, output, &runtime::Quantity::name);
  return at == first_->quantities.end() ? nullptr : &*at;
}

//===--- One candidate -------------------------------------------------------------------===//

void Search::search(Candidate &candidate) {
  candidate.variant = &variants_.at(candidate.positions);
  const Variant &variant = *candidate.variant;
  candidate.error = variant.error;
  if (!variant.fleet) return;
  if (!first_) first_ = variant.fleet.get();
  for (const std::string &name : target_->names())
    if (std::string lack = variant.fleetColumns->lack(*variant.fleetColumns->find(name)); !lack.empty())
      candidate.error = fmt::format("`{}` has no value: {}", name, lack);
  if (question_.byCost && !variant.fleet->request.price)
    candidate.error = "--order cost: " + variant.fleetColumns->lack(*variant.fleetColumns->find("cost_per_hour"));
  if (!candidate.error.empty()) return;
  Fleet fleet(variant.fleet->request);
  bool isSmall = question_.devices.size() <= kMostPoints / question_.requests.size();
  isSmall ? scan(candidate, fleet) : probe(candidate, fleet);
  findLimits(candidate, fleet);
}

/// Of one number of devices: the fewest requests at once that meet the target, else those that come nearest to it.
Configuration Search::best(Candidate &candidate, Fleet &fleet, Int devices) {
  std::optional<Configuration> nearest;
  std::optional<std::pair<Int, runtime::DeviceMemory>> unfit;
  for (Int requests : question_.requests) {
    Configuration next = ask(candidate, fleet, devices, requests);
    ++candidate.asked;
    if (next.meets()) return next;
    bool isMet = next.at && !next.fits && target_->shortfall(next.row, Axes()) == 1;
    if (isMet && !unfit) unfit.emplace(requests, *memoryOf(next.at->row));
    if (!nearest || next.isNearerThan(*nearest)) nearest = std::move(next);
  }
  nearest->unfit = std::move(unfit);
  return std::move(*nearest);
}

Configuration Search::ask(const Candidate &candidate, Fleet &fleet, Int devices, Int requests) {
  const Variant &variant = *candidate.variant;
  Configuration made;
  made.devices = devices, made.requests = requests, made.shortfall = std::numeric_limits<double>::infinity();
  runtime::ReportError error;
  made.at = fleet.at(variant.compilation->inputs(), requests, devices, error);
  if (!made.at) return made.status = error.slug + ": " + error.message, made;
  std::span<const size_t> read = std::span(variant.wantedColumns).first(read_);
  made.row.cells = variant.fleetColumns->cells(*made.at, read, texts_);
  made.shortfall = target_->shortfall(made.row, Axes());
  const runtime::SizingRow &row = made.at->row;
  made.fits = row.fits();
  if (!made.fits)
    made.shortfall = std::max(made.shortfall, memoryOf(row)->total.toDouble() / memoryOf(row)->capacity->toDouble());
  return made;
}

/// Every point, fewest devices first, until one meets the target. Without an answer the nearest of all is kept, with one
/// the nearest with the number of devices before it.
void Search::scan(Candidate &candidate, Fleet &fleet) {
  std::optional<Configuration> before, nearest;
  for (Int devices : question_.devices) {
    Configuration found = best(candidate, fleet, devices);
    if (found.meets()) {
      candidate.answer = std::move(found), candidate.nearest = std::move(before);
      return;
    }
    if (!nearest || found.isNearerThan(*nearest)) nearest = found;
    before = std::move(found);
  }
  candidate.nearest = std::move(nearest);
}

/// Too many points: numbers of devices are asked here and there, and where the answers differ in between.
void Search::probe(Candidate &candidate, Fleet &fleet) {
  std::map<uint64_t, Configuration> asked;
  auto at = [&](uint64_t point) -> const Configuration & {
    auto found = asked.find(point);
    if (found == asked.end()) found = asked.emplace(point, best(candidate, fleet, question_.devices[point])).first;
    return found->second;
  };
  auto borders = runtime::findBorders(question_.devices.size(), [&](uint64_t point) { return at(point).meets(); });
  candidate.isProven = borders.isProven;
  for (const runtime::Stretch &each : borders.stretches) {
    if (!each.holds) continue;
    candidate.answer = at(each.first);
    if (each.first > 0) candidate.nearest = at(each.first - 1);
    return;
  }
  for (const auto &[point, each] : asked)
    if (!candidate.nearest || each.isNearerThan(*candidate.nearest)) candidate.nearest = each;
}

//===--- What stands in the way ----------------------------------------------------------===//

/// The parts of the target that the nearest misses, and memory.
void Search::findLimits(Candidate &candidate, Fleet &fleet) {
  for (auto *each : {&candidate.answer, &candidate.nearest})
    if (*each && (*each)->at) complete(candidate, fleet, **each);
  if (!candidate.nearest) return;
  const Configuration &nearest = *candidate.nearest;
  if (!nearest.at) return void(candidate.limits.push_back({nearest.status, "", "", "strategy"}));
  for (const RowExpr::Part &part : target_->faults(nearest.row, Axes()))
    candidate.limits.push_back(limitOf(part, nearest, fleet, candidate));
  const runtime::DeviceMemory *memory = nearest.unfit  ? &nearest.unfit->second
                                        : nearest.fits ? nullptr
                                                       : &*nearest.memory;
  if (memory)
    candidate.limits.push_back({"fits", toString(memory->total), toString(*memory->capacity), largestPart(*memory)});
}

/// All cells of a configuration that is shown. It is asked again: what it points to lives only until the next point.
void Search::complete(const Candidate &candidate, Fleet &fleet, Configuration &of) {
  runtime::ReportError error;
  const Variant &variant = *candidate.variant;
  of.at = fleet.at(variant.compilation->inputs(), of.requests, of.devices, error);
  of.row.cells = variant.fleetColumns->cells(*of.at, variant.wantedColumns, texts_);
  if (const runtime::DeviceMemory *memory = memoryOf(of.at->row)) of.memory = *memory;
  runtime::Sizer::Notes notes = fleet.notes(*of.at);
  of.notes = std::move(notes.warnings);
  of.notes.insert(of.notes.end(), notes.extrapolations.begin(), notes.extrapolations.end());
}

Limit Search::limitOf(const RowExpr::Part &part, const Configuration &at, Fleet &fleet, const Candidate &candidate) {
  Limit made{part.text, part.left, part.right, ""};
  std::string ignored;
  for (const std::string &name : RowExpr::parse(part.text, ignored)->names()) {
    const runtime::Quantity *of = quantity(name);
    runtime::Concern about = of ? of->about : runtime::Concern::Count;
    std::string by = about == runtime::Concern::Time     ? fleet.bottleneck(*of, *at.at)
                     : about == runtime::Concern::Budget ? "budget"
                                                         : limitOfCount(at, fleet, candidate);
    if (by == "memory" && about == runtime::Concern::Time) by = "memory bandwidth";
    if (made.by.empty()) made.by = by;
  }
  return made;
}

/// More requests at once do not fit, or were not asked for.
std::string Search::limitOfCount(const Configuration &at, Fleet &fleet, const Candidate &candidate) {
  auto next = std::ranges::upper_bound(question_.requests, at.requests);
  if (next == question_.requests.end()) return "range";
  Configuration more = ask(candidate, fleet, at.devices, *next);
  if (!more.at) return "strategy";
  const runtime::SizingRow &row = more.at->row;
  return row.fits() ? "target" : largestPart(*memoryOf(row));
}

bool Search::isBefore(const Candidate &a, const Candidate &b) const {
  auto rank = [](const Candidate &each) { return each.answer ? 0 : each.error.empty() ? 1 : 2; };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (!a.answer) return rank(a) == 1 && a.nearest->isNearerThan(*b.nearest);
  auto cost = [](const Candidate &each) {
    const auto &price = each.variant->fleet->request.price;
    return price ? *price * each.answer->devices.toDouble() : std::numeric_limits<double>::infinity();
  };
  if (question_.byCost && cost(a) != cost(b)) return cost(a) < cost(b);
  if (a.answer->devices != b.answer->devices) return a.answer->devices < b.answer->devices;
  if (cost(a) != cost(b)) return cost(a) < cost(b);
  return a.answer->requests < b.answer->requests;
}

} // namespace mdl::tool
