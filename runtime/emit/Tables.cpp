//===- Tables.cpp - A program as data for JavaScript ----------------------===//
#include "Tables.h"
#include "../report/JsonMembers.h"
#include "Describe.h"
#include "Emit.h"
#include "JavaScriptSupport.h"
#include "ProgramScript.h"
#include "Text.h"
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <iterator>

namespace mdl::emit {

using runtime::Guard;
using runtime::Input;
using runtime::Instr;
using runtime::kNoSlot;
using runtime::Loop;
using runtime::Members;
using runtime::Metric;
using runtime::Node;
using runtime::Output;
using runtime::Program;
using runtime::Slot;
using runtime::writeJsonList;
using runtime::writeJsonNumber;
using runtime::writeJsonString;

namespace {

/// Lists are written without blanks: a tape has ten thousand numbers.
constexpr std::string_view kTight = ",";

/// Appends small numbers with commas between them.
void writeNumbers(Output &out, std::initializer_list<uint32_t> numbers) {
  char digits[64], *end = digits;
  for (uint32_t number : numbers) {
    if (end != digits) *end++ = ',';
    end = std::to_chars(end, std::end(digits), number).ptr;
  }
  out << std::string_view(digits, end);
}

void writeSlot(Output &out, Slot slot) {
  if (slot == kNoSlot) out << "-1";
  else writeNumbers(out, {slot});
}

void writeSlots(Output &out, const std::vector<Slot> &slots) {
  writeJsonList(out, slots, [&](Slot slot) { writeSlot(out, slot); }, kTight);
}

void writeTexts(Output &out, const std::vector<std::string> &texts) {
  writeJsonList(out, texts, [&](const std::string &text) { writeJsonString(out, text); }, kTight);
}

void writeBound(Members &members, const char *key, const std::optional<Int> &value) {
  if (value) members.number(key, *value);
  else members.null(key);
}

/// What follows the program in a module.
const char *const kJsTreeInterface = R"(
export { ModelError };
export const { inputs, metrics, notModelled } = program;

/**
 * The numbers for these inputs: `{ totals, nodes, warnings, assumptions, peakAt, bottleneck }`; a node stands for all
 * copies of a repeat. A value is a BigInt, an integer, true or false, or text. Throws a ModelError where mdlc refuses it.
 */
export function evaluate(given = {}) {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw new ModelError("bad-argument", `no input is called \`${unknown}\``);
  const values = inputs.map((input, i) => (Object.hasOwn(given, input.name) ? readInput(input, String(given[input.name])) : defaults[i]));
  const rates = program.parameters.length === 0 ? undefined : program.parameters.map((each) => each.value);
  const { rows, totals, ...rest } = program.evaluate(values, { rates });
  const named = (of) => Object.fromEntries(metrics.flatMap((metric, i) => (of[i] === undefined ? [] : [[metric.name, of[i]]])));
  const nodes = rows.map((row) => ({
    id: row.id, parent: row.parent === "" ? null : row.parent, operator: row.node.op, category: row.node.category, copies: row.copies,
    firstId: row.firstId, calls: row.calls, uniformCalls: row.uniform, bottleneck: row.bottleneck, ...named(row.values),
  }));
  return { totals: named(totals), nodes, warnings: rest.warnings, assumptions: rest.assumptions, peakAt: rest.peakAt, bottleneck: rest.bottleneck };
}
)";

class TableWriter {
public:
  explicit TableWriter(const Program &program) : program_(program) {}

  std::string write() {
    out_ << '{';
    members_.text("model", program_.model).text("title", program_.title);
    members_.text("convention", program_.convention).text("traffic", program_.traffic);
    members_.number("indexCount", Int(program_.indexCount));
    writeDeclarations();
    writeTape();
    writeTree();
    list("notModelled", program_.notModelled, [&](const std::string &text) { writeJsonString(out_, text); });
    list("assumptions", program_.assumptions, [&](const std::string &text) { writeJsonString(out_, text); });
    out_ << '}';
    std::string text = out_.take();
    if (text.find('<') == std::string::npos) return text;
    std::string escaped;
    appendInScript(escaped, text);
    return escaped;
  }

private:
  template <class List, class WriteOne> void list(const char *key, const List &of, WriteOne writeOne) {
    members_.start(key);
    writeJsonList(out_, of, writeOne, kTight);
  }

  void writeDeclarations() {
    list("inputs", program_.inputs, [&](const Input &input) { writeInput(input); });
    list("parameters", program_.parameters, [&](const runtime::Parameter &parameter) {
      out_ << '{';
      Members(out_, kTight).text("name", parameter.name).number("value", parameter.value);
      out_ << '}';
    });
    list("metrics", program_.metrics, [&](const Metric &metric) { writeMetric(metric); });
    list("guards", program_.guards, [&](const Guard &guard) {
      static constexpr const char *kKinds[] = {"require", "warn", "claim"};
      out_ << "[\"" << kKinds[static_cast<size_t>(guard.kind)] << "\"," << Int(guard.condition) << ',';
      writeJsonString(out_, guard.text);
      out_ << ']';
    });
  }

