//===- Check.h - Syntax trees to a checked model ----------------*- C++ -*-===//
// The checker interprets declarations over symbolic dimensions. It resolves
// names, unifies every operator's signature with the shapes of its operands,
// decides or defers every `require`, checks units and types, and yields the
// graph of Model.h. Mistakes go to the DiagnosticEngine; the value of a mistake
// is `Error`, which everything accepts, so one mistake gives one message.
//
// A decision on a loop index that cannot be made for the whole range splits the
// range (Loops.cpp). That is the only non-local control: `undecided_` is set,
// every evaluation returns at once, and the loop tries again on parts.
//===----------------------------------------------------------------------===//
#pragma once
#include "../expr/Facts.h"
#include "Library.h"
#include "Model.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <set>
#include <unordered_map>

namespace mdl::sema {

using expr::Truth;

/// What a job says about one input: `height = 720`.
struct Setting {
  std::string name;
  const ast::Expr *expr;
  SrcRange range;
};

/// Bytes that an operator moves, before formats are known.
struct MoveCost {
  ast::Movement movement = ast::Movement::Read;
  RoleId role;
  ExprId elements;
  int operand = -1;           ///< Reads of a whole operand: which, so that `once` can book it on its first reader
  const Tensor *of = nullptr; ///< The stand-in of what moves; null for a plain count
};

/// The cost rules of one operator application under one pair of conventions.
struct OpCosts {
  std::vector<ExprId> values; ///< Parallel to `metrics()`; 0 where it has no rule
  std::vector<MoveCost> moves;
  bool byConvention = false;           ///< No traffic rule applies: the convention's booking does
  std::vector<const Tensor *> scratch; ///< Workspaces that the chosen traffic rule touches
};

/// A sharding that divides something.
struct Divider {
  std::string sharding; ///< As written, `ulysses4`
  Int devices;
  SrcRange declared;
};

class Checker {
public:
  Checker(SourceManager &sources, DiagnosticEngine &diagnostics, std::vector<std::string> searchPaths);
  ~Checker();

  /// Loads the prelude and a file. False when that failed; the reason is reported.
  bool open(const std::string &path);
  LoadedFile *mainFile() const { return main_; }
  Library &library() { return library_; }
  expr::ExprPool &pool() { return pool_; }
  expr::Facts &facts() { return *facts_; }
  UnitPool &units() { return units_; }

  /// Pipelines of the main file, in order.
  std::vector<const ast::Item *> pipelines();
  /// Checks every declaration of the main file by itself, with symbols for its parameters.
  void checkDeclarations();
  /// Elaborates a pipeline. `settings` give the values of inputs that decide the structure. Null after an error.
  std::unique_ptr<PipelineModel> elaborate(const ast::Item *pipeline, llvm::ArrayRef<Setting> settings);
  /// The values of all inputs for these settings, in order; nullopt after an error.
  std::optional<std::vector<Int>> bind(const PipelineModel &model, llvm::ArrayRef<Setting> settings);
  /// The settings of a workload visible from the main file; nullopt when it is unknown or of another job.
  std::optional<std::vector<Setting>> workload(std::string_view name, const ast::Item *pipeline);
  /// The workloads of a pipeline's job, in order of files and lines.
  std::vector<const ast::Item *> workloads(const ast::Item *pipeline);

  /// The vocabulary of core.mdl and of the main file.
  llvm::ArrayRef<Metric> metrics() const { return metrics_; }
  /// The convention of this name; null (reported) when there is none.
  const Convention *convention(Convention::Family family, std::string_view name);
  std::vector<const Convention *> conventions(Convention::Family family) const;
  std::string_view roleName(RoleId role) const;
  /// True when `role` is `ancestor` or below it.
  bool isRole(RoleId role, RoleId ancestor) const;

