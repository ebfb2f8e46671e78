//===- Pipeline.cpp - Jobs, inputs, stages --------------------------------===//
// The fields of the job record are the inputs. An integer stays a symbol. An
// enum decides the structure and is fixed before elaboration; a bool is a symbol
// until the structure asks for it, then elaboration starts again with its value.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

using ast::ItemKind;

static std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

std::vector<const ast::Item *> Checker::pipelines() {
  std::vector<const ast::Item *> found;
  const auto &outline = main_->file->outline();
  for (size_t i = 0; i < outline.size(); ++i)
    if (outline[i].keyword == "pipeline")
      for (const ast::Item *item : main_->file->items(i))
        if (item->kind == ItemKind::Pipeline) found.push_back(item);
  return found;
}

/// The record of a pipeline's parameter, its job or its build; null after an error.
const ast::Item *Checker::recordOf(const ast::Item *pipeline, size_t param) {
  const ast::Type *type = pipeline->params[param].type;
  const ast::Item *record = type->kind == ast::TypeKind::Named ? library_.find(type->name.name, type->range) : nullptr;
  if (record && record->kind == ItemKind::Record && param < 2) return record;
  error(DiagId::TypeMismatch, pipeline->params[param].range,
        {"a pipeline", "a record, its job, and perhaps a second one, what it is built with", quoted(show(type))});
  return nullptr;
}

const ast::Item *Checker::jobOf(const ast::Item *pipeline) {
  return pipeline->params.empty() ? nullptr : recordOf(pipeline, 0);
}

/// The range of a field as inclusive bounds; false after an error.
bool Checker::fieldRange(const ast::Field &field, Input &input) {
  std::string_view type = text(field.type->name.name);
  if (type == "size") input.lo = 1;
  if (type == "nat") input.lo = 0;
  if (!field.allowed) return true;
  Scope scope;
  Value range = eval(field.allowed, {&scope});
  if (range.isError()) return false;
  auto lo = range.kind == ValueKind::Range ? pool_.asInteger(range.number) : std::nullopt;
  auto hi = range.kind == ValueKind::Range ? pool_.asInteger(range.end) : std::nullopt;
  if (!lo || !hi || (range.inclusive ? *hi < *lo : *hi <= *lo)) {
    error(DiagId::BadRange, field.allowed->range,
          {"the range of an input has constant ends and is not empty, found " + show(range)});
    return false;
  }
  input.lo = input.lo && *input.lo > *lo ? *input.lo : *lo;
  input.hi = range.inclusive ? *hi : *hi - 1;
  return true;
}

std::optional<Input> Checker::makeInput(const ast::Field &field) {
  Input input;
  input.field = &field;
  std::string_view type = text(field.type->name.name);
  input.enumeration = enumOf(field.type);
  if (input.enumeration) input.type = Input::Type::Choice, input.fixed = true;
  else if (type == "bool") input.type = Input::Type::Boolean, input.lo = 0, input.hi = 1;
  else if (type != "size" && type != "nat" && type != "int") {
    error(DiagId::InputType, field.type->range, {std::string(text(field.name.name))})
        .hint("an input is a `size`, `nat`, `int`, `bool` or an enum");
    return std::nullopt;
  }
  input.unit = unitOf(field.type);
  if (!fieldRange(field, input)) return std::nullopt;
  input.required = !field.defaultValue;
  if (!field.defaultValue) {
    input.defaultValue = input.lo ? *input.lo : Int(0);
    return input;
  }
  Setting setting{std::string(text(field.name.name)), field.defaultValue, field.defaultValue->range};
  auto value = settingValue(setting, input);
  if (!value || !checkInRange(input, *value, field.defaultValue->range)) return std::nullopt;
  input.defaultValue = *value;
  return input;
}

