#include "BatchFile.h"
#include "compiler/support/Name.h"
#include "runtime/Checks.h"
#include "runtime/batch/MemorySlots.h"
#include "sweep/Variants.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

using runtime::Input;
using runtime::kNoSlot;
using runtime::Program;
using runtime::Slot;

namespace {

using runtime::ReportError;

bool fail(ReportError &error, std::string slug, std::string message) {
  error = {std::move(slug), std::move(message), ""};
  return false;
}

const Int kWidestColumn = power(2, 53); ///< Up to here all whole numbers are doubles

std::string unknownOutput(const std::string &name, const std::vector<std::string> &all) {
  std::vector<std::string_view> views(all.begin(), all.end());
  std::string near(nearest(name, views));
  return fmt::format("there is no output `{}`; {}", name,
                     near.empty() ? fmt::format("there are {}", fmt::join(all, ", "))
                                  : fmt::format("did you mean `{}`?", near));
}

class Columns {
public:
  Columns(const Program &program, const std::vector<std::string> &settings,
          std::vector<runtime::batch::Column> &columns)
      : program_(program), settings_(settings), columns_(columns) {}

  bool add(const AskedColumn &asked, ReportError &error) {
    if (asked.name == "*") return addOthers(error);
    auto at = runtime::findInput(program_, asked.name, error);
    if (!at) return false;
    auto number = static_cast<uint32_t>(*at);
    const Input &input = program_.inputs[number];
    if (input.fixed) return fail(error, "fixed-input", fmt::format("`{}` is compiled in: it cannot vary", asked.name));
    if (has(number)) return fail(error, "bad-argument", fmt::format("`{}` has two columns", asked.name));
    auto [lo, hi] = rangeOf(input);
    auto [from, to] = asked.range.value_or(std::pair(lo, hi));
    if (from < lo || hi < to)
      return fail(error, "out-of-range",
                  fmt::format("`{}` from {} to {} is not within its range from {} to {}", asked.name, toString(from),
                              toString(to), toString(lo), toString(hi)));
    columns_.push_back({number, from, to});
    return true;
  }

private:
  bool addOthers(ReportError &error) {
    for (uint32_t i = 0; i < program_.inputs.size(); ++i)
      if (!program_.inputs[i].fixed && !has(i) && !isSet(program_.inputs[i].name))
        add({program_.inputs[i].name, std::nullopt}, error);
    if (!columns_.empty()) return true;
    return fail(error, "bad-argument", fmt::format("`{}` has no input that can vary", program_.model));
  }
  static std::pair<Int, Int> rangeOf(const Input &input) {
    Int last = input.type == runtime::InputType::Boolean  ? Int(1)
               : input.type == runtime::InputType::Choice ? Int(input.choices.size()) - 1
                                                          : kWidestColumn;
    Int first = input.type == runtime::InputType::Integer ? -kWidestColumn : Int(0);
    return {std::max(first, input.lo.value_or(first)), std::min(last, input.hi.value_or(last))};
  }
  bool isSet(const std::string &name) const {
    return std::ranges::any_of(settings_, [&](const std::string &each) { return each.starts_with(name + "="); });
  }
  bool has(uint32_t input) const {
    return std::ranges::find(columns_, input, &runtime::batch::Column::input) != columns_.end();
  }

  const Program &program_;
  const std::vector<std::string> &settings_;
  std::vector<runtime::batch::Column> &columns_;
};

class Outputs {
public:
  Outputs(driver::Compilation &compilation, BatchFile &file) : file_(file) {
    const runtime::Target &target = compilation.targetInfo();
    memory_ = runtime::batch::addMemory(file.program, target.residency);
    if (memory_ != kNoSlot && target.device && target.device->memory)
      fits_ = runtime::batch::addFits(file.program, memory_, *target.device->memory);
  }

  bool add(const std::string &name, ReportError &error) {
    if (name == "memory_bytes") return addSlot({name, "memory of one device", "B", {memory_, 1}}, error);
    if (name == "fits") return addSlot({name, "1 where the memory of a device holds it", "", {fits_, 1}}, error);
    auto found = findQuantity(file_.program, name);
    if (!found) return fail(error, "unknown-metric", unknownOutput(name, names()));
    const runtime::Metric &metric = *metricOf(file_.program, name);
    size_t dot = name.find('.');
    std::string title = dot == std::string::npos ? metric.title : name.substr(0, dot) + ": " + metric.title;
    return addSlot({name, title, metric.unit, {found->slot, found->scale}}, error);
  }
  /// Those of a sweep that asks for none.
  bool addShown(ReportError &error) {
    bool added = true;
    for (const runtime::Metric &metric : file_.program.metrics)
      if (isShown(metric)) added = added && add(metric.name, error);
    if (memory_ != kNoSlot) added = added && add("memory_bytes", error);
    return fits_ != kNoSlot ? added && add("fits", error) : added;
  }

private:
  bool addSlot(emit::NamedOutput output, ReportError &error) {
    if (output.output.slot == kNoSlot)
      return fail(
          error, "unknown-metric",
          fmt::format("`{}` has no value here: the convention does not count it, or it needs a --device", output.name));
    auto &all = file_.points.outputs;
    if (std::ranges::find(all, output.name, &emit::NamedOutput::name) != all.end())
      return fail(error, "bad-argument", fmt::format("`{}` is asked for twice", output.name));
    all.push_back(std::move(output));
    return true;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const runtime::Metric &metric : file_.program.metrics) names.push_back(metric.name);
    names.insert(names.end(), {"memory_bytes", "fits"});
    return names;
  }

  BatchFile &file_;
  Slot memory_ = kNoSlot, fits_ = kNoSlot;
};

} // namespace

std::string parseColumn(const std::string &text, AskedColumn &column) {
  column.name = text.substr(0, text.find('='));
  if (column.name.empty()) return "the name of an input is missing";
  if (column.name.size() == text.size()) return {};
  Axis axis;
  if (std::string wrong = Axis::parse(text, axis); !wrong.empty()) return wrong;
  if (!axis.isRange()) return fmt::format("`{}` is no range: write `{}=1..=32`", text, column.name);
  column.range = {axis.number(0), axis.number(axis.size() - 1)};
  return {};
}

bool readBatch(driver::Compilation &compilation, const BatchWish &wish, BatchFile &file, ReportError &error) {
  file.program = compilation.program();
  Columns columns(file.program, wish.settings, file.points.columns);
  for (const AskedColumn &column : wish.columns)
    if (!columns.add(column, error)) return false;
  Outputs numbers(compilation, file);
  if (wish.outputs.empty()) return numbers.addShown(error);
  return std::ranges::all_of(wish.outputs, [&](const std::string &name) { return numbers.add(name, error); });
}

} // namespace mdl::tool
