//===- Gguf.cpp - GGUF headers --------------------------------------------===//
#include "Gguf.h"
#include "../Utf8.h"
#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <unordered_set>

namespace mdl::weights {
namespace {

constexpr std::string_view kMagic = "GGUF";
/// Of headers: metadata with the largest tokenizers take some 10 MB.
constexpr uint64_t kLargestHeader = 256'000'000;
constexpr uint64_t kLongestText = 1 << 20, kLongestName = 64, kMostAxes = 4, kLargestAlignment = 1 << 20;
/// The least that a metadata pair and a tensor take: empty names, one byte of a value; no axes.
constexpr uint64_t kSmallestPair = 8 + 4 + 1, kSmallestTensor = 8 + 4 + 4 + 8;

enum Type : uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, List, U64, I64, F64, TypeCount };
constexpr uint64_t kSizes[TypeCount] = {1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8}; ///< A text has at least its length

class Reader {
public:
  Reader(const InputFile &file, Fault &fault)
      : file_(file), fault_(fault), cursor_(file, 0, std::min(file.size(), kLargestHeader)) {}

  std::optional<Inventory> read() {
    if (!readHead() || !readMetadata() || !readTensors() || !checkNames(inventory_, fault_)) return std::nullopt;
    if (uint64_t begin = aligned(cursor_.offset()); !inventory_.tensors.empty())
      for (Tensor &each : inventory_.tensors)
        if (__builtin_add_overflow(each.offset, begin, &each.offset))
          return fail("an offset beyond 2^64"), std::nullopt;
    if (!checkRegions(inventory_.tensors, file_.size(), fault_)) return std::nullopt;
    noteSplit();
    return std::move(inventory_);
  }

private:
  bool fail(std::string what) {
    if (fault_.place.empty()) fault_.place = fmt::format("byte {}", cursor_.offset());
    return fault_.what = std::move(what), false;
  }
  /// Nothing more can be read: the file, or what a header may have, is at its end.
  bool cutOff() {
    return fail(file_.size() > kLargestHeader
                    ? fmt::format("a header of more than {} bytes", kLargestHeader)
                    : fmt::format("the header ends after the file, which has {} bytes", file_.size()));
  }
  uint64_t aligned(uint64_t offset) const { return (offset + alignment_ - 1) / alignment_ * alignment_; }

  bool readHead() {
    inventory_.path = file_.path(), inventory_.files = {file_.path()};
    cursor_.skip(kMagic.size());
    auto version = cursor_.number<uint32_t>();
    tensors_ = cursor_.number<uint64_t>(), pairs_ = cursor_.number<uint64_t>();
    if (cursor_.failed()) return cutOff();
    if (version != 0 && (version & 0xFFFF) == 0) return fail("a big-endian file; little-endian ones are read");
    if (version != 2 && version != 3)
      return fail(fmt::format("version {} of GGUF; versions 2 and 3 are read", version));
    inventory_.format = fmt::format("GGUF version {}", version);
    if (pairs_ > cursor_.left() / kSmallestPair || tensors_ > cursor_.left() / kSmallestTensor)
      return fail(fmt::format("{} metadata pairs and {} tensors do not fit into the {} bytes that follow", pairs_,
                              tensors_, cursor_.left()));
    return true;
  }

  /// A text of at most `longest` bytes; nothing after a fault.
  std::optional<std::string> text(uint64_t longest, std::string_view what) {
    auto size = cursor_.number<uint64_t>();
    if (!cursor_.failed() && size > longest)
      return fail(fmt::format("{} of {} bytes; at most {} are read", what, size, longest)), std::nullopt;
    std::string value = cursor_.text(size);
    if (cursor_.failed()) return cutOff(), std::nullopt;
    return value;
  }

  bool readMetadata() {
    std::unordered_set<std::string> keys;
    for (uint64_t i = 0; i < pairs_; ++i) {
      auto key = text(65535, "a key");
      if (!key) return false;
      if (!runtime::isUtf8(*key)) return fail("a key that is no UTF-8");
      fault_.place = fmt::format("metadata `{}`", shown(*key));
      if (!keys.insert(*key).second) return fail("the key stands twice");
      if (!readValue(*key)) return false;
      fault_.place.clear();
    }
    return true;
  }

  bool readValue(const std::string &key) {
    auto type = cursor_.number<uint32_t>();
    if (cursor_.failed()) return cutOff();
    if (type >= TypeCount) return fail(fmt::format("unknown type {}", type));
    if (type == List) return skipList(key);
    if (type == Text) {
      auto value = text(64 << 20, "a text");
      if (!value) return false;
      if (!runtime::isUtf8(*value)) return fail("a text that is no UTF-8");
      if (value->size() <= kLongestText) inventory_.metadata.emplace_back(key, std::move(*value));
      return true;
    }
    uint64_t bits = scalar(kSizes[type]);
    if (cursor_.failed()) return cutOff();
    if (key == "general.alignment" && !readAlignment(type, bits)) return false;
    inventory_.metadata.emplace_back(key, show(static_cast<Type>(type), bits));
    return true;
  }

