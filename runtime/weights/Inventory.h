//===- Inventory.h - What a file of weights holds ---------------*- C++ -*-===//
// Names, shapes and element types of tensors and where their bytes are, out of
// the headers of a file or of all shards of an index. No weight is read.
//
// What is here has been checked: names are UTF-8 and differ, the bytes of a
// tensor are as many as its shape and type say and lie in its file, and no two
// tensors overlap unless the format lets them share a storage (PyTorch).
//===----------------------------------------------------------------------===//
#pragma once
#include "Dtype.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mdl::weights {

struct Tensor {
  std::string name;
  std::vector<uint64_t> shape; ///< As PyTorch has it: the slowest axis first
  const Dtype *dtype = nullptr;
  uint32_t file = 0;              ///< Of `Inventory::files`
  uint64_t offset = 0, bytes = 0; ///< In that file
  bool shared = false;            ///< A tensor before it has the same bytes: they count once

  Int numbers() const;
};

struct Inventory {
  std::string format;             ///< `safetensors`, `GGUF v3`, `PyTorch zip archive`
  std::string path;               ///< As it was asked for
  std::vector<std::string> files; ///< That hold tensors, in order
  std::vector<Tensor> tensors;    ///< By file, then in the file's own order
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::string> notes; ///< What a reader must know
};

/// What is wrong with a file, and where. Bytes are counted from 0.
struct Fault {
  std::string file;  ///< Its path
  std::string place; ///< `header, tensor `a.weight``; may be empty
  std::string what;
};

/// A name as messages show it, cut off at so many bytes; control characters and bytes that are no UTF-8 are `?`.
std::string shown(std::string_view name, size_t longest = 100);
/// A path as messages show it.
inline std::string shownPath(std::string_view path) { return shown(path, 4096); }
/// `[4096, 14336]`
std::string shapeText(const std::vector<uint64_t> &shape);

/// Fills `Tensor::bytes` in by shape and type; false, with the fault, when there is no such number.
bool sizeTensor(Tensor &tensor, Fault &fault);
/// Whether names differ and are UTF-8.
bool checkNames(const Inventory &inventory, Fault &fault);
/// Whether all tensors lie within `size` bytes of their file and none overlaps another; empty ones overlap nothing.
bool checkRegions(const std::vector<Tensor> &tensors, uint64_t size, Fault &fault);

} // namespace mdl::weights
