//===- TorchArchive.cpp - What torch.save writes --------------------------===//
#include "TorchArchive.h"
#include "Pickle.h"
#include "Zip.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace mdl::weights {
namespace {

constexpr uint64_t kLargestPickle = 100'000'000;
constexpr size_t kMostVisits = size_t{1} << 20, kDeepest = 32;
constexpr std::string_view kPickle = "/data.pkl";

using Kind = Pickle::Kind;
using Id = Pickle::Id;

class Archive {
public:
  Archive(const InputFile &file, Fault &fault) : file_(file), fault_(fault) {}

  std::optional<Inventory> read() {
    inventory_.format = "PyTorch zip archive", inventory_.path = file_.path(), inventory_.files = {file_.path()};
    if (!readPickle() || !gather() || !checkNames(inventory_, fault_) || !checkRegions(used_, directory_.begin, fault_))
      return std::nullopt;
    markShared();
    if (others_ > 0) inventory_.notes.push_back(fmt::format("{} values that are no tensors are left out", others_));
    if (expanded_ > 0)
      inventory_.notes.push_back(
          fmt::format("{} tensors repeat elements of their storage, which count once in bytes", expanded_));
    return std::move(inventory_);
  }

private:
  bool fail(std::string what) { return fault_.what.empty() ? (fault_.what = std::move(what), false) : false; }

  bool readPickle() {
    auto directory = readZipDirectory(file_, fault_);
    if (!directory) return false;
    directory_ = std::move(*directory);
    const ZipMember *member = nullptr;
    for (const ZipMember &each : directory_.members) {
      if (!members_.emplace(each.name, &each).second) return fail(fmt::format("two members `{}`", shown(each.name)));
      bool pickle = each.name.ends_with(kPickle) && each.name.find('/') == each.name.size() - kPickle.size();
      if (pickle && member)
        return fail(fmt::format("two pickles, `{}` and `{}`", shown(member->name), shown(each.name)));
      if (pickle) member = &each;
    }
    if (!member) return fail("the archive has no `NAME/data.pkl`: torch.save has not made it");
    auto bytes = readMember(file_, directory_, *member, kLargestPickle, fault_);
    if (!bytes) return false;
    bytes_ = std::move(*bytes), prefix_ = member->name.substr(0, member->name.size() - kPickle.size());
    fault_.place = shown(member->name);
    return pickle_.read(bytes_, fault_);
  }

  //===--- From values to tensors --------------------------------------------------===//

  struct Visit {
    Id value;
    std::string name;
    size_t depth;
  };

  /// All tensors of nested dicts and lists, in order, by the path of their keys.
  bool gather() {
    std::vector<Visit> open{{pickle_.root(), "", 0}};
    for (size_t visits = 0; !open.empty(); ++visits) {
      Visit visit = std::move(open.back());
      open.pop_back();
      fault_.place = fmt::format("{}/data.pkl, `{}`", shown(prefix_), shown(visit.name));
      if (visits > kMostVisits) return fail(fmt::format("more than {} values, counted at each place", kMostVisits));
      if (visit.depth > kDeepest) return fail(fmt::format("nested deeper than {}", kDeepest));
      if (!visitValue(visit, open)) return false;
    }
    dropPrefix();
    fault_.place.clear();
    return true;
  }

  bool visitValue(const Visit &visit, std::vector<Visit> &open) {
    Kind kind = pickle_.kind(visit.value);
    if (kind == Kind::Call) return addCall(visit);
    if (!isNested(kind)) return ++others_, true;
    bool dict = kind == Kind::Dict;
    std::span<const Id> elements = pickle_.elements(visit.value);
    size_t first = open.size(), step = dict ? 2 : 1;
    if (open.size() + elements.size() > kMostVisits)
      return fail(fmt::format("more than {} values, counted at each place", kMostVisits));
    for (size_t i = 0; i + step <= elements.size(); i += step) {
      Id value = elements[i + step - 1];
      if (!isNested(pickle_.kind(value))) { // a plain value needs no name
        ++others_;
        continue;
      }
      auto key = dict ? keyText(elements[i]) : fmt::to_string(i);
      if (!key) return fail("a key that is neither a text nor a number");
      std::string name = visit.name.empty() ? std::move(*key) : visit.name + "." + *key;
      nameBytes_ += name.size();
      if (nameBytes_ > kNameBytes * bytes_.size() + kFreeNameBytes)
        return fail(fmt::format(
            "values used again and again: their names take more than {} times the bytes of the pickle", kNameBytes));
      open.push_back({value, std::move(name), visit.depth + 1});
    }
    std::reverse(open.begin() + static_cast<ptrdiff_t>(first), open.end());
    return true;
  }

