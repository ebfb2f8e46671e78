//===- Dtype.h - Element types of files of weights --------------*- C++ -*-===//
#pragma once
#include "../numeric/Int.h"
#include <string_view>

namespace mdl::weights {

/// How the numbers of a tensor are stored: `numbers` of them in a block of `bits`. See Dtypes.def.
struct Dtype {
  std::string_view name;
  uint32_t numbers, bits;
};

/// By the name in a safetensors header, `BF16`; null for one that there is not.
const Dtype *dtypeNamed(std::string_view name);
/// By the name of a storage or dtype of PyTorch, `BFloat16Storage` or `bfloat16`.
const Dtype *torchDtype(std::string_view name);
/// By the number in a GGUF header.
const Dtype *ggmlDtype(uint32_t number);

/// The bytes of so many numbers; an overflow when they do not fill whole blocks of whole bytes.
Int bytesOf(const Dtype &dtype, Int numbers);

} // namespace mdl::weights
