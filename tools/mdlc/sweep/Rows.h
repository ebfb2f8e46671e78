//===- Rows.h - The rows of a sweep -----------------------------*- C++ -*-===//
#pragma once
#include "Variants.h"
#include "runtime/Evaluate.h"

namespace mdl::tool {

/// A point with its numbers, or the reason why it has none.
struct SweepRow {
  uint64_t point = 0;
  const Variant *variant = nullptr;
  std::vector<uint64_t> positions; ///< On each axis
  std::vector<Cell> cells;         ///< Parallel to the wanted names
  std::string status;              ///< `ok`, or `guard-failed: ...`
  std::string notes;               ///< Warnings and claims that do not hold, `; ` between
  bool isValid() const { return status == "ok"; }
};

/// Makes rows; each thread has one.
class RowMaker {
public:
  /// `exact`: every number by the exact evaluator. Else by blocks, and by the exact one where the bound is too wide.
  RowMaker(Variants &variants, const Axes &axes, bool exact) : variants_(variants), axes_(axes), exact_(exact) {}
  /// The rows of points [begin, end), in order.
  std::vector<SweepRow> &make(uint64_t begin, uint64_t end);
  /// Other values for all parameters of the program, in every row from now on; only for rows that are made exactly, of
  /// one variant.
  void setParameters(std::vector<double> values) { parameters_ = std::move(values); }

private:
  struct Tools { ///< For one variant
    std::unique_ptr<runtime::batch::Workspace> workspace;
    std::unique_ptr<runtime::Evaluator> evaluator;
    std::unique_ptr<runtime::Fleet> fleet;
    std::vector<size_t> rows; ///< Of this block
  };
  void locate(SweepRow &row);
  const Variant &variantAt(const std::vector<uint64_t> &positions);
  bool readInputs(SweepRow &row, std::vector<Int> &inputs) const;
  void evaluateBlock(const Variant &variant, Tools &tools);
  void evaluateExactly(SweepRow &row, Tools &tools);
  void evaluateFleet(SweepRow &row, Tools &tools);
  void takeGuards(SweepRow &row, const std::function<double(size_t)> &holds) const;

  Variants &variants_;
  const Axes &axes_;
  bool exact_;
  std::vector<double> parameters_; ///< Empty: those of the program
  const Variant *lastVariant_ = nullptr;
  std::vector<uint64_t> lastPositions_;
  std::map<const Variant *, Tools> tools_;
  std::vector<SweepRow> rows_;
  std::vector<std::vector<Int>> inputs_; ///< By row
  std::set<std::string> texts_;          ///< Of cells
};

} // namespace mdl::tool