  /// The class of an operator with this `category`.
  ClassId classOf(std::string_view category) const;
  std::string_view className(ClassId id) const;
  ClassId parentOf(ClassId id) const { return id.index < classParent_.size() ? ClassId{classParent_[id.index]} : id; }
  size_t classCount() const { return classParent_.size(); }
  /// True when the class, or one above it, has this name.
  bool isClass(ClassId id, std::string_view name) const;
  /// True when the role, or one above it, has this name.
  bool isRoleNamed(RoleId role, std::string_view name) const;
  /// True for operators whose result is stored as their first operand is.
  bool isMovement(ClassId id) const;
  /// True for weights, keys and values, and other storage that outlives a call.
  bool isStorageRole(RoleId role) const;
  size_t roleCount() const { return roles_ ? roles_->cases.size() : 0; }
  RoleId actRole() const { return actRole_; }

  /// A precision, device or utilisation with all that is inherited; nullopt (reported) when its block has a mistake.
  std::optional<Precision> precision(const ast::Item *item);
  std::optional<Device> device(const ast::Item *item);
  std::optional<Utilisation> utilisation(const ast::Item *item, std::string_view device);
  std::optional<Residency> residency(const ast::Item *item);
  /// A strategy with its rules for this pipeline; `settings` are those after `strategy.`.
  std::optional<Strategy> strategy(const ast::Item *item, const PipelineModel &model, llvm::ArrayRef<Setting> settings);
  /// A quantity for this pipeline; without a value where the pipeline has not what it is made of.
  std::optional<Quantity> quantity(const ast::Item *item, const PipelineModel &model);
  std::optional<Mode> mode(const ast::Item *item);
  std::optional<Schema> schema(const ast::Item *item);
  /// The format of this name that core.mdl declares.
  std::optional<Format> format(std::string_view name);
  /// A data block's value, made once; an error value when it has a mistake.
  Value dataValue(const ast::Item *data);
  /// The record of this name as seen from `from`, made of fields by name; the others take their defaults, and fields that it
  /// lacks are left out. An error value, reported, when a value or a `require` is against it.
  Value recordValue(std::string_view name, SrcRange from, llvm::ArrayRef<std::pair<std::string_view, Value>> fields);
  Value listValue(llvm::ArrayRef<Value> elements) { return makeList(elements); }
  /// The text of a field that is a string or a case; empty for others.
  std::string_view fieldText(const Value &record, std::string_view name) const;
  const Value *field(const Value &record, std::string_view name) const;
  /// The formal symbols of a run, in the order of `ir::Formal`.
  llvm::ArrayRef<SymbolId> runSymbols();
  /// What `fn name(run: Run)` says, over `runSymbols`.
  std::optional<ExprId> timeRule(std::string_view name, SrcRange from);

  // For passes over the checked graph: Reapply.cpp.
  /// An operator applied to operands of these shapes (no shape: absent), with some parameters by name; for the others, and the
  /// roles of operands, counts what `like` was given. Null, reported at `at`, after a mistake.
  const OpApplication *reapply(const ast::Item *op, const OpApplication &like,
                               llvm::ArrayRef<std::optional<Shape>> operands,
                               llvm::ArrayRef<std::pair<NameId, Value>> changed, SrcRange at);
  /// An operator of one operand, whose role and place are those of `operand`.
  const OpApplication *apply(const ast::Item *op, const Tensor &operand,
                             llvm::ArrayRef<std::pair<NameId, Value>> parameters, SrcRange at);
  const Tensor *tensorOf(llvm::ArrayRef<ExprId> shape, const Tensor &like, const Tensor *alias = nullptr) {
    return makeTensor(internShape(shape), like.role, like.origin, like.range, alias);
  }
  const Tensor *resultOf(llvm::ArrayRef<ExprId> shape, const Tensor &like, const Tensor *alias = nullptr) {
    return makeTensor(internShape(shape), like.role, Tensor::Origin::Result, like.range, alias);
  }
  /// `dim / devices` where that is an integer: for ever, or as a condition of the program. Where it never is: nullopt,
  /// reported, with `what` the dim is ("`S` of `Block`").
  std::optional<ExprId> divide(ExprId dim, const Divider &by, const std::string &what, SrcRange at);
  /// A number that pipelines name with `let` is dealt out over so many devices: `name` is what one has.
  void dealOut(std::string_view name, Divider by) { dealt_.push_back({intern(name), std::move(by), false}); }
  /// `blocks.{i}.attn.name`, and `blocks.{i}.attn_name` beside it; of an index at the end, `name_{i}`.
  Label labelBelow(Label label, std::string_view name);
  Label labelBeside(Label label, std::string_view name);
  /// The conditions so far, those of the pass with those of the model.
  llvm::ArrayRef<Guard> guards() const { return guards_; }

