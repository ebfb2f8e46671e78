//===- ShardIndex.cpp - Indices of shards ---------------------------------===//
#include "JsonEvents.h"
#include "Safetensors.h"
#include "TorchArchive.h"
#include "Zip.h"
#include <filesystem>
#include <map>

namespace fs = std::filesystem;

namespace mdl::weights {
namespace {

constexpr uint64_t kLargestIndex = 100'000'000;

/// `{"metadata": {"total_size": 16}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors"}}`
class Index : public JsonEvents {
public:
  Index() : JsonEvents(8) {}

  std::map<std::string, std::vector<std::string>> tensorsOf; ///< By shard
  std::optional<uint64_t> totalSize;

private:
  /// Whatever stands in `metadata` belongs to those who made the index.
  bool isMetadata() const { return !keys().empty() && keys().front() == "metadata"; }
  bool open(bool list) override {
    if (keys().empty()) return !list || fail("an index is a JSON object");
    if (isMetadata() || (keys().size() == 1 && keys().front() == "weight_map" && !list)) return true;
    return fail("an index has `metadata` and `weight_map`, whose values are names of files");
  }
  bool text(std::string &file) override {
    if (isMetadata()) return true;
    if (keys().size() != 2) return fail("a text is not expected here");
    bool plain = !file.empty() && file != "." && file != ".." && file.find_first_of("/\\") == std::string::npos &&
                 file.find('\0') == std::string::npos;
    if (!plain) return fail("`{}` is no file beside the index", shown(file));
    tensorsOf[file].push_back(keys().back());
    return true;
  }
  bool number(uint64_t value) override {
    if (isMetadata() && keys().size() == 2 && keys().back() == "total_size") totalSize = value;
    return isMetadata() || fail("a number is not expected here");
  }
  bool other(std::string_view what) override { return isMetadata() || fail("`{}` is not expected here", what); }
};

/// Whether a shard has what the index says; what it has besides is noted.
bool checkShard(const Inventory &shard, const std::vector<std::string> &wanted, std::vector<std::string> &notes,
                Fault &fault) {
  std::unordered_set<std::string_view> names;
  for (const Tensor &each : shard.tensors) names.insert(each.name);
  for (const std::string &each : wanted)
    if (!names.contains(each)) {
      fault.place = fmt::format("tensor `{}`", shown(each));
      fault.what = fmt::format("the index says that it is in `{}`, which lacks it", shown(shard.files.front()));
      return false;
    }
  if (names.size() > wanted.size())
    notes.push_back(fmt::format("{} tensors of `{}` are in no row of the index", names.size() - wanted.size(),
                                shown(fs::path(shard.files.front()).filename().string())));
  return true;
}

void append(Inventory &all, Inventory shard) {
  auto number = static_cast<uint32_t>(all.files.size());
  all.files.push_back(shard.files.front());
  for (Tensor &each : shard.tensors) each.file = number, all.tensors.push_back(std::move(each));
  for (auto &pair : shard.metadata)
    if (std::ranges::find(all.metadata, pair) == all.metadata.end()) all.metadata.push_back(std::move(pair));
}

} // namespace

std::optional<Inventory> readShardIndex(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  if (file.size() > kLargestIndex)
    return fault.what = fmt::format("an index of {} bytes; at most {} are read", file.size(), kLargestIndex),
           std::nullopt;
  auto text = file.read(0, file.size());
  if (!text) return fault.what = "it cannot be read", std::nullopt;
  Index index;
  if (!index.read(*text, 0, fault)) return std::nullopt;
  if (index.tensorsOf.empty()) return fault.what = "the index has no `weight_map` with tensors", std::nullopt;
  text.reset();

  Inventory all;
  all.path = file.path();
  for (const auto &[name, wanted] : index.tensorsOf) {
    std::string path = (fs::path(file.path()).parent_path() / name).string(), why;
    auto shard = InputFile::open(path, why);
    if (!shard) {
      fault.place = fmt::format("shard `{}`", shown(name)), fault.what = fmt::format("cannot be read: {}", why);
      return std::nullopt;
    }
    auto inventory = isZip(*shard) ? readTorchArchive(*shard, fault) : readSafetensors(*shard, fault);
    if (!inventory) return std::nullopt;
    fault.file = file.path();
    if (!checkShard(*inventory, wanted, all.notes, fault)) return std::nullopt;
    all.format = inventory->format + ", an index of shards";
    append(all, std::move(*inventory));
  }
  if (!checkNames(all, fault)) return std::nullopt;
  uint64_t bytes = 0;
  for (const Tensor &each : all.tensors) bytes += each.bytes;
  if (index.totalSize && *index.totalSize != bytes)
    all.notes.push_back(fmt::format("the index says {} bytes in all; the tensors have {}", *index.totalSize, bytes));
  return all;
}

} // namespace mdl::weights
