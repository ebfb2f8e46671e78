//===- TorchArchive.h - What torch.save writes ------------------*- C++ -*-===//
// A zip archive with a pickle, `NAME/data.pkl`, and a member `NAME/data/KEY` for
// each storage. The pickle is read as data (Pickle.h); tensors are views of
// storages, and two names may have the same bytes.
// Source: PyTorch torch/serialization.py, torch/_utils.py,
// caffe2/serialize/inline_container.cc.
//===----------------------------------------------------------------------===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

std::optional<Inventory> readTorchArchive(const InputFile &file, Fault &fault);
/// Whether the file begins as torch.save wrote before version 1.6, a row of pickles.
bool isOldTorchFile(const InputFile &file);

} // namespace mdl::weights