  /// Evaluates the rules of an application. Reports mistakes in them once.
  OpCosts costs(const OpApplication &application, const Convention &flops, const Convention &traffic);
  /// What the rules that `costs` has evaluated need of the workload: counts that are integers and not negative.
  llvm::ArrayRef<Guard> ruleGuards() const { return ruleGuards_; }
  /// Where the rules of an operator for a metric stand, the chosen one first; empty for a module.
  std::vector<SrcRange> rulesFor(std::string_view op, std::string_view metric, std::string_view convention,
                                 std::string_view traffic);

  std::string show(ExprId id) const { return expr::printForPeople(pool_, id); }
  std::string show(Shape shape) const;
  std::string show(const Value &value) const;
  /// The number with its unit as people write it: `3 GB` stays in base units, `24000000000 bit`.
  std::string showQuantity(const Value &value) const;

private:
  // Strategy.cpp
  /// What the rules of one strategy or quantity share: the names that they asked for, found, and lack.
  struct StrategyContext {
    const ast::Item *item;
    const PipelineModel *model;
    llvm::ArrayRef<Setting> settings;
    std::vector<StrategyField> *fields;
    /// What the name of a field stands for.
    std::optional<StrategyField> (Checker::*resolve)(std::string_view, const PipelineModel &, Value &);
    std::set<std::string, std::less<>> used, names, missing;
  };
  Value unitNamed(std::string_view name);
  std::optional<StrategyField> metricField(std::string_view name, Value &unit);
  std::optional<StrategyField> strategyField(std::string_view name, const PipelineModel &model, Value &unit);
  std::optional<StrategyField> quantityField(std::string_view name, const PipelineModel &model, Value &unit);
  Value perUnit(std::string_view unit, std::string_view per);
  Value strategyValue(const ast::Field &field, StrategyContext &context);
  std::optional<ExprId> strategyRule(std::string_view name, StrategyContext &context);
  bool checkStrategySettings(const StrategyContext &context);

  /// Where instances go: the region, and the ids already taken in the enclosing module.
  struct Frame {
    Region *region = nullptr;
    Frame *outer = nullptr;
    llvm::StringSet<> taken;
    llvm::StringMap<unsigned> nextOf; ///< The number that the next instance of a name would get
    bool inRepeat = false;            ///< The body of a repeat piece
    ExprId repeatIndex;               ///< inRepeat: the value of its index, a symbol or a constant
    bool folded = false;              ///< inRepeat: the piece has several turns
    const Scope *boundary = nullptr;  ///< Names bound in scopes outside of it can only be set when carried
    llvm::ArrayRef<ast::Ident> carried;
  };
  struct Env {
    Scope *scope;
    Frame *frame = nullptr; ///< Null where no instance can be made
  };
  /// Counts how deep declarations use each other, so that no chain of them can overflow the stack.
  class DepthGuard {
  public:
    DepthGuard(Checker &checker, SrcRange range);
    DepthGuard(const DepthGuard &) = delete;
    DepthGuard &operator=(const DepthGuard &) = delete;
    ~DepthGuard() { --checker_.depth_; }
    explicit operator bool() const { return fine_; }

