// Any bytes are read as a file of weights: no crash, no hang, an inventory that holds what Inventory.h says or a fault, and
// never more memory than some multiple of the file's size.
// Built for libFuzzer with MDL_LIBFUZZER; else with a seeded main that makes its own files:
//   weights_fuzz [--seconds N] [--seed S] [--runs N]
#include "../Inputs/WeightBytes.h"
#include "runtime/weights/ConfigFile.h"
#include "runtime/weights/Read.h"
#include "runtime/weights/Signature.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <new>
#include <random>
#include <unistd.h>

using namespace mdl;
using namespace mdl::test;

//===--- Memory, counted -------------------------------------------------------------===//

namespace {
size_t live = 0, peak = 0;

void *counted(size_t size) {
  void *memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  live += malloc_usable_size(memory);
  peak = live > peak ? live : peak;
  return memory;
}
void uncounted(void *memory) {
  if (memory) live -= malloc_usable_size(memory);
  std::free(memory);
}
} // namespace

void *operator new(size_t size) { return counted(size); }
void *operator new[](size_t size) { return counted(size); }
void *operator new(size_t size, const std::nothrow_t &) noexcept { return counted(size); } // std::stable_sort's
void *operator new[](size_t size, const std::nothrow_t &) noexcept { return counted(size); }
void operator delete(void *memory) noexcept { uncounted(memory); }
void operator delete[](void *memory) noexcept { uncounted(memory); }
void operator delete(void *memory, size_t) noexcept { uncounted(memory); }
void operator delete[](void *memory, size_t) noexcept { uncounted(memory); }

namespace {

void require(bool condition, const char *what) {
  if (condition) return;
  std::fprintf(stderr, "invariant broken: %s\n", what);
  std::abort();
}

/// What is read into the window and the tables that are there anyway, and what a byte of a header may become.
constexpr size_t kBase = size_t{1} << 20, kPerByte = 64;

bool readOne(const std::string &bytes) {
  size_t before = live;
  peak = live;
  weights::Fault fault;
  auto config = weights::readConfig(weights::InputFile::of(bytes, "fuzz"), fault);
  require(config || !fault.what.empty(), "refused without a reason");
  require(peak - before <= kBase + kPerByte * bytes.size(), "more memory for a configuration than its size allows");
  config.reset(), fault = {};
  auto inventory = weights::readInventory(weights::InputFile::of(bytes, "fuzz"), fault);
  require(peak - before <= kBase + kPerByte * bytes.size(), "more memory than the size of the file allows");
  require(inventory || !fault.what.empty(), "refused without a reason");
  if (!inventory) return false;
  for (const weights::Tensor &each : inventory->tensors) {
    require(each.dtype != nullptr, "a tensor without a type");
    require(each.offset <= bytes.size() && each.bytes <= bytes.size() - each.offset, "a tensor outside of its file");
  }
  std::string why;
  weights::matchSignature({{"blocks.{n}.weight", {"a", "..."}, true}}, *inventory, why);
  return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  readOne(std::string(reinterpret_cast<const char *>(data), size));
  return 0;
}

#ifndef MDL_LIBFUZZER
namespace {

/// The parts of a file that are worth changing by themselves, and how the file is made of them.
struct Seed {
  std::string part;
  std::string (*whole)(const std::string &);
};

std::string asIs(const std::string &part) { return part; }
std::string asHeader(const std::string &part) { return safetensors(part, 32); }
std::string asPickle(const std::string &part) {
  return zip({{"archive/data.pkl", part},
              {"archive/data/0", std::string(24, '\0')},
              {"archive/data/1", std::string(8, '\0')}});
}

std::vector<Seed> seeds() {
  std::string header =
      R"({"__metadata__":{"format":"pt"},"blocks.0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},)"
      R"("blocks.1.weight":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})";
  std::string gguf =
      padded(ggufHead(2, 3) + ggufText("general.alignment") + little<uint32_t>(4) + little<uint32_t>(32) +
                 ggufText("words") + little<uint32_t>(9) + little<uint32_t>(8) + little<uint64_t>(2) + ggufText("a") +
                 ggufText("bc") + ggufText("x") + little<uint32_t>(6) + little<uint32_t>(0x3f800000) +
                 ggufTensor("blocks.0.weight", {32, 2}, 2, 0) + ggufTensor("blocks.1.weight", {3}, 0, 64),
             32) +
      std::string(76, '\0');
  std::string state = pickleDict({{"blocks.0.weight", pickleTensor("0", {2, 3}, {3, 1}, 6)},
                                  {"tied", pickleTensor("0", {2, 3}, {3, 1}, 6)},
                                  {"part", pickleTensor("1", {2}, {1}, 4, 2, "HalfStorage")},
                                  {"step", "K\x03"},
                                  {"list", "](K\x01K\x02"
                                           "eq\x01"},
                                  {"again", "h\x01"}});
  std::string index = R"({"metadata":{"total_size":8},"weight_map":{"a":"none.safetensors"}})";
  std::string config =
      R"({"model_type":"qwen3","hidden_size":64,"rope_scaling":{"factor":2.5,"type":null},"ends":[1,[2,-3],"x"],"t":true})";
  return {{config, asIs}, {header, asHeader},        {safetensors(header, 32), asIs},
          {gguf, asIs},   {pickle(state), asPickle}, {torchFile(state, {24, 8}), asIs},
          {index, asIs}};
}