/// The value of a setting as a number: a case by its position, a bool as 0 or 1.
std::optional<Int> Checker::settingValue(const Setting &setting, const Input &input) {
  Scope scope;
  Value value = evalExpected(setting.expr, {&scope}, input.field->type);
  std::string what = "input " + quoted(text(input.field->name.name));
  if (input.type == Input::Type::Boolean && value.isNumber() && !value.boolean) {
    error(DiagId::TypeMismatch, setting.range, {what, "`true` or `false`", show(value)});
    return std::nullopt;
  }
  if (input.type == Input::Type::Integer && value.isNumber()) {
    // The range of the input says more than the type: leave the sign to it.
    UnitId unit = unitOf(input.field->type);
    auto constant = pool_.asInteger(value.number);
    bool plain = value.unit == unit || value.unit.isPlain();
    if (constant && plain && !value.boolean) return *constant;
    error(DiagId::TypeMismatch, setting.range,
          {what, "an integer" + (unit.isPlain() ? "" : " of " + units_.print(unit)), show(value)});
    return std::nullopt;
  }
  value = coerce(value, input.field->type, what, setting.range, {&scope});
  if (value.isError()) return std::nullopt;
  if (value.kind == ValueKind::Case) return Int(value.position);
  return pool_.asInteger(value.number);
}

std::string Checker::showInput(const Input &input, Int value) const {
  if (input.type == Input::Type::Choice)
    return std::string(text(input.enumeration->cases[static_cast<size_t>(value.toInt64())].name.name));
  if (input.type == Input::Type::Boolean) return value.isZero() ? "false" : "true";
  return toString(value);
}

bool Checker::checkInRange(const Input &input, Int value, SrcRange range) {
  if ((!input.lo || value >= *input.lo) && (!input.hi || value <= *input.hi)) return true;
  std::string bounds = (input.lo ? toString(*input.lo) : "") + "..=" + (input.hi ? toString(*input.hi) : "");
  if (!input.hi) bounds = "from " + toString(*input.lo);
  error(DiagId::OutOfRange, range, {std::string(text(input.field->name.name)), showInput(input, value), bounds})
      .note(input.field->range, "the input is declared here");
  return false;
}

Value Checker::inputValue(Input &input) {
  if (input.type == Input::Type::Choice) {
    Value value;
    value.kind = ValueKind::Case, value.enumeration = input.enumeration,
    value.position = static_cast<uint32_t>(input.fixedValue.toInt64());
    return value;
  }
  if (input.fixed) {
    Value value = numberValue(pool_.constant(input.fixedValue), input.unit);
    value.boolean = input.type == Input::Type::Boolean;
    return value;
  }
  expr::SymbolInfo info{std::string(text(input.field->name.name)), {}, {}, true};
  if (input.lo) info.lo = pool_.constant(*input.lo);
  if (input.hi) info.hi = pool_.constant(*input.hi);
  input.symbol = pool_.addSymbol(std::move(info));
  Value value = numberValue(pool_.symbol(*input.symbol), input.unit);
  value.boolean = input.type == Input::Type::Boolean;
  return value;
}

std::unique_ptr<PipelineModel> Checker::elaborate(const ast::Item *pipeline, llvm::ArrayRef<Setting> settings) {
  llvm::SmallVector<NameId> fixed;
  for (;;) {
    auto model = std::make_unique<PipelineModel>();
    model->pipeline = pipeline;
    size_t errorsBefore = diagnostics_.errorCount();
    guards_.clear();
    bool fine = runPipeline(*model, settings, fixed);
    model_ = nullptr;
    if (!stopped()) return fine && diagnostics_.errorCount() == errorsBefore ? std::move(model) : nullptr;
    Undecided question = *undecided_;
    undecided_.reset();
    const Input *asked = nullptr;
    for (const Input &input : model->inputs)
      if (input.symbol && pool_.dependsOn(question.condition, *input.symbol) &&
          (!asked || input.type == Input::Type::Boolean))
        asked = &input;
    if (asked && asked->type == Input::Type::Boolean) {
      fixed.push_back(asked->field->name.name);
      continue;
    }
    std::string name = asked ? std::string(text(asked->field->name.name)) : show(question.condition);
    auto &diagnostic = error(DiagId::StructureVaries, question.range, {name});
    if (asked) diagnostic.note(asked->field->range, "the input is declared here");
    return nullptr;
  }
}

