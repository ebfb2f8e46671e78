//===- Safetensors.h - Files and indices of safetensors ---------*- C++ -*-===//
// A file is the length of its header (8 bytes, little-endian), the header, a JSON
// object of `name: {dtype, shape, data_offsets}`, and the bytes of the tensors,
// one after the other without holes. An index names the shard of each tensor.
// Source: huggingface/safetensors README.md and safetensors/src/tensor.rs, whose
// limit of 100 MB for a header holds here, too.
//===----------------------------------------------------------------------===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

/// The tensors of one file.
std::optional<Inventory> readSafetensors(const InputFile &file, Fault &fault);
/// The tensors of all shards that an index, `model.safetensors.index.json`, names. Shards lie beside it; those of
/// `pytorch_model.bin.index.json` are archives of torch.save.
std::optional<Inventory> readShardIndex(const InputFile &index, Fault &fault);

} // namespace mdl::weights