  bool readAlignment(uint32_t type, uint64_t bits) {
    if (type != U32 || !std::has_single_bit(bits) || bits > kLargestAlignment)
      return fail(fmt::format("{}; an alignment is a power of two up to {}, of type u32", bits, kLargestAlignment));
    alignment_ = bits;
    return true;
  }

  uint64_t scalar(uint64_t size) {
    switch (size) {
    case 1: return cursor_.number<uint8_t>();
    case 2: return cursor_.number<uint16_t>();
    case 4: return cursor_.number<uint32_t>();
    default: return cursor_.number<uint64_t>();
    }
  }

  static std::string show(Type type, uint64_t bits) {
    switch (type) {
    case I8: return fmt::to_string(static_cast<int8_t>(bits));
    case I16: return fmt::to_string(static_cast<int16_t>(bits));
    case I32: return fmt::to_string(static_cast<int32_t>(bits));
    case I64: return fmt::to_string(static_cast<int64_t>(bits));
    case F32: return fmt::to_string(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    case F64: return fmt::to_string(std::bit_cast<double>(bits));
    case Bool: return bits ? "true" : "false";
    default: return fmt::to_string(bits);
    }
  }

  /// Lists are vocabularies: their length is kept.
  bool skipList(const std::string &key) {
    auto type = cursor_.number<uint32_t>();
    auto count = cursor_.number<uint64_t>();
    if (cursor_.failed()) return cutOff();
    if (type >= TypeCount || type == List)
      return fail(type == List ? "a list of lists" : fmt::format("unknown type {}", type));
    if (count > cursor_.left() / kSizes[type])
      return fail(fmt::format("a list of {} elements in the {} bytes that follow", count, cursor_.left()));
    if (type != Text) cursor_.skip(count * kSizes[type]);
    else
      for (uint64_t i = 0; i < count && !cursor_.failed(); ++i) cursor_.skip(cursor_.number<uint64_t>());
    if (cursor_.failed()) return cutOff();
    inventory_.metadata.emplace_back(key, fmt::format("a list of {}", count));
    return true;
  }

  /// `split.count`: gguf-split has made several files of one.
  void noteSplit() {
    for (const auto &[key, value] : inventory_.metadata)
      if (key == "split.count" && value != "0" && value != "1")
        inventory_.notes.push_back(fmt::format("this is one of {} files; the others are not read", value));
  }

  bool readTensors() {
    for (uint64_t i = 0; i < tensors_; ++i) {
      Tensor tensor;
      auto name = text(kLongestName, "the name of a tensor");
      if (!name) return false;
      tensor.name = std::move(*name);
      fault_.place = fmt::format("tensor `{}`", shown(tensor.name));
      if (!readShape(tensor) || !sizeTensor(tensor, fault_)) return false;
      inventory_.tensors.push_back(std::move(tensor));
      fault_.place.clear();
    }
    return true;
  }

  bool readShape(Tensor &tensor) {
    auto axes = cursor_.number<uint32_t>();
    if (!cursor_.failed() && axes > kMostAxes)
      return fail(fmt::format("{} axes; at most {} are known", axes, kMostAxes));
    for (uint32_t i = 0; i < axes; ++i) tensor.shape.push_back(cursor_.number<uint64_t>());
    auto type = cursor_.number<uint32_t>();
    tensor.offset = cursor_.number<uint64_t>();
    if (cursor_.failed()) return cutOff();
    tensor.dtype = ggmlDtype(type);
    if (!tensor.dtype) return fail(fmt::format("unknown type {} of ggml", type));
    if (!tensor.shape.empty() && tensor.shape.front() % tensor.dtype->numbers != 0)
      return fail(fmt::format("rows of {} numbers are no whole blocks of {}, which {} has", tensor.shape.front(),
                              tensor.dtype->numbers, tensor.dtype->name));
    if (tensor.offset % alignment_ != 0)
      return fail(fmt::format("offset {} is no multiple of {}", tensor.offset, alignment_));
    std::ranges::reverse(tensor.shape);
    return true;
  }

  const InputFile &file_;
  Fault &fault_;
  Cursor cursor_;
  Inventory inventory_;
  uint64_t tensors_ = 0, pairs_ = 0, alignment_ = 32;
};

} // namespace

bool isGguf(const InputFile &file) {
  auto magic = file.read(0, kMagic.size());
  return magic && *magic == kMagic;
}

std::optional<Inventory> readGguf(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  return Reader(file, fault).read();
}

} // namespace mdl::weights