  void writeInput(const Input &input) {
    static constexpr const char *kTypes[] = {"integer", "boolean", "choice"};
    out_ << '{';
    Members members(out_, kTight);
    members.text("name", input.name).text("type", kTypes[static_cast<size_t>(input.type)]).text("unit", input.unit);
    members.start("choices");
    writeTexts(out_, input.choices);
    members.number("value", input.value);
    writeBound(members, "low", lowest(input));
    writeBound(members, "high", highest(input));
    members.boolean("fixed", input.fixed).text("doc", input.doc);
    out_ << '}';
  }

  void writeMetric(const Metric &metric) {
    static constexpr const char *kFolds[] = {"sum", "once", "peak", "each"};
    out_ << '{';
    Members members(out_, kTight);
    members.text("name", metric.name).text("title", metric.title).text("unit", metric.unit);
    members.text("fold", kFolds[static_cast<size_t>(metric.fold)]).boolean("absent", metric.absent);
    members.text("resource", metric.resource).text("memory", metric.memory).number("scale", metric.scale);
    out_ << '}';
  }

  void writeTape() {
    std::vector<std::string> names; // by opcode, so that the script needs no list of its own
#define X(NAME) names.emplace_back(runtime::name(runtime::OpCode::NAME));
    MDL_OPCODES(X)
#undef X
    members_.start("ops");
    writeTexts(out_, names);
    list("code", program_.code,
         [&](const Instr &instr) { writeNumbers(out_, {static_cast<uint32_t>(instr.op), instr.a, instr.b}); });
    list("ints", program_.constants, [&](Int value) {
      if (value.isOverflow()) out_ << "null";
      else writeJsonNumber(out_, value);
    });
    list("reals", program_.reals, [&](double value) {
      if (std::isfinite(value)) out_ << value;
      else out_ << "null";
    });
    list("loops", program_.loops, [&](const Loop &loop) {
      writeSlots(out_, {loop.index, loop.lo, loop.hi, loop.body, loop.bodyBegin, loop.bodyEnd});
    });
    list("argmins", program_.argmins, [&](const runtime::ArgMinRows &rows) {
      std::vector<Slot> all{rows.rowLength};
      all.insert(all.end(), rows.slots.begin(), rows.slots.end());
      writeSlots(out_, all);
    });
  }

  void writeTree() {
    list("nodes", program_.nodes, [&](const Node &node) { writeNode(node); });
    list("roots", program_.roots, [&](uint32_t root) { out_ << Int(root); });
    members_.start("totals");
    writeSlots(out_, program_.totals);
  }

  /// `makeProgram` reads the fields in this order.
  void writeNode(const Node &node) {
    out_ << '[';
    writeSlot(out_, node.parent);
    out_ << ',' << (node.group ? '1' : '0') << ',';
    for (Slot slot : {node.index, node.lo, node.hi, node.calls, node.uniform}) writeSlot(out_, slot), out_ << ',';
    out_ << '[';
    for (size_t i = 0; i < node.label.size(); ++i) {
      if (i != 0) out_ << ',';
      writeJsonString(out_, node.label[i].text);
      out_ << ',';
      writeSlot(out_, node.label[i].index);
    }
    out_ << "],";
    for (const std::string &text : {node.op, node.category, node.title, node.resident})
      writeJsonString(out_, text), out_ << ',';
    writeSlots(out_, node.metrics);
    out_ << ']';
  }

  const Program &program_;
  Output out_;
  Members members_{out_, ",\n"};
};

} // namespace

void appendInScript(std::string &page, std::string_view json) {
  size_t begin = 0;
  for (size_t at; (at = json.find('<', begin)) != std::string::npos; begin = at + 1)
    page.append(json, begin, at - begin).append("\\u003c");
  page.append(json, begin);
}

std::string programTables(const Program &program) { return TableWriter(program).write(); }

std::string emitJavaScriptTree(const Program &program, const Facts &facts) {
  std::string text = comment(heading(
      program, facts,
      {"Integers are exact below 2^127 in size; a larger one is an error, never a wrong number. Reals (times, "
       "expectations, and bytes where a format leaves fractions of one) are IEEE doubles, computed in mdlc's order, so "
       "that they have the same digits. What mdlc refuses is an error here, with the same slug.",
       "Use: import { evaluate } from \"./FILE.mjs\"; evaluate({ NAME: value }).nodes. Integers are BigInts, reals are "
       "Numbers."}));
  text.append(evaluatorScript()).append("\nconst program = makeProgram(").append(programTables(program)).append(");\n");
  std::string defaults;
  for (Int value : facts.defaults) defaults += toString(value) + "n,";
  return text + "const defaults = [" + defaults + "];\n" + kJsTreeInterface;
}

std::string evaluatorScript() { return kJsArithmetic + std::string("\n") + kProgramScript; }

} // namespace mdl::emit
