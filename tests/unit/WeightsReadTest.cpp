// Headers of safetensors, GGUF and torch.save: what is read of good ones, and what is said of each way to be wrong.
#include "../Inputs/WeightBytes.h"
#include "runtime/weights/Read.h"
#include <gtest/gtest.h>

using namespace mdl;
using namespace mdl::test;
using namespace mdl::weights;

namespace {

/// One line a tensor, or the fault.
std::string read(const std::string &bytes, const std::string &name = "file") {
  Fault fault;
  auto inventory = readInventory(InputFile::of(bytes, name), fault);
  if (!inventory) return fault.place + ": " + fault.what;
  std::string text;
  for (const Tensor &each : inventory->tensors)
    text += each.name + " " + shapeText(each.shape) + " " + std::string(each.dtype->name) + " " +
            std::to_string(each.bytes) + " at " + std::to_string(each.offset) + (each.shared ? " shared\n" : "\n");
  return text;
}

struct Row {
  std::string bytes, expected;
};

void check(const std::vector<Row> &rows) {
  for (const Row &each : rows) {
    std::string got = read(each.bytes, "file.safetensors");
    EXPECT_NE(got.find(each.expected), std::string::npos) << "expected: " << each.expected << "\ngot: " << got;
  }
}

TEST(WeightsRead, Safetensors) {
  std::string header =
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},)"
      R"("a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]},"s":{"dtype":"F4","shape":[],"data_offsets":[32,32]}})";
  EXPECT_NE(read(safetensors(header, 24)).find("tensor `s`: a shape of [] in F4 does not fill"), std::string::npos);
  header =
      R"({"b":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})";
  std::string begin = std::to_string(8 + header.size()), next = std::to_string(16 + header.size());
  EXPECT_EQ(read(safetensors(header, 32)), "a [4] BF16 8 at " + begin + "\nb [2, 3] F32 24 at " + next + "\n");
  EXPECT_EQ(read(safetensors("{}", 0)), "");
}

TEST(WeightsRead, SafetensorsFaults) {
  auto one = [](const std::string &tensor, size_t data) { return safetensors("{\"a\":" + tensor + "}", data); };
  check({
      {"", "bytes 0 to 7: a safetensors file begins with 8 bytes; this one has 0"},
      {little<uint64_t>(uint64_t{1} << 60) + "{}", "a header of 1152921504606846976 bytes in a file of 10"},
      {safetensors("{\"a\"", 0), "JSON at byte 12: this is no JSON"},
      {safetensors("[]", 0), "the header is no JSON object"},
      {safetensors("{\"a\":[[[[1]]]]}", 0), "a list is not expected here"},
      {safetensors("{\"a\":{\"x\":{\"y\":{}}}}", 0), "an object is not expected here"},
      {one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"dtype":"F32"})", 8), "the key stands twice"},
      {safetensors(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           8),
       "`a`: the key stands twice"},
      {one(R"({"dtype":"F31","shape":[2],"data_offsets":[0,8]})", 8), "unknown dtype `F31`"},
      {one(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})", 8), "`-2` is not expected"},
      {one(R"({"dtype":"F32","shape":[2.5],"data_offsets":[0,8]})", 8), "`2.5` is not expected"},
      {one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})", 8), "end, at 0, before they begin, at 8"},
      {one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", 4), "its offsets hold 4 bytes; [2] of F32 take 8"},
      {one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", 7), "end after the file"},
      {one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", 9), "bytes belong to no tensor"},
      {one(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]})", 0), "takes more than 2^63 bytes"},
      {one(R"({"dtype":"F32","shape":[4294967296,4294967296,4294967296,4294967296],"data_offsets":[0,0]})", 0),
       "takes more than 2^63"},
      {one(R"({"dtype":"F32","data_offsets":[0,4]})", 4), "a tensor has `dtype`, `shape` and two `data_offsets`"},
      {safetensors("{\"\xff\":{}}", 0), "no UTF-8"},
      {safetensors(
           R"({"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
           8),
       "tensor `b`: its bytes, from byte 4, overlap those of `a`, up to byte 6"},
      {one(R"({"dtype":"F32","shape":[0],"data_offsets":[1152921504606846976,1152921504606846976]})", 0),
       "end after the file"},
      {safetensors(R"({"__metadata__":{"a":1}})", 0), "a number is not expected here"},
  });
}

