//===- Batch.h - A plan evaluated at many points ----------------*- C++ -*-===//
// Points are columns of doubles. They are taken in blocks, each small enough for
// its registers to stay in the nearest cache; a point's numbers do not depend on
// the block, the number of threads, or the vector unit.
//===----------------------------------------------------------------------===//
#pragma once
#include "Kernels.h"
#include <memory>

namespace mdl::runtime::batch {

/// The memory that one thread works in.
class Workspace {
public:
  Workspace(const Plan &plan, size_t block);
  /// Evaluates points [begin, end). `columns` and `outputs` are parallel to the plan's; a value of a column outside of
  /// the bounds that the plan was made for has no meaning. No allocation.
  void run(const Kernels &kernels, std::span<const double *const> columns, std::span<double *const> outputs,
           size_t begin, size_t end);

private:
  void runBlock(const Kernels &kernels, std::span<const double *const> columns, std::span<double *const> outputs,
                size_t begin, size_t count);

  const Plan &plan_;
  size_t block_;
  std::unique_ptr<double[], void (*)(void *)> memory_;
  std::vector<double *> registers_; ///< Where each register's block is
  std::vector<Turns> turns_;
};

struct BatchOptions {
  size_t block = 0;                 ///< Points of a block; 0: what fits into the nearest cache
  unsigned threads = 1;             ///< 0: one for each processor
  const Kernels *kernels = nullptr; ///< The widest
};

/// Keeps the plan's address.
class Batch {
public:
  explicit Batch(const Plan &plan, BatchOptions options = {});
  /// As Workspace::run, over all threads.
  void run(std::span<const double *const> columns, std::span<double *const> outputs, size_t count);
  size_t block() const { return block_; }
  const Kernels &kernels() const { return kernels_; }

private:
  const Plan &plan_;
  Kernels kernels_;
  size_t block_;
  std::vector<std::unique_ptr<Workspace>> workspaces_; ///< One for each thread
};

} // namespace mdl::runtime::batch
