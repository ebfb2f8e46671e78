#include "Batch.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace mdl::runtime::batch {
namespace {

constexpr size_t kCacheBytes = 32 << 10; ///< Of the nearest cache, what registers may take
constexpr size_t kSmallestBlock = 64, kLargestBlock = 512;
constexpr size_t kAlignment = 64;

size_t roundUp(size_t value, size_t to) { return (value + to - 1) / to * to; }

size_t blockFor(const Plan &plan) {
  size_t fitting = kCacheBytes / sizeof(double) / std::max<size_t>(plan.registers, 1) / kLanes * kLanes;
  return std::clamp(fitting, kSmallestBlock, kLargestBlock);
}

double *allocate(size_t count) {
  void *memory = std::aligned_alloc(kAlignment, roundUp(count * sizeof(double), kAlignment));
  if (!memory) throw std::bad_alloc();
  return static_cast<double *>(memory);
}

} // namespace

/// Every operand of a step is looked up here, also one that is the number of a loop or of rows.
static size_t tableSize(const Plan &plan) {
  return std::max({size_t{plan.registers}, plan.loops.size(), plan.rows.size(), size_t{1}});
}

Workspace::Workspace(const Plan &plan, size_t block)
    : plan_(plan), block_(block), memory_(allocate(std::max<size_t>(plan.registers, 1) * block), std::free),
      registers_(tableSize(plan)), turns_(plan.loops.size()) {
  for (size_t i = 0; i < plan.registers; ++i) registers_[i] = memory_.get() + i * block;
  for (auto [reg, number] : plan.constants) std::fill_n(registers_[reg], block, number);
}

void Workspace::run(const Kernels &kernels, std::span<const double *const> columns, std::span<double *const> outputs,
                    size_t begin, size_t end) {
  for (; begin < end; begin += block_) runBlock(kernels, columns, outputs, begin, std::min(block_, end - begin));
}

/// Columns are copied into their registers; behind the last point its values are repeated, so that blocks are whole
/// vectors and no step computes with what is not there.
void Workspace::runBlock(const Kernels &kernels, std::span<const double *const> columns,
                         std::span<double *const> outputs, size_t begin, size_t count) {
  size_t whole = roundUp(count, kLanes);
  for (size_t i = 0; i < columns.size(); ++i) {
    std::memcpy(registers_[i], columns[i] + begin, count * sizeof(double));
    std::fill(registers_[i] + count, registers_[i] + whole, columns[i][begin + count - 1]);
  }
  kernels.run(plan_, registers_.data(), whole, turns_.data());
  for (size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i]) std::memcpy(outputs[i] + begin, registers_[plan_.outputs[i]], count * sizeof(double));
}

Batch::Batch(const Plan &plan, BatchOptions options)
    : plan_(plan), kernels_(options.kernels ? *options.kernels : batch::kernels().front()),
      block_(options.block ? roundUp(options.block, kLanes) : blockFor(plan)) {
  size_t threads = options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 0; i < threads; ++i) workspaces_.push_back(std::make_unique<Workspace>(plan, block_));
}

void Batch::run(std::span<const double *const> columns, std::span<double *const> outputs, size_t count) {
  size_t blocks = (count + block_ - 1) / block_, used = std::min(workspaces_.size(), std::max<size_t>(blocks, 1));
  auto share = [&](size_t thread) {
    size_t begin = blocks * thread / used * block_, end = std::min(count, blocks * (thread + 1) / used * block_);
    workspaces_[thread]->run(kernels_, columns, outputs, begin, end);
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; i < used; ++i) others.emplace_back(share, i);
  share(0);
}

} // namespace mdl::runtime::batch