TEST(WeightsRead, Gguf) {
  std::string head = ggufHead(2, 2) + ggufText("general.alignment") + little<uint32_t>(4) + little<uint32_t>(64) +
                     ggufText("words") + little<uint32_t>(9) + little<uint32_t>(8) + little<uint64_t>(2) +
                     ggufText("a") + ggufText("bc") + ggufTensor("q", {32, 2}, 2, 0) + ggufTensor("w", {3}, 0, 64);
  std::string bytes = padded(head, 64);
  std::string begin = std::to_string(bytes.size()), next = std::to_string(bytes.size() + 64);
  EXPECT_EQ(read(bytes + std::string(76, '\0')), "q [2, 32] Q4_0 36 at " + begin + "\nw [3] F32 12 at " + next + "\n");
  EXPECT_NE(read(bytes + std::string(75, '\0')).find("tensor `w`: its 12 bytes"), std::string::npos);
}

TEST(WeightsRead, GgufFaults) {
  auto metadata = [](const std::string &value) {
    return ggufHead(0, 1) + ggufText("k") + value + std::string(64, '\0');
  };
  auto tensor = [](const std::string &value) { return padded(ggufHead(1, 0) + value, 32) + std::string(64, '\0'); };
  uint64_t huge = uint64_t{1} << 60;
  check({
      {"GGUF", "the header ends after the file"},
      {ggufHead(0, 0, 1), "version 1 of GGUF; versions 2 and 3 are read"},
      {ggufHead(0, 0, 0x03000000), "a big-endian file"},
      {ggufHead(huge, 0), "1152921504606846976 tensors do not fit"},
      {ggufHead(0, huge), "1152921504606846976 metadata pairs"},
      {metadata(little<uint32_t>(8) + little(huge)), "metadata `k`: a text of 1152921504606846976 bytes"},
      {metadata(little<uint32_t>(9) + little<uint32_t>(10) + little(huge)), "a list of 1152921504606846976 elements"},
      {metadata(little<uint32_t>(9) + little<uint32_t>(9) + little<uint64_t>(1)), "a list of lists"},
      {metadata(little<uint32_t>(9) + little<uint32_t>(8) + little<uint64_t>(2) + little(huge)),
       "the header ends after the file"},
      {metadata(little<uint32_t>(99)), "unknown type 99"},
      {ggufHead(0, 1) + ggufText("general.alignment") + little<uint32_t>(4) + little<uint32_t>(3) +
           std::string(64, '\0'),
       "3; an alignment is a power of two"},
      {ggufHead(0, 1) + ggufText("\xff") + std::string(64, '\0'), "a key that is no UTF-8"},
      {ggufHead(0, 2) + ggufText("k") + little<uint32_t>(0) + "1" + ggufText("k") + little<uint32_t>(0) + "1" +
           std::string(64, '\0'),
       "the key stands twice"},
      {tensor(ggufTensor(std::string(65, 'n'), {1}, 0, 0)), "the name of a tensor of 65 bytes"},
      {tensor(ggufTensor("a", {1, 1, 1, 1, 1}, 0, 0)), "5 axes; at most 4"},
      {tensor(ggufTensor("a", {huge, huge}, 0, 0)), "takes more than 2^63 bytes"},
      {tensor(ggufTensor("a", {33}, 2, 0)), "rows of 33 numbers are no whole blocks of 32"},
      {tensor(ggufTensor("a", {1}, 4, 0)), "unknown type 4 of ggml"},
      {tensor(ggufTensor("a", {1}, 0, 5)), "offset 5 is no multiple of 32"},
      {tensor(ggufTensor("a", {1}, 0, ~uint64_t{31})), "an offset beyond 2^64"},
      {padded(ggufHead(2, 0) + ggufTensor("a", {9}, 0, 0) + ggufTensor("b", {9}, 0, 32), 32) + std::string(96, '\0'),
       "overlap"},
      {padded(ggufHead(2, 0) + ggufTensor("a", {1}, 0, 0) + ggufTensor("a", {1}, 0, 32), 32) + std::string(64, '\0'),
       "two tensors have this name"},
      {tensor(ggufTensor("\xc3(", {1}, 0, 0)), "the name is no UTF-8"},
  });
}

