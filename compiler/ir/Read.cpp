//===- Read.cpp - A cost module from its text -----------------------------===//
// A line without indentation begins a thing or says something of the module; an
// indented line is a property of the last thing.
//===----------------------------------------------------------------------===//
#include "Read.h"
#include "Keywords.h"
#include "Verify.h"
#include "Word.h"
#include "llvm/ADT/StringMap.h"
#include <charconv>
#include <fmt/format.h>

namespace mdl::ir {

namespace {

/// What follows a keyword in its line.
using Rest = std::string_view;

/// Readers of trees recurse; nothing that is written by hand or made from a model comes near.
constexpr uint32_t kMaxNodeDepth = 1000;

/// As much of the text as a message shows.
std::string_view start(Rest rest) { return rest.substr(0, 60); }

class Reader {
public:
  Reader() { module_.owned = std::make_shared<expr::ExprPool>(), module_.pool = module_.owned.get(); }
  std::optional<CostModule> read(std::string_view text, std::string *error);

private:
  enum class Thing { None, Input, Parameter, Metric, Guard, Node, Group, Run };

  template <class... Args> bool fail(fmt::format_string<Args...> format, Args &&...args) {
    if (error_.empty()) error_ = fmt::format("line {}: {}", line_, fmt::format(format, std::forward<Args>(args)...));
    return false;
  }
  bool readLine(std::string_view line);
  bool readFact(Rest line);
  bool readProperty(Rest line);

  bool readSymbol(Rest rest, bool integer, bool real);
  bool readParameter(Rest rest);
  bool readFormal(Rest rest);
  bool readRun(Rest rest);
  bool readLet(Rest rest);
  bool readInput(Rest rest);
  bool readMetric(Rest rest);
  bool readGuard(GuardKind kind, Rest rest);
  bool readNode(Rest rest, bool group);
  bool readTotal(Rest rest);

  bool inputProperty(std::string_view word, Rest rest);
  bool parameterProperty(std::string_view word, Rest rest);
  bool runProperty(std::string_view word, Rest rest);
  bool metricProperty(std::string_view word, Rest rest);
  bool guardProperty(std::string_view word, Rest rest);
  bool nodeProperty(std::string_view word, Rest rest);
  bool groupProperty(std::string_view word, Rest rest);
  bool unknownProperty(std::string_view word) { return fail("`{}` is no property here", start(word)); }

  bool atEnd(Rest rest) { return rest.empty() || fail("`{}` is more than belongs here", start(rest)); }
  bool takeName(Rest &rest, std::string &into);
  bool takeNumber(Rest &rest, uint32_t &into);
  bool readString(Rest rest, std::string &into);
  bool addString(Rest rest, std::vector<std::string> &into);
  bool readInt(Rest rest, std::optional<Int> &into);
  bool readExpr(Rest rest, ExprId &into);
  bool readBound(Rest rest, std::optional<ExprId> &into);
  bool readLabel(Rest rest, std::vector<LabelPart> &into);
  bool readSymbolName(Rest rest, SymbolId &into);
  bool readValue(Rest rest, std::vector<ExprId> &values);
  bool readFlag(Rest rest, bool &flag, bool value) { return atEnd(rest) && (flag = value, true); }
  template <size_t N> bool readKeyword(Rest &rest, const char *const (&words)[N], size_t &which);

