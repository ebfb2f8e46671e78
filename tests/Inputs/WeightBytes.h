//===- WeightBytes.h - Small files of weights, byte by byte -----*- C++ -*-===//
// For unit tests and the fuzzer. The golden tests make theirs with
// tests/weights/Inputs/files.py, independently.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mdl::test {

template <class T> std::string little(T value) {
  std::string bytes;
  for (size_t i = 0; i < sizeof(T); ++i) bytes += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  return bytes;
}

inline std::string safetensors(std::string_view header, size_t data) {
  return little<uint64_t>(header.size()) + std::string(header) + std::string(data, '\0');
}

//===--- GGUF -----------------------------------------------------------------------===//

inline std::string ggufText(std::string_view text) { return little<uint64_t>(text.size()) + std::string(text); }

inline std::string ggufHead(uint64_t tensors, uint64_t pairs, uint32_t version = 3) {
  return "GGUF" + little(version) + little(tensors) + little(pairs);
}

inline std::string ggufTensor(std::string_view name, const std::vector<uint64_t> &axes, uint32_t type,
                              uint64_t offset) {
  std::string bytes = ggufText(name) + little(static_cast<uint32_t>(axes.size()));
  for (uint64_t each : axes) bytes += little(each);
  return bytes + little(type) + little(offset);
}

inline std::string padded(std::string bytes, size_t to) {
  bytes.resize((bytes.size() + to - 1) / to * to);
  return bytes;
}

//===--- zip ------------------------------------------------------------------------===//

struct Member {
  std::string name, bytes;
  uint16_t method = 0;
};

inline std::string zip(const std::vector<Member> &members) {
  std::string file, directory;
  for (const Member &each : members) {
    auto size = static_cast<uint32_t>(each.bytes.size());
    auto name = static_cast<uint16_t>(each.name.size());
    std::string common = little<uint16_t>(0) + little<uint16_t>(0) + little(each.method) + little<uint32_t>(0) +
                         little<uint32_t>(0) + little(size) + little(size) + little(name) + little<uint16_t>(0);
    directory += "PK\x01\x02" + little<uint16_t>(0) + common + little<uint16_t>(0) + little<uint16_t>(0) +
                 little<uint16_t>(0) + little<uint32_t>(0) + little(static_cast<uint32_t>(file.size())) + each.name;
    file += "PK\x03\x04" + common + each.name + each.bytes;
  }
  auto count = static_cast<uint16_t>(members.size());
  return file + directory + "PK\x05\x06" + little<uint32_t>(0) + little(count) + little(count) +
         little(static_cast<uint32_t>(directory.size())) + little(static_cast<uint32_t>(file.size())) +
         little<uint16_t>(0);
}

//===--- Pickles --------------------------------------------------------------------===//

inline std::string pickleText(std::string_view text) {
  return "X" + little(static_cast<uint32_t>(text.size())) + std::string(text);
}
inline std::string pickleInt(int32_t value) { return "J" + little(value); }
inline std::string pickleGlobal(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
inline std::string pickleShape(const std::vector<int32_t> &shape) {
  std::string bytes = "(";
  for (int32_t each : shape) bytes += pickleInt(each);
  return bytes + "t";
}
/// A tensor of F32 from number `first` of storage `key`, which has `numbers`.
inline std::string pickleTensor(std::string_view key, const std::vector<int32_t> &shape,
                                const std::vector<int32_t> &strides, int32_t numbers, int32_t first = 0,
                                std::string_view type = "FloatStorage") {
  std::string storage = "(" + pickleText("storage") + pickleGlobal("torch", type) + pickleText(key) +
                        pickleText("cpu") + pickleInt(numbers) + "tQ";
  return pickleGlobal("torch._utils", "_rebuild_tensor_v2") + "(" + storage + pickleInt(first) + pickleShape(shape) +
         pickleShape(strides) + "\x89" + pickleGlobal("collections", "OrderedDict") + ")RtR";
}
inline std::string pickleDict(const std::vector<std::pair<std::string, std::string>> &items) {
  std::string bytes = "}(";
  for (const auto &[key, value] : items) bytes += pickleText(key) + value;
  return bytes + "u";
}
inline std::string pickle(std::string_view body) { return "\x80\x02" + std::string(body) + "."; }

/// An archive of torch.save with this pickle and storages of so many bytes, named 0, 1...
inline std::string torchFile(std::string_view body, const std::vector<size_t> &storages) {
  std::vector<Member> members{{"archive/data.pkl", pickle(body)}};
  for (size_t i = 0; i < storages.size(); ++i)
    members.push_back({"archive/data/" + std::to_string(i), std::string(storages[i], '\0')});
  return zip(members);
}

} // namespace mdl::test
