//===- Models.h - The pipelines of this repository, compiled ----*- C++ -*-===//
#pragma once
#include "compiler/driver/Compile.h"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

namespace mdl {

/// A pipeline of this repository, compiled for the values of its structural inputs.
struct Subject {
  const char *file;
  const char *pipeline = "";
  std::vector<std::string> settings = {};
};

inline const std::vector<Subject> &wan() {
  static const std::vector<Subject> all = {
      {"models/wan2.1/t2v_14b.mdl"}, {"models/wan2.1/t2v_1_3b.mdl"}, {"models/wan2.1/i2v_14b.mdl"}};
  return all;
}

inline const std::vector<Subject> &everyModel() {
  static const std::vector<Subject> all = [] {
    std::vector<Subject> list = wan();
    list.insert(list.end(), {{"models/deepseek_ocr/deepseek_ocr.mdl", "", {"mode=tiny", "lm_head=all"}},
                             {"models/deepseek_ocr/deepseek_ocr.mdl", "", {"mode=large", "lm_head=last"}},
                             {"models/deepseek_ocr/deepseek_ocr.mdl", "", {"mode=gundam"}},
                             {"models/torchvision/resnet50.mdl"},
                             {"models/torchvision/vit_b_16.mdl"},
                             {"models/modelmeter/wan2_1.mdl"},
                             {"models/modelmeter/deepseek_ocr.mdl"},
                             {"models/llm/llama3_8b.mdl"},
                             {"models/llm/llama3_8b.mdl", "", {"prefill=chunked", "lm_head=last"}},
                             {"models/llm/llama3_70b.mdl"},
                             {"models/llm/llama3_405b.mdl"},
                             {"models/llm/qwen3_0_6b.mdl"},
                             {"models/llm/qwen3_8b.mdl"},
                             {"models/llm/qwen3_30b_a3b.mdl"},
                             {"models/llm/deepseek_v3.mdl"},
                             {"models/llm/deepseek_v3.mdl", "", {"mla=absorbed"}},
                             {"models/llm/deepseek_v3.mdl", "", {"mla=naive"}},
                             {"models/llm/gpt_oss_20b.mdl"},
                             {"models/llm/gpt_oss_20b.mdl", "", {"prefill=chunked"}},
                             {"tests/judge/speculative.mdl"},
                             {"tests/judge/operators.mdl"},
                             {"tests/judge/sd15_unet.mdl"},
                             {"tests/judge/swin_t.mdl"}});
    return list;
  }();
  return all;
}

inline std::string nameOf(const Subject &subject) {
  std::string name = fmt::format("{} {}", subject.file, subject.pipeline);
  for (const std::string &setting : subject.settings) name += " " + setting;
  return name;
}

inline std::unique_ptr<driver::Compilation> compile(const Subject &subject, const char *traffic = "",
                                                    const char *device = "") {
  driver::Request request;
  request.path = std::string(MDL_SOURCE_DIR "/") + subject.file;
  request.pipeline = subject.pipeline;
  request.settings = subject.settings;
  request.traffic = traffic, request.device = device;
  request.searchPaths = {MDL_SOURCE_DIR "/models"};
  auto compilation = std::make_unique<driver::Compilation>(request);
  if (!compilation->compile()) {
    ADD_FAILURE() << nameOf(subject) << " does not compile";
    return nullptr;
  }
  return compilation;
}

using Inputs = std::vector<Int>;

/// The position of an input, or nothing when the model lacks it.
inline std::optional<size_t> inputNamed(const runtime::Program &program, std::string_view name) {
  for (size_t i = 0; i < program.inputs.size(); ++i)
    if (program.inputs[i].name == name) return i;
  return std::nullopt;
}

/// Random values inside the ranges, small ones as often as large ones, the largest some 2^`bits` above the lower end.
inline Inputs randomInputs(const driver::Compilation &model, std::mt19937_64 &random, unsigned bits) {
  Inputs values = model.inputs();
  for (size_t i = 0; i < values.size(); ++i) {
    const runtime::Input &input = model.program().inputs[i];
    if (input.fixed) continue;
    uint64_t above = random() & ((uint64_t{1} << (random() % (bits + 1))) - 1);
    Int value = input.lo.value_or(0) + Int(above);
    if (above % 4 != 0) value = floorMod(value, 64).isZero() ? value : value + 64 - floorMod(value, 64); // grids
    values[i] = input.hi && *input.hi < value ? *input.hi : value;
  }
  return values;
}

} // namespace mdl
