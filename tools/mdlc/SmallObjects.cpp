//===- SmallObjects.cpp - operator new for small objects ------------------===//
// A command makes some 50000 objects of at most 512 bytes and ends after a few
// milliseconds, of which the general allocator would take a sixth. Here each
// size has a list of free blocks, one in each thread. Blocks are cut from pages
// that hold one size only; all pages lie in one range of addresses, reserved at
// the start, so that an address alone tells whether a block is ours and how long
// it is. Freed blocks are used again, never given back. Larger objects, and all
// of them where the range cannot be reserved, come from malloc.
//===----------------------------------------------------------------------===//
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace {

constexpr size_t kStep = 16, kLargest = 512, kSizes = kLargest / kStep + 1;
constexpr size_t kPage = size_t{64} << 10, kPages = size_t{1} << 18; // 16 GiB of addresses, no memory until used

struct Block {
  Block *next;
};

/// The range of addresses, and the block size of each page in steps.
class Pages {
public:
  Pages() {
    void *range =
        mmap(nullptr, kPage * kPages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    begin_ = range == MAP_FAILED ? nullptr : static_cast<char *>(range);
  }
  /// A page for blocks of this size; null when there is none left.
  char *take(size_t size) {
    size_t page = begin_ ? used_.fetch_add(1, std::memory_order_relaxed) : kPages;
    if (page >= kPages) return nullptr;
    sizes_[page] = static_cast<uint8_t>(size);
    return begin_ + page * kPage;
  }
  /// The size of a block; 0 when it is not from here.
  size_t sizeOf(void *block) const {
    auto offset = static_cast<size_t>(static_cast<char *>(block) - begin_);
    return begin_ && offset < kPage * kPages ? sizes_[offset / kPage] : 0;
  }

private:
  char *begin_;
  std::atomic<size_t> used_ = 0;
  uint8_t sizes_[kPages] = {};
};

Pages &pages() {
  static Pages all; // made by the first allocation, which is earlier than any constructor of ours
  return all;
}

/// What a thread has of one size: freed blocks, and the rest of a page.
struct Supply {
  Block *free = nullptr;
  char *at = nullptr, *end = nullptr;
};
thread_local constinit Supply supplies[kSizes];

void *fromMalloc(size_t bytes) {
  void *block = std::malloc(bytes);
  if (!block) throw std::bad_alloc();
  return block;
}

void *fromPage(size_t size) {
  Supply &supply = supplies[size];
  if (static_cast<size_t>(supply.end - supply.at) < size * kStep) {
    supply.at = pages().take(size);
    if (!supply.at) return supply.end = nullptr, fromMalloc(size * kStep);
    supply.end = supply.at + kPage;
  }
  void *block = supply.at;
  supply.at += size * kStep;
  return block;
}

void *allocate(size_t bytes) {
  if (bytes > kLargest) return fromMalloc(bytes);
  size_t size = bytes == 0 ? 1 : (bytes + kStep - 1) / kStep;
  Supply &supply = supplies[size];
  if (!supply.free) return fromPage(size);
  Block *block = supply.free;
  supply.free = block->next;
  return block;
}

void release(void *block) {
  size_t size = pages().sizeOf(block);
  if (size == 0) return std::free(block);
  auto *freed = static_cast<Block *>(block);
  freed->next = supplies[size].free;
  supplies[size].free = freed;
}

bool isOrdinary(std::align_val_t alignment) { return static_cast<size_t>(alignment) <= kStep; }

} // namespace

// The forms for arrays and without exceptions call these.
void *operator new(size_t bytes) { return allocate(bytes); }
void operator delete(void *block) noexcept { release(block); }
void operator delete(void *block, size_t) noexcept { release(block); }

void *operator new(size_t bytes, std::align_val_t alignment) {
  if (isOrdinary(alignment)) return allocate(bytes);
  auto to = static_cast<size_t>(alignment);
  void *block = std::aligned_alloc(to, (bytes + to - 1) / to * to);
  if (!block) throw std::bad_alloc();
  return block;
}
void operator delete(void *block, std::align_val_t) noexcept { release(block); }
void operator delete(void *block, size_t, std::align_val_t) noexcept { release(block); }