  static bool isNested(Kind kind) {
    return kind == Kind::Call || kind == Kind::Dict || kind == Kind::List || kind == Kind::Tuple;
  }

  std::optional<std::string> keyText(Id id) const {
    if (pickle_.kind(id) == Kind::Text) return std::string(pickle_.text(id));
    if (pickle_.kind(id) == Kind::Int) return fmt::to_string(pickle_.number(id));
    return std::nullopt;
  }

  bool addCall(const Visit &visit) {
    std::string function = pickle_.global(pickle_.function(visit.value));
    std::span<const Id> arguments = pickle_.elements(pickle_.arguments(visit.value));
    if (function.starts_with("torch._utils._rebuild_parameter")) {
      bool whole = !arguments.empty() && pickle_.kind(arguments[0]) == Kind::Call && visit.depth < kDeepest;
      return whole ? addCall({arguments[0], visit.name, visit.depth + 1}) : fail("a parameter without a tensor");
    }
    bool third = function == "torch._utils._rebuild_tensor_v3";
    if (!third && function != "torch._utils._rebuild_tensor_v2") return ++others_, true;
    if (arguments.size() < (third ? 7u : 6u) || arguments.size() > (third ? 8u : 7u))
      return fail(fmt::format("a tensor of {} arguments", arguments.size()));
    return addTensor(visit.name, arguments, third);
  }

  /// `torch.FloatStorage`, `torch.float32`; null for anything else.
  const Dtype *dtypeOf(Id id) const {
    std::string name = pickle_.global(id);
    return name.starts_with("torch.") ? torchDtype(std::string_view(name).substr(6)) : nullptr;
  }

  struct Storage {
    const Dtype *dtype = nullptr; ///< Null for one without a type, of bytes
    const ZipMember *member = nullptr;
    uint64_t numbers = 0;
  };

  /// `('storage', torch.FloatStorage, '0', 'cpu', 1024)`
  std::optional<Storage> storageOf(Id id) {
    Storage storage;
    if (pickle_.kind(id) != Kind::Storage) return fail("a tensor without a storage"), std::nullopt;
    std::span<const Id> parts = pickle_.elements(pickle_.storage(id));
    bool whole = parts.size() >= 5 && pickle_.kind(parts[0]) == Kind::Text && pickle_.text(parts[0]) == "storage" &&
                 pickle_.kind(parts[1]) == Kind::Global && pickle_.kind(parts[2]) == Kind::Text &&
                 pickle_.kind(parts[4]) == Kind::Int && pickle_.number(parts[4]) >= 0;
    if (!whole) return fail("a storage that is not ('storage', type, key, place, numbers)"), std::nullopt;
    storage.dtype = dtypeOf(parts[1]);
    std::string type = pickle_.global(parts[1]);
    if (!storage.dtype && type != "torch.storage.UntypedStorage")
      return fail(fmt::format("a storage of type `{}`", shown(type))), std::nullopt;
    storage.numbers = static_cast<uint64_t>(pickle_.number(parts[4]));
    std::string member = fmt::format("{}/data/{}", prefix_, pickle_.text(parts[2]));
    auto at = members_.find(member);
    if (at == members_.end()) return fail(fmt::format("the archive has no member `{}`", shown(member))), std::nullopt;
    storage.member = at->second;
    Int bytes = storage.dtype ? bytesOf(*storage.dtype, Int(storage.numbers)) : Int(storage.numbers);
    if (bytes != Int(storage.member->size))
      return fail(fmt::format("its storage has {} numbers; member `{}` has {} bytes", storage.numbers, shown(member),
                              storage.member->size)),
             std::nullopt;
    if (storage.member->method != 0 || storage.member->size != storage.member->packed)
      return fail(fmt::format("member `{}` is compressed; torch.save stores", shown(member))), std::nullopt;
    return storage;
  }

  bool numbersOf(Id id, std::vector<uint64_t> &into) {
    bool list = pickle_.kind(id) == Kind::Tuple || pickle_.kind(id) == Kind::List;
    if (pickle_.kind(id) == Kind::Call && pickle_.global(pickle_.function(id)) == "torch.Size") {
      std::span<const Id> inner = pickle_.elements(pickle_.arguments(id));
      return inner.size() == 1 && pickle_.kind(inner[0]) == Kind::Tuple && numbersOf(inner[0], into);
    }
    if (!list || pickle_.elements(id).size() > kMostAxes) return fail("a shape that is no short tuple of numbers");
    for (Id each : pickle_.elements(id)) {
      if (pickle_.kind(each) != Kind::Int || pickle_.number(each) < 0)
        return fail("a shape that is no tuple of numbers from 0");
      into.push_back(static_cast<uint64_t>(pickle_.number(each)));
    }
    return true;
  }

