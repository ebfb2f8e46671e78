//===- Read.cpp - The headers of a file of weights ------------------------===//
#include "Read.h"
#include "Gguf.h"
#include "Safetensors.h"
#include "TorchArchive.h"
#include "Zip.h"

namespace mdl::weights {
namespace {

/// An index is a JSON object; a safetensors file has `{` as its ninth byte.
bool beginsWith(const InputFile &file, uint64_t offset, char c) {
  char first = 0;
  return file.read(offset, 1, &first) && first == c;
}

} // namespace

std::optional<Inventory> readInventory(const InputFile &file, Fault &fault) {
  if (isGguf(file)) return readGguf(file, fault);
  if (isZip(file)) return readTorchArchive(file, fault);
  fault.file = file.path();
  if (isOldTorchFile(file)) {
    fault.what = "torch.save wrote it before version 1.6, as a row of pickles; load and save it again with a newer one";
    return std::nullopt;
  }
  bool safetensors = beginsWith(file, 8, '{') || file.path().ends_with(".safetensors");
  if (!safetensors && beginsWith(file, 0, '{')) return readShardIndex(file, fault);
  if (safetensors) return readSafetensors(file, fault);
  fault.what = "it begins neither as safetensors, an index of such, GGUF nor a zip archive of torch.save";
  return std::nullopt;
}

std::optional<Inventory> readInventory(const std::string &path, Fault &fault) {
  std::string why;
  auto file = InputFile::open(path, why);
  if (file) return readInventory(*file, fault);
  fault.file = path, fault.what = "cannot be read: " + why;
  return std::nullopt;
}

} // namespace mdl::weights