  private:
    Checker &checker_;
    bool fine_ = true;
  };
  struct Undecided {
    ExprId condition;
    SrcRange range;
  };
  /// The arguments of a call, by parameter; `extra` are named ones that are no parameter (tied weights).
  struct Argument {
    Value value;
    const ast::Expr *expr = nullptr;
    bool given = false;
  };
  struct Arguments {
    llvm::SmallVector<Argument, 8> byParam;
    llvm::SmallVector<std::pair<ast::Ident, Argument>, 2> extra;
  };
  using Results = std::optional<llvm::SmallVector<Value, 2>>;
  using Key = llvm::SmallVector<uint64_t, 24>;

  // Arena.cpp: values that live as long as the model.
  template <class T> llvm::ArrayRef<T> keep(llvm::ArrayRef<T> values);
  const Tensor *makeTensor(Shape shape, RoleId role, Tensor::Origin origin, SrcRange range,
                           const Tensor *alias = nullptr);
  Shape internShape(llvm::ArrayRef<ExprId> dims);
  Value makeList(llvm::ArrayRef<Value> elements);
  std::string_view keepText(std::string_view from);
  void addKey(Key &key, const Value &value) const;
  bool sameValue(const Value &a, const Value &b) const;
  /// The value with every tensor in it replaced by a new one of the same shape, all appended to `made`.
  Value fresh(const Value &value, Tensor::Origin origin, std::vector<const Tensor *> &made);
  void collectTensors(const Value &value, std::vector<const Tensor *> &into) const;

  // Eval.cpp, Arithmetic.cpp: expressions.
  bool spend(size_t steps, SrcRange range);
  Value eval(const ast::Expr *expr, Env env);
  Value evalExpected(const ast::Expr *expr, Env env, const ast::Type *type);
  Value evalNumber(const ast::Expr *expr);
  Value evalName(const ast::Expr *expr, Env env);
  Value evalConst(const ast::Item *item);
  Value evalUnit(const ast::Item *item);
  Value evalMember(const ast::Expr *expr, Env env);
  Value evalIndex(const ast::Expr *expr, Env env);
  Value evalList(const ast::Expr *expr, Env env);
  Value evalListOver(const ast::Expr *expr, Env env);
  Value evalChoice(const ast::Expr *expr, Env env);
  Value evalRange(const ast::Expr *expr, Env env);
  Value evalUnary(const ast::Expr *expr, Env env);
  Value evalBinary(const ast::Expr *expr, Env env);
  Value evalLogic(const ast::Expr *expr, Env env);
  Value evalEquality(const ast::Expr *expr, Value a, Value b);
  Value evalIn(const ast::Expr *expr, Env env);
  Value compareOrder(const ast::Expr *expr, Value a, Value b);
  Value additive(const ast::Expr *expr, Value a, Value b);
  Value multiplicative(const ast::Expr *expr, Value a, Value b);
  Value power(const ast::Expr *expr, Value a, Value b);
  /// [a == b] for numbers, strings, cases, lists; Error after a type mistake.
  std::optional<ExprId> equalCondition(const Value &a, const Value &b);
  /// Makes the units of two numbers agree for `verb`; false after a mistake.
  bool agreeUnits(std::string_view verb, const ast::Expr *at, Value &a, Value &b);
  /// True when `id` is never 0, by its form or the facts; reports otherwise.
  bool nonZero(ExprId id, SrcRange range);
  Value number(ExprId id, UnitId unit, SrcRange range);
  /// `for name in over if condition`: calls `each` for every element in a child scope. False when the range is symbolic.
  template <class Each> bool forEach(NameId name, const Value &over, const ast::Expr *condition, Env env, Each each);
  /// true, false, or nullopt after an error or with `undecided_` set.
  std::optional<bool> decide(const Value &condition, SrcRange range);
  bool dependsOnActiveIndex(ExprId id) const;
  void setUndecided(ExprId condition, SrcRange range);
  bool stopped() const { return undecided_.has_value(); }
  bool wantGiven(const Value &value, SrcRange range);
  bool wantNumber(const Value &value, std::string_view what, SrcRange range);
  /// An integer without a physical unit; counting units are dropped. nullopt after an error.
  std::optional<ExprId> toCount(const Value &value, std::string_view what, SrcRange range);
  std::optional<int64_t> toConstant(const Value &value, std::string_view what, SrcRange range, int64_t lo, int64_t hi);
  std::optional<llvm::SmallVector<ExprId>> toShape(llvm::ArrayRef<ast::Element> elements, Env env,
                                                   std::string_view what);

