//===- Gguf.h - GGUF headers ------------------------------------*- C++ -*-===//
// Versions 2 and 3, little-endian: magic, version, counts, metadata, tensor
// descriptions, and the data at the next multiple of `general.alignment`. Axes
// are stored fastest first; an inventory has them as PyTorch does.
// Source: ggml-org/ggml docs/gguf.md, src/gguf.cpp (its limits hold here, too).
//===----------------------------------------------------------------------===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

/// Whether the file begins as GGUF does.
bool isGguf(const InputFile &file);
std::optional<Inventory> readGguf(const InputFile &file, Fault &fault);

} // namespace mdl::weights
