//===- Safetensors.cpp - Files of safetensors -----------------------------===//
#include "Safetensors.h"
#include "JsonEvents.h"
#include <algorithm>

namespace mdl::weights {
namespace {

constexpr uint64_t kLargestHeader = 100'000'000;
constexpr std::string_view kMetadata = "__metadata__";

/// `{"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, "__metadata__": {"key": "text"}}`
class Header : public JsonEvents {
public:
  explicit Header(Inventory &inventory) : JsonEvents(3), inventory_(inventory) {}

private:
  bool isMetadata() const { return keys().front() == kMetadata; }
  const std::string &field() const { return keys().back(); }

  bool open(bool list) override {
    if (keys().empty()) return !list || fail("the header is no JSON object");
    if (keys().size() == 1 && !list) {
      if (!isMetadata()) tensor_ = {}, tensor_.name = keys().front(), offsets_.clear(), hasShape_ = false;
      return true;
    }
    if (!list || keys().size() != 2 || isMetadata())
      return fail("{} is not expected here", list ? "a list" : "an object");
    hasShape_ |= field() == "shape";
    return field() == "shape" || field() == "data_offsets" || fail("a tensor has no `{}`", shown(field()));
  }

  bool text(std::string &value) override {
    if (keys().size() != 2) return fail("a text is not expected here");
    if (isMetadata()) return inventory_.metadata.emplace_back(field(), std::move(value)), true;
    if (field() != "dtype") return fail("a text is not expected here");
    tensor_.dtype = dtypeNamed(value);
    return tensor_.dtype || fail("unknown dtype `{}`", shown(value));
  }

  bool number(uint64_t value) override {
    if (keys().size() != 2 || isMetadata() || (field() != "shape" && field() != "data_offsets"))
      return fail("a number is not expected here");
    (field() == "shape" ? tensor_.shape : offsets_).push_back(value);
    return true;
  }

  bool close() override {
    if (keys().size() != 1 || isMetadata()) return true;
    if (!tensor_.dtype || !hasShape_ || offsets_.size() != 2)
      return fail("a tensor has `dtype`, `shape` and two `data_offsets`");
    if (offsets_[1] < offsets_[0])
      return fail("its bytes end, at {}, before they begin, at {}", offsets_[1], offsets_[0]);
    tensor_.offset = offsets_[0], tensor_.bytes = offsets_[1] - offsets_[0];
    inventory_.tensors.push_back(std::move(tensor_));
    tensor_ = {};
    return true;
  }

  Inventory &inventory_;
  Tensor tensor_;
  std::vector<uint64_t> offsets_;
  bool hasShape_ = false;
};

/// The bytes that the header says against those that shape and type need, and against the file.
bool checkTensors(Inventory &inventory, uint64_t begin, uint64_t size, Fault &fault) {
  uint64_t data = size - begin, covered = 0;
  for (Tensor &each : inventory.tensors) {
    uint64_t said = each.bytes;
    if (!sizeTensor(each, fault)) return false;
    if (said != each.bytes) {
      fault.place = fmt::format("tensor `{}`", shown(each.name));
      fault.what = fmt::format("its offsets hold {} bytes; {} of {} take {}", said, shapeText(each.shape),
                               each.dtype->name, each.bytes);
      return false;
    }
  }
  if (!checkNames(inventory, fault) || !checkRegions(inventory.tensors, data, fault)) return false;
  for (Tensor &each : inventory.tensors) covered += each.bytes, each.offset += begin;
  if (covered == data) return true;
  fault.what =
      fmt::format("the tensors have {} bytes and the file has {} for them: bytes belong to no tensor", covered, data);
  return false;
}

} // namespace

std::optional<Inventory> readSafetensors(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  Cursor cursor(file, 0, file.size());
  auto length = cursor.number<uint64_t>();
  if (cursor.failed() || length > cursor.left()) {
    fault.place = "bytes 0 to 7";
    fault.what = cursor.failed() ? fmt::format("a safetensors file begins with 8 bytes; this one has {}", file.size())
                                 : fmt::format("a header of {} bytes in a file of {}: it is cut off or damaged", length,
                                               file.size());
    return std::nullopt;
  }
  if (length > kLargestHeader) {
    fault.place = "bytes 0 to 7";
    fault.what = fmt::format("a header of {} bytes; the format has at most {}", length, kLargestHeader);
    return std::nullopt;
  }
  auto text = file.read(8, length);
  if (!text) return fault.what = "the header cannot be read", std::nullopt;
  Inventory inventory;
  inventory.format = "safetensors", inventory.path = file.path(), inventory.files = {file.path()};
  if (!Header(inventory).read(*text, 8, fault)) return std::nullopt;
  std::ranges::stable_sort(inventory.tensors, {}, &Tensor::offset);
  if (!checkTensors(inventory, 8 + length, file.size(), fault)) return std::nullopt;
  return inventory;
}

} // namespace mdl::weights