bool Checker::addInput(const ast::Field &field, bool ofBuild, PipelineModel &model, llvm::ArrayRef<Setting> settings,
                       llvm::ArrayRef<NameId> fixed) {
  for (const Input &other : model.inputs)
    if (other.field->name.name == field.name.name) {
      error(DiagId::DuplicateName, field.name.range, {std::string(text(field.name.name))})
          .note(other.field->name.range, "the other input of that name is here");
      return false;
    }
  auto input = makeInput(field);
  if (!input) return false;
  input->ofBuild = ofBuild;
  input->fixed |= llvm::is_contained(fixed, field.name.name);
  input->fixedValue = input->defaultValue;
  for (const Setting &setting : settings)
    if (setting.name == text(field.name.name) && input->fixed) {
      auto value = settingValue(setting, *input);
      if (!value || !checkInRange(*input, *value, setting.range)) return false;
      input->fixedValue = *value;
    }
  model.inputs.push_back(*input);
  return true;
}

/// Makes inputs of the fields of a parameter's record, and its conditions conditions of the program.
bool Checker::bindParameter(const ast::Item *pipeline, size_t param, PipelineModel &model,
                            llvm::ArrayRef<Setting> settings, llvm::ArrayRef<NameId> fixed, Scope &scope) {
  const ast::Item *record = recordOf(pipeline, param);
  if (!record) return false;
  Scope fields;
  model_ = nullptr; // defaults and ranges are no part of the model
  for (const ast::Field &field : record->fields) {
    if (!addInput(field, param == 1, model, settings, fixed)) return false;
    fields.set(field.name.name, inputValue(model.inputs.back()));
  }
  model_ = &model;
  addClaims(record, fields);
  for (const ast::Stmt *stmt : record->body) (void)runRequire(stmt, {&fields});
  Value value;
  value.kind = ValueKind::Record;
  value.record = new (arena_.Allocate<RecordValue>()) RecordValue{record, keep(fields.values())};
  scope.set(pipeline->params[param].name.name, value);
  return true;
}

bool Checker::runPipeline(PipelineModel &model, llvm::ArrayRef<Setting> settings, llvm::ArrayRef<NameId> fixed) {
  const ast::Item *pipeline = model.pipeline;
  Scope scope;
  Frame frame;
  Region unused;
  frame.region = &unused;
  modules_.clear();
  for (size_t i = 0; i < pipeline->params.size(); ++i)
    if (!bindParameter(pipeline, i, model, settings, fixed, scope)) return false;
  model_ = &model;
  Results results = runBody(pipeline->body, {&scope, &frame}, pipeline);
  if (results) error(DiagId::MisplacedStatement, pipeline->name.range, {"`return`", "a pipeline"});
  for (const Dealt &dealt : dealt_)
    if (!dealt.found && !stopped() && !diagnostics_.hasErrors())
      error(DiagId::ShardNothing, pipeline->name.range, {dealt.by.sharding, std::string(text(pipeline->name.name))})
          .note(dealt.by.declared,
                "it deals out `" + std::string(text(dealt.name)) + "`, which the pipeline does not name");
  model.guards = guards_;
  for (size_t i = 0; i < scope.names().size(); ++i)
    if (const Value &value = scope.values()[i];
        value.isNumber() && !pool_.asConstant(value.number) && !pool_.asSymbol(value.number))
      model.lets.emplace_back(text(scope.names()[i]), value.number);
  for (size_t i = pipeline->params.size(); i < scope.names().size(); ++i) // the parameters stand first
    nameNumbers(std::string(text(scope.names()[i])), scope.values()[i], model);
  return !stopped();
}