  // Builtins.cpp
  bool isBuiltin(NameId name) const;
  Value evalBuiltin(const ast::Expr *call, Env env);
  Value evalCallOver(const ast::Expr *expr, Env env);
  Value sumOverSymbolic(const ast::Expr *expr, const Value &over, const ast::Expr *condition, Env env);
  Value foldValues(std::string_view name, llvm::ArrayRef<Value> values, const ast::Expr *at, SrcRange range);
  Value evalGiven(const ast::Expr *call, Env env);
  Value broadcastShapes(const Value &a, const Value &b, const ast::Expr *call);
  Value argMin(llvm::ArrayRef<Value> rows, const ast::Expr *at);

  // Types.cpp: does a value have a type?
  Value coerce(Value value, const ast::Type *type, std::string_view what, SrcRange range, Env env);
  Value coerceNumber(Value value, const ast::Type *type, std::string_view what, SrcRange range);
  Value coerceNamed(Value value, const ast::Type *type, std::string_view what, SrcRange range);
  Value coerceApplied(Value value, const ast::Type *type, std::string_view what, SrcRange range, Env env);
  UnitId unitOf(const ast::Type *type);
  std::optional<RoleId> roleOf(const ast::Ident &name, RoleId otherwise);
  static std::string show(const ast::Type *type);
  const ast::Item *enumOf(const ast::Type *type);

  // Call.cpp: arguments and unification.
  Value evalCall(const ast::Expr *expr, Env env, const ast::Label *label, NameId bindName);
  Value evalValue(const ast::Value &value, Env env, NameId bindName = {});
  const ast::Item *resolveCallee(const ast::Expr *callee, Env env);
  std::optional<Arguments> collectArguments(const ast::Item *item, const ast::Expr *call, Env env, bool allowExtra);
  bool bindParameters(const ast::Item *item, const ast::Expr *call, const Arguments &arguments, Scope &scope);
  bool bindOperand(const ast::Item *item, const ast::Param &param, const Argument &argument, Scope &scope,
                   SrcRange call);
  bool checkRole(const ast::Item *item, const ast::Param &param, const Argument &argument);
  bool checkBroadcast(const ast::Item *item, const ast::Param &param, const Argument &argument, Scope &scope);
  struct Unification {
    const ast::Item *item;
    std::string what;
    SrcRange at, declared;
    const Tensor *tensor;
  };
  bool unify(llvm::ArrayRef<ast::Element> pattern, Shape shape, Scope &scope, const Unification &how);
  bool unifyDim(const ast::Expr *pattern, ExprId dim, Scope &scope, const Unification &how, Shape shape);
  bool solveDim(const ast::Expr *pattern, ExprId dim, Scope &scope, const Unification &how, bool &handled);
  bool isOpenDim(const ast::Expr *expr, const Scope &scope, const ast::Item *item) const;
  void reportDims(ExprId got, ExprId wanted, const ast::Expr *pattern, const Unification &how, Shape shape);
  Value evalRecordCall(const ast::Item *record, const ast::Expr *call, Env env);
  Value makeRecord(const ast::Item *record, Scope &scope, SrcRange range);
  Value evalFunction(const ast::Item *fn, const ast::Expr *call, Env env);
  Key keyOf(const ast::Item *item, const Arguments &arguments) const;