  /// (storage, first number, shape, strides, requires_grad, hooks[, dtype])
  bool addTensor(const std::string &name, std::span<const Id> arguments, bool third) {
    Tensor tensor;
    tensor.name = name;
    std::vector<uint64_t> strides;
    auto storage = storageOf(arguments[0]);
    if (!storage || !numbersOf(arguments[2], tensor.shape) || !numbersOf(arguments[3], strides)) return false;
    if (pickle_.kind(arguments[1]) != Kind::Int || pickle_.number(arguments[1]) < 0 ||
        strides.size() != tensor.shape.size())
      return fail("a tensor without a first number or with as many strides as axes");
    tensor.dtype = third ? dtypeOf(arguments[6]) : storage->dtype;
    if (!tensor.dtype) return fail("a tensor without a type");
    return place(tensor, *storage, static_cast<uint64_t>(pickle_.number(arguments[1])), strides);
  }

  /// Where its numbers are in the storage; from the first to the last they lie in it.
  bool place(Tensor &tensor, const Storage &storage, uint64_t first, const std::vector<uint64_t> &strides) {
    Int extent = 1, numbers = tensor.numbers(), width = Int(tensor.dtype->bits / 8);
    for (size_t i = 0; i < strides.size(); ++i)
      if (tensor.shape[i] > 0) extent += (Int(tensor.shape[i]) - 1) * Int(strides[i]);
    if (numbers.isZero()) extent = 0;
    Int end = (Int(first) + extent) * width;
    if (numbers.isOverflow() || end.isOverflow() || end > Int(storage.member->size))
      return fail(fmt::format("{} with strides {} from number {} reaches beyond its storage of {} bytes",
                              shapeText(tensor.shape), shapeText(strides), first, storage.member->size));
    expanded_ += numbers > extent;
    tensor.bytes = static_cast<uint64_t>((std::min(numbers, extent) * width).toInt64());
    tensor.offset = storage.member->begin + first * (tensor.dtype->bits / 8);
    inventory_.tensors.push_back(tensor);
    if (!seen_.insert(storage.member).second) return true;
    Tensor region;
    region.name = storage.member->name, region.offset = storage.member->begin, region.bytes = storage.member->size;
    used_.push_back(std::move(region));
    return true;
  }

  /// `{"state_dict": {...}, "step": 3}`: when all tensors are below one key, it is no part of their names.
  void dropPrefix() {
    auto &tensors = inventory_.tensors;
    if (tensors.empty()) return;
    std::string first = tensors.front().name.substr(0, tensors.front().name.find('.') + 1);
    auto below = [&](const Tensor &each) { return each.name.starts_with(first) && each.name.size() > first.size(); };
    bool wrapped = std::ranges::find(kWrappers, std::string_view(first).substr(0, first.size() - !first.empty())) !=
                   std::end(kWrappers);
    if (!wrapped || !std::ranges::all_of(tensors, below)) return;
    for (Tensor &each : tensors) each.name.erase(0, first.size());
    inventory_.notes.push_back(
        fmt::format("all tensors are in `{}`, which their names leave out", first.substr(0, first.size() - 1)));
  }

  void markShared() {
    std::set<std::pair<uint64_t, uint64_t>> known;
    for (Tensor &each : inventory_.tensors)
      each.shared = each.bytes > 0 && !known.emplace(each.offset, each.bytes).second;
  }

  static constexpr std::string_view kWrappers[] = {"state_dict", "model", "module", "model_state_dict"};
  static constexpr size_t kMostAxes = 64, kNameBytes = 16, kFreeNameBytes = 65536;

  const InputFile &file_;
  Fault &fault_;
  ZipDirectory directory_;
  std::map<std::string, const ZipMember *, std::less<>> members_;
  std::string bytes_, prefix_;
  Pickle pickle_;
  Inventory inventory_;
  std::vector<Tensor> used_; ///< The storages, as regions of the file
  std::set<const ZipMember *> seen_;
  size_t others_ = 0, expanded_ = 0, nameBytes_ = 0;
};

} // namespace

std::optional<Inventory> readTorchArchive(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  return Archive(file, fault).read();
}

/// PROTO 2, then the number 0x1950a86a20f9469cfc6c.
bool isOldTorchFile(const InputFile &file) {
  auto head = file.read(0, 14);
  return head && *head == std::string_view("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 14);
}

} // namespace mdl::weights