/// A number by its name; the fields of a record and the elements of a list behind a dot.
void Checker::nameNumbers(const std::string &name, const Value &value, PipelineModel &model) const {
  if (value.isNumber()) model.numbers.emplace_back(name, value.number);
  if (value.kind == ValueKind::List)
    for (size_t i = 0; i < value.list->elements.size(); ++i)
      nameNumbers(name + "." + std::to_string(i), value.list->elements[i], model);
  if (value.kind == ValueKind::Record)
    for (size_t i = 0; i < value.record->fields.size(); ++i)
      nameNumbers(name + "." + std::string(text(value.record->schema->fields[i].name.name)), value.record->fields[i],
                  model);
}

/// `claimed`: outside of it the result is an extrapolation.
void Checker::addClaims(const ast::Item *record, Scope &fields) {
  for (const ast::Field &each : record->fields) {
    if (!each.claimed) continue;
    ast::Expr name{ast::ExprKind::Name};
    name.name = each.name, name.range = each.name.range;
    const ast::Expr *operands[] = {syntax_.make(name), each.claimed};
    ast::Expr test{ast::ExprKind::Binary};
    test.op = ast::Op::In, test.operands = syntax_.list<const ast::Expr *>(operands), test.range = each.claimed->range;
    Value condition = eval(syntax_.make(test), {&fields});
    if (!condition.isNumber()) continue;
    std::string says = quoted(text(each.name.name)) + " is outside " + std::string(source(each.claimed->range)) +
                       ", for which the model is made";
    if (facts_->decide(condition.number) != Truth::True)
      addGuard(GuardKind::Claim, condition.number, says, each.claimed->range);
  }
}

void Checker::runStage(const ast::Stmt *stmt, Env env, PipelineModel &model) {
  const ast::Ident &name = stmt->names[0];
  for (const Stage &other : model.stages)
    if (other.name == name.name) {
      error(DiagId::DuplicateId, name.range, {std::string(text(name.name))}).note(other.range, "the first is here");
      return;
    }
  Stage stage;
  stage.name = name.name, stage.title = stmt->text, stage.range = stmt->range;
  stage.resident = stmt->resident ? stmt->resident.name : name.name;
  stage.lo = pool_.constant(0), stage.hi = pool_.constant(1), stage.guard = pool_.constant(1);
  Scope scope(env.scope);
  if (stmt->times) {
    auto count = toCount(eval(stmt->times, env), "`times`", stmt->times->range);
    if (!count || !wantNonNegative(*count, "`times`", stmt->times->range)) return assign(name, errorValue(), env);
    stage.hi = *count;
  }
  if (stmt->turns && !stageTurns(stmt, env, stage, scope)) return assign(name, errorValue(), env);
  if (stmt->guard) {
    Value guard = eval(stmt->guard, env);
    if (!wantNumber(guard, "`when`", stmt->guard->range)) return;
    stage.guard = guard.number;
  }
  Frame frame;
  frame.region = &stage.region;
  if (stage.turn) activeIndices_.push_back(*stage.turn);
  Value value = evalStageValue(stmt->value, {&scope, &frame});
  if (stage.turn) activeIndices_.pop_back();
  if (stopped()) return;
  collectTensors(value, stage.results);
  env.scope->set(name.name, value);
  model.stages.push_back(std::move(stage));
}

/// A count of turns: an error when it is negative, a condition of the program when it may be.
bool Checker::wantNonNegative(ExprId count, std::string_view what, SrcRange range) {
  Truth truth = facts_->nonNeg(count);
  if (truth == Truth::False) error(DiagId::NotPositive, range, {std::string(what), show(count), "0"});
  else if (truth == Truth::Open && mayDeferGuard(count))
    addGuard(GuardKind::Require, pool_.nonNeg(count), std::string(what) + " would be less than 0: " + show(count),
             range);
  return truth != Truth::False;
}

bool Checker::stageTurns(const ast::Stmt *stmt, Env env, Stage &stage, Scope &scope) {
  Value range = eval(stmt->turns, env);
  if (range.kind != ValueKind::Range) {
    if (!range.isError()) error(DiagId::TypeMismatch, stmt->turns->range, {"`for`", "a range `a..b`", show(range)});
    return false;
  }
  stage.lo = range.number;
  stage.hi = range.inclusive ? pool_.add(range.end, pool_.constant(1)) : range.end;
  stage.turn =
      pool_.addSymbol({std::string(text(stmt->turn.name)), stage.lo, pool_.sub(stage.hi, pool_.constant(1)), true});
  scope.set(stmt->turn.name, numberValue(pool_.symbol(*stage.turn)));
  return true;
}