  // Operator.cpp
  Value applyOperator(const ast::Item *op, const ast::Expr *call, Env env, const ast::Label *label, NameId bindName);
  OpApplication *makeApplication(const ast::Item *op, const ast::Expr *call, const Arguments &arguments);
  bool runOperatorBody(OpApplication &application, llvm::ArrayRef<const ast::Stmt *> body, const Arguments &arguments);
  bool runOperatorStmt(OpApplication &application, const ast::Stmt *stmt, const Arguments &arguments);
  bool tieWeight(OpApplication &application, const ast::Stmt *stmt, const ast::Ident &name, const Argument &argument);
  bool checkWeightShape(llvm::ArrayRef<ExprId> dims, std::string_view label, SrcRange range);
  bool setProperty(OpApplication &application, const ast::Stmt *stmt);
  bool checkDimList(const ast::Item *op, const ast::Expr *expr, std::string_view property);
  bool declareStorage(const ast::Stmt *stmt, Scope &scope, std::vector<Storage> &into, std::string_view owner);
  bool makeResults(OpApplication &application, SrcRange call);
  void checkResultDim(ExprId dim, const ast::Item *op, SrcRange call);
  Value instantiate(const OpApplication *application, const Arguments &arguments, Env env, const ast::Expr *call,
                    const ast::Label *label, NameId bindName);

  // Module.cpp
  Value applyModule(const ast::Item *module, const ast::Expr *call, Env env, const ast::Label *label, NameId bindName);
  Template *makeTemplate(const ast::Item *module, const ast::Expr *call, const Arguments &arguments);
  bool checkResults(const ast::Item *module, Results &results, Scope &scope, Template &made, SrcRange call);
  Value instantiate(const Template *callee, const Arguments &arguments, Env env, const ast::Expr *call,
                    const ast::Label *label, NameId bindName);
  Results runBody(llvm::ArrayRef<const ast::Stmt *> body, Env env, const ast::Item *owner);
  Results runStmt(const ast::Stmt *stmt, Env env, const ast::Item *owner, bool &returned);
  void runLet(const ast::Stmt *stmt, Env env);
  void runBind(const ast::Stmt *stmt, Env env);
  void runWhen(const ast::Stmt *stmt, Env env, const ast::Item *owner, Results &results, bool &returned);
  void runBothBranches(const ast::Stmt *stmt, ExprId condition, Env env, const ast::Item *owner);
  void assign(const ast::Ident &name, Value value, Env env);
  bool runRequire(const ast::Stmt *stmt, Env env);
  void runIdle(const ast::Stmt *stmt, Env env);
  void addNotModelled(std::string_view what);
  void reportMisplaced(const ast::Stmt *stmt, std::string_view where);
  void reportResult(const std::string &name, const Tensor *tensor, llvm::ArrayRef<ExprId> wanted, SrcRange declared);
  SrcRange callRange(SrcRange otherwise) const;
  void addGuard(GuardKind kind, ExprId condition, std::string text, SrcRange range);
  bool mayDeferGuard(ExprId condition) const;
  std::string_view source(SrcRange range) const { return sources_.text(range); }

  // Label.cpp
  Label makeLabel(const ast::Label *label, NameId bindName, NameId callee, Env env, SrcRange range);
  LabelSegment segmentOf(std::string_view text, ExprId index);
  bool takeLabelText(std::string_view text, Frame &frame, SrcRange range);
  bool takeLabel(Label label, Frame &frame, SrcRange range);
  bool isTaken(llvm::StringRef text, const Frame &frame) const;
  std::string show(Label label) const;

  // Loops.cpp
  void runLoop(const ast::Stmt *stmt, Env env, const ast::Item *owner);
  struct LoopRun;
  bool runPiece(LoopRun &run, ExprId lo, ExprId hi);
  bool splitPiece(LoopRun &run, ExprId lo, ExprId hi, SymbolId index);
  void failLoop(const ast::Stmt *stmt, Env env);
  bool keepPiece(LoopRun &run, Piece piece, Scope &scope, Frame &frame);
  void finishLoop(LoopRun &run);
  void gatherResults(LoopRun &run);

