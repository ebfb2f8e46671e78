//===- InspectReport.cpp - What mdlc inspect prints -----------------------===//
#include "InspectReport.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <fmt/format.h>
#include <map>
#include <set>

namespace mdl::tool {

namespace {

using namespace runtime;
using weights::Tensor;

/// Sums over tensors; bytes that two names share count once, and so do their parameters.
struct Sum {
  size_t tensors = 0;
  Int parameters, bytes;
  void add(const Tensor &tensor) {
    ++tensors;
    if (!tensor.shared) parameters += tensor.numbers(), bytes += Int(tensor.bytes);
  }
};

std::map<std::string_view, Sum> sumsByDtype(const weights::Inventory &inventory) {
  std::map<std::string_view, Sum> sums;
  for (const Tensor &each : inventory.tensors) sums[each.dtype->name].add(each);
  return sums;
}

Sum sumOf(const weights::Inventory &inventory) {
  Sum sum;
  for (const Tensor &each : inventory.tensors) sum.add(each);
  return sum;
}

size_t sharedIn(const weights::Inventory &inventory) {
  return static_cast<size_t>(std::ranges::count_if(inventory.tensors, &Tensor::shared));
}

//===--- Text -------------------------------------------------------------------------===//

std::string bytesText(Int bytes) { return formatSi(Number::of(bytes), "B"); }

std::string valuesText(const weights::NamedSize &size) {
  std::string text;
  for (Int each : size.values) text += (text.empty() ? "" : ", ") + toString(each);
  return size.list ? "[" + text + "]" : text;
}

/// Tensors whose names differ in numbers only and that are alike otherwise.
struct Line {
  const Tensor *first;
  std::vector<std::set<uint64_t>> numbers; ///< What stands at each place
  Sum sum;
  void add(const Tensor &tensor, const std::vector<uint64_t> &at) {
    numbers.resize(at.size());
    for (size_t i = 0; i < at.size(); ++i) numbers[i].insert(at[i]);
    sum.add(tensor);
  }
  /// Whether there is a tensor for each combination of its numbers, so that one name with ranges tells no other.
  bool isWhole() const {
    Int combinations = 1;
    for (const std::set<uint64_t> &each : numbers) combinations *= Int(each.size());
    return combinations == Int(sum.tensors);
  }
};

/// `blocks.7.ffn.0.weight` into `blocks.\1.ffn.\1.weight`, and 7 and 0.
std::string skeleton(std::string_view name, std::vector<uint64_t> &numbers) {
  std::string text;
  for (size_t i = 0; i < name.size();) {
    bool begins = i == 0 || name[i - 1] == '.';
    size_t end = std::min(name.find_first_not_of("0123456789", i), name.size());
    bool number = begins && end > i && end - i < 19 && (end == name.size() || name[end] == '.');
    if (number) numbers.push_back(std::stoull(std::string(name.substr(i, end - i)))), text += '\1', i = end;
    else text += name[i++];
  }
  return text;
}

/// `0…3,5`
std::string rangesText(const std::set<uint64_t> &numbers) {
  std::string text;
  for (auto at = numbers.begin(); at != numbers.end();) {
    uint64_t first = *at, last = first;
    while (++at != numbers.end() && *at == last + 1) last = *at;
    text += (text.empty() ? "" : ",") + fmt::to_string(first) + (last > first ? "…" + fmt::to_string(last) : "");
  }
  return text;
}

std::string lineName(const Line &line) {
  std::vector<uint64_t> ignored;
  std::string text;
  size_t place = 0;
  for (char c : skeleton(weights::shown(line.first->name, 1000), ignored))
    if (c == '\1' && place < line.numbers.size()) text += rangesText(line.numbers[place++]);
    else text += c;
  return text;
}

/// Lines in the order of their first tensors. `depth` places of a name may take several numbers.
std::vector<Line> linesOf(const std::vector<const Tensor *> &tensors, size_t depth) {
  std::vector<Line> lines;
  std::map<std::string, size_t> known;
  std::vector<std::vector<const Tensor *>> members;
  for (const Tensor *each : tensors) {
    std::vector<uint64_t> numbers;
    std::string key = skeleton(each->name, numbers) + "\2" + weights::shapeText(each->shape);
    key += fmt::format("\2{}\2{}", each->dtype->name, each->shared);
    for (size_t i = depth; i < numbers.size(); ++i) key += fmt::format("\2{}", numbers[i]);
    auto [at, isNew] = known.try_emplace(key, lines.size());
    if (isNew) lines.push_back({each, {}, {}}), members.emplace_back();
    lines[at->second].add(*each, numbers);
    members[at->second].push_back(each);
  }
  std::vector<Line> whole;
  for (size_t i = 0; i < lines.size(); ++i)
    if (depth == 0 || lines[i].isWhole()) whole.push_back(std::move(lines[i]));
    else std::ranges::move(linesOf(members[i], depth > 2 ? depth - 1 : depth / 2), std::back_inserter(whole));
  return whole;
}

std::vector<Line> linesOf(const weights::Inventory &inventory, bool all) {
  std::vector<const Tensor *> tensors;
  for (const Tensor &each : inventory.tensors) tensors.push_back(&each);
  return linesOf(tensors, all ? 0 : 3);
}

void writeTotals(const InspectReport &report, Style style, Output &out) {
  out << style.bold("totals") << '\n';
  Table table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  table.addHeading({"dtype", "tensors", "parameters", "bytes", ""});
  auto row = [&](std::string_view name, const Sum &sum) {
    table.addRow({std::string(name), fmt::to_string(sum.tensors), groupDigits(sum.parameters), bytesText(sum.bytes),
                  "(" + toString(sum.bytes) + ")"});
  };
  auto sums = sumsByDtype(report.inventory);
  for (const auto &[name, sum] : sums) row(name, sum);
  if (sums.size() != 1) row("all", sumOf(report.inventory));
  table.write(out, style, 2);
}

void writeKinds(const InspectReport &report, Style style, Output &out) {
  for (const Recognised &each : report.kinds) {
    out << '\n'
        << style.bold(each.checkpoint->title) << "  by its tensors (`checkpoint " << each.checkpoint->name << "`)\n";
    Table table({Align::Left, Align::Right, Align::Left});
    for (const ToldSize &told : each.sizes)
      table.addRow({told.size.name, valuesText(told.size), told.doc.substr(0, told.doc.find('\n'))});
    table.write(out, style, 2);
  }
}

} // namespace

void renderInspectText(const InspectReport &report, bool all, bool colour, Output &out) {
  const weights::Inventory &inventory = report.inventory;
  Style style(colour);
  out << style.bold(weights::shownPath(inventory.path)) << " · " << inventory.format;
  if (inventory.files.size() > 1) out << fmt::format(" · {} files", inventory.files.size());
  out << "\n\n";
  writeTotals(report, style, out);
  writeKinds(report, style, out);
  out << '\n';
  Table table({Align::Left, Align::Left, Align::Left, Align::Right, Align::Right});
  table.addHeading({"tensor", "shape", "dtype", "copies", "parameters"});
  for (const Line &line : linesOf(inventory, all))
    table.addRow({lineName(line), weights::shapeText(line.first->shape), std::string(line.first->dtype->name),
                  line.sum.tensors > 1 ? fmt::format("×{}", line.sum.tensors) : "",
                  line.first->shared ? "shared" : groupDigits(line.sum.parameters)});
  table.write(out, style);
  if (report.kinds.empty()) out << "\nits tensors are those of no known checkpoint\n";
  if (size_t shared = sharedIn(inventory))
    out << fmt::format("\n{} of the names share the bytes of another, which count once\n", shared);
  for (const std::string &note : inventory.notes) out << "\nnote: " << note << '\n';
}

//===--- JSON -------------------------------------------------------------------------===//

namespace {

void writeSum(Members &members, const Sum &sum) {
  members.number("tensors", Int(sum.tensors)).number("parameters", sum.parameters).number("bytes", sum.bytes);
}

void writeTotalsJson(const weights::Inventory &inventory, Output &out) {
  out << '{';
  Members members(out);
  writeSum(members, sumOf(inventory));
  members.number("shared", Int(sharedIn(inventory)));
  members.start("dtypes");
  writeJsonList(out, sumsByDtype(inventory), [&](const auto &each) {
    out << '{';
    Members row(out);
    row.text("dtype", each.first);
    writeSum(row, each.second);
    out << '}';
  });
  out << '}';
}

void writeKind(const Recognised &kind, Output &out) {
  out << '{';
  Members members(out);
  members.text("name", kind.checkpoint->name).text("title", kind.checkpoint->title);
  members.start("sizes");
  out << '{';
  Members sizes(out);
  for (const ToldSize &told : kind.sizes) {
    sizes.start(told.size.name);
    if (told.size.list) writeJsonList(out, told.size.values, [&](Int each) { writeJsonNumber(out, each); });
    else writeJsonNumber(out, told.size.values.front());
  }
  out << "}}";
}

void writeTensor(const Tensor &tensor, Output &out) {
  out << '{';
  Members members(out);
  members.text("name", tensor.name);
  members.start("shape");
  writeJsonList(out, tensor.shape, [&](uint64_t each) { writeJsonNumber(out, Int(each)); });
  members.text("dtype", tensor.dtype->name).number("parameters", tensor.numbers()).number("bytes", Int(tensor.bytes));
  members.number("file", Int(tensor.file)).boolean("shared", tensor.shared);
  out << '}';
}

} // namespace

void renderInspectJson(const InspectReport &report, Output &out) {
  const weights::Inventory &inventory = report.inventory;
  auto strings = [&](const std::vector<std::string> &list) {
    writeJsonList(out, list, [&](const std::string &each) { writeJsonString(out, each); });
  };
  out << "{\n  ";
  Members members(out, ",\n  ");
  members.text("schema", "mdlc.inspect/1").text("path", inventory.path).text("format", inventory.format);
  members.start("files");
  strings(inventory.files);
  members.start("totals");
  writeTotalsJson(inventory, out);
  members.start("checkpoints");
  writeJsonList(out, report.kinds, [&](const Recognised &each) { writeKind(each, out); });
  members.start("metadata");
  writeJsonList(out, inventory.metadata, [&](const auto &each) {
    out << '[';
    writeJsonString(out, each.first);
    out << ", ";
    writeJsonString(out, each.second);
    out << ']';
  });
  members.start("notes");
  strings(inventory.notes);
  members.start("tensors");
  out << "[\n    ";
  bool first = true;
  for (const Tensor &each : inventory.tensors) {
    if (!std::exchange(first, false)) out << ",\n    ";
    writeTensor(each, out);
  }
  out << "\n  ]\n}\n";
}

} // namespace mdl::tool
