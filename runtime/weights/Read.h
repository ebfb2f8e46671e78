//===- Read.h - The headers of a file of weights ----------------*- C++ -*-===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

/// Reads the headers of a `.safetensors` file or an index of such, a GGUF file, or an archive of torch.save. What a file is,
/// its first bytes say, not its name.
std::optional<Inventory> readInventory(const InputFile &file, Fault &fault);
/// The same of a file by its path.
std::optional<Inventory> readInventory(const std::string &path, Fault &fault);

} // namespace mdl::weights