  // Pipeline.cpp
  std::optional<Input> makeInput(const ast::Field &field);
  Value inputValue(Input &input);
  void runStage(const ast::Stmt *stmt, Env env, PipelineModel &model);
  bool runPipeline(PipelineModel &model, llvm::ArrayRef<Setting> settings, llvm::ArrayRef<NameId> fixed);
  const ast::Item *recordOf(const ast::Item *pipeline, size_t param);
  const ast::Item *jobOf(const ast::Item *pipeline);
  bool bindParameter(const ast::Item *pipeline, size_t param, PipelineModel &model, llvm::ArrayRef<Setting> settings,
                     llvm::ArrayRef<NameId> fixed, Scope &scope);
  bool addInput(const ast::Field &field, bool ofBuild, PipelineModel &model, llvm::ArrayRef<Setting> settings,
                llvm::ArrayRef<NameId> fixed);
  std::optional<Int> settingValue(const Setting &setting, const Input &input);
  bool checkInRange(const Input &input, Int value, SrcRange range);
  std::string showInput(const Input &input, Int value) const;
  bool fieldRange(const ast::Field &field, Input &input);
  void nameNumbers(const std::string &name, const Value &value, PipelineModel &model) const;
  void addClaims(const ast::Item *record, Scope &fields);
  bool wantNonNegative(ExprId count, std::string_view what, SrcRange range);
  bool stageTurns(const ast::Stmt *stmt, Env env, Stage &stage, Scope &scope);
  Value evalStageValue(const ast::Value &value, Env env);

  // Data.cpp: data blocks and the vocabulary.
  Value evalData(const ast::Item *data, const ast::Item *schema);
  const ast::Item *findData(std::string_view kind, NameId name, SrcRange from);
  Value namedData(const ast::Expr *expr, const ast::Item *record);
  bool checkKey(const ast::Ident &key, const ast::Type *type);
  void warnOfData(const ast::Item *data, const ast::Item *schema, Scope &scope);
  bool loadVocabulary();
  void loadRoles();
  void loadMetric(const ast::Item *item);
  void loadConvention(const ast::Item *item);

  // Utilisation.cpp
  friend class UtilisationReader;

  // Precision.cpp
  void loadClasses();
  Format formatOf(const Value &value);
  std::vector<std::optional<Format>> formatsByCase(const Value *map, const ast::Item *enumeration);
  const ast::Item *formatItem(std::string_view name);
  std::optional<Rational> quantity(const Value &record, std::string_view name, Rational one);
  std::vector<std::pair<NameId, Rational>> quantities(const Value &record, std::string_view name);

  // Rules.cpp
  const ast::Stmt *chosenRule(const OpApplication &application, NameId metric, const Convention &convention);
  const ast::Stmt *chosenTraffic(const OpApplication &application, const Convention &convention);
  ExprId evalRule(const OpApplication &application, const ast::Stmt *rule, const Metric &metric);
  bool wantCount(ExprId count, const std::string &what, SrcRange range);
  bool countsElementsOf(const ast::Move &move, Scope &scope, MoveCost &cost);
  void addMove(const OpApplication &application, const ast::Move &move, OpCosts &costs);
  void addDefaultMoves(const OpApplication &application, const Convention &traffic, OpCosts &costs);
  void checkRules(const OpApplication &application);

