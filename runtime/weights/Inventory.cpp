//===- Inventory.cpp - What a file of weights holds -----------------------===//
#include "Inventory.h"
#include "../Utf8.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>

namespace mdl::weights {

Int Tensor::numbers() const {
  Int count = 1;
  for (uint64_t each : shape) count *= Int(each);
  return count;
}

std::string shown(std::string_view name, size_t longest) {
  std::string text;
  while (!name.empty() && text.size() < longest) {
    size_t length = runtime::utf8Length(name);
    bool plain = length > 1 || (length == 1 && name[0] >= ' ' && name[0] != '\x7f');
    text.append(plain ? name.substr(0, length) : "?");
    name.remove_prefix(std::max<size_t>(length, 1));
  }
  return name.empty() ? text : text + "…";
}

std::string shapeText(const std::vector<uint64_t> &shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

static std::string placeOf(const Tensor &tensor) { return fmt::format("tensor `{}`", shown(tensor.name)); }

bool sizeTensor(Tensor &tensor, Fault &fault) {
  Int numbers = tensor.numbers(), bytes = bytesOf(*tensor.dtype, numbers);
  if (!bytes.isOverflow() && bytes.fitsInt64()) return tensor.bytes = static_cast<uint64_t>(bytes.toInt64()), true;
  fault.place = placeOf(tensor);
  bool uneven = !numbers.isOverflow() && numbers.fitsInt64();
  fault.what = fmt::format("a shape of {} in {} {}", shapeText(tensor.shape), tensor.dtype->name,
                           uneven ? fmt::format("does not fill whole blocks of {} numbers in {} bits",
                                                tensor.dtype->numbers, tensor.dtype->bits)
                                  : std::string("takes more than 2^63 bytes"));
  return false;
}

bool checkNames(const Inventory &inventory, Fault &fault) {
  std::unordered_set<std::string_view> names;
  names.reserve(inventory.tensors.size());
  for (const Tensor &each : inventory.tensors) {
    bool text = runtime::isUtf8(each.name);
    if (text && names.insert(each.name).second) continue;
    fault.place = placeOf(each);
    fault.what = text ? "two tensors have this name" : "the name is no UTF-8";
    return false;
  }
  return true;
}

bool checkRegions(const std::vector<Tensor> &tensors, uint64_t size, Fault &fault) {
  std::vector<const Tensor *> order;
  for (const Tensor &each : tensors) order.push_back(&each);
  std::sort(order.begin(), order.end(), [](const Tensor *a, const Tensor *b) {
    return std::pair(a->offset, a->bytes) < std::pair(b->offset, b->bytes);
  });
  const Tensor *before = nullptr;
  for (const Tensor *each : order) {
    if (each->offset > size || each->bytes > size - each->offset) {
      fault.place = placeOf(*each);
      fault.what =
          fmt::format("its {} bytes at byte {} end after the file, which has {} bytes: it is cut off or damaged",
                      each->bytes, each->offset, size);
      return false;
    }
    if (each->bytes == 0) continue;
    if (before && each->offset < before->offset + before->bytes) {
      fault.place = placeOf(*each);
      fault.what = fmt::format("its bytes, from byte {}, overlap those of `{}`, up to byte {}", each->offset,
                               shown(before->name), before->offset + before->bytes);
      return false;
    }
    before = each;
  }
  return true;
}

} // namespace mdl::weights