TEST(WeightsRead, Torch) {
  std::string whole = pickleDict({{"a.w", pickleTensor("0", {2, 3}, {3, 1}, 6)},
                                  {"tied", pickleTensor("0", {2, 3}, {3, 1}, 6)},
                                  {"part", pickleTensor("1", {2}, {1}, 4, 2, "HalfStorage")},
                                  {"step", pickleInt(3)}});
  EXPECT_EQ(read(torchFile(whole, {24, 8})).substr(0, 36),
            "a.w [2, 3] F32 24 at " + read(torchFile(whole, {24, 8})).substr(21, 15));
  EXPECT_NE(read(torchFile(whole, {24, 8})).find("tied [2, 3] F32 24"), std::string::npos);
  EXPECT_NE(read(torchFile(whole, {24, 8})).find("shared\npart [2] F16 4"), std::string::npos);
  std::string wrapped =
      pickleDict({{"state_dict", pickleDict({{"a", pickleTensor("0", {2}, {1}, 2)}})}, {"epoch", pickleInt(7)}});
  EXPECT_EQ(read(torchFile(wrapped, {8})).substr(0, 14), "a [2] F32 8 at");
  std::string parameter = pickleGlobal("torch._utils", "_rebuild_parameter") + "(" + pickleTensor("0", {2}, {1}, 2) +
                          "\x88" + pickleGlobal("collections", "OrderedDict") + ")RtR";
  EXPECT_EQ(read(torchFile(pickleDict({{"p", parameter}}), {8})).substr(0, 14), "p [2] F32 8 at");
}

TEST(WeightsRead, TorchFaults) {
  auto of = [](const std::string &value, size_t bytes = 24) { return torchFile(pickleDict({{"a", value}}), {bytes}); };
  std::string nested;
  for (int i = 0; i < 40; ++i) nested = pickleDict({{"k", nested.empty() ? pickleInt(1) : nested}});
  std::string wide = "]q\x01"
                     "0](";
  for (int i = 0; i < 1'100'000; ++i) wide += "h\x01";
  std::string doubling = "]q\x01"; // each list holds the one before twice: 2^30 places
  for (char i = 1; i < 30; ++i) doubling += std::string("](h") + i + "h" + i + "eq" + static_cast<char>(i + 1);
  std::string named = pickleText(std::string(4000, 'k')) +
                      "q\x01"
                      "0" +
                      pickleTensor("0", {1}, {1}, 1) +
                      "q\x02"
                      "0]("; // 1000 dicts
  for (int i = 0; i < 1000; ++i) named += "}h\x01h\x02s";
  check({
      {torchFile(named + "e", {4}),
       "values used again and again: their names take more than 16 times the bytes of the pickle"},
      {torchFile(pickleGlobal("os", "system") + "(" + pickleText("echo pwned") + "tR", {}),
       "archive/data.pkl, byte 2: global `os.system`, which is none that torch.save writes for tensors; nothing was "
       "executed"},
      {torchFile(pickleText("builtins") + pickleText("eval") + "\x93(" + pickleText("1") + "tR", {}),
       "global `builtins.eval`"},
      {torchFile(pickleGlobal("torch", "load") + ")R", {}), "global `torch.load`"},
      {torchFile("(ios\nsystem\n", {}), "opcode 0x69"},
      {torchFile(")\x81", {}), "opcode 0x81"},
      {torchFile("", {}), "nothing is on the stack"},
      {zip({{"archive/data.pkl", "\x80\x02}"}}), "the pickle is cut off: it has no STOP"},
      {zip({{"archive/data.pkl", "X\xff\xff\xff\x7f"}}), "byte 0: the pickle is cut off within this opcode"},
      {torchFile("u", {}), "no mark is on the stack"},
      {torchFile("h\x07", {}), "nothing is remembered as 7"},
      {torchFile(pickleText("\xff"), {}), "a text that is no UTF-8"},
      {torchFile(nested, {}), "nested deeper than 32"},
      {torchFile(doubling, {}), "values used again and again"},
      {torchFile(wide + "e", {}), "more than 1048576 values"},
      {torchFile("]q\x01h\x01"
                 "a",
                 {}),
       "nested deeper than 32"},
      {of(pickleTensor("0", {2, 3}, {3, 1}, 7)), "its storage has 7 numbers; member `archive/data/0` has 24 bytes"},
      {of(pickleTensor("1", {2, 3}, {3, 1}, 6)), "the archive has no member `archive/data/1`"},
      {of(pickleTensor("0", {2, 3}, {4, 1}, 6)), "reaches beyond its storage of 24 bytes"},
      {of(pickleTensor("0", {2, 3}, {3, 1}, 6, 1)), "reaches beyond its storage"},
      {of(pickleTensor("0", {2, 3}, {3}, 6)), "as many strides as axes"},
      {of(pickleTensor("0", {-2, 3}, {3, 1}, 6)), "a shape that is no tuple of numbers from 0"},
      {of(pickleTensor("0", {2147483647, 2147483647, 2147483647}, {2147483647, 2147483647, 2147483647}, 6)),
       "reaches beyond"},
      {torchFile(pickleDict({{"a", pickleTensor("0", {1}, {1}, 1)}, {"a", pickleTensor("0", {1}, {1}, 1)}}), {4}),
       "tensor `a`: two tensors have this name"},
      {zip({{"archive/data.pkl", pickle("}"), 8}}), "it is compressed (method 8)"},
      {zip({{"other/file", "x"}}), "the archive has no `NAME/data.pkl`"},
      {zip({{"a/data.pkl", pickle("}")}, {"b/data.pkl", pickle("}")}}), "two pickles"},
      {zip({{"a/data.pkl", pickle("}")}, {"a/data.pkl", pickle("}")}}), "two members `a/data.pkl`"},
      {std::string("PK\x03\x04") + std::string(40, '\0'), "zip directory: the archive has no end record"},
      {std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15), "before version 1.6"},
  });
}