  // Generic.cpp: declarations by themselves.
  void checkDeclaration(const ast::Item *item);
  void checkGeneric(const ast::Item *item);
  std::optional<Value> genericValue(const ast::Type *type, std::string_view name, unsigned depth);
  void checkGenericBody(const ast::Item *item, Arguments &arguments, Scope &scope, Frame &frame);
  std::optional<llvm::SmallVector<ExprId>> genericShape(const ast::Item *item, const ast::Type *type, Scope &scope);
  void bindGenericDim(const ast::Item *item, const ast::Element &element, Scope &scope);
  bool checkType(const ast::Type *type);
  void checkNamesDifferInCase(llvm::ArrayRef<const ast::Item *> items);
  void checkExtend(const ast::Item *item);
  void checkEnum(const ast::Item *item);
  void checkRecord(const ast::Item *item);
  void checkData(const ast::Item *item);
  void checkWorkload(const ast::Item *item, const ast::Item *job);
  void checkRuleNames(const ast::Item *op);
  void checkTags(const ast::Stmt *stmt);
  void checkRuleMetric(const ast::Stmt *stmt);

  SourceManager &sources_;
  DiagnosticEngine &diagnostics_;
  Library library_;
  expr::ExprPool pool_;
  std::unique_ptr<expr::Facts> facts_;
  UnitPool units_;
  LoadedFile *main_ = nullptr;

  llvm::BumpPtrAllocator arena_;
  ast::Arena syntax_;
  llvm::DenseMap<llvm::ArrayRef<ExprId>, Shape> shapes_;
  std::vector<std::unique_ptr<OpApplication>> applications_;
  std::vector<std::unique_ptr<Template>> templates_;
  llvm::DenseMap<llvm::ArrayRef<uint64_t>, OpApplication *> applicationByKey_; ///< Keys live in the arena
  llvm::DenseMap<llvm::ArrayRef<uint64_t>, Template *> templateByKey_;
  /// Guards that each application or template needs, to be added again on reuse.
  std::unordered_map<const void *, std::vector<Guard>> guardsOf_;
  void keepGuards(const void *owner, size_t first);
  void addGuardsOf(const void *owner);
  llvm::DenseMap<const ast::Item *, Value> constants_;
  llvm::DenseMap<const RecordValue *, const ast::Item *> dataOf_; ///< The block that a record was made from
  llvm::DenseSet<const ast::Item *> evaluating_;

  std::optional<Undecided> undecided_;
  llvm::SmallVector<SymbolId, 8> activeIndices_;
  std::vector<Guard> guards_;
  std::vector<std::pair<const ast::Item *, SrcRange>> modules_; ///< Being checked, with the call: for notes
  unsigned depth_ = 0;                                          ///< Of declarations that use each other
  size_t budget_ = 20'000'000;                                  ///< Steps of evaluation that are left
  bool exhausted_ = false;
  llvm::DenseSet<const ast::Item *> recursive_; ///< Modules of cycles that have been reported
  std::vector<Guard> ruleGuards_;               ///< What the rules evaluated so far need of the workload
  llvm::DenseSet<const ast::Param *> evaluatingDefaults_;
  bool generic_ = false;
  struct Dealt {
    NameId name;
    Divider by;
    bool found;
  };
  std::vector<Dealt> dealt_;
  void dealOutLet(const ast::Stmt *stmt, Scope &scope);
  bool reapplying_ = false; ///< A tied weight is as large as the operator wants it
  SrcRange dataRange_;      ///< The name of the data block whose record is being made: its rules are about it
  /// Parameters of the call being bound that have a default and no value yet.
  struct Pending {
    const ast::Item *item;
    const Arguments *arguments;
    Scope *scope;
  };
  llvm::SmallVector<Pending, 4> pending_;
  PipelineModel *model_ = nullptr;

  std::vector<Metric> metrics_;
  std::vector<Convention> conventions_;
  const ast::Item *roles_ = nullptr;
  std::vector<uint16_t> roleParent_;
  RoleId actRole_, weightRole_, stateRole_, anyRole_, indexRole_, kvRole_;
  const ast::Item *classes_ = nullptr;
  std::vector<uint16_t> classParent_;
  llvm::DenseMap<uint32_t, uint16_t> classByName_;
  ClassId movementClass_;
  llvm::SmallVector<SymbolId, 8> runSymbols_;
  Diagnostic &error(DiagId id, SrcRange range, std::vector<std::string> args = {});
};

} // namespace mdl::sema