class Mutator {
public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string next() {
    const Seed &seed = seeds_[below(seeds_.size())];
    std::string part = seed.part;
    for (size_t count = below(8); count > 0; --count) mutate(part);
    return seed.whole(part);
  }

private:
  size_t below(size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(random_() % limit); }

  void mutate(std::string &bytes) {
    static constexpr uint64_t kNumbers[] = {0,
                                            1,
                                            7,
                                            0x7f,
                                            0xff,
                                            0x7fff,
                                            0xffff,
                                            0x7fffffff,
                                            0xffffffff,
                                            uint64_t{1} << 40,
                                            uint64_t{1} << 60,
                                            ~uint64_t{0},
                                            ~uint64_t{31}};
    static constexpr std::string_view kPieces[] = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "9",
                                                   "-",
                                                   "1e9",
                                                   "(",
                                                   "t",
                                                   "u",
                                                   "Q",
                                                   "R",
                                                   "b",
                                                   ".",
                                                   "h\x01",
                                                   "q\x01",
                                                   "]",
                                                   "\x85",
                                                   "\x93",
                                                   "cos\nsystem\n",
                                                   "ctorch\nFloatStorage\n",
                                                   "PK\x05\x06",
                                                   "PK\x01\x02",
                                                   "\xff",
                                                   "\xc3\xa4"};
    size_t at = below(bytes.size() + 1);
    switch (below(8)) {
    case 0: bytes.erase(at, 1 + below(16)); break;
    case 1: bytes.insert(at, kPieces[below(std::size(kPieces))]); break;
    case 2: // one piece many times
      for (size_t count = below(800), piece = below(std::size(kPieces)); count > 0; --count)
        bytes.insert(at, kPieces[piece]);
      break;
    case 3:
      if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
      break;
    case 4: { // a number in place of another
      std::string number = little(kNumbers[below(std::size(kNumbers))]).substr(0, size_t{1} << below(4));
      if (at + number.size() <= bytes.size()) bytes.replace(at, number.size(), number);
      break;
    }
    case 5: bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(120))); break;
    case 6: bytes.resize(at); break;
    default:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
  }

  std::vector<Seed> seeds_ = seeds();
  std::mt19937_64 random_;
};

} // namespace

int main(int argc, char **argv) {
  uint64_t seconds = 10, seed = 1, runs = ~uint64_t{0};
  for (int i = 1; i + 1 < argc; ++i) {
    if (!std::strcmp(argv[i], "--seconds")) seconds = std::strtoull(argv[++i], nullptr, 10);
    else if (!std::strcmp(argv[i], "--seed")) seed = std::strtoull(argv[++i], nullptr, 10);
    else if (!std::strcmp(argv[i], "--runs")) runs = std::strtoull(argv[++i], nullptr, 10);
  }
  using Clock = std::chrono::steady_clock;
  // A crash leaves its input behind. In memory: a disk would take a hundred times as long as the reader.
  std::string kept = std::filesystem::exists("/dev/shm") ? "/dev/shm/" : "";
  kept += "mdl-weights-fuzz-" + std::to_string(getpid());
  Mutator mutator(seed);
  auto end = Clock::now() + std::chrono::seconds(seconds);
  uint64_t count = 0, accepted = 0;
  for (; count < runs && Clock::now() < end; ++count) {
    std::string bytes = mutator.next();
    std::ofstream(kept, std::ios::binary) << bytes;
    auto start = Clock::now();
    accepted += readOne(bytes);
    require(Clock::now() - start < std::chrono::seconds(10), "a hang");
  }
  std::filesystem::remove(kept);
  std::printf("%llu files, %llu accepted, seed %llu\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(accepted), static_cast<unsigned long long>(seed));
  return accepted == 0;
}
#endif
