//===- Handles.h - What the handles of the C interface hold -----*- C++ -*-===//
// Private to the C interface. Texts that a program hands out are made when it is
// loaded, so that reading them needs no lock and no memory.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Checks.h"
#include "../ProgramFile.h"
#include "../Tree.h"
#include "Guarded.h"
#include <memory>
#include <string>
#include <vector>

/// A compiled model, and its inputs and stages as C sees them.
struct mdl_program {
  explicit mdl_program(mdl::runtime::CompiledModel from);
  mdl_program(const mdl_program &) = delete;
  mdl_program &operator=(const mdl_program &) = delete;

  /// The texts of one input that the program has as numbers.
  struct InputTexts {
    std::string value, low, high;
    std::vector<const char *> choices;
  };
  mdl::runtime::CompiledModel model;
  std::string precision;
  std::vector<InputTexts> inputs;       ///< Parallel to those of the program
  std::vector<uint32_t> stages;         ///< Their nodes
  std::vector<std::string> stageNames;  ///< Parallel to `stages`
  std::vector<std::string> assumptions; ///< The program's and the compiler's
};

/// The values of the inputs, and the evaluator once it has been run for them.
struct mdl_evaluation {
  explicit mdl_evaluation(const mdl_program &from)
      : program(from), evaluator(from.model.program), values(from.model.job) {}
  mdl_evaluation(const mdl_evaluation &) = delete;
  mdl_evaluation &operator=(const mdl_evaluation &) = delete;

  const mdl_program &program;
  mdl::runtime::Evaluator evaluator;
  std::vector<mdl::Int> values;
  bool isEvaluated = false;
  std::vector<std::string> warnings;
  std::unique_ptr<mdl::runtime::Tree> tree; ///< Made when the first node is read
};
