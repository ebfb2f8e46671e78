//===- Variants.h - What has to be compiled for a sweep ---------*- C++ -*-===//
// Precision, device, model and every input that is compiled in give a variant each:
// one compilation, one program, one plan. All other inputs are columns, so a sweep
// over sizes compiles once, whatever the number of its points.
//===----------------------------------------------------------------------===//
#pragma once
#include "Axes.h"
#include "FleetColumns.h"
#include "compiler/driver/Compile.h"
#include "runtime/batch/Batch.h"
#include <map>
#include <mutex>

namespace mdl::tool {

/// Where the numbers of an output column are in a variant.
struct Quantity {
  runtime::Slot slot = runtime::kNoSlot; ///< None: the variant does not have it
  Int scale = 1;
  bool isCount = true; ///< A whole number, not a real
};

/// The metric of an output `METRIC` or `STAGE.METRIC`; null for an unknown one.
const runtime::Metric *metricOf(const runtime::Program &program, const std::string &output);
/// The number called `flops_tensor` or `diffusion.flops_tensor`, of a slot or of none; nothing for an unknown name.
std::optional<Quantity> findQuantity(const runtime::Program &program, const std::string &name);
/// A total that is shown when nothing is asked for: none of one resource or of an end of a range.
bool isShown(const runtime::Metric &metric);

/// How many devices serve a job, and for what. `mdlc sweep --devices 8 --price h20=2.50`.
struct FleetOptions {
  bool isAsked = false;                               ///< Else it is one device, without a strategy
  Int devices;                                        ///< Where they are no axis
  std::vector<std::pair<std::string, double>> prices; ///< By the name of a device as it is asked for: USD/hour

  /// Reads `h20=2.50`; otherwise what is wrong with it. `asked` are those that are asked for.
  std::string addPrice(const std::string &text, const std::vector<std::string> &asked);
};

/// An input that the sweep gives a value for each point.
struct SweptInput {
  uint32_t input;
  size_t axis, name; ///< Which name of which axis
};

struct Variant {
  std::string error; ///< Why there is no program: the first error
  std::unique_ptr<driver::Compilation> compilation;
  runtime::Program program; ///< With the memory of a device
  /// What its numbers are counted by, as the columns of eval's CSV say it: names and values.
  std::vector<std::pair<std::string, std::string>> statements;
  std::string csv, json;                    ///< These, as a row has them
  std::vector<Quantity> quantities;         ///< Parallel to the wanted names
  std::vector<SweptInput> inputs;           ///< Parallel to the plan's columns
  runtime::batch::Plan plan;                ///< Outputs: the quantities that there are, then the guards
  std::vector<size_t> outputOf;             ///< By quantity: its output; ~0 for none
  std::unique_ptr<driver::FleetPlan> fleet; ///< Of several devices: then there is no plan
  std::unique_ptr<FleetColumns> fleetColumns;
  std::vector<size_t> wantedColumns; ///< Of these, parallel to the wanted names
  bool isFilled = false;             ///< What follows the compilation has been made
  size_t firstGuard = 0;             ///< The first output that is a guard
};

class Variants {
public:
  Variants(driver::Request base, const Axes &axes) : base_(std::move(base)), axes_(axes) {}

  /// Several devices, from now on.
  void setFleet(FleetOptions options) { fleet_ = std::move(options), base_.parallel = fleet_.isAsked; }
  /// So many devices at a point.
  Int devicesAt(const std::vector<uint64_t> &positions) const;
  /// The names of what every row states, but for those that are axes.
  std::vector<std::string> statementNames() const;

  /// Compiles for the first point and finds which axes have to be compiled for. False: the first error in `error`.
  bool open(std::string &error);
  /// When that failed since the model itself has errors: what was reported.
  driver::Compilation *failed() { return failed_.get(); }
  /// Chooses the columns; an unknown name is reported with those that there are. `mayLack`: a column without a value in the
  /// first variant is none of this function's errors.
  bool want(const std::vector<std::string> &names, std::string &error, bool mayLack = false);
  /// Those that a sweep shows when nothing is asked for. `ofAll`: of several devices what any variant has, not the first one
  /// that compiles.
  std::vector<std::string> defaults(bool ofAll = false);
  /// Which axes name something that is compiled in.
  const std::vector<bool> &isStructural() const { return structural_; }
  /// The variant of a point; compiled at its first call. Any thread may call it.
  const Variant &at(const std::vector<uint64_t> &positions);
  /// The value of an input from its text: a number, true or false, the name of a choice.
  static std::optional<Int> valueOf(const runtime::Input &input, const std::string &text);

private:
  bool isCompiledIn(const std::string &name) const;
  driver::Request requestAt(const std::vector<uint64_t> &positions) const;
  bool isDevices(const std::string &name, const runtime::Program &program) const;
  bool checkValues(const Axis &axis, size_t name, const runtime::Input *input, std::string &error) const;
  Variant *anyFleet();
  bool nextVariant(std::vector<uint64_t> &positions) const;
  bool makeFleet(Variant &variant);
  void fillFleet(Variant &variant);
  bool wantFleet(const std::vector<std::string> &names, std::string &error, bool mayLack);
  std::unique_ptr<Variant> compile(const std::vector<uint64_t> &positions);
  void fill(Variant &variant);
  void state(Variant &variant) const;
  Variant &compiled(std::vector<uint64_t> positions);
  void makePlan(Variant &variant);
  std::vector<std::string> known() const;

  driver::Request base_;
  const Axes &axes_;
  FleetOptions fleet_;
  std::unique_ptr<driver::Compilation> failed_;
  std::vector<bool> structural_;
  std::vector<std::string> wanted_;
  std::mutex mutex_;
  std::map<std::vector<uint64_t>, std::unique_ptr<Variant>> made_;
};

} // namespace mdl::tool
