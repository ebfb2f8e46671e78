//===- SmallObjects.cpp - operator new for small objects ------------------===//
// A command makes some 50000 objects of at most 512 bytes and ends after a few
// milliseconds, of which the general allocator would take a sixth. Here each
// size has a list of free blocks, one in each thread. Blocks are cut from pages
// that hold one size only; all pages lie in one range of addresses, reserved at
// the start, so that an address alone tells whether a block is ours and how long
// it is. Freed blocks are used again, never given back. A list that has become
// long, and those of a thread that ends, go to a common store, from which any
// thread takes before it cuts another page: blocks may be freed elsewhere than
// they were made. Larger objects, and all of them where the range cannot be
// reserved, come from malloc.
//===----------------------------------------------------------------------===//
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <mutex>
#include <new>
#include <sys/mman.h>

namespace {

constexpr size_t kStep = 16, kLargest = 512, kSizes = kLargest / kStep + 1;
constexpr size_t kPage = size_t{64} << 10, kPages = size_t{1} << 18; // 16 GiB of addresses, no memory until used

constexpr int kLargestKept = 32 << 20; ///< Bytes of an object that malloc keeps when it is freed: as much as it allows
constexpr unsigned kLongest = 1024;    ///< Blocks of a list, before it goes to the common store

struct Block {
  Block *next;
  Block *nextList; ///< Of the first block of a list in the common store
};
/// The rest of a page that no thread cuts from.
struct Rest {
  Rest *next;
  char *end;
};
static_assert(sizeof(Block) <= kStep && sizeof(Rest) <= kStep);

/// The block size of each page, in steps: zero, and no memory, until a page is taken.
constinit uint8_t sizes[kPages] = {};

/// The range of addresses.
class Pages {
public:
  Pages() {
    // What malloc gives back to the system has to be cleared when it is asked for again: it keeps it.
    mallopt(M_MMAP_THRESHOLD, kLargestKept), mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    void *range =
        mmap(nullptr, kPage * kPages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    begin_ = range == MAP_FAILED ? nullptr : static_cast<char *>(range);
  }
  /// A page for blocks of this size; null when there is none left.
  char *take(size_t size) {
    size_t page = begin_ ? used_.fetch_add(1, std::memory_order_relaxed) : kPages;
    if (page >= kPages) return nullptr;
    sizes[page] = static_cast<uint8_t>(size);
    return begin_ + page * kPage;
  }
  /// The size of a block; 0 when it is not from here.
  size_t sizeOf(void *block) const {
    auto offset = static_cast<size_t>(static_cast<char *>(block) - begin_);
    return begin_ && offset < kPage * kPages ? sizes[offset / kPage] : 0;
  }

private:
  char *begin_;
  std::atomic<size_t> used_ = 0;
};

Pages &pages() {
  static Pages all; // made by the first allocation, which is earlier than any constructor of ours
  return all;
}

/// Lists of freed blocks and rests of pages by size, for all threads.
class Store {
public:
  void put(size_t size, Block *list) {
    std::lock_guard lock(mutex_);
    list->nextList = lists_[size];
    lists_[size] = list;
  }
  Block *take(size_t size) {
    std::lock_guard lock(mutex_);
    Block *list = lists_[size];
    if (list) lists_[size] = list->nextList;
    return list;
  }

  void putRest(size_t size, char *at, char *end) {
    std::lock_guard lock(mutex_);
    rests_[size] = new (at) Rest{rests_[size], end};
  }
  Rest *takeRest(size_t size) {
    std::lock_guard lock(mutex_);
    Rest *rest = rests_[size];
    if (rest) rests_[size] = rest->next;
    return rest;
  }

private:
  std::mutex mutex_;
  Block *lists_[kSizes] = {};
  Rest *rests_[kSizes] = {};
};
constinit Store store;

/// What a thread has of one size: freed blocks, and the rest of a page.
struct Supply {
  Block *free = nullptr;
  unsigned count = 0; ///< Of the freed blocks, at most
  char *at = nullptr, *end = nullptr;
};
thread_local constinit Supply supplies[kSizes];

/// Gives what a thread has to the store when it ends.
struct AtThreadEnd {
  ~AtThreadEnd() {
    for (size_t size = 1; size < kSizes; ++size) {
      Supply &supply = supplies[size];
      if (static_cast<size_t>(supply.end - supply.at) >= size * kStep) store.putRest(size, supply.at, supply.end);
      if (supply.free) store.put(size, supply.free);
      supply = {};
    }
  }
};

void *fromMalloc(size_t bytes) {
  void *block = std::malloc(bytes);
  if (!block) throw std::bad_alloc();
  return block;
}

/// A page to cut from: what another thread has left, else a new one; false when there is none.
bool findPage(Supply &supply, size_t size) {
  static thread_local AtThreadEnd atEnd;
  (void)&atEnd; // made with the first page
  if (Rest *rest = store.takeRest(size))
    return supply.end = rest->end, supply.at = reinterpret_cast<char *>(rest), true;
  supply.at = pages().take(size);
  supply.end = supply.at ? supply.at + kPage : nullptr;
  return supply.at != nullptr;
}

void *fromPage(size_t size) {
  Supply &supply = supplies[size];
  if (static_cast<size_t>(supply.end - supply.at) < size * kStep) {
    if (Block *list = store.take(size)) return supply.free = list->next, supply.count = kLongest - 1, list;
    if (!findPage(supply, size)) return fromMalloc(size * kStep);
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
  --supply.count; // at most so many are left
  return block;
}

void release(void *block) {
  size_t size = pages().sizeOf(block);
  if (size == 0) return std::free(block);
  Supply &supply = supplies[size];
  if (supply.count >= kLongest && supply.free) store.put(size, supply.free), supply.free = nullptr, supply.count = 0;
  auto *freed = static_cast<Block *>(block);
  freed->next = supply.free, supply.free = freed;
  ++supply.count;
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