  CostModule module_;
  Thing thing_ = Thing::None;
  llvm::StringMap<size_t> metricByName_;
  expr::Replacements lets_;
  std::vector<uint32_t> depth_; ///< Parallel to the nodes
  size_t line_ = 1;
  bool begun_ = false; ///< The first line has been read
  std::string error_;
};

std::optional<CostModule> Reader::read(std::string_view text, std::string *error) {
  while (!text.empty() && error_.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    if (readLine(text.substr(0, end))) ++line_;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!begun_) (void)fail("the text does not begin with `mdl.ir 1`");
  if (error_.empty()) error_ = verify(module_);
  if (error_.empty()) return std::move(module_);
  if (error) *error = error_;
  return std::nullopt;
}

//===--- Lines --------------------------------------------------------------===//

bool Reader::readLine(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ')) line.remove_suffix(1);
  Rest rest = line;
  skipSpaces(rest);
  if (rest.empty() || rest.starts_with("//")) return true;
  if (!begun_) return (begun_ = line == "mdl.ir 1") || fail("the text does not begin with `mdl.ir 1`");
  return rest.size() < line.size() ? readProperty(rest) : readFact(rest);
}

bool Reader::readFact(Rest rest) {
  std::string_view word = takeWord(rest);
  skipSpaces(rest);
  thing_ = Thing::None;
  for (size_t kind = 0; kind < std::size(kGuardWords); ++kind)
    if (word == kGuardWords[kind]) return readGuard(static_cast<GuardKind>(kind), rest);
  if (word == "model") return readString(rest, module_.model);
  if (word == "title") return readString(rest, module_.title);
  if (word == "convention") return readString(rest, module_.convention);
  if (word == "traffic") return readString(rest, module_.traffic);
  if (word == "precision") return readString(rest, module_.precision);
  if (word == "device") return readString(rest, module_.device);
  if (word == "symbol" || word == "real" || word == "double")
    return readSymbol(rest, word == "symbol", word == "double");
  if (word == "parameter") return readParameter(rest);
  if (word == "formal") return readFormal(rest);
  if (word == "run") return readRun(rest);
  if (word == "let") return readLet(rest);
  if (word == "input") return readInput(rest);
  if (word == "metric") return readMetric(rest);
  if (word == "node" || word == "group") return readNode(rest, word == "group");
  if (word == "total") return readTotal(rest);
  if (word == "not_modelled") return addString(rest, module_.notModelled);
  if (word == "assumption") return addString(rest, module_.assumptions);
  return fail("a line begins with `{}`, which is no fact of the IR", start(word));
}

bool Reader::readProperty(Rest rest) {
  if (thing_ == Thing::Node && rest.find(" = ") != Rest::npos && rest[0] == '"')
    return readValue(rest, module_.nodes.back().metrics);
  Rest whole = rest;
  std::string_view word = takeWord(rest);
  skipSpaces(rest);
  switch (thing_) {
  case Thing::None: return fail("an indented line belongs to nothing");
  case Thing::Input: return inputProperty(word, rest);
  case Thing::Parameter: return parameterProperty(word, rest);
  case Thing::Run: return runProperty(word, rest);
  case Thing::Metric: return metricProperty(word, rest);
  case Thing::Guard: return guardProperty(word, rest);
  case Thing::Group: return groupProperty(word, rest);
  case Thing::Node:
    return rest.starts_with("=") ? readValue(whole, module_.nodes.back().metrics) : nodeProperty(word, rest);
  }
  return false;
}

//===--- Facts --------------------------------------------------------------===//

/// `n >= 1 <= 4096`; an expression has no `<=`.
bool Reader::readSymbol(Rest rest, bool integer, bool real) {
  expr::SymbolInfo info{std::string(takeWord(rest)), {}, {}, integer, real};
  if (info.name.empty() || info.name == kIn) return fail("the name of a symbol is expected");
  if (module_.pool->findSymbol(info.name)) return fail("symbol `{}` is declared again", start(info.name));
  skipSpaces(rest);
  size_t upper = rest.find("<= ");
  if (upper != Rest::npos && !readBound(rest.substr(upper + 3), info.hi)) return false;
  rest = rest.substr(0, upper);
  if (!rest.empty() && !rest.starts_with(">= ")) return fail("a bound is `>= expression` or `<= expression`");
  if (!rest.empty() && !readBound(rest.substr(3), info.lo)) return false;
  module_.pool->addSymbol(std::move(info));
  return true;
}

/// `_1 = max(...)`: a symbol that every expression which is read has to be freed from.
bool Reader::readLet(Rest rest) {
  std::string name(takeWord(rest));
  if (name.empty() || name == kIn || !rest.starts_with(" = ")) return fail("`let NAME = expression` is expected");
  if (module_.pool->findSymbol(name)) return fail("symbol `{}` is declared again", start(name));
  ExprId value;
  if (!readExpr(rest.substr(3), value)) return false;
  SymbolId symbol = module_.pool->addSymbol({std::move(name), {}, {}, module_.pool->isIntegral(value)});
  lets_[symbol.index] = value;
  return true;
}

bool Reader::readInput(Rest rest) {
  Input input;
  size_t type = 0;
  if (!takeName(rest, input.name) || !readKeyword(rest, kInputTypeWords, type) || !atEnd(rest)) return false;
  input.type = static_cast<InputType>(type);
  module_.inputs.push_back(std::move(input));
  thing_ = Thing::Input;
  return true;
}

/// `bits bits.diffusion.act`
bool Reader::readParameter(Rest rest) {
  Parameter parameter;
  size_t kind = 0;
  if (!readKeyword(rest, kParameterWords, kind)) return false;
  skipSpaces(rest);
  if (!readSymbolName(rest, parameter.symbol)) return false;
  parameter.kind = static_cast<Parameter::Kind>(kind);
  module_.parameters.push_back(std::move(parameter));
  thing_ = Thing::Parameter;
  return true;
}

/// `tensor run.tensor`: all of them, in order.
bool Reader::readFormal(Rest rest) {
  size_t which = 0;
  if (!readKeyword(rest, kFormalWords, which)) return false;
  skipSpaces(rest);
  if (which != module_.formals.size()) return fail("`{}` is not the next field of a run", kFormalWords[which]);
  return readSymbolName(rest, module_.formals.emplace_back());
}

/// `7 linear`: one of the runs of the node just before.
bool Reader::readRun(Rest rest) {
  uint32_t number = 0;
  if (!takeNumber(rest, number)) return false;
  if (module_.nodes.empty() || number + 1 != module_.nodes.size() || module_.nodes.back().group)
    return fail("a run follows its node");
  Run run;
  run.times = module_.pool->constant(1);
  if (!takeName(rest, run.category) || !atEnd(rest)) return false;
  module_.nodes.back().runs.push_back(std::move(run));
  thing_ = Thing::Run;
  return true;
}

bool Reader::readMetric(Rest rest) {
  Metric metric;
  size_t fold = 0;
  if (!module_.nodes.empty()) return fail("metrics stand before the nodes");
  if (!takeName(rest, metric.name) || !readKeyword(rest, kFoldWords, fold) || !atEnd(rest)) return false;
  metric.fold = static_cast<Fold>(fold);
  metricByName_[metric.name] = module_.metrics.size();
  module_.metrics.push_back(std::move(metric));
  module_.totals.push_back({});
  thing_ = Thing::Metric;
  return true;
}

bool Reader::readGuard(GuardKind kind, Rest rest) {
  Guard guard{kind, {}, "", ""};
  if (!readExpr(rest, guard.condition)) return false;
  module_.guards.push_back(std::move(guard));
  thing_ = Thing::Guard;
  return true;
}

/// `7 in 3`
bool Reader::readNode(Rest rest, bool group) {
  auto expected = static_cast<uint32_t>(module_.nodes.size());
  uint32_t number = 0, depth = 0;
  Node node;
  if (!takeNumber(rest, number)) return false;
  if (number != expected) return fail("node {} stands where {} is expected", number, expected);
  if (!rest.empty()) {
    if (takeWord(rest) != "in") return fail("a node is `node NUMBER in PARENT`");
    skipSpaces(rest);
    if (!takeNumber(rest, node.parent) || !atEnd(rest)) return false;
    if (node.parent >= expected) return fail("node {} stands before its parent {}", number, node.parent);
    depth = depth_[node.parent] + 1;
    if (depth > kMaxNodeDepth) return fail("nodes are nested deeper than {}", kMaxNodeDepth);
  }
  (node.parent == kNoNode ? module_.roots : module_.nodes[node.parent].children).push_back(number);
  node.group = group;
  node.index = {kNoNode}; // none, until the property says which
  node.calls = module_.pool->constant(1);
  if (!group) node.metrics.resize(module_.metrics.size());
  depth_.push_back(depth);
  module_.nodes.push_back(std::move(node));
  thing_ = group ? Thing::Group : Thing::Node;
  return true;
}

bool Reader::readTotal(Rest rest) { return readValue(rest, module_.totals); }

//===--- Properties ---------------------------------------------------------===//

bool Reader::inputProperty(std::string_view word, Rest rest) {
  Input &input = module_.inputs.back();
  std::optional<Int> value;
  if (word == "symbol") return readSymbolName(rest, input.symbol.emplace());
  if (word == "unit") return readString(rest, input.unit);
  if (word == "choice") return addString(rest, input.choices);
  if (word == "value") return readInt(rest, value) && (input.value = *value, true);
  if (word == "lo") return readInt(rest, input.lo);
  if (word == "hi") return readInt(rest, input.hi);
  if (word == "doc") return readString(rest, input.doc);
  return unknownProperty(word);
}

bool Reader::metricProperty(std::string_view word, Rest rest) {
  Metric &metric = module_.metrics.back();
  if (word == "title") return readString(rest, metric.title);
  if (word == "unit") return readString(rest, metric.unit);
  if (word == "absent") return readFlag(rest, metric.absent, true);
  if (word == "rule") return readExpr(rest, metric.rule.emplace());
  if (word == "part") return readExpr(rest, metric.parts.emplace_back());
  if (word == "utilisation") return readString(rest, metric.utilisation);
  if (word == "resource") return readString(rest, metric.resource);
  if (word == "memory") return readString(rest, metric.memory);
  return unknownProperty(word);
}

bool Reader::parameterProperty(std::string_view word, Rest rest) {
  Parameter &parameter = module_.parameters.back();
  if (word == "owner") return readString(rest, parameter.owner);
  if (word == "role") return readString(rest, parameter.role);
  if (word == "class") return readString(rest, parameter.category);
  if (word == "utilisation") return readString(rest, parameter.utilisation);
  if (word != "value" && word != "best" && word != "worst") return unknownProperty(word);
  double value = 0;
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || end != rest.data() + rest.size()) return fail("`{}` is no number", start(rest));
  return (word == "value" ? parameter.value : word == "best" ? parameter.best : parameter.worst) = value, true;
}

/// A turn's bounds follow it; `lo = 0` is left out.
bool Reader::runProperty(std::string_view word, Rest rest) {
  Run &run = module_.nodes.back().runs.back();
  if (word == "turn") return readSymbolName(rest, run.turns.emplace_back().index);
  if (!rest.starts_with("= ")) return fail("`{} = expression` is expected", word);
  rest = rest.substr(2);
  if (word == "times") return readExpr(rest, run.times);
  for (size_t i = 0; i < kWorks; ++i)
    if (word == kFormalWords[i]) return readExpr(rest, run.work[i]);
  if ((word == "lo" || word == "hi") && !run.turns.empty())
    return readExpr(rest, word == "lo" ? run.turns.back().lo : run.turns.back().hi);
  return unknownProperty(word);
}

bool Reader::guardProperty(std::string_view word, Rest rest) {
  Guard &guard = module_.guards.back();
  if (word == "text") return readString(rest, guard.text);
  if (word == "place") return readString(rest, guard.place);
  return unknownProperty(word);
}

bool Reader::nodeProperty(std::string_view word, Rest rest) {
  Node &node = module_.nodes.back();
  if (word == "label") return readLabel(rest, node.label);
  if (word == "op") return readString(rest, node.op);
  if (word == "category") return readString(rest, node.category);
  if (word == "title") return readString(rest, node.title);
  if (word == "place") return readString(rest, node.place);
  if (word == "resident") return readString(rest, node.resident);
  if (word == "calls") return readExpr(rest, node.calls);
  if (word == "varying") return readFlag(rest, node.uniform, false);
  return unknownProperty(word);
}

bool Reader::groupProperty(std::string_view word, Rest rest) {
  Node &group = module_.nodes.back();
  if (word == "index") return readSymbolName(rest, group.index);
  if (word == "lo") return readExpr(rest, group.lo);
  if (word == "hi") return readExpr(rest, group.hi);
  return unknownProperty(word);
}

//===--- Values -------------------------------------------------------------===//

/// A word or a string, and the spaces behind it.
bool Reader::takeName(Rest &rest, std::string &into) {
  into = takeWord(rest);
  if (into.empty()) {
    auto text = takeString(rest);
    if (!text) return fail("a name is expected, found `{}`", start(rest));
    into = *text;
  }
  skipSpaces(rest);
  return true;
}

bool Reader::takeNumber(Rest &rest, uint32_t &into) {
  size_t length = std::min(rest.find_first_not_of("0123456789"), rest.size());
  std::optional<Int> value = parseInt(rest.substr(0, length));
  if (!value || *value >= Int(kNoNode)) return fail("the number of a node is expected, found `{}`", start(rest));
  into = static_cast<uint32_t>(value->toInt64());
  rest.remove_prefix(length);
  skipSpaces(rest);
  return true;
}

template <size_t N> bool Reader::readKeyword(Rest &rest, const char *const (&words)[N], size_t &which) {
  std::string_view word = takeWord(rest);
  for (which = 0; which < N; ++which)
    if (word == words[which]) return true;
  return fail("`{}` is none of `{}`", word, fmt::join(words, "`, `"));
}

bool Reader::readString(Rest rest, std::string &into) {
  auto text = takeString(rest);
  if (!text) return fail("a string is expected, found `{}`", start(rest));
  into = std::move(*text);
  return atEnd(rest);
}

bool Reader::addString(Rest rest, std::vector<std::string> &into) { return readString(rest, into.emplace_back()); }

bool Reader::readInt(Rest rest, std::optional<Int> &into) {
  into = parseInt(rest);
  if (!into || into->isOverflow()) return fail("an integer is expected, found `{}`", start(rest));
  return true;
}

bool Reader::readExpr(Rest rest, ExprId &into) {
  std::string why;
  auto parsed = expr::parse(*module_.pool, rest, &why);
  if (!parsed) return fail("`{}`: {}", start(rest), why);
  into = lets_.empty() ? *parsed : module_.pool->substitute(*parsed, lets_);
  return true;
}

bool Reader::readBound(Rest rest, std::optional<ExprId> &into) { return readExpr(rest, into.emplace()); }

bool Reader::readLabel(Rest rest, std::vector<LabelPart> &into) {
  auto text = takeString(rest);
  if (!text) return fail("a string is expected, found `{}`", start(rest));
  into.push_back({std::move(*text), std::nullopt});
  skipSpaces(rest);
  return rest.empty() || readExpr(rest, into.back().index.emplace());
}

bool Reader::readSymbolName(Rest rest, SymbolId &into) {
  auto symbol = module_.pool->findSymbol(rest);
  if (!symbol || lets_.contains(symbol->index)) return fail("`{}` is no symbol", start(rest));
  into = *symbol;
  return true;
}

/// `flops = 2*n`
bool Reader::readValue(Rest rest, std::vector<ExprId> &values) {
  std::string name;
  if (!takeName(rest, name)) return false;
  auto metric = metricByName_.find(name);
  if (metric == metricByName_.end()) return fail("`{}` is no metric", name);
  if (!rest.starts_with("= ")) return fail("`{} = expression` is expected", name);
  return readExpr(rest.substr(2), values[metric->second]);
}

} // namespace

std::optional<CostModule> read(std::string_view text, std::string *error) { return Reader().read(text, error); }

} // namespace mdl::ir
