//===- Model.h - The checked model ------------------------------*- C++ -*-===//
// What `check` yields: a graph of templates over symbolic shapes, immutable.
//
// A module is checked once for each distinct tuple of arguments and operand
// shapes; the result is a Template, shared by all calls. A `repeat` or `loop` is
// a list of Pieces, ranges of the index on which the body is one region. Nothing
// is unrolled that does not differ: forty equal blocks are one piece.
//===----------------------------------------------------------------------===//
#pragma once
#include "Value.h"
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mdl::sema {

/// A segment of an id: text, then the value of an expression of loop indices, if there is one.
struct LabelSegment {
  std::string_view text;
  std::optional<ExprId> index;
};
/// The path of an instance below its module; empty for the value of a stage.
using Label = llvm::ArrayRef<LabelSegment>;

enum class StorageKind : uint8_t { Weight, State, Scratch };

/// Storage that an operator or module owns.
struct Storage {
  StorageKind kind;
  std::string_view name; ///< `w`, `pos_embedding.embedding`
  const Tensor *tensor;
  SrcRange range;
};

/// An operator applied to operands of certain shapes: its dims, results and storage. Shared by equal applications.
struct OpApplication {
  const ast::Item *op;
  Scope scope;                          ///< Parameters, dims, lets, operands, results and storage by name
  std::vector<const Tensor *> operands; ///< Stand-ins, parallel to the tensor parameters; null when absent
  std::vector<const Tensor *> results;  ///< Stand-ins
  std::vector<Storage> storage;
  std::vector<const Tensor *> tied; ///< Stand-ins of weights that were passed in
  int aliasOf = -1;                 ///< Operand whose storage the result renames, or -1
  bool aliasState = false;          ///< The result renames a state of the operator
  int inplaceOf = -1;               ///< Operand whose storage the result may take over, or -1
  bool fuse = false;
  std::string_view category;
  std::vector<bool> given; ///< Parameters that the call gave; the others have their defaults
};

struct OpNode {
  const OpApplication *application;
  Label label;
  std::vector<const Tensor *> operands; ///< Parallel to `application->operands`; null when absent
  std::vector<const Tensor *> tied;     ///< Parallel to `application->tied`
  std::vector<const Tensor *> results;
  std::vector<const Tensor *> states; ///< The tensors of its states, for aliases
  ExprId storedOver;                  ///< Devices that its weights are stored in parts on; 0: each has them whole
  ExprId devices;                     ///< As in a LoopNode
  bool idle = false;                  ///< Resident, never run
  SrcRange range;
};

struct Template;
struct CallNode {
  const Template *callee;
  Label label;
  std::vector<const Tensor *> operands; ///< Parallel to `callee->operands`
  std::vector<const Tensor *> results;  ///< Parallel to `callee->results`
  bool idle = false;                    ///< Resident, never run
  SrcRange range;
};

struct LoopNode;
using Node = std::variant<OpNode, CallNode, std::unique_ptr<LoopNode>>;

/// Instances in program order, and the storage that the module itself owns.
struct Region {
  std::vector<Node> nodes;
  std::vector<Storage> storage;
  ExprId storedOver; ///< As in an OpNode
};

/// The turns lo..hi of a loop, all of one body.
struct Piece {
  ExprId lo, hi;
  std::optional<SymbolId> index; ///< Absent when there is one turn
  Region body;
  std::vector<const Tensor *> carriedIn, carriedOut;
  const Tensor *gathered = nullptr;
};

/// `repeat` copies in space (own weights, own ids), `loop` turns in time (the same instances).
struct LoopNode {
  bool inTime;
  std::vector<Piece> pieces;
  std::vector<const Tensor *> initial, results; ///< Of the carried tensors, lists flattened
  const Tensor *gathered = nullptr;
  ExprId devices; ///< Of a pipeline: the turns are those of one of them, and each waits for the others; 0: none
  SrcRange range;
};

/// A module checked for one tuple of arguments.
struct Template {
  const ast::Item *module;
  std::vector<const Tensor *> operands;
  std::vector<const Tensor *> results;
  Region region;
};

/// One part of a pipeline that is resident together.
struct Stage {
  NameId name;
  std::string_view title;
  NameId resident; ///< After `on`; the stage's own name otherwise
  Region region;
  std::vector<const Tensor *> results;
  std::optional<SymbolId> turn; ///< The index of `for t in lo..hi`
  ExprId lo, hi;                ///< Turns; `times n` is 0..n
  ExprId guard;                 ///< 1 unless `when` says otherwise
  SrcRange range;
};

enum class GuardKind : uint8_t { Require, Warn, Claim };
/// A condition over inputs that only a workload decides.
struct Guard {
  GuardKind kind;
  ExprId condition;
  std::string text;
  SrcRange range;
};

/// An input of the pipeline: a field of its job record, or of the record of its build.
struct Input {
  const ast::Field *field;
  bool ofBuild = false; ///< Weights may depend on it
  enum class Type : uint8_t { Integer, Boolean, Choice } type = Type::Integer;
  std::optional<SymbolId> symbol;         ///< Absent when it is fixed
  const ast::Item *enumeration = nullptr; ///< Choice
  Int defaultValue;
  bool required = false;     ///< No default: a workload must give it
  std::optional<Int> lo, hi; ///< Inclusive
  UnitId unit;
  bool fixed = false;
  Int fixedValue;
};

/// Rules of counting, from core.mdl.
struct Metric {
  NameId name;
  std::string_view title, unit, doc;
  enum class Fold : uint8_t { Sum, Once, Peak, Each } fold = Fold::Sum;
  enum class Source : uint8_t { Rule, Read, Write, Send, Storage, Liveness, Workspace, Time } source = Source::Rule;
  RoleId storageRole;           ///< Storage: counts tensors of this role and below
  bool inBytes = false;         ///< Storage: bytes rather than elements
  std::string_view feeds;       ///< The field of `Run` that it feeds
  std::string_view time;        ///< Time: a function of `Run`
  std::vector<NameId> parts;    ///< Time: functions of `Run`
  std::string_view utilisation; ///< Time: the profile; empty is the chosen one
  std::string_view resource;    ///< Time: of which resource; empty is of all
  std::string_view memory;      ///< What it is of the memory of a device
  std::string_view needs;       ///< Only in models where the metric of this name is not 0
};

inline bool isTraffic(const Metric &metric) {
  return metric.source >= Metric::Source::Read && metric.source <= Metric::Source::Send;
}

/// A case of the enum `class`: what an operator is.
struct ClassId {
  uint16_t index = 0;
  friend auto operator<=>(ClassId, ClassId) = default;
};

/// How a number is stored.
struct Format {
  NameId name;
  Rational bits; ///< With its share of what a block has in common
};

struct StagePrecision;

/// A precision with everything inherited.
struct Precision {
  NameId name;
  std::string_view title;
  std::vector<Format> compute;                ///< By class
  std::vector<Format> storage;                ///< By role
  std::vector<std::optional<Format>> results; ///< By class; else `storage` of the result's role
  std::vector<StagePrecision> stage;          ///< Stages that have another one
};
struct StagePrecision {
  NameId stage;
  Precision precision;
};

/// A device in base units: bytes, FLOP/s, seconds, watts, dollars a second.
struct Device {
  NameId name;
  std::string_view title, vendor, doc;
  const ast::Item *item = nullptr; ///< Its block, for the evidence of each number
  std::optional<Rational> memory;
  Rational bandwidth, vectorPeak, launch;
  std::vector<std::pair<NameId, Rational>> peaks, sparsePeaks; ///< By format
  std::optional<Rational> link, linkLatency, hostLink, power, price;
  bool provisional = false;
};

/// What one device reaches of each peak, and what each operator takes on top, in s.
struct Reached {
  std::vector<double> tensor; ///< Of the matrix peak, by class
  double vector = 1, memory = 1, link = 1, launch = 0;
};

/// What operators of a class reach of the matrix peak on one device: their row, in proportion to what the device's own row is
/// of `tensor`, and never more than all.
inline double partOf(std::optional<double> ofClass, std::optional<double> ofDevice, double tensor) {
  if (!ofClass) return ofDevice.value_or(tensor);
  return std::min(ofDevice ? *ofClass * *ofDevice / tensor : *ofClass, 1.0);
}

/// What a device reaches of its peaks. The first numbers are those of the block, for the device.
struct Utilisation {
  NameId name;
  std::string_view title;
  Rational tensorLow = 1, tensorHigh = 1, tensor = 1, vector = 1, memory = 1, link = 1;
  std::vector<std::pair<NameId, Rational>> classes; ///< Rows of classes of operators
  bool ofDevice = false;                            ///< The profile has a row for the device
  Reached expected, best, worst;                    ///< `expected` is what times are made of
  std::vector<std::string> evidence;                ///< The devices that it was fitted to; empty where it was not
  bool isFitted() const { return !evidence.empty(); }
};

enum class Placement : uint8_t { Resident, Offloaded, Host };
/// Where the weights of each stage are.
struct Residency {
  NameId name;
  std::string_view title;
  Placement others = Placement::Resident;
  std::vector<std::pair<NameId, Placement>> place;
};

/// What the rules of a strategy or quantity want to know of a run, and the symbol that stands for it.
struct StrategyField {
  SymbolId symbol;
  enum class Kind : uint8_t { Batch, Devices, Link, LinkLatency, Metric, Input, Active, Latency, Price };
  Kind kind = Kind::Batch;
  std::string name;    ///< Of the metric or input; of the stage whose latency it is, empty for all
  std::string ofClass; ///< Metric: of operators of this class; empty: of all
};

/// How several devices share a job: rules over the symbols of `fields`.
struct Strategy {
  NameId name;
  std::string_view title, divides, rule;
  std::vector<std::string> assumptions;
  Rational saturation;
  std::vector<StrategyField> fields;
  ExprId active, time;
  std::vector<std::pair<ExprId, ExprId>> shares; ///< How many, and of how much each
  std::optional<ExprId> holds;
  std::vector<std::pair<std::string, ExprId>> resources;
  std::vector<Guard> guards; ///< What the records of its rules require: points that it can serve
};

/// A number of a job on some devices, over the symbols of `fields`.
struct Quantity {
  NameId name;
  std::string_view title, unit, about;
  std::vector<StrategyField> fields;
  ExprId value;
  std::vector<Guard> guards;        ///< What its record requires
  std::vector<std::string> missing; ///< Fields that this pipeline has nothing for: there is no value
};

/// A part of a pipeline that is sized by itself; without stages all of it.
struct Mode {
  std::string name, title;
  std::vector<std::string> stages;
};

/// Columns of a sizing run by the names of another tool.
struct Schema {
  struct Column {
    std::string name, text;
    Rational per;
  };
  std::string name;
  std::vector<Column> columns;
};

struct Convention {
  NameId name;
  std::string_view title;
  enum class Family : uint8_t { Flops, Traffic } family = Family::Flops;
  std::vector<NameId> use;  ///< Tags, the preferred first
  std::vector<NameId> omit; ///< Metrics that it does not have
  enum class Booking : uint8_t { Once, Each, None } booking = Booking::Each;
};

struct PipelineModel {
  const ast::Item *pipeline = nullptr;
  std::vector<Input> inputs;
  std::vector<Stage> stages;
  std::vector<Guard> guards;
  std::vector<std::string> notModelled;
  /// Numbers that the pipeline names with `let`, for formulas that people read.
  std::vector<std::pair<std::string, ExprId>> lets;
  /// Templates that passes over the graph have made.
  std::vector<std::unique_ptr<Template>> rewritten;
  /// Every number that the pipeline has a name for, constants too: `T`, `cfg.dim`, `cfg.patch_size.1`.
  std::vector<std::pair<std::string, ExprId>> numbers;
};

} // namespace mdl::sema
