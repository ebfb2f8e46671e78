//===- Pickle.cpp - Pickles read as data ----------------------------------===//
#include "Pickle.h"
#include "../Utf8.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::weights {
namespace {

constexpr size_t kMostValues = size_t{1} << 22;

/// What torch.save names beside storages and dtypes (Dtypes.def).
constexpr std::string_view kKnown[] = {
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch.storage.UntypedStorage",
    "torch.Size",
    "torch.device",
};

bool isKnown(const std::string &name) {
  if (std::ranges::find(kKnown, name) != std::end(kKnown)) return true;
  return name.starts_with("torch.") && torchDtype(std::string_view(name).substr(6));
}

} // namespace

bool Pickle::fail(std::string what) {
  if (!fault_->what.empty()) return false;
  fault_->place += fmt::format("{}byte {}", fault_->place.empty() ? "" : ", ", opcodeAt_);
  fault_->what = std::move(what);
  return false;
}

bool Pickle::read(std::string_view bytes, Fault &fault) {
  bytes_ = bytes, fault_ = &fault;
  while (true) {
    opcodeAt_ = at_;
    if (at_ >= bytes_.size()) return fail("the pickle is cut off: it has no STOP");
    auto opcode = static_cast<unsigned char>(bytes_[at_++]);
    if (opcode == '.') return pop(root_);
    if (!step(opcode)) return false;
  }
}

/// One opcode, by its letter in pickletools.
bool Pickle::step(unsigned char opcode) {
  Id ignored;
  std::vector<Id> items;
  switch (opcode) {
  case 0x80: return readNumber(1).has_value();            // PROTO
  case 0x95: return readNumber(8).has_value();            // FRAME
  case '(': return marks_.push_back(stack_.size()), true; // MARK
  case 'N': return push({});
  case 0x88: return push({Kind::Bool, 0, 1});
  case 0x89: return push({Kind::Bool, 0, 0});
  case 'J': { // BININT is signed
    auto value = readNumber(4);
    return value && push({Kind::Int, 0, static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(*value)))});
  }
  case 'K':
  case 'M': {
    auto value = readNumber(opcode == 'K' ? 1 : 2);
    return value && push({Kind::Int, 0, *value});
  }
  case 0x8a: return pushLong();
  case 'G': return readNumber(8) && push({Kind::Float, 0, 0});
  case 'X': return pushText(readNumber(4));
  case 0x8c: return pushText(readNumber(1));
  case 0x8d: return pushText(readNumber(8));
  case ')': return pushTuple(0);
  case 0x85: return pushTuple(1);
  case 0x86: return pushTuple(2);
  case 0x87: return pushTuple(3);
  case 't': {
    if (!popMark(items)) return false;
    stack_.insert(stack_.end(), items.begin(), items.end());
    return pushTuple(items.size());
  }
  case ']': return push({Kind::List, 0, 0});
  case '}': return push({Kind::Dict, 0, 0});
  case 'a': return pop(ignored) && append({&ignored, 1}, Kind::List);
  case 'e': return popMark(items) && append(items, Kind::List);
  case 's': {
    Id value = 0, key = 0;
    if (!pop(value) || !pop(key)) return false;
    Id pair[] = {key, value};
    return append(pair, Kind::Dict);
  }
  case 'u': return popMark(items) && append(items, Kind::Dict);
  case 'c': return pushGlobal();
  case 0x93: return stackGlobal();
  case 'Q': { // BINPERSID
    Id id = 0;
    return pop(id) && push({Kind::Storage, 0, id});
  }
  case 'R': return reduce();
  case 'b': return build();
  case 'q': return remember(readNumber(1));
  case 'r': return remember(readNumber(4));
  case 0x94: return remember(memo_.size());
  case 'h': return recall(readNumber(1));
  case 'j': return recall(readNumber(4));
  case '0': return pop(ignored);
  default:
    return fail(
        fmt::format("opcode 0x{:02x}, which torch.save does not write for tensors; nothing was executed", opcode));
  }
}

//===--- Bytes and values ---------------------------------------------------------===//

bool Pickle::take(uint64_t size, std::string_view &part) {
  if (size > bytes_.size() - at_) return fail("the pickle is cut off within this opcode");
  part = bytes_.substr(at_, size);
  at_ += size;
  return true;
}

std::optional<uint64_t> Pickle::readNumber(size_t size) {
  std::string_view part;
  if (!take(size, part)) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(part[i]);
  return value;
}

bool Pickle::push(PickleValue value) {
  if (values_.size() >= kMostValues) return fail(fmt::format("more than {} values", kMostValues));
  stack_.push_back(static_cast<Id>(values_.size()));
  values_.push_back(value);
  return true;
}

bool Pickle::pop(Id &id) {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) return fail("nothing is on the stack that this takes");
  id = stack_.back();
  stack_.pop_back();
  return true;
}

bool Pickle::popMark(std::vector<Id> &items) {
  if (marks_.empty()) return fail("no mark is on the stack");
  auto from = stack_.begin() + static_cast<ptrdiff_t>(marks_.back());
  items.assign(from, stack_.end());
  stack_.erase(from, stack_.end());
  marks_.pop_back();
  return true;
}

