//===- RuntimeProgram.h - Programs written by hand, for tests ---*- C++ -*-===//
#pragma once
#include "runtime/Program.h"
#include <initializer_list>
#include <string>
#include <vector>

namespace mdl::runtime {

/// Writes a tape and a tree, one call a thing. A label is `name` or `name{slot}`'s two parts.
class ProgramBuilder {
public:
  Program program;

  ProgramBuilder() {
    program.model = "demo";
    program.title = "A model made by hand";
    program.convention = "full";
    program.traffic = "flash";
  }

  Slot emit(OpCode op, uint32_t a = 0, uint32_t b = 0) {
    program.code.push_back({op, a, b});
    return static_cast<Slot>(program.code.size() - 1);
  }
  Slot constant(Int value) {
    program.constants.push_back(value);
    return emit(OpCode::Const, static_cast<uint32_t>(program.constants.size() - 1));
  }
  Slot real(double value) {
    program.reals.push_back(value);
    return emit(OpCode::Real, static_cast<uint32_t>(program.reals.size() - 1));
  }
  Slot input(const std::string &name, Int value, Int lo = 1, Int hi = 1 << 20) {
    Input input;
    input.name = name, input.value = value, input.lo = lo, input.hi = hi;
    program.inputs.push_back(input);
    return emit(OpCode::Input, static_cast<uint32_t>(program.inputs.size() - 1));
  }
  Slot boolean(const std::string &name, bool value) {
    Slot slot = input(name, Int(value), 0, 1);
    program.inputs.back().type = InputType::Boolean;
    return slot;
  }
  Slot choice(const std::string &name, std::vector<std::string> choices, Int value) {
    Slot slot = input(name, value, 0, Int(choices.size()) - 1);
    program.inputs.back().type = InputType::Choice;
    program.inputs.back().choices = std::move(choices);
    return slot;
  }
  Slot add(Slot a, Slot b) { return emit(OpCode::Add, a, b); }
  Slot mul(Slot a, Slot b) { return emit(OpCode::Mul, a, b); }

  uint32_t newIndex() { return program.indexCount++; }
  Slot index(uint32_t number) { return emit(OpCode::Index, number); }

  /// The sum of what `makeBody(index slot)` gives, over lo..hi.
  template <class MakeBody> Slot sum(Slot lo, Slot hi, MakeBody makeBody, OpCode op = OpCode::Sum) {
    Loop loop{newIndex(), lo, hi, 0, static_cast<Slot>(program.code.size()), 0};
    loop.body = makeBody(index(loop.index));
    loop.bodyEnd = static_cast<Slot>(program.code.size());
    program.loops.push_back(loop);
    return emit(op, static_cast<uint32_t>(program.loops.size() - 1));
  }

  size_t metric(const std::string &name, const std::string &title, const std::string &unit, Fold fold) {
    program.metrics.push_back({name, title, unit, fold, false, "", ""});
    program.totals.push_back(kNoSlot);
    return program.metrics.size() - 1;
  }

  /// A node with its metrics in order; missing ones are absent. `parent` ~0 is a stage.
  uint32_t node(uint32_t parent, std::vector<LabelPart> label, const std::string &op, std::vector<Slot> metrics = {},
                Slot calls = kNoSlot) {
    Node node;
    node.parent = parent, node.label = std::move(label), node.op = op, node.calls = calls;
    node.metrics = std::move(metrics);
    node.metrics.resize(program.metrics.size(), kNoSlot);
    return append(std::move(node));
  }
  uint32_t group(uint32_t parent, uint32_t index, Slot lo, Slot hi) {
    Node node;
    node.parent = parent, node.group = true, node.index = index, node.lo = lo, node.hi = hi;
    node.place = "demo.mdl:7:3";
    return append(std::move(node));
  }
  Node &at(uint32_t number) { return program.nodes[number]; }

private:
  uint32_t append(Node node) {
    auto number = static_cast<uint32_t>(program.nodes.size());
    uint32_t parent = node.parent;
    program.nodes.push_back(std::move(node));
    (parent == ~0u ? program.roots : program.nodes[parent].children).push_back(number);
    return number;
  }
};

/// The values that the inputs have by default.
inline std::vector<Int> defaults(const Program &program) {
  std::vector<Int> values;
  for (const Input &input : program.inputs) values.push_back(input.value);
  return values;
}

/// A small diffusion model with what reports must cope with. Tokens t = 10, steps = 5, so the
/// stage `diffusion` runs 5 times:
///   diffusion
///     patch                     2t a run, 7 parameters
///     blocks.{0,1,2}            equal copies, in one group
///       attn
///         q                     4t a run, 11 parameters
///         core                  t*t a run, none
///       ffn                     6t a run, 13 parameters
///     up.{1,2}                  copies that differ: (i + 1) * t a run, 20 * (i + 1) parameters; peak 500 + i
///   vae                         runs once: 1000, peak 400
struct DemoModel {
  ProgramBuilder b;
  uint32_t diffusion, up;