TEST(WeightsRead, ZipDirectoriesThatLie) {
  std::string good = torchFile(pickleDict({{"a", pickleTensor("0", {2}, {1}, 2)}}), {8});
  size_t end = good.rfind("PK\x05\x06"), first = good.find("PK\x01\x02"), second = good.find("PK\x01\x02", first + 1);
  auto changed = [&](size_t at, const std::string &bytes) {
    return std::string(good).replace(at, bytes.size(), bytes);
  };
  check({
      {changed(end + 10, little<uint16_t>(9)), "a directory of 9 members in"},
      {changed(first, "XX"), "zip directory: no member begins at byte"},
      {changed(first + 30, little<uint16_t>(0xffff)), "zip directory: it ends within a member"},
      {changed(end + 12, little<uint32_t>(0x7fffffff)), "does not fit into the file's"},
      {changed(end + 16, little<uint32_t>(0xfffffff0)), "does not fit into the file's"},
      {changed(end + 16, little<uint32_t>(0xffffffff)), "its zip64 record is missing"},
      {changed(second + 24, little<uint32_t>(0x7fffffff)),
       "its storage has 2 numbers; member `archive/data/0` has 2147483647"},
      {changed(second + 20, little<uint32_t>(0x7fffffff)), "does not fit before the directory"},
      {changed(first + 42, little<uint32_t>(5)), "it does not begin at byte 5"},
      {changed(first + 8, little<uint16_t>(1)), "it is encrypted"},
      {good.substr(0, good.size() - 3), "the archive has no end record"},
  });
  // Two storages at the same place: their bytes overlap.
  std::string two =
      torchFile(pickleDict({{"a", pickleTensor("0", {2}, {1}, 2)}, {"b", pickleTensor("1", {2}, {1}, 2)}}), {8, 8});
  size_t a = two.find("PK\x01\x02", two.find("PK\x01\x02") + 1), b = two.find("PK\x01\x02", a + 1);
  two.replace(b + 42, 4, two.substr(a + 42, 4));
  check({{two, "overlap"}});
}

TEST(WeightsRead, EveryPrefixIsRefusedOrRead) {
  std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  std::string gguf =
      padded(ggufHead(1, 1) + ggufText("k") + little<uint32_t>(8) + ggufText("v") + ggufTensor("a", {2}, 0, 0), 32);
  size_t count = 0;
  for (const std::string &whole : {safetensors(header, 8), gguf + std::string(8, '\0'),
                                   torchFile(pickleDict({{"a", pickleTensor("0", {2}, {1}, 2)}}), {8})})
    for (size_t size = 0; size < whole.size(); ++size, ++count) {
      Fault fault;
      std::string part = whole.substr(0, size);
      EXPECT_FALSE(readInventory(InputFile::of(part, "part"), fault)) << size;
      EXPECT_FALSE(fault.what.empty()) << size;
    }
  EXPECT_GT(count, 500u);
}

} // namespace