bool Pickle::pushText(std::optional<uint64_t> size) {
  std::string_view part;
  if (!size || !take(*size, part)) return false;
  if (!runtime::isUtf8(part)) return fail("a text that is no UTF-8");
  return push({Kind::Text, static_cast<uint32_t>(part.size()), at_ - part.size()});
}

/// LONG1: two's complement of up to 255 bytes. What does not fit into 64 bits is only that.
bool Pickle::pushLong() {
  std::string_view part;
  auto size = readNumber(1);
  if (!size || !take(*size, part)) return false;
  if (part.size() > 8) return push({Kind::BigInt, 0, 0});
  uint64_t value = !part.empty() && (part.back() & 0x80) ? ~uint64_t{0} : 0;
  for (size_t i = part.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(part[i]);
  return push({Kind::Int, 0, value});
}

bool Pickle::pushTuple(size_t count) {
  size_t first = tuples_.size();
  tuples_.resize(first + count);
  for (size_t i = count; i-- > 0;)
    if (!pop(tuples_[first + i])) return false;
  return push({Kind::Tuple, static_cast<uint32_t>(count), first});
}

std::span<const Pickle::Id> Pickle::elements(Id id) const {
  const PickleValue &value = values_[id];
  if (value.kind == Kind::Tuple) return std::span(tuples_).subspan(value.payload, value.count);
  if ((value.kind != Kind::List && value.kind != Kind::Dict) || value.payload == 0) return {};
  return lists_[value.payload - 1];
}

bool Pickle::append(std::span<const Id> items, Kind to) {
  Id target = 0;
  if (!pop(target)) return false;
  stack_.push_back(target);
  if (kind(target) != to || (to == Kind::Dict && items.size() % 2 != 0))
    return fail(to == Kind::List ? "this appends to what is no list" : "this sets items of what is no dict");
  if (items.empty()) return true;
  if (values_[target].payload == 0) lists_.emplace_back(), values_[target].payload = lists_.size();
  std::vector<Id> &list = lists_[values_[target].payload - 1];
  list.insert(list.end(), items.begin(), items.end());
  return true;
}

bool Pickle::remember(std::optional<uint64_t> index) {
  if (!index) return false;
  if (stack_.empty()) return fail("nothing is on the stack that this takes");
  if (memo_.size() >= kMostValues) return fail(fmt::format("more than {} values", kMostValues));
  memo_[*index] = stack_.back();
  return true;
}

bool Pickle::recall(std::optional<uint64_t> index) {
  if (!index) return false;
  auto at = memo_.find(*index);
  if (at == memo_.end()) return fail(fmt::format("nothing is remembered as {}", *index));
  if (stack_.size() >= kMostValues) return fail(fmt::format("more than {} values", kMostValues));
  stack_.push_back(at->second);
  return true;
}

//===--- Globals and calls --------------------------------------------------------===//

bool Pickle::line(std::string_view &text) {
  size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) return fail("the pickle is cut off within this opcode");
  return take(end - at_, text) && (++at_, true);
}

/// GLOBAL: module and name, a line each. A value holds both, line end and all.
bool Pickle::pushGlobal() {
  std::string_view module, name;
  size_t begin = at_;
  if (!line(module) || !line(name)) return false;
  return checkGlobal({Kind::Global, static_cast<uint32_t>(module.size() + 1 + name.size()), begin});
}

/// STACK_GLOBAL: two texts, which need not stand side by side; a global then keeps where each is.
bool Pickle::stackGlobal() {
  Id name = 0, module = 0;
  if (!pop(name) || !pop(module)) return false;
  if (kind(name) != Kind::Text || kind(module) != Kind::Text) return fail("a global whose name is no text");
  return checkGlobal({Kind::Global, 0, static_cast<uint64_t>(module) << 32 | name});
}

bool Pickle::checkGlobal(PickleValue value) {
  if (!push(value)) return false;
  std::string name = global(stack_.back());
  return isKnown(name) ||
         fail(fmt::format("global `{}`, which is none that torch.save writes for tensors; nothing was executed",
                          shown(name)));
}

std::string Pickle::global(Id id) const {
  const PickleValue &value = values_[id];
  if (value.kind != Kind::Global) return {};
  std::string name;
  if (value.count == 0)
    return name.append(text(static_cast<Id>(value.payload >> 32)))
        .append(".")
        .append(text(static_cast<Id>(value.payload)));
  name = bytes_.substr(value.payload, value.count);
  std::ranges::replace(name, '\n', '.');
  return name;
}

bool Pickle::reduce() {
  Id arguments = 0, function = 0;
  if (!pop(arguments) || !pop(function)) return false;
  if (kind(function) != Kind::Global || kind(arguments) != Kind::Tuple)
    return fail("a call of what is no global; nothing was executed");
  if (global(function) != "collections.OrderedDict") return push({Kind::Call, function, arguments});
  if (!elements(arguments).empty()) return fail("an OrderedDict is made empty and then filled");
  return push({Kind::Dict, 0, 0});
}

/// BUILD: the attributes of an object. A state dict has one, `_metadata`, which says nothing of tensors.
bool Pickle::build() {
  Id state = 0, object = 0;
  if (!pop(state) || !pop(object)) return false;
  stack_.push_back(object);
  return kind(object) == Kind::Dict || fail("attributes of what is no state dict; nothing was executed");
}

} // namespace mdl::weights
