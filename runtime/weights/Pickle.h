//===- Pickle.h - Pickles read as data --------------------------*- C++ -*-===//
// The opcodes that torch.save writes (protocol 2, and those of 3 to 5 that say
// the same) build plain values; nothing is imported and nothing is called. A
// global stands for itself and is one of a short list; REDUCE makes a value that
// remembers function and arguments. Any other opcode or global is a fault with
// its byte.
//
// A value takes 16 bytes and each opcode makes at most one: no pickle makes more
// than some twenty times its own size, and there are at most 2^22 values.
// Source: CPython Lib/pickletools.py; PyTorch torch/_weights_only_unpickler.py.
//===----------------------------------------------------------------------===//
#pragma once
#include "Inventory.h"
#include <span>
#include <unordered_map>

namespace mdl::weights {

/// A value of a pickle.
struct PickleValue {
  enum class Kind : uint8_t {
    None,
    Bool,
    Int,
    Float,
    BigInt,
    Text,
    Tuple,
    List,
    Dict,
    Global,
    Call,
    Storage
  } kind = Kind::None;
  uint32_t count = 0; ///< Text: bytes; Tuple: elements; Global: bytes of its name
  uint64_t payload =
      0; ///< Int, Bool: the number; Text, Global: where it stands; Tuple: its first element; others: see below
};

class Pickle {
public:
  using Id = uint32_t;
  using Kind = PickleValue::Kind;

  /// Reads `bytes`, which outlive it, up to STOP. False with the fault.
  bool read(std::string_view bytes, Fault &fault);

  Id root() const { return root_; }
  Kind kind(Id id) const { return values_[id].kind; }
  int64_t number(Id id) const { return static_cast<int64_t>(values_[id].payload); }
  std::string_view text(Id id) const { return bytes_.substr(values_[id].payload, values_[id].count); }
  /// Elements of a tuple or list; keys and values of a dict by turns.
  std::span<const Id> elements(Id id) const;
  /// `torch._utils._rebuild_tensor_v2`
  std::string global(Id id) const;
  /// A call's function, a global, and its arguments, a tuple.
  Id function(Id id) const { return values_[id].count; }
  Id arguments(Id id) const { return static_cast<Id>(values_[id].payload); }
  /// What a storage was saved under: the tuple of its persistent id.
  Id storage(Id id) const { return static_cast<Id>(values_[id].payload); }

private:
  bool fail(std::string what);
  bool step(unsigned char opcode);
  bool take(uint64_t size, std::string_view &part);
  std::optional<uint64_t> readNumber(size_t size);
  bool push(PickleValue value);
  bool pushText(std::optional<uint64_t> size);
  bool pushLong();
  bool pushTuple(size_t count);
  bool pushGlobal();
  bool stackGlobal();
  bool checkGlobal(PickleValue value);
  bool line(std::string_view &text);
  bool pop(Id &id);
  /// Takes what was pushed since the last mark.
  bool popMark(std::vector<Id> &items);
  bool append(std::span<const Id> items, Kind to);
  bool reduce();
  bool build();
  bool remember(std::optional<uint64_t> index);
  bool recall(std::optional<uint64_t> index);

  std::string_view bytes_;
  size_t at_ = 0, opcodeAt_ = 0;
  std::vector<PickleValue> values_;
  std::vector<Id> stack_;
  std::vector<size_t> marks_;
  std::vector<Id> tuples_;             ///< Elements of all tuples
  std::vector<std::vector<Id>> lists_; ///< Elements of lists and dicts; a value's payload is its number here + 1, or 0
  std::unordered_map<uint64_t, Id> memo_;
  Id root_ = 0;
  Fault *fault_ = nullptr;
};

} // namespace mdl::weights
