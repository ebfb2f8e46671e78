//===- Dtype.cpp - Element types of files of weights ----------------------===//
#include "Dtype.h"
#include <utility>

namespace mdl::weights {
namespace {

constexpr Dtype kDtypes[] = {
#define DTYPE(NAME, NUMBERS, BITS) {NAME, NUMBERS, BITS},
#include "Dtypes.def"
};
constexpr std::pair<std::string_view, std::string_view> kTorch[] = {
#define TORCH(NAME, DTYPE) {NAME, DTYPE},
#include "Dtypes.def"
};
constexpr std::pair<uint32_t, std::string_view> kGgml[] = {
#define GGML(NUMBER, DTYPE) {NUMBER, DTYPE},
#include "Dtypes.def"
};

template <class Table, class Key> const Dtype *find(const Table &table, Key key) {
  for (const auto &[each, name] : table)
    if (each == key) return dtypeNamed(name);
  return nullptr;
}

} // namespace

const Dtype *dtypeNamed(std::string_view name) {
  for (const Dtype &each : kDtypes)
    if (each.name == name) return &each;
  return nullptr;
}

const Dtype *torchDtype(std::string_view name) { return find(kTorch, name); }
const Dtype *ggmlDtype(uint32_t number) { return find(kGgml, number); }

Int bytesOf(const Dtype &dtype, Int numbers) {
  if (numbers.isOverflow() || numbers.raw() % dtype.numbers != 0) return Int::overflow();
  Int bits = Int::fromRaw(numbers.raw() / dtype.numbers) * Int(dtype.bits);
  return bits.isOverflow() || bits.raw() % 8 != 0 ? Int::overflow() : Int::fromRaw(bits.raw() / 8);
}

} // namespace mdl::weights