  DemoModel() {
    b.metric("flops_tensor", "tensor FLOPs", "FLOP", Fold::Sum);
    b.metric("params", "parameters", "", Fold::Once);
    b.metric("activation_peak_bytes", "peak activations", "byte", Fold::Peak);
    Slot t = b.input("tokens", 10), steps = b.input("steps", 5);
    Slot runT = b.mul(t, steps);
    auto scaled = [&](int factor) { return b.mul(runT, b.constant(factor)); };
    Slot patch = scaled(2), q = scaled(4), core = b.mul(runT, t), ffn = scaled(6);
    Slot attn = b.add(q, core), block = b.add(attn, ffn);
    Slot p7 = b.constant(7), p11 = b.constant(11), p13 = b.constant(13), p24 = b.constant(24);
    Slot peak = b.constant(300), vaePeak = b.constant(400), vae = b.constant(1000), one = b.constant(1);
    Slot zero = b.constant(0), two = b.constant(2), three = b.constant(3), none = zero;

    uint32_t blockIndex = b.newIndex(), upIndex = b.newIndex();
    Slot i = b.index(blockIndex), j = b.index(upIndex), next = b.add(j, one);
    Slot upFlops = b.mul(next, runT), upParams = b.mul(next, b.constant(20)), upPeak = b.add(next, b.constant(499));

    Slot blocks = b.mul(block, three), ups = b.mul(runT, three);
    Slot total = b.add(patch, b.add(blocks, ups)), params = b.constant(7 + 3 * 24 + 60);
    Slot diffusionPeak = b.constant(501);
    diffusion = b.node(~0u, {{"diffusion"}}, "Dit", {total, params, diffusionPeak}, steps);
    b.node(diffusion, {{"patch"}}, "conv", {patch, p7, peak}, steps);
    uint32_t group = b.group(diffusion, blockIndex, zero, three);
    uint32_t blockNode = b.node(group, {{"blocks."}, {"", i}}, "Block", {block, p24, peak}, steps);
    uint32_t attnNode = b.node(blockNode, {{"attn"}}, "Attention", {attn, p11, peak}, steps);
    b.node(attnNode, {{"q"}}, "linear", {q, p11, peak}, steps);
    b.node(attnNode, {{"core"}}, "sdpa", {core, none, peak}, steps);
    b.at(static_cast<uint32_t>(b.program.nodes.size() - 1)).category = "attention";
    b.node(blockNode, {{"ffn"}}, "linear", {ffn, p13, peak}, steps);
    uint32_t upGroup = b.group(diffusion, upIndex, zero, two);
    up = b.node(upGroup, {{"up."}, {"", next}}, "upsample", {upFlops, upParams, upPeak}, steps);
    b.at(up).varies = true;
    b.node(~0u, {{"vae"}}, "Vae", {vae, one, vaePeak}, one);

    b.program.totals = {b.add(total, vae), b.add(params, one), diffusionPeak};
    b.program.notModelled = {"text_encoder"};
    b.program.assumptions = {"16 bit weights"};
  }
};

} // namespace mdl::runtime
