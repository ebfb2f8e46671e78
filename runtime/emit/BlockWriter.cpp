//===- BlockWriter.cpp - A plan as a C function over a block --------------===//
#include "BlockWriter.h"
#include "Text.h"
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <stdexcept>

namespace mdl::emit {

using batch::Op;
using Kind = PassValue::Kind;

namespace {

class BlockWriter {
public:
  BlockWriter(const Passes &passes, const std::string &prefix, const std::string &macro)
      : passes_(passes), prefix_(prefix), macro_(macro) {}

  std::string write(std::string_view name) {
    line("\n{}WIDE static void {}{}(const double *const *in, double *const *out) {{", macro_, prefix_, name);
    if (passes_.arrays) line("  {}ALIGNED double r[{}][{}ROW];", macro_, passes_.arrays, macro_);
    for (size_t i = 0; i < passes_.plan().loops.size(); ++i) line("  double i{};", i);
    line("  size_t i;");
    for (uint32_t value = 0; value < passes_.values.size(); ++value)
      if (passes_.values[value].kind == Kind::Constant) fill(value);
    for (const Pass &pass : passes_.passes) {
      if (standsAlone(passes_.plan().steps[pass.begin].op)) writeAlone(pass.begin);
      else writePass(pass);
    }
    writeOutputs();
    line("}}");
    return std::move(text_);
  }

private:
  template <class... Args> void line(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  std::string forPoints() const { return fmt::format("for (i = 0; i < {}BLOCK; ++i)", macro_); }

  //===--- Values -------------------------------------------------------------===//

  /// Inside of a pass.
  std::string nameOf(uint32_t value) const {
    const PassValue &what = passes_.values[value];
    switch (what.kind) {
    case Kind::Column: return fmt::format("x{}", what.number);
    case Kind::Constant: return cReal(what.constant);
    case Kind::Index: return fmt::format("i{}", what.number);
    case Kind::Total:
    case Kind::Step: return fmt::format("v{}", value);
    }
    throw std::logic_error("a value of no kind");
  }
  std::string array(uint32_t value) const {
    const PassValue &what = passes_.values[value];
    return what.kind == Kind::Column ? fmt::format("in[{}]", what.number)
                                     : fmt::format("r[{}]", passes_.arrayOf(value));
  }
  /// Of one point, outside of the pass that makes it.
  std::string element(uint32_t value) const { return isScalar(value) ? nameOf(value) : array(value) + "[i]"; }
  bool isScalar(uint32_t value) const {
    return passes_.values[value].kind == Kind::Constant || passes_.values[value].kind == Kind::Index;
  }
  /// What is the same for all points, as an array.
  void fill(uint32_t value) {
    if (passes_.values[value].isKept) line("  {} {}[i] = {};", forPoints(), array(value), nameOf(value));
  }

  //===--- Steps --------------------------------------------------------------===//

  /// As batch/Kernels.inc has them.
  std::string expression(uint32_t at) const {
    const batch::Step &step = passes_.plan().steps[at];
    const std::vector<uint32_t> &read = passes_.reads[at];
    auto operand = [&](size_t k) { return k < read.size() ? nameOf(read[k]) : std::string(); };
    std::string a = operand(0), b = operand(1), c = operand(2), s = cReal(step.s), t = cReal(step.t);
    switch (step.op) {
    case Op::Copy: return a;
    case Op::Add: return fmt::format("{} + {}", a, b);
    case Op::AddS: return fmt::format("{} + {}", a, s);
    case Op::Mul: return fmt::format("{} * {}", a, b);
    case Op::MulS: return fmt::format("{} * {}", a, s);
    case Op::MulAdd: return fmt::format("{} * {} + {}", a, b, c);
    case Op::MulSAdd: return fmt::format("{} * {} + {}", a, s, b);
    case Op::MulS2Add: return fmt::format("{} * {} + ({} * {} + {})", a, s, b, t, c);
    case Op::MulSAddAdd: return fmt::format("({} * {} + {}) + {}", a, s, b, c);
    case Op::Add3: return fmt::format("{} + ({} + {})", a, b, c);
    case Op::Max: return fmt::format("{0} > {1} ? {0} : {1}", a, b);
    case Op::MaxS: return fmt::format("{1} > {0} ? {1} : {0}", a, s);
    case Op::MaxMulS: return fmt::format("{0} * {2} > {1} * {3} ? {0} * {2} : {1} * {3}", a, b, s, t);
    case Op::MaxMul1: return fmt::format("{0} * {2} > {1} ? {0} * {2} : {1}", a, b, s);
    case Op::MaxSafe: return fmt::format("{0} != {0} ? {0} : {0} > {1} ? {0} : {1}", a, b);
    case Op::Div: return fmt::format("{} / {}", a, b);
    case Op::DivS: return fmt::format("{} / {}", a, s);
    case Op::FloorDiv: return fmt::format("floor({} / {})", a, b);
    case Op::FloorDivS: return fmt::format("floor({} / {})", a, s);
    case Op::FloorMulS: return fmt::format("floor({} * {})", a, s);
    case Op::Floor: return fmt::format("floor({})", a);
    case Op::NonNeg: return fmt::format("{0} >= 0 ? 1 : {0} < 0 ? 0 : {0}", a);
    case Op::Bounded: return fmt::format("fabs({0}) < {1} ? {0} : (double)NAN", a, s);
    case Op::Whole: return fmt::format("{0} - floor({0}) == 0 ? {0} : (double)NAN", a);
    case Op::Pow: return fmt::format("{}power({}, {})", prefix_, element(read[0]), element(read[1]));
    case Op::ArgMin:
    case Op::LoopBegin:
    case Op::LoopEnd: break;
    }
    throw std::logic_error(fmt::format("{} is no expression", batch::name(step.op)));
  }

  void writePass(const Pass &pass) {
    line("  {}VECTOR\n  {} {{", macro_, forPoints());
    readColumns(pass);
    for (uint32_t at = pass.begin; at < pass.end; ++at) {
      uint32_t value = passes_.made[at];
      line("    const double {} = {};", nameOf(value), expression(at));
      if (passes_.values[value].isKept) line("    {} = {};", element(value), nameOf(value));
      for (size_t k = 0; k < passes_.outputs.size(); ++k)
        if (passes_.outputs[k] == value) line("    out[{}][i] = {};", k, nameOf(value));
    }
    line("  }}");
  }
  /// What a pass reads and does not make, each once and before anything is written over it.
  void readColumns(const Pass &pass) {
    std::vector<bool> known(passes_.values.size());
    for (uint32_t at = pass.begin; at < pass.end; ++at)
      for (uint32_t value : passes_.reads[at]) {
        if (known[value] || isScalar(value) || passes_.isMadeIn(value, pass)) continue;
        known[value] = true;
        line("    const double {} = {};", nameOf(value), element(value));
      }
  }

  void writeAlone(uint32_t at) {
    const batch::Step &step = passes_.plan().steps[at];
    if (step.op == Op::LoopBegin) return openLoop(step.a, at);
    if (step.op == Op::LoopEnd) return closeLoop(step.a, at);
    std::string made = array(passes_.made[at]);
    if (step.op == Op::ArgMin) return writeArgMin(at, made);
    line("  {} {}[i] = {};", forPoints(), made, expression(at));
  }
  void openLoop(uint32_t loop, uint32_t at) {
    std::string bounds = array(passes_.reads[at][0]) + ", " + array(passes_.reads[at][1]);
    line("  for (i{0} = {1}first({2}, {3}); i{0} < (double)INFINITY; i{0} = {1}next({2}, i{0} + 1)) {{", loop, prefix_,
         bounds, array(passes_.made[at]));
    fill(passes_.indices[loop]);
  }
  void closeLoop(uint32_t loop, uint32_t at) {
    const std::vector<uint32_t> &read = passes_.reads[at];
    line("  {}add({}, {}, i{}, {}, {});\n  }}", prefix_, array(read[0]), array(read[1]), loop, array(read[2]),
         array(passes_.made[at]));
  }
  void writeArgMin(uint32_t at, const std::string &made) {
    std::vector<std::string> all;
    for (uint32_t value : passes_.reads[at]) all.push_back(element(value));
    line("  {} {{\n    const double all[] = {{{}}};", forPoints(), fmt::join(all, ", "));
    line("    {}[i] = {}smallest(all, {}, {});\n  }}", made, prefix_, all.size(),
         passes_.plan().rows[passes_.plan().steps[at].a].rowLength);
  }

  /// Those that no pass has written.
  void writeOutputs() {
    for (size_t k = 0; k < passes_.outputs.size(); ++k) {
      const PassValue &value = passes_.values[passes_.outputs[k]];
      bool isWritten = value.kind == Kind::Step && !standsAlone(passes_.plan().steps[value.number].op);
      if (!isWritten) line("  {} out[{}][i] = {};", forPoints(), k, element(passes_.outputs[k]));
    }
  }

  const Passes &passes_;
  const std::string &prefix_, &macro_;
  std::string text_;
};

} // namespace

std::string writeBlock(const Passes &passes, const std::string &prefix, const std::string &macro,
                       std::string_view name) {
  return BlockWriter(passes, prefix, macro).write(name);
}

std::string cReal(double value) {
  if (std::isnan(value)) return "(double)NAN";
  return std::isinf(value) ? value < 0 ? "-(double)INFINITY" : "(double)INFINITY" : realText(value);
}

} // namespace mdl::emit