/// The outermost application has no id of its own; what stands in its arguments has.
Value Checker::evalStageValue(const ast::Value &value, Env env) {
  const ast::Expr *call = value.expr;
  const ast::Item *item = call->kind == ast::ExprKind::Call ? resolveCallee(call->operands[0], env) : nullptr;
  if (!item || (item->kind != ItemKind::Module && item->kind != ItemKind::Op)) {
    if (call->kind != ast::ExprKind::Call || item)
      error(DiagId::BadArgument, call->range, {"a stage runs a module or an operator"});
    return errorValue();
  }
  Value result = evalValue(value, env, {});
  if (result.isError() || value.label || item->kind != ItemKind::Module) return result;
  std::get<CallNode>(env.frame->region->nodes.back()).label = {};
  return result;
}

//===--- Workloads and settings ----------------------------------------------------===//

std::vector<const ast::Item *> Checker::workloads(const ast::Item *pipeline) {
  std::vector<const ast::Item *> found;
  const ast::Item *job = jobOf(pipeline);
  for (const ast::Item *item : library_.data("workload", main_))
    if (job && item->schema && library_.find(item->schema.name, item->range) == job) found.push_back(item);
  return found;
}

std::optional<std::vector<Setting>> Checker::workload(std::string_view name, const ast::Item *pipeline) {
  std::vector<std::string_view> names;
  for (const ast::Item *item : workloads(pipeline)) {
    names.push_back(text(item->name.name));
    if (text(item->name.name) != name) continue;
    std::vector<Setting> settings;
    for (const ast::Entry &entry : item->entries)
      settings.push_back({std::string(text(entry.name.name)), entry.expr, entry.name.range});
    return settings;
  }
  auto &diagnostic = error(DiagId::UnknownWorkload, pipeline->name.range, {std::string(name)});
  std::string all;
  for (std::string_view each : names) all += (all.empty() ? "" : ", ") + quoted(each);
  diagnostic.hint(all.empty() ? "this pipeline has no workloads" : "this pipeline has " + all);
  return std::nullopt;
}

std::optional<std::vector<Int>> Checker::bind(const PipelineModel &model, llvm::ArrayRef<Setting> settings) {
  std::vector<Int> values;
  std::vector<bool> given(model.inputs.size(), false);
  bool failed = false;
  for (const Input &input : model.inputs) values.push_back(input.fixed ? input.fixedValue : input.defaultValue);
  for (const Setting &setting : settings) {
    size_t at = model.inputs.size();
    std::vector<std::string_view> names;
    for (size_t i = 0; i < model.inputs.size(); ++i) {
      names.push_back(text(model.inputs[i].field->name.name));
      if (names.back() == setting.name) at = i;
    }
    if (at == model.inputs.size()) {
      auto &diagnostic =
          error(DiagId::UnknownInput, setting.range, {std::string(text(model.pipeline->name.name)), setting.name});
      if (auto near = nearest(setting.name, names); !near.empty())
        diagnostic.hint("did you mean " + quoted(near) + "?");
      failed = true;
      continue;
    }
    auto value = settingValue(setting, model.inputs[at]);
    if (!value || !checkInRange(model.inputs[at], *value, setting.range)) {
      failed = true;
      continue;
    }
    values[at] = *value;
    given[at] = true;
  }
  for (size_t i = 0; i < model.inputs.size(); ++i)
    if (model.inputs[i].required && !given[i] && !failed) {
      error(DiagId::MissingInput, model.inputs[i].field->range, {std::string(text(model.inputs[i].field->name.name))});
      failed = true;
    }
  if (failed) return std::nullopt;
  return values;
}

} // namespace mdl::sema
